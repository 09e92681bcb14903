"""Before the Pokja reads anything, all is there; what is missing is said at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import LegalForm, Role
from core.clock import today
from core.models import DatedSetting
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import fresh, person
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import YEAR, Stage, attach
from verification.models import Application, DocumentRequirement, DocumentType, profile


def refused(act: Any, **arguments: Any) -> str:
    """The sentence with which this is refused."""
    with pytest.raises(TransitionRefused) as refusal:
        act(**arguments)
    return refusal.value.reason


def test_everything_missing_is_said_at_once(stage: Stage) -> None:
    provider = stage.new_provider("Yayasan Contoh Baru", form=LegalForm.NONPROFIT, empty=True)
    application = stage.draft(provider, full=False)
    assert refused(application.submit, by=stage.owner(provider)) == (
        "Belum lengkap: Alamat kantor; Telepon kantor; Email kantor; Nama penanggung jawab; Jabatan penanggung jawab; "
        "NIK penanggung jawab; NPWP; Nama bank; Nomor rekening; Rekening atas nama; Bidang pekerjaan; "
        "Dokumen KTP penanggung jawab; Dokumen NPWP; Dokumen Akta pendirian dan pengesahan badan hukum; "
        "Ijazah dan riwayat hidup tenaga ahli inti (isi dahulu tenaga ahli); "
        "Portofolio pekerjaan (isi dahulu pengalaman); Dokumen Surat pernyataan kebenaran data; Dokumen Surat pernyataan tidak "
        "masuk daftar hitam; Dokumen Pakta integritas; Dokumen Buku atau rekening koran bank; Persetujuan penggunaan data."
    )
    application.refresh_from_db()
    assert application.state == "draft"


@pytest.mark.parametrize("form", LegalForm.values)
def test_nib_is_asked_of_businesses_only(stage: Stage, form: str) -> None:
    provider = stage.new_provider("Contoh Tanpa NIB", form=form, nib="")
    business = form in (LegalForm.COMPANY, LegalForm.VILLAGE_COMPANY)
    assert profile.missing_fields(provider) == (["nib"] if business else [])


def test_a_complete_draft_is_submitted_with_what_the_profile_said(stage: Stage) -> None:
    application = stage.submitted()
    said = application.profile
    assert {name: said[name] for name in ("name", "legal_form", "area_id", "person_in_charge", "nib", "fields")} == {
        "name": "CV Contoh Bina Desa",
        "legal_form": "company",
        "area_id": LOMBOK_TENGAH,
        "person_in_charge": "Rina Contoh",
        "nib": "0000000000099",
        "fields": ["infrastruktur"],
    }
    assert (said["experts"], said["experience"], said["serves"]) == (
        ["Contoh Ahli"],
        ["DED jalan (2025)"],
        [LOMBOK_TENGAH],
    )
    assert said["npwp"] == {"index": application.provider.npwp_index, "masked": "000000••••••0987"}
    assert application.submitted_at is not None
    assert application.round == 1


def test_personal_numbers_stand_in_no_event(stage: Stage) -> None:
    from core.models import Event

    stage.recommended()
    everything = " ".join(str(row) for row in Event.objects.values_list("data", "note"))
    assert "0000000000000017" not in everything  # NIK
    assert "0000000000000987" not in everything  # NPWP
    assert "0000555501" not in everything  # account


def test_an_older_consent_text_has_to_be_accepted_anew(stage: Stage) -> None:
    application = stage.draft()
    DatedSetting.objects.create(
        key="verification-consent",
        value={"version": "2026-1", "paragraphs": ["Teks baru."]},
        valid_from=today(),
        source="contoh",
    )
    by = stage.owner(application.provider)
    assert refused(application.submit, by=by) == "Belum lengkap: Persetujuan penggunaan data."
    assert refused(application.consent, by=by, version="2024-1") == "Teks persetujuan berubah. Baca yang baru."
    application.consent(by=by, version="2026-1")
    application.submit(by=by)
    assert application.consent_version == "2026-1"


def test_a_paper_that_ran_out_has_to_be_replaced(stage: Stage) -> None:
    provider = stage.new_provider("Yayasan Contoh Tani", form=LegalForm.NONPROFIT)
    application = stage.draft(provider)
    by = stage.owner(provider)
    assert refused(attach, application=application, kind="skt", by=by, expires_on=today() - YEAR) == (
        "Dokumen ini sudah tidak berlaku."
    )
    attach(application, "skt", by=by, number="12", expires_on=today())  # its last day counts
    application.documents.filter(type__key="skt").update(expires_on=today() - dt.timedelta(days=1))
    assert "Perbaikan Surat Keterangan Terdaftar (Kesbangpol) (Sudah tidak berlaku)" in refused(
        application.submit, by=by
    )


def test_a_regency_asks_for_more_or_less_from_a_day_on(stage: Stage) -> None:
    kind = DocumentType.objects.get(key="foto")
    ktp = DocumentType.objects.get(key="ktp")
    rows = {"legal_form": "company", "regency_id": LOMBOK_TENGAH, "source": "Keputusan contoh"}
    DocumentRequirement.objects.create(type=kind, need="required", valid_from=today(), **rows)
    DocumentRequirement.objects.create(type=ktp, need="off", valid_from=today(), **rows)
    asked = {
        place: {row.type.key: row.need for row in DocumentRequirement.objects.in_force("company", regency=place)}
        for place in (LOMBOK_TENGAH, LOMBOK_BARAT)
    }
    assert (asked[LOMBOK_TENGAH]["foto"], "ktp" in asked[LOMBOK_TENGAH]) == ("required", False)
    assert (asked[LOMBOK_BARAT]["foto"], asked[LOMBOK_BARAT]["ktp"]) == ("optional", "required")
    before = DocumentRequirement.objects.in_force("company", regency=LOMBOK_TENGAH, on=today() - dt.timedelta(days=1))
    assert {row.type.key: row.need for row in before} == asked[LOMBOK_BARAT]


def test_rules_of_the_first_submission_stay(stage: Stage) -> None:
    application = stage.returned()
    Application.objects.filter(pk=application.pk).update(submitted_at=application.submitted_at - YEAR)
    DocumentRequirement.objects.create(
        type=DocumentType.objects.get(key="domisili"),
        legal_form="company",
        need="required",
        valid_from=today(),
        source="contoh",
    )
    again = Application.objects.get(pk=application.pk)
    assert not [item for item in again.missing() if "domisili" in item]


def test_a_kind_that_is_not_asked_for_is_refused(stage: Stage) -> None:
    application = stage.draft()
    assert refused(attach, application=application, kind="skt", by=stage.owner(application.provider)) == (
        "Surat Keterangan Terdaftar (Kesbangpol) tidak diminta untuk bentuk penyedia Anda."
    )


def test_a_replaced_paper_stays_stored(stage: Stage) -> None:
    application = stage.draft()
    attach(application, "ktp", by=stage.owner(application.provider))
    versions = application.documents.filter(type__key="ktp").order_by("version")
    assert [(row.version, row.replaced_at is None) for row in versions] == [(1, False), (2, True)]


def test_a_required_paper_is_not_taken_back(stage: Stage) -> None:
    application = stage.draft()
    by = stage.owner(application.provider)
    ktp = DocumentType.objects.get(key="ktp")
    assert refused(application.detach, by=by, type=ktp) == "KTP penanggung jawab wajib; ganti berkasnya bila salah."


# --- where one may apply ---------------------------------------------------------------------------------
def test_no_application_where_no_pokja_works(stage: Stage) -> None:
    application = Application(provider=stage.firm, regency=Area.objects.get(code=LOMBOK_BARAT))
    assert refused(application.apply, by=stage.owner(stage.firm)) == (
        "Kabupaten Lombok Barat belum mempunyai Pokja P2KTD di sistem ini."
    )


def test_one_open_application_a_regency(stage: Stage) -> None:
    stage.submitted()
    assert refused(stage.draft) == "Permohonan Anda ke Kabupaten Lombok Tengah sudah ada dan masih berjalan."
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(provider=stage.firm, regency_id=LOMBOK_TENGAH)
    stage.draft(regency=LOMBOK_BARAT)


def test_a_province_is_no_regency(stage: Stage) -> None:
    assert stage.member
    application = Application(provider=stage.firm, regency=Area.objects.get(code="52"))
    assert refused(application.apply, by=stage.owner(stage.firm))


def test_a_rejected_applicant_waits_until_the_day(stage: Stage) -> None:
    application = stage.recommended()
    day = today() + dt.timedelta(days=30)
    application.reject(by=stage.chair, reason="Dokumen tidak benar.", apply_again_from=day)
    assert refused(stage.draft) == f"Permohonan ke Kabupaten Lombok Tengah dapat diajukan lagi mulai {day:%d/%m/%Y}."
    Application.objects.filter(pk=application.pk).update(apply_again_from=today())
    stage.draft()


def test_a_listing_that_still_runs_long_is_not_applied_for_again(stage: Stage) -> None:
    stage.listed()
    sentence = refused(stage.draft)
    assert sentence.startswith("Anda terdaftar di Kabupaten Lombok Tengah sampai ")
    assert "Perpanjangan dibuka mulai" in sentence


# --- the profile -------------------------------------------------------------------------------------------
def test_identity_stays_while_it_is_checked_and_after_the_decree(stage: Stage) -> None:
    application = stage.submitted()
    owner = stage.owner(stage.firm)
    assert refused(profile.change, provider=stage.firm, by=owner, npwp="1" * 16) == (
        "Data ini sedang diperiksa Pokja Kabupaten Lombok Tengah dan tidak dapat diubah sekarang."
    )
    profile.change(stage.firm, by=owner, phone="+6281234567890")  # contacts may change at any time
    stage.declared(application)
    application.claim(by=stage.member)
    application.give_back(by=stage.member, note="NPWP salah.")
    profile.change(stage.firm, by=owner, npwp="1" * 16)
    stage.firm.refresh_from_db()
    assert (stage.firm.phone, stage.firm.npwp) == ("+6281234567890", "1" * 16)


def test_a_paper_about_changed_data_has_to_be_shown_anew(stage: Stage) -> None:
    """Given back with a note before it was judged: what proves the mended field is open, the rest stays locked."""
    application = stage.checking()
    application.give_back(by=stage.member, note="NPWP salah.")
    owner = stage.owner(stage.firm)
    before = "NPWP sudah diperiksa atau sedang diperiksa, dan tidak perlu diganti."
    assert refused(attach, application=application, kind="npwp", by=owner) == before
    profile.change(stage.firm, by=owner, npwp="1" * 16)
    again = Application.objects.get(pk=application.pk)
    assert again.missing() == ["Perbaikan NPWP (data pada profil berubah)"]
    attach(again, "npwp", by=owner)
    assert again.missing() == []
    assert "tidak perlu diganti" in refused(attach, application=again, kind="ktp", by=owner)


def test_a_paper_without_expiry_takes_no_date(stage: Stage) -> None:
    """NIB, for one, has none."""
    application = stage.draft(stage.new_provider("Yayasan Contoh NIB", form=LegalForm.NONPROFIT), full=False)
    arguments = {"application": application, "kind": "nib", "by": stage.owner(application.provider)}
    assert refused(attach, expires_on=today() + YEAR, **arguments) == "NIB dan KBLI tidak mempunyai masa berlaku."
    assert attach(**arguments).expires_on is None


def test_who_applies_somewhere_serves_there(stage: Stage) -> None:
    stage.draft()
    assert list(stage.firm.serves.values_list("pk", flat=True)) == [LOMBOK_TENGAH]


def test_only_its_own_people_change_a_profile(stage: Stage) -> None:
    assert refused(profile.change, provider=stage.firm, by=stage.owner(stage.rival), phone="+6281234567890") == (
        "Hanya penyedia sendiri yang dapat mengubah profilnya."
    )


def test_a_village_account_makes_no_provider_and_nobody_makes_two(stage: Stage) -> None:
    area = Area.objects.get(code=LOMBOK_TENGAH)
    fields = {"name": "CV Kedua", "legal_form": "company", "area": area}
    assert refused(profile.begin, by=stage.operator, **fields) == "Akun ini tidak didaftarkan sebagai penyedia."
    assert refused(profile.begin, by=stage.owner(stage.firm), **fields) == "Anda sudah mempunyai profil penyedia."
    newcomer = person("Orang Baru", "provider")
    profile.begin(by=newcomer, **fields)
    assert fresh(newcomer).memberships_now[0].role == Role.PROVIDER
