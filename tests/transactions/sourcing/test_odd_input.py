"""Forms and addresses of planning and sourcing under odd input: refused in words, never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.areas import SUKADANA
from tests.transactions.stage import Market
from tests.transactions.test_pages import ODD, send, withstands
from transactions.models import Activity, JointShare, Quotation, TenderQuestion, Terms

pytestmark = pytest.mark.django_db


def forms_of(market: Market) -> list[tuple[str, str]]:
    """(who, address) of the forms of tenders, terms, talks, budget lists and joint purchases."""
    draft, tender = market.sourcing("draft", hps=20_000_000), market.sourcing("open", hps=250_000_000)
    bare = market.draft_sourcing(hps=20_000_000)
    market.prepare(bare, by="tpk", services=[market.service, market.rival_service])
    Terms.objects.filter(sourcing=bare).delete()
    waiting, asked = market.sourcing("opening", hps=20_000_000), TenderQuestion(sourcing=tender, text="Berapa hari?")
    asked.ask(by=market.user("firm"))
    ready = market.sourcing("draft", hps=250_000_000)
    talked = Quotation.objects.filter(sourcing=market.sourcing("evaluated", hps=20_000_000)).order_by("price")[0]
    row = Activity(
        village_id=SUKADANA,
        fiscal_year=2026,
        activity_code="04.03.02",
        name="Pelatihan",
        funding="dd",
        ceiling=50_000_000,
    )
    row.enter(by=market.user("operator2"))
    share = JointShare(need=market.need("budgeted"), village_id=SUKADANA, ceiling=4_000_000)
    share.invite(by=market.user("pka"))
    terms = Terms.objects.get(sourcing=draft)
    return [
        ("tpk", reverse("terms-new", args=[bare.code])),
        ("tpk", terms.move_url("write")),
        ("tpk", terms.move_url("price")),
        ("tpk", ready.move_url("announce_tender")),
        ("sekdes", waiting.move_url("confirm_opening")),
        ("outsider", reverse("tender-register", args=[tender.code])),
        ("firm", reverse("tender-question-new", args=[tender.code])),
        ("tpk", asked.move_url("answer")),
        ("tpk", talked.move_url("propose")),
        ("operator", market.need("agreed").move_url("place_in_plan")),
        ("operator", reverse("activity-new")),
        ("operator2", row.move_url("amend")),
        ("operator", reverse("activity-import-new")),
        ("pka", reverse("share-new", args=[market.need("budgeted").code])),
        ("operator2", share.move_url("agree")),
    ]


def test_no_field_of_these_forms_answers_500(market: Market) -> None:
    for who, url in forms_of(market):
        withstands(market, who, url)
        for more in ("tambah", "lihat"):  # buttons that show the page again
            odd = {more: "1", "baris": "9" * 9, "cari": "\0", "services": ["x"]}
            assert 200 <= send(market.client(who), url, odd) < 500, url


ASKED = ("q", "tahap", "kategori", "sebelum", "tahun", "keadaan", "desa", "sumber", "setelah", "urut", "penyedia", "layanan", "kebutuhan")  # fmt: skip


def test_no_odd_address_answers_500(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    tender = market.sourcing("open", hps=250_000_000)
    pages: list[tuple[str, str]] = [
        ("public", reverse("tenders")),
        ("public", reverse("tender", args=[tender.code])),
        ("kades", reverse("year-end")),
        ("operator", reverse("activities")),
        ("operator", reverse("shortlist-add")),
        ("operator", reverse("shortlist", args=[sourcing.need.code])),
        ("firm", reverse("quotation-new", args=[sourcing.need.code])),
        ("kades", "/kegiatan/pengumuman/52.02.04.2009/99999999999999999999/"),
        ("kades", "/kegiatan/pengumuman/52.02.04.2009/0/"),
        ("kades", "/kegiatan/pengumuman/99.99.99.9999/2026/"),
    ]
    for who, url in pages:
        client: Any = market.client(who)
        for odd in ODD:
            answer = client.get(url, dict.fromkeys(ASKED, odd))
            assert answer.status_code < 500, (url, odd[:20])
