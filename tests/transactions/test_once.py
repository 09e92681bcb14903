"""Each creating form makes one thing, however often it is sent; another person's key is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from core.models import SubmitKey
from reviews.models import Rating
from tests.transactions.stage import Market
from transactions.models import Meeting, Need, PaymentRequest, Quotation, Sourcing

Case = tuple[str, str, dict[str, Any], type[models.Model]]


def need_case(market: Market) -> Case:
    draft = market.draft_need()
    data = {"village": draft.village_id, "title": draft.title, "category": draft.category_id, "problem": "Macet."}
    more = {"men": "1", "women": "2", "volume": "1", "unit": "paket", "estimate": "9.500.000", "why_provider": "Ahli."}
    return "operator", reverse("need-new"), data | more, Need


def sourcing_case(market: Market) -> Case:
    need = market.need()
    data = {"scope": "Kelas.", "hps": "9.000.000", "days": "14", "services": [market.service.pk], "cari": ""}
    return "pka", reverse("sourcing-new", args=[need.code]), data | {"deadline": later(market)}, Sourcing


def quotation_case(market: Market) -> Case:
    need = market.sourcing("open").need
    data = {"price": "9.000.000", "days": "14", "approach": "Kami datang."}
    return "firm", reverse("quotation-new", args=[need.code]), data, Quotation


def meeting_case(market: Market) -> Case:
    account = market.account("musdes")
    data = {
        "title": "Musdes", "held_on": market.today.isoformat(), "starts_at": "09:00", "ends_at": "11:00", "place": "Aula",
        "leader": "Ketua", "leader_from": "BPD", "note_taker": "Sekdes", "note_taker_from": "Pemdes", f"order_{account.code}": "on",
        f"presented_{account.code}": "Selesai.",
        "men_bpd": "3", "women_bpd": "2", "question_0": "Kapan?", "answer_0": "Besok.",
    }  # fmt: skip
    return "bpd", reverse("meeting-new", args=[account.code]), data, Meeting


def payment_case(market: Market) -> Case:
    contract = market.account("payment").contract
    return "pka", reverse("payment-request-new", args=[contract.code]), {}, PaymentRequest


def rating_case(market: Market) -> Case:
    contract = market.account("accepted").contract
    scores = dict.fromkeys(("quality", "cost", "time", "service", "learning"), "4")
    return "pka", reverse("rating-new", args=[contract.code]), scores | {"comment": "Baik."}, Rating


def later(market: Market) -> str:
    import datetime as dt

    return f"{market.today + dt.timedelta(days=4)}T16:00"


CASES = [need_case, sourcing_case, quotation_case, payment_case, meeting_case, rating_case]
# Who else may open the form, and so gets a key of their own for it; the other two forms have only one person.
ANOTHER = {need_case: "pka", sourcing_case: "tpk", meeting_case: "operator"}
Build = Callable[[Market], Case]


def key_of(client: Client, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return str(page.context["form"]["submit_key"].value())


@pytest.mark.django_db
@pytest.mark.parametrize("build", CASES)
def test_sent_twice_it_makes_one_and_lands_on_the_same_page(build: Build, market: Market) -> None:
    who, url, data, model = build(market)
    client = market.client(who)
    data["submit_key"] = key_of(client, url)
    before = model.objects.count()
    first, second = client.post(url, data), client.post(url, data)
    assert first.status_code == second.status_code == 302, first.context and first.context["form"].errors
    assert first["Location"] == second["Location"]
    assert model.objects.count() == before + 1
    assert client.get(first["Location"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("build", "key"), [*product(CASES, ["none", "forged"]), *((build, "another's") for build in ANOTHER)]
)
def test_a_key_that_is_not_ones_own_is_refused(build: Build, key: str, market: Market) -> None:
    who, url, data, model = build(market)
    given = {"none": "", "forged": "abc:def:ghi"}.get(key)
    if given is None:
        given = key_of(market.client(ANOTHER[build]), url)
    before = model.objects.count()
    response = market.client(who).post(url, data | {"submit_key": given})
    assert response.status_code == 422
    assert "Muat ulang halaman, lalu kirim lagi." in response.content.decode()
    assert model.objects.count() == before
    assert not SubmitKey.objects.exists()
