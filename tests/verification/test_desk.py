"""The Pokja's desk, through the browser's own requests: from the queue to the plenary."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from regions.models import Area
from tests.accounts.stage import logged_in
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import Stage, all_points, paper
from verification.models import Application

QUEUE = "admin:verification_application_changelist"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def at(application: Application, name: str, *more: str) -> str:
    return reverse(f"admin:verification_application_{name}", args=[application.code, *more])


def case_url(application: Application) -> str:
    return at(application, "change")


def local(**fields: str) -> dict[str, str]:
    """Today and now, as the regency's clock shows it."""
    now = timezone.now().astimezone(Area.objects.get(code=LOMBOK_TENGAH).tzinfo)
    return {"day": f"{now:%Y-%m-%d}", "clock": f"{now:%H:%M}", **fields}


def test_from_the_queue_to_the_plenary(stage: Stage) -> None:
    assert stage.chair
    application = stage.submitted()
    desk = logged_in(stage.member)
    assert application.provider.name in text_of(desk.get(reverse(QUEUE)))
    page = text_of(desk.get(case_url(application)))
    assert "Tidak ada hubungan – ambil untuk diperiksa" in page
    assert "Dokumen terbuka setelah Anda menjawab" in page
    assert desk.post(at(application, "declare"), {"tie": "none", "ambil": "1"}).status_code == 302
    papers = list(application.documents.current())
    for place, row in enumerate(papers):
        response = desk.post(at(application, "judge", row.code), {"verdict": "conforming"})
        following = papers[place + 1].code if place + 1 < len(papers) else row.code
        assert f"dokumen={following}" in response.url
    assert desk.post(application.move_url("pass_papers")).status_code == 302
    schedule = local(mode="office", place="Ruang rapat Dinas PMD")
    assert desk.post(application.move_url("schedule_interview"), schedule).status_code == 302
    answers = {f"answer_{n}": "Jawaban contoh." for n in range(len(application.rule_now.questions))}
    record = local(present="Baiq Anggota", applicants="Rina Contoh", summary="Memahami pekerjaannya.", **answers)
    assert desk.post(application.move_url("record_interview"), record).status_code == 302
    points = {key: str(value) for key, value in all_points(application).items()}
    assert desk.post(at(application, "score"), points).status_code == 302
    chair = logged_in(stage.chair)
    chair.post(at(application, "declare"), {"tie": "none"})
    assert chair.post(at(application, "score"), points).status_code == 302
    assert "Simpan nilai kesepakatan" in text_of(desk.get(case_url(application)))
    assert desk.post(at(application, "agree"), points | {"reason": "Sepakat."}).status_code == 302
    assert desk.post(application.move_url("recommend")).status_code == 302
    application.refresh_from_db()
    assert (application.state, str(application.total)) == ("recommended", "80.00")
    plenary = f"{reverse('admin:verification_plenary_add')}?permohonan={application.code}"
    assert plenary in text_of(chair.get(case_url(application)))


def test_a_verdict_without_a_reason_comes_back_with_a_sentence(stage: Stage) -> None:
    application = stage.checking()
    url = at(application, "judge", paper(application, "ktp").code)
    desk = logged_in(stage.member)
    response = desk.post(url, {"verdict": "not_conforming", "reason": "Foto terpotong."})
    assert response.status_code == 422
    assert "Pilih alasan mengapa dokumen tidak sesuai." in text_of(response)
    assert "Foto terpotong." in text_of(response)
    assert desk.post(url, {}).status_code == 422
    good = desk.post(url, {"verdict": "not_conforming", "reason_kind": "unreadable", "reason": "Foto terpotong."})
    assert good.status_code == 302
    assert paper(application, "ktp").reason == "Foto terpotong."


def test_a_colleague_cannot_judge_what_i_hold(stage: Stage) -> None:
    application = stage.checking()
    stage.declared(application, stage.second_member)
    colleague = logged_in(stage.second_member)
    assert "data-judge" not in text_of(colleague.get(case_url(application))).replace("data-judging", "")
    response = colleague.post(at(application, "judge", paper(application, "ktp").code), {"verdict": "conforming"})
    assert response.status_code == 409
    assert "Permohonan ini sedang dipegang Baiq Anggota." in text_of(response)
    assert paper(application, "ktp").verdict == "pending"


# --- the word on ties ------------------------------------------------------------------------------------
def test_declare_and_claim_sent_twice_is_said_and_done_once(stage: Stage) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    for _ in range(2):
        assert desk.post(at(application, "declare"), {"tie": "none", "ambil": "1"}).status_code == 302
    assert "Permohonan ini sudah Anda pegang." in text_of(desk.get(case_url(application)))
    assert application.declarations.count() == 1
    assert application.events().filter(verb="claim").count() == 1


def test_who_comes_too_late_has_neither_said_nor_taken_anything(stage: Stage) -> None:
    application = stage.checking()
    response = logged_in(stage.second_member).post(at(application, "declare"), {"tie": "none", "ambil": "1"})
    assert response.status_code == 409
    assert "statusnya sekarang Sedang Diperiksa" in text_of(response)
    assert not application.declarations.filter(member=stage.second_member).exists()


def test_a_declared_tie_closes_the_case_page(stage: Stage) -> None:
    application = stage.submitted()
    stage.declared(application, stage.chair)
    application.remark(by=stage.chair, note="Cek alamat lama.")
    desk = logged_in(stage.member)
    answer = desk.post(at(application, "declare"), {"tie": "kin", "note": "Sepupu.", "ambil": "1"})
    assert answer.status_code == 302
    page = text_of(desk.get(case_url(application)))
    assert "Ditangani rekan lain." in page
    assert "hubungan “Hubungan keluarga” tercatat dalam register" in page
    for hidden in ("Cek alamat lama.", "Jalan Contoh 1, Praya", paper(application, "ktp").code):
        assert hidden not in page
    assert desk.get(paper(application, "ktp").file.get_absolute_url()).status_code == 404
    for name in ("history", "guide"):
        assert desk.get(at(application, name)).status_code == 403
    application.refresh_from_db()
    assert application.state == "submitted"


def test_a_tie_that_comes_to_light_lets_go_of_the_case(stage: Stage) -> None:
    application = stage.checking()
    logged_in(stage.member).post(at(application, "declare"), {"tie": "business"})
    application.refresh_from_db()
    assert (application.state, application.checker) == ("submitted", None)


def test_a_tie_without_words_is_asked_for_them(stage: Stage) -> None:
    application = stage.submitted()
    response = logged_in(stage.member).post(at(application, "declare"), {"tie": "other"})
    assert response.status_code == 422
    assert "Jelaskan hubungan itu dengan kata-kata." in text_of(response)


# --- forms of moves --------------------------------------------------------------------------------------
def test_a_schedule_is_read_in_the_regency_s_zone(stage: Stage) -> None:
    application = stage.interview()
    url = application.move_url("schedule_interview")
    desk = logged_in(stage.member)
    past = desk.post(url, {"day": "2020-01-01", "clock": "09:30", "mode": "office", "place": "Aula"})
    assert past.status_code == 422
    assert "Tanggal ini sudah lewat." in text_of(past)
    day = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
    page = desk.post(url, {"day": day, "clock": "09.30", "mode": "visit", "place": "Kantor penyedia"})
    assert page.status_code == 302
    assert f"{application.interview.scheduled_for:%H:%M %Z}" == "01:30 UTC"
    assert "09.30" in text_of(desk.get(case_url(application)))


def test_a_long_record_comes_back_as_it_was_typed(stage: Stage) -> None:
    application = stage.interview()
    application.schedule_interview(by=stage.member, mode="office", at=timezone.now(), place="Aula")
    response = logged_in(stage.member).post(
        application.move_url("record_interview"), local(answer_0="Jawaban panjang sekali.", applicants="Rina")
    )
    assert response.status_code == 422
    assert "Jawaban panjang sekali." in text_of(response)
    assert "Centang siapa dari Pokja yang hadir." in text_of(response)
    application.refresh_from_db()
    assert application.state == "interview"


def test_the_guide_can_be_taken_along(stage: Stage) -> None:
    application = stage.interview()
    page = text_of(logged_in(stage.member).get(at(application, "guide")))
    assert all(question in page for question in application.rule_now.questions)
    assert "data-print" in page


def test_the_chair_hands_over_only_to_who_has_declared(stage: Stage) -> None:
    application = stage.checking()
    assert stage.second_member
    url = application.move_url("assign")
    chair = logged_in(stage.chair)
    page = text_of(chair.get(url))
    assert "Belum menyatakan benturan kepentingan: Made Anggota." in page
    forged = chair.post(url, {"member": stage.second_member.pk, "reason": "Cuti."})
    assert forged.status_code == 422
    stage.declared(application, stage.second_member)
    assert chair.post(url, {"member": stage.second_member.pk, "reason": "Cuti."}).status_code == 302
    application.refresh_from_db()
    assert application.checker == stage.second_member


# --- who else is there -----------------------------------------------------------------------------------
def test_the_office_reads_and_moves_nothing(stage: Stage) -> None:
    application = stage.recommended()
    application.remark(by=stage.member, note="Hanya antar rekan.")
    office = logged_in(stage.office)
    page = text_of(office.get(case_url(application)))
    assert "CV Contoh Bina Desa" in page
    assert "Hanya Ketua Pokja P2KTD Kabupaten Lombok Tengah" in page
    assert "Apakah Anda mempunyai hubungan" not in page
    for name in ("change", "history"):
        assert "Hanya antar rekan." not in text_of(office.get(at(application, name)))
    for verb in ("reject", "recheck"):
        response = office.post(application.move_url(verb), {"reason": "x"})
        assert response.status_code in (403, 409)
    for name in ("declare", "score", "agree", "remark"):
        data = {"tie": "none", "note": "x", "reason": "x"} | all_points(application)
        assert office.post(at(application, name), data).status_code == 409, name
    application.refresh_from_db()
    assert (application.state, application.declarations.filter(member=stage.office).count()) == ("recommended", 0)


@pytest.mark.parametrize("name", ["declare", "score", "agree", "remark", "next", "guide", "judge"])
def test_a_foreign_or_forged_code_is_not_found(stage: Stage, name: str) -> None:
    application = stage.checking()
    more = [paper(application, "ktp").code] if name == "judge" else []
    there = at(application, name, *more)
    forged = there.replace(application.code, "ZZZZZZZZZZ")
    data = {"tie": "none", "ambil": "1", "verdict": "conforming", "note": "x"}
    for client, url in ((logged_in(stage.neighbour_chair), there), (logged_in(stage.member), forged)):
        assert client.get(url).status_code == 404
        assert client.post(url, data).status_code == 404
    for outsider in (Client(), logged_in(stage.owner(stage.firm))):
        assert outsider.post(there, data).status_code in (302, 403)
    application.refresh_from_db()
    assert (application.state, paper(application, "ktp").verdict) == ("checking", "pending")


def test_the_looser_policy_stays_in_the_admin(stage: Stage) -> None:
    application = stage.submitted()
    inside = logged_in(stage.member).get(case_url(application))["Content-Security-Policy"]
    outside = logged_in(stage.owner(stage.firm)).get(application.get_absolute_url())["Content-Security-Policy"]
    assert "unsafe-eval" in inside
    assert "unsafe" not in outside
