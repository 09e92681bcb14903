"""Printed documents: frozen, rendered once, read back, checked by anybody."""

import datetime as dt
import hashlib
import io
import threading
from decimal import Decimal

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.template import engines
from django.urls import reverse
from django.utils.translation import gettext_lazy
from pypdf import PdfReader

from accounts.models import Membership, Role, User
from core import documents, jobs
from core.models import Job, PrintedDocument, StoredFile
from tests.areas import KUTA, load_areas
from tests.core import files

BODY = """{% extends "print/base.html" %}{% load formats paper %}
{% block body %}
<p>Pada hari ini {{ day|tanggal_huruf }} pukul {{ at|jam_di:place }}, {{ name }} menerima {{ value|rupiah }} ({{ value|terbilang }}).</p>
<table><caption>Rincian</caption><thead><tr><th scope="col">Uraian</th><th scope="col">Jumlah</th></tr></thead>
<tbody>{% for row in rows %}<tr><td>{{ row.text }}</td><td class="number">{{ row.total|rupiah }}</td></tr>{% endfor %}</tbody></table>
{% bar_chart chart title="Pesanan per bidang" note="Data per 31 Mei 2024." %}
{% if photo %}<figure class="photo"><img src="{{ photo }}" alt="Foto embung"><figcaption>Embung</figcaption></figure>{% endif %}
{% endblock %}
{% block attachments %}{% include "print/_attachment.html" with label="Lampiran I" of="Surat Perintah Kerja" %}{% endblock %}
"""

SNAPSHOT = {
    "day": dt.date(2024, 5, 23),
    "at": dt.datetime(2024, 5, 23, 0, 30, tzinfo=dt.UTC),
    "place": "WITA",
    "name": "Baiq <b>Contoh</b> & Rekan",
    "value": 12_500_000,
    "rows": [{"text": f"Pekerjaan {n}", "total": n * 100_000} for n in range(1, 61)],
    "chart": [["Infrastruktur Desa", 12], ["Pengembangan SDM", 0]],
    "letterhead": {
        "lines": ["Pemerintah Kabupaten Contoh", "Kecamatan Contoh", "Desa Contoh Makmur"],
        "address": "Jalan Contoh No. 1",
    },
    "letter_number": "",
    "signatures": {
        "place": "Contoh Makmur",
        "date": dt.date(2024, 5, 23),
        "left": {"position": "Kepala Desa Contoh Makmur", "name": "LALU CONTOH"},
        "right": {"position": "Kasi Kesejahteraan", "name": ""},
    },
}


@pytest.fixture(autouse=True)
def template(tmp_path, monkeypatch):
    (tmp_path / "print_test.html").write_text(BODY)
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, tmp_path])


@pytest.fixture
def owner(db):
    return User.objects.create_user("pemilik@contoh.example", name="Pemilik Contoh")


@pytest.fixture
def holder(owner):
    """Something that only its owner sees."""
    load_areas()
    return Membership.objects.create(user=owner, role=Role.PLD, area_id=KUTA)


@pytest.fixture
def issue(holder, owner):
    def issue_one(**changes):
        values = {
            "kind": "spk",
            "title": "Surat Perintah Kerja Contoh",
            "template": "print_test.html",
            "snapshot": SNAPSHOT,
            "holder": holder,
            "by": owner,
        }
        return documents.issue(**values | changes)

    return issue_one


def rendered(document):
    jobs.run(Job.objects.get(key=documents.job_key(document)).pk)
    document.refresh_from_db()
    with document.file.content.open("rb") as stored:
        return stored.read()


# --- issuing ----------------------------------------------------------------------------------------------
def test_a_paper_is_a_frozen_snapshot_and_a_job_of_the_same_transaction(issue):
    document = issue()
    assert document.snapshot_sha256 == documents.fingerprint(document.snapshot)
    assert document.number == document.code
    assert document.file is None
    assert Job.objects.filter(task="core.render_document", args={"document": document.pk}).count() == 1
    with transaction.atomic():
        issue()
        transaction.set_rollback(True)
    assert PrintedDocument.objects.count() == Job.objects.filter(task="core.render_document").count() == 1


def test_the_same_key_issues_once(issue):
    first = issue(key="spk:1:0")
    again = issue(key="spk:1:0", title="Lain", snapshot={"lain": 1})
    assert again.pk == first.pk
    assert again.title == "Surat Perintah Kerja Contoh"
    assert Job.objects.filter(task="core.render_document").count() == 1
    assert issue(key="spk:1:1", revision=1).pk != first.pk


def test_a_snapshot_comes_back_from_the_database_as_it_was_frozen(issue):
    snapshot = SNAPSHOT | {
        "share": Decimal("33.30"),
        "none": None,
        "yes": True,
        "lazy": gettext_lazy("Monday"),
        "big": 10**15,
    }
    document = PrintedDocument.objects.get(pk=issue(snapshot=snapshot).pk)
    assert documents.fingerprint(document.snapshot) == document.snapshot_sha256
    thawed = documents.thaw(document.snapshot)
    assert thawed == snapshot | {"lazy": str(snapshot["lazy"])}
    assert [type(thawed[name]) for name in ("day", "at", "share")] == [dt.date, dt.datetime, Decimal]


@pytest.mark.parametrize(
    "value",
    [1.5, object(), {1: "a"}, {"$date": "2024-05-23"}, "a\0b", dt.datetime(2024, 5, 23), b"x", {1, 2}],  # noqa: DTZ001
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_frozen_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        documents.freeze({"x": [value]})


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A document and a person that other connections see; taken away by hand, since events refuse a flush."""
    with django_db_blocker.unblock():
        owner = User.objects.create_user("serentak@contoh.example", name="Orang Serentak")
        yield owner
        for document in PrintedDocument.objects.filter(issued_by=owner):
            Job.objects.filter(key=documents.job_key(document)).delete()
            document.delete()
        owner.delete()


def test_two_at_once_with_one_key_make_one_paper(committed):
    barrier, made = threading.Barrier(4), []
    values = {"kind": "spk", "title": "Contoh", "template": "print/base.html", "snapshot": {}, "key": "serentak"}

    def issue():
        barrier.wait()
        try:
            made.append(documents.issue(**values, holder=committed, by=committed).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == PrintedDocument.objects.filter(issued_by=committed).count() == 1
    assert Job.objects.filter(key=f"render:{made[0]}").count() == 1


# --- rendering --------------------------------------------------------------------------------------------
def test_the_pdf_says_what_was_frozen_in_an_offices_words(issue, settings):
    settings.DEMO, settings.SITE_URL = False, "https://p2ktd.example"
    document = issue(number="SPK-2024-0001")
    content = rendered(document)
    reader = PdfReader(io.BytesIO(content))
    pages = [each.extract_text() for each in reader.pages]
    whole = " ".join(" ".join(pages).split())
    for sentence in (
        "PEMERINTAH KABUPATEN CONTOH",
        "DESA CONTOH MAKMUR",
        "SURAT PERINTAH KERJA CONTOH",
        "Pada hari ini Kamis tanggal dua puluh tiga bulan Mei tahun dua ribu dua puluh empat pukul 08.30 WITA",
        "Baiq <b>Contoh</b> & Rekan menerima Rp12.500.000 (dua belas juta lima ratus ribu rupiah)",
        "Mengetahui, Kepala Desa Contoh Makmur",
        "LALU CONTOH",
        "Contoh Makmur, 23 Mei 2024",
        "Lampiran I",
        "Data per 31 Mei 2024.",
    ):
        assert sentence in whole, sentence
    assert len(pages) == document.pages >= 3
    for number, text in enumerate(pages, start=1):
        flat = " ".join(text.split())
        assert f"Halaman {number} dari {len(pages)}" in flat
        assert "bukan tanda tangan elektronik" in flat
        assert document.code in flat
        assert documents.short(document.snapshot_sha256) in flat
        assert f"https://p2ktd.example/cek/{document.code}/" in flat.replace("cek/ ", "cek/")
    tables = [text for text in pages if "Pekerjaan" in text]
    assert len(tables) >= 2
    assert all("Uraian" in text for text in tables)  # heads repeat
    assert "DATA CONTOH" not in whole
    assert hashlib.sha256(content).hexdigest() == document.file.sha256
    assert (document.file.size, document.file.content_type) == (len(content), "application/pdf")


def test_the_pdf_is_tagged_for_screen_readers(issue):
    content = rendered(issue(snapshot=SNAPSHOT | {"photo": None}))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "id"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.Title) == "Surat Perintah Kerja Contoh"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Surat Perintah Kerja Contoh"
        kinds = [
            str(each.S)
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"
        ]
        assert {"/H1", "/P", "/Table", "/TR", "/TH", "/TD", "/Caption", "/Figure"} <= set(kinds)
        assert kinds.count("/H1") == 1
        figures = [
            str(each.Alt)
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure" and "/Alt" in each
        ]
        assert any("Infrastruktur Desa: 12; Pengembangan SDM: 0" in alt for alt in figures)
        fonts = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in each or "/FontFile3" in each for each in fonts)


@pytest.mark.parametrize(("paper", "size"), [("A4", (210, 297)), ("F4", (215, 330))])
def test_papers_have_their_size(issue, paper, size):
    reader = PdfReader(io.BytesIO(rendered(issue(paper=paper))))
    box = reader.pages[0].mediabox
    assert [round(float(each) * 25.4 / 72) for each in (box.width, box.height)] == list(size)


def test_an_unknown_paper_is_refused(issue):
    with pytest.raises(ValueError, match="A5"):
        issue(paper="A5")


def test_a_demonstration_says_so_on_every_page(issue, settings):
    settings.DEMO = True
    reader = PdfReader(io.BytesIO(rendered(issue())))
    assert all("DATA CONTOH" in each.extract_text() for each in reader.pages)


def test_a_frozen_picture_is_printed_and_a_changed_one_is_not(issue, owner):
    photo = StoredFile.objects.store(files.jpeg(), name="embung.jpg", content_type="image/jpeg", by=owner)
    content = rendered(issue(snapshot=SNAPSHOT | {"photo": documents.picture(photo)}))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pictures = [
            each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        assert [(int(each.Width), int(each.Height)) for each in pictures] == [(640, 480)]
        assert any(each.get("/Alt") == "Foto embung" for each in pdf.objects if isinstance(each, pikepdf.Dictionary))
    document = issue(snapshot=SNAPSHOT | {"photo": documents.picture(photo)})
    with open(photo.content.path, "wb") as stored:
        stored.write(files.jpeg(10, 10))
    with pytest.raises(ValueError, match="not the one that was frozen"):
        rendered(document)


def test_rendering_twice_makes_one_file(issue):
    document = issue()
    rendered(document)
    first = document.file_id
    documents.render_document(document.pk)
    document.refresh_from_db()
    assert document.file_id == first
    assert StoredFile.objects.count() == 1


def test_a_snapshot_that_was_changed_is_not_printed(issue):
    document = issue()
    PrintedDocument.objects.filter(pk=document.pk).update(snapshot=document.snapshot | {"value": 1})
    with pytest.raises(ValueError, match="changed after it was frozen"):
        rendered(document)
    assert "changed after it was frozen" in Job.objects.get(key=documents.job_key(document)).error


# --- one's own page -----------------------------------------------------------------------------------------
def test_the_page_of_a_paper_waits_then_offers_the_pdf(issue, owner, client):
    client.force_login(owner)
    document = issue()
    waiting = client.get(document.get_absolute_url())
    assert "Dokumen sedang disiapkan" in waiting.content.decode()
    assert waiting["Refresh"] == "2; url=?tunggu=1"
    assert client.get(document.get_absolute_url() + "?tunggu=99")["Refresh"] == "10; url=?tunggu=100"
    for odd in ("?tunggu=x", "?tunggu=-1", "?tunggu=٣", "?tunggu=" + "9" * 50):
        assert client.get(document.get_absolute_url() + odd).status_code == 200
    rendered(document)
    ready = client.get(document.get_absolute_url())
    page = ready.content.decode()
    assert "Dokumen siap" in page
    assert "Refresh" not in ready
    assert document.file.get_absolute_url() in page
    assert client.get(document.file.get_absolute_url())["Content-Type"] == "application/pdf"


def test_a_paper_that_cannot_be_made_says_so(issue, owner, client):
    client.force_login(owner)
    document = issue()
    PrintedDocument.objects.filter(pk=document.pk).update(snapshot={})
    job = Job.objects.get(key=documents.job_key(document))
    for _ in range(5):
        with pytest.raises(ValueError, match="frozen"):
            jobs.run(job.pk)
    response = client.get(document.get_absolute_url())
    assert "Dokumen belum dapat dibuat" in response.content.decode()
    assert "Refresh" not in response


def test_others_do_not_find_it(issue, client):
    document = issue()
    rendered(document)
    assert client.get(document.get_absolute_url()).status_code == 302  # to the login
    client.force_login(User.objects.create_user("lain@contoh.example", name="Orang Lain"))
    for address in (document.get_absolute_url(), document.file.get_absolute_url()):
        response = client.get(address)
        assert response.status_code == 404
        assert "Surat Perintah Kerja Contoh" not in response.content.decode()


# --- the public check ---------------------------------------------------------------------------------------
def test_anybody_may_check_a_paper_by_its_code(issue, client):
    document = issue(number="SPK-2024-0001")
    page = client.get(reverse("check", args=[document.code])).content.decode()
    assert "PDF sedang disiapkan" in page
    rendered(document)
    response = client.get(reverse("check", args=[document.code.lower()]))
    page = response.content.decode()
    for fact in (
        "SPK-2024-0001",
        document.title,
        document.snapshot_sha256,
        document.file.sha256,
        "bukan tanda tangan elektronik",
    ):
        assert fact in page
    for secret in ("Rp12.500.000", "Baiq", "LALU CONTOH", "Pemilik Contoh", "pemilik@contoh.example"):
        assert secret not in page
    assert document.file.get_absolute_url() not in page


def test_a_file_is_compared_and_not_kept(issue, client):
    document = issue()
    content = rendered(document)
    address = reverse("check", args=[document.code])

    def compare(sent):
        return client.post(address, {"berkas": SimpleUploadedFile("a.pdf", sent)})

    kept = StoredFile.objects.count()
    assert "Berkas sama" in compare(content).content.decode()
    changed = compare(content + b" ").content.decode()
    assert "Berkas berbeda" in changed
    assert hashlib.sha256(content + b" ").hexdigest() in changed
    assert compare(b"").status_code == 422
    assert client.post(address).status_code == 422
    assert client.post(address, "berkas=x", content_type="application/x-www-form-urlencoded").status_code == 422
    assert StoredFile.objects.count() == kept


def test_a_comparison_needs_no_cookie_and_refuses_large_files_unread(issue, monkeypatch):
    from django.test import Client

    from core import document_views

    document = issue()
    content = rendered(document)
    monkeypatch.setattr(document_views, "CHECK_MAX_BYTES", len(content) // 2)
    strict = Client(enforce_csrf_checks=True)
    address = reverse("check", args=[document.code])
    response = strict.post(address, {"berkas": SimpleUploadedFile("a.pdf", content)})
    assert response.status_code == 413
    assert not response.cookies


def test_an_unknown_code_says_so_and_a_typed_one_leads_on(issue, client):
    document = issue()
    assert client.get(reverse("check", args=["ZZZZZZZZZZ"])).status_code == 404
    spaced = f" {document.code[:5].lower()} {document.code[5:]} "
    assert client.get(reverse("check-form"), {"kode": spaced})["Location"] == reverse("check", args=[document.code])
    assert client.get(reverse("check-form")).status_code == 200
    for odd in ("<script>", "٣٣", "a/b", "x" * 500):
        response = client.get(reverse("check-form"), {"kode": odd})
        assert response.status_code == 404
        assert "<script>alert" not in response.content.decode()


def test_an_older_revision_points_out_that_there_is_a_newer(issue, client):
    first, second = issue(), issue(revision=1)
    assert "revisi ke-1" in client.get(reverse("check", args=[first.code])).content.decode()
    assert "Ada revisi yang lebih baru" not in client.get(reverse("check", args=[second.code])).content.decode()
