"""Experts, experience, fields and regencies: written by the provider's own people, each entry with its own paper."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Provider
from core.models import Event
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import logged_in
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT
from tests.verification.stage import Stage, attach, judge_all
from tests.verification.test_pages import EXPERT, key_of, send, text_of
from verification import fields_of_work
from verification.models import Application, DocumentRequirement, DocumentType, Experience, Expert, portfolio

LONG = "Contoh Nama Panjang " * 9
HARD = "Siti العربية Ńgoc O’Contoh"


def refused(act: Any, *arguments: Any, **more: Any) -> str:
    """The sentence with which this is refused."""
    with pytest.raises(TransitionRefused) as refusal:
        act(*arguments, **more)
    return refusal.value.reason


def urls(provider: Provider, kind: str = "tenaga-ahli") -> tuple[str, str]:
    return (
        reverse("my-provider-entries", args=[provider.code, kind]),
        reverse("my-provider-entry-new", args=[provider.code, kind]),
    )


def ask_for_experts(stage: Stage) -> None:
    """Companies show a paper of each expert in these tests, too."""
    DocumentRequirement.objects.create(
        type=DocumentType.objects.get(key="tenaga-ahli"),
        legal_form="company",
        need="required",
        regency_id=LOMBOK_TENGAH,
        valid_from="2024-02-01",
        source="uji",
    )


# --- by its pages -----------------------------------------------------------------------------------------
def test_an_expert_is_added_corrected_and_removed(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    listing, new = urls(stage.firm)
    data = EXPERT | {"name": "Contoh Dua", "certificate": "SKK Ahli Muda", "certificate_until": "2030-01-01"}
    assert client.post(new, data | {"submit_key": key_of(client, new)}).url == listing
    page = text_of(client.get(listing))
    assert "SKK Ahli Muda, berlaku sampai 1 Januari 2030" in page
    row = Expert.objects.get(name="Contoh Dua")
    edit = reverse("my-provider-entry", args=[stage.firm.code, "tenaga-ahli", row.code])
    assert 'value="Contoh Dua"' in text_of(client.get(edit))
    assert client.post(edit, {**EXPERT, "name": "Contoh Tiga"}).url == listing
    row.refresh_from_db()
    assert (row.name, row.certificate) == ("Contoh Tiga", "")
    stage.firm.refresh_from_db()
    assert stage.firm.experts == 2
    remove = reverse("my-provider-entry-remove", args=[stage.firm.code, "tenaga-ahli", row.code])
    assert "Hapus tenaga ahli?" in text_of(client.get(remove))
    assert Expert.objects.filter(removed_at=None).count() == 2  # asking removes nothing
    assert client.post(remove).url == listing
    assert client.post(remove).status_code == 404  # sent twice
    stage.firm.refresh_from_db()
    assert (stage.firm.experts, Expert.objects.count()) == (1, 2)
    verbs = Event.objects.filter(about="accounts.provider").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["add_entry", "edit_entry", "remove_entry"]


def test_experience_may_keep_its_value_to_itself(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    listing, new = urls(stage.firm, "pengalaman")
    data = {"title": "RAB embung", "client": "Desa Contoh", "year": "2024"}
    client.post(new, data | {"submit_key": key_of(client, new)})
    client.post(new, data | {"value": "Rp 12.500.000", "submit_key": key_of(client, new)})
    assert list(Experience.objects.filter(title="RAB embung").values_list("value", flat=True)) == [None, 12_500_000]
    assert "Rp12.500.000" in text_of(client.get(listing))


def test_a_second_press_adds_no_second_expert(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    listing, new = urls(stage.firm)
    data = EXPERT | {"name": "Contoh Sekali", "submit_key": key_of(client, new)}
    assert client.post(new, data).url == client.post(new, data).url == listing
    assert Expert.objects.filter(name="Contoh Sekali").count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": ""}, "Wajib diisi."),
        ({"name": LONG}, "150"),
        ({"name": "Siti \u202egnirac"}, "karakter"),
        ({"education": "S1\x00"}, "karakter"),
        ({"certificate_number": "1"}, "Tulis nama sertifikatnya."),
        ({"certificate": "SKK", "certificate_until": "2020-01-01"}, "Tanggal paling awal"),
    ],
)
def test_a_bad_expert_is_refused_and_what_was_typed_is_kept(stage: Stage, more: dict[str, str], sentence: str) -> None:
    client = logged_in(stage.owner(stage.firm))
    _, new = urls(stage.firm)
    data = {**EXPERT, "expertise": "Keahlian yang diketik", **more, "submit_key": key_of(client, new)}
    response = client.post(new, data)
    assert response.status_code in (400, 422)
    if response.status_code == 422:
        assert sentence in text_of(response)
        assert "Keahlian yang diketik" in text_of(response)
    assert Expert.objects.count() == 1


def test_names_of_all_scripts_are_kept_and_shown_as_text(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    listing, new = urls(stage.firm)
    data = {"name": HARD, "education": "S1 <b>Teknik</b> 🌾", "expertise": "Air", "submit_key": key_of(client, new)}
    assert client.post(new, data).status_code == 302
    page = client.get(listing).content.decode()
    assert "العربية" in page
    assert "S1 &lt;b&gt;Teknik&lt;/b&gt; 🌾" in page


@pytest.mark.parametrize("year", ["1912", "2999", "20x5", "²"])
def test_a_year_is_a_year(stage: Stage, year: str) -> None:
    client = logged_in(stage.owner(stage.firm))
    _, new = urls(stage.firm, "pengalaman")
    data = {"title": "DED", "client": "Desa", "year": year, "submit_key": key_of(client, new)}
    assert client.post(new, data).status_code == 422
    assert Experience.objects.count() == 1


def test_unknown_lists_and_foreign_entries_are_not_found(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    foreign = stage.rival.expert_entries.get()
    own = stage.firm.experience_entries.get()
    for kind, code in (("tenaga-ahli", foreign.code), ("tenaga-ahli", own.code), ("pengalaman", "KARANGAN")):
        for name in ("my-provider-entry", "my-provider-entry-remove"):
            url = reverse(name, args=[stage.firm.code, kind, code])
            assert client.get(url).status_code == 404
            assert client.post(url, EXPERT).status_code == 404
    assert client.get(reverse("my-provider-entries", args=[stage.firm.code, "gudang"])).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.removed_at, foreign.name) == (None, "Contoh Ahli")


# --- when -----------------------------------------------------------------------------------------------------
def test_the_portfolio_stands_still_while_a_pokja_reads_it(stage: Stage) -> None:
    stage.submitted()
    owner, row = stage.owner(stage.firm), stage.firm.expert_entries.get()
    sentence = "Daftar ini sedang diperiksa Pokja Kabupaten Lombok Tengah dan tidak dapat diubah sekarang."
    new = Expert(provider=stage.firm, name="Baru", education="S1", expertise="Air")
    assert refused(portfolio.add, new, by=owner) == sentence
    assert refused(portfolio.edit, row, by=owner, name="Lain") == sentence
    assert refused(portfolio.remove, row, by=owner) == sentence
    client = logged_in(owner)
    listing, url = urls(stage.firm)
    assert sentence in text_of(client.get(listing))
    assert "Tambah tenaga ahli" not in text_of(client.get(listing))
    assert client.post(url, EXPERT).status_code == 403
    assert Expert.objects.filter(provider=stage.firm, removed_at=None).count() == 1


def test_after_listing_who_left_is_taken_out_but_nobody_comes_unread(stage: Stage) -> None:
    stage.listed()
    owner, row = stage.owner(stage.firm), stage.firm.expert_entries.get()
    new = Expert(provider=stage.firm, name="Baru", education="S1", expertise="Air")
    assert "Tambahan diperiksa bersama perpanjangan Anda." in refused(portfolio.add, new, by=owner)
    assert "perpanjangan" in refused(portfolio.edit, row, by=owner, name="Lain")
    portfolio.remove(row, by=owner)
    stage.firm.refresh_from_db()
    assert stage.firm.experts == 0


def test_only_its_own_people_write_it(stage: Stage) -> None:
    row = stage.firm.expert_entries.get()
    for user in (stage.owner(stage.rival), stage.member, stage.office, stage.operator):
        new = Expert(provider=stage.firm, name="Baru", education="S1", expertise="Air")
        for act, arguments in ((portfolio.add, [new]), (portfolio.remove, [row])):
            assert refused(act, *arguments, by=user) == "Hanya penyedia sendiri yang dapat mengubah profilnya."
    assert stage.firm.expert_entries.count() == 1


def test_there_is_an_end_to_a_portfolio(stage: Stage) -> None:
    owner = stage.owner(stage.firm)
    Expert.objects.bulk_create(
        Expert(provider=stage.firm, name=f"Contoh {number}", education="S1", expertise="Air")
        for number in range(portfolio.MOST - 1)
    )
    new = Expert(provider=stage.firm, name="Lebih", education="S1", expertise="Air")
    assert refused(portfolio.add, new, by=owner) == "Paling banyak 100 butir. Hapus yang tidak perlu dahulu."


# --- a paper for each -----------------------------------------------------------------------------------------
def test_each_expert_brings_a_paper_of_their_own(stage: Stage) -> None:
    ask_for_experts(stage)
    application = stage.draft()
    owner, client = stage.owner(stage.firm), logged_in(stage.owner(stage.firm))
    second = Expert(provider=stage.firm, name="Contoh Kedua", education="S1", expertise="Air")
    portfolio.add(second, by=owner)
    assert application.missing() == ["Dokumen Ijazah dan riwayat hidup tenaga ahli inti: Contoh Kedua"]
    url = reverse("application-paper", args=[application.code, "tenaga-ahli", second.code])
    assert f'id="dokumen-tenaga-ahli-{second.code}"' in text_of(client.get(application.get_absolute_url()))
    assert "Contoh Kedua" in text_of(client.get(url))
    assert send(client, url).status_code == 302
    assert application.missing() == []
    assert application.documents.current().filter(type__key="tenaga-ahli").count() == 2


def test_a_paper_of_a_forged_expert_is_not_found(stage: Stage) -> None:
    ask_for_experts(stage)
    application = stage.draft()
    client = logged_in(stage.owner(stage.firm))
    foreign = stage.rival.expert_entries.get().code
    own = stage.firm.expert_entries.get().code
    page = reverse("application-paper", args=[application.code, "tenaga-ahli", own])
    before = application.documents.count()
    for key, entry in (("tenaga-ahli", foreign), ("tenaga-ahli", "KARANGAN"), ("ktp", own), ("karangan", own)):
        url = reverse("application-paper", args=[application.code, key, entry])
        assert client.get(url).status_code == 404
        assert client.post(url, {"submit_key": key_of(client, page)}).status_code == 404
        client.post(reverse("application-paper-detach", args=[application.code, key, entry]))
    assert client.get(reverse("application-document", args=[application.code, "tenaga-ahli"])).status_code == 404
    assert application.documents.current().count() == before
    sentence = "Ijazah dan riwayat hidup tenaga ahli inti tidak diminta untuk bentuk penyedia Anda."
    for entry in (foreign, ""):
        assert refused(attach, application, "tenaga-ahli", by=stage.owner(stage.firm), entry=entry) == sentence


def test_whoever_is_removed_takes_the_paper_along(stage: Stage) -> None:
    ask_for_experts(stage)
    application = stage.returned(failing="tenaga-ahli")
    owner, row = stage.owner(stage.firm), stage.firm.expert_entries.get()
    portfolio.remove(row, by=owner)
    assert not application.documents.current().filter(type__key="tenaga-ahli").exists()
    absent = "Ijazah dan riwayat hidup tenaga ahli inti (isi dahulu tenaga ahli)"
    assert Application.objects.get(pk=application.pk).missing() == [absent]


def test_an_entry_that_was_found_right_is_locked_while_the_rest_is_mended(stage: Stage) -> None:
    ask_for_experts(stage)
    stage.returned(failing="ktp")
    owner, row = stage.owner(stage.firm), stage.firm.expert_entries.get()
    for act, more in ((portfolio.edit, {"name": "Lain"}), (portfolio.remove, {})):
        assert refused(act, row, by=owner, **more) == (
            "Dokumen “Contoh Ahli” sudah dinilai sesuai oleh Pokja, jadi butir ini tidak diubah lagi."
        )
    url = reverse("my-provider-entry", args=[stage.firm.code, "tenaga-ahli", row.code])
    page = text_of(logged_in(owner).get(url))
    assert "sudah dinilai sesuai oleh Pokja" in page
    assert 'name="name"' not in page


def test_a_corrected_entry_keeps_the_reason_of_its_refused_paper(stage: Stage) -> None:
    ask_for_experts(stage)
    application = stage.returned(failing="tenaga-ahli")
    row = stage.firm.expert_entries.get()
    portfolio.edit(row, by=stage.owner(stage.firm), name="Contoh Ahli, S.T.")
    document = application.documents.current().get(type__key="tenaga-ahli")
    assert (document.verdict, document.entry_label) == ("not_conforming", "Contoh Ahli, S.T.")
    assert "Foto terpotong di kanan." in document.reason_sentence


def test_forty_experts_cost_as_many_queries_as_one(stage: Stage) -> None:
    ask_for_experts(stage)
    application = stage.draft()
    client = logged_in(stage.owner(stage.firm))
    pages = [
        application.get_absolute_url(),
        reverse("application-check", args=[application.code]),
        urls(stage.firm)[0],
        reverse("my-provider-page", args=[stage.firm.code]),
    ]
    counts: list[list[int]] = []
    for _ in range(2):
        counts.append([])
        for url in pages:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts[-1].append(len(queries))
        have = stage.firm.expert_entries.count()
        Expert.objects.bulk_create(
            Expert(provider=stage.firm, name=f"Contoh Ahli {number}", education="S1", expertise="Air")
            for number in range(have, 40)
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 26
    assert len(gzip.compress(client.get(pages[0]).content)) < 12_000  # bytes on the way to a phone
    assert len([want for want in application.wanted() if want.type.key == "tenaga-ahli"]) == 40


def test_a_member_judges_each_experts_paper_by_itself(stage: Stage) -> None:
    ask_for_experts(stage)
    Expert.objects.create(provider=stage.firm, name="Contoh Kedua", education="S1", expertise="Air")
    application = stage.checking()
    judge_all(application, by=stage.member)
    assert application.documents.current().filter(type__key="tenaga-ahli", verdict="conforming").count() == 2


# --- fields and regencies -----------------------------------------------------------------------------------------
def test_fields_of_work_are_the_catalogues_categories(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    url = reverse("my-provider-step", args=[stage.firm.code, "bidang"])
    assert [choice[0] for choice in client.get(url).context["form"].fields["fields"].choices] == [
        key for key, _ in fields_of_work.choices()
    ]
    assert client.post(url, {"fields": ["infrastruktur", "kesehatan-masyarakat"]}).status_code == 302
    stage.firm.refresh_from_db()
    assert fields_of_work.labels(stage.firm.fields) == ["Kesehatan Masyarakat", "Infrastruktur"]
    for forged in ([], ["kategori-9"], ["karangan"]):
        assert client.post(url, {"fields": forged}).status_code == 422
    stage.firm.refresh_from_db()
    assert stage.firm.fields == ["infrastruktur", "kesehatan-masyarakat"]


def test_a_field_that_is_no_longer_offered_keeps_its_slug(stage: Stage) -> None:
    assert fields_of_work.labels(["dulu", "infrastruktur"]) == ["Infrastruktur", "dulu"]


def test_regencies_are_added_and_taken_out(stage: Stage) -> None:
    client = logged_in(stage.owner(stage.firm))
    url = reverse("my-provider-serves", args=[stage.firm.code])
    for code in (LOMBOK_BARAT, LOMBOK_TENGAH, LOMBOK_TENGAH):
        assert client.post(url, {"area": code}).url == url
    assert [area.code for area in client.get(url).context["areas"]] == [LOMBOK_BARAT, LOMBOK_TENGAH]
    assert client.post(url, {"hapus": LOMBOK_BARAT}).url == url
    assert client.post(url, {"hapus": LOMBOK_BARAT}).status_code == 404
    assert list(stage.firm.serves.values_list("pk", flat=True)) == [LOMBOK_TENGAH]
    for forged in (PUJUT, "99.99", "x"):
        assert client.post(url, {"area": forged}).status_code == 422
    owner = stage.owner(stage.firm)
    province = Area.objects.get(code="52")
    assert refused(portfolio.serve, stage.firm, by=owner, area=province) == "Pilih kabupaten atau kota."
    regency = Area.objects.get(code=LOMBOK_BARAT)
    for act in (portfolio.serve, portfolio.stop_serving):
        assert "penyedia sendiri" in refused(act, stage.firm, by=stage.owner(stage.rival), area=regency)
