"""The Pokja's desk, through the browser's own requests."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models.membership import today
from tests.accounts.stage import logged_in
from tests.verification.stage import YEAR, Stage, judge_all, paper, score_all
from verification.models import Application, Standing

QUEUE = "admin:verification_application_changelist"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def case_url(application: Application) -> str:
    return reverse("admin:verification_application_change", args=[application.code])


def names_in(response: Any) -> set[str]:
    return {row.provider.name for row in response.context["cl"].result_list}


def test_from_queue_to_decree(stage: Stage) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    assert names_in(desk.get(reverse(QUEUE))) == {"CV Contoh Bina Desa"}
    page = text_of(desk.get(case_url(application)))
    assert application.move_url("claim") in page
    assert desk.post(application.move_url("claim")).status_code == 302
    papers = list(application.documents.current())
    for place, row in enumerate(papers):
        url = reverse("admin:verification_application_judge", args=[application.code, row.code])
        response = desk.post(url, {"verdict": "conforming"})
        following = papers[place + 1] if place + 1 < len(papers) else row
        assert response.url == f"{case_url(application)}?dokumen={following.code}#dokumen"
    points = {"kelembagaan": 80, "tenaga-ahli": 85, "pengalaman": 75, "metode-harga": 70, "inklusi-lingkungan": 60}
    score = reverse("admin:verification_application_score", args=[application.code])
    assert desk.post(score, points).status_code == 302
    assert desk.post(application.move_url("recommend")).status_code == 302
    chair = logged_in(stage.chair)
    assert names_in(chair.get(reverse(QUEUE))) == {"CV Contoh Bina Desa"}
    decree = {
        "directory_number": "001/P2KTD/2026",
        "decree_number": "188.45/12/2026",
        "decree_date": today().isoformat(),
        "valid_until": (today() + YEAR).isoformat(),
    }
    assert chair.post(application.move_url("list_provider"), decree).status_code == 302
    standing = Standing.objects.get()
    assert (standing.directory_number, standing.is_current) == ("001/P2KTD/2026", True)
    assert names_in(chair.get(reverse(QUEUE))) == set()
    assert "001/P2KTD/2026" in text_of(chair.get(reverse("admin:verification_standing_changelist")))


def test_a_verdict_without_a_reason_comes_back_with_a_sentence(stage: Stage) -> None:
    application = stage.checking()
    ktp = paper(application, "ktp")
    url = reverse("admin:verification_application_judge", args=[application.code, ktp.code])
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
    url = reverse("admin:verification_application_judge", args=[application.code, paper(application, "ktp").code])
    colleague = logged_in(stage.second_member)
    assert "desk-judge" not in text_of(colleague.get(case_url(application)))
    response = colleague.post(url, {"verdict": "conforming"})
    assert response.status_code == 409
    assert "Permohonan ini sedang dipegang Baiq Anggota." in text_of(response)
    assert paper(application, "ktp").verdict == "pending"
    score = reverse("admin:verification_application_score", args=[application.code])
    assert colleague.post(score, {"pengalaman": 80}).status_code == 409
    assert application.scores.count() == 0


def test_the_office_reads_and_moves_nothing(stage: Stage) -> None:
    application = stage.recommended()
    office = logged_in(stage.office)
    page = text_of(office.get(case_url(application)))
    assert "CV Contoh Bina Desa" in page
    assert "Hanya Ketua Pokja P2KTD Kabupaten Lombok Tengah" in page
    for verb in ("list_provider", "reject", "recheck"):
        response = office.post(application.move_url(verb), {"reason": "x"})
        assert response.status_code in (403, 409, 422)
    application.refresh_from_db()
    assert application.state == "recommended"


def test_a_duplicate_directory_number_is_said_kindly(stage: Stage) -> None:
    stage.listed(stage.rival, number="001")
    application = stage.recommended()
    decree = {
        "directory_number": "001",
        "decree_number": "188.45/13/2026",
        "decree_date": today().isoformat(),
        "valid_until": (today() + YEAR).isoformat(),
    }
    response = logged_in(stage.chair).post(application.move_url("list_provider"), decree)
    assert response.status_code == 409
    assert "Nomor direktori ini sudah dipakai penyedia lain." in text_of(response)
    application.refresh_from_db()
    assert application.state == "recommended"


def test_the_queue_begins_with_what_waits_for_me(stage: Stage) -> None:
    new = stage.submitted(stage.new_provider("CV Contoh Baru", npwp="0000000000000111", nib="0000000000111"))
    stage.checking(
        stage.new_provider("CV Contoh Kolega", npwp="0000000000000222", nib="0000000000222"), by=stage.second_member
    )
    stage.recommended(stage.new_provider("CV Contoh Siap", npwp="0000000000000333", nib="0000000000333"))
    queue = reverse(QUEUE)
    shown = {
        user.name: names_in(logged_in(user).get(queue)) for user in (stage.member, stage.second_member, stage.chair)
    }
    assert shown == {
        "Baiq Anggota": {"CV Contoh Baru"},
        "Made Anggota": {"CV Contoh Baru", "CV Contoh Kolega"},
        "Putu Ketua": {"CV Contoh Baru", "CV Contoh Siap"},
    }
    desk = logged_in(stage.member)
    tabs = {tab["key"]: tab["count"] for tab in desk.get(queue).context["queue_tabs"]}
    assert tabs == {"saya": 1, "berjalan": 3, "selesai": 0, "semua": 3}
    found = {
        "pemegang=saya": names_in(desk.get(queue, {"pemegang": "saya"})),
        "pemegang=lain": names_in(desk.get(queue, {"pemegang": "lain"})),
        "state": names_in(desk.get(queue, {"state__exact": "recommended"})),
        "q": names_in(desk.get(queue, {"q": new.code})),
        "selesai": names_in(desk.get(queue, {"antrean": "selesai"})),
    }
    assert found == {
        "pemegang=saya": set(),
        "pemegang=lain": {"CV Contoh Kolega"},
        "state": {"CV Contoh Siap"},
        "q": {"CV Contoh Baru"},
        "selesai": set(),
    }


def test_the_first_page_shows_the_queue(stage: Stage) -> None:
    application = stage.submitted()
    page = text_of(logged_in(stage.member).get(reverse("admin:index")))
    assert case_url(application) in page
    assert "Permohonan baru" in page


def test_a_mended_application_says_so(stage: Stage) -> None:
    from tests.verification.stage import attach

    application = stage.returned()
    attach(application, "ktp", by=stage.owner(stage.firm))
    application.submit(by=stage.owner(stage.firm))
    assert "Perbaikan dikirim, pengajuan ke-2" in text_of(logged_in(stage.member).get(reverse(QUEUE)))


def test_history_is_our_own_events(stage: Stage) -> None:
    application = stage.returned()
    page = text_of(
        logged_in(stage.chair).get(reverse("admin:verification_application_history", args=[application.code]))
    )
    assert page.index("Dikembalikan") < page.index("Mulai diperiksa") < page.index("Diajukan")
    assert "Baiq Anggota" in page


@pytest.mark.parametrize("place", ["queue", "case"])
def test_query_counts_do_not_grow_with_rows(stage: Stage, place: str) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    url = reverse(QUEUE) if place == "queue" else case_url(application)

    def count() -> int:
        desk.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        return len(queries)

    one = count()
    for number in (1, 2):
        other = stage.new_provider(f"CV Contoh {number}", npwp=f"000000000000{number:04}", nib=f"000000000{number:04}")
        stage.submitted(other)
    assert count() == one
    assert one <= 26


def test_a_case_with_verdicts_costs_no_more_queries(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    counts = []
    for act in (
        lambda: None,
        lambda: (judge_all(application, by=stage.member), score_all(application, by=stage.member)),
    ):
        act()
        desk.get(case_url(application))
        with CaptureQueriesContext(connection) as queries:
            desk.get(case_url(application))
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 1


def test_the_looser_policy_stays_in_the_admin(stage: Stage) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    inside = desk.get(case_url(application))["Content-Security-Policy"]
    outside = logged_in(stage.owner(stage.firm)).get(application.get_absolute_url())["Content-Security-Policy"]
    assert "unsafe-eval" in inside
    assert "unsafe" not in outside
