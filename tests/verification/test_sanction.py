"""Sanctions: two people, an objection with a last day, and dates that need no worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role, User
from core.clock import today
from core.models import Notice
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import KUTA, LEMBAR, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import Stage, scan
from tests.verification.test_light import both_regencies
from verification.models import Sanction, Standing, VerificationRule

DAY = dt.timedelta(days=1)
STATES = ("proposed", "dropped", "imposed", "contested", "upheld", "lifted")


def sanction(stage: Stage, *, kind: str = "freeze", days: int = 30, **more: Any) -> Sanction:
    """Proposed by the member against the firm."""
    fields = {
        "violation": "Pekerjaan ditinggalkan tanpa kabar.", "basis_number": "BA/7/2026", "basis_date": today(),
        "starts_on": today(), "ends_on": today() + days * DAY,
    }  # fmt: skip
    row = Sanction(provider=stage.firm, regency_id=LOMBOK_TENGAH, kind=kind, **(fields | more))
    row.propose(by=stage.member)
    return row


def reached(stage: Stage, state: str, **more: Any) -> Sanction:
    """In this state, by the verbs."""
    row = sanction(stage, **more)
    if state == "dropped":
        row.drop(by=stage.member, reason="Salah orang.")
    if state in ("imposed", "contested", "upheld", "lifted"):
        row.impose(by=stage.chair)
    if state in ("contested", "upheld"):
        row.object(by=stage.owner(stage.firm), objection="Kami sakit, dan sudah memberi tahu desa.")
    if state == "upheld":
        row.uphold(by=stage.office, reason="Tidak ada pemberitahuan tertulis.")
    if state == "lifted":
        row.lift(by=stage.office, reason="Pekerjaan diselesaikan.")
    return row


# --- who, in which state, which verb --------------------------------------------------------------------------
DECIDERS = {"chair", "second_chair", "office"}
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("proposed", "impose"): {"chair", "second_chair"},
    ("proposed", "drop"): {"member", "chair", "second_chair"},
    ("imposed", "object"): {"owner", "kin"},
    ("imposed", "lift"): DECIDERS,
    ("imposed", "widen"): {"ministry"},
    ("contested", "uphold"): {"second_chair", "office"},
    ("contested", "grant"): {"second_chair", "office"},
    ("contested", "widen"): {"ministry"},
    ("upheld", "lift"): DECIDERS,
    ("upheld", "widen"): {"ministry"},
}


def everyone(stage: Stage) -> dict[str, Any]:
    kin = stage._holding("Kerabat Ketua", Role.POKJA_CHAIR, LOMBOK_TENGAH)
    give(kin, Role.PROVIDER, provider=stage.firm)
    return {
        "nobody": stage.nobody, "system": None, "owner": stage.owner(stage.firm), "rival": stage.owner(stage.rival),
        "member": stage.member, "second_member": stage.second_member, "chair": stage.chair,
        "second_chair": stage.second_chair, "neighbour_member": stage.neighbour_member,
        "neighbour_chair": stage.neighbour_chair, "office": stage.office, "province": stage.province,
        "ministry": stage.ministry, "tapm": stage.tapm, "village_head": stage.head, "pld": stage.pld,
        "kin": fresh(kin),
    }  # fmt: skip


class Undo(Exception):
    """Take the successful move back, so that the next person finds the same state."""


def tried(pk: int, verb: str, user: Any) -> bool:
    arguments = {"impose": {}, "object": {"objection": "Tidak benar."}}.get(verb, {"reason": "Alasan uji."})
    try:
        with transaction.atomic():
            getattr(Sanction.objects.get(pk=pk), verb)(by=user, **arguments)
            raise Undo
    except Undo:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", STATES)
def test_every_role_tries_every_verb(stage: Stage, state: str) -> None:
    """What is done is the table, and the buttons say the same beforehand."""
    stage.listed()
    row = reached(stage, state)
    made: dict[tuple[str, str], set[str]] = {}
    for name, user in everyone(stage).items():
        shown = {move.verb for move in row.open_moves(user) if move.verdict}
        for verb in Sanction.MOVES:
            done = tried(row.pk, verb, user)
            assert (verb in shown) == done, (name, verb)
            if done:
                made.setdefault((state, verb), set()).add(name)
    assert made == {pair: who for pair, who in ALLOWED.items() if pair[0] == state}


def test_a_national_sanction_is_the_ministrys_to_lift_and_answer(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed", kind="blacklist")
    row.widen(by=stage.ministry, reason="Terjadi di beberapa kabupaten.")
    for user in (stage.chair, stage.office):
        with pytest.raises(TransitionRefused, match="Hanya Kementerian"):
            row.lift(by=user, reason="Coba.")
    row.object(by=stage.owner(stage.firm), objection="Tidak benar.")
    row.grant(by=stage.ministry, reason="Bukti tidak cukup.")
    assert (row.state, row.lifted_on) == ("lifted", today())


def test_who_proposes_is_in_the_pokja_and_the_provider_in_its_directory(stage: Stage) -> None:
    stage.listed()
    assert stage.rival
    who = {}
    for name, user in everyone(stage).items():
        who[name] = bool(Sanction(provider=stage.firm, regency_id=LOMBOK_TENGAH).may_create(user))
    assert {name for name, may in who.items() if may} == {"member", "second_member", "chair", "second_chair"}
    assert not Sanction(provider=stage.rival, regency_id=LOMBOK_TENGAH).may_create(stage.member)


def test_a_declared_tie_bars_from_sanctions_too(stage: Stage) -> None:
    application = stage.listed()
    row = sanction(stage)
    other = stage.submitted(stage.rival)
    other.declare(by=stage.second_chair, tie="none")
    application.provider.applications.update()  # nothing of it changes
    from verification.models import Declaration

    Declaration.objects.create(
        regency_id=LOMBOK_TENGAH, provider=stage.firm, member=stage.chair, declared_by=stage.chair, tie="kin"
    )
    with pytest.raises(TransitionRefused, match="Benturan kepentingan"):
        row.impose(by=stage.chair)
    row.impose(by=stage.second_chair)


# --- dates ----------------------------------------------------------------------------------------------------
def test_a_freeze_begins_and_ends_by_its_dates_alone(stage: Stage) -> None:
    stage.listed()
    row = sanction(stage, starts_on=today() + 2 * DAY, ends_on=today() + 4 * DAY)
    row.impose(by=stage.chair)
    covered = [Standing.objects.covers(stage.firm, KUTA, on=today() + days * DAY) for days in range(6)]
    assert covered == [True, True, False, False, False, True]
    standing = Standing.objects.get()
    said = {}
    for days in (0, 3, 5):
        with time_machine.travel(timezone.now() + days * DAY, tick=False):
            standing.provider = type(standing.provider).objects.get(pk=standing.provider_id)
            said[days] = (standing.is_current, Standing.objects.current().exists(), standing.get_state_display())
    assert said == {
        0: (True, True, "Terdaftar"), 3: (False, False, "Dibekukan"), 5: (True, True, "Terdaftar")
    }  # fmt: skip


def test_a_lifted_freeze_is_over_at_once_and_was_in_force_before(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    assert not Standing.objects.covers(stage.firm, KUTA)
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        row.lift(by=stage.office, reason="Selesai.")
        assert Standing.objects.covers(stage.firm, KUTA)
        assert not Standing.objects.covers(stage.firm, KUTA, on=today() - DAY)


def test_a_warning_bars_nothing(stage: Stage) -> None:
    stage.listed()
    reached(stage, "imposed", kind="warning", ends_on=None)
    assert Standing.objects.covers(stage.firm, KUTA)
    assert Sanction.objects.in_force().count() == 1
    assert Sanction.objects.barring().count() == 0


def test_nothing_works_backwards(stage: Stage) -> None:
    stage.listed()
    with pytest.raises(TransitionRefused, match="tidak berlaku surut"):
        sanction(stage, starts_on=today() - DAY)
    row = sanction(stage)
    with time_machine.travel(timezone.now() + 5 * DAY, tick=False):
        row.impose(by=stage.chair)
        assert row.starts_on == today()
    late = sanction(stage, kind="blacklist", days=2)
    with time_machine.travel(timezone.now() + 5 * DAY, tick=False), pytest.raises(TransitionRefused, match="lewat"):
        late.impose(by=stage.chair)


def test_a_sanction_of_one_regency_says_nothing_in_another_until_the_ministry_widens_it(stage: Stage) -> None:
    both_regencies(stage)
    row = reached(stage, "imposed", kind="blacklist")
    reach = {code: Standing.objects.covers(stage.firm, code) for code in (KUTA, LEMBAR)}
    assert reach == {KUTA: False, LEMBAR: True}
    row.widen(by=stage.ministry, reason="Terjadi di beberapa kabupaten.")
    reach = {code: Standing.objects.covers(stage.firm, code) for code in (KUTA, LEMBAR)}
    assert reach == {KUTA: False, LEMBAR: False}
    said = {row.regency_id: row.status_sentence for row in Standing.objects.with_status()}
    until = f"{row.ends_on:%d/%m/%Y}"
    assert said == dict.fromkeys((LOMBOK_TENGAH, LOMBOK_BARAT), f"Daftar hitam secara nasional sampai {until}.")
    told = Notice.objects.filter(event__verb="widen", user=stage.neighbour_member)
    assert told.exists()


# --- objection ------------------------------------------------------------------------------------------------
def test_an_objection_is_possible_until_its_last_day_and_that_day_never_moves(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    last = row.objection_until
    assert last == today() + 7 * DAY
    owner = stage.owner(stage.firm)
    with time_machine.travel(timezone.now() + 8 * DAY, tick=False):
        with pytest.raises(TransitionRefused, match="Batas waktu sanggah sudah lewat"):
            row.object(by=owner, objection="Terlambat.")
        row.refresh_from_db()
        assert row.objection_until == last
    with time_machine.travel(timezone.now() + 7 * DAY, tick=False):
        row.object(by=owner, objection="Kami sakit.", file=scan(owner))
    assert row.objection_file.about_id == str(row.pk)
    assert not Standing.objects.covers(stage.firm, KUTA)  # it holds until it is decided


def test_the_regencys_rule_says_how_long(stage: Stage) -> None:
    stage.listed()
    VerificationRule.objects.filter(regency=None).update(objection_days=14)
    assert reached(stage, "imposed").objection_until == today() + 14 * DAY


def test_everyone_concerned_is_told_of_each_step(stage: Stage) -> None:
    stage.listed()
    assert stage.second_chair
    assert stage.office
    row = reached(stage, "contested")
    owner = stage.owner(stage.firm)
    row.grant(by=stage.office, reason="Surat sakit diterima.")
    told: dict[str, set[str]] = {}
    for notice in Notice.objects.filter(event__about="verification.sanction").select_related("user", "event"):
        told.setdefault(notice.event.verb, set()).add(notice.user.name)
    pokja = {stage.member.name, stage.chair.name, stage.second_chair.name}
    assert told == {
        "create": pokja - {stage.member.name},
        "impose": {owner.name, stage.office.name} | pokja - {stage.chair.name},
        "object": {stage.office.name} | pokja,
        "grant": {owner.name} | pokja,
    }
    body = Notice.objects.get(event__verb="impose", user=owner, channel="site").body
    assert "Pekerjaan ditinggalkan tanpa kabar." in body
    assert f"Anda dapat menyanggah sampai {row.objection_until:%d/%m/%Y}." in body


# --- what can't be ----------------------------------------------------------------------------------------------
def test_facts_that_must_never_be_false(stage: Stage) -> None:
    stage.listed()
    row = reached(stage, "imposed")
    for wrong in (
        {"ends_on": None},
        {"ends_on": row.starts_on - DAY},
        {"imposed_by": stage.member},
        {"imposed_at": None},
        {"scope": "nation"},
        {"state": "lifted"},
        {"answered_by": stage.chair, "answered_at": timezone.now()},
        {"objection": "Tanpa tanggal."},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sanction.objects.filter(pk=row.pk).update(**wrong)


def test_the_same_proposal_twice_is_refused(stage: Stage) -> None:
    stage.listed()
    sanction(stage)
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        sanction(stage)


def test_who_sees_it(stage: Stage) -> None:
    stage.listed()
    row = sanction(stage)
    people: dict[str, User] = everyone(stage)

    def seen() -> set[str]:
        from django.contrib.auth.models import AnonymousUser

        users = {name: user or AnonymousUser() for name, user in people.items()}
        return {name for name, user in users.items() if Sanction.objects.visible_to(user).exists()}

    desk = {"member", "second_member", "chair", "second_chair", "office", "province", "ministry", "tapm", "kin"}
    assert seen() == desk
    row.impose(by=stage.chair)
    assert seen() == desk | {"owner"}
    row.widen(by=stage.ministry, reason="Nasional.")
    assert seen() == desk | {"owner", "neighbour_member", "neighbour_chair"}


def test_who_is_expected_to_act(stage: Stage) -> None:
    stage.listed()
    row = sanction(stage)
    people = everyone(stage)

    def waiting() -> set[str]:
        return {name for name, user in people.items() if user and Sanction.objects.waiting_for(user).exists()}

    assert waiting() == {"chair", "second_chair"}
    row.impose(by=stage.chair)
    assert waiting() == {"owner", "kin"}
    row.object(by=people["owner"], objection="Tidak benar.")
    assert waiting() == {"second_chair", "office"}
    row.uphold(by=stage.office, reason="Sudah jelas.")
    assert waiting() == set()
