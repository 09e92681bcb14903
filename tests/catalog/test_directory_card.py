"""A provider's card, and the page that its QR code opens: listed today, or why not."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pypdf
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from catalog import directory, documents
from core.documents import page, render_document
from core.models import PrintedDocument
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.catalog.test_directory import SECRETS, body, in_days
from verification.models import Application, Sanction

pytestmark = pytest.mark.django_db


def status(provider: Any) -> str:
    return f"/penyedia/{provider.code}/status/"


def card(provider: Any) -> str:
    return f"/penyedia/{provider.code}/kartu/"


# --- the status page ------------------------------------------------------------------------------------------
def test_the_page_says_listed_until_when_and_by_which_decree(client: Client, rinjani: Firm) -> None:
    standing = rinjani.provider.standings.get()
    text = client.get(status(rinjani.provider)).content.decode()
    for words in (
        "CV Rinjani Karya", "<h2>Terdaftar</h2>", standing.status_sentence, standing.directory_number,
        "Keputusan nomor 188.4/77/2025 tanggal", "WITA",
    ):  # fmt: skip
        assert words in text, words
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    "ended", [{"valid_until": in_days(-1)}, {"ended_on": in_days(-3)}, {"ended_on": in_days(0)}], ids=str
)
def test_whose_listing_ended_is_told_by_name_regency_and_sentence_only(
    client: Client, areas: None, ended: dict
) -> None:
    firm = stage.firm("CV Sudah Lewat")
    standing = stage.list_in_directory(firm.provider, **ended)
    assert client.get(f"/penyedia/{firm.provider.code}/").status_code == 404
    text = client.get(status(firm.provider)).content.decode()
    assert "CV Sudah Lewat" in text
    assert "<h2>Tidak terdaftar</h2>" in text
    assert standing.status_sentence in text
    for hidden in (standing.directory_number, standing.decree_number, "Jalan Kantor", "0370", "@", *SECRETS):
        assert hidden not in text, hidden


@pytest.mark.parametrize(("kind", "words"), [("freeze", "Dibekukan"), ("blacklist", "Daftar hitam")])
def test_who_is_under_a_sanction_is_nowhere_and_the_card_says_why(
    client: Client, rinjani: Firm, kind: str, words: str
) -> None:
    """Sibling's defect 6; the sanction's end is a date, too."""
    stage.service(rinjani)
    member, chair = (
        stage.person(f"{role}@contoh.example", role, area_id=LOMBOK_TENGAH)
        for role in (Role.POKJA_MEMBER, Role.POKJA_CHAIR)
    )
    sanction = Sanction(
        provider=rinjani.provider, regency_id=LOMBOK_TENGAH, kind=kind, violation="Rahasia pelanggaran.",
        basis_number="BA/1", basis_date=in_days(0), starts_on=in_days(0), ends_on=in_days(30),
    )  # fmt: skip
    sanction.propose(by=member)
    assert "<h2>Terdaftar</h2>" in client.get(status(rinjani.provider)).content.decode()
    sanction.impose(by=chair)
    for path in ("/penyedia/", "/penyedia/unduh-csv/", f"/penyedia/direktori/{LOMBOK_TENGAH}/"):
        assert "CV Rinjani Karya" not in body(client.get(path)), path
    assert client.get(f"/penyedia/{rinjani.provider.code}/").status_code == 404
    text = client.get(status(rinjani.provider)).content.decode()
    assert "<h2>Tidak terdaftar</h2>" in text
    assert f"{words} di Kabupaten Lombok Tengah sampai {in_days(30):%d/%m/%Y}." in text
    assert "pelanggaran" not in text
    with time_machine.travel(dt.datetime.combine(in_days(31), dt.time(5), dt.UTC), tick=False):
        assert "<h2>Terdaftar</h2>" in client.get(status(rinjani.provider)).content.decode()
        assert "CV Rinjani Karya" in body(client.get("/penyedia/"))


def test_who_withdrew_is_told_so(client: Client, rinjani: Firm) -> None:
    rinjani.provider.standings.get().withdraw(by=rinjani.person, reason="Usaha tutup.")
    text = client.get(status(rinjani.provider)).content.decode()
    assert f"Mengundurkan diri dari direktori Kabupaten Lombok Tengah sejak {in_days(0):%d/%m/%Y}." in text
    assert "Usaha tutup" not in text


def test_each_regency_says_its_latest(client: Client, rinjani: Firm) -> None:
    """An ended one and its renewal; ended in the next regency; not yet begun in a third."""
    stage.list_in_directory(rinjani.provider, LOMBOK_BARAT, listed_on=in_days(-9), ended_on=in_days(-2))
    stage.list_in_directory(rinjani.provider, BANDUNG, listed_on=in_days(3))
    old = rinjani.provider.standings.get(regency=LOMBOK_TENGAH)
    type(old).objects.filter(pk=old.pk).update(ended_on=in_days(-5))
    Application.objects.filter(pk=old.application_id).update(state="withdrawn")
    new = stage.list_in_directory(rinjani.provider, listed_on=in_days(-5), valid_until=in_days(9))
    sentences = [row.status_sentence for row in directory.latest_standings(rinjani.provider)]
    text = client.get(status(rinjani.provider)).content.decode()
    assert len(sentences) == 2
    assert text.index(new.status_sentence) < text.index("Kabupaten Lombok Barat")  # what is in force stands first
    assert "Bandung" not in text


def test_who_was_never_listed_is_not_named(client: Client, unlisted: Firm) -> None:
    real = client.get(status(unlisted.provider))
    invented = client.get("/penyedia/ZZZZZZZZZZ/status/")
    assert real.status_code == invented.status_code == 404
    assert "Tidak pernah terdaftar" in real.content.decode()
    assert "Yayasan" not in real.content.decode()
    same = real.content.decode().replace(unlisted.provider.code, "ZZZZZZZZZZ")
    assert same == invented.content.decode()  # nobody learns who prepares an application


def test_the_sentence_turns_with_the_date_alone(client: Client, rinjani: Firm) -> None:
    last = rinjani.provider.standings.get().valid_until
    noon = dt.datetime.combine(last, dt.time(5), dt.UTC)
    with time_machine.travel(noon, tick=False):
        assert "<h2>Terdaftar</h2>" in client.get(status(rinjani.provider)).content.decode()
    with time_machine.travel(noon + dt.timedelta(days=1), tick=False):
        text = client.get(status(rinjani.provider)).content.decode()
        assert "<h2>Tidak terdaftar</h2>" in text
        assert f"berakhir {last:%d/%m/%Y}" in text


def test_the_page_is_small_and_asks_for_one_file(client: Client, rinjani: Firm) -> None:
    response = client.get(status(rinjani.provider))
    text = response.content.decode()
    assert len(response.content) < 3_000
    assert text.count("stylesheet") == 1
    assert "<script" not in text
    assert "<img" not in text
    assert "no-store" in response["Cache-Control"]


def test_a_code_typed_small_is_found(client: Client, rinjani: Firm) -> None:
    assert client.get(f"/penyedia/{rinjani.provider.code.lower()}/status/").status_code == 200


@pytest.mark.parametrize("code", ["x", "A" * 300, "1' OR 1=1", "😀", "<b>", "ß" * 12, "%20"])
def test_odd_codes_have_no_status(client: Client, rinjani: Firm, code: str) -> None:
    response = client.get(f"/penyedia/{code}/status/")
    assert response.status_code == 404
    assert "<b><b>" not in response.content.decode()


def test_the_status_costs_the_same_for_three_regencies(client: Client, rinjani: Firm) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(status(rinjani.provider))
        return len(queries)

    with_one = cost()
    for regency in (LOMBOK_BARAT, BANDUNG):
        stage.list_in_directory(rinjani.provider, regency)
    assert cost() == with_one
    assert with_one <= 4


# --- the card ---------------------------------------------------------------------------------------------------
def enter(client: Client, role: str, area: str) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    user = stage.person(f"{role}@contoh.example", role, area_id=area)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.force_login(user)


@pytest.mark.parametrize(
    ("role", "area", "code"),
    [
        (Role.POKJA_MEMBER, LOMBOK_TENGAH, 200),
        (Role.POKJA_CHAIR, LOMBOK_TENGAH, 200),
        (Role.REGENCY_OFFICE, LOMBOK_TENGAH, 200),
        (Role.POKJA_CHAIR, LOMBOK_BARAT, 404),
        (Role.REGENCY_OFFICE, LOMBOK_BARAT, 404),
    ],
)
def test_the_offices_of_its_regency_print_the_card(
    client: Client, rinjani: Firm, role: str, area: str, code: int
) -> None:
    enter(client, role, area)
    assert client.get(card(rinjani.provider)).status_code == code
    answer = client.post(card(rinjani.provider), {"terdaftar": LOMBOK_TENGAH, "kertas": "A6"})
    assert answer.status_code == (302 if code == 200 else 404)
    assert PrintedDocument.objects.count() == (1 if code == 200 else 0)


def test_another_provider_and_the_public_print_no_card(client: Client, rinjani: Firm, unlisted: Firm) -> None:
    assert client.get(card(rinjani.provider)).status_code == 302
    client.force_login(unlisted.person)
    assert client.get(card(rinjani.provider)).status_code == 404
    assert client.post(card(rinjani.provider), {"terdaftar": LOMBOK_TENGAH, "kertas": "A6"}).status_code == 404
    assert "Belum ada kartu" in client.get(card(unlisted.provider)).content.decode()


def test_the_provider_prints_its_card_once_for_the_same_content(client: Client, rinjani: Firm) -> None:
    client.force_login(rinjani.person)
    assert "Kartu penyedia" in client.get(f"/penyedia/{rinjani.provider.code}/").content.decode()
    data = {"terdaftar": LOMBOK_TENGAH, "kertas": "A6"}
    first, second = client.post(card(rinjani.provider), data), client.post(card(rinjani.provider), data)
    paper = PrintedDocument.objects.get()
    assert first["Location"] == second["Location"] == paper.get_absolute_url()
    assert client.get(paper.get_absolute_url()).status_code == 200
    sheet = client.post(card(rinjani.provider), data | {"kertas": "A4"})
    assert sheet["Location"] != first["Location"]


@pytest.mark.parametrize(
    "data",
    [{}, {"terdaftar": LOMBOK_BARAT, "kertas": "A6"}, {"terdaftar": LOMBOK_TENGAH, "kertas": "A0"}, {"terdaftar": "x"}],
)
def test_a_forged_listing_or_paper_is_refused(client: Client, rinjani: Firm, data: dict) -> None:
    client.force_login(rinjani.person)
    assert client.post(card(rinjani.provider), data).status_code == 422
    assert PrintedDocument.objects.count() == 0


@pytest.mark.parametrize(("sheet", "size", "copies"), [(False, (420, 298), 1), (True, (842, 595), 4)])
def test_the_card_is_one_page_with_its_status_address(
    rinjani: Firm, sheet: bool, size: tuple[int, int], copies: int
) -> None:
    stage.service(rinjani)
    standing = rinjani.provider.standings.get()
    paper = documents.issue_card(standing, by=rinjani.person, sheet=sheet)
    render_document(paper.pk)
    paper.refresh_from_db()
    with paper.file.content.open("rb") as file:
        (leaf,) = pypdf.PdfReader(io.BytesIO(file.read())).pages
    assert (round(leaf.mediabox.width), round(leaf.mediabox.height)) == size
    text = "".join(leaf.extract_text().split())
    for words in (
        "Penyedia P2KTD Terdaftar", "CV Rinjani Karya", standing.directory_number, "Kewirausahaan",
        f"/penyedia/{rinjani.provider.code}/status/", paper.code,
    ):  # fmt: skip
        assert text.count("".join(words.split())) >= copies, words
    assert [secret for secret in SECRETS if secret in text] == []
    assert page(paper)[0].count("Kode QR status penyedia") == copies
