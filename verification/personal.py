"""A provider's personal numbers, and who may see them in full."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import POKJA_ROLES
from core.formats import npwp
from core.personal import PersonalField, unmaskable
from core.workflow import Allowed, Denied, Verdict
from regions.scope import within
from verification.models import Application, Declaration

DESK = (*POKJA_ROLES, Role.REGENCY_OFFICE)


def readers(user: Any) -> QuerySet[Provider]:
    """Providers whose numbers lie on this person's desk: one's own, and those that have applied to the regency."""
    applied = Application.objects.filter(
        within("regency", people.territories(user, *DESK)), submitted_at__isnull=False
    ).values("provider")
    return Provider.objects.filter(Q(pk__in=people.providers(user)) | Q(pk__in=applied))


def may_see(user: Any, provider: Provider) -> Verdict:
    """Its own people, and the Pokja and office of a regency that it has applied to."""
    own = people.acting(user, Role.PROVIDER, provider=provider.pk)
    if own:
        return Allowed(own)
    applied = provider.applications.filter(submitted_at__isnull=False).values_list("regency", flat=True)
    for regency in applied.distinct():
        membership = people.acting(user, *DESK, at=regency)
        if membership:
            tie = Declaration.objects.tie(user, provider.pk)
            return Denied(f"Benturan kepentingan: {tie}.") if tie else Allowed(membership)
    return Denied("Hanya Pokja dan Dinas PMD tempat penyedia ini mengajukan permohonan yang dapat melihatnya.")


unmaskable(
    "penyedia",
    fields={
        "nik": PersonalField("NIK penanggung jawab", "nik"),
        "npwp": PersonalField("NPWP", "npwp", npwp),
        "rekening": PersonalField("Nomor rekening", "account_number"),
    },
    readers=readers,
    may=may_see,
)
