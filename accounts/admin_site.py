"""The admin: the desk of the Pokja, the regency's office and the ministry.

Rights come from memberships: `has_permission` asks them, and each ModelAdmin fetches through
`visible_to`. There is no superuser in the product.
"""

from unfold.sites import UnfoldAdminSite

from accounts.people import works_in_admin
from django.http import HttpRequest


class P2ktdAdminSite(UnfoldAdminSite):
    """Login goes through the site's own page, with its limits and second factor."""

    site_header = "Meja kerja P2KTD"
    site_title = "Meja kerja P2KTD"
    index_title = "Meja kerja"

    def has_permission(self, request: HttpRequest) -> bool:
        return works_in_admin(request.user)


site = P2ktdAdminSite(name="admin")
