"""A judgement: after the assembly accepted, once, answered once, counted once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import Notice
from core.workflow import TransitionRefused
from reviews.models import WEIGHTS, Rating, to_be_rated_by
from tests.transactions.stage import Market

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["payment", "musdes", "refused"])
def test_nothing_is_rated_before_the_assembly_accepted(state: str, market: Market) -> None:
    contract = market.account(state).contract
    with pytest.raises(TransitionRefused, match="setelah hasil kerja diterima dalam Musdes"):
        market.draft_rating(contract).give(by=market.user("pka"))
    assert not to_be_rated_by(market.user("pka")).exists()
    assert market.client("pka").get(reverse("rating-new", args=[contract.code])).status_code == 403


def test_a_contract_still_running_is_not_rated(market: Market) -> None:
    with pytest.raises(TransitionRefused, match="Musdes pertanggungjawaban"):
        market.draft_rating(market.contract("running")).give(by=market.user("pka"))


def test_it_is_rated_once_and_counted_once(market: Market) -> None:
    account = market.account("accepted")
    assert list(to_be_rated_by(market.user("pka"))) == [account]
    market.draft_rating(account.contract, 4).give(by=market.user("pka"))
    with pytest.raises(TransitionRefused, match="sudah dinilai"):
        market.draft_rating(account.contract, 1).give(by=market.user("pka"))
    market.service.refresh_from_db()
    assert (market.service.rating_count, market.service.rating_total) == (1, 40)
    assert not to_be_rated_by(market.user("pka")).exists()
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the code
        row = Rating.objects.get()
        values: dict[str, Any] = {f.attname: getattr(row, f.attname) for f in Rating._meta.fields if not f.primary_key}
        Rating.objects.bulk_create([Rating(**values | {"code": "LAIN12345"})])


def test_a_rating_that_fails_counts_nothing(market: Market) -> None:
    from django.core.exceptions import ValidationError

    rating = market.draft_rating(market.account("accepted").contract)
    rating.comment = ""
    with pytest.raises(ValidationError):
        rating.give(by=market.user("pka"))
    market.service.refresh_from_db()
    assert market.service.rating_count == 0


@pytest.mark.parametrize("who", ["pka2", "operator", "kades", "bpd", "pld", "dpmd", "firm", "nobody"])
def test_nobody_else_rates(who: str, market: Market) -> None:
    contract = market.account("accepted").contract
    with pytest.raises(TransitionRefused, match="diisi oleh Kasi/Kaur"):
        market.draft_rating(contract).give(by=market.user(who))
    before = Rating.objects.count()
    data = dict.fromkeys(WEIGHTS, "1") | {"comment": "x"}
    assert market.client(who).post(reverse("rating-new", args=[contract.code]), data).status_code in (403, 404)
    assert Rating.objects.count() == before


@pytest.mark.parametrize(
    ("scores", "tenths"),
    [((5, 5, 5, 5, 5), 50), ((1, 1, 1, 1, 1), 10), ((5, 4, 3, 2, 1), 32), ((4, 4, 4, 4, 5), 42), ((3, 3, 3, 4, 3), 32)],
)
def test_the_mean_is_weighted_and_rounded_half_up(scores: tuple[int, ...], tenths: int, market: Market) -> None:
    assert sum(WEIGHTS.values()) == 100
    rating = market.draft_rating(market.account("accepted").contract)
    for name, stars in zip(WEIGHTS, scores, strict=True):
        setattr(rating, name, stars)
    rating.give(by=market.user("pka"))
    assert rating.tenths == tenths


def test_it_is_answered_once(market: Market) -> None:
    rating = market.rating("given")
    assert list(Rating.objects.waiting_for(market.user("firm"))) == [rating]
    rating.answer(by=market.user("firm"), reply="Terima kasih.")
    with pytest.raises(TransitionRefused, match="statusnya sekarang Dijawab Penyedia"):
        rating.answer(by=market.user("firm"), reply="Lagi.")
    rating.refresh_from_db()
    assert rating.reply == "Terima kasih."
    assert not Rating.objects.waiting_for(market.user("firm")).exists()


def test_both_sides_are_told(market: Market) -> None:
    rating = market.rating("answered")
    firm = Notice.objects.get(user=market.user("firm"), channel="mail", event__about="reviews.rating")
    assert firm.title == "Desa Kuta menilai pekerjaan Anda"
    village = Notice.objects.filter(event__about="reviews.rating", event__verb="answer")
    assert [notice.user for notice in village] == [market.user("pka")]
    assert rating.get_absolute_url() == firm.url


def test_the_public_reads_what_villages_said(market: Market) -> None:
    rating = market.rating("answered")
    client = market.client("public")
    for url in (market.service.get_absolute_url(), rating.contract.provider.get_absolute_url()):
        text = client.get(url).content.decode()
        assert "Desa Kuta" in text
        assert "Baik." in text
        assert "Terima kasih." in text
        assert "4,0" in text


def test_the_public_can_not_answer(market: Market) -> None:
    rating = market.rating("given")
    url = rating.move_url("answer")
    assert market.client("public").post(url, {"reply": "x"})["Location"].startswith("/masuk/")
    for who in ("pka", "rival", "operator2"):
        assert market.client(who).post(url, {"reply": "x"}).status_code == 409
        assert market.client(who).get(url).status_code == 403
    rating.refresh_from_db()
    assert rating.state == "given"


def test_the_form_is_sent_and_answered_in_pages(market: Market) -> None:
    contract = market.account("accepted").contract
    client, url = market.client("pka"), reverse("rating-new", args=[contract.code])
    key = client.get(url).context["form"]["submit_key"].value()
    data = dict.fromkeys(WEIGHTS, "5") | {"comment": "Sangat membantu.", "submit_key": key}
    page = client.post(url, data | {"quality": "6"})
    assert page.status_code == 422
    assert "Sangat membantu." in page.content.decode()
    assert client.post(url, data).status_code == 302
    rating = Rating.objects.get()
    provider = market.client("firm")
    page = provider.get(rating.move_url("answer"))
    assert "Sangat membantu." in page.content.decode()  # what is answered stands above
    assert provider.post(rating.move_url("answer"), {"reply": "Senang bekerja di Kuta."}).status_code == 302
    rating.refresh_from_db()
    assert rating.state == "answered"


def test_the_service_page_tells_the_mean_of_each_criterion_with_its_count(market: Market) -> None:
    for stars in (5, 4, 4):
        market.draft_rating(market.account("accepted").contract, stars).give(by=market.user("pka"))
    page = market.client("public").get(market.service.get_absolute_url()).content.decode()
    assert "Rata-rata 3 penilaian" in page
    table = page[page.index("Rata-rata 3 penilaian") : page.index("</table>")]
    assert table.count("4,3") == len(WEIGHTS)  # 4.333… is told as 4,3


def test_the_mean_of_one_rating_is_not_told(market: Market) -> None:
    market.draft_rating(market.account("accepted").contract, 5).give(by=market.user("pka"))
    page = market.client("public").get(market.service.get_absolute_url()).content.decode()
    assert "Rata-rata 1 penilaian" not in page
    assert "Penilaian desa" in page
