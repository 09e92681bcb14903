"""What is counted, and how: one definition for every level, from kecamatan to nation.

`count` answers for any territories, grouped by the first `length` characters of the area code, in one
query. What happens on paper (SPK, BAST, payment, Musdes) counts in the month of its own date, however
late it was entered; what happens here (needs, accounts, applications, ratings) when it was recorded,
by the region's clock. States are as they stood at the end of the period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Left, TruncDate
from django.db.models.lookups import In

from accounts.models import VillageAccess
from core.models import Document, Event
from monitoring.period import Period
from regions.codes import LENGTHS
from regions.models import Area
from regions.scope import within
from reviews.models import Rating
from transactions.models import (
    Accountability,
    AgendaItem,
    Attendance,
    Contract,
    Inspection,
    Meeting,
    Need,
    Payment,
)
from transactions.models.contract.contract import OPEN
from transactions.models.contract.handing import day_handed
from verification.models import Application, Standing

# {area code: {(measure, key): (number, amount)}}
Counts = dict[str, dict[tuple[str, str], tuple[int, int]]]
Scope = Callable[[str], Any]  # the path of an area's foreign key: the condition that it lies in the territory

WAITING_ACCESS = ("submitted",)
WAITING_APPLICATIONS = ("submitted", "checking", "interview", "scoring", "recommended", "unfit")


def count(territories: str | Iterable[str], length: int, period: Period) -> Counts:
    """All measures of the territories, by area; areas with nothing at all are absent."""
    return _read(_parts(lambda path: within(path, territories), length, period, MEASURES))


def count_regencies(regencies: Iterable[str], period: Period) -> Counts:
    """The same for many whole regencies, by regency. So many ranges of codes would be compared with every row; that
    the regency is one of a list is looked up, and the rows are found by their dates."""
    wanted = sorted(regencies)

    def scope(path: str) -> Any:
        return In(Left(f"{path}_id" if path else "code", LENGTHS[1]), wanted)

    return _read(_parts(scope, LENGTHS[1], period, MEASURES))


def count_with_year(
    territories: str | Iterable[str],
    length: int,
    period: Period,
    *more: QuerySet,
    month: Iterable[str] = (),
    year: Iterable[str] = (),
) -> tuple[Counts, Counts]:
    """The month's counts, and the flows of the year up to it; one query. `more` are rows of the same five columns.

    `month` and `year` name the measures wanted; to build a query of all of them costs 40 ms.
    """

    def scope(path: str) -> Q:
        return within(path, territories)

    parts = _parts(scope, length, period, month or MEASURES)
    parts += _parts(scope, length, period.of_the_year(), year or FLOW_MEASURES, prefix=YEAR)
    both = _read([*parts, *more])
    this: Counts = {}
    so_far: Counts = {}
    for area, found in both.items():
        for (measure, key), pair in found.items():
            where, name = (so_far, measure.removeprefix(YEAR)) if measure.startswith(YEAR) else (this, measure)
            where.setdefault(area, {})[name, key] = pair
    return this, so_far


YEAR = "year:"


def _parts(scope: Scope, length: int, period: Period, names: Iterable[str], prefix: str = "") -> list[QuerySet]:
    return [_grouped(prefix + name, length, *MEASURES[name](period, scope)) for name in names]


def _read(parts: list[QuerySet]) -> Counts:
    found: Counts = {}
    for area, measure, key, number, amount in parts[0].union(*parts[1:], all=True):
        found.setdefault(area, {})[measure, key] = (int(number), int(amount))
    return found


Part = tuple[QuerySet, str, Any, Any, Any]  # rows, path of their area, key, number, amount


def _grouped(measure: str, length: int, rows: QuerySet, path: str, key: Any, number: Any, amount: Any) -> QuerySet:
    whole = BigIntegerField()
    return (
        rows.order_by()
        .annotate(
            area=Left(f"{path}_id" if path else "code", length),
            measure=Value(measure, TextField()),
            key=Cast(key, TextField()) if key is not None else Value("", TextField()),
        )
        .values("area", "measure", "key")
        .annotate(
            number=Coalesce(number, 0, output_field=whole),
            amount=Coalesce(amount, 0, output_field=whole) if amount is not None else Value(0, whole),
        )
        .values_list("area", "measure", "key", "number", "amount")
    )


def _during(period: Period, field: str) -> Q:
    return Q(**{f"{field}__gte": period.start, f"{field}__lt": period.end})


def _dated(period: Period, field: str) -> Q:
    return Q(**{f"{field}__gte": period.begins, f"{field}__lt": period.after})


def state_at(rows: QuerySet, period: Period) -> QuerySet:
    """Adds `state_then`: the documents' state at the end of the period, from their events."""
    model: type[Document] = rows.model
    last = (
        Event.objects.filter(
            about=model._meta.label_lower, about_id=Cast(OuterRef("pk"), CharField()), at__lt=period.at
        )
        .order_by("-pk")
        .values("to_state")[:1]
    )
    return rows.annotate(
        state_then=Case(
            When(state_since__lt=period.at, then=F("state")), default=Subquery(last), output_field=CharField()
        )
    )


# --- what is open at the end of a period: the reports list these rows, the roll-up counts them ------------------
def access_requests(period: Period, scope: Scope) -> QuerySet:
    """Requests for a village account that existed then, with `state_then`."""
    return state_at(VillageAccess.objects.filter(scope("village"), created_at__lt=period.at), period)


def applications(period: Period, scope: Scope) -> QuerySet:
    """Providers' applications that had been submitted then, with `state_then`."""
    return state_at(Application.objects.filter(scope("regency"), submitted_at__lt=period.at), period)


def signed_contracts(period: Period, scope: Scope) -> QuerySet:
    """Contracts that both had signed, and that were in force on that day or before."""
    return Contract.objects.filter(scope("village"), village_signed_at__isnull=False, signed_on__lte=period.on)


def _unfinished(rows: QuerySet, period: Period) -> QuerySet:
    """Neither in the village head's hands nor terminated by then."""
    later = Q(state="handed_over", handed_on__gt=period.on) | Q(state="terminated", state_since__gte=period.at)
    return rows.annotate(handed_on=day_handed()).filter(Q(state__in=OPEN) | later)


def running_contracts(period: Period, scope: Scope) -> QuerySet:
    """Signed, and neither handed over to the village head nor terminated by then."""
    return _unfinished(signed_contracts(period, scope), period)


def late_contracts(period: Period, scope: Scope) -> QuerySet:
    """An SPK was issued, its last day had passed, the work was not handed over, and the provider had not said by that
    day that it is done: the days until the village looks at it are not the provider's."""
    issued = Contract.objects.filter(scope("village"), signed_on__lte=period.on, ends_on__lt=period.on)
    in_time = Inspection.objects.annotate(asked_on=TruncDate("requested_at", tzinfo=period.zone)).filter(
        Q(result__in=["", "accepted"]) | Q(decided_at__gte=period.at),
        contract=OuterRef("pk"),
        percent=100,
        asked_on__lte=OuterRef("ends_on"),
    )
    undelivered = Q(handover_on=None) | Q(handover_on__gt=period.on)
    return _unfinished(issued, period).filter(undelivered, ~Exists(in_time))


def open_accounts(period: Period, scope: Scope) -> QuerySet:
    """Handed over to the village head by then, and no Musdes held by then has accepted the account."""
    accepted = AgendaItem.objects.filter(
        accountability=OuterRef("pk"), decision__in=["accepted", "with_notes"], heard_on__lte=period.on
    )
    rows = Accountability.objects.filter(scope("contract__village")).annotate(handed_on=day_handed("contract__"))
    # What was closed by then had been accepted by then: said besides, since it is found without looking.
    unclosed = Q(closed_at=None) | Q(closed_at__gte=period.at)
    return rows.filter(unclosed, ~Exists(accepted), handed_on__lte=period.on)


def overdue_accounts(period: Period, scope: Scope) -> QuerySet:
    """The Musdes was due before that day, as was the later one asked for in time, and had not accepted the account."""
    late = Q(due_on__lt=period.on) & (Q(postponed_to=None) | Q(postponed_to__lt=period.on))
    return open_accounts(period, scope).filter(late)


# --- the measures -------------------------------------------------------------------------------------------------
def _villages(period: Period, scope: Scope) -> Part:
    return Area.objects.buyers().in_force(period.on).filter(scope("")), "", None, Count("pk"), None


def _villages_verified(period: Period, scope: Scope) -> Part:
    rows = VillageAccess.objects.filter(scope("village"), state="verified", decided_at__lt=period.at)
    return rows, "village", None, Count("village", distinct=True), None


def _access(period: Period, scope: Scope) -> Part:
    return access_requests(period, scope), "village", F("state_then"), Count("pk"), None


def _access_submitted(period: Period, scope: Scope) -> Part:
    rows = VillageAccess.objects.filter(scope("village"), _during(period, "created_at"))
    return rows, "village", None, Count("pk"), None


def _access_verified(period: Period, scope: Scope) -> Part:
    rows = VillageAccess.objects.filter(scope("village"), _during(period, "decided_at"), state="verified")
    return rows, "village", None, Count("pk"), None


def _providers(period: Period, scope: Scope) -> Part:
    rows = Standing.objects.current(on=period.on).filter(scope("regency"))
    return rows, "regency", F("provider__legal_form"), Count("pk"), None


def _providers_listed(period: Period, scope: Scope) -> Part:
    rows = Standing.objects.filter(scope("regency"), _dated(period, "listed_on"))
    return rows, "regency", None, Count("pk"), None


def _applications(period: Period, scope: Scope) -> Part:
    return applications(period, scope), "regency", F("state_then"), Count("pk"), None


def _applications_submitted(period: Period, scope: Scope) -> Part:
    rows = Application.objects.filter(scope("regency"), _during(period, "submitted_at"))
    return rows, "regency", None, Count("pk"), None


def _needs(period: Period, scope: Scope) -> Part:
    rows = Need.objects.filter(scope("village"), _during(period, "created_at"))
    return rows, "village", F("category__key"), Count("pk"), Sum("estimate")


def _contracts(period: Period, scope: Scope) -> Part:
    """In the month of the first signature; the amount is the value that the last addendum left."""
    rows = Contract.objects.filter(scope("village"), _dated(period, "signed_on"), village_signed_at__isnull=False)
    key = Concat(
        "sourcing__need__category__key",
        Value("|"),
        "sourcing__method",
        Value("|"),
        "sourcing__need__funding",
        output_field=TextField(),
    )
    return rows, "village", key, Count("pk"), Sum("value")


def _terminated(period: Period, scope: Scope) -> Part:
    """Those that were in force: a winner who withdrew before the village signed broke none."""
    rows = Contract.objects.filter(
        scope("village"), _during(period, "state_since"), state="terminated", village_signed_at__isnull=False
    )
    return rows, "village", None, Count("pk"), Sum("value")


def _running(period: Period, scope: Scope) -> Part:
    return running_contracts(period, scope), "village", None, Count("pk"), Sum("value")


def _late(period: Period, scope: Scope) -> Part:
    return late_contracts(period, scope), "village", None, Count("pk"), Sum("value")


def _handovers(period: Period, scope: Scope) -> Part:
    """By the day on which the village head took over: from then on a Musdes is awaited."""
    rows = Contract.objects.annotate(handed_on=day_handed()).filter(
        scope("village"), _dated(period, "handed_on"), state="handed_over"
    )
    return rows, "village", None, Count("pk"), Sum("value")


def _payments(period: Period, scope: Scope) -> Part:
    rows = Payment.objects.filter(scope("contract__village"), _dated(period, "paid_on"))
    return rows, "contract__village", None, Count("pk"), Sum("gross")


def _withheld(period: Period, scope: Scope) -> Part:
    rows, path, key, number, _ = _payments(period, scope)
    return rows, path, key, number, Sum("withheld")


def _meetings(period: Period, scope: Scope) -> Part:
    rows = Meeting.objects.filter(scope("village"), _dated(period, "held_on"), state="decided")
    return rows, "village", None, Count("pk"), None


def _heard(period: Period, scope: Scope) -> Part:
    """Orders on the agendas of those assemblies, by what was decided of each."""
    rows = AgendaItem.objects.filter(
        scope("meeting__village"), _dated(period, "meeting__held_on"), meeting__state="decided"
    )
    return rows, "meeting__village", F("decision"), Count("pk"), None


def _present(period: Period, scope: Scope) -> Part:
    """The number is men, the amount women."""
    path = "meeting__village"
    rows = Attendance.objects.filter(scope(path), _dated(period, "meeting__held_on"), meeting__state="decided")
    return rows, path, None, Sum("men"), Sum("women")


def _musdes_open(period: Period, scope: Scope) -> Part:
    return open_accounts(period, scope), "contract__village", None, Count("pk"), None


def _musdes_overdue(period: Period, scope: Scope) -> Part:
    return overdue_accounts(period, scope), "contract__village", None, Count("pk"), None


def _closed(period: Period, scope: Scope) -> Part:
    rows = Accountability.objects.filter(scope("contract__village"), _during(period, "closed_at"))
    return rows, "contract__village", None, Count("pk"), None


def _ratings(period: Period, scope: Scope) -> Part:
    """The amount is tenths of a star."""
    rows = Rating.objects.filter(scope("contract__village"), _during(period, "created_at"))
    return rows, "contract__village", None, Count("pk"), Sum("tenths")


MEASURES: dict[str, Callable[[Period, Scope], Part]] = {
    "villages": _villages,
    "villages_verified": _villages_verified,
    "access": _access,
    "access_submitted": _access_submitted,
    "access_verified": _access_verified,
    "providers": _providers,
    "providers_listed": _providers_listed,
    "applications": _applications,
    "applications_submitted": _applications_submitted,
    "needs": _needs,
    "contracts": _contracts,
    "terminated": _terminated,
    "running": _running,
    "late": _late,
    "handovers": _handovers,
    "payments": _payments,
    "withheld": _withheld,
    "meetings": _meetings,
    "heard": _heard,
    "present": _present,
    "musdes_open": _musdes_open,
    "musdes_overdue": _musdes_overdue,
    "closed": _closed,
    "ratings": _ratings,
}
FLOW_MEASURES = ("needs", "contracts", "handovers", "payments", "meetings", "heard", "present", "closed", "ratings")


# --- the same, as columns ------------------------------------------------------------------------------------------
# column: (measure, 0 for its number or 1 for its amount, only these keys)
COLUMNS: dict[str, tuple[str, int, tuple[str, ...] | None]] = {
    "villages": ("villages", 0, None),
    "villages_verified": ("villages_verified", 0, None),
    "access_submitted": ("access_submitted", 0, None),
    "access_verified": ("access_verified", 0, None),
    "access_waiting": ("access", 0, WAITING_ACCESS),
    "providers": ("providers", 0, None),
    "providers_listed": ("providers_listed", 0, None),
    "applications_submitted": ("applications_submitted", 0, None),
    "applications_waiting": ("applications", 0, WAITING_APPLICATIONS),
    "needs": ("needs", 0, None),
    "needs_value": ("needs", 1, None),
    "contracts": ("contracts", 0, None),
    "contracts_value": ("contracts", 1, None),
    "terminated": ("terminated", 0, None),
    "running": ("running", 0, None),
    "late": ("late", 0, None),
    "handovers": ("handovers", 0, None),
    "handovers_value": ("handovers", 1, None),
    "payments": ("payments", 0, None),
    "paid": ("payments", 1, None),
    "withheld": ("withheld", 1, None),
    "meetings": ("meetings", 0, None),
    "men": ("present", 0, None),
    "women": ("present", 1, None),
    "musdes_open": ("musdes_open", 0, None),
    "musdes_overdue": ("musdes_overdue", 0, None),
    "closed": ("closed", 0, None),
    "ratings": ("ratings", 0, None),
    "rating_tenths": ("ratings", 1, None),
}
# Kept with their keys besides.
DETAILED = ("access", "applications", "providers", "needs", "contracts", "heard")


def columns(found: dict[tuple[str, str], tuple[int, int]]) -> dict[str, int]:
    """One area's counts as the columns of MonthlyFigure."""
    return {
        column: sum(
            pair[which] for (name, key), pair in found.items() if name == measure and (keys is None or key in keys)
        )
        for column, (measure, which, keys) in COLUMNS.items()
    }


def detail(found: dict[tuple[str, str], tuple[int, int]]) -> dict[str, dict[str, list[int]]]:
    """One area's counts by key: {measure: {key: [number, amount]}}."""
    kept: dict[str, dict[str, list[int]]] = {}
    for (name, key), pair in found.items():
        if name in DETAILED:
            kept.setdefault(name, {})[key] = list(pair)
    return kept
