"""A service's life: who may do what when, and what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role
from catalog.models import Category, Service
from catalog.models.rating import min_count
from core.clock import today
from core.models import DatedSetting, StoredFile
from core.uploads import clean_image
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import BANDUNG, KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


def areas_of(service: Service) -> list[str]:
    return sorted(service.areas.values_list("code", flat=True))


# --- categories -------------------------------------------------------------------------------------------
def test_eight_known_categories_are_active_and_the_ninth_waits_for_its_name() -> None:
    assert Category.objects.count() == 9
    assert Category.objects.active().count() == 8
    assert not Category.objects.get(key="kategori-9").active
    assert {category.bidang for category in Category.objects.active()} == {"ekonomi", "sdm", "infrastruktur"}


# --- states -------------------------------------------------------------------------------------------------
def test_a_listed_provider_publishes_and_pauses(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    service.publish(by=rinjani.person)
    first_published = service.published_at
    service.pause(by=rinjani.person)
    assert service.state == "paused"
    assert service.paused_at is not None
    service.publish(by=rinjani.person)
    assert service.state == "published"
    assert service.published_at == first_published  # pausing does not make an old service the newest
    assert [event.verb for event in service.events()] == ["create", "publish", "pause", "publish"]


def test_an_unlisted_provider_may_write_but_not_publish(unlisted: Firm) -> None:
    service = stage.draft(unlisted)
    with pytest.raises(TransitionRefused, match="setelah Anda terdaftar di direktori"):
        service.publish(by=unlisted.person)


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"description": ""}, "Lengkapi dahulu: uraian."),
        ({"deliverables": "", "duration_days": None}, "Lengkapi dahulu: yang diterima desa, lama pengerjaan."),
        ({"areas": ()}, "Lengkapi dahulu: wilayah layanan."),
    ],
)
def test_what_is_missing_is_named(rinjani: Firm, missing: dict, named: str) -> None:
    service = stage.draft(rinjani, **missing)
    verdict = service.may_publish(rinjani.person)
    assert not verdict
    assert verdict.reason == named


def test_nobody_else_changes_a_service(rinjani: Firm, unlisted: Firm) -> None:
    service = stage.service(rinjani)
    pokja = stage.person("pokja@lomteng.example", Role.POKJA_CHAIR, area_id=LOMBOK_TENGAH)
    village = stage.person("operator@kuta.example", Role.VILLAGE_OPERATOR, area_id=KUTA)
    for stranger in (unlisted.person, pokja, village):
        for verb in service.MOVES:
            assert not service.may(verb, stranger)
        with pytest.raises(TransitionRefused):
            service.pause(by=stranger)
    service.refresh_from_db()
    assert service.state == "published"


def test_the_provider_of_another_cannot_offer_in_its_name(rinjani: Firm, unlisted: Firm) -> None:
    service = Service(provider=rinjani.provider, category=Category.objects.first(), kind="studi", title="x", summary="x", price=1)  # fmt: skip
    with pytest.raises(TransitionRefused):
        service.offer(by=unlisted.person)
    assert Service.objects.count() == 0


def test_buttons_equal_what_is_allowed(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    assert [move.verb for move in service.open_moves(rinjani.person) if move.verdict] == ["publish", "revise", "add_photo"]  # fmt: skip
    service.publish(by=rinjani.person)
    assert [move.verb for move in service.open_moves(rinjani.person) if move.verdict] == ["revise", "add_photo", "pause"]  # fmt: skip


# --- changes --------------------------------------------------------------------------------------------------
def test_each_change_of_price_is_kept(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.revise(by=rinjani.person, price=15_000_000, title=service.title)
    service.revise(by=rinjani.person, price=14_000_000)
    assert [(change["old"], change["new"]) for change in service.price_changes()] == [
        (15_000_000, 14_000_000),
        (12_500_000, 15_000_000),
    ]
    assert service.events().get(data__changes__price=[12_500_000, 15_000_000]).data == {
        "changes": {"price": [12_500_000, 15_000_000]}
    }


def test_a_published_service_cannot_become_incomplete(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    with pytest.raises(TransitionRefused, match="yang diterima desa"):
        service.revise(by=rinjani.person, deliverables="")
    with pytest.raises(TransitionRefused, match="wilayah layanan"):
        service.revise(by=rinjani.person, areas=[])
    service.refresh_from_db()
    assert service.deliverables
    assert areas_of(service) == [LOMBOK_TENGAH]


def test_a_province_swallows_its_regencies(rinjani: Firm) -> None:
    service = stage.draft(rinjani, areas=(NTB, LOMBOK_TENGAH, BANDUNG))
    assert areas_of(service) == [BANDUNG, NTB]


def test_a_village_is_no_area_of_a_service(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    with pytest.raises(TransitionRefused):
        service.revise(by=rinjani.person, areas=Area.objects.filter(code=KUTA))


def test_the_database_refuses_a_free_service(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    for price in (0, -1):
        with pytest.raises(IntegrityError, match="service_price_positive"), transaction.atomic():
            Service.objects.filter(pk=service.pk).update(price=price)


def test_the_database_refuses_an_incomplete_published_service(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    with pytest.raises(IntegrityError, match="service_published_is_complete"), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(description="")


# --- who sees it ------------------------------------------------------------------------------------------------
def test_a_listing_that_ran_out_needs_no_worker(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    assert list(Service.objects.open()) == [service]
    standing = rinjani.provider.standings.get()
    standing.listed_on, standing.valid_until = today() - dt.timedelta(days=9), today() - dt.timedelta(days=1)
    standing.save()
    assert list(Service.objects.open()) == []
    assert not service.is_open
    assert "tidak terlihat oleh desa" in service.status_sentence
    standing.valid_until = today()  # the last day counts
    standing.save()
    assert list(Service.objects.open()) == [service]


def test_an_ended_listing_takes_the_service_off_at_once(rinjani: Firm) -> None:
    stage.service(rinjani)
    rinjani.provider.standings.update(ended_on=today())
    assert list(Service.objects.open()) == []


def test_who_sees_a_draft_a_paused_and_an_open_service(rinjani: Firm, unlisted: Firm) -> None:
    from django.contrib.auth.models import AnonymousUser

    drafted, paused, opened = stage.draft(rinjani, "A"), stage.service(rinjani, "B"), stage.service(rinjani, "C")
    paused.pause(by=rinjani.person)
    pokja = stage.person("pokja@lomteng.example", Role.POKJA_MEMBER, area_id=LOMBOK_TENGAH)
    neighbour = stage.person("pokja@lobar.example", Role.POKJA_MEMBER, area_id=LOMBOK_BARAT)
    village = stage.person("operator@kuta.example", Role.VILLAGE_OPERATOR, area_id=KUTA)
    nobody = stage.person("warga@kuta.example")
    seen = {
        "public": set(Service.objects.visible_to(AnonymousUser())),
        "nobody": set(Service.objects.visible_to(nobody)),
        "village": set(Service.objects.visible_to(village)),
        "rival": set(Service.objects.visible_to(unlisted.person)),
        "neighbour": set(Service.objects.visible_to(neighbour)),
        "pokja": set(Service.objects.visible_to(pokja)),
        "own": set(Service.objects.visible_to(rinjani.person)),
    }
    assert seen == {
        **{who: {opened} for who in ("public", "nobody", "village", "rival", "neighbour")},
        "pokja": {opened, paused},
        "own": {opened, paused, drafted},
    }


def test_drafts_wait_for_a_provider_that_could_publish_them(rinjani: Firm, unlisted: Firm) -> None:
    ready = stage.draft(rinjani)
    stage.draft(unlisted)
    assert list(Service.objects.waiting_for(rinjani.person)) == [ready]
    assert list(Service.objects.waiting_for(unlisted.person)) == []


def test_a_village_orders_from_those_listed_in_its_own_regency(rinjani: Firm) -> None:
    service = stage.service(rinjani, areas=(NTB,))
    assert list(Service.objects.orderable_in(KUTA)) == [service]
    assert list(Service.objects.orderable_in(NTB)) == [service]
    assert list(Service.objects.orderable_in(LOMBOK_BARAT)) == []  # serves it, but is not listed there
    stage.list_in_directory(rinjani.provider, LOMBOK_BARAT)
    assert list(Service.objects.orderable_in(LOMBOK_BARAT)) == [service]
    assert list(Service.objects.orderable_in(BANDUNG)) == []


# --- ratings --------------------------------------------------------------------------------------------------
def test_the_average_is_exact_and_kept_by_the_database(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    assert service.average is None
    service.take_rating(47)
    service.take_rating(40)
    assert (service.rating_total, service.rating_count, service.rating_score) == (87, 2, 435)
    assert float(service.average) == 4.35
    for wrong in (9, 51, 0, -5):
        with pytest.raises(ValueError, match="10 to 50"):
            service.take_rating(wrong)


def test_a_revision_does_not_lose_a_rating(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    held = Service.objects.get(pk=service.pk)
    service.take_rating(50)
    held.revise(by=rinjani.person, price=1_000)
    held.refresh_from_db()
    assert held.rating_count == 1


def test_from_how_many_ratings_on_is_a_dated_setting() -> None:
    assert min_count() == 1
    DatedSetting.objects.create(key="rating-min-count", value=3, valid_from=today(), source="contoh")
    assert min_count() == 3


# --- photos -----------------------------------------------------------------------------------------------------
def test_photos_are_written_anew_with_a_small_one(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Pelatihan di Praya")
    shown = service.photos.get()
    assert shown.file.public
    assert shown.thumb.public
    assert shown.thumb.size <= 5 * 1024
    assert service.events().last().verb == "add_photo"


def test_a_removed_photo_is_no_longer_open(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Pelatihan di Praya")
    shown = service.photos.get()
    service.remove_photo(by=rinjani.person, photo=shown)
    assert service.photos.count() == 0
    village = stage.person("operator@kuta.example", Role.VILLAGE_OPERATOR, area_id=KUTA)
    for file in StoredFile.objects.filter(pk__in=[shown.file_id, shown.thumb_id]):
        assert not file.is_visible_to(village)


def test_there_are_at_most_four_photos(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    clean = clean_image(stage.photo())
    for number in range(4):
        service.add_photo(by=rinjani.person, photo=clean, caption=f"Foto {number}")
    with pytest.raises(TransitionRefused, match="Paling banyak 4 foto"):
        service.add_photo(by=rinjani.person, photo=clean, caption="Satu lagi")


def test_loading_a_service_leaves_its_search_vector_in_the_database(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    again = Service.objects.get(pk=service.pk)
    again.pause(by=rinjani.person)
    assert "search" not in again.__dict__
    with connection.cursor() as cursor:
        cursor.execute("SELECT search IS NOT NULL FROM catalog_service WHERE id = %s", [service.pk])
        assert cursor.fetchone() == (True,)
