"""Tables of apps that stand below the admin site's own app."""

from accounts.admin_site import site
from regions import admin as regions_admin

regions_admin.register(site)
