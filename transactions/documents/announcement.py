"""Pengumuman Perencanaan Pengadaan: what a village means to buy in a fiscal year, printed for its notice board.

Every activity of the year stands in it. What needs budgeted from it take is bought from a provider, a line each; the
rest of its ceiling is done by the village itself (swakelola). So the values of an activity's lines add up to its
ceiling; only needs that were budgeted before the list was there can say more. Those of a code that is not on the list
follow at the end.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models.membership import Role
from core import documents
from core.documents import fingerprint, freeze
from core.models import PrintedDocument
from regions.models import Area
from transactions.documents.frame import holder_of, letterhead
from transactions.models import Activity, Need, ProcurementPlan
from transactions.models.planning.activity import padded

READERS = (Role.VILLAGE_HEAD, Role.PROCUREMENT_TEAM, Role.BPD)  # besides those who keep the list
PROVIDER, OWN = "Penyedia", "Swakelola"


def lines_of(village: Area, year: int) -> list[dict[str, Any]]:
    """The lines of the announcement, in the order of the activities' codes; two queries and the team's name."""
    activities = list(Activity.objects.listed().filter(village=village, fiscal_year=year))
    needs = list(
        Need.objects.filter(village=village, fiscal_year=year, state="budgeted").order_by("activity_code", "pk")
    )
    team = holder_of(village, Role.PROCUREMENT_TEAM)["name"]
    lines: list[dict[str, Any]] = []
    for activity in activities:
        taken = [need for need in needs if belongs(need, activity)]
        needs = [need for need in needs if need not in taken]
        lines += [bought(need, activity.name, team) for need in taken]
        rest = activity.ceiling - sum(need.ceiling or 0 for need in taken)
        if rest > 0 or not taken:
            lines.append(done(activity, rest))
    return lines + [bought(need, need.title, team) for need in needs]


def belongs(need: Need, activity: Activity) -> bool:
    """Is the need paid from this activity: chosen from the list, or typed by its code before there was a list?"""
    if need.activity_id is not None:
        return need.activity_id == activity.pk
    return need.funding == activity.funding and padded(need.activity_code) == activity.activity_code


def bought(need: Need, name: str, team: str) -> dict[str, Any]:
    """A need's line: from a provider."""
    return {
        "name": name,
        "code": need.activity_code,
        "note": need.title if name != need.title else "",
        "value": need.ceiling or 0,
        "way": PROVIDER,
        "source": need.get_funding_display(),
        "output": f"{need.volume} {need.unit}",
        "team": team,
        "place": need.place,
        "time": need.planned_time,
    }


def done(activity: Activity, value: int) -> dict[str, Any]:
    """What the village does itself of an activity."""
    return {
        "name": activity.name,
        "code": activity.activity_code,
        "note": activity.officer and f"Pelaksana: {activity.officer}",
        "value": value,
        "way": OWN,
        "source": activity.get_funding_display(),
        "output": activity.output,
        "team": "",
        "place": activity.place,
        "time": activity.schedule,
    }


def papers_of(plan: ProcurementPlan | None) -> list[PrintedDocument]:
    """The announcements printed so far, newest first."""
    return list(PrintedDocument.objects.about(plan).select_related("file")) if plan else []


def issue(village: Area, year: int, *, by: Any, number: str, on: dt.date, paper: str = "A4") -> PrintedDocument:
    """Print it as the list stands now. The same content is printed once; another one is the next revision."""
    plan = ProcurementPlan.objects.get_or_create(village=village, fiscal_year=year)[0]
    lines = lines_of(village, year)
    head = holder_of(village, Role.VILLAGE_HEAD)
    snapshot = {
        "letterhead": letterhead(village),
        "letter_number": number,
        "village": village.label,
        "year": year,
        "lines": lines,
        "total": sum(line["value"] for line in lines),
        "place": village.zone_name,
        "signatures": {"place": village.name, "date": on, "left": None, "right": {"heading": "", **head}},
    }
    content = fingerprint(freeze(snapshot))
    earlier = PrintedDocument.objects.about(plan).exclude(snapshot_sha256=content)
    return documents.issue(
        kind="pengumuman",
        title=f"Pengumuman Perencanaan Pengadaan Tahun Anggaran {year}",
        template="transactions/print_announcement.html",
        snapshot=snapshot,
        holder=plan,
        by=by,
        paper=paper,
        revision=len(set(earlier.values_list("snapshot_sha256", flat=True))),
        key=f"pengumuman:{plan.pk}:{paper}:{content[:32]}",
    )
