"""What the system fills in for a pendamping's month: figures per desa (or kecamatan), and activities it knows of."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Sum
from django.db.models.functions import Left

from accounts.models import Membership, Role
from core import documents
from core.formats import rupiah, tanggal_pendek
from monitoring import counting
from monitoring.models import FacilitatorReport
from monitoring.models.facilitator import ActivityRow
from monitoring.reports import mean
from regions.codes import LENGTHS
from regions.models import Area
from regions.scope import within
from transactions.models import Meeting, Need

MOST_ACTIVITIES = 30


def figures(report: FacilitatorReport) -> dict[str, Any]:
    """One row for each desa of a PLD or PD, for each kecamatan of a TAPM, and their total."""
    territories, period = report.territories(), report.period
    length = LENGTHS[2] if report.role == Role.TAPM else LENGTHS[3]
    month, year = counting.count_with_year(territories, length, period)
    progress = average_progress(report, length)
    meetings = meetings_held(report, length)
    rows = []
    for area in places(report, territories):
        now, so_far = month.get(area.code, {}), year.get(area.code, {})
        this, whole = counting.columns(now), counting.columns(so_far)
        rows.append(
            {
                "name": area.name,
                "account": account_of(this, village=area.is_village),
                "needs": this["needs"],
                "needs_year": whole["needs"],
                "contracts": this["contracts"],
                "contracts_year": whole["contracts"],
                "value": this["contracts_value"],
                "value_year": whole["contracts_value"],
                "running": this["running"],
                "progress": progress.get(area.code),
                "late": this["late"],
                "handovers": this["handovers"],
                "closed": this["closed"],
                "meetings": meetings.get(area.code, ""),
                "men": this["men"],
                "women": this["women"],
                "musdes_open": this["musdes_open"],
                "musdes_overdue": this["musdes_overdue"],
                "ratings": whole["ratings"],
                "average": mean(whole["rating_tenths"], whole["ratings"]),
            }
        )
    summed = (
        "needs", "needs_year", "contracts", "contracts_year", "value", "value_year", "running", "late", "handovers",
        "closed", "men", "women", "musdes_open", "musdes_overdue",
    )  # fmt: skip
    return {"rows": rows, "total": {name: sum(row[name] for row in rows) for name in summed}}


def places(report: FacilitatorReport, territories: list[str]) -> list[Area]:
    """The desa (buyers only) or the kecamatan that get a row."""
    if report.role == Role.TAPM:
        return list(Area.objects.districts().within(territories))
    return list(Area.objects.buyers().within(territories))


def account_of(this: dict[str, int], *, village: bool) -> str:
    """Terverifikasi, Menunggu, Belum; for a kecamatan how many of its desa."""
    if not village:
        return f"{this['villages_verified']} dari {this['villages']}" if this["villages"] else "–"
    if this["villages_verified"]:
        return "Terverifikasi"
    return "Menunggu" if this["access_waiting"] else "Belum"


def average_progress(report: FacilitatorReport, length: int) -> dict[str, int]:
    """Mean percent of the contracts that run, by area."""

    def scope(path: str) -> Any:
        return within(path, report.territories())

    rows = counting.running_contracts(report.period, scope).order_by()
    found = rows.annotate(place=Left("village_id", length)).values("place").annotate(mean=Avg("percent"))
    return {row["place"]: int(Decimal(row["mean"]).quantize(Decimal(1))) for row in found}


def held_meetings(report: FacilitatorReport) -> Any:
    """Decided Musdes of the month in these villages."""
    period = report.period
    rows = Meeting.objects.filter(within("village", report.territories()), state="decided")
    return rows.filter(held_on__gte=period.first, held_on__lt=period.after).order_by("held_on", "pk")


def meetings_held(report: FacilitatorReport, length: int) -> dict[str, str]:
    """The dates of the month's Musdes, by area: "05/10/2026, 20/10/2026"; for a kecamatan their number."""
    days: dict[str, list[str]] = defaultdict(list)
    for village, on in held_meetings(report).values_list("village_id", "held_on"):
        days[village[:length]].append(tanggal_pendek(on))
    if report.role == Role.TAPM:
        return {code: str(len(found)) for code, found in days.items()}
    return {code: ", ".join(found) for code, found in days.items()}


def known_activities(report: FacilitatorReport) -> list[ActivityRow]:
    """Musdes in the villages, and the needs that this person helped to write: never typed twice."""
    rows: list[ActivityRow] = []
    meetings = held_meetings(report).select_related("village")
    meetings = meetings.prefetch_related("items__accountability__contract__sourcing__need")
    if report.role != Role.PLD:
        meetings = meetings.filter(assisted_by=report.author)
    for meeting in meetings.annotate(m=Sum("attendance__men", default=0), w=Sum("attendance__women", default=0)):
        items = list(meeting.items.all())
        what = f"Memfasilitasi Musdes pertanggungjawaban: {'; '.join(item.need.title for item in items)}"
        decided = {item.get_decision_display().lower(): None for item in items}
        result = f"Keputusan: {', '.join(decided)}"
        rows.append((meeting.held_on, meeting.village, what[:250], meeting.m, meeting.w, result[:250]))
    period = report.period
    needs = Need.objects.filter(
        within("village", report.territories()),
        assisted_by=report.author,
        created_at__gte=period.start,
        created_at__lt=period.end,
    )
    for need in needs.select_related("village"):
        on = need.created_at.astimezone(period.zone).date()
        what = f"Mendampingi pencatatan kebutuhan: {need.title}"
        rows.append((on, need.village, what[:250], 0, 0, f"Tercatat dengan perkiraan {rupiah(need.estimate)}"))
    rows.sort(key=lambda row: row[0])
    return rows[:MOST_ACTIVITIES]


# --- the frozen content ---------------------------------------------------------------------------------------
def snapshot_of(report: FacilitatorReport) -> dict[str, Any]:
    """Everything that the paper says."""
    period, area = report.period, report.area
    regency = area if report.role == Role.TAPM else area.ancestors()[1]
    activities = list(report.activities.select_related("village"))
    return {
        "role": report.role,
        "role_label": report.get_role_display(),
        "author": report.author.name,
        "area": area.label,
        "regency": regency.name,
        "province": regency.ancestry,
        "month": period.first,
        "data_per": period.data_per,
        "running_month": not period.is_over,
        "place": area.zone_name,
        "first_column": "Kecamatan" if report.role == Role.TAPM else "Desa",
        "revision": report.revision,
        "reason": report.reason,
        "figures": figures(report),
        "activities": [
            {
                "on": row.on,
                "village": row.village.name if row.village else area.label,
                "what": row.what,
                "men": row.men,
                "women": row.women,
                "result": row.result,
            }
            for row in activities
        ],
        "people": {"men": sum(row.men for row in activities), "women": sum(row.women for row in activities)},
        "problems": [{"problem": row.problem, "follow_up": row.follow_up} for row in report.problems.all()],
        "plan": report.plan,
        "notes": report.notes,
        "photo_codes": list(report.photos.values_list("file__code", flat=True)),
        "signatures": signatures(report),
    }


def signatures(report: FacilitatorReport) -> dict[str, Any]:
    """The supervisor at the left, the author at the right; a name only where someone holds the post."""
    area = report.area
    own = Membership.objects.current().filter(user=report.author, role=report.role).first()
    if report.role == Role.PLD:
        post, name = f"Pendamping Desa {area.label}", holder(area.code, Role.PD)
    elif report.role == Role.PD:
        post, name = f"Camat {area.name}", ""  # an office's account is not the camat's own hand
    else:
        post, name = f"Koordinator Kabupaten {area.short_name}", ""
    title = (own.position if own else "") or report.get_role_display()
    return {
        "place": area.name if report.role != Role.TAPM else area.short_name,
        "date": None,
        "left": {"heading": "Mengetahui,", "position": post, "name": name},
        "right": {"position": title, "name": report.author.name},
    }


def holder(code: str, role: Role) -> str:
    """The only person who holds this role there; nobody's name when there are several or none."""
    names = list(Membership.objects.current().at(code).holding(role).values_list("user__name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


def preview(report: FacilitatorReport) -> dict[str, Any]:
    """What the page shows: frozen when finished, live while a draft."""
    if report.state == "issued":
        return documents.thaw(report.snapshot)
    return snapshot_of(report)
