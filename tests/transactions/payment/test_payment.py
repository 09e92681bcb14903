"""A contract is paid termin by termin, each by a request that four people handle, and never beyond its value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role
from core.models import Event
from core.workflow import TransitionRefused
from tests.core.files import pdf
from tests.transactions.stage import YES, Market, attempt
from tests.transactions.test_moves import prove, states_of
from transactions.documents.payment import facts_of
from transactions.forms import PaymentForm
from transactions.models import Accountability, Contract, Payment, PaymentRequest, TaxRate
from transactions.models.payment import paying
from transactions.tax import TaxLine

pytestmark = pytest.mark.django_db

TABLE = {
    **{(state, "complete_papers"): {"pka"} for state in ("draft", "returned")},
    **{(state, "bill"): {"firm"} for state in ("draft", "returned")},
    **{(state, "withdraw"): {"pka"} for state in ("draft", "returned")},
    ("returned", "submit"): {"pka"},  # the draft lacks its papers: below
    ("submitted", "examine"): {"sekdes"},
    ("submitted", "refuse"): {"sekdes"},
    ("checked", "approve"): {"kades"},
    ("checked", "give_back"): {"kades"},
    ("approved", "give_back"): {"kaur"},
    ("approved", "pay"): {"kaur"},
    ("paid", "amend_payment"): {"kaur"},
}


def termins(contract: Contract, *percents: int, accepted: int = 0) -> None:
    """As if the contract had agreed on these, and so much of the work were accepted."""
    contract.termins.all().delete()
    for number, percent in enumerate(percents, 1):
        contract.termins.create(number=number, percent=percent, condition="Bagian ini diterima.")
    Contract.objects.filter(pk=contract.pk).update(accepted_part=accepted)
    contract.refresh_from_db()


def fined(contract: Contract, fine: int) -> None:
    """As the hand-over leaves it."""
    Contract.objects.filter(pk=contract.pk).update(fine=fine, fine_proposed=fine)
    contract.refresh_from_db()


# --- who ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", PaymentRequest.State.values)
def test_who_may_do_what_with_a_payment_request(market: Market, state: str) -> None:
    request = market.request(market.account("payment").contract, state)
    prove(market, request, TABLE)
    states_of(TABLE, PaymentRequest, PaymentRequest.State.values)
    assert request.state == state


def test_who_may_begin_one(market: Market) -> None:
    draft = paying.next_request(market.account("payment").contract)
    assert {key for key, user in market.everyone().items() if draft.may("create", user)} == {"pka"}


def test_what_filing_asks_for_may_follow_and_the_rest_is_optional(market: Market) -> None:
    request = market.request(market.account("payment").contract, "draft")
    page = market.client("pka").get(request.move_url("complete_papers")).content.decode()
    assert page.count("(boleh menyusul)") == len(PaymentRequest.WANTED) == 6
    assert page.count("(tidak wajib)") == 3  # what the provider's bill says besides


@pytest.mark.parametrize(
    ("state", "verb", "who", "sentence"),
    [
        ("draft", "complete_papers", "kaur", "SPP disiapkan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini."),
        ("draft", "bill", "pka", "Tagihan dikirim oleh penyedia kontrak ini."),
        ("draft", "withdraw", "kades", "SPP disiapkan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini."),
        (
            "draft",
            "submit",
            "pka",
            "Belum dapat diajukan. Masih kurang: nomor SPP, tanggal SPP, jenis jasa menurut pajak,"
            " pernyataan tanggung jawab belanja, tagihan penyedia.",
        ),
        ("submitted", "examine", "pka", "SPP diperiksa oleh Sekretaris Desa desa ini."),
        ("submitted", "refuse", "kades", "SPP diperiksa oleh Sekretaris Desa desa ini."),
        ("checked", "approve", "sekdes", "SPP disetujui oleh Kepala Desa."),
        ("checked", "give_back", "kaur", "Pada tahap ini SPP dikembalikan oleh Kepala Desa."),
        ("approved", "give_back", "kades", "Pembayaran dicatat oleh Kaur Keuangan desa ini."),
        ("approved", "pay", "kades", "Pembayaran dicatat oleh Kaur Keuangan desa ini."),
        ("approved", "pay", "kaur2", "Pembayaran dicatat oleh Kaur Keuangan desa ini."),
        ("submitted", "pay", "kaur", "“Catat Pembayaran” tidak dapat dilakukan: statusnya sekarang"
         " Menunggu Pemeriksaan Sekretaris Desa."),
        ("paid", "amend_payment", "pka", "Catatan pembayaran dikoreksi oleh Kaur Keuangan desa ini."),
        ("paid", "withdraw", "pka", "“Batalkan SPP” tidak dapat dilakukan: statusnya sekarang Dibayar."),
    ],
)  # fmt: skip
def test_each_refusal_has_its_sentence(market: Market, state: str, verb: str, who: str, sentence: str) -> None:
    from tests.transactions.test_moves import payment_arguments

    request = market.request(market.account("payment").contract, state)
    assert attempt(request, verb, market.user(who), payment_arguments(market, request).get(verb, {})) == sentence


def test_who_works_for_the_provider_does_not_handle_its_payment(market: Market) -> None:
    request = market.request(market.account("payment").contract, "submitted")
    Membership.objects.create(
        user=market.user("sekdes"), role=Role.PROVIDER, provider=market.firm.provider, starts_on=dt.date(2024, 1, 1)
    )
    refusal = attempt(request, "examine", market.user("sekdes"), {"answers": YES})
    assert refusal.startswith("Anda bekerja pada penyedia ini")


def test_a_second_tab_leads_to_the_request_that_the_first_began(market: Market) -> None:
    contract = market.account("payment").contract
    request = market.request(contract)
    answer = market.client("pka").get(reverse("payment-request-new", args=[contract.code]))
    assert (answer.status_code, answer["Location"]) == (302, request.get_absolute_url())
    assert market.client("kades").get(reverse("payment-request-new", args=[contract.code])).status_code == 403


# --- the four checks ---------------------------------------------------------------------------------
@pytest.mark.parametrize("key", [key for key, _ in PaymentRequest.CHECKS])
def test_one_no_gives_it_back_with_its_reason(market: Market, key: str) -> None:
    request = market.request(market.account("payment").contract, "submitted")
    request.examine(by=market.user("sekdes"), answers=YES | {key: (False, "Belum sesuai.")})
    event = request.events().last()
    assert (request.state, event.verb, event.note) == ("returned", "refuse", "Belum sesuai.")
    assert event.data[key] == [False, "Belum sesuai."]
    assert market.user("pka").notices.filter(body="Belum sesuai.").exists()
    assert ": Belum sesuai." in market.client("pka").get(request.get_absolute_url()).content.decode()
    request.submit(by=market.user("pka"))
    assert [check["passed"] for check in request.checks()] == [None] * 4  # judged anew
    request.examine(by=market.user("sekdes"), answers=YES)
    assert (request.state, request.checked_by) == ("checked", market.user("sekdes"))


def test_a_no_without_a_reason_is_refused(market: Market) -> None:
    request = market.request(market.account("payment").contract, "submitted")
    with pytest.raises(TransitionRefused, match="Tuliskan alasan pada setiap pemeriksaan"):
        request.examine(by=market.user("sekdes"), answers=YES | {"funded": (False, " ")})
    request.refresh_from_db()
    assert request.state == "submitted"


# --- when --------------------------------------------------------------------------------------------
def test_the_last_termin_waits_for_the_hand_over(market: Market) -> None:
    contract = market.contract("inspected")
    with pytest.raises(TransitionRefused, match="Pembayaran terakhir diajukan setelah serah terima"):
        market.request(contract)
    contract = market.contract("issued")
    with pytest.raises(TransitionRefused, match="setelah pekerjaan berjalan"):
        market.request(contract)


def test_an_earlier_termin_waits_for_the_accepted_part(market: Market) -> None:
    contract = market.contract("running")
    termins(contract, 40, 60, accepted=39)
    with pytest.raises(TransitionRefused, match="setelah 40 % hasil pekerjaan diterima; yang diterima baru 39 %"):
        market.request(contract)
    termins(contract, 40, 60, accepted=40)
    first = market.request(contract, "paid")
    assert (first.amount, first.title) == (3_760_000, "SPP termin 1 dari 2")
    assert not Accountability.objects.filter(contract=contract).exists()
    with pytest.raises(TransitionRefused, match="Pembayaran terakhir"):
        market.request(contract)


def test_termins_make_up_the_value_and_the_last_settles(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 33, 33, 34, accepted=100)
    account = Accountability.objects.get(contract=contract)
    for number in (1, 2, 3):
        assert account.state == "payment"
        request = market.request(contract, "paid")
        assert request.termin == number
        account.refresh_from_db()
    assert account.state == "musdes"
    amounts = list(Payment.objects.filter(contract=contract).values_list("gross", flat=True))
    assert amounts == [3_102_000, 3_102_000, 3_196_000]
    assert sum(amounts) == contract.value == contract.paid
    with pytest.raises(TransitionRefused, match="Untuk semua termin kontrak ini sudah ada SPP"):
        market.request(contract)


def test_a_termin_waits_until_the_one_before_it_is_paid(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 50, 50, accepted=100)
    first = market.request(contract, "approved")
    with pytest.raises(TransitionRefused) as refused:
        market.request(contract)
    assert refused.value.reason == "SPP termin 2 diajukan setelah termin 1 dibayar."
    market.transfer(first)
    assert market.request(contract, "paid").amount == 4_700_000
    assert contract.is_paid


def test_a_later_request_that_lives_already_takes_nothing_from_an_earlier_one(market: Market) -> None:
    """Two at once, as they could be begun before a termin waited for the one before it."""
    contract = market.account("payment").contract
    termins(contract, 50, 50, accepted=100)
    first = market.request(contract, "approved")
    PaymentRequest.objects.create(
        contract=contract, termin=2, termins=2, amount=4_700_000, created_by=market.user("pka")
    )
    first.give_back(by=market.user("kaur"), reason="Nomor keliru.")
    market.fill(first)
    first.submit(by=market.user("pka"))
    first.examine(by=market.user("sekdes"), answers=YES)
    first.approve(by=market.user("kades"))
    market.transfer(first)
    assert contract.payments.get().gross == 4_700_000


def test_an_addendum_between_two_termins_goes_to_those_that_follow(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 50, 50, accepted=100)
    market.request(contract, "paid")
    Contract.objects.filter(pk=contract.pk).update(value=10_000_001)
    contract.refresh_from_db()
    second = market.request(contract, "paid")
    assert second.amount == 10_000_001 - 4_700_000
    assert contract.is_paid


def test_a_value_that_changes_under_a_filed_request_sends_it_back(market: Market) -> None:
    contract = market.account("payment").contract
    request = market.request(contract, "approved")
    Contract.objects.filter(pk=contract.pk).update(value=contract.value - 1)
    with pytest.raises(TransitionRefused, match="berubah setelah SPP diajukan"):
        market.transfer(request)
    request.give_back(by=market.user("kaur"), reason="Adendum.")
    with pytest.raises(TransitionRefused, match=r"tidak sama dengan nilai termin Rp9\.399\.999"):
        request.submit(by=market.user("pka"))
    request.refresh_from_db()
    market.fill(request)
    request.submit(by=market.user("pka"))
    assert request.amount == request.bill_amount == 9_399_999


def test_of_a_terminated_contract_what_was_done_is_paid_and_no_more(market: Market) -> None:
    contract = market.contract("running")
    termins(contract, 30, 70, accepted=40)
    market.request(contract, "paid")
    contract.refresh_from_db()
    contract.terminate(by=market.user("pka"), cause="force", reason="Banjir.", percent=50)
    rest = market.request(contract, "paid")
    assert (rest.amount, contract.paid) == (4_700_000 - 2_820_000, 4_700_000)
    assert (rest.termin, rest.is_last) == (2, True)
    with pytest.raises(TransitionRefused, match="Untuk semua termin"):
        market.request(contract)


def test_of_a_terminated_contract_without_work_nothing_is_paid(market: Market) -> None:
    contract = market.contract("terminated")
    with pytest.raises(TransitionRefused, match="tidak ada yang masih harus dibayar"):
        market.request(contract)


def test_the_bill_says_what_the_termin_says(market: Market) -> None:
    request = market.request(market.account("payment").contract)
    market.fill(request, bill_amount=9_400_001)
    with pytest.raises(TransitionRefused) as refused:
        request.submit(by=market.user("pka"))
    assert refused.value.reason == "Tagihan penyedia Rp9.400.001 tidak sama dengan nilai termin Rp9.400.000."


@pytest.mark.parametrize(
    ("days", "sentence"), [(1, "tidak boleh di masa depan"), (-1, "setelah hasil pekerjaan diterima")]
)
def test_it_is_dated_after_the_receipt_and_not_in_the_future(market: Market, days: int, sentence: str) -> None:
    request = market.request(market.account("payment").contract)
    market.fill(request, requested_on=market.today + dt.timedelta(days=days))
    with pytest.raises(TransitionRefused, match=sentence):
        request.submit(by=market.user("pka"))


def test_the_signed_bast_is_the_last_ones_proof_of_receipt(market: Market) -> None:
    account = market.account("payment")
    request = market.request(account.contract)
    market.fill(request, receipt=None)
    request.submit(by=market.user("pka"))
    assert request.receipt == account.contract.handover_scan
    other = market.request(market.account("payment", scan=False).contract)
    market.fill(other, receipt=None)
    refusal = attempt(other, "submit", market.user("pka"), {})
    assert refusal == "Belum dapat diajukan. Masih kurang: bukti penerimaan."


def test_a_withdrawn_one_makes_room_for_another(market: Market) -> None:
    contract = market.account("payment").contract
    market.request(contract, "withdrawn")
    again = market.request(contract)
    assert (again.termin, again.amount) == (1, contract.value)
    with pytest.raises(TransitionRefused, match="Untuk semua termin"):
        market.request(contract)


# --- the transfer ------------------------------------------------------------------------------------
def test_what_is_paid_is_the_request_less_fine_and_taxes(market: Market) -> None:
    contract = market.account("payment").contract
    fined(contract, 94_000)
    request = market.request(contract, "approved")
    market.transfer(request, taxes=[TaxLine("pph23", "PPh", 9_400_000, 188_000), TaxLine("ppn", "PPN", 9_400_000, 1)])
    payment = request.payment
    assert (payment.gross, payment.fine, payment.withheld, payment.net) == (9_400_000, 94_000, 188_001, 9_117_999)
    assert payment.recorded_by == market.user("kaur")
    assert {tax.amount for tax in payment.taxes.all()} == {188_000, 1}
    assert request.events().get(verb="pay").data == {
        "gross": 9_400_000, "fine": 94_000, "withheld": 188_001, "net": 9_117_999,
    }  # fmt: skip


def test_a_fine_is_deducted_once_and_never_more_than_is_paid(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 95, 5, accepted=100)
    fined(contract, 500_000)
    first, last = market.request(contract, "paid"), market.request(contract, "submitted")
    assert (first.fine, last.amount, last.fine) == (0, 470_000, 470_000)


@pytest.mark.parametrize(("tax", "net"), [(9_400_000, 0), (9_400_001, None)])
def test_taxes_never_make_the_net_negative(market: Market, tax: int, net: int | None) -> None:
    request = market.request(market.account("payment").contract, "approved")
    taxes = [TaxLine("pph23", "PPh", 1, tax)]
    if net is None:
        with pytest.raises(TransitionRefused, match="tidak boleh melebihi nilai pembayaran"):
            market.transfer(request, taxes=taxes)
        assert not Payment.objects.exists()
    else:
        market.transfer(request, taxes=taxes)
        assert request.payment.net == net


@pytest.mark.parametrize(("days", "sentence"), [(1, "di masa depan"), (-1, "setelah SPP")])
def test_paid_after_the_request_and_not_in_the_future(market: Market, days: int, sentence: str) -> None:
    request = market.request(market.account("payment").contract, "approved")
    with pytest.raises(TransitionRefused, match=sentence):
        market.transfer(request, paid_on=market.today + dt.timedelta(days=days))


def test_a_payment_that_breaks_in_the_middle_leaves_nothing(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between the payment and the accountability: the transaction takes all of it back."""

    def die(self: Accountability, *, by: Any) -> None:
        raise SystemExit

    account = market.account("payment")
    request = market.request(account.contract, "approved")
    before = Event.objects.count()
    monkeypatch.setattr(Accountability, "settle", die)
    with pytest.raises(SystemExit), transaction.atomic():
        market.transfer(request)
    monkeypatch.undo()
    request, account = PaymentRequest.objects.get(), Accountability.objects.get()
    assert (request.state, account.state, Payment.objects.count()) == ("approved", "payment", 0)
    assert Event.objects.count() == before
    market.transfer(request)
    account.refresh_from_db()
    assert (request.state, account.state, account.contract.paid) == ("paid", "musdes", 9_400_000)


def test_settled_is_only_what_is_paid(market: Market) -> None:
    account = market.account("payment")
    for key in ("kaur", "pka", "kades"):
        assert attempt(account, "settle", market.user(key), {}) == "Kontrak ini belum dibayar seluruhnya."
    assert attempt(account, "settle", market.user("bpd"), {}).startswith("Pelunasan dicatat bersama pembayaran")


def test_the_database_keeps_what_a_request_must_have(market: Market) -> None:
    from tests.transactions.test_money import broken

    rows = PaymentRequest.objects.filter(pk=market.request(market.account("payment").contract, "paid").pk)
    assert broken(rows, amount=0, bill_amount=0) == "payment_request_amounts"
    assert broken(rows, fine=9_400_001) == "payment_request_amounts"
    assert broken(rows, bill_amount=1) == "payment_request_filed_completely"
    assert broken(rows, statement=None) == "payment_request_filed_completely"
    assert broken(rows, number="") == "payment_request_filed_completely"
    for key, _ in PaymentRequest.CHECKS:
        assert broken(rows, **{key: False}) == "payment_request_passed_four_checks"
        assert broken(rows, **{key: None}) == "payment_request_passed_four_checks"
    assert broken(rows, approved_by=None) == "payment_request_approved_by_somebody"
    other = PaymentRequest.objects.get(pk=rows.get().pk)
    other.pk, other.code = None, "LAIN"
    with pytest.raises(ValidationError, match="SPP untuk termin ini sudah ada"):
        other.validate_constraints()


# --- what changed meanwhile --------------------------------------------------------------------------
def test_a_fine_decided_under_an_approved_request_is_deducted_from_it(market: Market) -> None:
    contract = market.contract("running")
    termins(contract, 40, 60, accepted=40)
    request = market.request(contract, "approved")
    contract.refresh_from_db()
    contract.terminate(by=market.user("pka"), cause="late", reason="Berhenti bekerja.", percent=40)
    fined(contract, 94_000)
    with pytest.raises(TransitionRefused, match="berubah setelah SPP diajukan"):
        market.transfer(request)
    request = PaymentRequest.objects.get(pk=request.pk)
    request.give_back(by=market.user("kaur"), reason="Kontrak diputus.")
    request.submit(by=market.user("pka"))
    request.examine(by=market.user("sekdes"), answers=YES)
    request.approve(by=market.user("kades"))
    market.transfer(request)
    assert (request.payment.gross, request.payment.fine) == (3_760_000, 94_000)


def test_it_is_paid_to_the_agreed_account_and_another_one_wants_a_reason(market: Market) -> None:
    contract = market.account("payment").contract
    agreed = (contract.provider_account, contract.agreed["provider"]["bank"], contract.provider_npwp)
    request = market.request(contract, "approved")
    assert request.cautions("pay", market.user("kaur")) == []
    provider = contract.provider
    provider.bank, provider.account_number, provider.npwp = "Bank Lain", "9998887776", "9999999999999999"
    provider.save()
    request = PaymentRequest.objects.get(pk=request.pk)
    assert (request.account_number, request.bank, request.npwp) == agreed
    assert [caution.kind for caution in request.cautions("pay", market.user("kaur"))] == ["account"]
    page = market.client("kaur").get(request.move_url("pay")).content.decode()
    assert f"{agreed[1]} atas nama" in page
    assert "Rekening penyedia sekarang berbeda" in page
    assert facts_of(request)["provider"]["bank"] == agreed[1]


def test_a_request_is_not_dated_before_its_part_was_accepted(market: Market) -> None:
    contract = market.contract("running")
    termins(contract, 40, 60, accepted=40)
    Contract.objects.filter(pk=contract.pk).update(signed_on=market.today - dt.timedelta(days=9))
    contract.inspections.create(
        percent=40, requested_by=market.user("firm"), result="accepted", findings="Sesuai.", number="BA/1",
        inspected_on=market.today, decided_by=market.user("pka"), decided_at=timezone.now(),
    )  # fmt: skip
    contract.refresh_from_db()
    request = market.request(contract)
    market.fill(request, requested_on=market.today - dt.timedelta(days=1))
    with pytest.raises(TransitionRefused, match="SPP bertanggal setelah hasil pekerjaan diterima"):
        request.submit(by=market.user("pka"))
    market.fill(request)
    request.submit(by=market.user("pka"))
    assert request.state == "submitted"


def test_a_bill_of_a_day_to_come_is_refused(market: Market) -> None:
    request = market.request(market.account("payment").contract)
    market.fill(request, billed_on=market.today + dt.timedelta(days=1))
    with pytest.raises(TransitionRefused, match="Tanggal tagihan tidak boleh di masa depan"):
        request.submit(by=market.user("pka"))


def test_nothing_is_paid_before_the_head_approved(market: Market) -> None:
    request = market.request(market.account("payment").contract, "approved")
    PaymentRequest.objects.filter(pk=request.pk).update(requested_on=market.today - dt.timedelta(days=5))
    request = PaymentRequest.objects.get(pk=request.pk)
    with pytest.raises(TransitionRefused, match="Pembayaran dilakukan setelah disetujui Kepala Desa"):
        market.transfer(request, paid_on=market.today - dt.timedelta(days=1))


def test_an_earlier_request_printed_again_says_the_sums_of_its_day(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 40, 60, accepted=100)
    first = market.request(contract, "paid")
    then = first.figures()
    last = market.request(contract, "paid")
    assert {key: first.figures()[key] for key in ("before", "after")} == {"before": 0, "after": 5_640_000}
    assert then["before"] == 0
    assert {key: last.figures()[key] for key in ("before", "after")} == {"before": 3_760_000, "after": 0}


def test_the_treasurer_may_type_a_tax_that_the_estimate_has_not(market: Market) -> None:
    TaxRate.objects.all().delete()
    request = market.request(market.account("payment").contract, "approved")
    said = {"number": "KWT/1", "paid_on": market.today.isoformat(), "tax_pph42": "47.000"}
    form = PaymentForm(
        said, {"proof": SimpleUploadedFile("bukti.pdf", pdf())}, document=request, user=market.user("kaur")
    )
    assert form.is_valid(), form.errors
    lines = form.arguments()["taxes"]
    assert [(line.tax, line.base, line.amount) for line in lines] == [("pph42", 9_400_000, 47_000)]
