"""Who is sent to log in reads what for."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/layanan/ABC/tanya/", "untuk mengajukan pertanyaan"),
        ("/daftar-pendek/simpan/?layanan=ABC", "untuk menyimpan layanan ke daftar pendek"),
        ("/pembelian/baru/?layanan=ABC", "untuk mencatat kebutuhan"),
    ],
)
def test_the_page_says_what_one_logs_in_for(path: str, said: str) -> None:
    page = Client().get(path, follow=True)
    assert page.redirect_chain[0][0].startswith("/masuk/?next=")
    assert said in page.content.decode()


def test_who_came_for_nothing_in_particular_reads_no_reason() -> None:
    assert "Masuk sebagai" not in Client().get("/masuk/").content.decode()
    assert "Masuk sebagai" not in Client().get("/masuk/?next=/lain/").content.decode()
