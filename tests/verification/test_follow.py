"""What the applicant is told after submission: each step, the interview, the decision; never who judged how."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from core.models import StoredFile
from tests.accounts.stage import logged_in
from tests.areas import LOMBOK_BARAT
from tests.verification.stage import DAY, Stage, judge_all, paper
from tests.verification.test_pages import send, text_of, upload
from verification import progress
from verification.models import Application, Standing

STATES = (
    "draft", "submitted", "checking", "returned", "interview", "scoring", "agreed", "recommended", "unfit", "listed",
    "rejected", "withdrawn",
)  # fmt: skip


def page_of(stage: Stage, application: Application) -> str:
    return text_of(logged_in(stage.owner(application.provider)).get(application.get_absolute_url()))


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_page_and_one_place_on_the_way(stage: Stage, state: str) -> None:
    application = getattr(stage, state)()
    page = page_of(stage, application)
    steps = progress.way(application, list(application.events()))
    ended = {"listed": "done", "rejected": "stopped", "withdrawn": "stopped"}
    if state in ended:
        assert steps[-1]["state"] == ended[state]
        assert all(step["state"] == "done" for step in steps[:-1])
    else:
        assert [step["state"] for step in steps].count("now") == 1
    assert page.count("<h1") == 1
    assert ("Batalkan permohonan" in page) == (state not in ended)


@pytest.mark.parametrize("state", ["scoring", "agreed", "recommended", "unfit", "listed"])
def test_no_one_who_judges_is_named_and_no_members_points_are_told(stage: Stage, state: str) -> None:
    application = getattr(stage, state)()
    if state not in ("listed",):
        application.remark(by=stage.chair, note="Catatan rahasia meja.")
    page = page_of(stage, application)
    for secret in (
        "Baiq Anggota", "Putu Ketua", "Catatan rahasia", "Penyedia memahami pekerjaannya", "Jawaban contoh", "Sepakat.",
    ):  # fmt: skip
        assert secret not in page, secret


def test_before_the_decision_nobody_learns_which_way_it_leans(stage: Stage) -> None:
    """Fit and unfit look alike from outside, on every page of the applicant."""
    fit, unfit = stage.recommended(), stage.unfit(stage.rival)
    for application in (fit, unfit):
        client = logged_in(stage.owner(application.provider))
        pages = [
            text_of(client.get(url))
            for url in (
                application.get_absolute_url(),
                reverse("my-provider-page", args=[application.provider.code]),
                reverse("application-document", args=[application.code, "ktp"]),
            )
        ]
        assert "Menunggu Keputusan" in pages[0]
        assert "Menunggu Keputusan" in pages[1]
        for page in pages:
            for word in ("Direkomendasikan", "direkomendasikan", "50,0", "80,0", "ambang"):
                assert word not in page.split("<main")[1].split("</main")[0], word


def test_the_interview_is_told_with_the_hour_of_the_place(stage: Stage) -> None:
    application = stage.interview()
    assert "Pokja akan menentukan waktu wawancara" in page_of(stage, application)
    moment = dt.datetime(2030, 3, 5, 1, 30, tzinfo=dt.UTC)  # 09.30 in Lombok
    application.schedule_interview(by=stage.member, mode="remote", at=moment, place="https://rapat.example/abc")
    page = page_of(stage, application)
    assert "5 Maret 2030" in page
    assert "09.30 WITA" in page
    assert "Jarak jauh (telepon atau video)" in page
    assert 'href="https://rapat.example/abc"' in page
    assert "Baiq Anggota" not in page


def test_a_reasoned_no_says_from_when_one_may_try_again(stage: Stage) -> None:
    application = stage.recommended()
    application.reject(by=stage.chair, reason="Pengalaman belum terbukti.", apply_again_from=dt.date(2031, 2, 3))
    page = page_of(stage, application)
    for told in ("Pengalaman belum terbukti.", "3 Februari 2031", "Nilai akhir 80", "ambang 70"):
        assert told in page
    assert "Batalkan permohonan" not in page


def test_verdicts_of_a_running_check_stay_hidden_when_it_is_put_back(stage: Stage) -> None:
    application = stage.checking()
    judge_all(application, by=stage.member, failing="ktp")
    application.release(by=stage.member)
    client = logged_in(stage.owner(stage.firm))
    for url in (application.get_absolute_url(), reverse("application-document", args=[application.code, "ktp"])):
        page = text_of(client.get(url))
        assert "Foto terpotong" not in page
        assert "Tidak Sesuai" not in page


def test_what_was_told_with_a_return_stays_told_in_the_next_round(stage: Stage) -> None:
    application = stage.returned(failing="ktp")
    client = logged_in(stage.owner(stage.firm))
    assert upload(client, application, "ktp").url == f"{application.get_absolute_url()}#dokumen-ktp"
    application.submit(by=stage.owner(stage.firm))
    page = text_of(client.get(application.get_absolute_url()))
    rows = {key: page.split(f'id="dokumen-{key}"')[1].split("</li>")[0] for key in ("ktp", "npwp")}
    assert "Menunggu diperiksa" in rows["ktp"]
    assert "Sesuai" in rows["npwp"]


def test_a_locked_paper_takes_no_upload(stage: Stage) -> None:
    application = stage.returned(failing="ktp")
    client = logged_in(stage.owner(stage.firm))
    open_page = reverse("application-document", args=[application.code, "ktp"])
    locked = reverse("application-document", args=[application.code, "npwp"])
    before, files = paper(application, "npwp").pk, StoredFile.objects.count()
    key = client.get(open_page).context["form"]["submit_key"].initial
    assert client.post(locked, {"submit_key": key}).status_code == 409
    assert (paper(application, "npwp").pk, StoredFile.objects.count()) == (before, files)
    page = text_of(client.get(application.get_absolute_url()))
    assert page.count("sudah sesuai, terkunci") == 3


@pytest.mark.parametrize("state", ["submitted", "interview", "recommended", "listed", "withdrawn"])
def test_nothing_is_uploaded_when_it_is_not_ones_turn(stage: Stage, state: str) -> None:
    application = getattr(stage, state)()
    client = logged_in(stage.owner(stage.firm))
    url = reverse("application-document", args=[application.code, "foto"])
    response = client.get(url)
    assert "Dokumen tidak dapat diubah" in text_of(response)
    assert 'type="file"' not in text_of(response)
    assert send(client, url).status_code == 409
    assert not application.documents.filter(type__key="foto").exists()


def test_withdrawal_asks_once_more(stage: Stage) -> None:
    application = stage.submitted()
    client = logged_in(stage.owner(stage.firm))
    url = application.move_url("withdraw")
    assert "Ya, batalkan" in text_of(client.get(url))
    application.refresh_from_db()
    assert application.state == "submitted"
    assert client.post(url).url == application.get_absolute_url()
    assert client.post(url).url == application.get_absolute_url()  # sent twice
    application.refresh_from_db()
    assert application.state == "withdrawn"
    assert Application.objects.count() == 1


def test_what_stands_in_the_minutes_is_not_withdrawn(stage: Stage) -> None:
    application = stage.recommended()
    stage.minuted(application)
    client = logged_in(stage.owner(stage.firm))
    assert "Batalkan permohonan" not in text_of(client.get(application.get_absolute_url()))
    assert client.post(application.move_url("withdraw")).status_code == 409
    application.refresh_from_db()
    assert application.state == "recommended"


def test_the_trail_of_a_recognition_is_on_the_page(stage: Stage) -> None:
    first = stage.listed()
    second = stage.draft(regency=LOMBOK_BARAT, full=False)
    page = page_of(stage, second)
    assert "Pengakuan" in page
    assert first.get_absolute_url() in page
    labels = [step["label"] for step in progress.way(second, list(second.events()))]
    assert "Wawancara" not in labels


def test_a_draft_waits_however_long_it_takes(stage: Stage) -> None:
    """A draft is kept: nothing that was typed or uploaded is lost."""
    application = stage.draft()
    year = timezone.now() - dt.timedelta(days=400)
    Application.objects.filter(pk=application.pk).update(state_since=year, created_at=year, consented_at=year)
    client = logged_in(stage.owner(stage.firm))
    assert client.get(reverse("application-check", args=[application.code])).context["checklist"].lacks == []
    assert client.post(application.move_url("submit")).status_code == 302
    application.refresh_from_db()
    assert application.state == "submitted"


def test_an_ended_listing_is_told_as_ended(stage: Stage) -> None:
    application = stage.listed()
    Standing.objects.update(listed_on=today() - 9 * DAY, ended_on=today() - DAY)
    page = page_of(stage, application)
    assert "Cetak surat keterangan terdaftar" not in page
    assert "188.45/12/2026" in page


def test_an_overdue_check_is_said_to_be_overdue(stage: Stage) -> None:
    application = stage.submitted()
    assert "keputusan paling lambat" in page_of(stage, application)
    Application.objects.filter(pk=application.pk).update(submitted_at=timezone.now() - dt.timedelta(days=60))
    page = page_of(stage, application)
    assert "sudah lewat" in page
    assert "paling lambat" not in page


def test_papers_of_an_ended_application_do_not_wait_for_anybody(stage: Stage) -> None:
    page = page_of(stage, stage.withdrawn())
    assert "Tidak diperiksa" in page
    assert "Menunggu Diperiksa" not in page


def test_what_changed_is_told_with_a_check_that_began_by_itself(stage: Stage) -> None:
    from verification.models import profile

    stage.listed()
    profile.change(stage.firm, by=stage.owner(stage.firm), bank="Bank Baru")
    application = Application.objects.get(kind="change")
    page = page_of(stage, application)
    assert "Data yang berubah" in page
    assert "Nama bank" in page
    assert "Batalkan permohonan" not in page  # it is not the applicant's to stop


def test_offices_that_read_along_see_no_names_of_experts_papers(stage: Stage) -> None:
    """A personal paper's line says its kind only to who may not open it."""
    from tests.verification.test_portfolio import ask_for_experts

    ask_for_experts(stage)
    application = stage.checking()
    page: Any = text_of(logged_in(stage.tapm).get(application.get_absolute_url()))
    assert "Ijazah dan riwayat hidup" in page
    assert "Contoh Ahli" not in page
    assert "/dokumen/" not in page


@pytest.mark.parametrize("state", ["submitted", "recommended", "unfit"])
def test_what_the_pokja_has_is_found_from_the_first_page(stage: Stage, state: str) -> None:
    """Nothing waits for the applicant, but the application is a click away, and does not tell how it stands."""
    application = getattr(stage, state)()
    page = logged_in(stage.owner(application.provider)).get(reverse("todo")).content.decode()
    assert f'href="{application.get_absolute_url()}"' in page
    assert "Sedang ditangani Pokja" in page
    assert ("Menunggu keputusan Pokja P2KTD" in page) == (state != "submitted")
    stranger = logged_in(stage.owner(stage.rival)).get(reverse("todo")).content.decode()
    assert application.get_absolute_url() not in stranger
