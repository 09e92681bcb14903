"""Statements that an applicant signs on paper: printed from the profile, signed by hand, photographed, uploaded.

Numbers that are kept encrypted (NIK, NPWP) and what we never ask (place of birth, home address) are written by hand:
a frozen snapshot is plain text, and whoever may read the application may read its papers.
"""

from __future__ import annotations

from typing import Any

from accounts.models import LegalForm
from core import documents
from core.formats import telepon
from core.models import PrintedDocument
from verification import fields_of_work
from verification.models import Application, DocumentType

# key of the text (DocumentType.statement): its title on paper
STATEMENTS = {
    "pernyataan-kebenaran": "Surat Pernyataan Kebenaran Data",
    "pernyataan-daftar-hitam": "Surat Pernyataan Tidak Masuk Daftar Hitam",
    "pakta-integritas": "Pakta Integritas",
}
DUTY = "Rp10.000"


def issue_statement(application: Application, key: str, *, by: Any) -> PrintedDocument:
    """The text for this applicant and this Pokja. The same content is printed once; new data make a new paper."""
    snapshot = snapshot_of(application, key)
    mark = documents.fingerprint(documents.freeze(snapshot))[:32]
    return documents.issue(
        kind=f"naskah-{key}"[:40],
        title=STATEMENTS[key],
        template=f"verification/print_statement_{key}.html",
        snapshot=snapshot,
        holder=application,
        by=by,
        key=f"naskah:{application.pk}:{key}:{mark}",
    )


def snapshot_of(application: Application, key: str) -> dict[str, Any]:
    """What the paper says of the provider; nothing that is kept encrypted."""
    provider, regency = application.provider, application.regency
    kind = DocumentType.objects.filter(statement=key).first()
    return {
        "provider": {
            "name": provider.name,
            "form": str(provider.get_legal_form_display()),
            "alone": provider.legal_form == LegalForm.PERSON,
            "person": provider.person_in_charge,
            "position": provider.position,
            "address": f"{provider.address}, {provider.area.full_name}" if provider.address else "",
            "phone": telepon(provider.phone) if provider.phone else "",
            "nib": provider.nib,
            "fields": ", ".join(fields_of_work.labels(provider.fields)),
        },
        "pokja": f"Pokja P2KTD {regency.name}",
        "regency": regency.name,
        "application": application.code,
        "stamp": DUTY if kind and DUTY in kind.help else "",
        "city": provider.area.short_name,
        "place": regency.zone_name,
    }
