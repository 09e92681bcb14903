"""Who is listed is a question of dates, answered when it is asked, with no worker and no traffic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.clock import today
from tests.areas import BANDUNG, KUTA, LEMBAR, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import Stage
from verification.models import Sanction, Standing

DAY = dt.timedelta(days=1)


def test_a_listing_ends_by_its_date_alone(stage: Stage) -> None:
    standing = Standing.objects.get(application=stage.listed())
    last = standing.valid_until
    assert list(Standing.objects.current(last)) == [standing]  # the last day counts
    assert list(Standing.objects.current(last + DAY)) == []
    assert list(Standing.objects.current(standing.listed_on - DAY)) == []
    Standing.objects.update(listed_on=today() - 9 * DAY, valid_until=today() - DAY)
    standing.refresh_from_db()
    assert not standing.is_current
    assert not Standing.objects.covers(stage.firm, KUTA)
    assert standing.status_sentence.startswith("Masa terdaftar di Kabupaten Lombok Tengah berakhir")


def test_a_listing_covers_its_regency_and_no_other(stage: Stage) -> None:
    stage.listed()
    covered = {
        code: Standing.objects.covers(stage.firm, code) for code in (LOMBOK_TENGAH, KUTA, LEMBAR, BANDUNG, "52", "")
    }
    assert covered == {LOMBOK_TENGAH: True, KUTA: True, LEMBAR: False, BANDUNG: False, "52": False, "": False}
    assert Standing.objects.covers(stage.firm.pk, KUTA)


def test_applicants_on_the_way_are_not_listed(stage: Stage) -> None:
    stage.recommended()
    assert not Standing.objects.exists()
    assert not Standing.objects.current().listed_providers().exists()


def test_listed_providers_are_those_that_stand_today(stage: Stage) -> None:
    stage.listed()
    stage.rejected(stage.rival)
    assert list(Standing.objects.listed_providers()) == [stage.firm]
    Standing.objects.update(ended_on=today())
    assert list(Standing.objects.listed_providers()) == []


def test_one_open_listing_a_regency_and_one_owner_of_a_number(stage: Stage) -> None:
    first = Standing.objects.get(application=stage.listed(number="001"))
    other = Standing.objects.get(application=stage.listed(stage.rival, number="002"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.filter(pk=other.pk).update(directory_number=first.directory_number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.filter(pk=other.pk).update(provider=first.provider_id)


def test_search_finds_by_every_word_of_the_name_or_by_number(stage: Stage) -> None:
    stage.listed(number="017/P2KTD")
    found = {
        text: Standing.objects.search(text).count() for text in ("bina contoh", "017", "saingan", "bina saingan", "")
    }
    assert found == {"bina contoh": 1, "017": 1, "saingan": 0, "bina saingan": 0, "": 1}


def test_the_public_sees_the_current_directory_only(stage: Stage) -> None:
    stage.listed()
    public = AnonymousUser()
    assert Standing.objects.visible_to(public).count() == 1
    Standing.objects.update(ended_on=today())
    seen = {name: Standing.objects.visible_to(user).count() for name, user in (
        ("public", public), ("owner", stage.owner(stage.firm)), ("rival", stage.owner(stage.rival)),
        ("member", stage.member), ("neighbour", stage.neighbour_member), ("province", stage.province),
    )}  # fmt: skip
    assert seen == {"public": 0, "owner": 1, "rival": 0, "member": 1, "neighbour": 0, "province": 1}


def test_a_listing_in_another_regency_stands_for_itself(stage: Stage) -> None:
    stage.listed()
    assert stage.draft(regency=LOMBOK_BARAT).state == "draft"


# --- what it says, and that everything says the same ------------------------------------------------------------
def bar(stage: Stage, kind: str, *, nation: bool = False) -> Sanction:
    row = Sanction(
        provider=stage.firm, regency_id=LOMBOK_TENGAH, kind=kind, violation="Uji.", basis_number="BA/1",
        basis_date=today(), starts_on=today(), ends_on=today() + 30 * DAY,
    )  # fmt: skip
    row.propose(by=stage.member)
    row.impose(by=stage.chair)
    if nation:
        row.widen(by=stage.ministry, reason="Uji.")
    return row


def ended(kind: str, reason: str = "") -> None:
    Standing.objects.update(ended_on=today(), end_kind=kind, end_reason=reason)


SITUATIONS: dict[str, tuple[Callable[[Stage], object], str, str]] = {
    "listed": (lambda s: None, "listed", "Terdaftar di {regency} sampai {valid}."),
    "frozen": (lambda s: bar(s, "freeze"), "frozen", "Dibekukan di {regency} sampai {bar}."),
    "warned": (lambda s: bar(s, "warning"), "listed", "Terdaftar di {regency} sampai {valid}."),
    "blacklisted": (lambda s: bar(s, "blacklist"), "blacklisted", "Daftar hitam di {regency} sampai {bar}."),
    "nationally": (
        lambda s: bar(s, "blacklist", nation=True), "blacklisted", "Daftar hitam secara nasional sampai {bar}."
    ),
    "both": (
        lambda s: (bar(s, "freeze"), bar(s, "blacklist")), "blacklisted", "Daftar hitam di {regency} sampai {bar}."
    ),
    "lifted": (
        lambda s: bar(s, "freeze").lift(by=s.office, reason="Uji."), "listed", "Terdaftar di {regency} sampai {valid}."
    ),
    "expired": (
        lambda s: Standing.objects.update(listed_on=today() - 9 * DAY, valid_until=today() - DAY),
        "expired", "Masa terdaftar di {regency} berakhir {valid}.",
    ),
    "withdrawn": (
        lambda s: ended("withdrawn", "Pindah."), "withdrawn", "Mengundurkan diri dari direktori {regency} sejak {now}."
    ),
    "refused": (lambda s: ended("refused"), "ended", "Tidak lagi terdaftar di {regency} sejak {now}."),
    "not yet": (
        lambda s: Standing.objects.update(listed_on=today() + DAY, valid_until=today() + 9 * DAY),
        "future", "Terdaftar di {regency} mulai {tomorrow}.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_sentence_the_question_and_the_query_agree(stage: Stage, situation: str) -> None:
    stage.listed()
    make, state, sentence = SITUATIONS[situation]
    make(stage)
    row = Standing.objects.with_status().get()
    words = {
        "regency": "Kabupaten Lombok Tengah", "valid": f"{row.valid_until:%d/%m/%Y}", "now": f"{today():%d/%m/%Y}",
        "bar": f"{today() + 30 * DAY:%d/%m/%Y}", "tomorrow": f"{today() + DAY:%d/%m/%Y}",
    }  # fmt: skip
    assert (row.state, row.status_sentence) == (state, sentence.format(**words))
    asked = {
        "current": Standing.objects.current().exists(),
        "is_current": row.is_current,
        "covers": Standing.objects.covers(stage.firm, KUTA),
        "listed": Standing.objects.listed_providers().exists(),
        "public": Standing.objects.visible_to(AnonymousUser()).exists(),
    }
    assert asked == dict.fromkeys(asked, state == "listed")


def test_statuses_of_many_are_read_in_a_few_queries(stage: Stage) -> None:
    stage.listed()
    stage.listed(stage.rival, number="002")
    bar(stage, "freeze")
    with CaptureQueriesContext(connection) as counted:
        said = [(row.is_current, row.status_sentence, row.state_tone) for row in Standing.objects.with_status()]
    assert len(said) == 2
    assert len(counted) == 3  # listings, their sanctions, the sanctions' regencies


def test_the_catalogues_question_uses_the_index_of_sanctions(stage: Stage) -> None:
    stage.listed()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Standing.objects.current().filter(provider=stage.firm).order_by().explain()
    assert "sanction_barring" in plan
    assert "SubPlan" not in plan  # one join, not a question for each row
