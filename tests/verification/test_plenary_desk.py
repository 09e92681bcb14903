"""The plenary's pages at the desk, through the browser's own requests."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import today
from tests.accounts.stage import fresh, give, logged_in, upload
from tests.verification.stage import DAY, YEAR, Stage
from verification.models import Application, Plenary, Standing

LIST, NEW = reverse("admin:verification_plenary_changelist"), reverse("admin:verification_plenary_add")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def new_form(client: Client, **data: Any) -> dict[str, Any]:
    """What the page would send, with its own key."""
    key = client.get(NEW).context["form"]["submit_key"].value()
    return {"submit_key": key, "held_on": today().isoformat(), "place": "Aula Dinas PMD"} | data


def decree_form(plenary: Plenary, **data: Any) -> dict[str, Any]:
    return {
        "decree_number": "188.45/77/2026",
        "decree_date": today().isoformat(),
        "valid_until": (today() + YEAR).isoformat(),
        **{f"nomor-{line.application.code}": f"{n:03}" for n, line in enumerate(plenary.lines(), 1)},
    } | data


def test_from_candidates_to_decree(stage: Stage) -> None:
    """By hand what a Pokja does on the day: choose, minute, attach the scan, decree."""
    good, bad, other = stage.recommended(), stage.unfit(stage.rival), stage.recommended(stage.new_provider("CV Tunda"))
    assert stage.pokja
    desk = logged_in(stage.member)
    assert "3 permohonan sudah dinilai dan menunggu rapat pleno" in text_of(desk.get(LIST))
    sent = desk.post(NEW, new_form(desk, applications=[good.code, bad.code, other.code]))
    plenary = Plenary.objects.get()
    assert sent.url == plenary.get_absolute_url()
    page = text_of(desk.get(sent.url))
    assert "2 layak, 1 tidak layak, 0 ditunda" in page
    assert "Tetapkan dengan Keputusan" not in page
    seated = [member.code for member in plenary.seated()]
    report = {"minutes_number": "07/BA/2026", "present": seated, f"tunda-{other.code}": "Menunggu surat kampus."}
    assert desk.post(plenary.move_url("minute"), report).status_code == 302
    assert desk.post(plenary.move_url("attach_scan"), {"scan": upload()}).status_code == 302
    chair = logged_in(stage.chair)
    assert "07/BA/2026 menunggu keputusan" in text_of(chair.get(reverse("admin:index")))
    plenary.refresh_from_db()
    given = {"decree_number": "188.45/77/2026", "decree_date": today().isoformat()}
    form = chair.get(plenary.move_url("decree")).context["form"]
    given |= {f"nomor-{good.code}": form[f"nomor-{good.code}"].value(), "valid_until": (today() + YEAR).isoformat()}
    assert chair.post(plenary.move_url("decree"), given).status_code == 302
    assert [Application.objects.get(pk=row.pk).state for row in (good, bad, other)] == [
        "listed",
        "rejected",
        "recommended",
    ]
    page = text_of(chair.get(plenary.get_absolute_url()))
    assert "001/P2KTD/" in page
    assert "Menunggu surat kampus." in page
    assert "188.45/77/2026" in text_of(chair.get(LIST))


def test_the_form_sent_twice_makes_one_sitting(stage: Stage) -> None:
    application = stage.recommended()
    assert stage.pokja
    desk = logged_in(stage.member)
    data = new_form(desk, applications=[application.code])
    assert desk.post(NEW, data).url == desk.post(NEW, data).url
    assert Plenary.objects.count() == 1


def test_the_page_opens_with_what_was_asked_for(stage: Stage) -> None:
    first, second = stage.recommended(), stage.recommended(stage.rival)
    assert stage.pokja
    desk = logged_in(stage.member)

    def ticked(query: str) -> set[str]:
        rows = desk.get(f"{NEW}{query}").context["form"].rows()
        return {row["application"].code for row in rows if row["ticked"]}

    assert (ticked(""), ticked(f"?permohonan={first.code}"), ticked("?semua=1")) == (
        set(),
        {first.code},
        {first.code, second.code},
    )
    plenary = stage.plenary(first)
    page = desk.get(f"{plenary.move_url('remove')}?permohonan={first.code}").context["form"]
    assert page["application"].value() == first.code


def test_forged_codes_are_refused_and_nothing_typed_is_lost(stage: Stage) -> None:
    """A code that is no candidate of this regency: draft, another regency's, nonsense."""
    ready, draft = stage.recommended(), stage.draft(stage.rival)
    assert stage.pokja
    desk = logged_in(stage.member)
    for forged in (draft.code, "TIDAKADA", ready.code + "X", str(ready.pk)):
        answer = desk.post(NEW, new_form(desk, place="Balai Desa", applications=[ready.code, forged]))
        assert answer.status_code == 422, forged
        page = text_of(answer)
        assert "sedang menunggu rapat" in page
        assert "Balai Desa" in page
    assert Plenary.objects.count() == 0


def test_a_foreign_regency_finds_nothing(stage: Stage) -> None:
    """Siblings' defect 1: list, page, each move, prints, workbook."""
    plenary = stage.minuted(stage.recommended())
    code = plenary.code
    addresses = [
        plenary.get_absolute_url(),
        *(plenary.move_url(verb) for verb in Plenary.MOVES),
        reverse("admin:verification_plenary_print", args=[code, "berita-acara"]),
        reverse("admin:verification_plenary_form", args=[code, plenary.lines()[0].application.code]),
        reverse("admin:verification_plenary_workbook", args=[code]),
    ]
    for user in (stage.neighbour_chair, stage.neighbour_member, stage.neighbour_office):
        browser = logged_in(user)
        assert plenary.minutes_number not in text_of(browser.get(LIST))
        for address in addresses:
            assert browser.get(address).status_code == 404, address
            assert browser.post(address, {"reason": "x"}).status_code == 404, address
        assert browser.get(f"{NEW}?wilayah=52.02").status_code in (403, 404)
    for outsider in (stage.head, stage.owner(stage.firm), stage.nobody):
        answer = logged_in(outsider).get(plenary.get_absolute_url(), follow=True)
        assert (answer.status_code, plenary.code in text_of(answer)) == (403, False)
    plenary.refresh_from_db()
    assert plenary.state == "minuted"


def test_the_office_reads_and_decides_nothing(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended())
    office = logged_in(stage.office)
    assert "CV Contoh Bina Desa" in text_of(office.get(plenary.get_absolute_url()))
    assert office.get(NEW).status_code == 403
    assert office.post(plenary.move_url("decree"), decree_form(plenary)).status_code == 409
    assert office.post(plenary.move_url("reopen"), {"reason": "Salah."}).status_code == 409
    assert Standing.objects.count() == 0


def test_number_errors_stand_beside_their_line_and_all_else_stays(stage: Stage) -> None:
    stage.listed(stage.new_provider("CV Lama", nib="0000000000044"), number="001")
    plenary = stage.minuted(stage.recommended(), stage.recommended(stage.rival))
    first, second = (line.application for line in plenary.lines())
    chair = logged_in(stage.chair)
    sent = decree_form(plenary, **{f"nomor-{first.code}": "001", f"nomor-{second.code}": ""})
    answer = chair.post(plenary.move_url("decree"), sent)
    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {
        f"nomor-{first.code}": [f"Nomor direktori {first.provider.name} sudah pernah diberikan kepada CV Lama."],
        f"nomor-{second.code}": [f"Isi nomor direktori {second.provider.name}."],
    }
    assert 'value="188.45/77/2026"' in text_of(answer)
    early = chair.post(plenary.move_url("decree"), decree_form(plenary, decree_date=(today() - DAY).isoformat()))
    assert "decree_date" in early.context["form"].errors


def test_a_refused_report_keeps_what_was_typed(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    code = plenary.lines()[0].application.code
    one = plenary.seated()[0].code
    sent = {"minutes_number": "07/BA", "present": [one], f"tunda-{code}": "Surat kurang."}
    answer = logged_in(stage.member).post(plenary.move_url("minute"), sent)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "kuorum rapat 2 anggota" in page
    assert 'value="07/BA"' in page
    assert 'value="Surat kurang."' in page
    assert page.count(" checked") == 1


def test_a_second_click_on_the_decree_says_that_it_is_done(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended())
    chair, sent = logged_in(stage.chair), decree_form(plenary)
    first, second = chair.post(plenary.move_url("decree"), sent), chair.post(plenary.move_url("decree"), sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "Sudah tercatat" in text_of(chair.get(plenary.get_absolute_url()))
    assert Standing.objects.count() == 1


def test_a_broken_scan_is_refused_with_a_sentence(stage: Stage) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    plenary = stage.minuted(stage.recommended())
    broken = SimpleUploadedFile("ba.pdf", b"MZ\x90\x00", content_type="application/pdf")
    answer = logged_in(stage.member).post(plenary.move_url("attach_scan"), {"scan": broken})
    assert answer.status_code == 422
    plenary.refresh_from_db()
    assert plenary.scan is None


def test_who_is_tied_to_an_applicant_does_not_watch_its_check(stage: Stage) -> None:
    """Until the decree neither points nor papers of the sitting are theirs to read."""
    mine, other = stage.recommended(), stage.recommended(stage.rival)
    mine.declare(by=stage.chair, tie="kin", note="Ipar")
    plenary = stage.minuted(mine, other)
    give(stage.second_member, "provider", provider=stage.firm)
    browser = logged_in(fresh(stage.second_member))
    for each in (browser, logged_in(stage.chair)):
        page = text_of(each.get(plenary.get_absolute_url()))
        assert "rinciannya tidak ditampilkan kepada Anda" in page
        assert mine.code not in page
        assert other.code in page
    for name, args in (("print", ["berita-acara"]), ("form", [mine.code]), ("workbook", [])):
        url = reverse(f"admin:verification_plenary_{name}", args=[plenary.code, *args])
        assert browser.post(url).url == plenary.get_absolute_url()
    assert logged_in(stage.member).get(url).status_code == 200


def test_the_workbook_holds_the_frozen_table(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended(), stage.unfit(stage.rival))
    answer = logged_in(stage.member).get(reverse("admin:verification_plenary_workbook", args=[plenary.code]))
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    words = book.read("xl/sharedStrings.xml").decode()
    for word in (
        "CV Contoh Bina Desa",
        "PT Contoh Saingan",
        "Tidak layak",
        "Kelembagaan (bobot 20)",
        plenary.minutes_number,
    ):
        assert word in words, word
    assert "<v>50</v>" in book.read("xl/worksheets/sheet1.xml").decode()


def test_search_and_filters_of_the_list(stage: Stage) -> None:
    decided, waiting = stage.minuted(stage.recommended()), stage.plenary(stage.recommended(stage.rival))
    decided.decree(
        by=stage.chair,
        decree_number="188.45/77",
        decree_date=today(),
        valid_until=today() + YEAR,
        numbers={decided.lines()[0].application.code: "001"},
    )
    desk = logged_in(stage.member)

    def found(**query: str) -> set[str]:
        return {row.code for row in desk.get(LIST, query).context["page"]}

    assert found() == {decided.code, waiting.code}
    assert found(cari="saingan") == {waiting.code}
    assert found(cari="188.45/77") == {decided.code}
    assert found(status="decreed") == {decided.code}
    assert found(tahun=str(today().year)) == {decided.code, waiting.code}
    assert found(tahun="1999") == found(tahun="abc") == found(status="x") == found(cari="tak ada") == set()
    assert "Tidak ada rapat yang cocok" in text_of(desk.get(LIST, {"cari": "tak ada"}))


@pytest.mark.parametrize("place", ["list", "page"])
def test_query_counts_do_not_grow_with_rows(stage: Stage, place: str) -> None:
    plenary = stage.plenary(stage.recommended())
    desk = logged_in(stage.chair)
    url = LIST if place == "list" else plenary.get_absolute_url()

    def count() -> int:
        desk.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        return len(queries)

    one = count()
    for number in (1, 2):
        row = stage.recommended(stage.new_provider(f"CV Contoh {number}", nib=f"000000000{number:04}"))
        if place == "list":
            stage.plenary(row)
        else:
            plenary.add(by=stage.member, applications=[row])
    assert count() == one
    assert one <= 45
