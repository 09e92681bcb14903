"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts import people
from accounts.models import Role
from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES, VILLAGE_ROLES
from catalog.models.wanted import READERS as WANTED_READERS
from core.models import Notice
from monitoring.models import READERS
from transactions import year_end


def site(request: HttpRequest) -> dict[str, Any]:
    """Demo marking, and for people their unread notices (asked only when the page shows them)."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"demo_mode": settings.DEMO}
    if user is not None and user.is_authenticated:
        context["account_places"] = SimpleLazyObject(lambda: places(user))
        context["unread_notices"] = SimpleLazyObject(lambda: Notice.objects.unread_by(user).count())
    return context


def places(user: Any) -> list[tuple[str, str]]:
    """The pages of one's own work, for the account menu: name and address."""
    found = [
        (people.holds(user, *VILLAGE_ROLES), "Desa saya", "my-village"),
        (
            people.holds(user, *VILLAGE_ROLES, *FACILITATOR_ROLES, *POKJA_ROLES, *OFFICE_ROLES),
            "Kegiatan APB Desa",
            "activities",
        ),
        (people.holds(user, *VILLAGE_ROLES, *FACILITATOR_ROLES), "Musdes", "meetings"),
        (people.holds(user, *year_end.READERS), "Akhir tahun anggaran", "year-end"),
        (people.holds(user, Role.PROVIDER), "Penyedia saya", "my-provider"),
        (people.holds(user, Role.PROVIDER), "Layanan saya", "my-services"),
        (people.holds(user, *WANTED_READERS, Role.PROVIDER), "Layanan yang dicari", "wanted-list"),
        (people.holds(user, Role.REGENCY_OFFICE), "Akses desa", "village-accesses"),
        (people.holds(user, *POKJA_ROLES, *FACILITATOR_ROLES, *OFFICE_ROLES), "Kantor desa", "village-offices"),
        (people.holds(user, *POKJA_ROLES, *FACILITATOR_ROLES, *OFFICE_ROLES), "Pantauan", "dashboard"),
        (people.holds(user, *READERS), "Laporan bulanan", "reports"),
        (people.holds(user, *FACILITATOR_ROLES, Role.REGENCY_OFFICE), "Laporan pendamping", "facilitator-reports"),
    ]
    return [(name, reverse(address)) for holds, name, address in found if holds]
