"""A signed sheet comes back by the QR code that is printed on it."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from core.documents import page
from core.models import PrintedDocument, StoredFile
from core.workflow import Caution
from tests.core.files import jpeg, pdf
from tests.transactions.stage import Market
from transactions.documents.contract import issue_spk
from transactions.documents.meeting import BEFORE, issue_attendance, issue_blank_minutes
from transactions.documents.payment import issue_receipt
from transactions.models import Contract, Meeting

pytestmark = pytest.mark.django_db
RECORDERS = {"operator", "sekdes", "bpd", "pld", "pd"}


def codes_on(paper: PrintedDocument) -> set[str]:
    """What the QR codes of the paper's page say, read from their pictures."""
    html, _ = page(paper)
    found = set()
    for data in re.findall(r'class="qr" src="data:image/svg\+xml;base64,([^"]+)"', html):
        found |= {each.text for each in zxingcpp.read_barcodes(drawn(base64.b64decode(data).decode()))}
    return found


def drawn(svg: str, scale: int = 8) -> Image.Image:
    """segno's picture: one stroked path of rows, "M x y", "h length" and "m dx dy"."""
    side = int(float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]))  # type: ignore[index]
    image = Image.new("L", (side * scale, side * scale), 255)
    pen, x, y = ImageDraw.Draw(image), 0.0, 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        if step == "M":
            x, y = float(first), float(second)
        elif step == "m":
            x, y = x + float(first), y + float(second)
        else:
            top = int((y - 0.5) * scale)
            pen.rectangle((int(x * scale), top, int((x + float(first)) * scale) - 1, top + scale - 1), fill=0)
            x += float(first)
    return image


def photo(side: int = 60) -> SimpleUploadedFile:
    return SimpleUploadedFile("lembar.jpg", jpeg(side, 40), content_type="image/jpeg")


def sheet(pages: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile("lembar.pdf", pdf(pages=pages), content_type="application/pdf")


def url_of(paper: PrintedDocument) -> str:
    return reverse("upload", args=[paper.code])


@pytest.mark.parametrize(("kind", "label", "issue"), BEFORE)
def test_the_printed_code_reads_back_as_the_address_of_its_sheet(
    market: Market, settings: Any, kind: str, label: str, issue: Any
) -> None:
    meeting = market.planned_meeting(market.account("musdes"))
    paper = issue(meeting, by=market.user("bpd"))
    check = f"{settings.SITE_URL}/cek/{paper.code}/"
    assert codes_on(paper) == {f"{settings.SITE_URL}{url_of(paper)}", check}


@pytest.mark.parametrize(
    ("number", "field"), [(0, "scan"), (1, "notes_scan"), (2, "attendance_scan")], ids=["minutes", "notes", "list"]
)
def test_each_sheet_lands_at_its_own_place(market: Market, number: int, field: str) -> None:
    meeting = market.planned_meeting(market.account("musdes"))
    paper = BEFORE[number][2](meeting, by=market.user("bpd"))
    landed = market.client("pld").post(url_of(paper), {"camera": photo()})
    assert landed["Location"] == meeting.get_absolute_url()
    meeting.refresh_from_db()
    kept = {name for name in ("scan", "notes_scan", "attendance_scan") if getattr(meeting, name)}
    assert kept == {field}
    assert meeting.assisted_by == market.user("pld")


def test_the_page_opens_the_camera_and_takes_photos_or_a_pdf(market: Market) -> None:
    paper = issue_blank_minutes(market.planned_meeting(market.account("musdes")), by=market.user("bpd"))
    text = market.client("operator").get(url_of(paper)).content.decode()
    assert 'capture="environment"' in text and 'accept="image/jpeg,image/png"' in text
    for wrong in ({}, {"camera": photo(), "pdf": sheet()}):
        assert market.client("operator").post(url_of(paper), wrong).status_code == 422


def test_the_same_upload_twice_changes_nothing(market: Market) -> None:
    meeting = market.planned_meeting(market.account("musdes"))
    paper = issue_blank_minutes(meeting, by=market.user("bpd"))
    client = market.client("bpd")
    for data in (lambda: {"camera": photo()}, lambda: {"photos": [photo(60), photo(70)]}, lambda: {"pdf": sheet()}):
        assert client.post(url_of(paper), data()).status_code == 302
        meeting.refresh_from_db()
        before = meeting.scan_id, meeting.events().count(), StoredFile.objects.count()
        again = client.post(url_of(paper), data(), follow=True)
        assert "Berkas yang sama sudah tersimpan; tidak ada perubahan." in again.content.decode()
        meeting.refresh_from_db()
        assert (meeting.scan_id, meeting.events().count(), StoredFile.objects.count()) == before
    assert meeting.events().filter(verb="attach").count() == 3


def test_photos_of_several_pages_become_one_pdf(market: Market) -> None:
    from pypdf import PdfReader

    meeting = market.planned_meeting(market.account("musdes"))
    paper = issue_attendance(meeting, by=market.user("bpd"))
    market.client("bpd").post(url_of(paper), {"photos": [photo(60), photo(70), photo(80)]})
    meeting.refresh_from_db()
    with meeting.attendance_scan.content.open("rb") as stored:
        assert len(PdfReader(io.BytesIO(stored.read())).pages) == 3


def test_only_who_may_attach_there_finds_the_address(market: Market) -> None:
    paper = issue_blank_minutes(market.planned_meeting(market.account("musdes")), by=market.user("bpd"))
    statuses = {key: market.client(key).get(url_of(paper)).status_code for key in market.everyone()}
    assert {key for key, status in statuses.items() if status == 200} == RECORDERS
    assert {status for key, status in statuses.items() if key not in RECORDERS | {"public"}} == {404}
    assert statuses["public"] == 302  # to log in first
    assert market.client("bpd2").post(url_of(paper), {"pdf": sheet()}).status_code == 404
    assert market.client("bpd").get(reverse("upload", args=["ZZZZZZZZZZ"])).status_code == 404


def test_a_sheet_that_comes_late_reads_why_it_is_not_taken(market: Market) -> None:
    meeting = market.planned_meeting(market.account("musdes"))
    paper = issue_blank_minutes(meeting, by=market.user("bpd"))
    meeting.cancel(by=market.user("bpd"), reason="Hujan.")
    late = market.client("bpd").post(url_of(paper), {"pdf": sheet()})
    assert late.status_code == 409
    assert "tidak dapat dilakukan: statusnya sekarang Batal." in late.content.decode()


def test_a_list_may_still_come_after_the_decision_but_not_take_anothers_place(market: Market) -> None:
    meeting = market.meeting(market.account("musdes"), full=False)
    paper = issue_attendance(meeting, by=market.user("bpd"))
    meeting.attach(by=market.user("bpd"), scan=market.file("bpd"), photos=[market.photo("bpd"), market.photo("bpd")])
    market.decide(meeting, "accepted")
    assert market.client("bpd").post(url_of(paper), {"pdf": sheet()}).status_code == 302
    other = market.client("bpd").post(url_of(paper), {"pdf": sheet(2)})
    assert other.status_code == 409 and "tidak diganti lagi" in other.content.decode()


def test_a_sheet_printed_before_the_plan_finds_the_assembly_once_there_is_one(market: Market) -> None:
    account = market.account("musdes")
    paper = issue_blank_minutes(account, by=market.user("pld"))
    client = market.client("pld")
    early = client.get(url_of(paper)).content.decode()
    assert "Musdes belum dicatat" in early and reverse("meeting-new", args=[account.code]) in early
    assert market.client("kades").get(url_of(paper)).status_code == 404
    meeting = market.meeting(account, full=False)
    assert client.post(url_of(paper), {"pdf": sheet()})["Location"] == meeting.get_absolute_url()
    assert Meeting.objects.get(pk=meeting.pk).scan is not None


def test_a_list_printed_before_the_plan_may_still_come_after_the_decision(market: Market) -> None:
    account = market.account("musdes")
    paper = issue_attendance(account, by=market.user("pld"))
    meeting = market.meeting(account, full=False)
    meeting.attach(by=market.user("pld"), scan=market.file("pld"), photos=[market.photo("pld"), market.photo("pld")])
    market.decide(meeting, "accepted")
    assert market.client("pld").post(url_of(paper), {"pdf": sheet()})["Location"] == meeting.get_absolute_url()
    assert Meeting.objects.get(pk=meeting.pk).attendance_scan is not None


def test_a_sheet_of_the_first_round_does_not_land_in_the_second(market: Market) -> None:
    account = market.account("musdes")
    paper = issue_blank_minutes(account, by=market.user("pld"))
    first = market.meeting(account, decision="refused")
    market.mend(account)
    again = issue_blank_minutes(account, by=market.user("pld"))
    second = market.meeting(account, full=False)
    client = market.client("pld")
    late = client.post(url_of(paper), {"pdf": sheet()})
    assert late.status_code == 409 and late.context["document"] == first
    assert client.post(url_of(again), {"pdf": sheet()})["Location"] == second.get_absolute_url()
    assert Meeting.objects.get(pk=second.pk).scan is not None


def test_a_cancelled_assembly_takes_no_sheet_that_another_one_may(market: Market) -> None:
    account = market.account("musdes")
    paper = issue_blank_minutes(account, by=market.user("pld"))
    market.planned_meeting(account).cancel(by=market.user("bpd"), reason="Hujan.")
    assert "Musdes belum dicatat" in market.client("pld").get(url_of(paper)).content.decode()
    meeting = market.meeting(account, full=False)
    assert market.client("pld").post(url_of(paper), {"pdf": sheet()})["Location"] == meeting.get_absolute_url()


def test_a_step_that_wants_a_reason_is_taken_on_its_own_page(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = market.contract("issued")
    paper = issue_spk(contract, by=market.user("pka"))
    caution = Caution("odd", "Penyedia masih diperiksa.")
    monkeypatch.setattr(Contract, "cautions", lambda self, verb, user: [caution])
    page = market.client("firm").post(url_of(paper), {"pdf": sheet()})
    text = page.content.decode()
    assert page.status_code == 409 and "Langkah ini memerlukan alasan tertulis. Penyedia masih diperiksa." in text
    assert contract.move_url("sign_for_provider") in text


def test_a_receipt_is_handed_in_by_its_code_only_while_the_request_is_put_together(market: Market) -> None:
    request = market.request(market.account("payment").contract, "draft")
    early = issue_receipt(request, by=market.user("pka"))
    assert any("/unggah/" in code for code in codes_on(early))
    paid = market.request(market.account("payment").contract, "paid")
    late = issue_receipt(paid, by=market.user("pka"))  # signed when the money came: the bill is filed by then
    assert not any("/unggah/" in code for code in codes_on(late))


def test_a_signed_contract_comes_back_the_same_way(market: Market) -> None:
    contract = market.contract("issued")
    paper = issue_spk(contract, by=market.user("pka"))
    assert market.client("pka").get(url_of(paper)).status_code == 200  # not yet theirs to sign: the page says so
    assert market.client("pka").post(url_of(paper), {"pdf": sheet()}).status_code == 409
    assert market.client("firm").post(url_of(paper), {"pdf": sheet()}).status_code == 302
    contract.refresh_from_db()
    assert (contract.state, contract.village_scan) == ("provider_signed", None)
    assert market.client("kades").get(url_of(paper)).status_code == 404


def test_the_pages_of_a_signed_contract_may_be_photographed_one_by_one(market: Market) -> None:
    from pypdf import PdfReader

    contract, client = market.contract("issued"), market.client("firm")
    address = contract.move_url("sign_for_provider")
    assert "foto setiap halaman" in client.get(address).content.decode()
    mixed = client.post(address, {"scan": [photo(60), sheet()]})
    assert (mixed.status_code, "tidak keduanya" in mixed.content.decode()) == (422, True)
    assert client.post(address, {"scan": [photo(60), photo(70), photo(80)]}).status_code == 302
    contract.refresh_from_db()
    with contract.provider_scan.content.open("rb") as stored:
        assert len(PdfReader(io.BytesIO(stored.read())).pages) == 3
