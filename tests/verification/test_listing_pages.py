"""Pages of what comes after the decree: one's own listings, renewal, withdrawal, sanctions at the desk and at home."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import today
from core.models import Event
from tests.areas import LOMBOK_TENGAH
from tests.core.files import pdf
from tests.verification.stage import Stage
from tests.verification.test_light import NEW_NIK, both_regencies, near_its_end
from tests.verification.test_sanction import everyone, reached, sanction
from verification.models import Application, Sanction, Standing, profile
from verification.tasks import remind_all

DAY = dt.timedelta(days=1)


def browser(user: Any) -> Client:
    client = Client()
    if user is not None and not isinstance(user, AnonymousUser):
        client.force_login(user)
    return client


def page(user: Any, name: str, *args: Any, **query: str) -> tuple[int, str]:
    response = browser(user).get(reverse(name, args=args), query)
    return response.status_code, response.content.decode()


def once_key(client: Client, url: str) -> dict[str, str]:
    return {"submit_key": client.get(url).context["form"]["submit_key"].initial or ""}


# --- the provider ---------------------------------------------------------------------------------------------
def test_ones_listings_say_how_they_stand_and_what_to_do(stage: Stage) -> None:
    near_its_end(stage.listed(), days=20)
    status, body = page(stage.owner(stage.firm), "my-standings", stage.firm.code)
    assert status == 200
    assert f"Terdaftar di Kabupaten Lombok Tengah sampai {today() + 20 * DAY:%d/%m/%Y}." in body
    assert "Tinggal 20 hari." in body
    code = Standing.objects.get().code
    assert f'href="/terdaftar/{code}/perpanjang/"' in body
    assert f'href="/terdaftar/{code}/undur-diri/"' in body
    assert page(stage.owner(stage.rival), "my-standings", stage.firm.code)[0] == 404


def test_the_page_asks_the_database_as_often_for_two_listings_as_for_one(stage: Stage) -> None:
    both_regencies(stage)
    client = browser(stage.owner(stage.firm))
    url = reverse("my-standings", args=[stage.firm.code])

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            client.get(url)
        return len(counted)

    two = queries()
    second = Standing.objects.exclude(regency=LOMBOK_TENGAH)
    second.update(provider=stage.rival)
    assert queries() == two


def test_a_renewal_is_begun_once_however_often_the_button_is_pressed(stage: Stage) -> None:
    standing = near_its_end(stage.listed())
    client = browser(stage.owner(stage.firm))
    url = reverse("standing-renew", args=[standing.code])
    body = client.get(url).content.decode()
    assert "Tidak ada dokumen yang perlu diunggah lagi" in body
    assert "NPWP" in body
    key = once_key(client, url)
    first, second = client.post(url, key), client.post(url, key)
    renewal = Application.objects.get(kind="renewal")
    assert first["Location"] == second["Location"] == renewal.get_absolute_url()
    assert browser(stage.owner(stage.rival)).get(url).status_code == 404
    assert browser(stage.chair).post(url, key).status_code == 404


def test_a_renewal_too_early_says_from_when(stage: Stage) -> None:
    standing = near_its_end(stage.listed(), days=200)
    status, body = page(stage.owner(stage.firm), "standing-renew", standing.code)
    assert status == 200
    assert f"Perpanjangan dibuka mulai {today() + 110 * DAY:%d/%m/%Y}." in body


def test_new_papers_are_begun_from_the_page(stage: Stage) -> None:
    first = stage.listed()
    first.documents.filter(type__key="npwp").update(expires_on=today() - DAY)
    client = browser(stage.owner(stage.firm))
    url = reverse("standing-update", args=[Standing.objects.get().code])
    assert "<li>NPWP</li>" in client.get(url).content.decode()
    client.post(url, once_key(client, url))
    assert Application.objects.get(kind="change").state == "draft"
    assert client.post(url, once_key(client, url) if client.get(url).context["form"] else {}).status_code == 409


def test_withdrawing_asks_twice_and_ends_today(stage: Stage) -> None:
    standing = Standing.objects.get(application=stage.listed())
    client = browser(stage.owner(stage.firm))
    url = reverse("standing-withdraw", args=[standing.code])
    assert client.post(url, {"reason": "Pindah usaha."}).status_code == 422
    assert Standing.objects.current().exists()
    done = client.post(url, {"reason": "Pindah usaha.", "sure": "on"}, follow=True)
    assert (
        f"Mengundurkan diri dari direktori Kabupaten Lombok Tengah sejak {today():%d/%m/%Y}." in done.content.decode()
    )
    standing.refresh_from_db()
    assert (standing.end_kind, standing.end_reason, standing.ended_by) == (
        "withdrawn", "Pindah usaha.", stage.owner(stage.firm),
    )  # fmt: skip
    event = Event.objects.get(about="verification.standing", verb="withdraw")
    assert (event.from_state, event.to_state, event.note) == ("listed", "withdrawn", "Pindah usaha.")
    assert client.post(url, {"reason": "Lagi.", "sure": "on"}).status_code == 409


def test_withdrawing_takes_open_checks_of_that_listing_along(stage: Stage) -> None:
    stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    Standing.objects.get().withdraw(by=owner, reason="Pindah usaha.")
    assert Application.objects.get(kind="change").state == "withdrawn"


def test_who_withdrew_applies_anew_from_the_beginning(stage: Stage) -> None:
    stage.listed()
    Standing.objects.get().withdraw(by=stage.owner(stage.firm), reason="Pindah usaha.")
    assert stage.draft(full=False).kind == "first"


# --- the sanction at home -------------------------------------------------------------------------------------
def test_the_provider_reads_its_sanction_and_objects(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    owner = stage.owner(stage.firm)
    client = browser(owner)
    body = client.get(row.get_absolute_url()).content.decode()
    assert "Pekerjaan ditinggalkan tanpa kabar." in body
    assert "Ajukan sanggahan" in body
    assert stage.member.name not in body  # who proposed it is the desk's affair
    url = row.move_url("object")
    assert client.post(url, {"objection": ""}).status_code == 422
    upload = SimpleUploadedFile("surat.pdf", pdf(), "application/pdf")
    client.post(url, {"objection": "Kami sakit.", "file": upload})
    row.refresh_from_db()
    assert (row.state, row.objection) == ("contested", "Kami sakit.")
    assert row.objection_file.is_visible_to(stage.chair)
    assert not row.objection_file.is_visible_to(stage.owner(stage.rival))
    assert "Sanggahan diajukan" in client.get(row.get_absolute_url()).content.decode()


def test_exactly_its_readers_find_a_sanction(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    marker = "Pekerjaan ditinggalkan tanpa kabar."
    people = {**everyone(stage), "public": None}
    del people["system"]
    read = {name for name, user in people.items() if marker in page(user, "sanction", row.code)[1]}
    assert read == {"owner", "kin"}
    desk = {
        name for name, user in people.items() if marker in page(user, "admin:verification_sanction_change", row.code)[1]
    }
    assert desk == {"member", "second_member", "chair", "second_chair", "office", "ministry"}


def test_a_proposal_is_no_address_for_its_provider(stage: Stage) -> None:
    stage.listed()
    assert page(stage.owner(stage.firm), "sanction", sanction(stage).code)[0] == 404


# --- the desk -------------------------------------------------------------------------------------------------
def proposal(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "freeze", "violation": "Tidak menyelesaikan pekerjaan.", "basis_number": "BA/9", "basis_date": today(),
        "starts_on": today(), "ends_on": today() + 30 * DAY,
    } | changes  # fmt: skip


def test_the_desk_proposes_and_imposes_in_the_browser(stage: Stage) -> None:
    stage.listed()
    standing = Standing.objects.get()
    client = browser(stage.member)
    url = reverse("admin:verification_standing_propose", args=[standing.code])
    key = once_key(client, url)
    assert client.post(url, proposal(ends_on="") | key).status_code == 422
    upload = SimpleUploadedFile("bukti.pdf", pdf(), "application/pdf")
    sent = client.post(url, proposal(evidence=upload) | key, follow=True)
    assert sent.status_code == 200
    row = Sanction.objects.get()
    assert row.evidence.is_visible_to(stage.chair)
    assert client.post(url, proposal() | key)["Location"] == row.get_absolute_url()
    assert Sanction.objects.count() == 1
    move = row.move_url("impose")
    assert client.post(move).status_code == 409  # who proposed does not decide
    chair = browser(stage.chair)
    assert "berlaku sejak hari pertamanya" in chair.get(move).content.decode()
    chair.post(move)
    row.refresh_from_db()
    assert row.state == "imposed"
    listed = page(stage.member, "admin:verification_standing_changelist", status="dibekukan")[1]
    assert stage.firm.name in listed


@pytest.mark.parametrize("who", ["owner", "neighbour_member", "office", "ministry", "tapm", "head"])
def test_only_its_pokja_proposes(stage: Stage, who: str) -> None:
    stage.listed()
    user = stage.owner(stage.firm) if who == "owner" else getattr(stage, who)
    url = reverse("admin:verification_standing_propose", args=[Standing.objects.get().code])
    response = browser(user).post(url, proposal())
    assert response.status_code in (302, 403, 404)
    assert not Sanction.objects.exists()


def test_each_part_of_the_directory_holds_what_it_says(stage: Stage) -> None:
    stage.listed()
    client = browser(stage.member)
    url = reverse("admin:verification_standing_changelist")

    def parts() -> set[str]:
        names = ("aktif", "akan-berakhir", "periksa-ulang", "dibekukan", "daftar-hitam", "berakhir",
                 "mengundurkan-diri", "semua")  # fmt: skip
        return {name for name in names if stage.firm.name in client.get(url, {"status": name}).content.decode()}

    assert parts() == {"aktif", "semua"}
    Standing.objects.update(listed_on=today() - 9 * DAY, valid_until=today() + 28 * DAY)
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    assert parts() == {"aktif", "akan-berakhir", "periksa-ulang", "semua"}
    row = reached(stage, "imposed")
    assert parts() == {"akan-berakhir", "periksa-ulang", "dibekukan", "semua"}
    row.lift(by=stage.office, reason="Selesai.")
    reached(stage, "imposed", kind="blacklist")
    assert parts() == {"akan-berakhir", "periksa-ulang", "daftar-hitam", "semua"}
    Sanction.objects.all().delete()
    Standing.objects.update(valid_until=today() - DAY)
    assert parts() == {"berakhir", "semua"}
    Standing.objects.update(ended_on=today(), end_kind="withdrawn", end_reason="Pindah.")
    assert parts() == {"mengundurkan-diri", "semua"}


def test_the_directorys_desk_asks_as_often_for_three_rows_as_for_one(stage: Stage) -> None:
    client = browser(stage.member)
    url = reverse("admin:verification_standing_changelist")
    stage.listed()

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return len(counted)

    reached(stage, "imposed")
    one = queries()
    stage.listed(stage.rival, number="002")
    stage.listed(stage.new_provider("CV Contoh Ketiga", npwp="0000000000000777", nib="0000000000078"), number="003")
    assert queries() == one


def test_the_neighbours_desk_holds_nothing_of_it(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    Standing.objects.update(valid_until=today() + 14 * DAY, listed_on=today() - 9 * DAY)
    remind_all(today())
    for name in ("standing", "sanction", "reminder"):
        mine = page(stage.member, f"admin:verification_{name}_changelist")[1]
        assert stage.firm.name in mine, name
        assert stage.firm.name not in page(stage.neighbour_member, f"admin:verification_{name}_changelist")[1], name
    for name, code in (("standing", Standing.objects.get().code), ("sanction", row.code)):
        assert page(stage.neighbour_member, f"admin:verification_{name}_change", code)[0] == 404


def test_a_listings_page_tells_what_was_done(stage: Stage) -> None:
    stage.listed()
    Standing.objects.update(valid_until=today() + 14 * DAY, listed_on=today() - 9 * DAY)
    remind_all(today())
    reached(stage, "imposed")
    status, body = page(stage.office, "admin:verification_standing_change", Standing.objects.get().code)
    assert status == 200
    for words in ("Dibekukan di Kabupaten Lombok Tengah sampai", "14 hari sebelumnya", "Pembekuan di Kabupaten"):
        assert words in body
    assert "Usulkan sanksi" not in body  # the office decides objections; proposing is the Pokja's


def test_the_desk_answers_an_objection_with_its_words_on_the_page(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "contested")
    client = browser(stage.office)
    body = client.get(row.move_url("grant")).content.decode()
    assert "Kami sakit, dan sudah memberi tahu desa." in body
    assert client.post(row.move_url("grant"), {"reason": ""}).status_code == 422
    client.post(row.move_url("grant"), {"reason": "Surat sakit diterima."})
    row.refresh_from_db()
    assert (row.state, row.answered_by, row.lifted_on) == ("lifted", stage.office, today())
    assert (
        client.get(reverse("admin:verification_sanction_move", args=[row.code, "ajukan-sanggahan"])).status_code == 404
    )


def test_who_is_listed_reads_that_another_regency_checks_lightly(stage: Stage) -> None:
    stage.listed()
    assert stage.neighbour_member
    client = browser(stage.owner(stage.firm))
    url = reverse("application-new", args=[stage.firm.code])
    assert "dokumen yang sudah sesuai dibawa" in client.get(url).content.decode()
    sent = client.post(url, {"regency": "52.01", **once_key(client, url)})
    application = Application.objects.get(kind="recognition")
    assert sent["Location"] == application.get_absolute_url()
    body = client.get(sent["Location"]).content.decode()
    assert "sesuai menurut Pokja Kabupaten Lombok Tengah" in body
