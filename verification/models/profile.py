"""The applicant's profile: how it begins, what it still lacks, and when it must not change."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction

from accounts import people
from accounts.models import LegalForm, Membership, Provider, Role, User
from core.formats import masked
from core.models import Event
from core.workflow import Allowed, Denied, Verdict, refuse_unless

# What a profile needs before anything can be judged; NIB only from a business.
REQUIRED = (
    "name", "address", "phone", "email", "person_in_charge", "position", "nik", "npwp", "bank",
    "account_number", "account_holder", "fields",
)  # fmt: skip
NIB_FORMS = (LegalForm.COMPANY, LegalForm.VILLAGE_COMPANY)

# What a decree is about: it stays as it is while it is being checked, and after.
IDENTITY = (
    "name", "legal_form", "area", "person_in_charge", "position", "nik", "npwp", "nib", "is_pkp", "bank",
    "account_number", "account_holder",
)  # fmt: skip


def missing_fields(provider: Provider) -> list[str]:
    """Names of the profile's fields that are still empty."""
    wanted = [*REQUIRED, *(["nib"] if provider.legal_form in NIB_FORMS else [])]
    return [name for name in wanted if not getattr(provider, name)]


# Shown masked, compared by fingerprint.
SECRET = {"nik": "nik_index", "npwp": "npwp_index", "account_number": "account_index"}
FROZEN = (
    "name", "legal_form", "area_id", "address", "phone", "email", "website", "about", "fields", "person_in_charge",
    "position", "nib", "is_pkp", "bank", "account_holder",
)  # fmt: skip


def frozen(provider: Provider) -> dict[str, Any]:
    """The profile as it is now, for later comparison; secret numbers as {"index", "masked"}."""
    return {
        **{name: getattr(provider, name) for name in FROZEN},
        "serves": sorted(provider.serves.values_list("pk", flat=True)),
        "experts": [str(row) for row in provider.expert_entries.filter(removed_at=None)],
        "experience": [str(row) for row in provider.experience_entries.filter(removed_at=None)],
        **{
            name: {"index": getattr(provider, index), "masked": masked(getattr(provider, name))}
            for name, index in SECRET.items()
        },
    }


def label(field: str) -> str:
    """What a person calls the field; abbreviations keep their capitals."""
    name = str(Provider._meta.get_field(field).verbose_name)
    return name[:1].upper() + name[1:]


def may_begin(user: Any) -> Verdict:
    """Who signed up as a provider and has no profile yet."""
    if user is None or not user.is_authenticated or user.side != User.Side.PROVIDER:
        return Denied("Akun ini tidak didaftarkan sebagai penyedia.")
    if people.providers(user):
        return Denied("Anda sudah mempunyai profil penyedia.")
    return Allowed()


def may_change(provider: Provider, user: Any) -> Verdict:
    """Its own people."""
    membership = people.acting(user, Role.PROVIDER, provider=provider.pk)
    return Allowed(membership) if membership else Denied("Hanya penyedia sendiri yang dapat mengubah profilnya.")


def may_change_identity(provider: Provider, user: Any) -> Verdict:
    """Not while a Pokja reads it, nor after a decree rests on it (unless its renewal is being prepared)."""
    verdict = may_change(provider, user)
    if not verdict:
        return verdict
    held = provider.applications.filter(state__in=["submitted", "checking", "recommended"])
    application = held.select_related("regency").first()
    if application:
        return Denied(f"Data ini sedang diperiksa Pokja {application.regency.name} dan tidak dapat diubah sekarang.")
    renewing = provider.applications.filter(state__in=["draft", "returned"]).values("regency_id")
    standing = provider.standings.current().exclude(regency__in=renewing).select_related("regency").first()
    if standing:
        return Denied(
            f"Penetapan Anda di {standing.regency.name} didasarkan pada data ini. Hubungi Pokja bila data berubah."
        )
    return verdict


def begin(*, by: Any, **fields: Any) -> Provider:
    """The first step: a provider exists, and who made it works for it."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)  # two at once wait here
        already = Membership.objects.current().filter(user=user, role=Role.PROVIDER).exists()
        verdict = may_begin(by)
        refuse_unless(
            verdict and not already, getattr(verdict, "reason", "") or "Anda sudah mempunyai profil penyedia."
        )
        provider = Provider.objects.create(**fields)
        membership = Membership(user=user, role=Role.PROVIDER, provider=provider, basis="Pendaftaran sendiri")
        membership.appoint(by=by, verdict=Allowed(membership))
        log(provider, "begin", by, sorted(fields))
    with suppress(AttributeError):  # what the request remembers of this person is out of date
        del by.memberships_now
    return provider


def change(provider: Provider, *, by: Any, **fields: Any) -> None:
    """Save one step of the profile; which fields changed is logged, their values are not."""
    with transaction.atomic():
        locked = Provider.objects.select_for_update().get(pk=provider.pk)
        identity = set(fields) & set(IDENTITY)
        verdict = may_change_identity(locked, by) if identity else may_change(locked, by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        changed = [name for name, value in fields.items() if getattr(locked, name) != value]
        for name in changed:
            setattr(locked, name, fields[name])
        if changed:
            locked.save()
            log(locked, "change", by, changed)
    provider.refresh_from_db()


def log(provider: Provider, verb: str, by: Any, fields: list[str]) -> None:
    """One event: who changed which fields; never their values."""
    Event.objects.create(
        about=provider._meta.label_lower,
        about_id=str(provider.pk),
        about_code=provider.code,
        verb=verb,
        actor=by,
        actor_name=by.name or by.email,
        role=Role.PROVIDER,
        role_label=f"Penyedia, {provider.name}"[:150],
        data={"fields": fields},
    )
