"""Every role, in every state of a sitting, tries every verb: what succeeds is this table, and so are the buttons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import Role, User
from core.clock import today
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DAY, YEAR, Stage, fresh_memberships, scan
from verification.models import Application, Plenary

STATES = ("draft", "minuted", "decreed", "cancelled")
# `kin` sits in the Pokja and works for the applicant; `writer` wrote the report; `secretary` sits beside the chair.
SEATED = {"writer", "secretary", "chair", "kin"}
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("draft", "amend"): SEATED,
    ("draft", "add"): SEATED,
    ("draft", "remove"): SEATED,
    ("draft", "cancel"): SEATED,
    ("draft", "minute"): SEATED - {"kin"},
    ("draft", "declare"): {"secretary"},  # the others have said so; of kin nothing is asked, the tie is known
    ("minuted", "declare"): {"secretary"},
    ("minuted", "attach_scan"): SEATED,
    ("minuted", "reopen"): {"chair"},
    ("minuted", "decree"): {"chair"},
    ("decreed", "attach_scan"): SEATED,
}


def everyone(stage: Stage, application: Application) -> dict[str, Any]:
    kin = stage._holding("Kerabat Anggota", Role.POKJA_MEMBER, LOMBOK_TENGAH)
    give(kin, Role.PROVIDER, provider=application.provider)
    row = stage.pokja.members.get(user=stage.second_member)
    type(row).objects.filter(pk=row.pk).update(position="secretary")
    fresh_memberships(stage.second_member)
    return {
        "nobody": stage.nobody,
        "system": None,
        "owner": stage.owner(application.provider),
        "writer": stage.member,
        "secretary": stage.second_member,
        "chair": stage.chair,
        "kin": fresh(kin),
        "neighbour_member": stage.neighbour_member,
        "neighbour_chair": stage.neighbour_chair,
        "office": stage.office,
        "province": stage.province,
        "ministry": stage.ministry,
        "tapm": stage.tapm,
        "village_head": stage.head,
    }


def in_state(stage: Stage, state: str, application: Application) -> Plenary:
    if state in ("draft", "cancelled"):
        plenary = stage.plenary(application)
        if state == "cancelled":
            plenary.cancel(by=stage.member)
        return plenary
    plenary = stage.minuted(application)
    if state == "decreed":
        act(plenary, "decree", stage.chair, stage)
    return plenary


def act(plenary: Plenary, verb: str, by: Any, stage: Stage) -> None:
    """Call the verb with what it asks for."""
    application = stage.spare
    arguments: dict[str, Any] = {
        "amend": lambda: {"held_on": today() + DAY, "place": "Kantor"},
        "add": lambda: {"applications": [application]},
        "remove": lambda: {"application": plenary.lines()[0].application},
        "minute": lambda: {"minutes_number": "9/BA", "present": plenary.seated()},
        "attach_scan": lambda: {"scan": scan(stage.member)},
        "reopen": lambda: {"reason": "Nomor salah."},
        "decree": lambda: {
            "decree_number": "188.45/9/2026",
            "decree_date": today(),
            "valid_until": today() + YEAR,
            "numbers": {line.application.code: "009" for line in plenary.lines()},
        },
    }
    getattr(plenary, verb)(by=by, **arguments.get(verb, dict)())


class Undo(Exception):
    """Take the successful move back, so that the next person finds the same state."""


def tried(plenary: Plenary, verb: str, user: User | None, stage: Stage) -> bool:
    try:
        with transaction.atomic():
            act(plenary, verb, user, stage)
            raise Undo
    except Undo:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", STATES)
def test_every_role_tries_every_verb(stage: Stage, state: str) -> None:
    """What is done is the table; the buttons say the same beforehand, and a refused one says why."""
    stage.spare = stage.recommended(stage.rival)
    plenary = in_state(stage, state, stage.recommended())
    made: dict[tuple[str, str], set[str]] = {}
    for name, user in everyone(stage, plenary.lines()[0].application).items():
        moves = Plenary.objects.get(pk=plenary.pk).open_moves(user)
        shown = {move.verb for move in moves if move.verdict}
        assert all(move.verdict.reason.endswith(".") for move in moves if not move.verdict)
        for verb in Plenary.MOVES:
            done = tried(Plenary.objects.get(pk=plenary.pk), verb, user, stage)
            if done:
                made.setdefault((state, verb), set()).add(name)
            assert (verb in shown) == done, (name, verb)
    assert made == {pair: who for pair, who in ALLOWED.items() if pair[0] == state}


def test_only_a_seat_prepares_a_sitting(stage: Stage) -> None:
    application = stage.recommended()
    assert stage.pokja
    made = set()
    for name, user in everyone(stage, application).items():
        plenary = Plenary(regency_id=LOMBOK_TENGAH, held_on=today(), place="Aula")
        try:
            with transaction.atomic():
                plenary.convene(by=user, applications=[application])
                made.add(name)
                raise Undo
        except (Undo, TransitionRefused):
            pass
    assert made == SEATED


def test_each_move_writes_one_event_with_role_and_region(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended())
    stage.spare = None
    act(plenary, "decree", stage.chair, stage)
    rows = [(e.verb, e.to_state, e.region, e.actor_name) for e in plenary.events()]
    assert rows == [
        ("create", "draft", LOMBOK_TENGAH, "Baiq Anggota"),
        ("add", "draft", LOMBOK_TENGAH, "Baiq Anggota"),
        ("minute", "minuted", LOMBOK_TENGAH, "Baiq Anggota"),
        ("decree", "decreed", LOMBOK_TENGAH, "Putu Ketua"),
    ]
