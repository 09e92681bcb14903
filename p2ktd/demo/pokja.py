"""The Pokja of the story: its decree, and how it takes an application from the queue to the directory."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from core.clock import today
from p2ktd.demo.cast import REGENCY, SINCE
from p2ktd.demo.papers import paper
from verification.models import Application, Plenary, Pokja

# Where an application stops, in the order of its life.
WAY = ("submitted", "returned", "interview", "scoring", "recommended", "listed")
SEATS = (
    ("ketua.pokja", "chair", "Dinas PMD", "Kepala Bidang"),
    ("pokja", "secretary", "Dinas PMD", "Staf"),
    ("pokja2", "member", "TAPM Kabupaten", "Tenaga Ahli"),
)


def establish(people: dict[str, User]) -> Pokja:
    """By decree of the regency, with three members; their rights come from it."""
    office = people["dpmd"]
    pokja = Pokja(
        regency_id=REGENCY,
        decree_number="188.45/01/CONTOH",
        decree_date=SINCE,
        starts_on=SINCE,
        ends_on=dt.date(today().year + 2, 12, 31),
        decree=paper("Keputusan pembentukan Pokja P2KTD", by=office),
    )
    pokja.prepare(by=office)
    for key, position, body, title in SEATS:
        pokja.add_member(by=office, user=people[key], position=position, body=body, title=title)
    pokja.establish(by=office)
    return pokja


def judge(row: Application, *, until: str, points: int, people: dict[str, User]) -> None:
    """Through the Pokja's hands as far as `until` (one of WAY); a listing waits for the plenary."""
    reach = WAY.index(until)
    if until == "submitted":
        return
    holder = people["pokja"]
    for key in ("pokja", "pokja2", "ketua.pokja"):
        row.declare(by=people[key])
    row.claim(by=holder)
    read(row, holder, failing=until == "returned")
    if until == "returned":
        row.give_back(by=holder, note="Perbaiki satu dokumen, lalu kirim ulang.")
        return
    row.pass_papers(by=holder)
    row.schedule_interview(
        by=holder, mode="visit", at=timezone.now() - dt.timedelta(hours=3), place="Kantor penyedia (contoh)"
    )
    if reach >= WAY.index("scoring"):
        interview(row, holder)
    if reach == WAY.index("scoring"):
        row.score(by=holder, points=dict.fromkeys((aspect.key for aspect in row.aspects), points))
    if reach >= WAY.index("recommended"):
        score(row, points, people)


def read(row: Application, holder: User, *, failing: bool) -> None:
    """Every paper conforms, or the first does not."""
    for place, document in enumerate(row.documents.current()):
        bad = failing and place == 0
        row.judge(
            by=holder,
            document=document,
            conforms=not bad,
            reason_kind="unreadable" if bad else "",
            reason="Bagian bawah terpotong; unggah foto yang utuh." if bad else "",
        )


def interview(row: Application, holder: User) -> None:
    row.record_interview(
        by=holder,
        held_at=timezone.now() - dt.timedelta(hours=2),
        present=[str(holder)],
        applicants=row.provider.person_in_charge,
        answers=["Dijawab dengan contoh pekerjaan sebelumnya."] * len(row.rule_now.questions),
        summary="DATA CONTOH. Penyedia memahami pekerjaannya dan dapat menunjukkan hasilnya.",
    )


def score(row: Application, points: int, people: dict[str, User]) -> None:
    """Each member alone, then the points they agree on."""
    for shift, key in enumerate(("pokja", "pokja2", "ketua.pokja"), start=-1):
        row.score(by=people[key], points={aspect.key: points + 2 * shift for aspect in row.aspects})
    row.agree(
        by=people["pokja"],
        points=dict.fromkeys((aspect.key for aspect in row.aspects), points),
        reason="Nilai tengah para anggota, disepakati bersama.",
    )
    row.recommend(by=people["pokja"])


def sit(rows: list[Application], people: dict[str, User]) -> None:
    """One sitting for all who were recommended; the chair decides by decree."""
    day = today()
    plenary = Plenary(regency_id=REGENCY, held_on=day, place="Aula Dinas PMD (contoh)")
    plenary.convene(by=people["pokja"], applications=rows)
    plenary.minute(by=people["pokja"], minutes_number="01/BA/CONTOH", present=list(plenary.pokja.serving()))
    plenary.decree(
        by=people["ketua.pokja"],
        decree_number="188.45/CONTOH/2026",
        decree_date=day,
        valid_until=day.replace(year=day.year + 2, day=min(day.day, 28)),
        numbers={row.code: f"CONTOH-{REGENCY}-{place:03}" for place, row in enumerate(rows, start=1)},
    )
