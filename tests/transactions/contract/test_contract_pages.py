"""The contract on the order's page, and the pages of its steps."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.transactions.contract.test_contract_work import PARTS, ruled, signed
from tests.transactions.stage import Market
from transactions.models import Addendum, Contract, Sourcing

pytestmark = pytest.mark.django_db


def page(market: Market, contract: Contract, who: str = "pka") -> str:
    response = market.client(who).get(contract.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_tells_the_contracts_whole_life(market: Market) -> None:
    ruled()
    contract, provider, manager = signed(market, PARTS), market.user("firm"), market.user("pka")
    market.addendum(contract, "signed", new_value=9_450_000)
    contract.record_training(
        by=provider, held_on=market.today, topic="Kas desa", place="Aula", men=4, women=9, attendance=market.file("firm"),
        photos=[market.photo("firm")],
    )  # fmt: skip
    contract.report_progress(by=provider, percent=40, text="Empat puluh.")
    contract.request_inspection(by=provider, percent=40)
    contract.accept_part(by=manager, note="Sesuai.", number="BAP/1")
    for who in ("pka", "firm"):
        text = page(market, contract, who)
        for sentence in (
            "Surat Pesanan", "Rp9.450.000", "sudah diterima 40 %", "Sesudah 40 % diterima", "Rp3.780.000",
            "denda 1 per mil", "Adendum ke-1", "Hujan deras dua minggu.", "BAP/1", "Kas desa",
            "4 laki-laki, 9 perempuan", "Daftar hadir",
        ):  # fmt: skip
            assert sentence in text, sentence
    assert "Buat adendum" in page(market, contract)
    assert "Buat adendum" not in page(market, contract, "firm")
    assert provider.memberships.get().provider.account_number not in page(market, contract)


def test_a_contract_older_than_all_this_has_its_page(market: Market) -> None:
    contract = market.contract("running")
    old = {key: contract.snapshot[key] for key in ("number", "work", "money", "village", "manager", "provider", "days")}
    contract.termins.all().delete()
    Contract.objects.filter(pk=contract.pk).update(snapshot=old)
    assert "Rincian, termin, dan denda" not in page(market, contract)


def test_an_ended_contract_says_why_and_what_is_owed(market: Market) -> None:
    contract = signed(market)
    contract.terminate(by=market.user("pka"), cause="force", reason="Banjir.", percent=50)
    text = page(market, contract, "firm")
    assert "Keadaan kahar" in text
    assert "50 %; sudah dibayar Rp0, masih harus dibayar Rp4.700.000" in text


def test_an_addendum_is_written_once_through_its_page(market: Market) -> None:
    contract = market.contract("running")
    url = reverse("addendum-new", args=[contract.code])
    client = market.client("pka")
    form = client.get(url).context["form"]
    data = {
        "submit_key": form["submit_key"].value(),
        "number": "1",
        "signed_on": market.today.isoformat(),
        "reason": "x",
    }
    wrong = client.post(url, data)
    assert wrong.status_code == 422
    assert "Isi sedikitnya satu perubahan: nilai, waktu, atau lingkup." in wrong.content.decode()
    first, second = (client.post(url, data | {"scope": "Modul berwarna."}) for _ in "ab")
    assert first["Location"] == second["Location"] == contract.get_absolute_url()
    assert Addendum.objects.get(contract=contract).scope == "Modul berwarna."
    assert market.client("firm").get(url).status_code == 403
    assert market.client("pka2").get(url).status_code == 404


def test_a_rise_that_another_way_of_buying_was_for_wants_a_reason(market: Market) -> None:
    from transactions.models import Need

    contract = market.contract("running")
    Need.objects.filter(pk=contract.need.pk).update(ceiling=50_000_000)
    url = reverse("addendum-new", args=[contract.code])
    client = market.client("pka")
    data = {
        "submit_key": client.get(url).context["form"]["submit_key"].value(), "number": "1",
        "signed_on": market.today.isoformat(), "reason": "Peserta bertambah.", "new_value": "10.000.001",
    }  # fmt: skip
    asked = client.post(url, data)
    assert asked.status_code == 422
    assert "diadakan dengan Permintaan Penawaran, bukan Pembelian Langsung." in asked.content.decode()
    done = client.post(url, data | {"alasan-peringatan-method": "Disetujui Musdes."})
    assert done.status_code == 302
    event = Addendum.objects.get(contract=contract).events().get(verb="create")
    assert event.data["cautions"][0]["reason"] == "Disetujui Musdes."


def test_a_plan_that_does_not_add_up_keeps_what_was_typed(market: Market) -> None:
    contract = market.contract("drafted")
    client = market.client("pka")
    data = {
        "number": "1", "signed_on": market.today.isoformat(), "starts_on": market.today.isoformat(),
        "fine_base": "whole", "dispute": "court", "warranty_days": "0", "maintenance_percent": "0",
        "percent_1": "40", "condition_1": "Sesudah 40 % diterima",
    }  # fmt: skip
    answer = client.post(contract.move_url("issue"), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Jumlah termin harus tepat 100 persen, sekarang 40 persen." in text
    assert "Sesudah 40 % diterima" in text
    done = client.post(contract.move_url("issue"), data | {"percent_2": "60", "condition_2": "Sesudah BAST"})
    assert done.status_code == 302
    assert [row.percent for row in contract.termins.all()] == [40, 60]


def test_the_letters_that_went_before_are_not_typed_again(market: Market) -> None:
    contract = market.contract("drafted")
    Sourcing.objects.filter(pk=contract.sourcing_id).update(
        request_number="027/4/UND", request_on=market.today, award_number="027/5/TAP", award_on=market.today
    )
    text = str(market.client("pka").get(contract.move_url("issue")).content.decode())
    assert 'value="027/4/UND"' in text
    assert 'value="027/5/TAP"' in text
