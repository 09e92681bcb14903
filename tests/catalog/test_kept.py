"""Public pages are made once for each state of the data: never stale, cheap to ask again, and only for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Category, Service
from core.kept import forget, kept
from core.models import DataVersion
from tests.areas import load_areas
from tests.catalog import stage

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/layanan/"


@pytest.fixture
def offer(settings: object) -> Iterator[Service]:
    """A published service, committed, and pages that are kept."""
    settings.KEEP_PAGES = True  # type: ignore[attr-defined]
    cache.clear()
    forget()
    load_areas()
    firm = stage.firm("CV Contoh Rinjani")
    stage.list_in_directory(firm.provider)
    yield stage.service(firm, title="Pelatihan kader")
    cache.clear()
    forget()


def queries(client: Client, path: str, **headers: str) -> tuple[int, int]:
    """(status, queries) of one GET."""
    with CaptureQueriesContext(connection) as asked:
        status = client.get(path, headers=headers).status_code
    return status, len(asked)


def owner_of(offer: Service) -> User:
    return User.objects.get(memberships__provider=offer.provider)


def version() -> int:
    return DataVersion.objects.get(name="catalogue").number


def test_the_second_visitor_costs_one_query(offer: Service) -> None:
    first = queries(Client(), LIST)
    assert first[0] == 200
    assert first[1] > 1  # it was made
    assert queries(Client(), LIST) == (200, 1)


@pytest.mark.parametrize("query", ["", "?kategori=kewirausahaan&wilayah=52.02", "?jenis=bimtek&urut=termurah"])
def test_a_list_made_anew_asks_two_queries_and_after_a_change_three(
    offer: Service, settings: object, query: str
) -> None:
    """The numbers of the data and the rows; what there is of each choice only when something changed."""
    settings.KEEP_SECONDS = 0  # type: ignore[attr-defined]
    forget()
    Client().get(LIST + query)
    assert queries(Client(), LIST + query) == (200, 2)
    offer.take_rating(40)
    assert queries(Client(), LIST + query) == (200, 3)
    forget()


def test_who_has_the_page_is_told_so_with_one_query_and_no_body(offer: Service) -> None:
    for path in (LIST, offer.get_absolute_url(), "/penyedia/", "/"):
        answer = Client().get(path)
        again = Client().get(path, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert queries(Client(), path, **{"If-None-Match": answer["ETag"]}) == (304, 1)


def test_a_changed_price_is_on_the_next_page(offer: Service) -> None:
    old = Client().get(LIST)
    offer.revise(by=owner_of(offer), price=7_654_321)
    new = Client().get(LIST, headers={"If-None-Match": old["ETag"]})
    assert new.status_code == 200
    assert "7.654.321" in new.content.decode()
    assert "7.654.321" not in old.content.decode()


def test_a_change_made_past_the_models_counts_too(offer: Service) -> None:
    Client().get(LIST)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_service SET price = 1234567, search = search WHERE id = %s", [offer.pk])
    assert "1.234.567" in Client().get(LIST).content.decode()


def test_a_corrected_place_name_is_on_the_next_page(offer: Service) -> None:
    assert "Lombok Tengah" in Client().get(offer.get_absolute_url()).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE regions_area SET name = replace(name, 'Tengah', 'Pusat') WHERE code = %s", ["52.02"])
    assert "Lombok Pusat" in Client().get(offer.get_absolute_url()).content.decode()


def test_a_page_with_a_form_of_the_visitor_s_own_is_not_kept(offer: Service) -> None:
    """Its token would be handed to the next visitor."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request))

    def ask() -> bytes:
        request = RequestFactory().get("/layanan/")
        return bytes(kept("catalogue")(page)(request).content)

    assert ask() != ask()


def test_one_transaction_counts_once_and_a_rolled_back_one_never(offer: Service) -> None:
    before = version()
    with transaction.atomic():
        Service.objects.filter(pk=offer.pk).update(price=2_000_000)
        Service.objects.filter(pk=offer.pk).update(price=3_000_000)
        Category.objects.update(order=1)
    assert version() == before + 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Service.objects.filter(pk=offer.pk).update(price=4_000_000)
        1 / 0  # noqa: B018
    assert version() == before + 1


def test_what_a_logged_in_person_sees_is_neither_kept_nor_shown_to_others(offer: Service) -> None:
    owner = Client()
    owner.force_login(owner_of(offer))
    own = owner.get(LIST)
    assert "no-store" in own["Cache-Control"]
    assert not own.has_header("ETag")
    assert "Keluar" in own.content.decode()
    assert "Keluar" not in Client().get(LIST).content.decode()


def test_other_words_are_another_page(offer: Service) -> None:
    found, missed = Client().get(f"{LIST}?q=kader"), Client().get(f"{LIST}?q=jembatan")
    assert "Pelatihan <mark>kader</mark>" in found.content.decode()
    assert "Pelatihan kader" not in missed.content.decode()
    assert found["ETag"] != missed["ETag"]


def test_the_day_is_part_of_it(offer: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing ends by its date, without a change of any row."""
    import datetime as dt

    from core import kept
    from core.clock import today

    before = Client().get(LIST)["ETag"]
    tomorrow = today() + dt.timedelta(days=1)
    monkeypatch.setattr(kept, "today", lambda: tomorrow)
    assert Client().get(LIST)["ETag"] != before


def test_with_the_cache_away_pages_still_come(offer: Service, settings: object) -> None:
    from django.core.cache import caches

    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/1"}  # type: ignore[attr-defined]
    settings.CACHES = {"default": away}  # type: ignore[attr-defined]
    assert caches["default"].get("x") is None
    assert Client().get(LIST).status_code == 200
    assert Client().get(LIST).status_code == 200


def test_nobody_fills_the_cache_with_long_addresses(offer: Service) -> None:
    path = f"{LIST}?q={'a' * 600}"
    assert not Client().get(path).has_header("ETag")
    assert queries(Client(), path)[1] > 1
