"""Services that villages look for and nobody offers: who says so, who reads it, and that it counts once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import MissedSearch, WantedService
from catalog.models import wanted as wanted_module
from core.models import Notice
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import with_second_factor
from tests.areas import BANDUNG, KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, NTB, PRAYA, PUJUT, SUKADANA
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db

LIST = "/layanan-dicari/"
NEW = "/layanan-dicari/baru/"


@pytest.fixture
def people(rinjani: Firm) -> dict[str, User]:
    """The cast of one regency, its neighbour, and a listed and an unlisted provider."""
    elsewhere = stage.firm("PT Jauh", area=BANDUNG)
    stage.list_in_directory(elsewhere.provider, BANDUNG)
    unlisted = stage.firm("CV Belum Terdaftar")
    roles = {
        "operator": ("village_operator", KUTA), "head": ("village_head", KUTA), "next": ("village_operator", SUKADANA),
        "pld": ("pld", KUTA), "pd": ("pd", PUJUT), "tapm": ("tapm", LOMBOK_TENGAH),
        "pokja": ("pokja_member", LOMBOK_TENGAH), "office": ("regency_office", LOMBOK_TENGAH),
        "other": ("regency_office", LOMBOK_BARAT), "province": ("province_office", NTB),
    }  # fmt: skip
    cast = {name: stage.person(f"{name}@contoh.example", role, area_id=area) for name, (role, area) in roles.items()}
    ministry = stage.person("ministry@contoh.example", "ministry")
    for user in (cast["pokja"], cast["office"], cast["other"], cast["province"], ministry):
        with_second_factor(user)
    nobody = stage.person("nobody@contoh.example")
    return cast | {
        "ministry": ministry, "nobody": nobody, "provider": rinjani.person, "far": elsewhere.person,
        "unlisted": unlisted.person,
    }  # fmt: skip


def want(by: User, words: str = "budidaya lebah madu", village: str = KUTA, note: str = "") -> WantedService:
    return WantedService(words=words, village=Area.objects.get(pk=village), note=note).want(by=by)


def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


# --- counting -----------------------------------------------------------------------------------------------
def test_the_same_wish_of_a_village_counts_once_however_it_is_said(people: dict[str, User]) -> None:
    first = want(people["operator"], "Pelatihan BUM Desa")
    assert want(people["head"], "bumdes pelatihan").pk == first.pk
    assert want(people["pld"], "pelatihan badan usaha milik desa").pk == first.pk
    assert want(people["next"], "pelatihan bumdes", SUKADANA).pk != first.pk
    assert [(row["words"].lower()[:9], row["villages"]) for row in WantedService.objects.grouped()] == [
        ("pelatihan", 2)
    ]


def test_a_wish_that_was_answered_may_be_said_again(people: dict[str, User]) -> None:
    first = want(people["operator"])
    first.answer(by=people["pokja"], answer_text="Sejak bulan ini ada.")
    assert want(people["operator"]).pk != first.pk


def test_withdrawn_wishes_are_not_counted(people: dict[str, User]) -> None:
    want(people["operator"]).withdraw(by=people["head"])
    assert list(WantedService.objects.grouped()) == []


def test_wishes_of_a_village_are_bounded(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wanted_module, "MOST_OPEN", 2)
    want(people["operator"], "lebah")
    want(people["operator"], "tawon")
    with pytest.raises(TransitionRefused, match="2 permintaan terbuka"):
        want(people["operator"], "semut")
    want(people["next"], "semut", SUKADANA)


@pytest.mark.parametrize("words", ["desa", "yang untuk", "!!!"])
def test_words_that_say_nothing_are_refused(people: dict[str, User], words: str) -> None:
    with pytest.raises(TransitionRefused, match="lebih khusus"):
        want(people["operator"], words)


def test_a_kelurahan_does_not_buy(people: dict[str, User]) -> None:
    with pytest.raises(TransitionRefused, match="kelurahan"):
        want(people["tapm"], village=PRAYA)


# --- who ----------------------------------------------------------------------------------------------------
ASKERS = {"operator", "head", "pld", "pd", "tapm"}
READERS = ASKERS | {"pokja", "office", "province", "ministry"}


def test_only_the_village_and_its_helpers_ask(people: dict[str, User]) -> None:
    allowed = {
        name for name, user in people.items() if WantedService(village=Area.objects.get(pk=KUTA)).may_create(user)
    }
    assert allowed == ASKERS


def test_a_wish_is_read_in_its_village_and_above_and_nowhere_else(people: dict[str, User]) -> None:
    made = want(people["operator"], note="Penjelasan rahasia desa")
    read = {
        name
        for name, user in people.items()
        if "Penjelasan rahasia desa" in client(user).get(made.get_absolute_url()).content.decode()
    }
    assert read == READERS
    assert client(people["far"]).get(made.get_absolute_url()).status_code == 404


def test_who_may_answer_close_and_withdraw(people: dict[str, User]) -> None:
    made = want(people["operator"])
    may = {verb: {name for name, user in people.items() if made.may(verb, user)} for verb in WantedService.MOVES}
    assert may == {"answer": {"pokja", "office"}, "close": {"pokja", "office"}, "withdraw": ASKERS}


def test_lists_show_counts_to_listed_providers_and_names_to_the_regency(people: dict[str, User]) -> None:
    want(people["operator"], note="Penjelasan rahasia desa")
    want(people["next"], village=SUKADANA)
    counted, named = set(), set()
    for name, user in people.items():
        for tab in ("dihitung", "satu-per-satu", "pencarian"):
            text = client(user).get(LIST, {"lihat": tab}).content.decode()
            text = re.sub(r"(?s)<aside>.*?</aside>|<header.*?</header>", "", text)
            if tab == "dihitung" and "budidaya lebah madu" in text:
                counted.add(name)
            if "Desa Kuta" in text:
                named.add(name)
            assert "Penjelasan rahasia" not in text
    assert counted == READERS | {"next", "provider"}
    assert named == READERS
    assert client(people["nobody"]).get(LIST).status_code == 403


def test_who_is_not_logged_in_is_sent_to_the_login() -> None:
    for address in (LIST, NEW):
        assert Client().get(address)["Location"].startswith("/masuk/?next=")


# --- pages --------------------------------------------------------------------------------------------------
def send(user: User, **typed: str) -> Any:
    browser = client(user)
    form = browser.get(NEW).content.decode()
    key = re.search(r'name="submit_key" value="([^"]+)"', form)
    assert key
    return browser.post(NEW, {"submit_key": key[1], "note": "", "category": "", **typed})


def test_the_form_holds_what_was_searched_and_makes_one_wish(people: dict[str, User]) -> None:
    assert 'value="lebah madu"' in client(people["operator"]).get(NEW, {"q": "lebah madu"}).content.decode()
    answer = send(people["operator"], words="lebah madu", note="Untuk kelompok tani")
    made = WantedService.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, made.get_absolute_url())
    assert (made.village_id, made.regency_id, made.note) == (KUTA, LOMBOK_TENGAH, "Untuk kelompok tani")
    assert send(people["head"], words="madu lebah")["Location"] == made.get_absolute_url()
    assert WantedService.objects.count() == 1


def test_a_helper_chooses_a_village_of_its_own(people: dict[str, User]) -> None:
    assert send(people["pd"], words="lebah madu", village=SUKADANA).status_code == 302
    assert send(people["pd"], words="lebah madu", village="52.02.02.2002").status_code == 422
    assert WantedService.objects.get().village_id == SUKADANA


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Wajib diisi"),
        ("desa", "lebih khusus"),
        ("lebah madu Kuta", "Jangan menyebut nama desa"),
        ("lebah 081234567890", "nomor telepon"),
    ],
)
def test_what_was_typed_is_kept_when_it_is_refused(people: dict[str, User], words: str, says: str) -> None:
    answer = send(people["operator"], words=words, note="Penjelasan panjang")
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Penjelasan panjang" in answer.content.decode()
    assert not WantedService.objects.exists()


def test_what_is_offered_already_is_shown_before_it_is_wanted(people: dict[str, User], rinjani: Firm) -> None:
    made = stage.service(rinjani, "Budidaya lebah madu")
    stage.service(rinjani, "Lebah madu untuk Bandung", areas=(BANDUNG,))
    shown = client(people["operator"]).get(NEW, {"q": "lebah madu"}).content.decode()
    assert made.get_absolute_url() in shown
    assert "Lebah madu untuk Bandung" not in shown
    answer = send(people["operator"], words="lebah madu", note="Penjelasan panjang")
    assert answer.status_code == 422
    assert "Sudah ada layanan yang memuat kata itu" in answer.content.decode()
    assert "Penjelasan panjang" in answer.content.decode()
    assert not WantedService.objects.exists()
    assert send(people["operator"], words="lebah madu", anyway="on").status_code == 302
    assert WantedService.objects.get().words == "lebah madu"


def test_the_answer_reaches_who_asked(people: dict[str, User]) -> None:
    made = want(people["operator"])
    browser = client(people["pokja"])
    assert browser.get(f"{made.get_absolute_url()}jawab/").status_code == 200
    assert browser.post(f"{made.get_absolute_url()}jawab/", {"answer_text": "Cari “lebah”."}).status_code == 302
    notice = Notice.objects.get(user=people["operator"], channel="site")
    assert (notice.title, notice.body) == ("Dijawab: layanan yang dicari “budidaya lebah madu”", "Cari “lebah”.")
    browser.post(f"{made.get_absolute_url()}tutup/", {"answer_text": "terlambat"})
    made.refresh_from_db()
    assert (made.state, made.answer_text) == ("answered", "Cari “lebah”.")


def test_lists_search_filter_page_and_say_when_they_are_empty(people: dict[str, User]) -> None:
    browser = client(people["office"])
    assert "Belum ada permintaan" in browser.get(LIST).content.decode()
    for n in range(30):
        want(people["tapm"], f"layanan{chr(97 + n % 26)}{chr(97 + n // 26)} khusus", KUTA if n < 18 else SUKADANA)
    first = browser.get(LIST, {"lihat": "satu-per-satu"}).content.decode()
    assert first.count('<th scope="row">') == 20
    assert "sesudah=" in first
    assert browser.get(LIST, {"lihat": "dihitung", "hal": "2"}).content.decode().count('<th scope="row">') == 5
    assert "layananaa khusus" in browser.get(LIST, {"lihat": "dihitung", "q": "layananaa"}).content.decode()
    assert "Tidak ada yang cocok" in browser.get(LIST, {"q": "xqzw"}).content.decode()
    assert "Tidak ada yang cocok" in browser.get(LIST, {"status": "closed"}).content.decode()
    assert (
        browser.get(LIST, {"status": "x", "kategori": "\x01", "kata": "'", "hal": "zz", "lihat": "q"}).status_code
        == 200
    )


def test_a_counted_row_leads_to_the_wishes_behind_it(people: dict[str, User]) -> None:
    want(people["operator"], "lebah madu")
    want(people["operator"], "tawon")
    want(people["next"], "madu lebah", SUKADANA)
    browser = client(people["pokja"])
    row = re.search(r'<th scope="row"><a href="([^"]+)">', browser.get(LIST).content.decode())
    assert row
    text = browser.get(LIST + unescape(row[1])).content.decode()
    assert "Hanya permintaan untuk “lebah madu”" in text
    assert text.count('<th scope="row">') == 2
    assert "tawon" not in text
    assert "Tidak ada yang cocok" in browser.get(LIST, {"lihat": "satu-per-satu", "kata": "x" * 500}).content.decode()


def test_two_officials_at_once_make_one_wish(people: dict[str, User]) -> None:
    """The row of the village is held by the first; the second waits, and finds what the first made."""
    with CaptureQueriesContext(connection) as asked:
        want(people["operator"], "lebah madu")
    sql = [query["sql"] for query in asked.captured_queries]
    held = next(n for n, each in enumerate(sql) if "FOR NO KEY UPDATE" in each)
    looked = next(n for n, each in enumerate(sql) if "catalog_wantedservice" in each)
    assert held < looked


@pytest.mark.parametrize("tab", ["dihitung", "satu-per-satu"])
def test_a_list_costs_the_same_for_one_and_for_three(people: dict[str, User], tab: str) -> None:
    browser = client(people["office"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(LIST, {"lihat": tab})
        return len(asked)

    want(people["operator"], "lebah")
    cost()  # what a process keeps is made
    one = cost()
    want(people["operator"], "tawon")
    want(people["next"], "semut", SUKADANA)
    assert cost() == one


def test_searches_in_vain_are_shown_from_three_on_to_the_pokja_and_the_regencys_office(people: dict[str, User]) -> None:
    for words, area, times in (
        ("lebah madu", LOMBOK_TENGAH, 3),
        ("jarang dicari", LOMBOK_TENGAH, 2),
        ("lain", BANDUNG, 4),
        ("di mana saja", None, 3),
    ):
        for _ in range(times):
            MissedSearch.objects.note(words, area)
    pages = {name: client(user).get(LIST, {"lihat": "pencarian"}).content.decode() for name, user in people.items()}
    shown = {
        name: {words for words in ("lebah madu", "jarang dicari", ">lain<", "di mana saja") if words in page}
        for name, page in pages.items()
    }
    desk = {
        "pokja": {"lebah madu", "di mana saja"},
        "office": {"lebah madu", "di mana saja"},
        "other": {"di mana saja"},
    }
    assert {name: words for name, words in shown.items() if words} == desk
    assert {name for name, page in pages.items() if "Pencarian tanpa hasil" in page} == set(desk)  # not even the tab
