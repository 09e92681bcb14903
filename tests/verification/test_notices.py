"""Who is told of what, once, with every reason."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from core.models import Mail, Notice
from tests.accounts.stage import fresh, give
from tests.verification.stage import Stage, all_points, attach, interviewed, judge_all
from verification.models import Application


def told(verb: str, application: Application) -> dict[str, str]:
    """Name of each person told on the site of the last such event: title."""
    event = application.events().filter(verb=verb).last()
    assert event is not None
    rows = Notice.objects.filter(event=event, channel="site").select_related("user")
    return {row.user.name: row.title for row in rows}


def test_a_submission_is_told_to_the_pokja_of_the_regency_only(stage: Stage) -> None:
    stage.everyone()
    assert stage.member != stage.neighbour_member
    application = stage.submitted()
    assert told("submit", application) == dict.fromkeys(
        ("Baiq Anggota", "Putu Ketua"), "Permohonan baru: CV Contoh Bina Desa"
    )


def test_who_belongs_to_the_applicant_is_not_asked_to_judge(stage: Stage) -> None:
    assert stage.member
    give(stage.chair, "provider", provider=stage.firm)
    assert fresh(stage.chair)
    assert set(told("submit", stage.submitted())) == {"Baiq Anggota"}


def test_a_return_carries_every_reason_by_site_and_mail(stage: Stage) -> None:
    application = stage.checking()
    judge_all(application, by=stage.member)
    for key in ("ktp", "portofolio"):
        row = application.documents.current().get(type__key=key)
        application.judge(
            by=stage.member, document=row, conforms=False, reason_kind="unreadable", reason=f"Ulangi {key}."
        )
    application.give_back(by=stage.member, note="Lengkapi alamat kantor.")
    notice = Notice.objects.get(event=application.events().get(verb="give_back"), channel="site")
    assert notice.user == stage.owner(stage.firm)
    mail = Mail.objects.get(to=notice.user.email)
    for body in (notice.body, mail.body):
        assert "KTP penanggung jawab: Tidak terbaca atau terpotong: Ulangi ktp." in body
        assert "Portofolio pekerjaan: DED jalan (2025): Tidak terbaca atau terpotong: Ulangi portofolio." in body
        assert "Lengkapi alamat kantor." in body
    assert application.get_absolute_url() in mail.body


def test_a_resubmission_says_so(stage: Stage) -> None:
    application = stage.returned()
    attach(application, "ktp", by=stage.owner(stage.firm))
    application.submit(by=stage.owner(stage.firm))
    assert set(told("submit", application).values()) == {"Perbaikan diajukan: CV Contoh Bina Desa"}


def test_decisions_reach_chair_and_applicant(stage: Stage) -> None:
    assert stage.chair != stage.second_chair
    application = stage.listed()
    assert told("recommend", application) == dict.fromkeys(
        ("Putu Ketua", "Nyoman Ketua"), "Menunggu penetapan: CV Contoh Bina Desa"
    )
    assert told("list_provider", application) == {
        "Pemilik CV Contoh Bina Desa": "Terdaftar di direktori Kabupaten Lombok Tengah"
    }


def test_the_chair_hears_of_the_unfit_too(stage: Stage) -> None:
    assert told("find_unfit", stage.unfit()) == {"Putu Ketua": "Menunggu penetapan: CV Contoh Bina Desa"}


def test_an_invitation_tells_day_hour_zone_and_place(stage: Stage) -> None:
    application = stage.interview()
    at = dt.datetime(2027, 3, 4, 1, 30, tzinfo=dt.UTC)
    application.schedule_interview(by=stage.member, mode="office", at=at, place="Ruang rapat Dinas PMD")
    notice = Notice.objects.get(event=application.events().get(verb="schedule_interview"), channel="site")
    assert notice.user == stage.owner(stage.firm)
    assert notice.title.replace("\u00a0", " ") == "Wawancara 4 Maret 2027 pukul 09.30 WITA"
    assert "Cara: Di kantor Pokja\nTempat: Ruang rapat Dinas PMD" in notice.body


def test_the_bench_is_called_to_score_and_the_holder_when_all_have(stage: Stage) -> None:
    application = stage.interview()
    stage.declared(application, stage.second_member)
    interviewed(application, by=stage.member)
    assert told("record_interview", application) == dict.fromkeys(
        ("Made Anggota", "Putu Ketua"), "Menunggu nilai Anda: CV Contoh Bina Desa"
    )
    for user in (stage.chair, stage.member):
        application.score(by=user, points=all_points(application))
        assert told("score", application) == {}
    application.score(by=stage.second_member, points=all_points(application))
    assert told("score", application) == {"Baiq Anggota": "Nilai terbuka: CV Contoh Bina Desa"}


def test_who_is_handed_a_case_hears_why(stage: Stage) -> None:
    application = stage.checking()
    stage.declared(application, stage.second_member)
    application.assign(by=stage.chair, member=stage.second_member, reason="Baiq cuti.")
    notice = Notice.objects.get(event=application.events().get(verb="assign"), channel="site")
    assert notice.user == stage.second_member
    assert "Baiq cuti." in notice.body
    assert notice.url == reverse("admin:verification_application_change", args=[application.code])


def test_a_withdrawal_stops_who_holds_it_else_the_chair(stage: Stage) -> None:
    held = stage.checking()
    held.withdraw(by=stage.owner(stage.firm))
    assert told("withdraw", held) == {"Baiq Anggota": "Dibatalkan pemohon: CV Contoh Bina Desa"}
    free = stage.submitted(stage.rival)
    free.withdraw(by=stage.owner(stage.rival))
    assert told("withdraw", free) == {"Putu Ketua": "Dibatalkan pemohon: PT Contoh Saingan"}
    draft = stage.draft(stage.new_provider("CV Contoh Diam", npwp="0000000000000777", nib="0000000000077"))
    draft.withdraw(by=stage.owner(draft.provider))
    assert told("withdraw", draft) == {}


def test_who_is_tied_hears_nothing_of_a_later_round(stage: Stage) -> None:
    application = stage.returned()
    application_owner = stage.owner(stage.firm)
    again = stage.submitted(stage.rival)
    again.declare(by=stage.second_member, tie="kin")
    again.withdraw(by=stage.owner(stage.rival))
    assert "Made Anggota" not in told("withdraw", again)
    attach(application, "ktp", by=application_owner)
    application.submit(by=application_owner)
    assert "Made Anggota" in told("submit", application)


def test_a_remark_is_told_to_nobody(stage: Stage) -> None:
    application = stage.checking()
    application.remark(by=stage.member, note="Telepon kantor lama.")
    assert told("remark", application) == {}
