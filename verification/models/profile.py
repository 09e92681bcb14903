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

# What a decree is about: it stays as it is while it is being checked; changed later, it is checked again.
IDENTITY = (
    "name", "legal_form", "area", "person_in_charge", "position", "nik", "npwp", "nib", "is_pkp", "bank",
    "account_number", "account_holder", "fields",
)  # fmt: skip

# Another form asks for other papers: that is a new application, not a change.
FIXED = ("legal_form",)
FIXED_SENTENCE = "Bentuk penyedia tidak dapat diubah selama terdaftar. Undur diri dahulu, lalu ajukan permohonan baru."


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


def differences(before: dict[str, Any], provider: Provider) -> set[str]:
    """Fields of IDENTITY that are no longer as they were frozen; secret numbers by their fingerprint."""
    now = frozen(provider)
    keys = {name: "area_id" if name == "area" else name for name in IDENTITY}
    return {name for name, key in keys.items() if key in before and _bare(before[key]) != _bare(now[key])}


def _bare(value: Any) -> Any:
    return value["index"] if isinstance(value, dict) else value


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


def being_read(regency: str) -> str:
    """Why a profile stands still just now."""
    return f"Data ini sedang diperiksa Pokja {regency} dan tidak dapat diubah sekarang."


def may_change_identity(provider: Provider, user: Any) -> Verdict:
    """Not while a Pokja reads it. On a listed provider the change is checked by each Pokja that listed it."""
    from verification.models.light import at_desk_without

    verdict = may_change(provider, user)
    application = at_desk_without(provider).first() if verdict else None
    return Denied(being_read(application.regency.name)) if application else verdict


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
    """Save one step of the profile; which fields changed is logged, their values are not.

    What a decree is about goes back to each Pokja that listed the provider (periksa ulang).
    """
    from verification.models import light

    with transaction.atomic():
        locked = Provider.objects.select_for_update().get(pk=provider.pk)
        changed = [name for name, value in fields.items() if getattr(locked, name) != value]
        identity = [name for name in changed if name in IDENTITY]
        verdict = may_change_identity(locked, by) if identity else may_change(locked, by)
        refuse_unless(verdict, verdict.reason)
        listed = bool(identity) and locked.standings.running().exists()
        refuse_unless(not (listed and set(identity) & set(FIXED)), FIXED_SENTENCE)
        for name in changed:
            setattr(locked, name, fields[name])
        if changed:
            locked.save()
            log(locked, "change", by, changed)
        if identity:
            light.recheck(locked, by=by, verdict=verdict, fields=identity)
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
