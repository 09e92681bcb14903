"""What is printed of a listing. The paper is data, frozen when issued; the PDF comes from the worker."""

from __future__ import annotations

from typing import Any

from accounts.models import Membership, Role
from core import documents
from core.clock import local_today
from core.models import PrintedDocument
from verification.models import Standing


def issue_listing_letter(standing: Standing, *, by: Any) -> PrintedDocument:
    """Surat keterangan terdaftar: who stands in the directory, under which decree, until when.

    Signed by the chair of today; the letter's number is the Pokja's own, so a line of dots waits for it.
    The same content is printed once.
    """
    provider, regency = standing.provider, standing.regency
    chair = Membership.objects.current().holding(Role.POKJA_CHAIR).at(regency.code).select_related("user").first()
    snapshot = {
        "letterhead": {"lines": ["PEMERINTAH " + regency.name.upper(), "POKJA P2KTD"], "address": regency.full_name},
        "letter_number": "",
        "provider": {
            "name": provider.name,
            "form": str(provider.get_legal_form_display()),
            "address": provider.address,
            "office": provider.area.full_name,
            "person": provider.person_in_charge,
            "position": provider.position,
        },
        "standing": {
            "directory_number": standing.directory_number,
            "decree_number": standing.decree_number,
            "decree_date": standing.decree_date,
            "listed_on": standing.listed_on,
            "valid_until": standing.valid_until,
            "regency": regency.name,
        },
        "place": regency.zone_name,
        "signatures": {
            "place": regency.short_name,
            "date": local_today(regency),
            "right": {"position": "Ketua Pokja P2KTD", "name": chair.user.name if chair else ""},
        },
    }
    return documents.issue(
        kind="surat-terdaftar",
        title="Surat Keterangan Terdaftar",
        template="verification/print_listing.html",
        snapshot=snapshot,
        holder=standing.application,
        by=by,
        key=f"terdaftar:{standing.pk}:{documents.fingerprint(documents.freeze(snapshot))[:32]}",
    )
