"""The contract's letters, on both papers, read back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import PrintedDocument
from tests.transactions.contract.test_contract_work import PARTS, finished, late_by, over, ruled, signed
from tests.transactions.payment.test_payment_figures import replaced
from tests.transactions.stage import Market
from tests.transactions.test_papers import rendered, tagged_and_indonesian, text_of
from transactions import documents
from transactions.documents.contract import issue_addendum, issue_bast, issue_head_bast, issue_inspection, issue_spk
from transactions.models import Conditions, ProcurementRule
from transactions.order import Order

pytestmark = pytest.mark.django_db
BIG = {"hps": 20_000_000, "prices": {"firm": 18_000_000, "rival": 19_000_000}}


def read(paper: PrintedDocument, *sentences: str) -> None:
    pdf = rendered(paper)
    tagged_and_indonesian(pdf)
    text = text_of(pdf)
    for sentence in sentences:
        assert sentence.lower() in text.lower(), (sentence, text)
    assert "WIB" not in text


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_contract_of_each_kind(market: Market, paper: str) -> None:
    ruled()
    contract = signed(market, PARTS)
    account, npwp = contract.provider.account_number, contract.provider.npwp
    order = issue_spk(contract, by=market.user("pka"), paper=paper)
    assert account not in str(order.snapshot) and npwp not in str(order.snapshot)
    read(
        order, "Surat Pesanan", "CV Rinjani", account, npwp, "sudah termasuk pajak", "Termin 1: 40 % atau Rp3.760.000",
        "denda 1 per mil", "berita acara pemeriksaan dan berita acara serah terima",
    )  # fmt: skip
    assert order.file.personal
    read(
        issue_spk(signed(market, **BIG), by=market.user("pka"), paper=paper),
        "Surat Perintah Kerja (SPK)", "Berita acara penetapan pemenang", "Dibebankan atas APB Desa", account,
        "14 (empat belas) hari kalender", "Pekerjaan tidak boleh dialihkan", "bermeterai",
    )  # fmt: skip
    ProcurementRule.objects.update(agreement_from=15_000_000)
    read(
        issue_spk(signed(market, PARTS, **BIG), by=market.user("pka"), paper=paper),
        "Surat Perjanjian", "Pasal 1. Ruang lingkup", "Pasal 2. Nilai perjanjian", "Pasal 3. Hak dan kewajiban",
        "Pasal 4. Jangka waktu", "Pasal 5. Tata cara pembayaran", "dalam 2 termin", "Pasal 6. Garansi",
        "Pasal 7. Keadaan kahar", "7 (tujuh) hari kalender", "Pasal 8. Sanksi dan denda", "paling banyak 5 %",
        "Pasal 9. Perubahan dan pemutusan", "Pasal 10. Penyelesaian perselisihan", "Pengadilan Negeri", "rangkap dua",
    )  # fmt: skip


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_addendum_and_the_minutes_of_the_work(market: Market, paper: str) -> None:
    contract, manager = signed(market), market.user("pka")
    addendum = market.addendum(contract, "signed", new_value=9_450_000)
    read(
        issue_addendum(addendum, by=manager, paper=paper),
        "Adendum ke-1", "027/9/ADD", "Rp9.400.000", "Rp9.450.000", "Hujan deras dua minggu.", "Semula", "Menjadi",
    )  # fmt: skip
    contract.report_progress(by=market.user("firm"), percent=100, text="Selesai.")
    contract.request_inspection(by=market.user("firm"))
    read(
        issue_inspection(contract, contract.inspections.get(), by=manager, paper=paper),
        "Berita Acara Pemeriksaan", "Seluruh pekerjaan (100 %)", "coret yang tidak perlu", "Pada hari ini ....",
    )  # fmt: skip
    contract.accept_work(by=manager, note="Modul lengkap.", number="028/BAP")
    read(
        issue_inspection(contract, contract.inspections.get(), by=manager, paper=paper),
        "028/BAP", "Diterima. Modul lengkap.",
    )  # fmt: skip


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_both_hand_overs(market: Market, paper: str) -> None:
    contract, manager = late_by(market, 3), market.user("pka")
    from tests.transactions.stage import days_later

    with days_later(20):
        over(market, contract)
        read(
            issue_bast(contract, by=manager, paper=paper),
            "Berita Acara Serah Terima", "selesai 3 (tiga) hari sesudah batas waktu", "Rp28.200", "Contoh Kades", "NIK",
        )  # fmt: skip
        contract.hand_to_head(by=manager, number="029/BAST", on=market.today, place="Kantor Desa Kuta")
        read(
            issue_head_bast(contract, by=manager, paper=paper),
            "kepada Kepala Desa", "029/BAST", "Nilai kesepakatan", "Rp9.400.000", "Laporan hasil pemeriksaan",
            "Contoh Kades", "BAST dari penyedia",
        )  # fmt: skip


def test_which_papers_can_be_asked_for(market: Market) -> None:
    contract = signed(market)

    def kinds() -> list[str]:
        order = Order(contract.need, market.user("pka"))
        own = ("spk", "adendum", "ba-pemeriksaan", "bast", "bast-kades")
        return [each.kind for each in documents.available(order) if each.kind in own]

    assert kinds() == ["spk"]
    market.addendum(contract)
    assert kinds() == ["spk", "adendum"]
    finished(market, contract)
    assert kinds() == ["spk", "adendum", "ba-pemeriksaan", "bast"]
    over(market, contract)
    assert kinds() == ["spk", "adendum", "ba-pemeriksaan", "bast", "bast-kades"]


def test_a_number_that_was_changed_after_it_was_frozen_is_not_printed(market: Market) -> None:
    from transactions.models import Contract

    contract = signed(market)
    paper = issue_spk(contract, by=market.user("pka"))
    contract.provider_account = "999000111222"
    Contract.objects.filter(pk=contract.pk).update(provider_account="999000111222")
    with pytest.raises(ValueError, match="is not what was frozen"):
        documents.contract.documents.page(paper)


def test_the_order_prints_all_that_was_agreed(market: Market) -> None:
    ruled()
    agreed = Conditions(
        maintenance_percent=5, invitation_number="027/1/UND", invitation_on=market.today, award_number="027/2/PEN"
    )
    read(
        issue_spk(signed(market, agreed), by=market.user("pka")),
        "jaminan pemeliharaan 5 %", "Keadaan kahar", "Kontrak dapat diputus sebelum pekerjaan selesai",
        "surat permintaan penawaran nomor 027/1/UND tanggal", "penetapan pemenang nomor 027/2/PEN",
    )  # fmt: skip


def test_each_inspection_keeps_its_minutes(market: Market) -> None:
    contract, provider, manager = signed(market, PARTS), market.user("firm"), market.user("pka")
    contract.report_progress(by=provider, percent=40, text="Empat puluh.")
    contract.request_inspection(by=provider, percent=40)
    contract.accept_part(by=manager, note="Separuh sesuai.", number="BAP/1")
    finished(market, contract)
    found = documents.available(Order(contract.need, manager))
    minutes = [each for each in found if each.kind.startswith("ba-pemeriksaan")]
    assert [each.label for each in minutes] == ["Berita Acara Pemeriksaan BAP/1", "Berita Acara Pemeriksaan"]
    assert [each.issue(by=manager).snapshot["percent"] for each in minutes] == [40, 100]
    response = market.client("pka").post(reverse("print-paper", args=[contract.need.code, minutes[0].kind]))
    assert response.status_code == 302


def test_the_minutes_name_who_did_it_and_not_who_holds_the_office_now(market: Market) -> None:
    contract, waiting = market.contract("handed_over"), market.contract("inspected")
    for key in ("pka", "kades"):
        replaced(market, key)
    by = market.user("operator")
    papers = [issue_inspection(contract, contract.inspections.get(), by=by), issue_bast(contract, by=by)]
    assert [paper.snapshot["signatures"]["right"]["name"] for paper in papers] == ["Contoh Pka"] * 2
    head = issue_head_bast(contract, by=by).snapshot["signatures"]
    assert (head["left"]["name"], head["right"]["name"]) == ("Contoh Pka", "Contoh Kades")
    assert issue_bast(waiting, by=by).snapshot["signatures"]["right"]["name"] == "Pengganti Pka"
