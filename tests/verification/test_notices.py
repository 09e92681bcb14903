"""Who is told of what, once, with every reason."""

from __future__ import annotations

from core.models import Mail, Notice
from tests.accounts.stage import fresh, give
from tests.verification.stage import Stage, attach
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
    application = stage.ready()
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
        assert "Portofolio pekerjaan: Tidak terbaca atau terpotong: Ulangi portofolio." in body
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


def test_a_refusal_reaches_the_applicant_with_its_reason(stage: Stage) -> None:
    application = stage.rejected()
    notice = Notice.objects.get(event=application.events().get(verb="reject"), channel="site")
    assert notice.user == stage.owner(stage.firm)
    assert "Alasan: Pengalaman belum dapat dibuktikan." in notice.body
