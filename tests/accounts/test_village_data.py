"""A village's NPWP and account: proposed by the village, verified by the regency, the old ones in force until then."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User, VillageData, VillageOffice
from core.models import Event, FileView, Notice, PersonalView
from core.workflow import TransitionRefused
from p2ktd import todo
from regions.models import Area
from tests.accounts.stage import Cast, at_once, fresh, give, letter_of, logged_in, person, upload
from tests.areas import KUTA, LEMBAR, SUKADANA

NPWP, ACCOUNT = "0012345678901000", "0049900123456"
NUMBERS = {"npwp": NPWP, "bank": "Bank Contoh", "account_number": ACCOUNT, "account_holder": "Kas Desa Kuta"}
NEW = f"/kantor-desa/{KUTA}/data/ajukan/"


def stated(by: User, village: str = KUTA, **changes: str) -> VillageData:
    """A proposal as the form makes it."""
    VillageOffice.objects.get_or_create(area_id=village)
    data = VillageData(
        village=Area.objects.get(pk=village), passbook=letter_of(by), npwp_card=letter_of(by), **(NUMBERS | changes)
    )
    data.propose(by=by)
    return data


def verified(cast: Cast, by: User | None = None, village: str = KUTA, **changes: str) -> VillageData:
    data = stated(by or cast.treasurer, village, **changes)
    data.verify(by=cast.office, code_confirmed=True, doubts_checked=True)
    return data


def in_state(cast: Cast, state: str) -> VillageData:
    if state == "replaced":
        older = verified(cast)
        verified(cast, account_number="7770001")
        older.refresh_from_db()
        return older
    data = stated(cast.treasurer)
    if state == "returned":
        data.give_back(by=cast.office, reason="Foto kabur.")
    elif state == "verified":
        data.verify(by=cast.office, code_confirmed=True)
    elif state == "withdrawn":
        data.withdraw(by=cast.treasurer)
    assert data.state == state
    return data


# --- each verb, each role, each state -----------------------------------------------------------------
VERBS = [verb for verb, move in VillageData.MOVES.items() if not move.inner]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "verify": {"code_confirmed": True, "doubts_checked": True},
    "give_back": {"reason": "Foto kabur."},
    "resubmit": {"bank": "Bank Lain"},
}
VILLAGE = ("operator", "treasurer", "head")
MAY = {
    "submitted": {"office": {"verify", "give_back"}} | {who: {"withdraw"} for who in VILLAGE},
    "returned": {who: {"withdraw", "resubmit"} for who in VILLAGE},
}


def attempt(data: VillageData, verb: str, user: Any) -> bool:
    """Try the verb in a savepoint that is taken back; whether it was made."""
    try:
        with transaction.atomic():
            getattr(VillageData.objects.get(pk=data.pk), verb)(by=user, **ARGUMENTS.get(verb, {}))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", VillageData.State.values)
def test_each_role_in_each_state_makes_exactly_its_moves(cast: Cast, state: str) -> None:
    data = in_state(cast, state)
    people = cast.everyone() | {"treasurer": cast.treasurer, "secretary": cast.secretary, "the public": None}
    made = {who: {verb for verb in VERBS if attempt(data, verb, user)} for who, user in people.items()}
    assert made == {who: MAY.get(state, {}).get(who, set()) for who in people}


def test_who_may_state_the_numbers(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    people = cast.everyone() | {"treasurer": cast.treasurer, "secretary": cast.secretary}
    asked = {who: logged_in(user).get(NEW).status_code for who, user in people.items()}
    assert {who for who, status in asked.items() if status == 200} == {"operator", "treasurer", "head"}
    elsewhere = {"neighbour_office", "neighbour", "provider", "nobody", "applicant"}
    assert {who for who, status in asked.items() if status == 404} == elsewhere
    assert {status for who, status in asked.items() if who not in elsewhere} == {200, 403}


def test_nobody_verifies_what_they_stated_themselves(cast: Cast) -> None:
    give(cast.office, Role.VILLAGE_OPERATOR, KUTA)
    both = fresh(cast.office)
    data = stated(both)
    with pytest.raises(TransitionRefused, match="rekan lain"):
        data.verify(by=both, code_confirmed=True)
    data.verify(by=cast.colleague, code_confirmed=True)


# --- seeing -------------------------------------------------------------------------------------------
def test_who_sees_the_numbers_page_and_its_proofs(cast: Cast) -> None:
    data = in_state(cast, "submitted")
    people = cast.everyone() | {"treasurer": cast.treasurer, "secretary": cast.secretary}
    readers = {"office", "operator", "treasurer", "secretary", "head"}
    for url in (data.get_absolute_url(), data.passbook.get_absolute_url(), data.npwp_card.get_absolute_url()):
        statuses = {who: logged_in(user).get(url).status_code for who, user in people.items()}
        assert statuses == {who: 200 if who in readers else 404 for who in people}
    assert FileView.objects.count() == 2 * len(readers)
    assert Client().get(data.get_absolute_url())["Location"].startswith("/masuk/")
    for who in ("neighbour_office", "neighbour", "pld"):
        for verb in VERBS:
            assert logged_in(people[who]).post(data.move_url(verb), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["{own}", f"/kantor-desa/{KUTA}/", "{own}verifikasi-data/"])
def test_no_page_shows_a_number_in_full(cast: Cast, path: str) -> None:
    data = in_state(cast, "submitted")
    page = logged_in(cast.office).get(path.format(own=data.get_absolute_url())).content.decode()
    for number in (NPWP, ACCOUNT, "0012 3456", "0012\u00a03456"):
        assert number not in page


def test_a_number_in_full_is_asked_for_with_a_reason(cast: Cast) -> None:
    data = in_state(cast, "verified")
    url = f"/data-pribadi/data-desa/{data.code}/rekening/"
    people = cast.everyone() | {"treasurer": cast.treasurer, "secretary": cast.secretary}
    shown = {
        who
        for who, user in people.items()
        if ACCOUNT in logged_in(user).post(url, {"reason": "payment"}).content.decode()
    }
    assert shown == {"office", "operator", "treasurer", "secretary", "head"}
    assert PersonalView.objects.count() == len(shown)
    page = logged_in(cast.head).get(data.get_absolute_url()).content.decode()
    assert "Siapa melihat nomor lengkap" in page and "Dewi Dinas" in page


def test_what_is_stored_is_encrypted(cast: Cast) -> None:
    data = in_state(cast, "submitted")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM accounts_villagedata d WHERE id = %s", [data.pk])
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(data::text || note, ' ') FROM core_event")
        events = cursor.fetchone()[0]
    for kept in (row, events):
        assert NPWP not in kept and ACCOUNT not in kept


# --- stating and verifying through the pages ---------------------------------------------------------
def form(**changes: Any) -> dict[str, Any]:
    return NUMBERS | {"passbook": upload("buku.jpg"), "npwp_card": upload("npwp.jpg")} | changes


def post_new(client: Client, **changes: Any) -> Any:
    key = client.get(NEW).context["form"].fields["submit_key"].initial
    return client.post(NEW, form(submit_key=key, **changes))


def test_the_village_states_and_the_regency_verifies(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    answer = post_new(logged_in(cast.treasurer), npwp="01.234.567.8-901.000")
    assert answer.status_code == 302
    data = VillageData.objects.get()
    assert (data.npwp, data.account_number, data.state) == (NPWP, ACCOUNT, "submitted")  # 15 digits became 16
    assert data.passbook.personal and data.npwp_card.personal
    office = logged_in(cast.office)
    url = data.move_url("verify")
    assert KUTA in office.get(url).content.decode()  # the code is what the office confirms
    assert office.post(url, {}).status_code == 422
    assert office.post(url, {"code_confirmed": "on"}).status_code == 302
    data.refresh_from_db()
    assert (data.state, data.decided_by) == ("verified", cast.office)
    event = Event.objects.about(data).last()
    assert (event.verb, event.data) == ("verify", {"code": KUTA, "doubts": []})


@pytest.mark.parametrize(
    "changes",
    [
        {"npwp": "123"},
        {"account_number": "12"},
        {"account_number": "abc"},
        {"passbook": ""},
        {"bank": ""},
        {"submit_key": "x"},
    ],
)
def test_what_is_wrong_is_refused_and_nothing_kept(cast: Cast, changes: dict[str, Any]) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    client = logged_in(cast.treasurer)
    key = client.get(NEW).context["form"].fields["submit_key"].initial
    assert client.post(NEW, form(submit_key=key) | changes).status_code == 422
    assert not VillageData.objects.exists()


def test_sent_twice_it_is_one(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    client = logged_in(cast.treasurer)
    key = client.get(NEW).context["form"].fields["submit_key"].initial
    first, second = (client.post(NEW, form(submit_key=key)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert VillageData.objects.count() == 1


def test_a_running_proposal_is_finished_before_the_next(cast: Cast) -> None:
    data = in_state(cast, "submitted")
    assert logged_in(cast.operator).get(NEW)["Location"] == data.get_absolute_url()
    with pytest.raises(ValidationError, match="belum selesai"):
        stated(cast.operator)


@pytest.mark.django_db(transaction=True)
def test_two_who_state_at_once_leave_one_proposal(committed_cast: Cast) -> None:
    cast = committed_cast
    VillageOffice.objects.create(area_id=KUTA)
    treasurer, operator = cast.treasurer, cast.operator
    results = at_once(lambda: stated(treasurer), lambda: stated(operator))
    assert sorted(type(result).__name__ for result in results) == ["ValidationError", "VillageData"]
    assert VillageData.objects.count() == 1


# --- one in force -------------------------------------------------------------------------------------
def test_the_old_numbers_hold_until_the_new_are_verified(cast: Cast) -> None:
    older = verified(cast)
    newer = stated(cast.head, account_number="7770001")
    assert VillageData.objects.in_force(KUTA) == older
    page = logged_in(cast.operator).get(f"/kantor-desa/{KUTA}/").content.decode()
    assert "tetap berlaku sampai yang baru diverifikasi" in page
    newer.give_back(by=cast.office, reason="Nomor terpotong.")
    assert VillageData.objects.in_force(KUTA) == older
    newer.resubmit(by=cast.treasurer, account_number="7770002")
    newer.verify(by=cast.office, code_confirmed=True)
    older.refresh_from_db()
    assert (older.state, VillageData.objects.in_force(KUTA)) == ("replaced", newer)
    assert Event.objects.about(older).last().data == {"successor": newer.code}


def test_the_database_holds_one_in_force_and_who_verified_it(cast: Cast) -> None:
    data = in_state(cast, "submitted")
    for change, name in (
        ("state = 'verified'", "village_data_verified_by_somebody"),
        ("decided_at = now(), decided_by_id = proposed_by_id", "village_data_verified_by_somebody"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_villagedata SET {change} WHERE id = {data.pk}")
    data.verify(by=cast.office, code_confirmed=True)
    stated(cast.head)
    with (
        pytest.raises(IntegrityError, match="village_data_in_force_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE accounts_villagedata SET state = 'verified', decided_at = now(), decided_by_id = proposed_by_id"
        )


# --- doubts -------------------------------------------------------------------------------------------
def test_the_same_account_or_npwp_elsewhere_is_a_warning_that_must_be_looked_at(cast: Cast) -> None:
    verified(cast, by=cast.neighbour, village=SUKADANA, account_holder="Kas Desa Sukadana")
    data = stated(cast.treasurer, account_holder="Budi")
    place = Area.objects.get(pk=SUKADANA).full_name
    expected = [
        f"Nomor rekening ini juga dipakai {place}.",
        f"NPWP ini juga dipakai {place}.",
        "Rekening atas nama “Budi” tidak memuat nama desa.",
    ]
    assert data.doubts() == expected
    with pytest.raises(TransitionRefused, match="perlu diperiksa dahulu"):
        data.verify(by=cast.office, code_confirmed=True)
    office = logged_in(cast.office)
    page = office.get(data.get_absolute_url()).content.decode()
    assert all(line in page for line in expected)
    assert "juga dipakai" not in logged_in(cast.treasurer).get(data.get_absolute_url()).content.decode()
    assert office.post(data.move_url("verify"), {"code_confirmed": "on"}).status_code == 422
    assert office.post(data.move_url("verify"), {"code_confirmed": "on", "doubts_checked": "on"}).status_code == 302
    assert Event.objects.about(data).last().data["doubts"] == expected


def test_a_providers_account_is_no_villages(cast: Cast) -> None:
    firm = cast.provider.memberships.get().provider
    data = stated(cast.treasurer, account_number=firm.account_number, npwp=f"0{firm.npwp[1:]}")
    assert data.doubts() == [
        "Nomor rekening ini juga dipakai penyedia CV Rinjani.",
        "NPWP ini juga dipakai penyedia CV Rinjani.",
    ]


def test_what_was_taken_back_or_replaced_is_no_warning(cast: Cast) -> None:
    other = stated(cast.neighbour, SUKADANA)
    other.withdraw(by=cast.neighbour)
    assert stated(cast.treasurer).doubts() == []


# --- what waits for whom, who is told -----------------------------------------------------------------
def titles(user: User) -> list[tuple[str, str]]:
    return [(task.title, task.chip_label) for task in todo.tasks(fresh(user))]


def test_a_village_without_numbers_is_told_so_and_works_on(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    assert titles(cast.treasurer) == [("Desa Kuta", "Belum Lengkap")]
    assert titles(cast.secretary) == [] == titles(cast.office)
    client = logged_in(cast.treasurer)
    assert "Belum Lengkap" in client.get("/perlu-tindakan/").content.decode()
    assert "Isi NPWP dan rekening" in client.get(f"/kantor-desa/{KUTA}/").content.decode()
    assert client.get("/layanan/").status_code == 200 == client.get(reverse("orders")).status_code


def test_who_has_to_act_next_sees_it_waiting(cast: Cast) -> None:
    data = stated(cast.treasurer)
    assert titles(cast.office) == [("Desa Kuta", "Menunggu Verifikasi")]
    assert titles(cast.neighbour_office) == [] == titles(cast.treasurer)
    data.give_back(by=cast.office, reason="Foto kabur.")
    assert titles(cast.office) == []
    assert titles(cast.treasurer) == [("Desa Kuta", "Perlu Perbaikan")]
    data.resubmit(by=cast.treasurer)
    data.verify(by=cast.office, code_confirmed=True)
    assert titles(cast.office) == [] == titles(cast.treasurer)


def told(event_verb: str) -> dict[str, str]:
    rows = Notice.objects.filter(event__about="accounts.villagedata", event__verb=event_verb, channel="site")
    return {notice.user.name: notice.title for notice in rows.select_related("user")}


def test_the_office_and_the_villages_own_people_are_told(cast: Cast) -> None:
    everyone = (cast.office, cast.head, cast.secretary, cast.operator, cast.neighbour, cast.pld)
    assert everyone
    data = stated(cast.treasurer)
    mine = "NPWP dan rekening Desa Kuta diajukan"
    assert told("create") == {
        "Dewi Dinas": "Verifikasi data desa: Desa Kuta", "Lalu Kades": mine, "Budi Sekdes": mine, "Sri Operator": mine,
    }  # fmt: skip
    data.give_back(by=cast.office, reason="Foto kabur.")
    assert set(told("give_back")) == {"Ani Kaur", "Lalu Kades", "Budi Sekdes", "Sri Operator"}
    assert "Foto kabur." in Notice.objects.filter(event__verb="give_back").first().body
    data.resubmit(by=cast.treasurer)
    data.verify(by=cast.office, code_confirmed=True)
    assert set(told("verify").values()) == {"Data Desa Kuta terverifikasi"}


def test_the_office_finds_villages_by_the_state_of_their_numbers(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=SUKADANA)
    VillageOffice.objects.create(area_id="52.02.04.2001")
    verified(cast)
    stated(
        cast.neighbour, SUKADANA, npwp="0099999999999999", account_number="55555", account_holder="Kas Desa Sukadana"
    )
    client = logged_in(cast.office)

    def found(**asked: str) -> list[str]:
        return [office.area_id for office in client.get("/kantor-desa/", asked).context["page"]]

    assert found(status="verified") == [KUTA]
    assert found(status="submitted") == [SUKADANA]
    assert found(status="none") == ["52.02.04.2001"]
    assert found() == ["52.02.04.2001", SUKADANA, KUTA]
    assert client.get("/kantor-desa/", {"status": "x"}).status_code == 400
    stranger = person("Petugas Jauh")
    give(stranger, Role.DISTRICT_OFFICE, LEMBAR)
    assert found() and not list(logged_in(stranger).get("/kantor-desa/").context["page"])
