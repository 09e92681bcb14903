"""Who is listed is a question of dates, answered when it is asked, with no worker and no traffic."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models.membership import today
from tests.areas import BANDUNG, KUTA, LEMBAR, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import Stage
from verification.models import Standing

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
    from django.contrib.auth.models import AnonymousUser

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
