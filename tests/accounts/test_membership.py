import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts import people
from accounts.models import Membership, Role, User, VillageOffice
from accounts.models.membership import APPOINTED_BY, ENDED_BY, LEVEL_OF_ROLE
from core.clock import today
from core.models import Event, Mail
from core.workflow import TransitionRefused
from regions.models import Level
from tests.accounts.stage import DAY, Cast, at_once, fresh, give, logged_in, person, row_held
from tests.areas import KUTA, LEMBAR, LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT

REASON = "SK 141/3/2026"
OF_LEVEL = {
    Level.PROVINCE: "52", Level.REGENCY: LOMBOK_TENGAH, Level.DISTRICT: PUJUT, Level.VILLAGE: KUTA, None: None,
}  # fmt: skip


def new(role: str, area: str | None, user: User) -> Membership:
    return Membership(user=user, role=role, area_id=area, basis=REASON)


def may(membership: Membership, verb: str, user: User) -> bool:
    return bool(getattr(membership, f"may_{verb}")(user))


# --- days --------------------------------------------------------------------------------------------------
def test_the_last_day_counts_and_the_next_does_not(cast: Cast) -> None:
    membership = give(cast.nobody, Role.VILLAGE_HEAD, KUTA)
    membership.end(by=cast.office, reason=REASON, last_day=today())
    assert people.holds(fresh(cast.nobody), Role.VILLAGE_HEAD)
    for days, in_force in ((-1, 0), (0, 1), (1, 0)):
        found = Membership.objects.filter(pk=membership.pk).current(today() + days * DAY)
        assert found.count() == in_force, days


def test_a_replaced_head_loses_power_at_once(cast: Cast) -> None:
    client = logged_in(cast.head)
    assert client.get(f"/kantor-desa/{KUTA}/").status_code == 404  # no office yet
    VillageOffice.objects.create(area_id=KUTA)
    assert client.get(f"/kantor-desa/{KUTA}/ubah/").status_code == 200
    cast.head.memberships.get().end(by=cast.office, reason=REASON)
    assert client.get(f"/kantor-desa/{KUTA}/ubah/").status_code == 404
    assert people.acting(fresh(cast.head), Role.VILLAGE_HEAD, at=KUTA) is None


def test_a_role_given_today_can_be_taken_today(cast: Cast) -> None:
    membership = give(cast.nobody, Role.VILLAGE_HEAD, KUTA, starts_on=today())
    membership.end(by=cast.office, reason="Salah orang.")
    assert membership.ends_on == today() - DAY
    assert membership.state == "ended"


def test_a_role_of_next_month_is_not_held_today(cast: Cast) -> None:
    membership = give(cast.nobody, Role.PD, PUJUT, starts_on=today() + 30 * DAY)
    assert membership.state == "future"
    assert not people.holds(fresh(cast.nobody), Role.PD)
    membership.end(by=cast.office, reason="Batal.")
    assert Membership.objects.filter(pk=membership.pk).current(today() + 31 * DAY).count() == 0


def test_the_database_refuses_an_end_before_the_start(cast: Cast) -> None:
    membership = give(cast.nobody, Role.PD, PUJUT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(ends_on=today() - 2 * DAY)
    with pytest.raises(ValidationError):
        membership.end(by=cast.office, reason=REASON, last_day=today() - 9 * DAY)


# --- who gives ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role.values)
def test_each_role_is_given_by_exactly_its_office(cast: Cast, role: str) -> None:
    membership = new(role, OF_LEVEL[LEVEL_OF_ROLE.get(role)], cast.nobody)
    giving = {who for who, user in cast.everyone().items() if may(membership, "appoint", user)}
    assert giving == {{Role.REGENCY_OFFICE: "office", Role.MINISTRY: "ministry", None: ""}[APPOINTED_BY.get(role)]} - {
        ""
    }


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.PROVIDER])
def test_each_role_is_taken_by_its_office_or_laid_down_by_its_holder(cast: Cast, role: str) -> None:
    people = cast.everyone()
    if role == Role.VILLAGE_HEAD:  # there is one at a time
        people.pop("head").memberships.get().end(by=cast.office, reason="Selesai.")
    membership = give(person("Pemegang Peran"), role, OF_LEVEL[LEVEL_OF_ROLE.get(role)])
    people["holder"] = fresh(membership.user)
    taking = {who for who, user in people.items() if may(membership, "end", user)}
    assert taking == {"holder", {Role.REGENCY_OFFICE: "office", Role.MINISTRY: "ministry"}[ENDED_BY[role]]}


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.TAPM, LOMBOK_BARAT),
        (Role.PD, LEMBAR),
        (Role.PLD, "52.01.13.2001"),
        (Role.DISTRICT_OFFICE, "32.73.01"),
    ],
)
def test_an_office_gives_nothing_to_its_neighbours(cast: Cast, role: str, area: str) -> None:
    with pytest.raises(TransitionRefused, match="wilayah ini"):
        new(role, area, cast.nobody).appoint(by=cast.office)
    assert not Membership.objects.filter(user=cast.nobody).exists()


def test_a_role_is_held_at_its_own_level(cast: Cast) -> None:
    for role, area in ((Role.TAPM, PUJUT), (Role.PD, KUTA), (Role.PLD, PUJUT)):
        with pytest.raises(ValidationError):
            new(role, area, cast.nobody).appoint(by=cast.office)


def test_the_same_role_is_not_given_twice(cast: Cast) -> None:
    new(Role.PD, PUJUT, cast.nobody).appoint(by=cast.office)
    with pytest.raises(TransitionRefused, match="sudah memegang"):
        new(Role.PD, PUJUT, cast.nobody).appoint(by=cast.office)


def test_one_is_told_and_an_auditor_reads_it(cast: Cast) -> None:
    membership = new(Role.PD, PUJUT, cast.nobody)
    membership.appoint(by=cast.office)
    membership.end(by=cast.office, reason="Kontrak selesai.")
    events = Event.objects.about(membership)
    assert [(e.verb_label, e.actor, e.role, e.note) for e in events] == [
        ("Peran diberikan", cast.office, Role.REGENCY_OFFICE, REASON),
        ("Peran diakhiri", cast.office, Role.REGENCY_OFFICE, "Kontrak selesai."),
    ]
    subjects = list(Mail.objects.filter(to=cast.nobody.email).order_by("pk").values_list("subject", flat=True))
    title = "Pendamping Desa (PD), Kecamatan Pujut"
    assert subjects == [f"Peran baru: {title}", f"Peran berakhir: {title}"]
    assert "Kontrak selesai." in Mail.objects.filter(to=cast.nobody.email).latest("pk").body


def test_what_has_ended_is_not_ended_again(cast: Cast) -> None:
    membership = cast.head.memberships.get()
    membership.end(by=cast.office, reason=REASON)
    with pytest.raises(TransitionRefused, match="sudah berakhir"):
        membership.end(by=cast.office, reason=REASON)


def test_the_last_of_the_ministry_stays(cast: Cast) -> None:
    only = cast.ministry.memberships.get()
    with pytest.raises(TransitionRefused, match="satu-satunya"):
        only.end(by=cast.ministry, reason="Pindah tugas.")
    give(cast.nobody, Role.MINISTRY)
    only.end(by=cast.ministry, reason="Pindah tugas.")


def test_a_provider_keeps_its_last_person(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="satu-satunya"):
        cast.provider.memberships.get().end(by=cast.provider, reason="Keluar.")


def test_two_offices_give_the_same_role_at_once_and_it_begins_once(committed_cast: Cast) -> None:
    cast = committed_cast
    user, office = cast.nobody.pk, cast.office.pk
    results: list[Any] = []
    with row_held(User.objects.filter(pk=user)) as wait_for:
        act = lambda: new(Role.PD, PUJUT, User.objects.get(pk=user)).appoint(by=User.objects.get(pk=office))  # noqa: E731
        racing = threading.Thread(target=lambda: results.extend(at_once(act, act)))
        racing.start()
        wait_for(2)
        racing.join()
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Membership.objects.filter(user=user).count() == 1


# --- who sees ------------------------------------------------------------------------------------------------
def test_who_sees_the_heads_membership(cast: Cast) -> None:
    everyone = cast.everyone()
    target = cast.head.memberships.get()
    seeing = {
        who for who, user in everyone.items() if Membership.objects.visible_to(user).filter(pk=target.pk).exists()
    }
    assert seeing == {"head", "operator", "office", "ministry", "province", "chair", "tapm", "pd", "pld"}


def test_who_sees_a_pokja_members_membership(cast: Cast) -> None:
    everyone = cast.everyone()
    target = cast.chair.memberships.get()
    seeing = {
        who for who, user in everyone.items() if Membership.objects.visible_to(user).filter(pk=target.pk).exists()
    }
    assert seeing == {"chair", "office", "ministry", "province"}


def test_who_sees_which_accounts(cast: Cast) -> None:
    everyone = cast.everyone()
    for who in ("operator", "pld", "nobody", "provider", "chair"):
        assert set(User.objects.visible_to(everyone[who])) == {everyone[who]}, who
    seen = {who for who, user in everyone.items() if user in User.objects.visible_to(cast.office)}
    assert seen == {"office", "chair", "tapm", "pd", "pld", "head", "operator", "neighbour"}
    assert User.objects.visible_to(cast.ministry).count() == User.objects.count()


# --- pages ---------------------------------------------------------------------------------------------------
def end_url(user: User) -> str:
    return f"/keanggotaan/{user.memberships.get().code}/akhiri/"


def test_the_office_ends_a_membership_with_a_date_and_a_reason(cast: Cast) -> None:
    VillageOffice.objects.create(area_id=KUTA)
    client = logged_in(cast.office)
    assert cast.head.name in client.get(f"/kantor-desa/{KUTA}/").content.decode()
    assert client.post(end_url(cast.head), {"when": "now", "reason": ""}).status_code == 422
    last = today() + 5 * DAY
    answer = client.post(end_url(cast.head), {"when": "date", "last_day": last.isoformat(), "reason": REASON})
    assert answer["Location"] == f"/kantor-desa/{KUTA}/"
    assert cast.head.memberships.get().ends_on == last


@pytest.mark.parametrize("day", ["2020-01-01", "", "besok", "2999-13-01"])
def test_a_wrong_last_day_is_told(cast: Cast, day: str) -> None:
    answer = logged_in(cast.office).post(end_url(cast.head), {"when": "date", "last_day": day, "reason": REASON})
    assert answer.status_code == 422
    assert cast.head.memberships.get().ends_on is None


def test_one_lays_down_ones_own_role_and_the_office_learns_of_it(cast: Cast) -> None:
    assert cast.office
    answer = logged_in(cast.head).post(end_url(cast.head), {"when": "now", "reason": "Purna tugas."})
    assert answer["Location"] == "/perlu-tindakan/"
    assert fresh(cast.head).memberships_now == []
    assert cast.office.notices.filter(title="Lalu Kades mengakhiri perannya: Kepala Desa, Desa Kuta").exists()


def test_others_cannot_end_it(cast: Cast) -> None:
    url = end_url(cast.head)
    statuses = {
        who: logged_in(user).post(url, {"when": "now", "reason": "x"}).status_code
        for who, user in cast.everyone().items()
        if who not in ("office", "head")
    }
    sees = {"ministry", "province", "chair", "tapm", "pd", "pld", "operator"}
    assert statuses == {who: 403 if who in sees else 404 for who in statuses}
    assert cast.head.memberships.get().ends_on is None


# --- the first person -----------------------------------------------------------------------------------------
def test_the_first_person_of_a_deployment(areas: None) -> None:
    first = person("Bagus Pusat")
    call_command("appoint_ministry", first.email.upper(), "--basis", "Surat Tugas 12/2026")
    assert people.holds(fresh(first), Role.MINISTRY)
    event = Event.objects.get(verb="appoint")
    assert (event.actor, event.actor_name, event.note) == (None, "Sistem", "Surat Tugas 12/2026")
    with pytest.raises(CommandError, match="sudah memegang"):
        call_command("appoint_ministry", first.email)


def test_only_confirmed_accounts_become_the_ministrys(areas: None) -> None:
    User.objects.create_user("x@desa.example", "kata sandi contoh", name="X Y")
    for email in ("x@desa.example", "tiada@desa.example"):
        with pytest.raises(CommandError):
            call_command("appoint_ministry", email)
    assert not Membership.objects.exists()


def test_dates_are_those_of_jakarta() -> None:
    assert abs((today() - dt.datetime.now(dt.UTC).date()).days) <= 1
