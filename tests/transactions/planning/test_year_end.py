"""The end of a fiscal year: listed in time, carried over or cancelled by the head, never closed by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import DatedSetting, Event, Notice
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import KUTA, SUKADANA
from tests.transactions.stage import VILLAGE, Market, Reasoned, attempt
from transactions import year_end
from transactions.models import Activity, CarryOver, Commitment, Contract, Need, YearEndCall
from transactions.tasks import call_year_end

pytestmark = pytest.mark.django_db

LIST = reverse("year-end")
DPAL = {"dpal_number": "900/12/DPAL", "dpal_on": dt.date(2026, 11, 20)}


@pytest.fixture(autouse=True)
def november() -> Any:
    """In the season; the database's own clock goes on."""
    with time_machine.travel(dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC), tick=True):
        yield


def activity(market: Market, year: int, *, village: str = KUTA, ceiling: int = 50_000_000) -> Activity:
    row = Activity(
        village_id=village, fiscal_year=year, activity_code="04.03.02", name="Pelatihan BUM Desa", funding="dds"[:2],
        ceiling=ceiling,
    )  # fmt: skip
    row.enter(by=market.user("operator" if village == KUTA else "operator2"))
    return row


def budgeted(market: Market, row: Activity, *, ceiling: int = 9_500_000, **fields: Any) -> Need:
    need = market.need("agreed", **fields)
    need.budget(by=market.user("pka"), activity=row, ceiling=ceiling)
    return need


def at(year: int, month: int, day: int, hour: int = 3) -> Any:
    return time_machine.travel(dt.datetime(year, month, day, hour, tzinfo=dt.UTC), tick=True)


# --- from when, by whose clock ------------------------------------------------------------------------------------
def test_the_day_is_a_dated_setting() -> None:
    assert year_end.listed_from(2026) == dt.date(2026, 11, 1)
    DatedSetting.objects.create(key="year-end-list-from", value="10-15", valid_from="2027-01-01", source="contoh")
    assert year_end.listed_from(2026) == dt.date(2026, 11, 1)
    assert year_end.listed_from(2027) == dt.date(2027, 10, 15)


def listed(need: Need) -> bool:
    return Need.objects.unfinished().filter(year_end.listed(), pk=need.pk).exists()


def is_overdue(need: Need) -> bool:
    return Need.objects.unfinished().filter(year_end.overdue(), pk=need.pk).exists()


def test_listed_from_that_day_and_overdue_after_the_villages_midnight(market: Market) -> None:
    """Kuta lies in WITA: its year ends at 16.00 UTC, an hour before that of Jakarta."""
    need = market.need("budgeted")
    assert Area.objects.get(pk=KUTA).tzinfo == ZoneInfo("Asia/Makassar")
    for moment, expected in (
        (at(2026, 10, 31, 15), (False, False)),
        (at(2026, 10, 31, 16), (True, False)),
        (at(2026, 12, 31, 15), (True, False)),
        (at(2026, 12, 31, 16), (True, True)),
        (at(2027, 6, 1), (True, True)),
    ):
        with moment:
            assert (listed(need), is_overdue(need)) == expected


@pytest.mark.parametrize("state", ["identified", "agreed", "cancelled"])
def test_what_is_not_budgeted_is_not_listed(market: Market, state: str) -> None:
    assert not listed(market.need(state))


def test_what_is_paid_in_full_is_not_listed(market: Market) -> None:
    account = market.account("payment")
    assert listed(account.contract.need)
    market.pay(account)
    assert not listed(account.contract.need)
    refusal = attempt(account.contract.need, "carry_over", market.user("kades"), DPAL)
    assert refusal == "Pembelian ini sudah dibayar lunas, jadi tidak perlu dilanjutkan."


# --- carrying over ------------------------------------------------------------------------------------------------
def test_a_running_contract_moves_what_is_not_paid_to_next_years_activity(market: Market) -> None:
    old, new = activity(market, 2026), activity(market, 2027)
    contract = market.contract("running", need=budgeted(market, old))
    old.refresh_from_db()
    assert (old.committed, contract.value) == (9_400_000, 9_400_000)
    need = Need.objects.get(pk=contract.need.pk)
    need.carry_over(by=market.user("kades"), activity=new, **DPAL)
    old.refresh_from_db()
    new.refresh_from_db()
    need.refresh_from_db()
    assert (old.committed, new.committed) == (0, 9_400_000)
    assert (need.fiscal_year, need.activity, need.state) == (2027, new, "budgeted")
    row = CarryOver.objects.get()
    assert (row.from_year, row.to_year, row.amount, row.before, row.after) == (2026, 2027, 9_400_000, old, new)
    event = need.events().last()
    assert event is not None
    assert (event.verb, event.note) == ("carry_over", "DPAL 900/12/DPAL tanggal 20 November 2026.")
    assert event.data == {"number": "900/12/DPAL", "amount": 9_400_000, "to_year": 2027}
    assert Contract.objects.get(pk=contract.pk).state == "running"
    assert not listed(need)


def test_what_was_carried_is_given_back_by_next_years_activity(market: Market) -> None:
    """A part was paid in the old year: that stays spent there when the contract ends early."""
    old, new = activity(market, 2026), activity(market, 2027)
    contract = market.contract("running", need=budgeted(market, old))
    first = Commitment.objects.get(contract=contract)
    Commitment.objects.release(contract, unpaid=5_400_000)  # 4 million were paid
    new.reserve(contract, 5_400_000)
    assert Commitment.objects.release(contract, unpaid=5_400_000) == 5_400_000
    old.refresh_from_db()
    new.refresh_from_db()
    first.refresh_from_db()
    assert (old.committed, new.committed, first.held) == (4_000_000, 0, 4_000_000)


def test_a_need_without_contract_takes_its_ceiling_along(market: Market) -> None:
    old, new = activity(market, 2026), activity(market, 2027, ceiling=9_000_000)
    need = budgeted(market, old)
    head = market.user("kades")
    with pytest.raises(TransitionRefused) as refused:
        need.carry_over(by=head, activity=new, **DPAL)
    assert refused.value.reason == ("Sisa anggaran kegiatan “Pelatihan BUM Desa” Rp9.000.000, kurang dari Rp9.500.000.")
    need.refresh_from_db()
    assert (need.fiscal_year, CarryOver.objects.count()) == (2026, 0)
    new.amend(by=market.user("operator"), ceiling=9_500_000)
    need.carry_over(by=head, activity=new, **DPAL)
    contract = market.contract("issued", need=need)
    new.refresh_from_db()
    assert (new.committed, contract.need.fiscal_year) == (9_400_000, 2027)


def test_next_years_activity_must_be_on_the_list_and_the_villages_own(market: Market) -> None:
    old = activity(market, 2026)
    need, head = budgeted(market, old), market.user("kades")
    lacking = "Masukkan dahulu kegiatan APB Desa tahun 2027 ke dalam daftar kegiatan."
    assert attempt(need, "carry_over", head, DPAL) == lacking
    foreign = activity(market, 2027, village=SUKADANA)
    foreign_refusal = "Kegiatan itu tidak ada dalam daftar desa ini untuk tahun 2027."
    assert attempt(need, "carry_over", head, DPAL | {"activity": foreign}) == foreign_refusal
    assert attempt(need, "carry_over", head, DPAL | {"activity": old}) == foreign_refusal
    activity(market, 2027)
    assert attempt(need, "carry_over", head, DPAL) == ("Pilih kegiatan APB Desa tahun 2027 yang menampung lanjutannya.")


def test_a_village_without_a_list_carries_over_by_number_alone(market: Market) -> None:
    need = market.need("budgeted")
    need.carry_over(by=market.user("kades"), **DPAL)
    assert (need.fiscal_year, need.activity_id, need.activity_code) == (2027, None, "4.3.02")


def test_only_the_head_in_the_season_and_once(market: Market) -> None:
    need = market.need("budgeted")
    answers = {key: attempt(need, "carry_over", user, DPAL) for key, user in market.everyone().items()}
    assert {key for key, refusal in answers.items() if not refusal} == {"kades"}
    assert {answers[key] for key in VILLAGE - {"kades"}} == {
        "Lanjutan ke tahun anggaran berikutnya ditetapkan oleh Kepala Desa."
    }
    with at(2026, 10, 1):
        early = {"dpal_number": "1", "dpal_on": dt.date(2026, 9, 1)}
        assert attempt(need, "carry_over", market.user("kades"), early) == (
            "Lanjutan ke tahun anggaran berikutnya dicatat mulai 1 November 2026."
        )
        assert "carry_over" not in [move.verb for move in need.open_moves(market.user("kades"))]
    assert attempt(need, "carry_over", market.user("kades"), DPAL | {"dpal_on": dt.date(2026, 12, 1)}) == (
        "Tanggal DPAL tidak boleh di masa depan."
    )
    need.carry_over(by=market.user("kades"), **DPAL)
    assert attempt(need, "carry_over", market.user("kades"), DPAL) == ("Pembelian ini sudah masuk tahun anggaran 2027.")


def test_buttons_of_others_do_not_speak_of_it(market: Market) -> None:
    need = market.need("budgeted")
    shown = {key: [move.verb for move in need.open_moves(user)] for key, user in market.everyone().items()}
    assert {key for key, verbs in shown.items() if "carry_over" in verbs} == {"kades"}


def test_after_the_year_it_is_still_decided_and_may_be_carried_once_more(market: Market) -> None:
    need = market.need("budgeted")
    with at(2027, 2, 1):
        need.carry_over(by=market.user("kades"), **DPAL)
        assert need.fiscal_year == 2027
    with at(2027, 11, 5):
        need.carry_over(by=market.user("kades"), dpal_number="2", dpal_on=dt.date(2027, 11, 4))
    assert (need.fiscal_year, need.carry_overs.count()) == (2028, 2)


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_is_the_territorys(market: Market) -> None:
    need = market.need("budgeted")
    for key in market.everyone():
        answer = market.client(key).get(LIST)
        sees = key in VILLAGE | {"pld", "pd", "tapm", "kecamatan", "dpmd", "province"}
        assert (need.code in answer.content.decode()) == sees, key


def test_the_head_decides_from_the_list(market: Market) -> None:
    need, contract = market.need("budgeted"), market.contract("running", need=market.need("budgeted", title="Kelas"))
    body = market.client("kades").get(LIST).content.decode()
    assert need.move_url("carry_over") in body
    assert need.move_url("cancel") in body
    assert contract.need.move_url("carry_over") in body
    assert contract.need.move_url("cancel") not in body  # its contract is ended first, by its own verb
    assert need.move_url("carry_over") not in market.client("pka").get(LIST).content.decode()
    assert "Rp9.400.000" in body


def test_search_filters_and_empty_states(market: Market) -> None:
    first, second = market.need("budgeted", title="Bank sampah"), market.need("budgeted", title="Peta irigasi")
    kades = market.client("kades")

    def found(**asked: Any) -> set[str]:
        body = kades.get(LIST, asked).content.decode()
        return {need.title for need in (first, second) if need.code in body}

    assert found() == {"Bank sampah", "Peta irigasi"}
    assert found(q="sampah") == {"Bank sampah"}
    assert found(tahun="2026") == {"Bank sampah", "Peta irigasi"}
    assert found(tahun="2025") == found(keadaan="lewat") == found(keadaan="dilanjutkan") == set()
    assert "Tidak ada yang cocok" in kades.get(LIST, {"q": "tidak ada"}).content.decode()
    first.carry_over(by=market.user("kades"), **DPAL)
    second.cancel(by=market.user("kades"), reason="Tidak jadi.")
    assert found() == set()
    assert found(keadaan="dilanjutkan") == found(keadaan="dilanjutkan", tahun="2026") == {"Bank sampah"}
    assert found(keadaan="dibatalkan") == {"Peta irigasi"}
    assert "Tidak ada yang perlu diputuskan" in kades.get(LIST).content.decode()
    assert kades.get(LIST, {"tahun": "abc", "keadaan": "x"}).status_code == 200


def test_overdue_ones_say_so(market: Market) -> None:
    need = market.need("budgeted")
    with at(2027, 1, 2):
        market.need("budgeted", title="Tahun ini")  # of 2027: not in its season yet
        for key in ("kades", "pd", "dpmd"):
            body = market.client(key).get(LIST).content.decode()
            assert "Lewat 31 Desember" in body
            assert "Tahun ini" not in body
        page = market.client("kades").get(need.get_absolute_url()).content.decode()
        assert "Tahun anggaran 2026 sudah berakhir dan pembelian ini belum diputuskan." in page
        assert Need.objects.get(pk=need.pk).state == "budgeted"  # nothing was closed


def test_the_orders_page_says_it_in_the_season(market: Market) -> None:
    need = market.need("budgeted")
    said = "Tahun anggaran 2026 berakhir 31 Desember 2026."
    assert said in market.client("pka").get(need.get_absolute_url()).content.decode()
    with at(2026, 10, 1):
        assert said not in market.client("pka").get(need.get_absolute_url()).content.decode()


def test_paging_and_the_number_of_queries(market: Market) -> None:
    def count(client: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    kades = market.client("kades")
    market.contract("running", need=market.need("budgeted"))
    count(kades)
    one = count(kades)
    for number in range(2):
        market.contract("running", need=market.need("budgeted", title=f"Kelas {number}"))
    assert count(kades) == one
    for number in range(20):
        market.need("budgeted", title=f"Kebutuhan {number:02}")
    first = kades.get(LIST)
    assert len(first.context["page"].rows) == 20
    second = kades.get(
        first.context["page"].next_url
        if "/" in first.context["page"].next_url
        else LIST + first.context["page"].next_url
    )
    assert len(second.context["page"].rows) == 3


def test_the_form_asks_for_next_years_activity_only_where_there_is_a_list(market: Market) -> None:
    need = budgeted(market, activity(market, 2026))
    kades = market.client("kades")
    body = kades.get(need.move_url("carry_over")).content.decode()
    assert 'name="activity"' not in body
    new = activity(market, 2027)
    body = kades.get(need.move_url("carry_over")).content.decode()
    assert 'name="activity"' in body
    assert "sisa Rp50.000.000" in body
    sent = {"dpal_number": "900/1", "dpal_on": "20/11/2026", "activity": new.pk}
    answer = kades.post(need.move_url("carry_over"), sent)
    assert answer.status_code == 302, answer.content.decode()
    need.refresh_from_db()
    assert (need.fiscal_year, need.activity) == (2027, new)


# --- told in time -----------------------------------------------------------------------------------------------------
def told() -> dict[str, list[str]]:
    rows = Notice.objects.filter(event__about="transactions.yearendcall", channel="site").order_by("pk")
    found: dict[str, list[str]] = {}
    for row in rows.select_related("user"):
        found.setdefault(row.user.email.split("@")[0], []).append(row.title)
    return found


def test_each_step_is_told_once(market: Market) -> None:
    market.need("budgeted")
    market.need("budgeted", title="Kelas lain")
    assert call_year_end() == 2  # the village and its regency
    assert call_year_end() == 0
    plain = "2 pembelian tahun anggaran 2026 belum selesai"
    assert told() == {
        **{key: [plain] for key in ("kades", "sekdes", "pka")},
        **{key: [f"Desa Kuta: {plain}"] for key in ("pld", "pd")},
        "dpmd": [f"Kabupaten Lombok Tengah: {plain}"],
    }
    with at(2026, 12, 20):
        assert call_year_end() == 2
        assert call_year_end() == 0
    with at(2027, 1, 3):
        assert call_year_end() == 2
    assert told()["kades"] == [
        plain,
        "Pengingat terakhir: 2 pembelian tahun anggaran 2026 belum diputuskan",
        "Tahun anggaran 2026 berakhir: 2 pembelian belum diputuskan",
    ]


def test_before_the_season_and_with_everything_decided_nobody_is_told(market: Market) -> None:
    need = market.need("budgeted")
    with at(2026, 10, 20):
        assert call_year_end() == 0
    need.carry_over(by=market.user("kades"), **DPAL)
    assert call_year_end() == 0
    assert not YearEndCall.objects.exists()


def test_a_call_and_its_notices_are_one_act(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two, it is said the next night."""
    market.need("budgeted")
    from transactions import year_end_calls

    def killed(*args: Any, **more: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(year_end_calls, "record", killed)
        with pytest.raises(SystemExit):
            call_year_end()
    assert not YearEndCall.objects.exists()
    assert call_year_end() == 2
    assert Event.objects.filter(about="transactions.yearendcall").count() == 2


def test_the_market_gives_reasons() -> None:
    assert Reasoned().get("anything") == "Alasan uji."
