"""What villages read of a service is kept: a version for each change, and its page."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from catalog.models import Category, Service, ServiceVersion
from core.models.append_only import AppendOnlyError
from core.uploads import clean_image
from regions.models import Area
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


def numbers(service: Service) -> list[int]:
    return list(service.versions.order_by("number").values_list("number", flat=True))


def test_a_draft_has_no_version_and_publishing_makes_the_first(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    service.revise(by=rinjani.person, price=11_000_000)
    assert (service.version_number, numbers(service), service.current_version) == (0, [], None)
    service.publish(by=rinjani.person)
    version = service.current_version
    assert (version.number, version.price, version.made_by) == (1, 11_000_000, rinjani.person)
    assert version.content["title"] == service.title
    assert version.content["category"] == {"key": "kewirausahaan", "name": "Kewirausahaan"}
    assert [area["code"] for area in version.content["areas"]] == [LOMBOK_TENGAH]


def test_each_change_of_what_villages_read_makes_a_version(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.revise(by=rinjani.person, price=13_000_000)
    service.revise(by=rinjani.person, areas=Area.objects.filter(code__in=[LOMBOK_TENGAH, LOMBOK_BARAT]))
    service.revise(by=rinjani.person, attributes={"sertifikat": True})
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Kelas")
    service.remove_photo(by=rinjani.person, photo=service.photos.get())
    assert numbers(service) == [1, 2, 3, 4, 5, 6]
    assert service.version_number == 6
    contents = [version.content for version in service.versions.order_by("number")]
    assert [content["price"] for content in contents] == [12_500_000] + [13_000_000] * 5
    assert [len(content["areas"]) for content in contents] == [1, 1, 2, 2, 2, 2]
    assert [len(content["attributes"]) for content in contents] == [0, 0, 0, 1, 1, 1]
    assert [len(content["photos"]) for content in contents] == [0, 0, 0, 0, 1, 0]


def test_nothing_changed_is_no_version(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.revise(by=rinjani.person, price=service.price, title=service.title)
    service.pause(by=rinjani.person)
    service.publish(by=rinjani.person)
    Category.objects.filter(pk=service.category_id).update(name="Nama baru")  # not the provider's doing
    service.refresh_from_db()
    service.revise(by=rinjani.person, price=service.price)
    assert numbers(service) == [1]


def test_what_was_changed_while_paused_counts_when_it_is_shown_again(rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.pause(by=rinjani.person)
    service.revise(by=rinjani.person, price=1_000)
    service.revise(by=rinjani.person, price=2_000)
    assert numbers(service) == [1]
    service.publish(by=rinjani.person)
    assert list(service.versions.order_by("number").values_list("price", flat=True)) == [12_500_000, 2_000]


def test_a_version_cannot_be_changed_in_python_nor_in_the_database(rinjani: Firm) -> None:
    version = stage.service(rinjani).current_version
    version.price = 1
    for change in (version.save, version.delete, lambda: ServiceVersion.objects.update(price=1)):
        with pytest.raises(AppendOnlyError):
            change()
    for statement in ("UPDATE catalog_serviceversion SET price = 1", "DELETE FROM catalog_serviceversion"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_price_s_history_has_only_what_villages_could_read(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    service.revise(by=rinjani.person, price=1)  # a draft's
    service.publish(by=rinjani.person)
    service.revise(by=rinjani.person, title="Judul lain")
    service.revise(by=rinjani.person, price=2)
    service.revise(by=rinjani.person, unit="kegiatan")
    rows = service.price_history()
    assert [(row["price"], row["unit"], row["version"]) for row in rows] == [
        (2, "kegiatan", 4),
        (2, "paket", 3),
        (1, "paket", 1),
    ]
    assert rows[0]["until"] is None
    assert [row["until"] for row in rows[1:]] == [row["at"] for row in rows[:-1]]
    assert [(change["old"], change["new"]) for change in service.price_changes()] == [(1, 2)]


def test_the_migration_gives_each_published_service_the_version_that_its_verb_would_have(rinjani: Firm) -> None:
    """Services from before versions: as if the table had just been made."""
    shown = stage.service(rinjani, areas=(LOMBOK_TENGAH, LOMBOK_BARAT))
    shown.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Kelas")
    draft, paused = stage.draft(rinjani, "Draf"), stage.service(rinjani, "Dijeda")
    paused.pause(by=rinjani.person)
    wanted = {shown.pk: shown.current_version.content, paused.pk: paused.current_version.content}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may be pending when a table is altered
        cursor.execute("ALTER TABLE catalog_serviceversion DISABLE TRIGGER append_only_row")
        cursor.execute("DELETE FROM catalog_serviceversion; UPDATE catalog_service SET version_number = 0")
        cursor.execute("ALTER TABLE catalog_serviceversion ENABLE TRIGGER append_only_row")
    for _ in range(2):  # safe to run again
        import_module("catalog.migrations.0008_first_versions").bring(apps, None)
    made = {version.service_id: version for version in ServiceVersion.objects.all()}
    assert {pk: version.content for pk, version in made.items()} == wanted
    assert {version.number for version in made.values()} == {1}
    assert made[shown.pk].made_at == shown.published_at
    numbers_now = dict(Service.objects.values_list("pk", "version_number"))
    assert numbers_now == {shown.pk: 1, paused.pk: 1, draft.pk: 0}


def test_the_service_s_page_shows_each_price_with_its_days_and_leads_to_its_version(
    client: Client, rinjani: Firm
) -> None:
    service = stage.service(rinjani)
    assert "Riwayat harga" not in client.get(service.get_absolute_url()).content.decode()
    service.revise(by=rinjani.person, price=13_000_000)
    service.revise(by=rinjani.person, price=900_000, unit="bulan", tax_included=False)
    text = client.get(service.get_absolute_url()).content.decode()
    history = text[text.index("Riwayat harga") :]
    prices = [history.index(f"Rp{price}") for price in ("900.000", "13.000.000", "12.500.000")]
    assert prices == sorted(prices)
    assert "belum termasuk pajak" in history
    assert f"/layanan/{service.code}/versi/1/" in history
    assert f"/layanan/{service.code}/versi/2/" in history
    assert f"/layanan/{service.code}/versi/3/" not in history  # that is this page


# --- the page -----------------------------------------------------------------------------------------------------
def test_an_old_version_shows_its_price_and_says_that_it_is_old(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.revise(by=rinjani.person, price=15_000_000)
    old = client.get(f"/layanan/{service.code}/versi/1/").content.decode()
    assert "Versi lama" in old
    assert "Rp12.500.000" in old
    assert "Rp15.000.000" not in old
    new = client.get(f"/layanan/{service.code}/versi/2/").content.decode()
    assert "Versi lama" not in new
    assert "Rp15.000.000" in new
    assert 'content="noindex"' in old


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "-1", "x"])
def test_a_version_that_never_was_is_not_found(client: Client, rinjani: Firm, number: str) -> None:
    service = stage.service(rinjani)
    assert client.get(f"/layanan/{service.code}/versi/{number}/").status_code == 404


def test_a_paused_service_s_versions_stay_readable_but_not_the_draft_s(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.pause(by=rinjani.person)
    service.revise(by=rinjani.person, title="Judul rahasia")
    text = client.get(f"/layanan/{service.code}/versi/1/").content.decode()
    assert "sedang tidak dapat dipesan" in text
    assert "Judul rahasia" not in text
    assert f'href="{service.get_absolute_url()}"' not in text  # nobody may see it now


def test_a_photo_that_its_provider_removed_is_gone_from_old_versions_too(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Wajah warga")
    photo = service.photos.get()
    address = f"/layanan/{service.code}/versi/2/"
    assert photo.thumb.code in client.get(address).content.decode()
    service.remove_photo(by=rinjani.person, photo=photo)
    text = client.get(address).content.decode()
    assert photo.thumb.code not in text
    assert "1 foto versi ini sudah dihapus penyedia." in text
