import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import limits
from accounts.models import Role, User
from core.models import Mail
from tests.accounts.stage import (
    PASSWORD,
    SECRET,
    Cast,
    at_once,
    code_now,
    fresh,
    give,
    logged_in,
    person,
    with_second_factor,
)
from tests.areas import LOMBOK_TENGAH

NEW = {
    "name": "Ayu  Lestari, S.E.", "email": "Ayu@desa.example", "password1": PASSWORD, "side": "village", "agree": "on",
}  # fmt: skip


def mailed_code(email: str) -> str:
    """The code in the newest mail to this address."""
    body = Mail.objects.filter(to=email).latest("pk").body
    found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]*)\s*$", body, re.M)
    assert found, body
    return found[1]


# --- sign-up ---------------------------------------------------------------------------------------------
def test_signing_up_with_the_code_from_the_mail_leads_to_the_next_step(areas: None) -> None:
    client = Client()
    assert client.post("/daftar/", NEW)["Location"] == "/daftar/kode/"
    user = User.objects.get()
    assert (user.name, user.email, user.side) == ("Ayu Lestari, S.E.", "ayu@desa.example", "village")
    assert user.consent_version == "2026-01"
    assert user.consent_at is not None
    assert "_auth_user_id" not in client.session
    answer = client.post("/daftar/kode/", {"code": mailed_code("ayu@desa.example")})
    assert answer["Location"] == "/perlu-tindakan/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get().verified


def test_a_new_account_has_no_rights(areas: None) -> None:
    Client().post("/daftar/", NEW)
    user = User.objects.get()
    assert user.memberships_now == []
    assert not user.is_staff


@pytest.mark.parametrize("missing", ["name", "email", "password1", "side", "agree"])
def test_every_question_of_sign_up_is_asked(areas: None, missing: str) -> None:
    answer = Client().post("/daftar/", {k: v for k, v in NEW.items() if k != missing})
    assert answer.status_code == 200
    assert User.objects.count() == 0


@pytest.mark.parametrize("password", ["kucing", "123456789012345", "1q2w3e4r5t6y", "ayu@desa.example"])
def test_weak_passwords_are_refused(areas: None, password: str) -> None:
    Client().post("/daftar/", NEW | {"password1": password})
    assert User.objects.count() == 0


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(cast: Cast) -> None:
    known, new = Client(), Client()
    answers = [
        known.post("/daftar/", NEW | {"email": cast.nobody.email}, follow=True),
        new.post("/daftar/", NEW, follow=True),
    ]
    bodies = [strip(answer.content.decode(), cast.nobody.email, "ayu@desa.example") for answer in answers]
    assert bodies[0] == bodies[1]
    assert User.objects.filter(email=cast.nobody.email).count() == 1
    assert "sudah" in Mail.objects.get(to=cast.nobody.email).body


def strip(page: str, *addresses: str) -> str:
    """A page without what differs by nature."""
    for address in addresses:
        page = page.replace(address, "@")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_two_submits_at_once_make_one_account(transactional_db: None) -> None:
    answers = at_once(*[lambda: Client().post("/daftar/", NEW).status_code] * 4)
    assert answers == [302] * 4
    assert User.objects.count() == 1


def test_a_wrong_code_from_the_mail_is_not_enough(areas: None) -> None:
    client = Client()
    client.post("/daftar/", NEW)
    client.post("/daftar/kode/", {"code": "SALAH1"})
    assert not EmailAddress.objects.get().verified
    assert "_auth_user_id" not in client.session


def test_one_session_sent_in_parallel_gets_no_more_tries_of_a_code(areas: None) -> None:
    client = Client()
    client.post("/daftar/", NEW)
    for _ in range(15):
        limits.mailed_codes("ayu@desa.example").take()
    page = client.post("/daftar/kode/", {"code": mailed_code("ayu@desa.example")})
    assert "Terlalu banyak percobaan" in page.content.decode()
    assert not EmailAddress.objects.get().verified


# --- log-in -----------------------------------------------------------------------------------------------
def test_unknown_address_and_wrong_password_read_the_same(cast: Cast) -> None:
    pages = [
        strip(Client().post("/masuk/", {"login": email, "password": "keliru sekali"}).content.decode(), email)
        for email in (cast.nobody.email, "tiada@desa.example")
    ]
    assert pages[0] == pages[1]
    assert "Email atau kata sandi tidak cocok." in pages[0]


def test_a_forgotten_password_is_set_anew_with_a_code(cast: Cast) -> None:
    client = Client()
    other = logged_in(cast.nobody)
    for _ in range(10):
        limits.wrong_passwords(cast.nobody.email).take()
    client.post("/kata-sandi/lupa/", {"email": cast.nobody.email})
    answer = client.post("/kata-sandi/lupa/kode/", {"code": mailed_code(cast.nobody.email)})
    assert answer["Location"] == "/kata-sandi/lupa/baru/"
    new = "lima belas layang putus"
    client.post("/kata-sandi/lupa/baru/", {"password1": new, "password2": new})
    assert fresh(cast.nobody).check_password(new)
    assert other.get("/profil/").status_code == 302  # whoever was logged in with the old one is out
    again = Client()
    again.post("/masuk/", {"login": cast.nobody.email, "password": new})
    assert "_auth_user_id" in again.session


def test_asking_for_a_password_of_an_unknown_address_reads_the_same(cast: Cast) -> None:
    pages = []
    for email in (cast.nobody.email, "tiada@desa.example"):
        answer = Client().post("/kata-sandi/lupa/", {"email": email}, follow=True)
        pages.append(strip(answer.content.decode(), email))
    assert pages[0] == pages[1]


def test_with_redis_away_people_still_log_in(cast: Cast, settings: Any) -> None:
    cache = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": cache}
    client = Client()
    client.post("/masuk/", {"login": cast.office.email, "password": PASSWORD})
    answer = client.post("/masuk/kode/", {"code": code_now()})
    assert answer["Location"] == "/perlu-tindakan/"
    assert "_auth_user_id" in client.session


# --- the second factor -----------------------------------------------------------------------------------
def enter(client: Client, user: User, code: str) -> bool:
    client.post("/masuk/", {"login": user.email, "password": PASSWORD})
    client.post("/masuk/kode/", {"code": code})
    return "_auth_user_id" in client.session


def test_the_password_alone_lets_no_office_in(cast: Cast) -> None:
    client = Client()
    answer = client.post("/masuk/", {"login": cast.office.email, "password": PASSWORD})
    assert answer["Location"].startswith("/masuk/kode/")
    assert "_auth_user_id" not in client.session


def test_a_code_opens_once(cast: Cast) -> None:
    code = code_now()
    assert enter(Client(), cast.office, code)
    assert not enter(Client(), cast.office, code)


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(cast.office).generate_codes()[0]
    assert enter(Client(), cast.office, code)
    assert not enter(Client(), cast.office, code)


def test_after_ten_wrong_codes_the_right_one_waits(cast: Cast) -> None:
    for _ in range(10):
        enter(Client(), cast.office, "000000")
    assert not enter(Client(), cast.office, code_now())


def test_secrets_lie_encrypted(cast: Cast) -> None:
    assert cast.office.pk
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert SECRET not in stored


def test_setting_up_the_second_factor_ends_the_sessions_that_lack_it(committed_cast: Cast) -> None:
    user = person("Gede Baru")
    give(user, Role.REGENCY_OFFICE, LOMBOK_TENGAH)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/masuk/", {"login": user.email, "password": PASSWORD})
    page = here.get("/keamanan/aktifkan/")
    secret = page.context["form"].secret
    assert 'src="data:image/svg+xml' in page.content.decode()
    answer = here.post("/keamanan/aktifkan/", {"code": code_now(secret)})
    assert answer["Location"] == "/keamanan/kode-pemulihan/"
    assert here.get("/keamanan/kode-pemulihan/").status_code == 200
    assert here.get("/profil/").status_code == 200
    assert elsewhere.get("/profil/")["Location"].startswith("/masuk/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_other_sessions_end_with_the_button_and_this_one_stays(cast: Cast) -> None:
    here, elsewhere = logged_in(cast.operator), logged_in(cast.operator)
    assert here.post("/profil/keluar-semua/").status_code == 302
    assert here.get("/profil/").status_code == 200
    assert elsewhere.get("/profil/")["Location"].startswith("/masuk/")


@pytest.mark.parametrize("path", ["/", "/perlu-tindakan/", "/profil/", "/admin/", "/admin/accounts/membership/",
                                  "/berkas/ABC/", "/layanan/", "/akses-desa/", "//admin/", "/latihan/"])  # fmt: skip
def test_an_office_without_the_second_factor_gets_no_page(cast: Cast, path: str) -> None:
    user = person("Gede Baru")
    give(user, Role.POKJA_MEMBER, LOMBOK_TENGAH)
    answer = logged_in(user).get(path)
    assert (answer.status_code, answer.get("Location")) in {(302, "/keamanan/aktifkan/"), (404, None)}
    if not path.startswith("//"):
        assert answer.status_code == 302


@pytest.mark.parametrize(
    "name", ["account_logout", "mfa_activate_totp", "mfa_index", "account_reauthenticate", "privacy"]
)
def test_the_way_to_the_second_factor_and_out_is_open(cast: Cast, name: str) -> None:
    user = person("Gede Baru")
    give(user, Role.POKJA_MEMBER, LOMBOK_TENGAH)
    answer = logged_in(user).get(reverse(name))
    assert answer.get("Location", "") != "/keamanan/aktifkan/" or name == "mfa_activate_totp"


def test_village_people_may_do_without_and_may_have_one(cast: Cast) -> None:
    assert logged_in(cast.operator).get("/profil/").status_code == 200
    with_second_factor(cast.operator)
    client = Client()
    client.post("/masuk/", {"login": cast.operator.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_who_must_have_it_cannot_put_it_down(cast: Cast) -> None:
    client = Client()
    assert enter(client, cast.office, code_now())
    assert client.post("/keamanan/matikan/")["Location"].startswith("/masuk/ulang/")
    client.post("/masuk/ulang/", {"password": PASSWORD})
    answer = client.post("/keamanan/matikan/")
    assert "mewajibkan" in answer.content.decode()
    assert Authenticator.objects.filter(user=cast.office, type="totp").exists()


# --- the session -------------------------------------------------------------------------------------------
def test_a_session_lasts_two_hours_without_use_at_least(settings: Any) -> None:
    assert settings.SESSION_COOKIE_AGE >= 2 * 3600


def test_a_session_is_renewed_while_used_and_ends_in_any_case(cast: Cast, settings: Any) -> None:
    client = logged_in(cast.operator)
    client.get("/profil/")
    assert "sessionid" not in client.get("/profil/").cookies  # not at every page
    session = client.session
    session["seen"] = int(time.time()) - 700
    session.save()
    assert client.get("/profil/").cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE
    session = client.session
    session["began"] = int(time.time()) - settings.SESSION_LONGEST - 1
    session.save()
    assert client.get("/profil/")["Location"] == "/masuk/?next=/profil/"


def test_pages_of_a_person_are_kept_by_no_cache(cast: Cast) -> None:
    assert "no-store" in logged_in(cast.operator).get("/profil/")["Cache-Control"]


def test_every_answer_carries_its_headers(cast: Cast) -> None:
    for answer in (Client().get("/masuk/"), logged_in(cast.operator).get("/profil/"), Client().get("/tiada/")):
        assert answer["Permissions-Policy"].startswith("camera=()")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "default-src 'self'" in answer["Content-Security-Policy"]


# --- the admin ---------------------------------------------------------------------------------------------
def test_the_admin_has_no_login_of_its_own(cast: Cast) -> None:
    for path in ("/admin/", "/admin/login/", "/admin/accounts/user/"):
        chain = Client().get(path, follow=True).redirect_chain
        assert chain[-1][0].startswith("/masuk/?next=")
    assert (
        Client()
        .post("/admin/login/", {"username": cast.office.email, "password": PASSWORD})["Location"]
        .startswith("/masuk/")
    )


@pytest.mark.parametrize("name", ["operator", "provider", "nobody", "pld", "province"])
def test_the_admin_is_closed_to_others(cast: Cast, name: str) -> None:
    answer = logged_in(getattr(cast, name)).get("/admin/", follow=True)
    assert answer.status_code == 403


def test_the_looser_policy_is_confined_to_the_admin(cast: Cast) -> None:
    client = logged_in(cast.office)
    assert "unsafe" not in client.get("/profil/")["Content-Security-Policy"]
    assert "unsafe" not in Client().get("/masuk/")["Content-Security-Policy"]
    assert "unsafe-eval" in client.get("/admin/accounts/membership/")["Content-Security-Policy"]


# --- keys and lost telephones ------------------------------------------------------------------------------
def test_with_a_new_key_the_old_one_may_go_and_people_still_get_in(cast: Cast, settings: Any) -> None:
    import base64

    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from django.core.management import call_command

    codes = RecoveryCodes.activate(cast.office)
    before = codes.generate_codes()
    settings.FIELD_KEYS = settings.FIELD_KEYS | {"baru": base64.b64encode(b"k" * 32).decode()}
    call_command("rotate_field_keys", verbosity=0)
    settings.FIELD_KEYS = {"baru": settings.FIELD_KEYS["baru"]}
    codes.instance.refresh_from_db()
    assert codes.generate_codes() == before
    assert enter(Client(), cast.office, code_now())


def test_a_lost_telephone_is_forgotten_with_a_reason(cast: Cast) -> None:
    from django.core.management import CommandError, call_command

    from core.models import Event

    session = logged_in(cast.office)
    call_command("forget_second_factor", cast.office.email, "--reason", "HP hilang.")
    assert not Authenticator.objects.filter(user=cast.office).exists()
    assert session.get("/profil/")["Location"].startswith("/masuk/")
    assert Event.objects.get(about="accounts.user").note == "HP hilang."
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "tiada@desa.example", "--reason", "x")
