"""Years of a Pokja's work in bulk: applications in every state, with their papers, events and standings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from accounts.models import LegalForm, Provider, Role, User
from core.clock import today
from core.models import Event, StoredFile
from p2ktd.scale.dice import Span, coded
from p2ktd.scale.offices import DOMAIN, officer
from p2ktd.scale.rows import copied, last, run
from regions.models import Area, Level
from verification.models import Application, NameKey, Standing, VerificationRule
from verification.models.name_key import fingerprints

HOME = "52.02"  # the regency whose Pokja is measured
BATCH = 2_000
# What twenty applications in a row have come to.
STATES = (
    *["listed"] * 12, "submitted", "submitted", "checking", "returned", "recommended", "rejected", "rejected",
    "withdrawn",
)  # fmt: skip
DAY = dt.timedelta(days=1)

# One paper of each kind; judged where the Pokja has read them.
SHOWN = """
SELECT %(file)s + row_number() OVER (ORDER BY a.id, t.place) AS n, a.id, a.state, a.created_at, a.state_since, t.*
FROM verification_application a CROSS JOIN (
    SELECT id AS type, key, personal, row_number() OVER (ORDER BY "order") AS place FROM verification_documenttype
) AS t WHERE t.place <= %(papers)s
"""
FILES = f"""
INSERT INTO core_storedfile (id, code, content, name, content_type, size, sha256, about, about_id, personal, public,
    uploaded_at, uploaded_by_id)
SELECT n, pg_temp.code(n, 3), '00/contoh', key || '.pdf', 'application/pdf', 1000, repeat('0', 64),
    'verification.submitteddocument', (n - %(file)s)::text, personal, false, created_at, %(by)s
FROM ({SHOWN}) AS shown
"""  # noqa: S608
PAPERS = f"""
INSERT INTO verification_submitteddocument (id, code, version, number, added_at, verdict, reason_kind, reason, judged_at,
    added_by_id, application_id, file_id, judged_by_id, type_id, entry, entry_label)
SELECT n - %(file)s, pg_temp.code(n, 8), 1, '', created_at, CASE WHEN judged THEN 'conforming' ELSE 'pending' END, '', '',
    CASE WHEN judged THEN state_since END, %(by)s, id, n, CASE WHEN judged THEN %(by)s END, type, '', ''
FROM (SELECT *, state IN ('recommended', 'listed', 'rejected') AS judged FROM ({SHOWN}) AS each) AS shown
"""  # noqa: S608


def seed(applications: int, span: Span, *, at_home: int = 200, papers: int = 15) -> None:
    """So many applications, `at_home` of them in one regency and the rest all over the country."""
    staff = people()
    rule = VerificationRule.objects.in_force(HOME)
    regencies = list(
        Area.objects.filter(level=Level.REGENCY).exclude(pk=HOME).order_by("pk").values_list("pk", flat=True)
    )
    where = [HOME] * min(at_home, applications)
    where += [regencies[n % len(regencies)] for n in range(applications - len(where))]
    for first in range(0, len(where), BATCH):
        chunk = list(enumerate(where[first : first + BATCH], start=first + 1))
        many(chunk, staff, rule, span)
    values = {"file": last(StoredFile), "papers": papers, "by": staff["anggota"].pk}
    for statement in (FILES, PAPERS):
        run(statement, **values)


def many(chunk: list[tuple[int, str]], staff: dict[str, User], rule: VerificationRule, span: Span) -> None:
    """Providers of these numbers and regencies, with all that their applications brought."""
    first = chunk[0][0]
    providers = copied(Provider, coded((provider(*each, span) for each in chunk), 1, first))
    NameKey.objects.bulk_create(NameKey(provider=each, keys=fingerprints(each.name)) for each in providers)
    made = (application(number, each, staff, rule, span) for (number, _), each in zip(chunk, providers, strict=True))
    rows = copied(Application, coded(made, 2, first))
    listed = [
        standing(row, number, span) for (number, _), row in zip(chunk, rows, strict=True) if row.state == "listed"
    ]
    copied(Standing, coded(listed, 4, first))
    copied(Event, (event for row in rows for event in events(row, staff)))


def people() -> dict[str, User]:
    """Who judges at home, and the ministry."""
    seats = (
        ("anggota", Role.POKJA_MEMBER, HOME),
        ("ketua", Role.POKJA_CHAIR, HOME),
        ("kementerian", Role.MINISTRY, None),
    )
    return {key: officer(key, role, area) for key, role, area in seats}


def provider(number: int, regency: str, span: Span) -> Provider:
    born = span.moment - DAY * (age_of(number, STATES[number % len(STATES)], span) + 4)
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
        created_at=born,
    )


def age_of(number: int, state: str, span: Span) -> int:
    """Days since it came to its state. Most who are listed were so before the first order; some came later."""
    if state == "listed" and number % 7:
        return span.days + 10 + number % 40
    return 1 + number % (1000 if state in ("listed", "rejected", "withdrawn") else 20)


def application(number: int, each: Provider, staff: dict[str, User], rule: VerificationRule, span: Span) -> Application:
    """In the state that its number gives it, submitted up to three years ago."""
    state = STATES[number % len(STATES)]
    now, age = span.moment, DAY * age_of(number, state, span)
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


def standing(row: Application, number: int, span: Span) -> Standing:
    day = row.state_since.date()
    return Standing(
        provider=row.provider,
        regency_id=row.regency_id,
        application=row,
        directory_number=f"CONTOH-{number:05}",
        decree_number="CONTOH",
        decree_date=day,
        listed_on=day,
        valid_until=max(day, today(), span.until) + 365 * DAY,
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
