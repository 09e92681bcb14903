from typing import Any

import pytest
from django.test import Client

from core.models import Mail


@pytest.fixture
def demo(db: None, settings: Any) -> None:
    settings.DEMO = True


def test_there_is_no_practice_page_in_earnest(db: None, settings: Any) -> None:
    settings.DEMO = False
    Mail.objects.create(to="a@contoh.example", subject="Kode", body="RAHASIA")
    answer = Client().get("/latihan/")
    assert answer.status_code == 404
    assert b"RAHASIA" not in answer.content


def test_the_mailbox_shows_codes_newest_first_and_by_address(demo: None) -> None:
    for number in range(52):
        Mail.objects.create(to=f"o{number:02}@contoh.example", subject=f"Kode {number:02}", body="ABC-DEF")
    page = Client().get("/latihan/").content.decode()
    assert page.index("Kode 51") < page.index("Kode 50")
    assert "Kode 01" not in page
    found = Client().get("/latihan/?alamat=O01@contoh").content.decode()
    assert "Kode 01" in found
    assert "Kode 51" not in found
    assert "Belum ada surat untuk alamat itu." in Client().get("/latihan/?alamat=tiada").content.decode()


def test_a_mail_cannot_run_script_on_it(demo: None) -> None:
    Mail.objects.create(to="a@contoh.example", subject="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>")
    page = Client().get("/latihan/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_codes_are_shown_of_invented_people_only(demo: None) -> None:
    from tests.accounts.stage import SECRET, code_now, person, with_second_factor

    invented = with_second_factor(person("Dewi Contoh", email="dewi@contoh.example"), SECRET)
    real = with_second_factor(person("Budi Sungguhan", email="budi@kab.go.id"), "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    type(invented).objects.update(consent_version="2026-01")
    before, page, after = code_now(), Client().get("/latihan/").content.decode(), code_now()
    assert before in page or after in page
    assert invented.email in page
    assert real.email not in page
    assert code_now("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU") not in page


@pytest.mark.parametrize("query", ["alamat=%00", "alamat=" + "a" * 400, "alamat=%ff"])
def test_odd_questions_get_no_500(demo: None, query: str) -> None:
    assert Client().get(f"/latihan/?{query}").status_code in {200, 400}
