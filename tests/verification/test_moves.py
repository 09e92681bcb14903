"""Every role, in every state, tries every verb: what succeeds is exactly this table, and so are the buttons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import Role
from accounts.models.membership import today
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DECREE, Stage, scan
from verification.models import Application, DocumentType
from verification.models.application import consent_in_force

STATES = ("draft", "submitted", "checking", "returned", "recommended", "listed", "rejected")
POKJA = {"member", "second_member", "chair", "second_chair"}
CHAIRS = {"chair", "second_chair"}
OWN = {"owner", "kin"}  # kin is a chair who also works for the applicant: may apply, may not judge

# (state, verb): who succeeds. Nobody else, and no other pair. `member` holds and recommended it.
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("draft", "attach"): OWN,
    ("draft", "detach"): OWN,
    ("draft", "consent"): OWN,
    ("draft", "submit"): OWN,
    ("returned", "attach"): OWN,
    ("returned", "detach"): OWN,
    ("returned", "consent"): OWN,
    ("returned", "submit"): OWN,
    ("submitted", "claim"): POKJA,
    ("checking", "release"): {"member"} | CHAIRS,
    ("checking", "judge"): {"member"},
    ("checking", "score"): {"member"},
    ("checking", "give_back"): {"member"},
    ("checking", "recommend"): {"member"},
    ("checking", "reject"): CHAIRS,
    ("recommended", "recheck"): CHAIRS,
    ("recommended", "list_provider"): CHAIRS,
    ("recommended", "reject"): CHAIRS,
}


def everyone(stage: Stage, application: Application) -> dict[str, Any]:
    kin = stage._holding("Kerabat Anggota", Role.POKJA_CHAIR, LOMBOK_TENGAH)
    give(kin, Role.PROVIDER, provider=application.provider)
    return {
        "nobody": stage.nobody,
        "system": None,
        "owner": stage.owner(application.provider),
        "rival": stage.owner(stage.rival),
        "member": stage.member,
        "second_member": stage.second_member,
        "chair": stage.chair,
        "second_chair": stage.second_chair,
        "neighbour_member": stage.neighbour_member,
        "neighbour_chair": stage.neighbour_chair,
        "office": stage.office,
        "province": stage.province,
        "ministry": stage.ministry,
        "tapm": stage.tapm,
        "village_head": stage.head,
        "pld": stage.pld,
        "kin": fresh(kin),
    }


def act(application: Application, verb: str, by: Any, owner: Any) -> None:
    """Call the verb with what it asks for."""
    optional = DocumentType.objects.get(key="foto")
    arguments: dict[str, Any] = {
        "attach": lambda: {"type": optional, "file": scan(owner)},
        "detach": lambda: {"type": optional},
        "consent": lambda: {"version": consent_in_force()["version"]},
        "judge": lambda: {"document": application.documents.current().first(), "conforms": True},
        "score": lambda: {"points": {"pengalaman": 90}},
        "give_back": lambda: {"note": "Lengkapi alamat."},
        "recheck": lambda: {"reason": "Periksa alamat."},
        "reject": lambda: {"reason": "Tidak memenuhi."},
        "list_provider": lambda: {"directory_number": "009", "decree_date": today(), **DECREE},
    }
    getattr(application, verb)(by=by, **arguments.get(verb, dict)())


def prepared(stage: Stage, state: str) -> Application:
    """In this state, with nothing but the person in the way of any verb."""
    application = stage.ready() if state == "checking" else getattr(stage, state)()
    owner = stage.owner(application.provider)
    if state == "draft":
        application.attach(by=owner, type=DocumentType.objects.get(key="foto"), file=scan(owner))
    return application


@pytest.mark.parametrize("state", STATES)
def test_every_role_tries_every_verb(stage: Stage, state: str) -> None:
    """What is done is the table, and the buttons say the same beforehand."""
    application = returned_with_failed_photo(stage) if state == "returned" else prepared(stage, state)
    people = everyone(stage, application)
    made: dict[tuple[str, str], set[str]] = {}
    for name, user in people.items():
        shown = {move.verb for move in application.open_moves(user) if move.verdict}
        for verb in Application.MOVES:
            done = tried(Application.objects.get(pk=application.pk), verb, user, people["owner"])
            if done:
                made.setdefault((state, verb), set()).add(name)
            if (state, verb) != ("returned", "submit"):  # `tried` takes the failed photo away first
                assert (verb in shown) == done, (name, verb)
    assert made == {pair: who for pair, who in ALLOWED.items() if pair[0] == state}


def tried(application: Application, verb: str, user: Any, owner: Any) -> bool:
    """Was it done? Taken back afterwards, so that the next finds the same state."""
    try:
        with transaction.atomic():
            if (application.state, verb) == ("returned", "submit"):
                application.detach(by=owner, type=DocumentType.objects.get(key="foto"))
            act(application, verb, user, owner)
            raise Undo
    except Undo:
        return True
    except TransitionRefused:
        return False


class Undo(Exception):
    """Take the successful move back, so that the next person finds the same state."""


def returned_with_failed_photo(stage: Stage) -> Application:
    """An optional paper failed: it may be replaced, or taken back; with it gone all is complete."""
    application = stage.draft()
    owner = stage.owner(application.provider)
    application.attach(by=owner, type=DocumentType.objects.get(key="foto"), file=scan(owner))
    application.submit(by=owner)
    application.claim(by=stage.member)
    for row in application.documents.current().select_related("type"):
        bad = row.type.key == "foto"
        application.judge(
            by=stage.member, document=row, conforms=not bad, reason_kind="unreadable" if bad else "", reason=""
        )
    application.give_back(by=stage.member)
    return application


def test_every_refusal_says_why_in_a_sentence(stage: Stage) -> None:
    application = stage.recommended()
    for user in everyone(stage, application).values():
        for move in application.open_moves(user):
            if not move.verdict:
                assert move.verdict.reason.endswith(".")
                assert len(move.verdict.reason) > 20


def test_a_move_from_another_state_names_the_state(stage: Stage) -> None:
    application = stage.submitted()
    with pytest.raises(TransitionRefused) as refusal:
        application.recommend(by=stage.member)
    assert refusal.value.reason == "“Rekomendasikan” tidak dapat dilakukan: statusnya sekarang Menunggu Pemeriksaan."


def test_each_move_writes_one_event_with_role_and_region(stage: Stage) -> None:
    application = stage.listed()
    rows = [(e.verb, e.from_state, e.to_state, e.region) for e in application.events() if e.from_state != e.to_state]
    assert rows == [
        ("create", "", "draft", ""),
        ("submit", "draft", "submitted", ""),
        ("claim", "submitted", "checking", LOMBOK_TENGAH),
        ("recommend", "checking", "recommended", LOMBOK_TENGAH),
        ("list_provider", "recommended", "listed", LOMBOK_TENGAH),
    ]
