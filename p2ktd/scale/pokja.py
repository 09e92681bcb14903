"""Years of a Pokja's work in bulk: applications in every state, with their papers, events and standings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import LegalForm, Membership, Provider, Role, User
from accounts.models.membership import today
from core.models import Event, StoredFile
from regions.models import Area, Level
from verification.models import Application, DocumentType, NameKey, Standing, SubmittedDocument, VerificationRule
from verification.models.name_key import fingerprints

HOME = "52.02"  # the regency whose Pokja is measured
DOMAIN = "skala.contoh.example"
BATCH = 2_000
# What twenty applications in a row have come to.
STATES = (
    *["listed"] * 12, "submitted", "submitted", "checking", "returned", "recommended", "rejected", "rejected",
    "withdrawn",
)  # fmt: skip
DAY = dt.timedelta(days=1)


def seed(applications: int, *, at_home: int = 200, papers: int = 15) -> None:
    """So many applications, `at_home` of them in one regency and the rest all over the country."""
    staff = people()
    types = list(DocumentType.objects.order_by("order")[:papers])
    rule = VerificationRule.objects.in_force(HOME)
    regencies = list(
        Area.objects.filter(level=Level.REGENCY).exclude(pk=HOME).order_by("pk").values_list("pk", flat=True)
    )
    where = [HOME] * min(at_home, applications)
    where += [regencies[n % len(regencies)] for n in range(applications - len(where))]
    for first in range(0, len(where), BATCH):
        chunk = list(enumerate(where[first : first + BATCH], start=first + 1))
        providers = Provider.objects.bulk_create(provider(number, regency) for number, regency in chunk)
        NameKey.objects.bulk_create(NameKey(provider=each, keys=fingerprints(each.name)) for each in providers)
        rows = Application.objects.bulk_create(
            application(number, each, staff, rule) for (number, _), each in zip(chunk, providers, strict=True)
        )
        shown = (paper for row in rows for paper in papers_of(row, types, staff))
        while some := list(islice(shown, BATCH * 5)):
            StoredFile.objects.bulk_create([each.file for each in some])
            SubmittedDocument.objects.bulk_create(some)
        Standing.objects.bulk_create(standing(row) for row in rows if row.state == "listed")
        Event.objects.bulk_create(event for row in rows for event in events(row, staff))


def people() -> dict[str, User]:
    """Who judges, and the ministry; with a second factor, as their roles demand."""
    password = make_password(None)
    seats = (
        ("anggota", Role.POKJA_MEMBER, HOME),
        ("ketua", Role.POKJA_CHAIR, HOME),
        ("kementerian", Role.MINISTRY, None),
    )
    staff = {}
    for key, role, area in seats:
        user = User.objects.create(email=f"{key}@{DOMAIN}", name=f"DATA CONTOH {key}", password=password)
        Membership.objects.create(user=user, role=role, area_id=area, starts_on=dt.date(2024, 1, 1))
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
        staff[key] = user
    return staff


def provider(number: int, regency: str) -> Provider:
    forms = LegalForm.values
    return Provider(
        name=f"Contoh Penyedia {number:05}",
        legal_form=forms[number % len(forms)],
        area_id=regency,
        address=f"Jalan Contoh {number}",
        phone="+628000000000",
        email=f"p{number}@{DOMAIN}",
        about="DATA CONTOH",
        person_in_charge=f"Contoh Orang {number:05}",
        position="Direktur",
        nik=f"{number:016}",
        npwp=f"{number:016}",
        nib=f"{number:013}",
        bank="Bank Contoh",
        account_number=f"{number:010}",
        account_holder=f"Contoh Penyedia {number:05}",
    )


def application(number: int, each: Provider, staff: dict[str, User], rule: VerificationRule) -> Application:
    """In the state that its number gives it, submitted up to three years ago."""
    state = STATES[number % len(STATES)]
    now = timezone.now()
    age = DAY * (number % (1000 if state in ("listed", "rejected", "withdrawn") else 20))
    row = Application(
        provider=each,
        regency_id=each.area_id,
        state=state,
        state_since=now - age,
        created_at=now - age - 3 * DAY,
        submitted_at=now - age - 2 * DAY,
        rule=rule,
        consent_version="2024-1",
        consented_at=now - age - 2 * DAY,
        reason="DATA CONTOH" if state in ("returned", "rejected") else "",
    )
    if state == "checking":
        row.checker, row.claimed_at = staff["anggota"], now - age
    if state in ("recommended", "listed"):
        row.recommended_by, row.recommended_at = staff["anggota"], now - age
        row.total, row.threshold = 80, rule.threshold
    if state in ("listed", "rejected"):
        row.decided_by, row.decided_at = staff["ketua"], now - age
    return row


def papers_of(row: Application, types: list[DocumentType], staff: dict[str, User]) -> Iterator[SubmittedDocument]:
    """One of each kind; judged where the Pokja has read them."""
    judged = row.state in ("recommended", "listed", "rejected")
    verdict = {"verdict": "conforming", "judged_at": row.state_since, "judged_by": staff["anggota"]} if judged else {}
    for kind in types:
        file = StoredFile(
            content="00/contoh", name=f"{kind.key}.pdf", content_type="application/pdf", size=1000, sha256="0" * 64,
            personal=kind.personal, about="verification.submitteddocument", uploaded_by=staff["anggota"],
        )  # fmt: skip
        yield SubmittedDocument(
            application=row, type=kind, file=file, added_at=row.created_at, added_by=staff["anggota"], **verdict
        )


def standing(row: Application) -> Standing:
    day = timezone.localdate(row.state_since)
    return Standing(
        provider=row.provider,
        regency_id=row.regency_id,
        application=row,
        directory_number=f"CONTOH-{row.pk}",
        decree_number="CONTOH",
        decree_date=day,
        listed_on=day,
        valid_until=max(day, today()) + 365 * DAY,
    )


def events(row: Application, staff: dict[str, User]) -> Iterator[Event]:
    """Birth, submission, and what followed."""
    steps = [("create", "", "draft"), ("submit", "draft", "submitted")]
    if row.state != "submitted":
        steps.append(("claim", "submitted", "checking"))
    for verb, before, after in steps:
        yield Event(
            about="verification.application", about_id=str(row.pk), about_code=row.code, verb=verb,
            actor=staff["anggota"], actor_name="DATA CONTOH", from_state=before, to_state=after, at=row.submitted_at or row.created_at,
        )  # fmt: skip
