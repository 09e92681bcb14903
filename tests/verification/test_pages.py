"""The applicant's pages, through the browser's own requests."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Provider
from core.clock import today
from tests.accounts.stage import logged_in, person
from tests.areas import LOMBOK_TENGAH
from tests.core.files import jpeg
from tests.verification.stage import Stage, paper
from verification.forms import STEPS
from verification.models import Application, Standing
from verification.models.application import consent_in_force


def key_of(client: Client, url: str) -> str:
    """The once-key that the form was issued with."""
    return (
        client.get(url).context["form"]["submit_key"].initial or client.get(url).context["form"]["submit_key"].value()
    )


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


ANSWERS: dict[str, dict[str, Any]] = {
    "kontak": {"address": "Jalan Contoh 1", "phone": "0370 123456", "email": "kantor@contoh.example"},
    "penanggung-jawab": {"person_in_charge": "Rina Contoh", "position": "Direktur", "nik": "0000 0000 0000 0017"},
    "npwp-nib": {"npwp": "0000.0000.0000.0987", "nib": "0000000000099"},
    "rekening": {"bank": "Bank Contoh", "account_number": "0000-5555-01", "account_holder": "CV Contoh"},
    "bidang": {"fields": ["infrastruktur", "kewirausahaan"]},
}
EXPERT = {"name": "Contoh Ahli", "education": "S1 Teknik Sipil", "expertise": "Irigasi"}
EXPERIENCE = {"title": "DED jalan", "client": "Desa Contoh", "year": "2025"}


def test_from_sign_up_to_submission_each_step_leads_to_the_next(stage: Stage) -> None:
    assert stage.member
    client = logged_in(person("Rina Contoh", "provider"))
    assert "Buat profil penyedia" in text_of(client.get(reverse("my-provider")))
    url = reverse("my-provider-new")
    first = {"name": "CV Contoh", "legal_form": "company", "area": LOMBOK_TENGAH, "submit_key": key_of(client, url)}
    url = client.post(url, first).url
    provider = Provider.objects.get()
    for key, answers in ANSWERS.items():
        assert url == reverse("my-provider-step", args=[provider.code, key])
        url = client.post(url, answers).url
    for kind, answers in (("tenaga-ahli", EXPERT), ("pengalaman", EXPERIENCE)):
        assert url == reverse("my-provider-entry-new", args=[provider.code, kind])
        listing = client.post(url, answers | {"submit_key": key_of(client, url)}).url
        assert listing == reverse("my-provider-entries", args=[provider.code, kind])
        url = client.get(listing).context["onward"]
    provider.refresh_from_db()
    assert (provider.phone, provider.npwp, provider.account_number) == (
        "+62370123456",
        "0000000000000987",
        "0000555501",
    )
    assert (provider.fields, provider.experts) == (["infrastruktur", "kewirausahaan"], 1)
    assert url == reverse("application-new", args=[provider.code])
    url = client.post(url, {"regency": LOMBOK_TENGAH, "submit_key": key_of(client, url)}).url
    application = Application.objects.get()
    assert url == application.get_absolute_url()
    url = client.get(url).context["checklist"].next.url
    visited = []
    while "/dokumen/" in url:
        visited.append(url.split("/dokumen/")[1].split("/")[0])
        url = send(client, url).url
    assert visited == [want.type.key for want in application.wanted() if want.required]
    check = reverse("application-check", args=[application.code])
    assert client.get(check).context["checklist"].lacks == ["Persetujuan penggunaan data"]
    client.post(application.move_url("consent"), {"version": consent_in_force()["version"], "agree": "on"})
    assert "Semua lengkap" in text_of(client.get(check))
    last = text_of(client.get(application.move_url("submit")))
    assert "CV Contoh, Badan usaha" in last
    for secret in ("0000000000000017", "0000000000000987", "0000555501"):
        assert secret not in last
    assert client.post(application.move_url("submit")).status_code == 302
    application.refresh_from_db()
    assert application.state == "submitted"
    assert paper(application, "ktp").file.personal
    page = text_of(client.get(application.get_absolute_url()))
    assert "Menunggu Pokja P2KTD" in page
    assert "Periksa kelengkapan" not in page


def test_the_check_says_everything_at_once_and_stops_nobody(stage: Stage) -> None:
    """The same that the guard would say, each with a link to where it is mended."""
    provider = stage.new_provider("Yayasan Contoh Baru", form="nonprofit", empty=True)
    application = stage.draft(provider, full=False)
    client = logged_in(stage.owner(provider))
    response = client.get(reverse("application-check", args=[application.code]))
    found = response.context["checklist"]
    assert response.status_code == 200
    assert sorted(found.lacks) == sorted(application.missing())
    assert f"{len(application.missing())} hal masih kurang" in text_of(response)
    for item in found.items:
        if item.lacks:
            assert client.get(item.url).status_code == 200, item
            assert item.url.replace("&", "&amp;") in response.content.decode()
    assert [item.title for item in found.items if item.done] == ["Identitas", "Wilayah layanan"]


def test_a_complete_list_lacks_nothing_and_says_what_is_odd(stage: Stage) -> None:
    application = stage.draft()
    stage.firm.expert_entries.update(certificate="SKK", certificate_until=today() + dt.timedelta(days=3))
    Provider.objects.filter(pk=stage.firm.pk).update(account_holder="Rina Contoh")
    client = logged_in(stage.owner(stage.firm))
    response = client.get(reverse("application-check", args=[application.code]))
    assert response.context["checklist"].lacks == application.missing() == []
    page = text_of(response)
    assert "Lihat ringkasan dan ajukan" in page
    assert "Rekening atas nama “Rina Contoh”, bukan “CV Contoh Bina Desa”." in page
    assert "Sertifikat Contoh Ahli berlaku hanya sampai" in page
    assert "Dua angka pertama NIK bukan kode provinsi." in page


def test_the_check_leads_back_once_it_was_submitted(stage: Stage) -> None:
    application = stage.submitted()
    url = reverse("application-check", args=[application.code])
    assert logged_in(stage.owner(stage.firm)).get(url).url == application.get_absolute_url()


def test_a_person_gets_suggestions(stage: Stage) -> None:
    """Who registers alone is the person in charge and the expert; the NPWP is the NIK."""
    provider = stage.new_provider("Contoh Sendiri", form="person", empty=True)
    client = logged_in(stage.owner(provider))
    initial = lambda name, *args: client.get(reverse(name, args=[provider.code, *args])).context["form"].initial  # noqa: E731
    assert initial("my-provider-step", "penanggung-jawab")["person_in_charge"] == "Contoh Sendiri"
    Provider.objects.filter(pk=provider.pk).update(nik="")
    client.post(
        reverse("my-provider-step", args=[provider.code, "penanggung-jawab"]),
        {"person_in_charge": "Contoh Sendiri", "position": "Pribadi", "nik": "0000000000000017"},
    )
    assert initial("my-provider-step", "npwp-nib")["npwp"] == "0000000000000017"
    assert initial("my-provider-entry-new", "tenaga-ahli") == {"name": "Contoh Sendiri"}


def send(client: Client, url: str, **more: str) -> Any:
    """Bring a paper on its page; number and dates where it wants them."""
    file = SimpleUploadedFile("surat.jpg", jpeg(400, 300), content_type="image/jpeg")
    return client.post(url, {"file": file, "submit_key": key_of(client, url), **more})


def upload(client: Client, application: Application, key: str, **more: str) -> Any:
    return send(client, reverse("application-document", args=[application.code, key]), **more)


def test_a_profile_step_keeps_what_was_typed_and_says_what_is_wrong(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    url = reverse("my-provider-step", args=[stage.firm.code, "penanggung-jawab"])
    response = client.post(url, {"person_in_charge": "Budi Contoh", "position": "Ketua", "nik": "12"})
    assert response.status_code == 422
    assert "NIK harus 16 angka." in text_of(response)
    assert 'value="Budi Contoh"' in text_of(response)


def test_every_step_saves_what_it_shows(stage: Stage) -> None:
    """A step opened and sent again changes nothing."""
    client = logged_in(stage.owner(stage.firm))
    before = Provider.objects.filter(pk=stage.firm.pk).values().get()
    for key in STEPS:
        url = reverse("my-provider-step", args=[stage.firm.code, key])
        form = client.get(url).context["form"]
        data = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}
        data = {name: getattr(value, "code", value) for name, value in data.items()}
        assert client.post(url, data).status_code == 302, key
    after = Provider.objects.filter(pk=stage.firm.pk).values().get()
    assert after == before


def test_what_is_typed_is_kept_in_the_browser_but_for_personal_numbers(stage: Stage) -> None:
    """An expired session costs no typing; a shared computer keeps no NIK, NPWP or account."""
    client = logged_in(stage.owner(stage.firm))
    kept = {}
    for key in STEPS:
        page = client.get(reverse("my-provider-step", args=[stage.firm.code, key])).content.decode()
        assert f'data-autosave="penyedia-{stage.firm.code}-{key}"' in page
        kept[key] = re.findall(r'<input[^>]*name="(\w+)"[^>]*data-no-draft', page)
    assert {key: names for key, names in kept.items() if names} == {
        "penanggung-jawab": ["nik"],
        "npwp-nib": ["npwp"],
        "rekening": ["account_number"],
    }
    for kind in ("tenaga-ahli", "pengalaman"):
        url = reverse("my-provider-entry-new", args=[stage.firm.code, kind])
        assert f'data-autosave="{kind}-{stage.firm.code}-' in client.get(url).content.decode()


def test_locked_identity_is_shown_and_not_asked(stage: Stage) -> None:
    stage.submitted()
    client = logged_in(stage.owner(stage.firm))
    url = reverse("my-provider-step", args=[stage.firm.code, "identitas"])
    page = text_of(client.get(url))
    assert "sedang diperiksa Pokja Kabupaten Lombok Tengah" in page
    assert 'name="name"' not in page
    assert client.post(url, {"name": "Lain", "legal_form": "company", "area": LOMBOK_TENGAH}).status_code == 403
    stage.firm.refresh_from_db()
    assert stage.firm.name == "CV Contoh Bina Desa"


def test_a_second_press_makes_no_second_thing(stage: Stage) -> None:
    assert stage.member
    client = logged_in(stage.owner(stage.firm))
    url = reverse("application-new", args=[stage.firm.code])
    data = {"regency": LOMBOK_TENGAH, "submit_key": key_of(client, url)}
    assert client.post(url, data).url == client.post(url, data).url
    application = Application.objects.get()
    url = reverse("application-document", args=[application.code, "ktp"])
    key = key_of(client, url)
    for _ in range(2):
        file = SimpleUploadedFile("ktp.jpg", jpeg(300, 200), content_type="image/jpeg")
        assert client.post(url, {"file": file, "submit_key": key}).status_code == 302
    assert application.documents.count() == 1


def test_a_forged_regency_is_refused(stage: Stage) -> None:
    assert stage.member
    client = logged_in(stage.owner(stage.firm))
    url = reverse("application-new", args=[stage.firm.code])
    response = client.post(url, {"regency": "52.01", "submit_key": key_of(client, url)})
    assert response.status_code == 422
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Berkas kosong"),
        (b"MZ\x90\x00 bukan dokumen", "Berkas harus PDF atau foto"),
        (b"%PDF-1.4 rusak", "PDF"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(stage: Stage, content: bytes, sentence: str) -> None:
    application = stage.draft(full=False)
    client = logged_in(stage.owner(stage.firm))
    url = reverse("application-document", args=[application.code, "ktp"])
    file = SimpleUploadedFile("../../ktp.pdf", content, content_type="application/pdf")
    response = client.post(url, {"file": file, "submit_key": key_of(client, url)})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not application.documents.exists()


def test_a_return_shows_each_reason_beside_its_paper(stage: Stage) -> None:
    application = stage.returned(failing="ktp")
    client = logged_in(stage.owner(stage.firm))
    page = text_of(client.get(application.get_absolute_url()))
    row = page.split('id="dokumen-ktp"')[1].split("</li>")[0]
    assert "Tidak terbaca atau terpotong: Foto terpotong di kanan." in row
    other = page.split('id="dokumen-npwp"')[1].split("</li>")[0]
    assert "Sesuai" in other
    locked = client.get(reverse("application-document", args=[application.code, "npwp"]))
    assert "tidak termasuk yang harus diperbaiki" in text_of(locked)
    assert "sudah sesuai, terkunci" in other
    assert 'type="file"' not in text_of(locked)
    assert upload(client, application, "ktp").status_code == 302
    assert client.post(application.move_url("submit")).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.round) == ("submitted", 2)


def test_verdicts_of_a_running_check_are_not_shown(stage: Stage) -> None:
    application = stage.checking()
    application.judge(
        by=stage.member, document=paper(application, "ktp"), conforms=False, reason_kind="other", reason="Rahasia."
    )
    client = logged_in(stage.owner(stage.firm))
    for url in (application.get_absolute_url(), reverse("application-document", args=[application.code, "ktp"])):
        page = text_of(client.get(url))
        assert "Rahasia." not in page
        assert "Tidak Sesuai" not in page


def test_an_optional_paper_is_taken_back(stage: Stage) -> None:
    application = stage.draft(full=False)
    client = logged_in(stage.owner(stage.firm))
    upload(client, application, "foto")
    url = reverse("application-document-detach", args=[application.code, "foto"])
    assert client.post(url).status_code == 302
    assert not application.documents.current().exists()
    assert client.post(url).status_code == 302  # sent twice: refused with a sentence, nothing breaks


def test_the_end_is_told(stage: Stage) -> None:
    application = stage.listed(number="017/P2KTD")
    page = text_of(logged_in(stage.owner(stage.firm)).get(application.get_absolute_url()))
    for told in ("017/P2KTD", "188.45/12/2026", "Berlaku sampai", "Terdaftar di Kabupaten Lombok Tengah sampai"):
        assert told in page
    rejected = stage.recommended(stage.rival)
    rejected.reject(by=stage.chair, reason="Pengalaman belum terbukti.", apply_again_from=today())
    page = text_of(logged_in(stage.owner(stage.rival)).get(rejected.get_absolute_url()))
    assert "Pengalaman belum terbukti." in page
    assert Standing.objects.count() == 1


def test_the_pokja_is_sent_to_its_desk(stage: Stage) -> None:
    application = stage.submitted()
    response = logged_in(stage.member).get(application.get_absolute_url())
    assert response.url == reverse("admin:verification_application_change", args=[application.code])


def test_desk_verbs_have_no_address_here(stage: Stage) -> None:
    application = stage.submitted()
    for slug in ("ambil-untuk-diperiksa", "tolak", "claim", "judge", "unggah-dokumen", "karangan"):
        url = f"{application.get_absolute_url()}{slug}/"
        assert logged_in(stage.owner(stage.firm)).post(url).status_code == 404
        assert logged_in(stage.member).post(url).status_code == 404


def test_the_pages_of_many_papers_cost_as_many_queries_as_of_few(stage: Stage) -> None:
    few, many = stage.draft(stage.rival, full=False), stage.draft()
    few.consent(by=stage.owner(stage.rival), version=consent_in_force()["version"])
    counts = []
    for application in (few, many):
        client = logged_in(stage.owner(application.provider))
        client.get(application.get_absolute_url())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(application.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 20
