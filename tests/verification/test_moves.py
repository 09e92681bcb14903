"""Every role, in every state, tries every verb: what succeeds is exactly this table, and so are the buttons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from core.clock import today
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DECREE, Stage, all_points, judge_all, scan
from verification.models import Application, DocumentType
from verification.models.application import AT_POKJA, consent_in_force

STATES = (
    "draft", "submitted", "checking", "returned", "interview", "scoring", "agreed", "recommended", "unfit", "listed",
    "rejected", "withdrawn",
)  # fmt: skip
POKJA = {"member", "second_member", "chair", "second_chair"}
CHAIRS = {"chair", "second_chair"}
OWN = {"owner", "kin"}

SEATED = POKJA | {"kin"}  # kin is a chair who also works for the applicant: may say so, and apply, but not judge
DECLARED = {"member", "second_member", "chair"}  # who said that nothing ties them; `member` holds the case

# (stage, verb): who succeeds. Nobody else, and no other pair. `agreed` is scoring after the agreement.
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("draft", "attach"): OWN,
    ("draft", "detach"): OWN,
    ("draft", "consent"): OWN,
    ("draft", "submit"): OWN,
    ("draft", "withdraw"): OWN,
    ("returned", "attach"): OWN,
    ("returned", "detach"): OWN,
    ("returned", "consent"): OWN,
    ("returned", "submit"): OWN,
    ("returned", "withdraw"): OWN,
    **{(stage, "withdraw"): OWN for stage in ("submitted", "checking", "interview", "scoring", "agreed")},
    **{(stage, "withdraw"): OWN for stage in ("recommended", "unfit")},
    **{
        (stage, "declare"): SEATED
        for stage in ("submitted", "checking", "interview", "scoring", "agreed", "recommended", "unfit")
    },
    **{
        (stage, "remark"): POKJA
        for stage in ("submitted", "checking", "interview", "scoring", "agreed", "recommended", "unfit")
    },
    **{
        (stage, "reject"): {"chair"}
        for stage in ("submitted", "checking", "interview", "scoring", "agreed", "recommended", "unfit")
    },
    **{(stage, "assign"): CHAIRS for stage in ("checking", "interview", "scoring", "agreed")},
    ("submitted", "claim"): DECLARED,
    ("checking", "release"): {"member"} | CHAIRS,
    ("checking", "judge"): {"member"},
    ("checking", "give_back"): {"member"},
    ("checking", "pass_papers"): {"member"},
    ("interview", "give_back"): {"member"},
    ("interview", "schedule_interview"): {"member"},
    ("interview", "record_interview"): {"member"},
    ("scoring", "score"): DECLARED,
    ("agreed", "agree"): {"member", "chair"},
    ("agreed", "recommend"): {"member"},
    ("recommended", "recheck"): {"chair"},
    ("unfit", "recheck"): {"chair"},
    ("recommended", "list_provider"): {"chair"},
    ("unfit", "decline"): {"chair"},
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
        "extend": lambda: {"fields": ["nik"]},
        "remark": lambda: {"note": "Telepon penyedia besok."},
        "assign": lambda: {"member": User.objects.get(name="Made Anggota"), "reason": "Cuti."},
        "schedule_interview": lambda: {"mode": "office", "at": timezone.now(), "place": "Aula"},
        "record_interview": lambda: {
            "held_at": timezone.now(),
            "present": ["Baiq Anggota"],
            "applicants": "",
            "answers": ["-"] * len(application.rule_now.questions),
            "summary": "Baik.",
        },
        "score": lambda: {"points": all_points(application)},
        "agree": lambda: {"points": all_points(application), "reason": "Sepakat."},
        "give_back": lambda: {"note": "Lengkapi alamat."},
        "recheck": lambda: {"reason": "Periksa alamat."},
        "reject": lambda: {"reason": "Tidak memenuhi."},
        "decline": lambda: {"reason": "Tidak memenuhi."},
        "list_provider": lambda: {"directory_number": "009", "decree_date": today(), **DECREE},
    }
    getattr(application, verb)(by=by, **arguments.get(verb, dict)())


def prepared(stage: Stage, state: str) -> Application:
    """In this state, with nothing but the person in the way of any verb."""
    application = getattr(stage, state)()
    owner = stage.owner(application.provider)
    if state == "draft":
        application.attach(by=owner, type=DocumentType.objects.get(key="foto"), file=scan(owner))
    if state == "submitted":
        stage.declared(application)
    if state == "checking":
        judge_all(application, by=stage.member)
    if state == "interview":
        application.schedule_interview(by=stage.member, mode="office", at=timezone.now(), place="Aula")
    if application.state in AT_POKJA:
        stage.declared(application, stage.second_member)
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
            if not Application.MOVES[verb].inner and (state, verb) != (
                "returned",
                "submit",
            ):  # `tried` takes the failed photo away first
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
    stage.declared(application)
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
        ("pass_papers", "checking", "interview", LOMBOK_TENGAH),
        ("record_interview", "interview", "scoring", LOMBOK_TENGAH),
        ("recommend", "scoring", "recommended", LOMBOK_TENGAH),
        ("list_provider", "recommended", "listed", LOMBOK_TENGAH),
    ]
