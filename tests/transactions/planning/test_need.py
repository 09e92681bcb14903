"""Where a need comes from, whom it serves, and where it was planned: Musdes, RKP Desa, APB Desa."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from core.workflow import TransitionRefused
from tests.areas import SUKADANA
from tests.transactions.planning.test_activity import activity
from tests.transactions.stage import Market
from tests.transactions.test_once import key_of
from transactions.models import Need, Origin

pytestmark = pytest.mark.django_db


# --- whence ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("origin", [None, *Origin])
def test_a_need_says_whence_it_comes_and_whom_it_serves(origin: str | None, market: Market) -> None:
    client, url = market.client("operator"), reverse("need-new")
    draft = market.draft_need()
    data = {
        "village": draft.village_id, "title": "Air bersih", "category": draft.category_id, "problem": "Sumur kering.",
        "volume": "1", "unit": "paket", "estimate": "9.500.000", "why_provider": "Ahli.", "submit_key": key_of(client, url),
        "poor_households": "14", "origin_note": "Kartu 07/2026",
    }  # fmt: skip
    done = client.post(url, data | ({"origin": origin} if origin else {}))
    assert done.status_code == 302, done.content.decode()
    need = Need.objects.get()
    assert (need.origin, need.origin_note, need.poor_households) == (origin or Origin.TYPED, "Kartu 07/2026", 14)
    page = " ".join(client.get(need.get_absolute_url()).content.decode().split())
    assert f"{need.get_origin_display()}: Kartu 07/2026" in page
    assert "0 laki-laki, 0 perempuan; 14 rumah tangga miskin" in page


def test_poor_households_that_nobody_counted_are_not_none_of_them(market: Market) -> None:
    need = market.need("identified")
    assert need.poor_households is None
    assert "rumah tangga miskin" not in market.client("operator").get(need.get_absolute_url()).content.decode()


def test_a_row_written_in_bulk_without_the_new_columns_is_whole(market: Market) -> None:
    """The scale set inserts by SQL: what it does not name has a default in the database."""
    need = market.need("identified")
    columns = ", ".join(
        field.column
        for field in Need._meta.concrete_fields
        if field.name not in {"id", "code", "origin", "origin_note", "rkp_number", "planned_time", "activity",
                              "poor_households", "rkp_on"}
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO transactions_need (code, {columns}) SELECT 'BULKROW22', {columns} FROM transactions_need"
            " WHERE id = %s",
            [need.pk],
        )
    row = Need.objects.get(code="BULKROW22")
    row.full_clean()
    assert (row.origin, row.origin_note, row.rkp_number, row.planned_time, row.activity) == ("typed", "", "", "", None)


# --- RKP Desa ----------------------------------------------------------------------------------------
def test_the_work_plan_that_names_it_is_written_down(market: Market) -> None:
    need = market.need("agreed")
    url = need.move_url("place_in_plan")
    data = {"rkp_number": "Perdes 6/2025", "rkp_on": market.today.isoformat()}
    assert market.client("sekdes").post(url, data).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.rkp_number, need.rkp_on) == ("agreed", "Perdes 6/2025", market.today)
    assert "Perdes 6/2025" in market.client("kades").get(need.get_absolute_url()).content.decode()


def test_a_work_plan_of_tomorrow_is_refused(market: Market) -> None:
    need = market.need("agreed")
    with pytest.raises(TransitionRefused, match="tidak boleh di masa depan"):
        need.place_in_plan(by=market.user("sekdes"), rkp_number="6", rkp_on=market.today + dt.timedelta(days=1))


# --- APB Desa ----------------------------------------------------------------------------------------
def test_where_the_village_has_a_list_the_need_is_budgeted_from_it(market: Market) -> None:
    row = activity(market)
    need = market.need("agreed")
    client, url = market.client("kaur"), need.move_url("budget")
    page = client.get(url).content.decode()
    assert (
        f"{row.fiscal_year} · 04.03.02 Peningkatan Kapasitas Perangkat Desa, Dana Desa (DD), sisa Rp20.000.000" in page
    )
    assert 'name="activity_code"' not in page
    data = {"activity": row.pk, "ceiling": "9.500.000", "planned_time": "Maret 2026"}
    assert client.post(url, data).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.activity_id, need.fiscal_year) == ("budgeted", row.pk, row.fiscal_year)
    assert (need.funding, need.activity_code, need.ceiling) == ("dd", "04.03.02", 9_500_000)
    assert need.events().get(verb="budget").data == {"activity": row.code}


def test_where_the_village_has_none_it_is_typed_as_before(market: Market) -> None:
    activity(market, village=SUKADANA)  # the neighbour's list is not ours
    activity(market, fiscal_year=market.today.year - 1)  # nor that of a year gone by
    need = market.need("agreed")
    client, url = market.client("kaur"), need.move_url("budget")
    page = client.get(url).content.decode()
    assert 'name="activity_code"' in page
    assert 'name="activity"' not in page
    data = {"fiscal_year": market.today.year, "funding": "dd", "activity_code": "4.3.02", "ceiling": "9.500.000"}
    assert client.post(url, data).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.activity_id, need.activity_code) == ("budgeted", None, "4.3.02")


def test_more_than_what_is_left_is_refused_and_stays_typed(market: Market) -> None:
    row = activity(market, ceiling=9_000_000)
    need = market.need("agreed")
    page = market.client("kaur").post(need.move_url("budget"), {"activity": row.pk, "ceiling": "9.500.000"})
    assert page.status_code == 422
    assert "Sisa anggaran kegiatan itu Rp9.000.000." in page.content.decode()
    assert 'value="9.500.000"' in page.content.decode()
    with pytest.raises(TransitionRefused, match="kurang dari Rp9"):
        need.budget(by=market.user("kaur"), activity=row, ceiling=9_500_000)


def test_another_villages_activity_and_a_dropped_one_are_refused(market: Market) -> None:
    neighbours, own = activity(market, village=SUKADANA), activity(market)
    own.drop(by=market.user("kaur"), reason="Salah ketik.")
    need = market.need("agreed")
    for row in (neighbours, own):
        with pytest.raises(TransitionRefused, match="tidak ada dalam daftar desa ini"):
            need.budget(by=market.user("kaur"), activity=row, ceiling=1_000_000)
        need.refresh_from_db()
    assert (need.state, need.activity) == ("agreed", None)


def test_a_code_is_not_typed_past_the_list(market: Market) -> None:
    activity(market)
    need = market.need("agreed")
    typed = {"funding": "dd", "activity_code": "4.3.02", "ceiling": 9_500_000}
    with pytest.raises(TransitionRefused, match="pilih salah satunya"):
        need.budget(by=market.user("kaur"), fiscal_year=market.today.year, **typed)
    need.refresh_from_db()
    need.budget(by=market.user("kaur"), fiscal_year=market.today.year + 1, **typed)  # no list of that year yet
    assert need.state == "budgeted"


def test_a_budget_without_any_source_is_refused_by_the_model(market: Market) -> None:
    need = market.need("agreed")
    with pytest.raises(ValidationError):
        need.budget(by=market.user("kaur"), ceiling=9_500_000)
