"""The Pokja by decree: who may do what in which state, whose rights begin and end when, and two at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.models import Event, Mail
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import at_once, fresh, give, logged_in, person, row_held
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import DAY, Stage, fresh_memberships, scan
from verification.models import Pokja, PokjaMember
from verification.models.pokja import rights_without_decree

STATES = ("draft", "future", "established", "over", "dissolved", "cancelled")
OFFICE = {"office", "colleague"}
JAKARTA = ZoneInfo("Asia/Jakarta")

# (stage, verb): who succeeds. `future` and `over` are established, before the first and after the last day.
ALLOWED: dict[tuple[str, str], set[str]] = {
    **{("draft", verb): OFFICE for verb in ("amend", "attach_decree", "add_member", "remove_member", "establish", "cancel")},
    **{
        (stage, verb): OFFICE
        for stage in ("future", "established")
        for verb in ("attach_decree", "add_member", "remove_member", "prepare_next", "dissolve")
    },
    **{("over", verb): OFFICE for verb in ("attach_decree", "remove_member", "prepare_next", "dissolve")},
    ("dissolved", "prepare_next"): OFFICE,
}  # fmt: skip


def typed(stage: Stage, *, starts: int = 0, ends: int = 300, number: str = "188.45/1/2026") -> Pokja:
    """A draft with three members, days counted from today."""
    pokja = Pokja(
        regency_id=LOMBOK_TENGAH, decree_number=number, decree_date=today(), starts_on=today() + starts * DAY,
        ends_on=today() + ends * DAY,
    )  # fmt: skip
    pokja.prepare(by=stage.office)
    for name, position in (("Ketua Baru", "chair"), ("Sekretaris Baru", "secretary"), ("Anggota Baru", "member")):
        user = User.objects.filter(name=name).first() or person(name)
        pokja.add_member(by=stage.office, user=user, position=position, body="Dinas PMD")
    return pokja


def at(stage: Stage, state: str) -> Pokja:
    pokja = typed(stage, starts=30) if state == "future" else typed(stage)
    if state in ("future", "established", "over", "dissolved"):
        pokja.establish(by=stage.office)
    if state == "over":  # time passed; nothing was done
        Pokja.objects.filter(pk=pokja.pk).update(starts_on=today() - 300 * DAY, ends_on=today() - DAY)
        for row in pokja.members.all():
            Membership.objects.filter(pk=row.membership_id).update(starts_on=today() - 300 * DAY, ends_on=today() - DAY)
        pokja.refresh_from_db()
    if state == "dissolved":
        pokja.dissolve(by=stage.office, reason="Keputusan baru.")
    if state == "cancelled":
        pokja.cancel(by=stage.office)
    return pokja


def named(user: str) -> User:
    return fresh(User.objects.get(name=user))


def everyone(stage: Stage) -> dict[str, Any]:
    return stage.everyone() | {
        "system": None,
        "colleague": stage.colleague,
        "the_chair": named("Ketua Baru"),
        "a_member": named("Anggota Baru"),
        "undecreed_chair": stage.chair,
        "neighbour_member": stage.neighbour_member,
        "owner": stage.owner(stage.firm),
    }


def act(pokja: Pokja, verb: str, by: Any, stage: Stage) -> None:
    days = {"starts_on": pokja.ends_on + DAY, "ends_on": pokja.ends_on + 9 * DAY}
    arguments: dict[str, Any] = {
        "amend": lambda: {"decree_number": "188.45/77/2026"},
        "attach_decree": lambda: {"decree": scan(stage.office)},
        "add_member": lambda: {"user": stage.applicant, "position": "member", "body": "TAPM"},
        "remove_member": lambda: {"member": pokja.members.order_by("pk").last(), "reason": "Pindah."},
        "prepare_next": lambda: {"decree_number": "188.45/78/2026", "decree_date": today(), **days},
        "dissolve": lambda: {"reason": "Keputusan baru."},
    }
    getattr(pokja, verb)(by=by, **arguments.get(verb, dict)())


class Undo(Exception):
    """Take a move back, so that the next person finds the same state."""


def tried(pokja: Pokja, verb: str, by: Any, stage: Stage) -> bool:
    try:
        with transaction.atomic():
            act(Pokja.objects.get(pk=pokja.pk), verb, by, stage)
            raise Undo
    except Undo:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", STATES)
def test_every_role_tries_every_verb(stage: Stage, state: str) -> None:
    """What is done is the table; and a button is never shown to whom the verb refuses by role."""
    pokja = at(stage, state)
    made: dict[tuple[str, str], set[str]] = {}
    cast = everyone(stage)
    for name, user in cast.items():
        shown = {move.verb for move in pokja.open_moves(user) if move.verdict}
        for verb in Pokja.MOVES:
            if tried(pokja, verb, user, stage):
                made.setdefault((state, verb), set()).add(name)
                assert verb in shown, (name, verb)
        assert bool(shown) == (name in OFFICE and state != "cancelled"), name
    assert made == {pair: who for pair, who in ALLOWED.items() if pair[0] == state}


def test_every_refusal_is_a_sentence(stage: Stage) -> None:
    pokja = at(stage, "established")
    for user in everyone(stage).values():
        for move in pokja.open_moves(user):
            assert move.verdict or (move.verdict.reason.endswith(".") and len(move.verdict.reason) > 20)


# --- rights begin and end with the decree -----------------------------------------------------------
def test_each_member_holds_the_role_for_the_period_and_not_longer(stage: Stage) -> None:
    pokja = typed(stage, starts=10, ends=20)
    assert not Membership.objects.filter(area=LOMBOK_TENGAH, role__in=POKJA_ROLES).exists()
    pokja.establish(by=stage.office)
    held = Membership.objects.filter(area=LOMBOK_TENGAH, role__in=POKJA_ROLES).order_by("pk")
    assert [(m.user.name, m.role, m.position, m.starts_on, m.ends_on) for m in held] == [
        ("Ketua Baru", "pokja_chair", "Ketua Pokja P2KTD", pokja.starts_on, pokja.ends_on),
        ("Sekretaris Baru", "pokja_member", "Sekretaris Pokja P2KTD", pokja.starts_on, pokja.ends_on),
        ("Anggota Baru", "pokja_member", "Anggota Pokja P2KTD", pokja.starts_on, pokja.ends_on),
    ]
    days = {offset: holds(named("Ketua Baru"), today() + offset * DAY) for offset in (0, 9, 10, 20, 21)}
    assert days == {0: False, 9: False, 10: True, 20: True, 21: False}


def holds(user: User, day: dt.date) -> bool:
    with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=JAKARTA), tick=False):
        return people.holds(fresh(user), *POKJA_ROLES)


def test_a_decree_of_last_month_gives_no_right_backwards(stage: Stage) -> None:
    pokja = typed(stage, starts=-30)
    pokja.establish(by=stage.office)
    assert {row.membership.starts_on for row in pokja.serving()} == {today()}


def test_members_lose_their_desk_at_midnight_in_the_same_session(stage: Stage) -> None:
    """Nobody logs out, no worker runs: the last minute of the last day works, the first of the next does not."""
    pokja = typed(stage, ends=5)
    pokja.establish(by=stage.office)
    queue = reverse("admin:verification_application_changelist")
    midnight = dt.datetime.combine(pokja.ends_on + DAY, dt.time(), tzinfo=JAKARTA)
    with time_machine.travel(midnight - dt.timedelta(minutes=5), tick=False) as clock:
        from tests.accounts.stage import with_second_factor

        desk = logged_in(with_second_factor(named("Anggota Baru")))
        assert desk.get(queue).status_code == 200
        clock.move_to(midnight + dt.timedelta(minutes=5))
        answer = desk.get(queue)
        assert answer.status_code in (302, 403)
        assert answer.status_code == desk.get(pokja.get_absolute_url()).status_code
        with pytest.raises(TransitionRefused, match="anggota Pokja"):
            stage.submitted().remark(by=named("Anggota Baru"), note="Terlambat.")


def test_the_next_pokja_takes_over_on_its_first_day_with_no_worker(stage: Stage) -> None:
    first = typed(stage, ends=5)
    first.establish(by=stage.office)
    following = first.prepare_next(
        by=stage.office, decree_number="188.45/2/2027", decree_date=today(), starts_on=first.ends_on + DAY,
        ends_on=first.ends_on + 100 * DAY,
    )  # fmt: skip
    leaving = following.members.get(user__name="Anggota Baru")
    following.remove_member(by=stage.office, member=leaving, reason="Pindah tugas.")
    following.add_member(by=stage.office, user=stage.applicant, position="member", body="TAPM")
    following.establish(by=stage.office)
    assert Pokja.objects.of(LOMBOK_TENGAH) == first
    who = ("Ketua Baru", "Anggota Baru", stage.applicant.name)
    before = [holds(named(name), first.ends_on) for name in who]
    after = [holds(named(name), following.starts_on) for name in who]
    assert (before, after) == ([True, True, False], [True, False, True])
    with time_machine.travel(dt.datetime.combine(following.starts_on, dt.time(0, 1), tzinfo=JAKARTA), tick=False):
        assert Pokja.objects.of(LOMBOK_TENGAH) == following
        assert (first.phase[0], following.phase[0]) == ("Masa tugas berakhir", "Bertugas")


def test_who_is_removed_loses_the_right_at_once_and_is_told_why(stage: Stage) -> None:
    pokja = at(stage, "established")
    member = pokja.serving().get(user__name="Anggota Baru")
    pokja.remove_member(by=stage.office, member=member, reason="Pindah tugas.")
    assert not people.holds(named("Anggota Baru"), *POKJA_ROLES)
    assert {row.user.name for row in pokja.serving()} == {"Ketua Baru", "Sekretaris Baru"}
    assert Mail.objects.filter(to=member.user.email, body__contains="Pindah tugas.").exists()
    pokja.add_member(by=stage.office, user=member.user, position="member", body="Bappeda")
    assert people.holds(named("Anggota Baru"), *POKJA_ROLES), "and may come back the same day"


def test_who_lays_the_role_down_no_longer_counts(stage: Stage) -> None:
    """By the person's own page of roles; the Pokja's list and quorum follow."""
    pokja = at(stage, "established")
    user = named("Anggota Baru")
    Membership.objects.get(user=user, role=Role.POKJA_MEMBER).end(by=user, reason="Mengundurkan diri.")
    assert {row.user.name for row in pokja.serving()} == {"Ketua Baru", "Sekretaris Baru"}
    assert [(row.user.name, row.left_on) for row in pokja.gone()] == [("Anggota Baru", today())]
    pokja.add_member(by=stage.office, user=user, position="member", body="Bappeda")
    assert pokja.serving().count() == 3


def test_a_dissolved_pokja_has_no_rights_left(stage: Stage) -> None:
    pokja = at(stage, "established")
    pokja.dissolve(by=stage.office, reason="Keputusan 188.45/9/2026.")
    assert not Membership.objects.current().filter(area=LOMBOK_TENGAH, role__in=POKJA_ROLES).exists()
    assert Pokja.objects.of(LOMBOK_TENGAH) is None
    assert pokja.status_sentence.startswith("Dibubarkan")


def test_a_future_pokja_that_is_dissolved_never_begins(stage: Stage) -> None:
    pokja = at(stage, "future")
    pokja.dissolve(by=stage.office, reason="Salah ketik.")
    assert not holds(named("Ketua Baru"), pokja.starts_on)


def test_a_role_in_the_pokja_is_given_by_no_form(stage: Stage) -> None:
    for role in POKJA_ROLES:
        membership = Membership(user=stage.nobody, role=role, area_id=LOMBOK_TENGAH, basis="SK")
        for user in (stage.office, stage.ministry):
            with pytest.raises(TransitionRefused, match="tidak diberikan dari sini"):
                membership.appoint(by=user)


def test_rights_from_before_run_on_and_the_decree_replaces_its_members(stage: Stage) -> None:
    old = give(stage.nobody, Role.POKJA_CHAIR, LOMBOK_TENGAH)
    stranger = give(stage.applicant, Role.POKJA_MEMBER, LOMBOK_TENGAH)
    give(person("Jauh Sekali"), Role.POKJA_MEMBER, LOMBOK_BARAT)
    pokja = typed(stage, starts=7)
    pokja.add_member(by=stage.office, user=stage.nobody, position="member", body="TAPM")
    assert list(rights_without_decree([LOMBOK_TENGAH])) == [old, stranger]
    pokja.establish(by=stage.office)
    old.refresh_from_db()
    stranger.refresh_from_db()
    assert (old.ends_on, stranger.ends_on) == (pokja.starts_on - DAY, None)
    assert list(rights_without_decree([LOMBOK_TENGAH])) == [old, stranger], "until the day"
    assert list(pokja.rights_without_decree()) == [stranger]


# --- one at a time -----------------------------------------------------------------------------------
def test_one_pokja_at_a_time(stage: Stage) -> None:
    first = at(stage, "established")
    second = typed(stage, starts=100, ends=900, number="188.45/2/2026")
    verdict = second.may_establish(stage.office)
    assert not verdict
    assert first.decree_number in verdict.reason
    with pytest.raises(TransitionRefused, match="bertumpang tindih"):
        second.establish(by=stage.office)
    second.amend(by=stage.office, starts_on=first.ends_on + DAY)
    second.establish(by=stage.office)
    assert Pokja.objects.filter(state="established").count() == 2


def test_the_database_itself_refuses_two(stage: Stage) -> None:
    at(stage, "established")
    second = typed(stage, starts=300, ends=400, number="188.45/2/2026")  # one day in common
    with pytest.raises(IntegrityError), transaction.atomic():
        Pokja.objects.filter(pk=second.pk).update(state="established")
    third = Pokja.objects.get(pk=second.pk)
    third.starts_on += DAY
    third.save()
    Pokja.objects.filter(pk=second.pk).update(state="established")


def test_two_regencies_do_not_stand_in_each_others_way(stage: Stage) -> None:
    at(stage, "established")
    other = stage.establish(LOMBOK_BARAT, stage.neighbour_office, chair=stage.neighbour_chair,
                            members=[stage.neighbour_member])  # fmt: skip
    assert other.is_in_force


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([], "tepat satu ketua"),
        (["member", "member"], "tepat satu ketua"),
        (["chair"], "sedikitnya dua anggota"),
    ],
)
def test_a_pokja_has_one_chair_and_somebody_besides(stage: Stage, members: list[str], sentence: str) -> None:
    pokja = Pokja(regency_id=LOMBOK_TENGAH, decree_number="1", decree_date=today(), starts_on=today(),
                  ends_on=today() + DAY)  # fmt: skip
    pokja.prepare(by=stage.office)
    for number, position in enumerate(members):
        pokja.add_member(by=stage.office, user=person(f"Orang {'ABC'[number]}"), position=position, body="x")
    with pytest.raises(TransitionRefused, match=sentence):
        pokja.establish(by=stage.office)


def test_a_second_chair_is_refused_in_draft_and_in_force(stage: Stage) -> None:
    for state in ("draft", "established"):
        pokja = at(stage, state)
        with pytest.raises(TransitionRefused, match="sudah mempunyai ketua: Ketua Baru"):
            pokja.add_member(by=stage.office, user=stage.applicant, position="chair", body="x")
        if state == "draft":
            pokja.cancel(by=stage.office)


def test_a_person_is_a_member_once(stage: Stage) -> None:
    pokja = at(stage, "draft")
    with pytest.raises(TransitionRefused, match="sudah menjadi anggota"):
        pokja.add_member(by=stage.office, user=named("Anggota Baru"), position="secretary", body="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        PokjaMember.objects.create(pokja=pokja, user=named("Anggota Baru"), position="member", body="x")


def test_an_amendment_tells_what_it_was(stage: Stage) -> None:
    pokja = at(stage, "draft")
    pokja.amend(by=stage.office, decree_number="188.45/10/2026", decree=scan(stage.office))
    event = Event.objects.about(pokja).get(verb="amend")
    assert event.data == {"decree_number": ["188.45/1/2026", "188.45/10/2026"]}
    with pytest.raises(ValidationError):
        pokja.amend(by=stage.office, ends_on=pokja.starts_on - DAY)


# --- it waits for the office ---------------------------------------------------------------------------
def test_a_draft_and_a_pokja_near_its_end_wait_for_the_office(stage: Stage) -> None:
    def waiting(user: User) -> list[Pokja]:
        return list(Pokja.objects.waiting_for(fresh(user)))

    pokja = typed(stage, ends=90)
    assert waiting(stage.office) == [pokja]
    assert waiting(stage.neighbour_office) == waiting(named("Ketua Baru")) == waiting(stage.ministry) == []
    pokja.establish(by=stage.office)
    assert waiting(stage.office) == []
    with time_machine.travel(dt.datetime.combine(pokja.ends_on - 59 * DAY, dt.time(12), tzinfo=JAKARTA), tick=False):
        assert waiting(stage.office) == [pokja]
        todo = logged_in(stage.office).get(reverse("todo")).content.decode()
        assert "Siapkan Pokja berikutnya: Kabupaten Lombok Tengah" in todo
        pokja.prepare_next(by=stage.office, decree_number="2", decree_date=today(), starts_on=pokja.ends_on + DAY,
                           ends_on=pokja.ends_on + 9 * DAY)  # fmt: skip
        assert [row.state for row in waiting(stage.office)] == ["draft"]


# --- two at once ----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_decrees_established_at_once_and_one_wins(committed_stage: Stage) -> None:
    """Both wait at the regency's row; the second is told of the first by number."""
    stage = committed_stage
    office, colleague = stage.office, stage.colleague
    drafts = []
    for number in ("188.45/1/2026", "188.45/2/2026"):
        pokja = typed(stage, number=number)
        drafts.append(pokja)
        Pokja.objects.filter(pk=pokja.pk).update(state="cancelled")  # so that the other may be typed
    Pokja.objects.update(state="draft")
    copies = [Pokja.objects.get(pk=pokja.pk) for pokja in drafts]
    with row_held(Area.objects.filter(pk=LOMBOK_TENGAH)) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(
            at_once,
            lambda: copies[0].establish(by=fresh(office)),
            lambda: copies[1].establish(by=fresh(colleague)),
        )
        wait_for(2)
        results = outcome.result(20)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    refusal = next(result for result in results if isinstance(result, TransitionRefused))
    winner = Pokja.objects.get(state="established")
    assert f"Pokja menurut keputusan {winner.decree_number}" in refusal.reason
    assert winner.serving().count() == 3
    assert Membership.objects.filter(area=LOMBOK_TENGAH, role__in=POKJA_ROLES).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_offices_prepare_at_once_and_one_draft_is_made(committed_stage: Stage) -> None:
    stage = committed_stage
    office, colleague = stage.office, stage.colleague

    def prepare(user: User) -> None:
        Pokja(regency_id=LOMBOK_TENGAH, decree_number="1", decree_date=today(), starts_on=today(),
              ends_on=today() + DAY).prepare(by=fresh(user))  # fmt: skip

    results = at_once(lambda: prepare(office), lambda: prepare(colleague))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Pokja.objects.count() == 1


def test_the_stages_pokja_forgets_nothing(stage: Stage) -> None:
    """The helper of the other tests goes by the same verbs."""
    fresh_memberships(stage.chair)
    assert {row.user_id for row in stage.pokja.serving()} == {
        stage.chair.pk, stage.member.pk, stage.second_member.pk
    }  # fmt: skip
