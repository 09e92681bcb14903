"""Personal numbers: masked everywhere, in full once for whoever may and says why, one row each."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import personal_log
from core.models import FileView, PersonalView
from core.models.append_only import AppendOnlyError
from core.personal import KINDS, look, masked_field
from core.workflow import TransitionRefused
from tests.accounts.stage import Cast, letter_of, logged_in, request_of
from tests.cast import Story

WHY = {"reason": "contact", "note": ""}
PHONE = "0812-3456-7890"


def phone_url(request: Any) -> str:
    return reverse("personal-number", args=["akses-desa", request.code, "telepon"])


# --- asking and showing -------------------------------------------------------------------------------
def test_the_number_is_masked_until_a_reason_is_given_and_then_shown_once(cast: Cast) -> None:
    request = request_of(cast.applicant)
    client = logged_in(cast.office)
    page = client.get(request.get_absolute_url()).content.decode()
    assert PHONE not in page and "1234567890" not in page
    url = re.search(r'href="(/data-pribadi/[^"]+)"', page)[1]
    asked = client.get(url)
    assert asked.status_code == 200 and PHONE not in asked.content.decode()
    assert PersonalView.objects.count() == 0
    shown = client.post(url, WHY | {"next": request.get_absolute_url()})
    assert PHONE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert f'href="{request.get_absolute_url()}"' in shown.content.decode()
    row = PersonalView.objects.get()
    assert (row.about, row.about_id, row.about_code) == ("accounts.villageaccess", str(request.pk), request.code)
    assert (row.field, row.user, row.reason, row.region) == ("telepon", cast.office, "contact", "52.02")
    assert row.role_label.startswith("Dinas PMD Kabupaten/Kota, ")
    assert PHONE not in client.get(url).content.decode()  # asked again
    assert not any("81234567890" in str(value) for value in vars(row).values())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"reason": "", "note": "x"},
        {"reason": "because"},
        {"reason": "other"},
        {"reason": "other", "note": "  "},
        {"reason": "match", "note": "x" * 301},
    ],
)
def test_without_a_reason_nothing_is_shown_and_nothing_kept(cast: Cast, data: dict[str, str]) -> None:
    request = request_of(cast.applicant)
    answer = logged_in(cast.office).post(phone_url(request), data)
    assert answer.status_code == (422 if data else 200)
    assert PHONE not in answer.content.decode()
    assert PersonalView.objects.count() == 0


def test_another_reason_needs_words(cast: Cast) -> None:
    request = request_of(cast.applicant)
    answer = logged_in(cast.office).post(phone_url(request), {"reason": "other", "note": "Diminta Inspektorat"})
    assert PHONE in answer.content.decode()
    assert PersonalView.objects.get().note == "Diminta Inspektorat"


def test_who_sees_a_telephone_in_full(cast: Cast) -> None:
    request = request_of(cast.applicant)
    answers = {who: logged_in(user).post(phone_url(request), WHY) for who, user in cast.everyone().items()}
    assert {who for who, answer in answers.items() if PHONE in answer.content.decode()} == {"office", "applicant"}
    assert {answer.status_code for who, answer in answers.items() if who not in ("office", "applicant")} == {404}
    assert Client().post(phone_url(request), WHY)["Location"].startswith("/masuk/")
    assert set(PersonalView.objects.values_list("user", flat=True)) == {cast.office.pk, cast.applicant.pk}


@pytest.mark.parametrize("path", ["akses-desa/XXXX/telepon", "akses-desa/{code}/nik", "lain/{code}/telepon"])
def test_what_is_not_registered_is_not_found(cast: Cast, path: str) -> None:
    request = request_of(cast.applicant)
    assert logged_in(cast.office).get(f"/data-pribadi/{path.format(code=request.code)}/").status_code == 404


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_way_back_never_leaves_the_site(cast: Cast, evil: str) -> None:
    request = request_of(cast.applicant)
    for answer in (
        logged_in(cast.office).get(phone_url(request), {"next": evil}),
        logged_in(cast.office).post(phone_url(request), WHY | {"next": evil}),
    ):
        assert answer.context["back"] == "/perlu-tindakan/"
        assert "evil" not in answer.content.decode()


def test_the_guard_stands_behind_the_page_too(cast: Cast) -> None:
    request = request_of(cast.applicant)
    with pytest.raises(TransitionRefused, match="Hanya Dinas PMD"):
        look("akses-desa", request, "telepon", by=cast.neighbour_office, reason="contact")
    assert masked_field("akses-desa", request, "telepon", cast.neighbour_office).url == ""
    assert PersonalView.objects.count() == 0


# --- a provider's numbers -----------------------------------------------------------------------------
DESK = {"pokja", "pokja2", "ketua.pokja", "dpmd", "penyedia"}
ASKING = [
    *DESK, "dpmd.lain", "provinsi", "kementerian", "tapm", "pd", "pld", "kecamatan", "operator", "kades", "penyedia2",
    "calon", None,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["nik", "npwp", "rekening"])
def test_a_providers_number_is_seen_by_its_people_and_the_desk_it_applied_to(story: Story, field: str) -> None:
    provider = story.application("penyedia").provider
    url = reverse("personal-number", args=["penyedia", provider.code, field])
    known = KINDS["penyedia"].fields[field]
    full = known.show(known.value(provider))
    before = PersonalView.objects.count()
    seen = {key for key in ASKING if full in story.client(key).post(url, {"reason": "match"}).content.decode()}
    assert seen == DESK
    assert PersonalView.objects.count() == before + len(DESK)


def test_a_provider_that_has_not_applied_is_on_no_desk(cast: Cast) -> None:
    firm = cast.provider.memberships.get().provider
    url = reverse("personal-number", args=["penyedia", firm.code, "nik"])
    assert {who for who, user in cast.everyone().items() if logged_in(user).get(url).status_code == 200} == {"provider"}


# --- the log ------------------------------------------------------------------------------------------
def a_look(cast: Cast) -> PersonalView:
    look("akses-desa", request_of(cast.applicant), "telepon", by=cast.office, reason="contact")
    return PersonalView.objects.get()


def test_a_look_is_never_changed_or_taken_back(cast: Cast) -> None:
    row = a_look(cast)
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        PersonalView.objects.update(reason="own")
    for statement in ("UPDATE core_personalview SET note = 'x'", "DELETE FROM core_personalview"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_refuses_another_reason_without_words(cast: Cast) -> None:
    row = a_look(cast)
    row.pk, row._state.adding, row.reason = None, True, "other"
    with pytest.raises(IntegrityError, match="personal_view_other_reason_has_words"), transaction.atomic():
        row.save()


def test_each_opening_of_a_personal_file_is_exactly_one_row(cast: Cast) -> None:
    url = request_of(cast.applicant).letter.get_absolute_url()
    client = logged_in(cast.office)

    def rows_after(method: str, **headers: str) -> int:
        before = FileView.objects.count()
        assert getattr(client, method)(url, headers=headers).status_code == 200
        return FileView.objects.count() - before

    first = client.get(url)
    assert FileView.objects.count() == 1
    assert not {"ETag", "Last-Modified"} & set(first.headers)  # nothing to ask "is it still the same?" with
    assert rows_after("get", if_none_match="*") == 1
    assert rows_after("get", if_modified_since="Sun, 22 Nov 2099 08:00:00 GMT") == 1
    assert rows_after("get", range="bytes=5-") == 1  # a later part is a look as well
    assert rows_after("head") == 0  # it shows nothing
    assert rows_after("get") == 1


LOG = "/admin/core/personalview/"


def test_the_office_reads_the_log_of_its_own_territory(cast: Cast) -> None:
    request = request_of(cast.applicant)
    look("akses-desa", request, "telepon", by=cast.office, reason="audit", note="Laporan 12")
    logged_in(cast.office).get(request.letter.get_absolute_url())
    for who in ("office", "ministry"):
        page = logged_in(getattr(cast, who)).get(LOG).content.decode()
        assert "Dewi Dinas" in page and "Laporan 12" in page and request.code in page and "surat.pdf" in page
    neighbour = logged_in(cast.neighbour_office).get(LOG).content.decode()
    assert "Tidak ada catatan" in neighbour and "Dewi Dinas" not in neighbour
    statuses = {who: logged_in(user).get(LOG).status_code for who, user in cast.everyone().items()}
    reading = {who for who, status in statuses.items() if status == 200}
    assert reading == {"office", "neighbour_office", "ministry"}


def test_the_log_is_narrowed_by_person_thing_kind_and_date(cast: Cast) -> None:
    request = request_of(cast.applicant)
    look("akses-desa", request, "telepon", by=cast.office, reason="contact")
    look("akses-desa", request, "telepon", by=cast.colleague, reason="contact")
    logged_in(cast.colleague).get(request.letter.get_absolute_url())
    client = logged_in(cast.office)

    def lines(**asked: str) -> list[tuple[str, str]]:
        return [(one.person, one.kind) for one in client.get(LOG, asked).context["entries"]]

    rina, dewi = "Rina Dinas", "Dewi Dinas"
    assert lines() == [(rina, "Berkas"), (rina, "Nomor"), (dewi, "Nomor")]
    assert lines(orang="rina") == [(rina, "Berkas"), (rina, "Nomor")]
    assert lines(orang=cast.office.email) == [(dewi, "Nomor")]
    assert lines(jenis="berkas") == [(rina, "Berkas")]
    assert lines(milik=request.letter.code) == [(rina, "Berkas")]
    assert lines(milik=request.code.lower()) == [(rina, "Nomor"), (dewi, "Nomor")]
    assert lines(sampai="2020-01-01") == []
    assert len(lines(sejak="2020-01-01", sampai="2099-01-01")) == 3
    assert client.get(LOG, {"sejak": "kapan"}).status_code == 400
    assert client.get(LOG, {"sejak": "2026-02-01", "sampai": "2026-01-01"}).status_code == 400
    assert client.get(LOG, {"jenis": "lain"}).status_code == 400


def test_the_log_has_pages_and_asks_as_often_for_many_rows(cast: Cast, django_assert_max_num_queries: Any) -> None:
    request = request_of(cast.applicant)
    for number in range(53):
        look("akses-desa", request, "telepon", by=cast.office, reason="other", note=f"ke-{number}.")
    client = logged_in(cast.office)
    with django_assert_max_num_queries(14):
        first = client.get(LOG)
    assert "ke-52." in first.content.decode() and "ke-2." not in first.content.decode()
    assert "ke-2." in client.get(LOG, {"hal": "2"}).content.decode()


def test_a_file_of_nobody_and_a_lost_file_leave_the_log_readable(cast: Cast) -> None:
    letter = letter_of(cast.operator)
    FileView.objects.create(about_id=str(letter.pk), user=cast.operator)
    FileView.objects.create(about_id="999999999", user=cast.operator)
    page = logged_in(cast.ministry).get(LOG).content.decode()
    assert letter.code in page and "999999999" in page


def test_whose_number_it_is_reads_who_saw_it(cast: Cast) -> None:
    request = request_of(cast.applicant)
    look("akses-desa", request, "telepon", by=cast.office, reason="audit", note="Laporan 12")
    client = logged_in(cast.applicant)
    page = client.get("/profil/").content.decode()
    assert "Siapa melihat nomor pribadi Anda" in page and "Dewi Dinas" in page and "Laporan 12" in page
    mine = json.loads(client.get("/profil/data-saya/").content)
    assert [(row["oleh"], row["penjelasan"]) for row in mine["nomor_saya_dilihat"]] == [("Dewi Dinas", "Laporan 12")]
    other = json.loads(logged_in(cast.office).get("/profil/data-saya/").content)
    assert other["nomor_saya_dilihat"] == [] and other["nomor_pribadi_dibuka"] == 1


def test_a_provider_reads_who_saw_its_numbers(cast: Cast) -> None:
    firm = cast.provider.memberships.get().provider
    look("penyedia", firm, "npwp", by=cast.provider, reason="own")
    assert [row.field for row in personal_log.about_own(cast.provider)] == ["npwp"]
    assert not personal_log.about_own(cast.applicant).exists()
