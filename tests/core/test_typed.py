"""A session ends in the middle of a long form: what was typed comes back, to the same person and nobody else."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.models import Role, User, VillageAccess
from core import typed
from core.models import StoredFile
from core.tasks import forget_sessions
from tests.accounts.stage import PASSWORD, SECRET, code_now, fresh, give, person, with_second_factor
from tests.areas import KUTA, LOMBOK_TENGAH, load_areas
from tests.core import files

pytestmark = pytest.mark.django_db

NAME, ACCESS = "/profil/nama/", "/akses-desa/baru/"
ENDED = "Sesi Anda berakhir sebelum isian terkirim."
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}


class Browser:
    """A browser without JavaScript, whose cookies and hidden fields we know."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.page = ""

    def get(self, path: str) -> str:
        response = self.client.get(path, follow=True)
        self.page = response.content.decode()
        return self.page

    def hidden(self) -> dict[str, Any]:
        """The hidden fields of the page's own form (the last one with a token that is not the way out)."""
        forms = re.findall(r"<form.*?</form>", self.page, re.DOTALL)
        own = next(form for form in forms if 'name="csrfmiddlewaretoken"' in form and "/keluar/" not in form)
        found: dict[str, Any] = {}
        for name, value in re.findall(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)"', own):
            found.setdefault(name, []).append(html.unescape(value))
        return found

    def send(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Any:
        response = self.client.post(path, self.hidden() | (fields or {}), **(ORIGIN | headers))
        self.page = response.content.decode()
        return response

    def log_in(self, user: User, next_page: str = "") -> Any:
        self.get(f"/masuk/?next={next_page}")
        return self.send("/masuk/", {"login": user.email, "password": PASSWORD, "next": next_page})

    def session_ends(self) -> None:
        """The row goes, and the browser forgets the cookie, which is as old."""
        Session.objects.all().delete()
        del self.client.cookies["sessionid"]

    def kept(self) -> bool:
        return typed.SESSION_KEY in self.client.session


@pytest.fixture
def areas() -> None:
    load_areas()


@pytest.fixture
def salmah() -> User:
    return person("Contoh Salmah")


@pytest.fixture
def browser(salmah: User) -> Browser:
    browser = Browser()
    assert browser.log_in(salmah, NAME)["Location"] == NAME
    browser.get(NAME)
    return browser


def letter(**changed: Any) -> dict[str, Any]:
    scan = SimpleUploadedFile("surat tugas.pdf", files.pdf())
    return {
        "village": KUTA, "role": "village_operator", "position": "Kasi \"Pelayanan\" <b>", "phone": "0812-3456-7890",
        "letter_number": "188.4/12/KD/2025", "letter_date": "2025-03-01", "letter": scan,
    } | changed  # fmt: skip


# --- it comes back -----------------------------------------------------------------------------------------
def test_what_was_typed_is_sent_by_one_click_after_logging_in_again(browser: Browser, salmah: User) -> None:
    browser.session_ends()
    answer = browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    assert answer["Location"] == f"/masuk/?next={NAME}"
    assert ENDED in browser.get(answer["Location"])
    answer = browser.send("/masuk/", {"login": salmah.email, "password": PASSWORD, "next": NAME})
    page = browser.get(answer["Location"])
    assert "Isian Anda masih ada" in page
    assert "<li>Contoh Salmah binti Sahdan</li>" in page
    assert "Kirim isian saya" in page
    assert fresh(salmah).name == "Contoh Salmah"  # nothing is sent by itself
    assert browser.send(NAME).status_code == 302
    assert fresh(salmah).name == "Contoh Salmah binti Sahdan"
    assert "Isian Anda masih ada" not in browser.get(NAME)


def test_a_form_with_a_file_comes_back_filled_in_and_asks_for_the_file_again(
    areas: None, browser: Browser, salmah: User
) -> None:
    browser.get(ACCESS)
    browser.session_ends()
    browser.send(ACCESS, letter())
    browser.log_in(salmah, ACCESS)
    page = browser.get(ACCESS)
    assert "surat tugas.pdf" in page
    assert "Kembalikan isian saya" in page
    answer = browser.send(ACCESS)
    assert answer.status_code == 422
    page = browser.page
    assert "Isian Anda dikembalikan; berkas harus dipilih lagi." in page
    assert "Pilih berkas ini lagi; sesi Anda berakhir sebelum berkas tersimpan." in page
    for text in ("188.4/12/KD/2025", "0812-3456-7890", "2025-03-01", KUTA, "Kasi &#34;Pelayanan&#34; &lt;b&gt;"):
        assert text in page
    assert not StoredFile.objects.exists()
    answer = browser.send(ACCESS, letter(position="Kasi Pelayanan"))
    assert answer.status_code == 302
    assert VillageAccess.objects.get().letter_number == "188.4/12/KD/2025"


def test_a_file_that_need_not_be_there_is_not_left_out_in_silence(browser: Browser, salmah: User) -> None:
    """Sent without it, the form would be accepted, and the person believe that the scan is stored."""
    from django import forms
    from django.utils.datastructures import MultiValueDict

    from core.forms import ImagesUploadField, ScanUploadField

    class Record(forms.Form):
        scan = ScanUploadField(required=False)
        photos = ImagesUploadField(required=False)

    lost = MultiValueDict({"scan": [typed.LostFile("a")], "photos": [typed.LostFile("b"), typed.LostFile("c")]})
    form = Record({}, lost)
    assert set(form.errors) == {"scan", "photos"}
    assert all("Pilih berkas ini lagi" in message for messages in form.errors.values() for message in messages)
    assert Record({}, {}).is_valid()


def test_sent_twice_it_makes_one_thing(areas: None, browser: Browser, salmah: User) -> None:
    """The key of the form that was open before the session ended is still that of this person."""
    browser.get(ACCESS)
    key = browser.hidden()["submit_key"]
    browser.session_ends()
    browser.send(ACCESS, letter())
    browser.log_in(salmah, ACCESS)
    browser.get(ACCESS)
    assert browser.hidden()["submit_key"] == key
    browser.send(ACCESS)
    first = browser.send(ACCESS, letter(submit_key=key[0], position=""))
    browser.get(ACCESS)
    second = browser.send(ACCESS, letter(submit_key=key[0], position=""))
    assert first["Location"] == second["Location"]
    assert VillageAccess.objects.count() == 1


def test_it_survives_the_second_factor(areas: None) -> None:
    """Pokja members have two steps to take, on two pages."""
    member = with_second_factor(person("Contoh Ketua"))
    give(member, Role.POKJA_CHAIR, LOMBOK_TENGAH)
    browser = Browser()
    browser.log_in(member, NAME)
    browser.get("/masuk/kode/")
    assert browser.send("/masuk/kode/", {"code": code_now(SECRET)})["Location"] == NAME
    browser.get(NAME)
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Ketua Pokja"})
    limits.used_code(member, code_now(SECRET)).forget()  # the same code again: hours would have passed
    assert browser.log_in(member, NAME)["Location"].startswith("/masuk/kode/")
    browser.get("/masuk/kode/")
    answer = browser.send("/masuk/kode/", {"code": code_now(SECRET)})
    assert "<li>Contoh Ketua Pokja</li>" in browser.get(answer["Location"])


def test_a_form_that_was_open_while_somebody_logged_in_elsewhere_loses_nothing(browser: Browser, salmah: User) -> None:
    """Logging in changes the CSRF token: the other tab's form has the old one."""
    old = browser.hidden()
    browser.session_ends()
    browser.log_in(salmah, NAME)
    answer = browser.client.post(NAME, old | {"name": "Contoh Salmah binti Sahdan"}, **ORIGIN)
    assert answer.status_code == 403
    browser.page = answer.content.decode()
    assert "<li>Contoh Salmah binti Sahdan</li>" in browser.page
    assert fresh(salmah).name == "Contoh Salmah"
    assert browser.send(NAME).status_code == 302
    assert fresh(salmah).name == "Contoh Salmah binti Sahdan"


def test_it_can_be_thrown_away(browser: Browser, salmah: User) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    browser.log_in(salmah, NAME)
    assert "/?isian=buang" in browser.get(NAME)
    browser.get("/?isian=buang")
    assert "binti Sahdan" not in browser.get(NAME)
    assert not browser.kept()


def test_a_session_that_lasted_for_its_longest_loses_nothing_either(browser: Browser, salmah: User) -> None:
    session = browser.client.session
    session["began"] = 0
    session.save()
    answer = browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    assert answer["Location"] == f"/masuk/?next={NAME}"
    browser.log_in(salmah, NAME)
    assert "<li>Contoh Salmah binti Sahdan</li>" in browser.get(NAME)


# --- to nobody else, and from nowhere else -----------------------------------------------------------------
def test_somebody_else_at_the_same_computer_sees_nothing_of_it(browser: Browser) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    assert browser.kept()
    browser.log_in(person("Contoh Lain"), NAME)
    assert "binti Sahdan" not in browser.get(NAME)
    assert not browser.kept()


def test_after_logging_out_nothing_more_is_kept(browser: Browser) -> None:
    old = browser.hidden()
    browser.get("/keluar/")
    browser.client.post("/keluar/", {"csrfmiddlewaretoken": old["csrfmiddlewaretoken"]}, **ORIGIN)
    assert browser.client.cookies[typed.PERSON_COOKIE].value == ""
    answer = browser.client.post(NAME, old | {"name": "Contoh Salmah binti Sahdan"}, **ORIGIN)
    assert answer["Location"] == f"/masuk/?next={NAME}"
    assert not browser.kept()


def test_a_stranger_makes_us_keep_nothing() -> None:
    stranger = Client()
    stranger.cookies[typed.PERSON_COOKIE] = "1:forged:signature"
    answer = stranger.post(NAME, {"name": "x" * 1000}, **ORIGIN)
    assert answer["Location"] == f"/masuk/?next={NAME}"
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://jahat.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "", "HTTP_REFERER": "https://jahat.example/http://testserver/"},
        {"HTTP_ORIGIN": ""},
    ],
)
def test_a_form_on_another_site_is_not_kept_and_not_offered(
    browser: Browser, salmah: User, headers: dict[str, str]
) -> None:
    """Or a page of somebody's could put words into the mouth of whoever logs in next."""
    forged = browser.client.post(NAME, {"name": "Contoh Jahat", "csrfmiddlewaretoken": "x" * 64}, **(ORIGIN | headers))
    assert forged.status_code == 403
    assert "Contoh Jahat" not in forged.content.decode()
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Jahat"}, **headers)
    assert not browser.kept()
    browser.log_in(salmah, NAME)
    assert "Contoh Jahat" not in browser.get(NAME)


def test_a_browser_that_sends_only_a_referer_is_believed(browser: Browser) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh"}, HTTP_ORIGIN="", HTTP_REFERER="http://testserver/profil/nama/")
    assert browser.kept()


def test_passwords_are_never_kept(browser: Browser, salmah: User) -> None:
    browser.session_ends()
    for path in ("/kata-sandi/ubah/", "/email/", "/keamanan/aktifkan/"):
        browser.client.post(path, {"oldpassword": PASSWORD, "email": "a@b.example", "code": "123456"}, **ORIGIN)
        assert not browser.kept(), path
    browser.send(NAME, {"name": "Contoh", "password1": PASSWORD, "kata_sandi": PASSWORD, "otp": "123456"})
    browser.log_in(salmah, NAME)
    page = browser.get(NAME)
    assert "Isian Anda masih ada" in page
    assert PASSWORD not in page
    assert "123456" not in page


def test_it_lies_encrypted_and_not_without_end(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "5202041234567890 Salmah"})
    stored = browser.client.session[typed.SESSION_KEY]
    assert "Salmah" not in stored
    assert "5202041234567890" not in str(dict(browser.client.session))
    browser.session_ends()
    browser.client.post(NAME, {"name": "x" * (typed.KEEP_BYTES + 1)}, **ORIGIN)
    assert not browser.kept()


def test_numbers_are_sent_back_but_not_shown(browser: Browser, salmah: User) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Salmah", "nik": "5202041234567890"})
    browser.log_in(salmah, NAME)
    page = browser.get(NAME)
    assert "<li>Contoh Salmah</li>" in page
    assert "<li>5202041234567890</li>" not in page
    assert 'name="nik" value="5202041234567890"' in page


def test_a_lone_button_is_not_kept(browser: Browser) -> None:
    browser.session_ends()
    assert browser.send("/profil/keluar-semua/")["Location"].startswith("/masuk/")
    assert not browser.kept()


def test_after_a_day_it_is_gone(browser: Browser, salmah: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    browser.log_in(salmah, NAME)
    monkeypatch.setattr(typed, "KEEP_SECONDS", -1)
    assert "binti Sahdan" not in browser.get(NAME)
    assert not browser.kept()


def test_what_nobody_takes_back_goes_with_its_session(browser: Browser) -> None:
    browser.session_ends()
    browser.send(NAME, {"name": "Contoh Salmah binti Sahdan"})
    assert browser.kept()
    forget_sessions()
    assert Session.objects.count() == 1  # it may still be taken back
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    forget_sessions()
    assert not Session.objects.exists()
