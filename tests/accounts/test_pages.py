import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User, VillageOffice
from core.models import Event, Notice
from tests.accounts.stage import Cast, fresh, give, logged_in, person, request_of
from tests.areas import KUTA, SUKADANA, UBUNG


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


# --- the village's office --------------------------------------------------------------------------------------
@pytest.fixture
def kuta(cast: Cast) -> VillageOffice:
    return VillageOffice.objects.create(area_id=KUTA)


FIELDS = {"address": "Jalan Raya 1", "postal_code": "83573", "phone": "(0370) 123456", "email": "desa@kuta.example"}


def test_ones_own_village_is_one_step_away(cast: Cast, kuta: VillageOffice) -> None:
    assert logged_in(cast.operator).get("/desa-saya/")["Location"] == f"/kantor-desa/{KUTA}/"
    assert "Ajukan akses desa" in logged_in(cast.nobody).get("/desa-saya/").content.decode()


def test_who_works_in_two_villages_chooses(cast: Cast, kuta: VillageOffice) -> None:
    VillageOffice.objects.create(area_id=SUKADANA)
    give(cast.operator, Role.BPD, SUKADANA)
    page = logged_in(cast.operator).get("/desa-saya/").content.decode()
    assert "Desa Kuta" in page
    assert "Desa Sukadana" in page


def test_who_sees_the_office(cast: Cast, kuta: VillageOffice) -> None:
    everyone = cast.everyone()
    statuses = {who: logged_in(user).get(f"/kantor-desa/{KUTA}/").status_code for who, user in everyone.items()}
    assert {who for who, status in statuses.items() if status == 200} == {
        "head", "operator", "office", "ministry", "province", "chair", "tapm", "pd", "pld"
    }  # fmt: skip
    assert set(statuses.values()) == {200, 404}


def test_its_own_people_edit_it_and_the_act_is_kept(cast: Cast, kuta: VillageOffice) -> None:
    answer = logged_in(cast.operator).post(f"/kantor-desa/{KUTA}/ubah/", FIELDS)
    assert answer["Location"] == f"/kantor-desa/{KUTA}/"
    kuta.refresh_from_db()
    assert (kuta.address, kuta.postal_code, kuta.phone) == ("Jalan Raya 1", "83573", "+62370123456")
    event = Event.objects.get(about="accounts.villageoffice")
    assert (event.actor, event.data["address"]) == (cast.operator, "Jalan Raya 1")


def test_others_do_not_edit_it(cast: Cast, kuta: VillageOffice) -> None:
    give(cast.nobody, Role.BPD, KUTA)
    everyone = cast.everyone() | {"bpd": fresh(cast.nobody)}
    statuses = {
        who: logged_in(user).post(f"/kantor-desa/{KUTA}/ubah/", FIELDS).status_code
        for who, user in everyone.items()
        if who not in ("head", "operator")
    }
    assert set(statuses.values()) == {403, 404}
    assert statuses["neighbour"] == 404
    kuta.refresh_from_db()
    assert kuta.address == ""


@pytest.mark.parametrize(
    "changes", [{"postal_code": "123"}, {"phone": "x"}, {"email": "x"}, {"address": ""}, {"address": "a\x01b"}]
)
def test_wrong_shapes_are_told(cast: Cast, kuta: VillageOffice, changes: dict[str, str]) -> None:
    assert logged_in(cast.operator).post(f"/kantor-desa/{KUTA}/ubah/", FIELDS | changes).status_code in {400, 422}


def test_the_register_names_everyone_and_what_is_missing(cast: Cast, kuta: VillageOffice) -> None:
    people = (cast.head, cast.operator)
    former = person("Amaq Mantan")
    give(former, Role.BPD, KUTA).end(by=cast.office, reason="Selesai.")
    page = logged_in(cast.pld).get(f"/kantor-desa/{KUTA}/").content.decode()
    assert all(user.name in page for user in people)
    assert "Amaq Mantan" not in page
    assert "Amaq Mantan" in logged_in(cast.pld).get(f"/kantor-desa/{KUTA}/riwayat/").content.decode()
    assert "Kaur Keuangan, Kasi/Kaur" in page  # among what is missing
    assert "/akhiri/" not in page


def test_the_list_of_offices_is_scoped_searched_and_flat(cast: Cast, kuta: VillageOffice) -> None:
    for code in (UBUNG, "52.01.13.2001"):
        VillageOffice.objects.create(area_id=code)
    assert cast.head
    client = logged_in(cast.office)
    page = client.get("/kantor-desa/").content.decode()
    assert "Desa Kuta" in page
    assert "Desa Ubung" in page
    assert "52.01" not in page
    assert "Desa Ubung" not in client.get("/kantor-desa/?q=kuta").content.decode()
    assert "Desa Kuta" not in client.get("/kantor-desa/?kecamatan=52.02.02").content.decode()
    two = queries(client, "/kantor-desa/")
    for code in (SUKADANA, "52.02.04.2001", "52.02.04.2002"):
        VillageOffice.objects.create(area_id=code)
    assert queries(client, "/kantor-desa/") == two


# --- notices -----------------------------------------------------------------------------------------------------
def test_notices_are_read_by_opening_them(cast: Cast) -> None:
    request = request_of(cast.applicant)
    request.give_back(by=cast.office, reason="Kabur.")
    client = logged_in(cast.applicant)
    notice = Notice.objects.get(user=cast.applicant, channel="site")
    assert "1 belum dibaca" in client.get("/pemberitahuan/").content.decode()
    assert client.post("/pemberitahuan/", {"buka": notice.pk})["Location"] == request.get_absolute_url()
    notice.refresh_from_db()
    assert notice.read_at
    assert "belum dibaca" not in client.get("/pemberitahuan/").content.decode()


def test_all_are_read_at_once_but_only_ones_own(cast: Cast) -> None:
    for user in (cast.applicant, cast.nobody):
        request_of(user).give_back(by=cast.office, reason="Kabur.")
    logged_in(cast.applicant).post("/pemberitahuan/", {"semua": "1"})
    unread = set(Notice.objects.filter(read_at=None, channel="site").values_list("user", flat=True))
    assert cast.applicant.pk not in unread
    assert cast.nobody.pk in unread


@pytest.mark.parametrize("given", ["", "0", "x", "999999999999999999999", "-1", "1 OR 1=1"])
def test_no_notice_of_that_number(cast: Cast, given: str) -> None:
    assert logged_in(cast.applicant).post("/pemberitahuan/", {"buka": given}).status_code == 404


def test_a_strangers_notice_is_not_opened(cast: Cast) -> None:
    request_of(cast.nobody).give_back(by=cast.office, reason="Kabur.")
    notice = Notice.objects.get(user=cast.nobody, channel="site")
    assert logged_in(cast.applicant).post("/pemberitahuan/", {"buka": notice.pk}).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_notices_are_paged_and_an_empty_list_says_so(cast: Cast) -> None:
    assert "Belum ada pemberitahuan" in logged_in(cast.applicant).get("/pemberitahuan/").content.decode()
    event = Event.objects.first() or Event.objects.create(
        about="x.y", about_id="1", about_code="X", verb="z", actor_name="S"
    )
    office = logged_in(cast.office)
    for number in range(23):
        other = Event.objects.create(about="x.y", about_id=str(number), about_code="X", verb="z", actor_name="S")
        Notice.objects.create(event=other, user=cast.office, channel="site", title=f"Kabar ke-{number:02}", url="/")
    assert event
    first, second = (office.get(f"/pemberitahuan/?hal={page}").content.decode() for page in (1, 2))
    assert "Kabar ke-22" in first
    assert "Kabar ke-00" not in first
    assert "Kabar ke-00" in second


# --- the profile ---------------------------------------------------------------------------------------------------
def test_the_profile_shows_ones_roles_and_safety(cast: Cast) -> None:
    page = logged_in(cast.operator).get("/profil/").content.decode()
    assert "Operator Desa, Desa Kuta" in page
    assert "Belum aktif" in page
    assert "Tanpa peran, Anda melihat apa yang dilihat umum." in logged_in(cast.nobody).get("/profil/").content.decode()


def test_a_name_is_corrected_and_odd_ones_are_refused(cast: Cast) -> None:
    client = logged_in(cast.nobody)
    assert client.post("/profil/nama/", {"name": "Tono Tanpa, S.Sos."}).status_code == 302
    for odd in ("", "<b>x</b>", "1234", "a"):
        assert client.post("/profil/nama/", {"name": odd}).status_code == 422
    assert fresh(cast.nobody).name == "Tono Tanpa, S.Sos."


def test_ones_own_data_as_a_file_holds_nothing_of_others(cast: Cast) -> None:
    request_of(cast.applicant).give_back(by=cast.office, reason="Kabur.")
    request_of(cast.nobody)
    answer = logged_in(cast.applicant).get("/profil/data-saya/")
    assert answer["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    data: dict[str, Any] = json.loads(answer.content)
    assert data["akun"]["email"] == cast.applicant.email
    assert [row["telepon"] for row in data["permohonan_akses_desa"]] == ["+6281234567890"]
    assert len(data["pemberitahuan"]) == 2
    assert cast.nobody.name not in answer.content.decode()
    assert cast.applicant.password not in answer.content.decode()


@pytest.mark.parametrize("path", ["/profil/", "/profil/nama/", "/profil/data-saya/", "/pemberitahuan/", "/akses-desa/",
                                  "/akses-desa/baru/", "/desa-saya/", "/kantor-desa/", "/keamanan/", "/email/"])  # fmt: skip
def test_the_public_is_sent_to_log_in(db: None, path: str) -> None:
    assert Client().get(path)["Location"].startswith("/masuk/?next=")


def test_the_privacy_notice_is_public(db: None) -> None:
    page = Client().get("/privasi/")
    assert "UU 27/2022" in page.content.decode()
    assert "2026-01" in page.content.decode()


def test_moments_are_told_in_the_zone_where_a_person_works(cast: Cast) -> None:
    request_of(cast.applicant)
    assert "WITA" in logged_in(cast.office).get("/pemberitahuan/").content.decode()
    assert User.objects.count() > 1


def test_the_register_costs_as_much_with_three_as_with_one(cast: Cast, kuta: VillageOffice) -> None:
    assert cast.head
    client = logged_in(cast.office)
    client.get("/profil/")
    one = queries(client, f"/kantor-desa/{KUTA}/")
    assert cast.operator
    give(cast.nobody, Role.BPD, KUTA)
    assert queries(client, f"/kantor-desa/{KUTA}/") == one


def test_the_verifying_office_sees_what_else_the_applicant_is(cast: Cast) -> None:
    request = request_of(cast.pld)
    page = logged_in(cast.office).get(request.get_absolute_url()).content.decode()
    assert "Pendamping Lokal Desa (PLD), Desa Kuta" in page
