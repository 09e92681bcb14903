"""An edition of a regency's directory: who puts it out, that it stays as it was, its booklet and its workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import zipfile
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Provider, Role, User
from catalog import directory, documents
from catalog.models import DirectoryEdition
from catalog.models.edition import BOOKLET
from catalog.tasks import edition_workbook
from core import jobs
from core.documents import page, render_document
from core.models import Event, Job, PrintedDocument
from core.models.append_only import AppendOnlyError
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.catalog.test_directory import SECRETS

pytestmark = pytest.mark.django_db
NEW = f"/penyedia/direktori/{LOMBOK_TENGAH}/terbitkan/"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def office(areas: None) -> User:
    return stage.person("dpmd@contoh.example", Role.REGENCY_OFFICE, area_id=LOMBOK_TENGAH)


def publish(by: User, reason: str = "", regency: str = LOMBOK_TENGAH) -> DirectoryEdition:
    edition = DirectoryEdition(regency=Area.objects.get(pk=regency), basis="Keputusan nomor 1/2026", reason=reason)
    return documents.publish(edition, by=by)


def make_files(edition: DirectoryEdition) -> None:
    """What the worker does."""
    render_document(edition.booklet().pk)
    edition_workbook(edition.pk)


def words_of(content: bytes) -> str:
    """The text of a PDF on one line."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def cells_of(content: bytes) -> list[list[str]]:
    """The texts and numbers of a workbook's first sheet, row by row; a formula anywhere is an error."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert list(sheet.iter(f"{SHEET}f")) == []
    texts = ["".join(part.text or "" for part in each.iter(f"{SHEET}t")) for each in strings]
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells = []
        for cell in row:
            value = cell.findtext(f"{SHEET}v") or ""
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        rows.append(cells)
    return rows


# --- who ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (Role.POKJA_CHAIR, LOMBOK_TENGAH, True),
        (Role.REGENCY_OFFICE, LOMBOK_TENGAH, True),
        (Role.POKJA_MEMBER, LOMBOK_TENGAH, False),
        (Role.TAPM, LOMBOK_TENGAH, False),
        (Role.POKJA_CHAIR, LOMBOK_BARAT, False),
        (Role.REGENCY_OFFICE, LOMBOK_BARAT, False),
        (Role.PROVINCE_OFFICE, NTB, False),
        (Role.MINISTRY, None, False),
    ],
)
def test_the_chair_and_the_office_of_that_regency_put_it_out(
    client: Client, rinjani: Firm, role: str, place: str | None, may: bool
) -> None:
    user = stage.person("orang@contoh.example", role, area_id=place)
    assert bool(DirectoryEdition(regency_id=LOMBOK_TENGAH).may_issue(user)) is may
    if not may:
        with pytest.raises(TransitionRefused, match="Ketua Pokja P2KTD atau Dinas PMD"):
            publish(user)
    else:
        assert publish(user).number == 1
    assert DirectoryEdition.objects.count() == int(may)


@pytest.mark.parametrize("method", ["get", "post"])
def test_others_are_told_why_not(client: Client, rinjani: Firm, method: str) -> None:
    assert getattr(client, method)(NEW)["Location"].startswith("/masuk/")
    client.force_login(rinjani.person)
    response = getattr(client, method)(NEW, {"basis": "x"})
    assert response.status_code == 403
    assert "diterbitkan oleh Ketua Pokja P2KTD atau Dinas PMD" in response.content.decode()
    assert DirectoryEdition.objects.count() == 0


# --- what is put out ------------------------------------------------------------------------------------------
def test_an_edition_freezes_what_stands_today(rinjani: Firm, office: User) -> None:
    stage.service(rinjani).take_rating(46)
    edition = publish(office)
    Provider.objects.filter(pk=rinjani.provider.pk).update(name="CV Nama Baru", phone="+6281234567890")
    edition = DirectoryEdition.objects.get(pk=edition.pk)
    (entry,) = edition.snapshot["entries"]
    standing = rinjani.provider.standings.get()
    assert entry["name"] == "CV Rinjani Karya"
    assert entry["average"] == {"$decimal": "4.6"}
    assert (entry["number"], entry["decree_number"]) == (standing.directory_number, "188.4/77/2025")
    assert (edition.number, edition.revision, edition.entry_count) == (1, 0, 1)
    assert edition.reference == "DIR-52.02-1"
    event = Event.objects.about(edition).get()
    assert (event.verb_label, event.actor, event.region) == ("Edisi diterbitkan", office, LOMBOK_TENGAH)


def test_the_same_content_is_not_put_out_twice(rinjani: Firm, office: User) -> None:
    first = publish(office)
    with pytest.raises(TransitionRefused, match=re.escape(f"Isinya sama dengan {first.label}")):
        publish(office, "tidak ada")
    stage.list_in_directory(stage.firm("CV Kedua").provider)
    with pytest.raises(TransitionRefused, match="Tulis apa yang berubah"):
        publish(office)
    second = publish(office, "1 penyedia baru")
    assert (second.number, second.label) == (2, f"{first.label}, revisi ke-1")
    assert first.newer() == second
    assert second.newer() is None


def test_an_empty_directory_is_not_put_out(office: User) -> None:
    with pytest.raises(TransitionRefused, match="Belum ada penyedia"):
        publish(office)
    assert Job.objects.count() == 0


def test_what_was_put_out_never_changes(rinjani: Firm, office: User) -> None:
    edition = publish(office)
    with pytest.raises(AppendOnlyError):
        edition.save()
    with pytest.raises(AppendOnlyError):
        DirectoryEdition.objects.update(basis="lain")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_directoryedition SET basis = 'lain'")


@pytest.mark.django_db(transaction=True)
def test_two_who_put_it_out_at_once_make_one_edition() -> None:
    from tests.areas import load_areas

    load_areas()
    stage.list_in_directory(stage.firm("CV Rinjani Karya").provider)
    roles = (Role.POKJA_CHAIR, Role.REGENCY_OFFICE)
    people = [stage.person(f"{role}@contoh.example", role, area_id=LOMBOK_TENGAH) for role in roles]
    start, outcomes = threading.Barrier(2), []

    def put_out(user: User) -> None:
        try:
            start.wait()
            outcomes.append(publish(user).number)
        except TransitionRefused as refusal:
            outcomes.append(refusal.reason.split(" dengan")[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=put_out, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [1, "Isinya sama"]
    assert DirectoryEdition.objects.count() == 1
    assert PrintedDocument.objects.filter(kind=BOOKLET).count() == 1


# --- the papers -----------------------------------------------------------------------------------------------
def test_the_booklet_says_it_all_and_nothing_secret(rinjani: Firm, office: User) -> None:
    stage.service(rinjani, "Pelatihan BUM Desa").take_rating(45)
    edition = publish(office)
    make_files(edition)
    booklet = edition.booklet()
    assert booklet.pages == 4  # cover, contents, table, entries
    with booklet.file.content.open("rb") as file:
        text = words_of(file.read())
    standing = rinjani.provider.standings.get()
    for words in (
        "Direktori Penyedia P2KTD", "Kabupaten Lombok Tengah, Nusa Tenggara Barat", "Edisi pertama",
        "Isi menurut bidang", "Kewirausahaan (1)", "Daftar penyedia", "Keputusan nomor 188.4/77/2025 tanggal",
        standing.directory_number, "CV Rinjani Karya", "(0370) 123456", "4,5 (1)", f"{standing.valid_until:%d/%m/%Y}",
        "Keterangan setiap penyedia", "4,5 dari 5 (1 penilaian)", "Dasar: Keputusan nomor 1/2026", "Halaman 4 dari 4",
        f"Kode verifikasi {booklet.code}", f"/cek/{booklet.code}/", "Dpmd, Dinas PMD Kabupaten/Kota",
    ):  # fmt: skip
        assert words in text, words
    assert [secret for secret in SECRETS if secret in text] == []
    assert [secret for secret in SECRETS if secret in str(booklet.snapshot)] == []


def test_the_workbook_holds_the_same_as_text(rinjani: Firm, office: User) -> None:
    Provider.objects.filter(pk=rinjani.provider.pk).update(name="=HYPERLINK(1)", address="+62 @jalan\x07 \t1")
    stage.service(rinjani, "-2+3 cmd").take_rating(45)
    edition = publish(office)
    content = documents.workbook(edition)
    rows = cells_of(content)
    assert rows[0] == ["Direktori Penyedia P2KTD Kabupaten Lombok Tengah"]
    head, (first,) = rows[3], rows[4:]
    assert head == [name for name, _ in documents.COLUMNS]
    standing = rinjani.provider.standings.get()
    assert first[:6] == [
        "1", standing.directory_number, "=HYPERLINK(1)", "Badan usaha (CV, PT, koperasi)",
        "Kewirausahaan dan Pengembangan Ekonomi Lokal: Kewirausahaan", "+62 @jalan 1",
    ]  # fmt: skip
    assert "-2+3 cmd" in first
    assert rinjani.provider.code in first
    assert [secret for secret in SECRETS if any(secret in cell for row in rows for cell in row)] == []
    assert documents.workbook(DirectoryEdition.objects.get(pk=edition.pk)) == content  # run twice, the same bytes


def test_making_the_files_twice_makes_them_once(rinjani: Firm, office: User) -> None:
    edition = publish(office)
    for _ in range(2):
        make_files(edition)
    assert PrintedDocument.objects.filter(kind=BOOKLET).count() == 1
    assert edition.workbook() is not None
    assert sorted(Job.objects.values_list("task", flat=True)) == ["catalog.edition_workbook", "core.render_document"]
    for job in Job.objects.all():
        assert jobs.run(job.pk)


def test_a_directory_of_hundreds_keeps_to_its_table(rinjani: Firm, office: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(documents, "MOST_DETAILS", 0)
    edition = publish(office)
    html, _ = page(edition.booklet())
    assert "Keterangan setiap penyedia" not in html
    assert f'id="p-{rinjani.provider.code}"' in html  # where the contents lead


def test_an_old_booklet_is_checked_and_told_to_be_old(client: Client, rinjani: Firm, office: User) -> None:
    first = publish(office)
    stage.list_in_directory(stage.firm("CV Kedua").provider)
    second = publish(office, "1 penyedia baru")
    text = client.get(f"/cek/{first.booklet().code}/").content.decode()
    assert "telah diganti oleh revisi ke-1" in text
    assert "telah diganti" not in client.get(f"/cek/{second.booklet().code}/").content.decode()
    assert "Ada edisi yang lebih baru" in client.get(first.get_absolute_url()).content.decode()


# --- the pages ---------------------------------------------------------------------------------------------------
def chair(client: Client) -> User:
    """The Pokja's chair, with the second factor passed."""
    from allauth.mfa.totp.internal.auth import TOTP

    user = stage.person("ketua@contoh.example", Role.POKJA_CHAIR, area_id=LOMBOK_TENGAH)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.force_login(user)
    return user


def filled(client: Client, **more: str) -> dict[str, str]:
    text = client.get(NEW).content.decode()
    key = re.search(r'name="submit_key" value="([^"]+)"', text)
    assert key
    return {"submit_key": key[1], "basis": "Keputusan nomor 188.4/77/2025", **more}


def test_the_chair_puts_it_out_and_a_double_click_lands_on_the_same(client: Client, rinjani: Firm) -> None:
    chair(client)
    text = client.get(NEW).content.decode()
    decree_date = rinjani.provider.standings.get().decree_date
    assert f"Keputusan nomor 188.4/77/2025 tanggal {decree_date.day} " in text  # filled in
    data = filled(client)
    first, second = client.post(NEW, data), client.post(NEW, data)
    edition = DirectoryEdition.objects.get()
    assert first["Location"] == second["Location"] == edition.get_absolute_url()
    waiting = client.get(edition.get_absolute_url())
    assert waiting["Refresh"] == "4"
    assert "sedang disiapkan" in waiting.content.decode()
    make_files(edition)
    public = Client().get(edition.get_absolute_url())
    assert "Refresh" not in public
    for file in (edition.booklet().file, edition.workbook()):
        assert file.get_absolute_url() in public.content.decode()
        assert Client().get(file.get_absolute_url()).status_code == 200


def test_what_changed_is_said_before_it_is_put_out(client: Client, rinjani: Firm, office: User) -> None:
    user = chair(client)
    other = stage.firm("CV Akan Pergi")
    standing = stage.list_in_directory(other.provider)
    publish(user)
    assert "Tidak ada perubahan" in client.get(NEW).content.decode()
    type(standing).objects.filter(pk=standing.pk).update(valid_until=dt.date(2020, 1, 1), listed_on=dt.date(2019, 1, 1))
    stage.list_in_directory(stage.firm("CV Baru").provider)
    Provider.objects.filter(pk=rinjani.provider.pk).update(address="Jalan Lain 2")
    text = client.get(NEW).content.decode()
    for words in ("CV Baru", "CV Akan Pergi", "CV Rinjani Karya"):
        assert words in text
    assert "1 penyedia baru; 1 tidak lagi tercantum; 1 keterangannya berubah" in text
    assert client.post(NEW, filled(client)).status_code == 422  # without saying what changed
    assert client.post(NEW, filled(client, reason="1 penyedia baru")).status_code == 302
    assert DirectoryEdition.objects.of(rinjani.provider.area).first().reason == "1 penyedia baru"


def test_a_parked_paper_is_told(client: Client, rinjani: Firm, office: User) -> None:
    from django.utils import timezone

    edition = publish(office)
    Job.objects.filter(task="catalog.edition_workbook").update(parked_at=timezone.now())
    response = client.get(edition.get_absolute_url())
    assert "belum dapat dibuat" in response.content.decode()
    assert "Refresh" not in response


@pytest.mark.parametrize("code", ["x", "A" * 300, "1' OR 1=1", "😀", "%20"])
def test_odd_codes_of_editions_are_not_found(client: Client, areas: None, code: str) -> None:
    assert client.get(f"/penyedia/edisi/{code}/").status_code == 404


def test_an_edition_page_costs_the_same_for_any_number(client: Client, rinjani: Firm, office: User) -> None:
    def cost(edition: DirectoryEdition) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(edition.get_absolute_url()).status_code == 200
        return len(queries)

    first = publish(office)
    make_files(first)
    with_one = cost(first)
    for number in range(2):
        stage.list_in_directory(stage.firm(f"CV {number}").provider)
    second = publish(office, "2 penyedia baru")
    make_files(second)
    assert with_one <= 5
    assert cost(second) <= with_one + 1  # it asks for the first, which holds the papers
    assert directory.decrees([]) == []
