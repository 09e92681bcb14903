"""Who follows whom in a village's office: old rights end the day before the new begin, with no worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Membership, Role, Succession, User, VillageOffice
from core.clock import today
from core.models import Event, FileView, Mail, Notice
from core.workflow import TransitionRefused
from p2ktd import todo
from regions.models import Area
from tests.accounts.stage import DAY, Cast, at_once, fresh, give, letter_of, logged_in, person, request_of, upload
from tests.areas import KUTA, SUKADANA

NEW = f"/kantor-desa/{KUTA}/pergantian/"


def proposed(
    cast: Cast,
    by: User,
    *,
    role: str = Role.VILLAGE_TREASURER,
    successor: User | None = None,
    days: int = 0,
    **fields: Any,
) -> Succession:
    """A succession as the form makes it; at once, or in so many days."""
    held = Membership.objects.current().at(KUTA).holding(role).first()
    succession = Succession(
        village=Area.objects.get(pk=KUTA),
        role=role,
        predecessor=fields.pop("predecessor", held),
        successor=successor or cast.applicant,
        letter=letter_of(by),
        **{
            "kind": "pj",
            "letter_number": "141/27/DPMD/2026",
            "letter_date": dt.date(2026, 1, 2),
            "starts_on": today() + days * DAY,
        }
        | fields,
    )
    succession.propose(by=by)
    return succession


def holders(role: str, on: dt.date | None = None) -> list[str]:
    rows = Membership.objects.current(on).at(KUTA).holding(role).select_related("user").order_by("user__name")
    return [held.user.name for held in rows]


# --- each verb, each role, each state -----------------------------------------------------------------
MAY = {
    "office": {"verify", "reject"},
    "colleague": {"verify", "reject"},
    "head": {"withdraw"},
}


def in_state(cast: Cast, state: str) -> Succession:
    succession = proposed(cast, cast.head)
    if state == "verified":
        succession.verify(by=cast.office)
    elif state == "rejected":
        succession.reject(by=cast.office, reason="SK bukan untuk orang ini.")
    elif state == "withdrawn":
        succession.withdraw(by=cast.head)
    assert succession.state == state
    return succession


def attempt(succession: Succession, verb: str, user: Any) -> bool:
    """Try the verb in a savepoint that is taken back; whether it was made."""
    arguments = {"reason": "Bukan."} if verb == "reject" else {}
    try:
        with transaction.atomic():
            getattr(Succession.objects.get(pk=succession.pk), verb)(by=user, **arguments)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", Succession.State.values)
def test_each_role_in_each_state_makes_exactly_its_moves(cast: Cast, state: str) -> None:
    succession = in_state(cast, state)
    people = cast.everyone() | {"colleague": cast.colleague, "secretary": cast.secretary, "the public": None}
    made = {who: {verb for verb in Succession.MOVES if attempt(succession, verb, user)} for who, user in people.items()}
    assert made == {who: MAY.get(who, set()) if state == "submitted" else set() for who in people}


def test_who_may_speak_of_whose_office(cast: Cast) -> None:
    people = cast.everyone() | {"secretary": cast.secretary, "the public": None}
    village = Area.objects.get(pk=KUTA)
    for role in (Role.VILLAGE_HEAD, Role.BPD, Role.VILLAGE_TREASURER, Role.VILLAGE_OPERATOR):
        may = {who for who, user in people.items() if Succession(village=village, role=role).may_propose(user)}
        assert may == ({"office"} if role in (Role.VILLAGE_HEAD, Role.BPD) else {"office", "head"})


def test_who_sees_a_succession_and_its_letter(cast: Cast) -> None:
    give(person("Ani Kaur"), Role.VILLAGE_TREASURER, KUTA)
    succession = proposed(cast, cast.head)
    people = cast.everyone() | {"secretary": cast.secretary, "old": succession.predecessor.user}
    readers = {"office", "head", "secretary", "applicant", "old"}
    for url in (succession.get_absolute_url(), succession.letter.get_absolute_url()):
        statuses = {who: logged_in(fresh(user)).get(url).status_code for who, user in people.items()}
        assert statuses == {who: 200 if who in readers else 404 for who in people}
    assert FileView.objects.count() == len(readers)
    for who in ("neighbour_office", "neighbour", "pld", "operator"):
        for verb in Succession.MOVES:
            assert logged_in(people[who]).post(succession.move_url(verb), {"reason": "x"}).status_code == 404
    assert Succession.objects.get().state == "submitted"


# --- what follows -------------------------------------------------------------------------------------
def test_the_office_records_at_once_and_the_heads_waits(cast: Cast) -> None:
    give(person("Ani Kaur"), Role.VILLAGE_TREASURER, KUTA)
    waiting = proposed(cast, cast.head)
    assert (waiting.state, holders(Role.VILLAGE_TREASURER)) == ("submitted", ["Ani Kaur"])
    waiting.withdraw(by=cast.head)
    recorded = proposed(cast, cast.office)
    assert (recorded.state, recorded.decided_by) == ("verified", cast.office)
    assert holders(Role.VILLAGE_TREASURER) == ["Ayu Pemohon"]


def test_the_old_one_ends_the_day_before_and_the_new_one_begins_that_day(cast: Cast) -> None:
    old = cast.head.memberships.get()
    Membership.objects.filter(pk=old.pk).update(starts_on=today() - 400 * DAY)
    succession = proposed(cast, cast.office, role=Role.VILLAGE_HEAD, days=10, kind="plt", ends_on=today() + 100 * DAY)
    old.refresh_from_db()
    assert old.ends_on == today() + 9 * DAY
    new = succession.membership
    assert (new.starts_on, new.ends_on, new.position) == (today() + 10 * DAY, today() + 100 * DAY, "Plt. Kepala Desa")
    assert new.basis == "141/27/DPMD/2026 tanggal 02/01/2026"
    head = Role.VILLAGE_HEAD
    assert holders(head) == holders(head, today() + 9 * DAY) == ["Lalu Kades"]
    assert holders(head, today() + 10 * DAY) == holders(head, today() + 100 * DAY) == ["Ayu Pemohon"]
    assert holders(head, today() + 101 * DAY) == []
    page = logged_in(cast.office).get(f"/kantor-desa/{KUTA}/").content.decode()
    assert "Akan bertugas" in page and "Plt. Kepala Desa" in page


def test_a_new_term_of_the_same_person_is_two_entries_of_the_register(cast: Cast) -> None:
    proposed(cast, cast.office, role=Role.VILLAGE_HEAD, successor=cast.head, days=3, kind="definitive")
    terms = Membership.objects.at(KUTA).holding(Role.VILLAGE_HEAD).order_by("starts_on")
    assert [(term.user, term.starts_on, term.ends_on) for term in terms] == [
        (cast.head, today(), today() + 2 * DAY),
        (cast.head, today() + 3 * DAY, None),
    ]


def test_an_office_shared_by_several_loses_only_who_is_replaced(cast: Cast) -> None:
    one, two = person("Satu"), person("Dua")
    first = give(one, Role.ACTIVITY_MANAGER, KUTA, position="Kasi Pemerintahan")
    give(two, Role.ACTIVITY_MANAGER, KUTA, position="Kasi Pelayanan")
    proposed(cast, cast.office, role=Role.ACTIVITY_MANAGER, predecessor=first, kind="definitive")
    assert holders(Role.ACTIVITY_MANAGER) == ["Ayu Pemohon", "Dua"]


def test_an_empty_office_is_filled(cast: Cast) -> None:
    proposed(cast, cast.office, role=Role.VILLAGE_SECRETARY, kind="plh")
    assert holders(Role.VILLAGE_SECRETARY) == ["Ayu Pemohon"]


def test_whom_a_later_one_is_already_recorded_stops_an_earlier_one_without_end(cast: Cast) -> None:
    proposed(cast, cast.office, role=Role.VILLAGE_SECRETARY, days=30)
    with pytest.raises(TransitionRefused, match=r"sudah tercatat sebagai Pj\. Sekretaris Desa"):
        proposed(cast, cast.office, role=Role.VILLAGE_SECRETARY, successor=cast.nobody, predecessor=None)
    meanwhile = proposed(
        cast,
        cast.office,
        role=Role.VILLAGE_SECRETARY,
        successor=cast.nobody,
        predecessor=None,
        ends_on=today() + 29 * DAY,
    )
    assert meanwhile.state == "verified"
    assert holders(Role.VILLAGE_SECRETARY) == ["Tono Tanpa"]
    assert holders(Role.VILLAGE_SECRETARY, today() + 30 * DAY) == ["Ayu Pemohon"]


def test_a_request_for_an_office_that_is_promised_names_who_is_to_hold_it(cast: Cast) -> None:
    proposed(cast, cast.office, role=Role.VILLAGE_HEAD, days=5)
    request = request_of(cast.nobody, role=Role.VILLAGE_HEAD)
    assert [held.user for held in request.incumbents()] == [cast.applicant]
    with pytest.raises(TransitionRefused, match="Ayu Pemohon masih tercatat"):
        request.verify(by=cast.office)


def test_who_is_the_successor_does_not_decide(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="rekan lain"):
        proposed(cast, cast.office, role=Role.VILLAGE_SECRETARY, successor=cast.office)
    assert not Succession.objects.exists() and not Membership.objects.filter(role=Role.VILLAGE_SECRETARY).exists()


def test_the_predecessor_must_hold_that_office_there(cast: Cast) -> None:
    elsewhere = give(person("Lain"), Role.VILLAGE_TREASURER, SUKADANA)
    with pytest.raises(ValidationError, match="jabatan ini di desa ini"):
        proposed(cast, cast.office, predecessor=elsewhere)
    with pytest.raises(ValidationError, match="jabatan ini di desa ini"):
        proposed(cast, cast.office, predecessor=cast.head.memberships.get())


# --- one holder at a time -----------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER])
def test_the_database_knows_one_holder_of_an_office_on_a_day(cast: Cast, role: str) -> None:
    day = today()

    def row(name: str, first: dt.date, last: dt.date | None, area: str = KUTA) -> None:
        holder = User.objects.filter(name=name).first() or person(name)
        with transaction.atomic():
            Membership.objects.create(user=holder, role=role, area_id=area, starts_on=first, ends_on=last)

    row("Satu", day, day + 10 * DAY)
    for first, last in ((day, None), (day + 10 * DAY, None), (day - DAY, day), (day + 3 * DAY, day + 4 * DAY)):
        with pytest.raises(IntegrityError, match=f"one_{role}_at_a_time"):
            row("Dua", first, last)
    row("Dua", day + 11 * DAY, None)
    row("Tiga", day - 5 * DAY, day - DAY)
    row("Empat", day + 2 * DAY, day + DAY)  # taken back before it began
    row("Lima", day, None, SUKADANA)
    Membership(user=cast.nobody, role=Role.BPD, area_id=KUTA, basis="x").full_clean()
    Membership(user=cast.nobody, role=role, area_id="52.02.04.2001", basis="x").full_clean()
    with pytest.raises(ValidationError, match="sudah dipegang orang lain"):
        Membership(user=cast.nobody, role=role, area_id=KUTA, starts_on=day, basis="x").full_clean()


def test_the_database_holds_the_successions_facts(cast: Cast) -> None:
    succession = in_state(cast, "submitted")
    for change, name in (
        ("state = 'verified'", "succession_verified_gives_a_membership"),
        ("ends_on = starts_on - 1", "succession_ends_after_start"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_succession SET {change} WHERE id = {succession.pk}")
    with pytest.raises(ValidationError, match="sudah ada dan masih menunggu"):
        proposed(cast, cast.head)


@pytest.mark.django_db(transaction=True)
def test_two_heads_recorded_at_once_leave_one(committed_cast: Cast) -> None:
    cast = committed_cast
    VillageOffice.objects.create(area_id=KUTA)
    office, colleague, one, two = cast.office, cast.colleague, cast.applicant, cast.nobody
    results = at_once(
        lambda: proposed(cast, office, role=Role.VILLAGE_HEAD, successor=one, days=4),
        lambda: proposed(cast, colleague, role=Role.VILLAGE_HEAD, successor=two, days=4),
    )
    # The second replaces the first on the same day: whose membership never comes into force.
    assert [type(result) for result in results] == [Succession, Succession]
    assert len(holders(Role.VILLAGE_HEAD, today() + 4 * DAY)) == 1


# --- the page -----------------------------------------------------------------------------------------
def filled(client: Client, office: str, email: str, /, **changes: Any) -> Any:
    key = client.get(NEW).context["form"].fields["submit_key"].initial
    data = {
        "submit_key": key, "office": office, "email": email, "kind": "pj", "position": "", "letter": upload("sk.jpg"),
        "letter_number": "141/27/DPMD/2026", "letter_date": "2026-01-02", "starts_on": today().isoformat(), "ends_on": "",
    }  # fmt: skip
    return client.post(NEW, data | changes)


def test_the_office_records_through_the_page(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    client = logged_in(cast.office)
    held = cast.head.memberships.get()
    answer = filled(client, held.code, cast.applicant.email, position="Pj. Wali Nagari Kuta")
    succession = Succession.objects.get()
    assert answer["Location"] == succession.get_absolute_url()
    assert (succession.state, succession.predecessor, succession.membership.position) == (
        "verified",
        held,
        "Pj. Wali Nagari Kuta",
    )
    assert succession.letter.personal


def test_the_register_tells_who_held_an_office_from_when_to_when(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    old = cast.head.memberships.get()
    Membership.objects.filter(pk=old.pk).update(starts_on=dt.date(2020, 3, 1), position="Kepala Desa Kuta")
    proposed(
        cast, cast.office, role=Role.VILLAGE_HEAD, kind="plt", starts_on=today() - 10 * DAY, ends_on=today() - 2 * DAY
    )
    mistaken = proposed(cast, cast.office, role=Role.VILLAGE_HEAD, successor=cast.nobody, days=9, predecessor=None)
    mistaken.membership.end(by=cast.office, reason="Salah orang.")
    url = f"/kantor-desa/{KUTA}/riwayat/"
    assert url in logged_in(cast.operator).get(f"/kantor-desa/{KUTA}/").content.decode()
    page = logged_in(cast.operator).get(url)
    rows = [(held.position, held.user.name, held.starts_on, held.ends_on) for held in page.context["register"]]
    assert rows[:2] == [
        ("Kepala Desa Kuta", "Lalu Kades", dt.date(2020, 3, 1), today() - 11 * DAY),
        ("Plt. Kepala Desa", "Ayu Pemohon", today() - 10 * DAY, today() - 2 * DAY),
    ]
    assert [name for _, name, _, _ in rows] == ["Lalu Kades", "Ayu Pemohon", "Tono Tanpa", "Sri Operator"]
    assert page.content.decode().count("dicabut sebelum sehari penuh berlaku") == 1
    assert "data-print" in page.content.decode() and "141/27/DPMD/2026 tanggal 02/01/2026" in page.content.decode()
    assert logged_in(cast.neighbour).get(url).status_code == 404


def test_the_head_proposes_and_the_office_verifies_through_the_pages(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    held = give(person("Ani Kaur"), Role.VILLAGE_TREASURER, KUTA)
    head = logged_in(cast.head)
    offered = [code for code, _ in head.get(NEW).context["form"].fields["office"].choices]
    assert offered == [held.code, "village_secretary"]  # neither the head's own office nor the BPD
    assert filled(head, held.code, cast.applicant.email).status_code == 302
    succession = Succession.objects.get()
    office = logged_in(cast.office)
    assert "Ani Kaur" in office.get(succession.get_absolute_url()).content.decode()
    assert office.get(succession.move_url("verify")).status_code == 200
    assert office.post(succession.move_url("verify")).status_code == 302
    assert holders(Role.VILLAGE_TREASURER) == ["Ayu Pemohon"]
    again = office.post(succession.move_url("verify"))  # pressed twice
    assert again.status_code == 302 and Membership.objects.filter(user=cast.applicant).count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "tidak.ada@desa.example"}, {"office": "x"}, {"office": "bpd"}, {"kind": "raja"}, {"letter": ""},
        {"starts_on": "2020-01-01"}, {"starts_on": "2099-01-01"}, {"ends_on": "2020-01-01"}, {"letter_date": "2099-01-01"},
        {"letter_number": ""}, {"submit_key": ""},
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_kept(cast: Cast, changes: dict[str, Any]) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    held = cast.head.memberships.get()
    answer = filled(logged_in(cast.office), held.code, cast.applicant.email, **changes)
    assert answer.status_code == 422
    assert not Succession.objects.exists() and holders(Role.VILLAGE_HEAD) == ["Lalu Kades"]


def test_a_neighbours_official_or_another_heads_office_cannot_be_forged(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    elsewhere = give(person("Lain"), Role.VILLAGE_TREASURER, SUKADANA)
    client = logged_in(cast.head)
    for forged in (elsewhere.code, cast.head.memberships.get().code, "village_head"):
        assert filled(client, forged, cast.applicant.email).status_code == 422
    assert not Succession.objects.exists()


def test_who_may_open_the_page(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    statuses = {who: logged_in(user).get(NEW).status_code for who, user in cast.everyone().items()}
    outside = {"neighbour_office", "neighbour", "provider", "nobody", "applicant"}
    assert statuses == {
        who: 200 if who in ("office", "head") else 404 if who in outside else 403 for who in cast.everyone()
    }


# --- who is told, what waits --------------------------------------------------------------------------
def told(verb: str) -> dict[str, str]:
    rows = Notice.objects.filter(event__about="accounts.succession", event__verb=verb, channel="site")
    return {notice.user.name: notice.title for notice in rows.select_related("user")}


def test_everybody_concerned_is_told(cast: Cast) -> None:
    old = person("Ani Kaur")
    give(old, Role.VILLAGE_TREASURER, KUTA)
    assert cast.office and cast.operator
    succession = proposed(cast, cast.head, days=5)
    position = "Pj. Kaur Keuangan"
    assert told("create") == {"Dewi Dinas": f"Pergantian pejabat: {position}, Desa Kuta"}
    assert [task.title for task in todo.tasks(fresh(cast.office))] == ["Desa Kuta"]
    succession.verify(by=cast.office)
    assert told("verify") == {
        "Ayu Pemohon": f"Anda {position}, Desa Kuta",
        "Lalu Kades": f"Pergantian tercatat: {position}",
    }
    ends = Notice.objects.get(user=old, event__verb="end", channel="site")
    assert "Digantikan oleh Ayu Pemohon" in ends.body and f"{today() + 4 * DAY:%d/%m/%Y}" in ends.body
    begins = Notice.objects.get(user=cast.operator, event__verb="appoint", event__data__person="Ayu Pemohon")
    assert f"mulai {today() + 5 * DAY:%d/%m/%Y}" in begins.title  # not "kini"
    assert Mail.objects.filter(to__in=[old.email, cast.applicant.email]).count() == 2
    assert not todo.tasks(fresh(cast.office))


def test_a_refused_proposal_is_explained_and_changes_nothing(cast: Cast) -> None:
    give(person("Ani Kaur"), Role.VILLAGE_TREASURER, KUTA)
    succession = in_state(cast, "rejected")
    assert told("reject") == {"Lalu Kades": "Usulan ditolak: Pj. Kaur Keuangan"}
    assert holders(Role.VILLAGE_TREASURER) == ["Ani Kaur"]
    assert Event.objects.about(succession).last().note == "SK bukan untuk orang ini."
