"""The offices of two regencies and their province, and the work that their reports are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client

import core.tasks  # noqa: F401  registers what jobs call
import monitoring.tasks  # noqa: F401
from accounts.models import Membership, Role, User
from core import jobs
from core.models import Job, PrintedDocument
from monitoring.documents import newest_paper
from monitoring.models import Report
from regions.models import Area
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, NTB, PUJUT, SUKADANA, UBUNG
from tests.monitoring import rows
from tests.monitoring.rows import at

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
NOW = at("2026-11-20")
LEMBAR_SELATAN = "52.01.13.2002"


class Office:
    """Who is there."""

    def __init__(self) -> None:
        self.dpmd = rows.person("Baiq Sri", Role.REGENCY_OFFICE, area_id=LOMBOK_TENGAH)
        self.chair = rows.person("Lalu Ahmad", Role.POKJA_CHAIR, area_id=LOMBOK_TENGAH)
        self.tapm = rows.person("Hadi", Role.TAPM, area_id=LOMBOK_TENGAH)
        self.other = rows.person("Dinas Lain", Role.REGENCY_OFFICE, area_id=LOMBOK_BARAT)
        self.province = rows.person("I Made", Role.PROVINCE_OFFICE, area_id=NTB)
        self.ministry = rows.person("Rina", Role.MINISTRY)
        self.pd = rows.person("Nurul", Role.PD, area_id=PUJUT)
        self.other_pd = rows.person("PD Jonggat", Role.PD, area_id="52.02.02")
        self.camat = rows.person("Kecamatan Pujut", Role.DISTRICT_OFFICE, area_id=PUJUT)
        self.pld = rows.person("Wati", Role.PLD, area_id=KUTA)
        Membership.objects.create(user=self.pld, role=Role.PLD, area_id=SUKADANA, starts_on=dt.date(2024, 1, 1))
        self.operator = rows.person("Operator", Role.VILLAGE_OPERATOR, area_id=KUTA)
        self.stranger = rows.person("Orang Lain")


def work() -> None:
    """Two months of orders in two regencies."""
    rows.access(KUTA, created=at("2026-09-01"), decided=at("2026-09-02"))
    rows.access(SUKADANA, created=at("2026-10-28"), decided=at("2026-11-03"))
    rows.standing(LOMBOK_TENGAH, listed=dt.date(2026, 3, 1), until=dt.date(2027, 3, 1))
    rows.application(LOMBOK_TENGAH, submitted=at("2026-10-20"), name="Koperasi Menunggu")
    rows.order(
        KUTA, value=12_345_678, signed="2026-09-05", handed_over="2026-09-20", paid="2026-09-25", musdes="2026-10-05",
        present=(23, 19),
    )  # fmt: skip
    rows.order(KUTA, value=8_000_001, signed="2026-10-01", category="infrastruktur", method="quotation")
    rows.order(UBUNG, value=7_000_000, signed="2026-08-01", handed_over="2026-08-15", paid="2026-08-20")
    rows.order(SUKADANA, value=5_500_000, signed="2026-10-30")
    rows.order(LEMBAR_SELATAN, value=9_999_999, signed="2026-10-09", handed_over="2026-10-20", paid="2026-10-21")


def client(user: User) -> Client:
    """A browser in which this person is logged in, with the second factor some roles need."""
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
    browser = Client()
    browser.force_login(user)
    return browser


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def ask(area: str, month: dt.date, by: Any, *, render: bool = False) -> Report:
    """The report as someone asks for it, assembled by the worker; with `render`, its PDF too."""
    report = Report(area=Area.objects.get(code=area), month=month).request(by=by)
    work_off(render=render)
    report.refresh_from_db()
    return report


def work_off(*, render: bool = False) -> int:
    """Do every open job, also those that jobs ask for; how many. PDFs only when they are wanted: they cost seconds."""
    left = {"core.deliver_mail"} if render else {"core.deliver_mail", "core.render_document"}
    done = 0
    while pks := list(Job.objects.open().exclude(task__in=left).values_list("pk", flat=True)):
        done += sum(jobs.run(pk) for pk in pks)
    return done


def paper_of(document: Any) -> PrintedDocument:
    paper = newest_paper(document)
    assert paper is not None
    return paper


def text_of(paper: PrintedDocument) -> str:
    """The PDF's words on one line."""
    from io import BytesIO

    from pypdf import PdfReader

    assert paper.file is not None
    with paper.file.content.open("rb") as stored:
        pages = PdfReader(BytesIO(stored.read())).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
