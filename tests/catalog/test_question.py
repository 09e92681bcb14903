"""Questions: asked without a name, answered for all, hidden with a reason; the provider never learns who asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role, User
from accounts.models.membership import SECOND_FACTOR_ROLES
from catalog.models import Question, Service
from core.models import Mail, Notice
from core.validators import validate_no_contact
from core.workflow import TransitionRefused
from p2ktd.todo import tasks
from tests.accounts.stage import with_second_factor
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT, SUKADANA
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.transactions.stage import attempt

pytestmark = pytest.mark.django_db

CAST = {
    "operator": (Role.VILLAGE_OPERATOR, KUTA),
    "kades": (Role.VILLAGE_HEAD, KUTA),
    "bpd": (Role.BPD, KUTA),
    "neighbour": (Role.VILLAGE_OPERATOR, SUKADANA),
    "pld": (Role.PLD, KUTA),
    "pd": (Role.PD, PUJUT),
    "tapm": (Role.TAPM, LOMBOK_TENGAH),
    "kecamatan": (Role.DISTRICT_OFFICE, PUJUT),
    "pokja": (Role.POKJA_MEMBER, LOMBOK_TENGAH),
    "chair": (Role.POKJA_CHAIR, LOMBOK_TENGAH),
    "dpmd": (Role.REGENCY_OFFICE, LOMBOK_TENGAH),
    "pokja2": (Role.POKJA_MEMBER, LOMBOK_BARAT),
    "dpmd2": (Role.REGENCY_OFFICE, LOMBOK_BARAT),
    "province": (Role.PROVINCE_OFFICE, "52"),
    "ministry": (Role.MINISTRY, None),
}
ASKERS = {"operator", "kades", "bpd", "neighbour", "pld", "pd", "tapm"}
MODERATORS = {"pokja", "chair", "dpmd", "ministry"}
TEXT = "Apakah modulnya dapat disesuaikan?"


@pytest.fixture
def people(areas: None) -> dict[str, User]:
    made = {"nobody": stage.person("nobody@desa.example")}
    for key, (role, area) in CAST.items():
        made[key] = User.objects.create_user(f"{key}@desa.example", "kata sandi contoh", name=f"Lalu Rahasia {key}")
        Membership.objects.create(user=made[key], role=role, area_id=area, starts_on=dt.date(2024, 1, 1))
        if role in SECOND_FACTOR_ROLES:
            with_second_factor(made[key])
    return made


@pytest.fixture
def offer(rinjani: Firm) -> Service:
    return stage.service(rinjani)


@pytest.fixture
def rival(areas: None) -> Firm:
    firm = stage.firm("PT Pesaing")
    stage.list_in_directory(firm.provider)
    return firm


def browser(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def asked(offer: Service, by: User, text: str = TEXT) -> Question:
    question = Question(service=offer, text=text)
    question.ask(by=fresh(by))
    return question


def answered(offer: Service, by: User, firm: Firm, text: str = TEXT, answer: str = "Dapat.") -> Question:
    question = asked(offer, by, text)
    question.answer(by=fresh(firm.person), answer_text=answer)
    return question


# --- who may ------------------------------------------------------------------------------------------
def test_village_officials_and_facilitators_ask_and_nobody_else(
    offer: Service, people: dict[str, User], rinjani: Firm, rival: Firm
) -> None:
    everyone = people | {"firm": rinjani.person, "rival": rival.person}
    may = {key for key, user in everyone.items() if Question(service=offer).may_create(fresh(user))}
    assert may == ASKERS
    assert not Question(service=offer).may_create(None)
    url = reverse("question-new", args=[offer.code])
    seen = {key for key, user in everyone.items() if browser(user).get(url).status_code == 200}
    assert seen == ASKERS
    assert browser(None).get(url)["Location"].startswith("/masuk/")


def test_who_may_do_what_with_a_question_in_each_state(
    offer: Service, people: dict[str, User], rinjani: Firm, rival: Firm
) -> None:
    everyone = people | {"firm": rinjani.person, "rival": rival.person}
    table = {
        ("asked", "answer"): {"firm"},
        ("asked", "hide"): MODERATORS,
        ("answered", "hide"): MODERATORS,
    }
    words = {"answer": {"answer_text": "Dapat."}, "hide": {"reason": "Tidak pantas."}}
    question = asked(offer, people["operator"])
    steps: list[Any] = [
        lambda: question.answer(by=fresh(rinjani.person), answer_text="Dapat."),
        lambda: question.hide(by=fresh(people["pokja"]), reason="Tidak pantas."),
        lambda: None,
    ]
    for step in steps:
        question.refresh_from_db()
        for verb in Question.MOVES:
            tried = {key: attempt(question, verb, fresh(user), words[verb]) for key, user in everyone.items()}
            made = {key for key, refusal in tried.items() if not refusal}
            assert made == table.get((question.state, verb), set()), (question.state, verb, tried)
        for key, user in everyone.items():
            buttons = {move.verb for move in question.open_moves(fresh(user)) if move.verdict}
            assert buttons == {verb for verb in Question.MOVES if key in table.get((question.state, verb), set())}
        step()
    assert question.state == "hidden"


def test_the_office_of_a_regency_that_lists_the_provider_may_hide_too(
    offer: Service, people: dict[str, User], rinjani: Firm
) -> None:
    question = asked(offer, people["operator"])
    assert not question.may_hide(fresh(people["dpmd2"]))
    stage.list_in_directory(rinjani.provider, LOMBOK_BARAT)
    assert question.may_hide(fresh(people["dpmd2"]))
    assert question in Question.objects.concerning(fresh(people["dpmd2"]))


def test_who_works_for_the_provider_does_not_ask_it(offer: Service, rinjani: Firm) -> None:
    Membership.objects.create(
        user=rinjani.person, role=Role.VILLAGE_OPERATOR, area_id=KUTA, starts_on=dt.date(2024, 1, 1)
    )
    with pytest.raises(TransitionRefused, match="bekerja pada penyedia"):
        asked(offer, rinjani.person)


def test_a_service_that_cannot_be_ordered_is_not_asked_about(
    offer: Service, people: dict[str, User], rinjani: Firm
) -> None:
    offer.pause(by=fresh(rinjani.person))
    with pytest.raises(TransitionRefused, match="tidak dapat dipesan"):
        asked(offer, people["operator"])


def test_the_fourth_question_waits_for_an_answer(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    first, *_ = [asked(offer, people["operator"], f"Pertanyaan {number}?") for number in range(3)]
    with pytest.raises(TransitionRefused, match="masih menunggu 3 jawaban"):
        asked(offer, people["operator"])
    asked(offer, people["kades"])
    first.answer(by=fresh(rinjani.person), answer_text="Ya.")
    asked(offer, people["operator"])


def test_twenty_questions_a_day_are_enough(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    client, url = browser(people["operator"]), reverse("question-new", args=[offer.code])
    for number in range(20):
        answer = send(client, url, f"Pertanyaan ke-{number}?")
        assert answer.status_code == 302, answer.content.decode()
        Question.objects.latest("pk").answer(by=fresh(rinjani.person), answer_text="Ya.")
    refused = send(client, url, "Satu lagi?")
    assert refused.status_code == 422
    assert "Terlalu banyak percobaan" in refused.content.decode()
    assert Question.objects.count() == 20


def send(client: Client, url: str, text: str) -> Any:
    """Fill in the form as the page gives it."""
    page = client.get(url)
    key = page.context["form"]["submit_key"].value()
    return client.post(url, {"text": text, "submit_key": key})


def test_the_same_form_sent_twice_asks_once(offer: Service, people: dict[str, User]) -> None:
    client, url = browser(people["operator"]), reverse("question-new", args=[offer.code])
    data = {"text": TEXT, "submit_key": client.get(url).context["form"]["submit_key"].value()}
    first, second = client.post(url, data), client.post(url, data)
    assert first["Location"] == second["Location"] == Question.objects.get().get_absolute_url()


# --- what must not stand in it --------------------------------------------------------------------------
CONTACTS = [
    "hubungi 0812-3456-7890", "wa 0812 3456 7890 ya", "+62 812 34567890", "62812345678901", "0 8 1 2 3 4 5 6 7 8 9",
    "(0370) 123456", "021 5551234", "info@contoh.id", "info (at) contoh . id", "lihat www.contoh", "https://contoh",
    "buka contoh.com", "Hubungi nol delapan satu dua 3456 7890", "wa.me/62812", "ikuti @rinjani_karya",
]  # fmt: skip
NO_CONTACTS = [
    "Harga 12.500.000 per paket?", "@ Rp500.000 per orang", "Surat 027/1/2026", "Tanggal 01-02-2026 sampai 03-02-2026",
    "Apakah 20 peserta cukup?", "Kode rekening 5.2.01.01", "Keputusan nomor 188.4/77/2026",
    "Selesai.Orang lain boleh ikut?", "Jam 08.00 sampai 16.00, 2 hari", "Tahun 2026/2027 dan 2028", "Satu atau dua hari untuk tiga puluh peserta?",
]  # fmt: skip


def test_contact_data_is_refused_in_question_and_answer(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    question, provider = asked(offer, people["operator"]), fresh(rinjani.person)
    for text in CONTACTS:
        with pytest.raises(ValidationError, match="nomor telepon"):
            asked(offer, people["operator"], text)
        with pytest.raises(ValidationError, match="nomor telepon"):
            question.answer(by=provider, answer_text=text)
        question.refresh_from_db()
        assert (question.state, question.answer_text) == ("asked", ""), text


@pytest.mark.parametrize("text", NO_CONTACTS)
def test_amounts_dates_and_letter_numbers_are_no_contact_data(text: str) -> None:
    validate_no_contact(text)


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(offer: Service, people: dict[str, User]) -> None:
    answer = send(browser(people["operator"]), reverse("question-new", args=[offer.code]), "WA saya 0812-3456-7890")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "WA saya 0812-3456-7890" in page
    assert "Jangan menulis nomor telepon" in page


@pytest.mark.parametrize("text", ["Kami dari Desa Kuta, apakah bisa?", "Saya Lalu  rahasia operator, bisa?"])
def test_one_does_not_give_oneself_away(text: str, offer: Service, people: dict[str, User]) -> None:
    answer = send(browser(people["operator"]), reverse("question-new", args=[offer.code]), text)
    assert answer.status_code == 422
    assert "Jangan menyebut nama Anda atau desa Anda" in answer.content.decode()


# --- who learns what -------------------------------------------------------------------------------------
def test_the_provider_nowhere_reads_who_asked(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    first = answered(offer, people["operator"], rinjani)
    second = asked(offer, people["kades"], "Berapa lama?")
    second.hide(by=fresh(people["pokja"]), reason="Sudah ditanyakan.")
    waiting = asked(offer, people["pld"], "Siapa pengajarnya?")
    client = browser(rinjani.person)
    pages = [
        "/perlu-tindakan/", "/pemberitahuan/", reverse("questions"), offer.get_absolute_url(),
        reverse("service-questions", args=[offer.code]), waiting.move_url("answer"), waiting.move_url("hide"),
        *(question.get_absolute_url() for question in (first, second, waiting)), reverse("profile-export"),
    ]  # fmt: skip
    for path in pages:
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (200, 403), path
        assert "Lalu Rahasia" not in text.decode(), path
        assert "Desa Kuta" not in text.decode(), path
    told = [f"{notice.title} {notice.body}" for notice in Notice.objects.filter(user=rinjani.person)]
    mails = [f"{mail.subject} {mail.body}" for mail in Mail.objects.filter(to=rinjani.person.email)]
    assert told
    assert not [text for text in told + mails if "Lalu Rahasia" in text or "Kuta" in text]


def test_the_public_reads_the_answered_ones_without_a_name(
    offer: Service, people: dict[str, User], rinjani: Firm
) -> None:
    answered(offer, people["operator"], rinjani, answer="Modul disusun bersama desa.")
    asked(offer, people["kades"], "Berapa hari pelatihannya?")
    hidden = answered(offer, people["pd"], rinjani, "Pertanyaan kasar?", "Jawaban kasar.")
    hidden.hide(by=fresh(people["pokja"]), reason="Kasar.")
    for path in (offer.get_absolute_url(), reverse("service-questions", args=[offer.code])):
        page = browser(None).get(path).content.decode()
        assert TEXT in page
        assert "Modul disusun bersama desa." in page
        assert "Lalu Rahasia" not in page
        assert "Berapa hari" not in page
        assert "kasar" not in page.lower()


def test_each_question_is_read_by_those_it_concerns(
    offer: Service, people: dict[str, User], rinjani: Firm, rival: Firm
) -> None:
    everyone = people | {"firm": rinjani.person, "rival": rival.person}
    question = asked(offer, people["operator"])

    def readers() -> set[str]:
        return {
            key for key, user in everyone.items() if browser(user).get(question.get_absolute_url()).status_code == 200
        }

    concerned = MODERATORS | {"operator", "firm"}
    assert readers() == concerned
    question.answer(by=fresh(rinjani.person), answer_text="Dapat.")
    assert readers() == set(everyone)
    question.hide(by=fresh(people["dpmd"]), reason="Tidak pantas.")
    assert readers() == concerned


def test_the_asker_and_the_provider_are_told(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    question = asked(offer, people["operator"])
    told = Notice.objects.get(user=rinjani.person, channel="site")
    assert told.title == f"Pertanyaan tentang “{offer.title}”"
    assert TEXT in told.body
    question.answer(by=fresh(rinjani.person), answer_text="Dapat disesuaikan.")
    assert Notice.objects.get(user=people["operator"], channel="site").body == "Dapat disesuaikan."
    question.hide(by=fresh(people["pokja"]), reason="Sudah tidak berlaku.")
    last = Notice.objects.filter(channel="site").order_by("pk")
    assert {row.user for row in last if "disembunyikan" in row.title} == {people["operator"], rinjani.person}
    assert "Sudah tidak berlaku." in last.last().body  # type: ignore[union-attr]


def test_it_waits_for_the_provider_until_it_is_answered(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    question = asked(offer, people["operator"])
    url = question.get_absolute_url()
    assert url in [task.url for task in tasks(fresh(rinjani.person))]
    assert not [task for task in tasks(fresh(people["operator"])) if task.url == url]
    question.answer(by=fresh(rinjani.person), answer_text="Dapat.")
    assert url not in [task.url for task in tasks(fresh(rinjani.person))]


def test_an_answer_is_given_through_its_page(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    question = asked(offer, people["operator"])
    client, url = browser(rinjani.person), question.move_url("answer")
    assert TEXT in client.get(url).content.decode()
    bad = client.post(url, {"answer_text": "Telepon 0812-3456-7890"})
    assert bad.status_code == 422
    assert "Telepon 0812-3456-7890" in bad.content.decode()
    assert client.post(url, {"answer_text": "Dapat."}).status_code == 302
    question.refresh_from_db()
    assert (question.state, question.answer_text) == ("answered", "Dapat.")


# --- lists -----------------------------------------------------------------------------------------------
def test_the_list_is_searched_filtered_and_says_when_it_is_empty(
    offer: Service, people: dict[str, User], rinjani: Firm, rival: Firm
) -> None:
    answered(offer, people["operator"], rinjani, "Apakah ada sertifikat?")
    asked(offer, people["operator"], "Berapa lama pelatihannya?")
    url = reverse("questions")

    def found(query: str, who: User = rinjani.person) -> list[str]:
        return [row.text for row in browser(who).get(f"{url}?{query}").context["page"].rows]

    assert found("") == ["Berapa lama pelatihannya?", "Apakah ada sertifikat?"]
    assert found("q=sertifikat") == ["Apakah ada sertifikat?"]
    assert found("q=BUM+Desa+lama") == ["Berapa lama pelatihannya?"]
    assert found("status=answered") == ["Apakah ada sertifikat?"]
    assert len(found("status=apa&sesudah=x")) == 2
    assert found("", people["operator"]) == found("")
    assert found("", people["pokja"]) == found("")
    assert found("", rival.person) == found("", people["neighbour"]) == []
    assert "Belum ada pertanyaan" in browser(rival.person).get(url).content.decode()
    assert "Tidak ada yang cocok" in browser(rinjani.person).get(f"{url}?q=tidakada").content.decode()


def test_lists_take_as_many_queries_for_three_as_for_one(
    offer: Service, people: dict[str, User], rinjani: Firm
) -> None:
    def cost(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    answered(offer, people["operator"], rinjani)
    pages = [
        (browser(None), reverse("service-questions", args=[offer.code])),
        (browser(rinjani.person), reverse("questions")),
        (browser(None), offer.get_absolute_url()),
    ]
    one = [cost(client, url) for client, url in pages]
    for number in range(2):
        answered(offer, people["kades"], rinjani, f"Lagi {number}?")
    assert [cost(client, url) for client, url in pages] == one


def test_the_page_of_answers_is_turned_by_key(offer: Service, people: dict[str, User], rinjani: Firm) -> None:
    for number in range(23):
        answered(offer, people["operator"], rinjani, f"Pertanyaan nomor {number}?")
    url = reverse("service-questions", args=[offer.code])
    first = browser(None).get(url).context["page"]
    second = browser(None).get(url + first.next_url).context["page"]
    assert [len(first.rows), len(second.rows)] == [20, 3]
    assert first.rows[0].text == "Pertanyaan nomor 22?"
    assert second.rows[-1].text == "Pertanyaan nomor 0?"
    service_page = browser(None).get(offer.get_absolute_url()).content.decode()
    assert service_page.count("Pertanyaan nomor") == 3
    assert "Semua pertanyaan dan jawaban" in service_page
