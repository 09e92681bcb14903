"""Who was asked of a purchase: those to whom an invitation went, and nobody who was only thought of."""

from __future__ import annotations

import pytest

from core.clock import database_now
from tests.transactions.stage import Market, Reasoned, soon
from transactions.dossier import Dossier
from transactions.models import Invitation, Need, Sourcing

pytestmark = pytest.mark.django_db


def test_candidates_of_a_quotation_are_gone_when_the_estimate_makes_it_a_tender(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=150_000_000, need=market.need("budgeted", estimate=260_000_000))
    sourcing.give_reasons(Reasoned())
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    assert (sourcing.method, sourcing.invitations.count()) == ("quotation", 2)
    lump = {"name": "Paket", "volume": 1, "unit": "paket", "unit_price": 250_000_000}
    market.terms(sourcing, [lump])
    assert (sourcing.method, sourcing.invitations.count()) == ("tender", 0)


def test_a_tender_goes_out_without_candidates_and_its_file_misses_no_letter_to_them(market: Market) -> None:
    """Drafts from before may still have some."""
    sourcing = market.sourcing("draft", hps=250_000_000)
    for service in (market.service, market.rival_service):
        sourcing.invite(service)
    sourcing.announce_tender(by=market.user("tpk"), deadline=database_now() + (soon() - database_now()) * 5)
    assert not sourcing.invitations.exists()
    Invitation.objects.create(sourcing=sourcing, provider=market.firm.provider, service=market.service)  # as of old
    lacks = [lack.paper.kind for lack in Dossier(sourcing.need, market.user("tpk")).missing]
    assert "surat-permintaan" not in lacks
    assert "pengumuman-lelang" in lacks


def test_a_draft_that_fails_is_shown_to_nobody_who_was_only_thought_of(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    sourcing.fail(by=market.user("tpk"), reason="HPS keliru, diulang.")
    need = sourcing.need
    for key in ("firm", "rival"):
        user = market.user(key)
        assert not Need.objects.visible_to(user).filter(pk=need.pk).exists()
        assert not Sourcing.objects.visible_to(user).filter(pk=sourcing.pk).exists()
        assert not Invitation.objects.visible_to(user).filter(sourcing=sourcing).exists()
        assert market.client(key).get(need.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("announced", [True, False], ids=["now", "before the moment was kept"])
def test_one_that_fails_after_it_went_out_stays_with_those_who_were_asked(market: Market, announced: bool) -> None:
    sourcing = market.sourcing("failed", hps=20_000_000)
    if not announced:
        Sourcing.objects.filter(pk=sourcing.pk).update(announced_at=None)
    user = market.user("firm")
    assert Sourcing.objects.visible_to(user).filter(pk=sourcing.pk).exists()
    assert Need.objects.visible_to(user).filter(pk=sourcing.need_id).exists()
    assert Invitation.objects.visible_to(user).filter(sourcing=sourcing).count() == 1
