"""The recap of a sitting as data. Frozen when the report is made; papers are printed from it and from nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from accounts.models import LegalForm, Membership, Role
from core.clock import today
from core.documents import freeze
from verification.models.application import Application, Wanted
from verification.models.declaration import Declaration
from verification.models.plenary_lines import PlenaryItem
from verification.models.scoring import AspectScore, Interview
from verification.models.submitted import SubmittedDocument

if TYPE_CHECKING:
    from verification.models.plenary import Plenary
    from verification.models.pokja import PokjaMember

OUTCOMES = PlenaryItem.Outcome


def lines_of(plenary: Plenary) -> list[PlenaryItem]:
    """The applications of a sitting with all that its table shows, in a fixed number of queries."""
    of = "application"
    return list(
        plenary.items.select_related(
            f"{of}__provider__area", f"{of}__regency", f"{of}__rule", f"{of}__based_on", f"{of}__recommended_by"
        ).prefetch_related(
            Prefetch(
                f"{of}__documents",
                SubmittedDocument.objects.current().select_related("type", "judged_by"),
                to_attr="papers_now",
            ),
            Prefetch(f"{of}__interviews", Interview.objects.filter(replaced_at=None), to_attr="interviews_now"),
            Prefetch(f"{of}__scores", AspectScore.objects.select_related("aspect"), to_attr="scores_now"),
            Prefetch(f"{of}__based_on__scores", AspectScore.objects.select_related("aspect"), to_attr="kept_scores"),
        )
    )


def tied_pairs(people: Iterable[int], providers: Collection[int]) -> set[tuple[int, int]]:
    """(person, provider) who have to do with each other, by the register or by working for it, now or once."""
    people = list(people)
    declared = Declaration.objects.current().exclude(tie=Declaration.Tie.NONE)
    rows = declared.filter(member__in=people, provider__in=providers).values_list("member_id", "provider_id")
    theirs = Membership.objects.filter(role=Role.PROVIDER, user__in=people, provider__in=providers)
    return {*rows, *theirs.values_list("user_id", "provider_id")}


# --- the whole ------------------------------------------------------------------------------------------
def recap_of(plenary: Plenary, present: Collection[PokjaMember], *, full: bool = True) -> dict[str, Any]:
    """Everything that the papers of a sitting say. `full` adds what was asked for and not shown (a few queries
    for each applicant), which the table on the page does without."""
    seated, items = plenary.seated(), lines_of(plenary)
    tied = tied_pairs([member.user_id for member in seated], [item.application.provider_id for item in items])
    there = {member.pk for member in present}
    lines = [line_of(item, full=full) for item in items]
    for line, item in zip(lines, items, strict=True):
        provider = item.application.provider_id
        line["recused"] = [str(one.user) for one in seated if one.pk in there and (one.user_id, provider) in tied]
    rule, regency, pokja = plenary.rule, plenary.regency, plenary.pokja
    return {
        "regency": {"name": regency.name, "short": regency.short_name, "full": regency.full_name},
        "zone": regency.zone_name,
        "pokja": {
            "decree_number": pokja.decree_number,
            "decree_date": pokja.decree_date,
            "starts_on": pokja.starts_on,
            "ends_on": pokja.ends_on,
        },
        "held_on": plenary.held_on,
        "place": plenary.place,
        "minutes_number": plenary.minutes_number,
        "written_by": str(plenary.minuted_by) if plenary.minuted_by else "",
        "rule": {"basis": rule.basis, "threshold": rule.threshold, "quorum_percent": rule.quorum_percent},
        "quorum": plenary.quorum(),
        "seated": len(seated),
        "members": [
            {
                "name": str(one.user),
                "position": str(one.get_position_display()),
                "body": one.body,
                "title": one.title,
                "present": one.pk in there,
            }
            for one in sorted(seated, key=lambda one: (RANKS.index(one.position), one.pk))
        ],
        "aspects": aspects_of(lines),
        "lines": lines,
        "counts": {outcome: sum(line["outcome"] == outcome for line in lines) for outcome in OUTCOMES.values},
    }


RANKS = ("chair", "secretary", "member")


def frozen(plenary: Plenary, present: Collection[PokjaMember]) -> dict[str, Any]:
    """The same, as it is stored."""
    return freeze(recap_of(plenary, present))


def aspects_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns of the table: every aspect that somebody was scored on, once."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        for score in line["scores"]:
            name = {"key": score["key"], "label": score["label"], "weight": score["weight"]}
            found.setdefault(score["key"], name)
    return list(found.values())


# --- one applicant --------------------------------------------------------------------------------------
def line_of(item: PlenaryItem, *, full: bool = True) -> dict[str, Any]:
    """One applicant's row: papers, interview, points by aspect, total, result. From an item of `lines_of`."""
    application = item.application
    return {
        "code": application.code,
        **applicant_of(application),
        "kind": str(application.get_kind_display()),
        "light": application.is_light,
        "round": application.round,
        "submitted_at": application.submitted_at,
        "papers": papers_of(application, full=full),
        "conforming": sum(paper.conforms for paper in application.papers_now),
        "shown": len(application.papers_now),
        "interview": interview_of(application),
        "scores": scores_of(application),
        "agreement": application.agreement,
        "total": application.total,
        "threshold": application.threshold,
        "proposed_by": str(application.recommended_by) if application.recommended_by else "",
        "proposed": str(application.get_state_display()),
        "outcome": item.outcome,
        "outcome_label": str(item.get_outcome_display()),
        "note": item.note,
    }


def applicant_of(application: Application) -> dict[str, Any]:
    """Who asks: as in the profile that was submitted and read, also when it was changed since."""
    provider, then = application.provider, application.profile
    area = provider.area
    if then and then.get("area_id") not in (None, provider.area_id):
        area = type(area).objects.get(pk=then["area_id"])
    form = then.get("legal_form", provider.legal_form)
    return {
        "name": then.get("name", provider.name),
        "form": str(LegalForm(form).label),
        "address": f"{then.get('address', provider.address)}, {area.full_name}",
        "person": then.get("person_in_charge", provider.person_in_charge),
        "position": then.get("position", provider.position),
        "nib": then.get("nib", provider.nib),
    }


def papers_of(application: Application, *, full: bool = True) -> list[dict[str, Any]]:
    """What was shown, and what the Pokja found of it; `full` adds what was asked for and is not there."""
    wanted = {(want.type.pk, want.entry): want for want in application.wanted()} if full else {}
    shown = {(paper.type_id, paper.entry): paper for paper in application.papers_now}
    return [
        *(paper_of(paper, required=key in wanted and wanted[key].required) for key, paper in shown.items()),
        *(absence_of(want) for key, want in wanted.items() if key not in shown),
    ]


def paper_of(paper: SubmittedDocument, *, required: bool) -> dict[str, Any]:
    return {
        "label": str(paper),
        "shown": True,
        "required": required,
        "verdict": str(paper.get_verdict_display()),
        "conforms": paper.conforms,
        "note": paper.reason_sentence,
        "number": paper.number,
        "expires_on": paper.expires_on,
        "judged_by": str(paper.judged_by) if paper.judged_by else "",
        "judged_at": paper.judged_at,
    }


def absence_of(want: Wanted) -> dict[str, Any]:
    """Only papers that need not be shown can be missing by then."""
    return {
        "label": f"{want.type}: {want.label}" if want.label else str(want.type),
        "shown": False,
        "required": want.required,
        "verdict": "",
        "conforms": False,
        "note": "" if want.required else "Tidak wajib.",
    }


def interview_of(application: Application) -> dict[str, Any] | None:
    """The talk that counts, as it was written down."""
    row = next(iter(application.interviews_now), None)
    if row is None or row.held_at is None:
        return None
    return {
        "held_at": row.held_at,
        "mode": str(row.get_mode_display()),
        "place": row.place,
        "present": row.present,
        "applicants": row.applicants,
        "answers": [
            {"question": question, "answer": answer}
            for question, answer in zip(row.questions, row.answers, strict=False)
        ],
        "summary": row.summary,
    }


def scores_of(application: Application) -> list[dict[str, Any]]:
    """The agreed points; a light check keeps those of the application it is based on."""
    base = application.based_on if application.is_light else None
    return [
        {
            "key": score.aspect.key,
            "label": score.aspect.label,
            "weight": score.weight,
            "points": score.points,
            "weighted": (Decimal(score.points) * score.weight / 100).quantize(Decimal("0.01")),
        }
        for score in (base.kept_scores if base else application.scores_now)
    ]


# --- the decree -----------------------------------------------------------------------------------------
def decision_of(plenary: Plenary, numbers: dict[str, str]) -> dict[str, Any]:
    """What the decree says, from the frozen recap and the numbers that were given: its annex is printed from it."""
    lines = plenary.facts()["lines"]
    keys = ("code", "name", "form", "address", "kind", "total", "note")
    by_outcome = {
        outcome: [{key: line[key] for key in keys} for line in lines if line["outcome"] == outcome]
        for outcome in OUTCOMES.values
    }
    listed = [{**line, "directory_number": numbers[line["code"]]} for line in by_outcome[OUTCOMES.LIST]]
    return freeze(
        {
            "decree_number": plenary.decree_number,
            "decree_date": plenary.decree_date,
            "valid_until": plenary.valid_until,
            "decided_on": today(),
            "decided_by": str(plenary.decreed_by),
            "listed": sorted(listed, key=lambda line: line["directory_number"]),
            "rejected": by_outcome[OUTCOMES.REJECT],
            "deferred": by_outcome[OUTCOMES.DEFER],
        }
    )
