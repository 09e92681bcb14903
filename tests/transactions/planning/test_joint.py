"""Villages that buy together: asked, agreed by each one's own assembly, paid from each one's own budget."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.models import Notice
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import KUTA, SUKADANA
from tests.transactions.stage import VILLAGE, Market, Reasoned, attempt
from transactions.documents import joint as letter
from transactions.forms import PriceForm, SourcingForm
from transactions.models import (
    Accountability,
    Activity,
    Commitment,
    Contract,
    JointPurchase,
    JointShare,
    Need,
    Quotation,
    Sourcing,
)
from transactions.models.planning.joint import divided
from transactions.order import Order

pytestmark = pytest.mark.django_db

LEADERS = {"operator", "pka", "sekdes", "kades"}
PARTNER = {"operator2", "pka2", "tpk2", "kaur2", "kades2", "bpd2"}
STATES = ("invited", "agreed", "budgeted", "declined", "withdrawn", "refused", "accounted")
MONEY = {"fiscal_year": 2026, "funding": "add", "activity_code": "4.1.01"}


def money(market: Market) -> dict[str, Any]:
    return MONEY | {"fiscal_year": market.today.year}


def share(market: Market, state: str = "invited", *, need: Need | None = None, ceiling: int = 4_000_000) -> JointShare:
    """Sukadana's part of a need that Kuta leads."""
    row = JointShare(need=need or market.need("budgeted"), village_id=SUKADANA, ceiling=ceiling)
    row.invite(by=market.user("pka"))
    if state == "declined":
        row.decline(by=market.user("kades2"), reason="Tidak ada dana.")
    elif state == "withdrawn":
        row.withdraw(by=market.user("pka"), reason="Tidak jadi.")
    elif state != "invited":
        row.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
        if state != "agreed":
            row.budget(by=market.user("kaur2"), **money(market))
    if state in ("refused", "accounted"):
        market.contract("handed_over", need=row.need)
        if state == "refused":
            row.refuse(by=market.user("bpd2"), held_on=market.today, number="1", note="Modul kurang.")
        else:
            row.account(by=market.user("bpd2"), held_on=market.today, number="1", scan=market.file("bpd2"))
    row.refresh_from_db()
    return row


def activity(market: Market, village: str, ceiling: int = 50_000_000) -> Activity:
    row = Activity(
        village_id=village, fiscal_year=market.today.year, activity_code="04.03.02", name="Pelatihan BUM Desa",
        funding="dd", ceiling=ceiling,
    )  # fmt: skip
    row.enter(by=market.user("operator" if village == KUTA else "operator2"))
    return row


def bought_together(market: Market, *, hps: int = 9_500_000) -> tuple[Contract, Activity, Activity]:
    """6 and 4 million of budget, from both villages' lists; issued."""
    mine, theirs = activity(market, KUTA), activity(market, SUKADANA)
    need = market.need("agreed")
    need.budget(by=market.user("pka"), activity=mine, ceiling=6_000_000)
    row = JointShare(need=need, village_id=SUKADANA, ceiling=4_000_000)
    row.invite(by=market.user("pka"))
    row.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
    row.budget(by=market.user("kaur2"), activity=theirs)
    contract = market.contract("issued", need=need, hps=hps)
    for each in (mine, theirs):
        each.refresh_from_db()
    return contract, mine, theirs


# --- the sum --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [2, 1], [67, 33]),
        (9_400_000, [6_000_000, 4_000_000], [5_640_000, 3_760_000]),
        (7, [3, 3, 1], [3, 3, 1]),
        (1, [1, 10**12], [0, 1]),
        (0, [5, 5], [0, 0]),
    ],
)
def test_the_parts_sum_to_the_value_by_the_largest_remainder(value: int, weights: list[int], parts: list[int]) -> None:
    assert divided(value, weights) == parts
    assert sum(parts) == value
    assert all(part <= weight for part, weight in zip(parts, weights, strict=True)) or value > sum(weights)


# --- who may, in each state -----------------------------------------------------------------------------------------
def needs(market: Market) -> dict[str, dict[str, Any]]:
    heard = {"held_on": market.today, "number": "1"}
    return {
        "agree": {"musdes_on": market.today, "musdes_number": "141/7"},
        "budget": money(market),
        "account": heard | {"scan": market.file("bpd2")},
        "refuse": heard | {"note": "Kurang."},
        "decline": {"reason": "x"},
        "withdraw": {"reason": "x"},
    }


TABLE = {
    ("invited", "agree"): {"operator2", "pka2", "kades2"},
    ("invited", "decline"): {"kades2"},
    ("invited", "withdraw"): LEADERS,
    ("agreed", "budget"): {"pka2", "kaur2"},
    ("agreed", "decline"): {"kades2"},
    ("agreed", "withdraw"): LEADERS,
    ("budgeted", "decline"): {"kades2"},
    ("budgeted", "withdraw"): LEADERS,
    ("refused", "account"): {"bpd2"},
    ("refused", "refuse"): {"bpd2"},
}


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what_with_a_share(market: Market, state: str) -> None:
    row, asked, people = share(market, state), needs(market), market.everyone()
    assert row.state == state
    for verb in JointShare.MOVES:
        answers = {key: attempt(row, verb, user, asked[verb]) for key, user in people.items()}
        made = {key for key, refusal in answers.items() if not refusal}
        assert made == TABLE.get((state, verb), set()), (state, verb, answers)
        assert all(answer.endswith(".") and len(answer) > 20 for answer in answers.values() if answer), answers
    for key, user in people.items():
        buttons = {move.verb for move in row.open_moves(user) if move.verdict}
        assert buttons == {verb for (s, verb), who in TABLE.items() if s == state and key in who}, (state, key)


def test_the_sentences_of_refusals(market: Market) -> None:
    row, asked, stranger = share(market), needs(market), market.user("bpd")
    assert {verb: attempt(row, verb, stranger, asked[verb]) for verb in ("agree", "decline", "withdraw")} == {
        "agree": "Persetujuan dicatat oleh operator, Kasi/Kaur, Sekretaris, atau Kepala Desa Desa Sukadana.",
        "decline": "Yang menyatakan tidak ikut serta adalah Kepala Desa Desa Sukadana.",
        "withdraw": ("Desa peserta diundang oleh operator, Kasi/Kaur, Sekretaris Desa, atau Kepala Desa Desa Kuta."),
    }
    row = share(market, "budgeted", need=market.need("budgeted", title="Kelas"))
    assert attempt(row, "account", market.user("bpd2"), asked["account"]) == (
        "Musdes pertanggungjawaban desa peserta diadakan setelah serah terima hasil pekerjaan."
    )
    assert attempt(row, "account", market.user("bpd"), asked["account"]) == (
        "Keputusan Musdes dicatat oleh BPD Desa Sukadana."
    )


def test_only_the_lead_invites_and_before_the_sourcing(market: Market) -> None:
    need = market.need("budgeted")

    def answer(key: str, **changes: Any) -> str:
        row = JointShare(**{"need": need, "village_id": SUKADANA, "ceiling": 1_000_000} | changes)
        try:
            row.invite(by=market.user(key))
        except (TransitionRefused, ValidationError) as refused:
            return getattr(refused, "reason", "") or " ".join(refused.messages)  # type: ignore[union-attr]
        return ""

    assert answer("pka2").startswith("Desa peserta diundang oleh")
    assert answer("pka", village_id=KUTA) == "Desa pemimpin menanggung bagiannya sendiri; pilih desa lain."
    assert answer("pka") == ""
    assert answer("pka") == "Desa ini sudah diundang untuk pembelian ini."
    sourcing = market.sourcing("draft", need=market.need("budgeted", title="Kelas"))
    need = sourcing.need
    assert answer("pka") == "Pengadaannya sudah dimulai, jadi susunan desa peserta tidak berubah lagi."


# --- what it bears --------------------------------------------------------------------------------------------------
def test_nothing_begins_before_every_village_has_budgeted(market: Market) -> None:
    row = share(market, "agreed")
    sourcing = market.draft_sourcing(need=row.need)
    with pytest.raises(TransitionRefused) as refused:
        sourcing.prepare(by=market.user("pka"), services=[market.service])
    assert refused.value.reason == "Menunggu desa peserta menganggarkan bagiannya: Desa Sukadana."
    row.budget(by=market.user("kaur2"), **money(market))
    sourcing = market.draft_sourcing(need=Need.objects.get(pk=row.need_id))
    sourcing.prepare(by=market.user("pka"), services=[market.service])
    for verb, key in (("decline", "kades2"), ("withdraw", "pka")):
        assert attempt(row, verb, market.user(key), {"reason": "x"}) == (
            "Pengadaannya sudah dimulai, jadi susunan desa peserta tidak berubah lagi."
        )


def test_the_estimate_may_reach_the_common_ceiling(market: Market) -> None:
    row = share(market, "budgeted", need=market.need("budgeted", estimate=6_000_000))
    over = market.draft_sourcing(hps=10_000_001, need=row.need)
    over.give_reasons(Reasoned())
    with pytest.raises(ValidationError) as refused:
        over.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    assert "HPS tidak boleh melebihi pagu" in str(refused.value)
    whole = market.draft_sourcing(hps=10_000_000, need=row.need)
    whole.prepare(by=market.user("pka"), services=[market.service])
    assert whole.method == "direct"


def test_at_issue_each_village_holds_its_part_of_its_own_budget(market: Market) -> None:
    contract, mine, theirs = bought_together(market)
    assert contract.value == 9_400_000
    assert (mine.committed, theirs.committed) == (5_640_000, 3_760_000)
    assert JointShare.objects.get().value == 3_760_000
    assert sorted(Commitment.objects.values_list("amount", flat=True)) == [3_760_000, 5_640_000]


def test_a_village_without_room_stops_the_whole_issue(market: Market) -> None:
    mine, theirs = activity(market, KUTA), activity(market, SUKADANA, ceiling=4_000_000)
    need = market.need("agreed")
    need.budget(by=market.user("pka"), activity=mine, ceiling=6_000_000)
    row = JointShare(need=need, village_id=SUKADANA, ceiling=4_000_000)
    row.invite(by=market.user("pka"))
    row.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
    row.budget(by=market.user("kaur2"), activity=theirs)
    Activity.objects.filter(pk=theirs.pk).update(committed=3_000_000)  # taken by another contract meanwhile
    contract = market.contract("drafted", need=need)
    dated = {"number": "1", "signed_on": market.today, "starts_on": market.today}
    with pytest.raises(TransitionRefused, match="Sisa anggaran kegiatan"):
        contract.issue(by=market.user("pka"), **dated)
    mine.refresh_from_db()
    row.refresh_from_db()
    assert (mine.committed, row.value, Contract.objects.get(pk=contract.pk).state) == (0, None, "drafted")


def test_another_value_is_divided_anew_and_an_early_end_gives_each_its_own_back(market: Market) -> None:
    from transactions.models.planning import bearing

    contract, mine, theirs = bought_together(market)

    def committed() -> tuple[int, int]:
        return tuple(Activity.objects.get(pk=row.pk).committed for row in (mine, theirs))  # type: ignore[return-value]

    contract.value = 9_900_001
    assert bearing.change(contract, 9_400_000) == 0
    assert committed() == (5_940_001, 3_960_000)
    contract.value = 9_000_000
    assert bearing.change(contract, 9_900_001) == 900_001
    assert committed() == (5_400_000, 3_600_000)
    assert JointShare.objects.get().value == 3_600_000
    assert bearing.free(contract, 3_000_000) == 6_000_000
    assert committed() == (1_800_000, 1_200_000)


@pytest.mark.parametrize("state", ["invited", "agreed", "budgeted"])
def test_a_purchase_that_is_cancelled_lets_the_other_villages_go(market: Market, state: str) -> None:
    row = share(market, state)
    need = Need.objects.get(pk=row.need_id)
    assert attempt(need, "cancel", market.user("pka"), {"reason": "x"}) == "Kebutuhan dibatalkan oleh Kepala Desa."
    assert JointShare.objects.get(pk=row.pk).state == state
    need.cancel(by=market.user("kades"), reason="Dananya dialihkan.")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert not JointShare.objects.waiting_for(market.user("kades2")).filter(pk=row.pk).exists()
    told = Notice.objects.filter(user=market.user("kades2"), title="Ajakan Desa Kuta ditarik", channel="site")
    assert [each.body for each in told] == ["Dananya dialihkan."]


def test_nobody_agrees_to_or_budgets_a_part_of_a_cancelled_purchase(market: Market) -> None:
    """Shares from before they were withdrawn with it."""
    for state, verb in (("invited", "agree"), ("agreed", "budget")):
        row = share(market, state, need=market.need("budgeted", title=f"Kelas {state}"))
        Need.objects.filter(pk=row.need_id).update(state="cancelled")
        answer = attempt(row, verb, market.user("pka2"), needs(market)[verb])
        assert answer == "Desa pemimpin membatalkan pembelian ini."


# --- who sees it ----------------------------------------------------------------------------------------------------
def test_the_villages_that_take_part_see_the_order_and_no_others(market: Market) -> None:
    contract, *_ = bought_together(market)
    need = contract.need
    address = need.get_absolute_url()
    everyone = set(market.everyone())
    sees = {key for key in everyone if market.client(key).get(address).status_code == 200}
    assert sees == VILLAGE | PARTNER | {
        "pld",
        "pd",
        "tapm",
        "kecamatan",
        "pokja",
        "chair",
        "dpmd",
        "province",
        "ministry",
        "firm",
    }
    for kind, rows in (
        (Need, Need.objects.filter(pk=need.pk)),
        (Sourcing, need.sourcings.all()),
        (Quotation, Quotation.objects.filter(sourcing__need=need)),
        (Contract, Contract.objects.filter(pk=contract.pk)),
        (JointShare, JointShare.objects.filter(need=need)),
    ):
        for key in sorted(PARTNER):
            visible = kind._default_manager.visible_to(market.user(key))
            assert rows.exists()
            assert visible.filter(pk__in=rows).count() == rows.count(), (kind, key)
    firm_sees = JointShare.objects.visible_to(market.user("firm"))
    assert not firm_sees.exists()  # how the villages divide it is not the provider's business


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_village_that_is_out_sees_nothing_more(market: Market, state: str) -> None:
    row = share(market, state)
    assert market.client("kades2").get(row.need.get_absolute_url()).status_code == 404
    assert not Need.objects.visible_to(market.user("kades2")).filter(pk=row.need_id).exists()


def test_the_neighbour_of_an_order_of_one_village_sees_nothing(market: Market) -> None:
    need = market.need("budgeted")
    share(market, need=market.need("budgeted", title="Bersama"))
    assert not Need.objects.visible_to(market.user("kades2")).filter(pk=need.pk).exists()


def test_sealed_offers_stay_sealed_for_the_partner(market: Market) -> None:
    row = share(market, "budgeted")
    sourcing = market.sourcing("quoted", need=Need.objects.get(pk=row.need_id))
    for key in ("kades2", "kades"):
        assert not Quotation.objects.visible_to(market.user(key)).filter(sourcing=sourcing).exists()


def test_the_partner_reads_but_the_lead_acts(market: Market) -> None:
    contract, *_ = bought_together(market)
    for key in sorted(PARTNER):
        user = market.user(key)
        for document in (contract.need, contract.sourcing, contract):
            assert not [move.verb for move in document.open_moves(user) if move.verdict], (key, document)


# --- the accounts of each -------------------------------------------------------------------------------------------
def test_it_closes_after_every_villages_own_assembly(market: Market) -> None:
    row = share(market, "budgeted")
    account = market.account("accepted", need=Need.objects.get(pk=row.need_id))
    assert attempt(account, "close", market.user("kades"), {}) == (
        "Belum dapat ditutup. Masih kurang: keputusan Musdes Desa Sukadana."
    )
    row = JointShare.objects.get(pk=row.pk)
    assert row in JointShare.objects.waiting_for(market.user("bpd2"))
    row.refuse(by=market.user("bpd2"), held_on=market.today, number="141/8", note="Modul kurang.")
    assert "keputusan Musdes Desa Sukadana" in attempt(account, "close", market.user("kades"), {})
    row.account(by=market.user("bpd2"), held_on=market.today, number="141/9", scan=market.file("bpd2"))
    account = Accountability.objects.get(pk=account.pk)
    account.close(by=market.user("kades"))
    assert account.state == "closed"


def test_its_own_day_is_not_before_the_hand_over(market: Market) -> None:
    import datetime as dt

    row = share(market, "budgeted")
    market.contract("handed_over", need=Need.objects.get(pk=row.need_id))
    row = JointShare.objects.get(pk=row.pk)
    early = {"held_on": market.today - dt.timedelta(days=1), "number": "1", "scan": market.file("bpd2")}
    assert attempt(row, "account", market.user("bpd2"), early) == (
        "Musdes pertanggungjawaban diadakan setelah serah terima hasil pekerjaan."
    )


# --- pages and papers -----------------------------------------------------------------------------------------------
def test_the_whole_way_on_the_pages(market: Market) -> None:
    need = market.need("budgeted", estimate=6_000_000)
    pka, kades2 = market.client("pka"), market.client("kades2")
    body = pka.get(need.get_absolute_url()).content.decode()
    assert "Ajak desa lain" in body
    address = reverse("share-new", args=[need.code])
    page = pka.get(address)
    assert "Desa Sukadana" in page.content.decode()
    key = page.context["form"]["submit_key"].value()
    sent = {"village": SUKADANA, "ceiling": "4.000.000", "message": "Mari.", "submit_key": key}
    for _ in range(2):  # sent twice, asked once
        assert pka.post(address, sent).status_code == 302
    row = JointShare.objects.get()
    titles = set(Notice.objects.filter(user=market.user("kades2"), channel="site").values_list("title", flat=True))
    assert titles == {f"Desa Kuta mengajak membeli bersama: {need.title}"}
    body = kades2.get(need.get_absolute_url()).content.decode()
    assert "Setujui Ikut Serta" in body
    assert "Mari." in body
    assert "4.000.000" in body
    agreed = {"musdes_on": market.today.strftime("%d/%m/%Y"), "musdes_number": "141/7"}
    assert kades2.post(row.move_url("agree"), agreed).status_code == 302
    assert need.title in market.client("kaur2").get(reverse("todo")).content.decode()
    budget = {key: str(value) for key, value in money(market).items()}
    assert market.client("kaur2").post(row.move_url("budget"), budget).status_code == 302
    row.refresh_from_db()
    assert row.state == "budgeted"
    body = pka.get(need.get_absolute_url()).content.decode()
    assert "Pagu bersama" in body
    assert "10.000.000" in body


def test_bidders_see_nothing_of_the_shares(market: Market) -> None:
    row = share(market, "budgeted")
    market.sourcing("open", need=Need.objects.get(pk=row.need_id))
    body = market.client("firm").get(row.need.get_absolute_url()).content.decode()
    assert "Pembelian bersama" not in body


def test_the_letter_names_the_villages_their_parts_and_their_minutes(market: Market) -> None:
    row = share(market, "agreed", need=market.need("budgeted", estimate=6_000_000))
    order = Order(Need.objects.select_related("village", "category").get(pk=row.need_id), market.user("kades"))
    (printable,) = letter.available(order)
    paper = printable.issue(by=market.user("kades"))
    assert paper.snapshot["total"] == 10_000_000
    assert [(line["village"], line["ceiling"], line["number"]) for line in paper.snapshot["lines"]] == [
        ("Desa Kuta", 6_000_000, "140/1/BA"),
        ("Desa Sukadana", 4_000_000, "141/7"),
    ]
    assert paper.snapshot["signatures"]["left"]["name"] == "Contoh Kades2"
    assert JointPurchase.objects.visible_to(market.user("kades2")).exists()
    assert not JointPurchase.objects.visible_to(market.user("firm")).exists()
    assert printable.issue(by=market.user("kades")) == paper  # the same content, printed once


def test_no_letter_while_a_village_has_not_answered(market: Market) -> None:
    row = share(market)
    assert letter.available(Order(row.need, market.user("kades"))) == []


def test_another_regencys_villages_are_not_offered(market: Market) -> None:
    need = market.need("budgeted")
    page = market.client("pka").get(reverse("share-new", args=[need.code]))
    offered = {village.pk for village in page.context["form"].fields["village"].queryset}
    assert offered == {SUKADANA}
    assert Area.objects.get(pk=SUKADANA).may_buy


def priced(total: int) -> dict[str, Any]:
    """One item as the page sends it."""
    return {"name_0": "Paket", "volume_0": "1", "unit_0": "paket", "unit_price_0": str(total)}


def test_a_joint_quotation_is_priced_up_to_the_common_ceiling_and_goes_out(market: Market) -> None:
    """60 million of the lead and 40 of the partner: 100 million on the pages, from the form to the announcement."""
    row = share(market, "budgeted", need=market.need("budgeted", estimate=60_000_000), ceiling=40_000_000)
    need = Need.objects.select_related("village").get(pk=row.need_id)
    new = market.client("tpk").get(reverse("sourcing-new", args=[need.code])).content.decode()
    assert "Rp100.000.000" in new and "Rp60.000.000" not in new
    sourcing = market.draft_sourcing(hps=99_000_000, need=need)
    sourcing.give_reasons(Reasoned())
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    terms = market.draft_terms(sourcing)
    terms.begin(by=market.user("tpk"), scope=sourcing.scope, days=sourcing.days)
    address = terms.move_url("price")
    assert "Rp60.000.000" not in market.client("tpk").get(address).content.decode()
    form = PriceForm({"tax": "included", **priced(100_000_001)}, document=terms, user=market.user("tpk"))
    assert not form.is_valid()
    assert "melebihi pagu anggaran Rp100.000.000" in str(form.errors)
    form = PriceForm({"tax": "included", **priced(100_000_000)}, document=terms, user=market.user("tpk"))
    assert form.is_valid(), form.errors
    terms.price(by=market.user("tpk"), **form.arguments())
    sourcing = Sourcing.objects.get(pk=sourcing.pk)
    assert sourcing.hps == 100_000_000
    sourcing.give_reasons(Reasoned())
    sourcing.announce(by=market.user("tpk"), deadline=sourcing.deadline)
    sourcing.fail(by=market.user("tpk"), reason="Belum ada penawaran.")
    assert SourcingForm.proposed(need)["hps"] == 100_000_000


def test_an_addendum_may_raise_a_joint_contract_up_to_the_common_ceiling(market: Market) -> None:
    row = share(market, "budgeted", need=market.need("budgeted", estimate=6_000_000))
    contract = market.contract("running", need=Need.objects.get(pk=row.need_id), hps=9_500_000)
    contract.check_room(600_000)  # 9.4 million are 10 then
    with pytest.raises(TransitionRefused, match=r"Nilai tidak boleh melebihi pagu Rp10\.000\.000"):
        contract.check_room(600_001)


def test_the_partner_reads_first_what_its_own_village_has_to_do(market: Market) -> None:
    row = share(market, "invited", need=market.need("identified", estimate=6_000_000))
    url = row.need.get_absolute_url()
    page = market.client("operator2").get(url).content.decode()
    assert page.index("Giliran desa Anda") < page.index('id="kebutuhan"')
    assert "diundang ikut serta sampai Rp4.000.000; menunggu persetujuannya." in page
    assert f"{url}#desa-peserta" in market.client("operator2").get(reverse("todo")).content.decode()
    assert "Giliran desa Anda" not in market.client("operator").get(url).content.decode()
    assert market.client("operator2").get(url).context["joint"]["whole_ceiling"] is None  # the lead has none yet
