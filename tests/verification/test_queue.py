"""The queue: what each person finds there, why, how late, and what its filters hide."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Provider
from tests.accounts.stage import logged_in
from tests.verification.stage import Stage, attach
from tests.verification.test_desk import QUEUE, case_url, text_of
from verification.desk_queue import Queue, overdue, service_of
from verification.models import Application

DAY = dt.timedelta(days=1)


def names_in(response: Any) -> set[str]:
    return {row.application.provider.name for row in response.context["rows"]}


def other(stage: Stage, name: str, number: int) -> Provider:
    return stage.new_provider(name, npwp=f"{number:016}", nib=f"{number:013}", nik=f"{number:016}")


@pytest.fixture
def three(stage: Stage) -> dict[str, Application]:
    """New, with a colleague, and for the chair."""
    return {
        "new": stage.submitted(other(stage, "CV Contoh Baru", 111)),
        "colleague": stage.checking(other(stage, "CV Contoh Kolega", 222), by=stage.second_member),
        "ready": stage.recommended(other(stage, "CV Contoh Siap", 333)),
    }


def test_the_queue_begins_with_what_waits_for_me(stage: Stage, three: dict[str, Application]) -> None:
    queue = reverse(QUEUE)
    shown = {
        user.name: names_in(logged_in(user).get(queue)) for user in (stage.member, stage.second_member, stage.chair)
    }
    assert shown == {
        "Baiq Anggota": {"CV Contoh Baru"},
        "Made Anggota": {"CV Contoh Baru", "CV Contoh Kolega"},
        "Putu Ketua": {"CV Contoh Baru", "CV Contoh Siap"},
    }
    tabs = {tab["key"]: tab["count"] for tab in logged_in(stage.member).get(queue).context["tabs"]}
    assert tabs == {"saya": "1", "berjalan": "3", "selesai": "", "semua": ""}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"pemegang": "saya"}, set()),
        ({"pemegang": "lain"}, {"CV Contoh Kolega"}),
        ({"pemegang": "belum"}, {"CV Contoh Baru"}),
        ({"status": "recommended"}, {"CV Contoh Siap"}),
        ({"jenis": "renewal"}, set()),
        ({"bentuk": "company"}, {"CV Contoh Baru", "CV Contoh Kolega", "CV Contoh Siap"}),
        ({"bentuk": "company", "pemegang": "lain"}, {"CV Contoh Kolega"}),
        ({"q": "siap contoh"}, {"CV Contoh Siap"}),
        ({"q": f"{222:013}"}, {"CV Contoh Kolega"}),
        ({"antrean": "selesai"}, set()),
        ({"waktu": "lewat"}, set()),
    ],
)
def test_filters(stage: Stage, three: dict[str, Application], asked: dict[str, str], found: set[str]) -> None:
    assert names_in(logged_in(stage.member).get(reverse(QUEUE), asked)) == found


def test_a_filter_says_what_it_hides(stage: Stage, three: dict[str, Application]) -> None:
    desk = logged_in(stage.member)
    response = desk.get(reverse(QUEUE), {"antrean": "berjalan", "status": "recommended", "q": "contoh"})
    page = text_of(response)
    assert "<b>Disaring:</b>" in page
    assert [chip.label for chip in response.context["queue"].chips] == ["Cari: “contoh”", "Status: Direkomendasikan"]
    assert "Saringan menyembunyikan 2 permohonan lain di bagian ini." in page
    without = desk.get(reverse(QUEUE) + response.context["queue"].chips[1].url)
    assert names_in(without) == {"CV Contoh Baru", "CV Contoh Kolega", "CV Contoh Siap"}
    assert names_in(desk.get(reverse(QUEUE) + response.context["queue"].bare_url)) == names_in(without)
    assert "Saringan menyembunyikan" not in text_of(desk.get(reverse(QUEUE), {"antrean": "berjalan"}))


def test_what_is_not_a_filter_is_dropped(stage: Stage, three: dict[str, Application]) -> None:
    """No error, and nothing narrowed without a word."""
    odd = {"status": "karangan", "urut": "provider__nik", "hal": "99999999", "provider__nik": "0", "antrean": "x"}
    response = logged_in(stage.member).get(reverse(QUEUE), odd)
    assert response.status_code == 200
    assert response.context["queue"].query == "antrean=saya"
    assert logged_in(stage.member).get(reverse(QUEUE), {"q": "x" * 500, "hal": "²"}).status_code == 200


def test_next_stays_in_the_filtered_queue_and_goes_round(stage: Stage, three: dict[str, Application]) -> None:
    fourth = stage.submitted(other(stage, "CV Contoh Akhir", 444))
    desk = logged_in(stage.member)
    query = "antrean=berjalan&status=submitted"
    page = desk.get(reverse(QUEUE) + f"?{query}")
    first, last = [row.application for row in page.context["rows"]]
    assert (first, last) == (three["new"], fourth)
    there = text_of(desk.get(page.context["rows"][0].url))
    url = reverse("admin:verification_application_next", args=[first.code])
    assert f'{url}?dari=antrean%3Dberjalan%26status%3Dsubmitted"' in there
    hop = desk.get(url, {"dari": query})
    assert hop.url.startswith(case_url(last))
    assert "dari=antrean%3Dberjalan%26status%3Dsubmitted" in hop.url
    round_trip = desk.get(reverse("admin:verification_application_next", args=[last.code]), {"dari": query})
    assert round_trip.url.startswith(case_url(first))
    alone = desk.get(url, {"dari": "status=recommended&pemegang=saya"})
    assert alone.url == f"{reverse(QUEUE)}?antrean=semua&status=recommended&pemegang=saya"


def test_a_forged_way_back_leads_nowhere_else(stage: Stage) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    for forged in ("https://jahat.example/", "antrean=semua&next=//jahat.example", "%00", "q=" + "a" * 5000):
        response = desk.get(case_url(application), {"dari": forged})
        assert response.status_code == 200
        assert "jahat" not in response.content.decode()


def test_a_move_comes_back_to_the_case_with_its_queue(stage: Stage) -> None:
    application = stage.submitted()
    stage.declared(application, stage.member)
    desk = logged_in(stage.member)
    done = desk.post(f"{application.move_url('claim')}?dari=antrean%3Dsaya")
    assert done.url == f"{case_url(application)}?dari=antrean%3Dsaya"
    back = desk.post(f"{application.move_url('release')}?dari=antrean%3Dsaya", {"ke": "antrean"})
    assert back.url == f"{reverse(QUEUE)}?antrean=saya"


def test_claim_and_release_stand_in_the_queue(stage: Stage) -> None:
    application = stage.submitted()
    desk = logged_in(stage.member)
    act = lambda: desk.get(reverse(QUEUE)).context["rows"][0].act  # noqa: E731
    assert act() == ""  # first the word on ties, on the case page
    application.declare(by=stage.member)
    assert act() == "claim"
    application.claim(by=stage.member)
    assert act() == "release"


# --- how late ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (0, "Diajukan hari ini", "neutral"),
        (5, "Hari ke-5 dari 14", "neutral"),
        (13, "Hari ke-13 dari 14", "warn"),
        (14, "Hari ke-14 dari 14", "warn"),
        (15, "Lewat 1 hari", "bad"),
        (44, "Lewat 30 hari", "bad"),
    ],
)
def test_the_wait_is_told_against_the_standard(stage: Stage, days: int, text: str, tone: str) -> None:
    application = stage.submitted()
    Application.objects.filter(pk=application.pk).update(submitted_at=timezone.now() - days * DAY)
    row = Application.objects.select_related("rule").get(pk=application.pk)
    service = service_of(row)
    assert service is not None
    assert (service.text, service.tone) == (text, tone)
    assert Application.objects.filter(overdue(), pk=row.pk).exists() == (tone == "bad")
    page = text_of(logged_in(stage.member).get(reverse(QUEUE)))
    assert text in page


def test_a_decided_case_is_never_late(stage: Stage) -> None:
    application = stage.rejected()
    Application.objects.filter(pk=application.pk).update(submitted_at=timezone.now() - 40 * DAY)
    row = Application.objects.select_related("rule").get(pk=application.pk)
    service = service_of(row)
    assert service is not None
    assert (service.text, service.tone) == ("Selesai dalam 40 hari", "neutral")


def test_a_mended_application_says_so(stage: Stage) -> None:
    application = stage.returned()
    attach(application, "ktp", by=stage.owner(stage.firm))
    application.submit(by=stage.owner(stage.firm))
    assert "Permohonan baru, perbaikan ke-1" in text_of(logged_in(stage.member).get(reverse(QUEUE)))


def test_the_first_page_shows_the_queue(stage: Stage) -> None:
    application = stage.submitted()
    page = text_of(logged_in(stage.member).get(reverse("admin:index")))
    assert case_url(application) in page
    assert "Permohonan baru" in page


# --- cost --------------------------------------------------------------------------------------------------
def test_query_counts_do_not_grow_with_rows(stage: Stage) -> None:
    stage.submitted()
    desk = logged_in(stage.member)

    def count(query: str) -> int:
        desk.get(reverse(QUEUE) + query)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse(QUEUE) + query).status_code == 200
        return len(queries)

    asked = ("", "?antrean=semua&q=contoh&bentuk=company")
    one = [count(query) for query in asked]
    for number in (1, 2):
        stage.submitted(other(stage, f"CV Contoh {number}", number))
    assert [count(query) for query in asked] == one
    assert max(one) <= 22


def test_pages_follow_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.desk_queue.PAGE", 2)
    for number in (1, 2, 3):
        stage.submitted(other(stage, f"CV Contoh {number}", number))
    desk = logged_in(stage.member)
    first = desk.get(reverse(QUEUE), {"antrean": "semua"})
    second = desk.get(reverse(QUEUE) + first.context["next_url"])
    assert names_in(first) | names_in(second) == {"CV Contoh 1", "CV Contoh 2", "CV Contoh 3"}
    assert (second.context["next_url"], second.context["previous_url"]) == ("", "?antrean=semua&hal=1")


def test_the_queue_reads_no_personal_number(stage: Stage) -> None:
    """The encrypted columns are not even fetched for a list."""
    stage.submitted()
    queue = Queue(stage.member, QueryDict("antrean=semua"))
    with CaptureQueriesContext(connection) as queries:
        queue.page(1)
    assert not any('"nik"' in query["sql"] or '"account_number"' in query["sql"] for query in queries)
