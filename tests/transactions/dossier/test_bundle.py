"""An order's papers in one file: what is in it, that it is made once, and who may have it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Membership
from core import jobs
from core.documents import job_key
from core.models import FileView, Job, StoredFile
from tests.core.files import jpeg, pdf, png
from tests.transactions.stage import Market
from transactions import bundling
from transactions.documents.contract import issue_spk
from transactions.dossier import Dossier
from transactions.models import Bundle, Contract, Need
from transactions.tasks import forget_bundles

pytestmark = pytest.mark.django_db


def keep(contract: Contract, content: bytes, name: str, kind: str = "application/pdf") -> StoredFile:
    return StoredFile.objects.store(content, name=name, content_type=kind, holder=contract)


def asked(market: Market, need: Need, form: str, who: str = "pka", *, alone: bool = False) -> Bundle:
    need = Need.objects.select_related("village").get(pk=need.pk)
    return bundling.ask(Dossier(need, market.user(who)), form, by=market.user(who), alone=alone)


def made(bundle: Bundle) -> bytes:
    """As the worker makes it."""
    jobs.run(Job.objects.get(key=bundle.job_key).pk)
    bundle.refresh_from_db()
    assert bundle.file is not None
    with bundle.file.content.open("rb") as stored:
        content: bytes = stored.read()
    assert hashlib.sha256(content).hexdigest() == bundle.file.sha256
    assert len(content) == bundle.file.size
    return content


def test_the_zip_has_every_file_under_a_numbered_name_and_an_index_with_its_hash(market: Market) -> None:
    contract = market.contract("running")
    keep(contract, jpeg(), "../foto: dusun?.jpg", "image/jpeg")
    packed = zipfile.ZipFile(io.BytesIO(made(asked(market, contract.need, "zip"))))
    assert packed.testzip() is None
    papers = sorted(name for name in packed.namelist() if not name.startswith("000"))
    assert papers == [
        "001 Kontrak bertanda tangan penyedia (pindaian).pdf",
        "002 Kontrak bertanda tangan kedua pihak (pindaian).pdf",
        "003 Versi lama foto dusun.jpg",
    ]
    index = packed.read("000 Daftar isi.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(index), delimiter=";"))
    assert [row["Berkas"] for row in rows] == papers
    for row in rows:
        assert hashlib.sha256(packed.read(row["Berkas"])).hexdigest() == row["SHA-256"]
    assert rows[0]["Nomor"] == "027/1/SPK" and rows[0]["Catatan"] == ""
    assert "Belum ada menurut aturan" in packed.read("000 Catatan.txt").decode()
    served = market.client("pka").get(Bundle.objects.get().file.get_absolute_url())
    assert served["Content-Disposition"] == f'inline; filename="berkas-pembelian-{contract.need.code.lower()}.zip"'
    brought = market.client("pka").get(contract.provider_scan.get_absolute_url())["Content-Disposition"]
    assert brought == f'inline; filename="{contract.provider_scan.code}.pdf"'


def test_the_pdf_has_a_cover_contents_bookmarks_and_stamps(market: Market) -> None:
    contract = market.contract("running")
    keep(contract, jpeg(800, 400), "lintang.jpg", "image/jpeg")
    keep(contract, png(300, 500, "RGBA"), "bujur.png", "image/png")
    bundle = asked(market, contract.need, "pdf")
    book = PdfReader(io.BytesIO(made(bundle)))
    front, papers = len(book.pages) - 4, 4
    assert bundle.pages == front + papers and bundle.remarks == []
    text = " ".join(page.extract_text() for page in book.pages[:front])
    assert contract.need.title in text and "Daftar isi" in text and "Yang belum ada menurut aturan" in text
    for number, page in enumerate(book.pages[front:], 1):
        stamp = page.extract_text()
        assert f"Berkas {contract.need.code}" in stamp and f"dokumen {number}" in stamp
        assert f"hal. {number} dari 4" in stamp
    (photo,) = book.pages[front + 2].images
    assert photo.image is not None and photo.image.size == (800, 400)
    assert float(book.pages[front + 2].mediabox.width) > float(book.pages[front + 2].mediabox.height)
    assert float(book.pages[front + 3].mediabox.width) < float(book.pages[front + 3].mediabox.height)
    heads = [each for each in book.outline if not isinstance(each, list)]
    below = next(each for each in book.outline if isinstance(each, list))
    assert [head.title for head in heads] == ["Sampul dan daftar isi", "Kontrak dan pelaksanaan"]
    assert [book.get_destination_page_number(each) for each in below] == [front + n for n in range(4)]
    assert book.page_labels[front:] == ["1", "2", "3", "4"]
    links = [note.get_object() for page in book.pages[:front] for note in page.get("/Annots") or []]
    assert len(links) == 8  # title and page of each
    assert all("/Dest" in link and "/A" not in link for link in links)


def test_a_paper_has_one_number_on_the_page_in_the_zip_and_in_the_pdf(market: Market) -> None:
    """What is still being made, or was replaced, leaves a gap rather than another numbering."""
    contract = market.contract("issued")
    first = issue_spk(contract, by=market.user("pka"))
    jobs.run(Job.objects.get(key=job_key(first)).pk)
    issue_spk(contract, by=market.user("pka"), paper="F4")  # its PDF is being made
    contract.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    parts = Dossier(contract.need, market.user("pka")).parts()
    numbers = {entry.title: number for part in parts for number, entry in part.entries}
    assert numbers["Kontrak bertanda tangan penyedia (pindaian)"] == 3
    packed = zipfile.ZipFile(io.BytesIO(made(asked(market, contract.need, "zip"))))
    assert [name[:3] for name in sorted(packed.namelist()) if not name.startswith("000")] == ["001", "003"]
    assert (
        "2. Kontrak (surat pesanan, SPK, atau surat perjanjian): PDF-nya masih"
        in packed.read("000 Catatan.txt").decode()
    )
    bundle = asked(market, contract.need, "pdf")
    book = PdfReader(io.BytesIO(made(bundle)))
    assert [remark[:10] for remark in bundle.remarks] == ["2. Kontrak"]
    assert "Belum siap saat diminta" in " ".join(page.extract_text() for page in book.pages)
    assert "dokumen 3" in book.pages[-1].extract_text() and "dokumen 1" not in book.pages[-2].extract_text()


def locked() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="a", user="b"))


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (locked(), "application/pdf", "dikunci dengan kata sandi"),
        (b"%PDF-1.7\nini bukan pdf", "application/pdf", "rusak"),
        (b"\xff\xd8\xff\xe0bukan foto", "image/jpeg", "rusak"),
    ],
)
def test_what_cannot_be_shown_has_a_page_that_says_so(market: Market, content: bytes, kind: str, says: str) -> None:
    contract = market.contract("running")
    keep(contract, content, "masalah", kind)
    bundle = asked(market, contract.need, "pdf")
    book = PdfReader(io.BytesIO(made(bundle)))
    page = book.pages[-1].extract_text()
    assert says in " ".join(page.split()) and "hal. 3 dari 3" in page
    assert len(bundle.remarks) == 1 and says in bundle.remarks[0]
    again = zipfile.ZipFile(io.BytesIO(made(asked(market, contract.need, "zip"))))
    assert any(again.read(name) == content for name in again.namelist())  # the ZIP has it as it is


def test_a_file_that_was_changed_or_lost_on_the_disk_is_told(market: Market) -> None:
    contract = market.contract("running")
    Path(contract.provider_scan.content.path).write_bytes(pdf(pages=2))
    Path(contract.village_scan.content.path).unlink()
    for form in ("zip", "pdf"):
        bundle = asked(market, contract.need, form)
        made(bundle)
        assert ["tidak sama lagi" in bundle.remarks[0], "tidak ditemukan" in bundle.remarks[1]] == [True, True], form


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_stamp_stands_upright_at_the_head_of_a_turned_page(market: Market, turn: int, tmp_path: Path) -> None:
    contract = market.contract("running")

    def turned(document: pikepdf.Pdf) -> None:
        document.pages[0].Rotate = turn
        document.pages[0].MediaBox = [100, 50, 500, 850]

    keep(contract, pdf(turned), "putar.pdf")
    page = PdfReader(io.BytesIO(made(asked(market, contract.need, "pdf")))).pages[-1]
    seen: list[tuple[str, float, float]] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: seen.append((text, *_at(cm, tm))))
    x, y = next((x, y) for text, x, y in seen if "dokumen 3" in text)
    corner = {0: (100, 850), 90: (100, 50), 180: (500, 50), 270: (500, 850)}[turn]
    assert abs(x - corner[0]) < 30 and abs(y - corner[1]) < 30


def _at(cm: list[float], tm: list[float]) -> tuple[float, float]:
    x, y = tm[4], tm[5]
    return cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]


def test_the_same_content_is_put_together_once(market: Market) -> None:
    contract = market.contract("running")
    first = asked(market, contract.need, "zip")
    made(first)
    assert asked(market, contract.need, "zip", "kades").pk == first.pk
    assert not jobs.run(Job.objects.get(key=first.job_key).pk)
    contract.report_progress(by=market.user("firm"), percent=10, text="Mulai.", photos=[market.photo("firm")])
    second = asked(market, contract.need, "zip")
    assert second.pk != first.pk
    assert len(zipfile.ZipFile(io.BytesIO(made(second))).namelist()) == 5


def test_a_bundle_is_had_by_who_may_see_all_that_is_in_it(market: Market) -> None:
    contract = market.contract("running")
    office = asked(market, contract.need, "zip")
    own = asked(market, contract.need, "zip", "firm", alone=True)
    made(office)
    made(own)
    assert office.pk != own.pk

    def readers(bundle: Bundle) -> set[str]:
        urls = [bundle.get_absolute_url(), bundle.file.get_absolute_url()]
        seen = {who: [market.client(who).get(url).status_code for url in urls] for who in market.everyone()}
        assert all(codes in ([200, 200], [404, 404], [302, 404]) for codes in seen.values()), seen
        return {who for who, codes in seen.items() if codes == [200, 200]}

    from tests.transactions.stage import OVERSEERS, VILLAGE

    assert readers(office) == VILLAGE | OVERSEERS
    assert readers(own) == {"firm"}
    Membership.objects.filter(user=market.user("kades")).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert market.client("kades").get(office.get_absolute_url()).status_code == 404


def test_who_works_for_a_provider_too_has_a_bundle_of_their_own(market: Market) -> None:
    sourcing = market.sourcing("open", hps=50_000_000)
    Membership.objects.create(
        user=market.user("rival"), role="pld", area_id=sourcing.need.village_id, starts_on=dt.date(2024, 1, 1)
    )
    response = market.client("rival").post(reverse("order-bundle-new", args=[sourcing.need.code, "zip"]))
    assert response.status_code == 302
    assert Bundle.objects.get().person == market.user("rival")
    assert market.client("pka").get(response["Location"]).status_code == 404


def test_the_page_waits_then_offers_the_file_and_says_when_it_goes(market: Market) -> None:
    contract = market.contract("running")
    client = market.client("pka")
    answer = client.post(reverse("order-bundle-new", args=[contract.need.code, "pdf"]))
    page = client.get(answer["Location"])
    assert "sedang dikumpulkan" in page.content.decode() and page["Refresh"].startswith("2; url=?tunggu=1")
    assert client.get(answer["Location"], {"tunggu": "9" * 30})["Refresh"].startswith("2;")
    made(Bundle.objects.get())
    page = client.get(answer["Location"])
    assert "Siap diunduh" in page.content.decode() and "Refresh" not in page
    assert client.get(reverse("order-bundle-new", args=[contract.need.code, "pdf"])).status_code == 405
    assert client.post(reverse("order-bundle-new", args=[contract.need.code, "exe"])).status_code == 404
    file = client.get(f"{Bundle.objects.get().file.get_absolute_url()}?unduh")
    assert file["Content-Disposition"].startswith("attachment") and file["Cache-Control"] == "private, no-store"


def test_a_bundle_that_cannot_be_made_says_so(market: Market) -> None:
    bundle = asked(market, market.contract("running").need, "zip")
    Job.objects.filter(key=bundle.job_key).update(parked_at=timezone.now())
    page = market.client("pka").get(bundle.get_absolute_url())
    assert "Belum dapat disiapkan" in page.content.decode() and "Refresh" not in page


def test_a_bundle_that_failed_is_tried_again_when_asked_for(market: Market) -> None:
    contract = market.contract("running")
    bundle = asked(market, contract.need, "zip")
    Job.objects.filter(key=bundle.job_key).update(parked_at=timezone.now(), tries=5)
    assert asked(market, contract.need, "zip").pk == bundle.pk
    assert not bundle.is_stuck
    assert made(bundle)


def test_each_download_of_a_bundle_with_a_personal_paper_is_written_down(market: Market) -> None:
    contract = market.contract("running")
    plain = asked(market, contract.need, "zip")
    made(plain)
    StoredFile.objects.filter(pk=contract.village_scan_id).update(personal=True)
    bundle = asked(market, contract.need, "zip")
    made(bundle)
    for each in (plain, bundle):
        assert market.client("kades").get(each.file.get_absolute_url()).status_code == 200
    assert list(FileView.objects.values_list("about_id", "user")) == [(str(bundle.file_id), market.user("kades").pk)]


def test_who_left_the_office_has_its_bundle_no_more_though_a_provider_of_theirs_was_asked(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=50_000_000)
    pld = Membership.objects.create(
        user=market.user("outsider"), role="pld", area_id=sourcing.need.village_id, starts_on=dt.date(2024, 1, 1)
    )
    bundle = asked(market, sourcing.need, "zip", "outsider", alone=True)
    assert bundle in Bundle.objects.visible_to(market.user("outsider"))
    sourcing.invitations.create(provider=market.third.provider, service=market.third_service)
    assert bundle not in Bundle.objects.visible_to(market.user("outsider"))
    pld.delete()
    assert bundle.need in Need.objects.visible_to(market.user("outsider"))
    assert bundle not in Bundle.objects.visible_to(market.user("outsider"))


def test_too_much_for_one_file_is_refused_with_a_sentence(market: Market, monkeypatch: Any) -> None:
    contract = market.contract("running")
    monkeypatch.setattr(bundling, "MOST_PAPERS", 1)
    url = reverse("order-bundle-new", args=[contract.need.code, "zip"])
    page = market.client("pka").post(url, follow=True).content.decode()
    assert "unduh satu per satu" in page
    assert not Bundle.objects.exists()


def test_after_a_week_it_goes_with_its_bytes_and_can_be_had_anew(
    market: Market, django_capture_on_commit_callbacks: Any
) -> None:
    contract = market.contract("running")
    bundle = asked(market, contract.need, "zip")
    made(bundle)
    path = Path(bundle.file.content.path)
    with time_machine.travel(timezone.now() + dt.timedelta(days=6), tick=True):
        forget_bundles()
        assert path.exists()
        assert asked(market, contract.need, "zip").pk == bundle.pk  # wanted again: it stays a week more
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=True):
        forget_bundles()
        assert path.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=14), tick=True):
        with django_capture_on_commit_callbacks(execute=True):
            forget_bundles()
        assert not path.exists()
        assert not Bundle.objects.exists() and not StoredFile.objects.filter(code=bundle.file.code).exists()
        again = asked(market, contract.need, "zip")
        assert again.pk != bundle.pk
        made(again)


def test_nothing_is_left_on_the_disk_but_the_one_file(market: Market) -> None:
    contract = market.contract("running")
    before = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    bundle = asked(market, contract.need, "pdf")
    left = Path(settings.MEDIA_ROOT, bundle.path)  # as a kill in the middle would leave it
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"setengah")
    made(bundle)
    after = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    assert after - before == {Path(bundle.file.content.path)} == {left}
