"""The case page: what comes next on top, facts at the left, the paper at the right.

Who has a tie to the applicant sees that colleagues handle it, and nothing else; who belongs to the Pokja and has
not said so yet, is asked first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import people
from accounts.models.membership import POKJA_ROLES
from core.models import Event
from verification.desk_forms import AgreeForm, DeclareForm, JudgeForm, RemarkForm, ScoreForm, average, rounded
from verification.desk_queue import Queue, case_url, reason_to_be_here, service_of
from verification.desk_steps import Case, next_of
from verification.differences import approved_before, facts
from verification.duplicates import lookalikes
from verification.models import Application, MemberScore, SubmittedDocument
from verification.models.application import AT_POKJA

# Steps of the applicant that only the history tells, and words that stand in a section of their own.
APPLICANT_STEPS = ("attach", "detach", "consent")
EVENTS = 12  # of the newest on the page; the history has them all


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Member by aspect, once it is open: names in order, a line for each aspect, weighted totals below."""

    members: list[MemberScore]
    lines: list[tuple[Any, list[int], Any]]  # aspect, points, average
    totals: list[Any]
    average: Any


def read(application: Application, user: Any, *, query: str = "") -> Case:
    """The case as this person sees it; a few queries, whatever it holds."""
    papers = list(
        application.documents.current().select_related(
            "type", "file", "judged_by", "carried_from__application__regency"
        )
    )
    scored = set(application.member_scores.current().values_list("member_id", flat=True))
    moves = application.open_moves(user)
    return Case(application, user, moves, papers, application.interview, scored, application.bench(), suffix_of(query))


def suffix_of(query: str) -> str:
    """What every address of the case page carries, so that the queue is found again."""
    return f"?dari={quote(query, safe='')}" if query else ""


def seat_of(application: Application, user: Any) -> Any:
    """The membership by which this person sits in the regency's Pokja."""
    return people.acting(user, *POKJA_ROLES, at=application.regency_id)


def case_page(request: HttpRequest, application: Application, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The page. `bound` carries a refused form (`judge_form`, `score_form`, …), `paper` and `refusal` back."""
    from accounts.admin_site import site

    user: Any = request.user
    queue = Queue.of(user, request.GET.get("dari", "")) if "dari" in request.GET else None
    query = queue.query if queue else ""
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": application.provider.name,
        "subtitle": None,
        "opts": Application._meta,
        "is_fullwidth": "1",
        "application": application,
        "why": reason_to_be_here(application),
        "service": service_of(application),
        "queue": queue or Queue.of(user, ""),
        "suffix": suffix_of(query),
        "refusal": bound.get("refusal", ""),
        "next_case_url": reverse("admin:verification_application_next", args=[application.code]) + suffix_of(query),
    }
    with application.one_reading():
        seat = seat_of(application, user)
        tie = application.tie_of(user) if seat else ""
        if tie:
            holds = application.state == "checking" and application.checker_id == user.pk
            context |= {"tie": tie, "release_url": application.move_url("release") if holds else ""}
            return render(request, "verification/desk_case_tied.html", context, status=status)
        context |= case_context(request, application, seat=bool(seat), query=query, bound=bound)
    return render(request, "verification/desk_case.html", context, status=status)


def case_context(
    request: HttpRequest, application: Application, *, seat: bool, query: str, bound: dict[str, Any]
) -> dict[str, Any]:
    user: Any = request.user
    case = read(application, user, query=query)
    asks = seat and application.state in AT_POKJA and not application.has_declared(user)
    here = case_url(application, query)
    return {
        "case": case,
        "next": next_of(case),
        "stages": stages(application),
        "asks": asks,
        "declare_form": bound.get("declare_form") or DeclareForm(),
        "may_take": asks and application.state == "submitted",
        "lookalikes": lookalikes(application, user),
        "standing": getattr(application, "standing", None) if application.state == "listed" else None,
        "interview": case.interview,
        "answers": list(zip(case.interview.questions, case.interview.answers, strict=False)) if case.interview else [],
        "may_read_notes": seat,
        "remark_form": (bound.get("remark_form") or RemarkForm()) if case.may("remark") else None,
        **(papers := _papers(request, case, asks=asks, bound=bound)),
        **_facts(application, user, here, papers["chosen"]),
        **_scores(case, bound),
        **_events(application, seat=seat),
    }


# --- the papers ------------------------------------------------------------------------------------------
def _papers(request: HttpRequest, case: Case, *, asks: bool, bound: dict[str, Any]) -> dict[str, Any]:
    application, papers = case.application, case.papers
    visible = SubmittedDocument.objects.visible_to(request.user).filter(application=application)
    readable = set() if asks else set(visible.values_list("pk", flat=True))
    chosen = choose(papers, bound.get("paper") or request.GET.get("dokumen"))
    given = {name: getattr(chosen, name) for name in ("verdict", "reason_kind", "reason")} if chosen else {}
    place = papers.index(chosen) if chosen else 0
    older = application.documents.exclude(replaced_at=None).filter(pk__in=readable).select_related("file")
    return {
        "papers": papers,
        "chosen": chosen,
        "chosen_readable": chosen is not None and chosen.pk in readable,
        # Who only scores or decides does not open a KTP by looking at the page: each opening is logged.
        "unopened": chosen is not None
        and chosen.type.personal
        and application.state != Application.State.CHECKING
        and request.GET.get("dokumen") != chosen.code,
        "previous": papers[place - 1] if chosen and place > 0 else None,
        "following": papers[place + 1] if chosen and place + 1 < len(papers) else None,
        "older": older.filter(type=chosen.type_id, entry=chosen.entry) if chosen else [],
        "missing_types": missing_types(application, papers),
        "judged": len(papers) - len(case.pending),
        "may_judge": case.may("judge"),
        "judge_form": bound.get("judge_form") or JudgeForm(initial=given),
    }


def choose(papers: list[SubmittedDocument], code: str | None) -> SubmittedDocument | None:
    """The paper asked for, else the first without a verdict, else the first."""
    asked = next((paper for paper in papers if paper.code == code), None)
    pending = next((paper for paper in papers if paper.verdict == SubmittedDocument.Verdict.PENDING), None)
    return asked or pending or (papers[0] if papers else None)


def next_paper(application: Application, after: SubmittedDocument) -> SubmittedDocument:
    """The next without a verdict, going round; the same when all have one."""
    papers = list(application.documents.current().select_related("type"))
    place = next((n for n, paper in enumerate(papers) if paper.pk == after.pk), 0)
    around = papers[place + 1 :] + papers[:place]
    return next((paper for paper in around if paper.verdict == SubmittedDocument.Verdict.PENDING), after)


def missing_types(application: Application, papers: list[SubmittedDocument]) -> list[str]:
    """Kinds that may be shown and were not."""
    have = {paper.type_id for paper in papers}
    return [str(row.type) for row in application.requirements if row.type_id not in have]


# --- the facts -------------------------------------------------------------------------------------------
def _facts(application: Application, user: Any, back: str, chosen: SubmittedDocument | None) -> dict[str, Any]:
    """All facts; beside the chosen paper again those that it proves."""
    base = approved_before(application)
    groups = facts(application, base, user, back=back)
    proves = set(chosen.type.proves) if chosen else set()
    provider = application.provider
    return {
        "groups": groups,
        "matches": [fact for group in groups for fact in group.facts if fact.name in proves],
        "base": base,
        "changes": sum(group.changed for group in groups),
        "experts": list(provider.expert_entries.filter(removed_at=None)),
        "experience": list(provider.experience_entries.filter(removed_at=None)),
    }


# --- the scores ------------------------------------------------------------------------------------------
def _scores(case: Case, bound: dict[str, Any]) -> dict[str, Any]:
    """One's own points; those of the others only when the scoring is closed, and never before by any way."""
    application, user = case.application, case.user
    readable = MemberScore.objects.readable(application, user).select_related("member")
    rows = list(readable)
    own = next((row for row in rows if row.member_id == user.pk), None)
    started = bool(rows or case.scored or application.agreed_at)
    table = score_table(application, rows) if application.scores_closed and rows else None
    agreed = {row.aspect_id: row.points for row in application.scores.all()} if table else {}
    total, _ = application.total_now() if agreed else (None, [])
    return {
        "scoring": started or application.state == "scoring",
        "table": table,
        "own_score": own,
        "seats": [(member, member.pk in case.scored) for member in case.bench],
        "score_form": _form(bound.get("score_form"), case.may("score"), lambda: _score_form(application, own)),
        "agree_form": _form(bound.get("agree_form"), case.may("agree"), lambda: _agree_form(application, table)),
        "agreed": [(aspect, agreed[aspect.pk]) for aspect in application.aspects if aspect.pk in agreed],
        "total": total,
        "threshold": application.threshold or application.rule_now.threshold,
    }


def _form(bound: Any, allowed: bool, new: Callable[[], Any]) -> Any:
    return bound or (new() if allowed else None)


def _score_form(application: Application, own: MemberScore | None) -> ScoreForm:
    initial = {**own.points, "note": own.note} if own else {}
    return ScoreForm(application=application, initial=initial)


def _agree_form(application: Application, table: ScoreTable | None) -> AgreeForm:
    """Begins with what was agreed before, else with the averages."""
    agreed = {row.aspect.key: row.points for row in application.scores.select_related("aspect")}
    means = {aspect.key: rounded(mean) for aspect, _, mean in table.lines if mean is not None} if table else {}
    return AgreeForm(application=application, initial={"reason": application.agreement} | means | agreed)


def score_table(application: Application, rows: list[MemberScore]) -> ScoreTable:
    """Every member's points beside each other."""
    lines = []
    for aspect in application.aspects:
        points = [row.points.get(aspect.key, 0) for row in rows]
        lines.append((aspect, points, average(points)))
    totals = [
        sum(row.points.get(aspect.key, 0) * aspect.weight for aspect in application.aspects) / 100 for row in rows
    ]
    mean = sum(totals) / len(totals) if totals else None
    return ScoreTable(rows, lines, totals, mean)


# --- its life --------------------------------------------------------------------------------------------
def _events(application: Application, *, seat: bool) -> dict[str, Any]:
    """The newest events; a colleague's remark only to colleagues, and in a section of its own."""
    events = list(reversed(application.events()))
    return {
        "remarks": [event for event in events if event.verb == "remark"] if seat else [],
        "events": [event for event in told(events, seat=seat) if event.verb not in ("remark", "judge")][:EVENTS],
    }


def told(events: list[Event], *, seat: bool) -> list[Event]:
    """What this reader may know of: notes for colleagues are the Pokja's own."""
    return [event for event in events if event.verb not in APPLICANT_STEPS and (seat or event.verb != "remark")]


STAGES = (
    ("Diajukan", ("submitted",)),
    ("Dokumen", ("checking", "returned")),
    ("Wawancara", ("interview",)),
    ("Penilaian", ("scoring",)),
    ("Rapat pleno", ("recommended", "unfit")),
    ("Keputusan", ("listed", "rejected", "withdrawn")),
)


def stages(application: Application) -> list[tuple[str, str]]:
    """(label, done | now | next) of each stage; a light check leaves out interview and scores."""
    left_out = ("Wawancara", "Penilaian") if application.is_light else ()
    rows = [row for row in STAGES if row[0] not in left_out]
    now = next((n for n, (_, states) in enumerate(rows) if application.state in states), 0)
    return [(label, "done" if n < now else "now" if n == now else "next") for n, (label, _) in enumerate(rows)]
