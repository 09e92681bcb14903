"""A public tender: what everyone reads, who takes part, and questions that nobody can trace."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.clock import database_now
from core.models import Mail, Notice
from core.workflow import TransitionRefused
from tests.transactions.stage import Market, days_later
from tests.transactions.test_once import key_of
from transactions.models import Invitation, ProcurementRule, Sourcing, TenderQuestion
from verification.models import Standing

pytestmark = pytest.mark.django_db
ASKED = "Apakah tenaga ahli harus bermalam di desa?"


@pytest.fixture
def tender(market: Market) -> Sourcing:
    return market.sourcing("open", hps=250_000_000)


def ask(market: Market, tender: Sourcing, by: str = "firm", text: str = ASKED) -> TenderQuestion:
    question = TenderQuestion(sourcing=tender, text=text)
    question.ask(by=market.user(by))
    return question


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


# --- the public pages ----------------------------------------------------------------------------------
def test_everyone_reads_what_was_announced(market: Market, tender: Sourcing) -> None:
    page = text_of(market.client("public"), tender.public_url)
    for said in (
        "Pembukuan BUM Desa", "Contoh Tpk", "Dua hari kelas, modul, dan laporan.", "Rp250.000.000", "14 (empat belas) hari",
        "Dana Desa", "Pengumuman", "Pendaftaran dan pengambilan dokumen", "Pertanyaan dan jawaban", "Pemasukan penawaran",
        "Evaluasi teknis dan biaya", "Negosiasi", "Penetapan pemenang", "Menerima Penawaran", "WITA",
    ):  # fmt: skip
        assert said in page, said
    assert tender.code in text_of(market.client("public"), reverse("tenders"))


@pytest.mark.parametrize("hps", [9_500_000, 20_000_000, 250_000_000])
def test_what_is_no_announced_tender_is_nobodys_to_read_there(hps: int, market: Market) -> None:
    sourcing = market.sourcing("draft" if hps > 200_000_000 else "open", hps=hps)
    for key in ("public", "tpk", "firm", "ministry"):
        for name in ("tender", "tender-register", "tender-question-new"):
            answer = market.client(key).get(reverse(name, args=[sourcing.code]))
            assert answer.status_code == (302 if key == "public" and name != "tender" else 404)
        assert sourcing.code not in text_of(market.client(key), reverse("tenders"))


def test_the_list_is_searched_filtered_and_paged(market: Market, tender: Sourcing) -> None:
    public, url = market.client("public"), reverse("tenders")

    def codes(**asked: str) -> list[str]:
        return [row.code for row in public.get(url, asked).context["tenders"]]

    over = market.sourcing("quoted", hps=230_000_000, need=market.need(estimate=240_000_000, title="Peta desa"))
    market.let_deadline_pass(over)
    done = market.sourcing("awarded", hps=240_000_000, need=market.need(estimate=240_000_000, title="Irigasi"))
    assert codes() == [done.code, over.code, tender.code]
    assert codes(tahap="buka") == [tender.code]
    assert codes(tahap="proses") == [over.code]
    assert codes(tahap="selesai") == [done.code]
    assert codes(tahap="gagal") == []
    assert codes(q="peta") == [over.code]
    assert codes(q=tender.code.lower()) == [tender.code]
    assert codes(q="tidak ada") == []
    assert codes(kategori="kewirausahaan", sebelum=over.code) == [tender.code]
    assert codes(sebelum="TIDAKADA") == codes()
    with days_later(60):  # the stage goes by the database's clock
        assert codes(tahap="buka") == [tender.code]


def test_an_empty_list_says_so(market: Market) -> None:
    public, url = market.client("public"), reverse("tenders")
    assert "Belum ada lelang" in text_of(public, url)
    assert "Tidak ada lelang yang cocok" in text_of(public, f"{url}?q=irigasi")


def test_before_the_award_nobody_reads_who_takes_part_and_after_it_everyone_who_won(market: Market) -> None:
    tender = market.sourcing("evaluated", hps=250_000_000)
    public = market.client("public")
    for name in ("CV Rinjani", "PT Tastura", "249.8", "249.9", "Memenuhi"):
        assert name not in text_of(public, tender.public_url)
    tender.award(by=market.user("tpk"), quotation=tender.quotations.order_by("price")[0])
    page = text_of(public, tender.public_url)
    assert "PT Tastura" in page
    assert "Rp249.800.000" in page
    assert "CV Rinjani" not in page
    assert "249.900.000" not in page


def test_a_tender_that_failed_tells_everyone_why(market: Market, tender: Sourcing) -> None:
    tender.fail(by=market.user("tpk"), reason="Tidak ada penawaran yang masuk.")
    page = text_of(market.client("public"), tender.public_url)
    assert "Lelang gagal" in page
    assert "Tidak ada penawaran yang masuk." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_take_the_same_queries_for_one_row_and_for_three(rows: int, market: Market) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    tenders = [market.sourcing("open", hps=250_000_000, need=market.need(estimate=250_000_000)) for _ in range(rows)]
    for number in range(rows):
        ask(market, tenders[0], text=f"Pertanyaan {number}?").answer(by=market.user("tpk"), answer_text="Ya.")
    public = market.client("public")
    with CaptureQueriesContext(
        connection,
    ) as listed:
        assert len(public.get(reverse("tenders")).context["tenders"]) == rows
    with CaptureQueriesContext(connection) as one:
        assert len(public.get(tenders[0].public_url).context["questions"]) == rows
    assert len(listed) <= 6, [query["sql"][:100] for query in listed]
    assert len(one) <= 18, [query["sql"][:100] for query in one]


# --- what it asks of the rule ----------------------------------------------------------------------------
def test_announcement_and_questions_last_as_long_as_the_rule_says(market: Market) -> None:
    ProcurementRule.objects.update(tender_days=5, question_hours=48)
    tender = market.sourcing("draft", hps=250_000_000)
    tpk, now, hour = market.user("tpk"), database_now(), dt.timedelta(hours=1)
    with pytest.raises(TransitionRefused, match=r"paling singkat 5 hari dari sekarang\."):
        tender.announce_tender(by=tpk, deadline=now + 5 * 24 * hour - hour)
    deadline = now + 6 * 24 * hour
    for until in (now + 47 * hour, deadline + hour):
        with pytest.raises(TransitionRefused, match="Batas pertanyaan paling cepat 48 jam dari sekarang, dan tidak"):
            tender.announce_tender(by=tpk, deadline=deadline, questions_until=until)
    with pytest.raises(TransitionRefused, match="Jadwal harus berurutan"):
        tender.announce_tender(by=tpk, deadline=deadline, evaluates_at=deadline + hour, negotiates_at=deadline)
    tender.announce_tender(by=tpk, deadline=deadline, questions_until=now + 49 * hour)
    assert tender.state == "open"


def test_by_a_rule_that_is_silent_questions_are_taken_until_the_deadline(market: Market) -> None:
    ProcurementRule.objects.update(tender_days=None, question_hours=None)
    tender = market.sourcing("open", hps=250_000_000)
    assert tender.questions_until == tender.deadline
    ask(market, tender)
    draft = market.sourcing("draft", hps=250_000_000, need=market.need(estimate=250_000_000))
    page = text_of(market.client("tpk"), draft.move_url("announce_tender"))
    assert " 0 jam" not in page
    assert " 0 hari" not in page


def test_a_rule_changed_in_the_middle_changes_nothing_of_a_tender_that_runs(market: Market, tender: Sourcing) -> None:
    before = (tender.rule_id, tender.deadline, tender.questions_until)
    ProcurementRule.objects.create(
        regency_id=tender.need.village.regency_code, basis="Perbup baru", valid_from=market.today,
        direct_limit=300_000_000, quotation_limit=400_000_000, two_openers=False, tender_days=90, question_hours=900,
    )  # fmt: skip
    market.register(tender, "firm")
    market.quote(tender, "firm", 240_000_000)
    market.let_deadline_pass(tender)
    with pytest.raises(TransitionRefused, match="dibuka oleh dua orang"):
        tender.open_quotations(by=market.user("tpk"))
    market.open_offers(tender)
    tender.refresh_from_db()
    assert (tender.method, tender.state) == ("tender", "opened")
    assert (tender.rule_id, tender.questions_until) == (before[0], before[2])
    assert market.draft_sourcing(hps=250_000_000).need.state == "budgeted"


# --- taking part -----------------------------------------------------------------------------------------
def test_a_listed_provider_registers_once_and_then_offers(market: Market, tender: Sourcing) -> None:
    with pytest.raises(TransitionRefused, match="Daftarkan diri dahulu pada halaman lelangnya"):
        market.quote(tender, "outsider", 240_000_000)
    assert market.client("outsider").get(tender.get_absolute_url()).status_code == 404
    client, url = market.client("outsider"), reverse("tender-register", args=[tender.code])
    data = {"service": market.third_service.pk, "submit_key": key_of(client, url)}
    first, again = client.post(url, data), client.post(url, data)
    assert (first.status_code, first["Location"]) == (302, tender.get_absolute_url())
    assert again["Location"] == first["Location"]
    entry = Invitation.objects.get(sourcing=tender)
    assert (entry.provider, entry.how) == (market.third.provider, "registered")
    assert "sudah terdaftar sebagai peserta" in client.get(url).content.decode()
    assert market.register(tender, "outsider") == entry
    market.quote(tender, "outsider", 240_000_000)
    assert tender.quotations.count() == 1


def suspend(provider: Any) -> None:
    Standing.objects.filter(provider=provider).update(valid_until=dt.date(2025, 1, 1), listed_on=dt.date(2024, 1, 1))


@pytest.mark.parametrize("who", ["firm", "tpk", "operator", "dpmd", "nobody"])
def test_who_is_not_listed_or_no_provider_reads_why_it_can_not_take_part(
    who: str, market: Market, tender: Sourcing
) -> None:
    suspend(market.firm.provider)
    page = market.client(who).get(reverse("tender-register", args=[tender.code]))
    assert page.status_code == 403
    said = (
        "CV Rinjani belum atau sedang tidak terdaftar di sana." if who == "firm" else "masuk dengan akun penyedia Anda"
    )
    assert said in page.content.decode()
    assert not tender.invitations.exists()


def test_another_providers_service_is_no_way_in(market: Market, tender: Sourcing) -> None:
    with pytest.raises(TransitionRefused, match="Pilih salah satu layanan Anda"):
        tender.register(by=market.user("firm"), service=market.rival_service)
    client, url = market.client("firm"), reverse("tender-register", args=[tender.code])
    data = {"service": market.rival_service.pk, "submit_key": key_of(client, url)}
    assert client.post(url, data).status_code == 422
    assert not tender.invitations.exists()


def test_after_the_deadline_nobody_registers_whatever_the_applications_clock_says(
    market: Market, tender: Sourcing
) -> None:
    with days_later(60):
        market.register(tender, "firm")
    market.let_deadline_pass(tender)
    with days_later(-60), pytest.raises(TransitionRefused, match=r"^Pendaftaran lelang ini sudah ditutup\.$"):
        market.register(tender, "rival")


def test_rivals_do_not_read_each_others_names(market: Market, tender: Sourcing) -> None:
    for key in ("firm", "rival"):
        market.register(tender, key)
        market.quote(tender, key, 240_000_000)
    page = text_of(market.client("firm"), tender.get_absolute_url()) + text_of(market.client("firm"), tender.public_url)
    assert "PT Tastura" not in page
    assert "PT Tastura" in text_of(market.client("tpk"), tender.get_absolute_url())


# --- questions -------------------------------------------------------------------------------------------
EVERYONE = ("public", "tpk", "pka", "operator", "kades", "bpd", "pld", "dpmd", "ministry", "rival", "outsider")


def test_who_asked_is_shown_to_nobody_before_and_after_the_answer(market: Market, tender: Sourcing) -> None:
    Mail.objects.all().delete()
    Notice.objects.all().delete()
    User.objects.filter(pk=market.firm.person.pk).update(name="Penanya Rahasia")
    question = ask(market, tender)
    pages = [
        tender.public_url,
        tender.get_absolute_url(),
        question.move_url("answer"),
        reverse("todo"),
        reverse("notices"),
    ]

    def leaks() -> list[tuple[str, str]]:
        asker, firm = market.user("firm"), market.firm.provider.name
        found = []
        for key in EVERYONE:
            client = market.client(key)
            for url in pages:
                body = client.get(url, follow=True).content.decode()
                found += [(key, url) for words in ("Penanya Rahasia", asker.email, firm) if words in body]
        written = json.dumps(list(Notice.objects.values()) + list(Mail.objects.values()), default=str)
        return found + [("notice", words) for words in (firm, "Penanya Rahasia") if words in written]

    assert leaks() == []
    assert ASKED in text_of(market.client("tpk"), tender.public_url)
    for key in ("public", "rival", "kades", "dpmd"):
        assert ASKED not in text_of(market.client(key), tender.public_url)
    market.register(tender, "rival")
    question.answer(by=market.user("tpk"), answer_text="Tidak perlu.")
    assert leaks() == []
    for key in EVERYONE:
        page = text_of(market.client(key), tender.public_url)
        assert ASKED in page
        assert "Tidak perlu." in page
    told = Notice.objects.filter(title__startswith="Jawaban lelang").values_list("user__email", flat=True)
    assert set(told) == {market.user("rival").email, market.user("firm").email}


def test_the_same_question_sent_twice_is_asked_once(market: Market, tender: Sourcing) -> None:
    client, url = market.client("rival"), reverse("tender-question-new", args=[tender.code])
    data = {"text": ASKED, "submit_key": key_of(client, url)}
    assert client.post(url, data)["Location"] == client.post(url, data)["Location"] == f"{tender.public_url}#pertanyaan"
    assert TenderQuestion.objects.count() == 1


def test_questions_end_at_their_date_and_answers_at_the_deadline(market: Market, tender: Sourcing) -> None:
    waiting = ask(market, tender)
    Sourcing.objects.filter(pk=tender.pk).update(questions_until=database_now() - dt.timedelta(seconds=1))
    with (
        days_later(-60),
        pytest.raises(TransitionRefused, match=r"^Pertanyaan untuk lelang ini sudah ditutup\. Batasnya"),
    ):
        ask(market, Sourcing.objects.get(pk=tender.pk), "rival")
    market.let_deadline_pass(tender)
    with pytest.raises(TransitionRefused, match="jadi pertanyaan tidak dijawab lagi"):
        waiting.answer(by=market.user("tpk"), answer_text="Ya.")


def test_only_the_team_answers_and_only_once(market: Market, tender: Sourcing) -> None:
    question = ask(market, tender)
    for key in ("pka", "operator", "kades", "dpmd", "ministry", "firm", "rival", "tpk2"):
        with pytest.raises(TransitionRefused, match=r"^Lelang dilakukan oleh Tim Pelaksana Kegiatan"):
            question.answer(by=market.user(key), answer_text="Ya.")
    assert question in TenderQuestion.objects.waiting_for(market.user("tpk"))
    url = question.move_url("answer")
    assert market.client("rival").get(url).status_code == 404
    sent = [market.client("tpk").post(url, {"answer_text": "Ya."}) for _ in "ab"]
    assert [answer.status_code for answer in sent] == [302, 302]
    assert question.events().filter(verb="answer").count() == 1
    assert question not in TenderQuestion.objects.waiting_for(market.user("tpk"))


def test_who_waits_for_many_answers_asks_no_more(market: Market, tender: Sourcing) -> None:
    for number in range(5):
        ask(market, tender, text=f"Pertanyaan {number}?")
    with pytest.raises(TransitionRefused, match=r"^Anda masih menunggu 5 jawaban"):
        ask(market, tender)
    ask(market, tender, "rival")


@pytest.mark.parametrize("text", ["", "Hubungi 0812-3456-7890"])
def test_a_question_that_names_somebody_or_says_nothing_is_given_back(
    text: str, market: Market, tender: Sourcing
) -> None:
    client, url = market.client("firm"), reverse("tender-question-new", args=[tender.code])
    answer = client.post(url, {"text": text, "submit_key": key_of(client, url)})
    assert answer.status_code == 422
    assert not TenderQuestion.objects.exists()
