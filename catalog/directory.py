"""The public directory: who stands in a regency's directory today, and what the public may know of them.

An `Entry` is all that leaves this module of a provider: pages, CSV, XLSX and papers are made of entries, so what has
no field there (NIK, NPWP, account, the person in charge) cannot be shown by mistake.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import POKJA_ROLES
from catalog import search
from catalog.models import Category, Service
from core.clock import today
from regions import codes
from regions.models import Area, Level
from verification.models import Standing
from verification.models.standing import StandingQuerySet

# Columns that are not even read for the public.
SECRET = (
    "nik", "nik_index", "npwp", "npwp_index", "account_number", "account_index", "account_holder", "bank",
    "person_in_charge",
)  # fmt: skip


# --- who ------------------------------------------------------------------------------------------------
def listed() -> QuerySet[Provider]:
    """Those in any directory today."""
    return with_offers(Standing.objects.listed_providers())


def visible_to(user: Any) -> QuerySet[Provider]:
    """The listed ones for all; one's own, and those that ever stood in one's territory."""
    seen = Standing.objects.visible_to(user).values("provider_id")
    return with_offers(Provider.objects.filter(Q(pk__in=seen) | Q(pk__in=people.providers(user))))


def with_offers(providers: QuerySet[Provider]) -> QuerySet[Provider]:
    """Adds `current_standings` and `offers`, `rating_total`, `rating_count` over all its services."""
    own = Service.objects.filter(provider=OuterRef("pk")).order_by().values("provider")
    standings = Standing.objects.current().select_related("regency").order_by("regency_id")
    return (
        providers.select_related("area")
        .defer(*SECRET)
        .prefetch_related(Prefetch("standings", standings, to_attr="current_standings"))
        .annotate(
            offers=Coalesce(Subquery(own.filter(state="published").annotate(n=Count("pk")).values("n")), 0),
            rating_total=Coalesce(Subquery(own.annotate(n=Sum("rating_total")).values("n")), 0),
            rating_count=Coalesce(Subquery(own.annotate(n=Sum("rating_count")).values("n")), 0),
        )
    )


def with_score(providers: QuerySet[Provider]) -> QuerySet[Provider]:
    """Adds `rating_score`, hundredths of a star, to sort and filter by; 0 without a rating."""
    score = Case(
        When(rating_count__gt=0, then=F("rating_total") * Value(10) / F("rating_count")),
        default=Value(0),
        output_field=IntegerField(),
    )
    return providers.annotate(rating_score=score)


def working_in(category: Category) -> Q:
    """Providers in one of whose fields this category is: the same answer as `portfolios`, as a condition."""
    services = Service.objects.filter(category=category, state="published", provider=OuterRef("pk"))
    return Q(fields__contains=[category.key]) | Q(Exists(services))


# Of what they offer so many of the newest services are looked at: half of all may say a word.
MOST_OFFERS: Final = 5_000


def found_by(text: str, words: list[str], standings: StandingQuerySet) -> Q:
    """Providers of this name, or of this number among `standings`; or whose services say all the words, as in the
    catalogue. One list of all: as conditions with "or" every provider would be asked each."""
    named = Provider.objects.named(text).order_by().values("pk")
    found = named.union(standings.numbered(text).order_by().values("provider_id"))
    if not words:
        return Q(pk__in=found)
    offering = Service.objects.filter(state="published", search=search.asking(words))
    newest = offering.order_by("-published_at", "-code").values("provider_id")[:MOST_OFFERS]
    return Q(pk__in=found.union(newest))


# --- what they do, and where ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a provider works on, where, and by which services."""

    fields: list[Category] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    services: list[str] = field(default_factory=list)


def portfolios(providers: Iterable[Provider]) -> dict[int, Portfolio]:
    """The one answer to "which fields" and "which areas", by the provider's id.

    Fields are those of its profile and of its published services; areas are the regencies in whose directory it
    stands, those of its profile and of its published services, without what lies inside another. Four queries.
    """
    declared = {provider.pk: provider.fields for provider in providers}
    ids = list(declared)
    offered = Service.objects.filter(provider__in=ids, state="published").order_by("title", "pk")
    keys: dict[int, set[str]] = {pk: set(declared[pk]) for pk in ids}
    titles: dict[int, list[str]] = {pk: [] for pk in ids}
    for pk, key, title in offered.values_list("provider_id", "category__key", "title"):
        keys[pk].add(key)
        titles[pk].append(title)
    served = _areas_of(ids)
    areas = Area.objects.in_bulk({code for found in served.values() for code in found})
    categories = list(Category.objects.all())
    return {
        pk: Portfolio(
            [category for category in categories if category.key in keys[pk]],
            [areas[code] for code in codes.outermost(served[pk])],
            titles[pk],
        )
        for pk in ids
    }


def _areas_of(ids: list[int]) -> dict[int, set[str]]:
    """Codes of the areas served, by provider; one query."""
    serving = Service.areas.through.objects.filter(service__provider__in=ids, service__state="published")
    found = serving.values_list("service__provider_id", "area_id").union(
        Provider.serves.through.objects.filter(provider__in=ids).values_list("provider_id", "area_id"),
        Standing.objects.current().filter(provider__in=ids).order_by().values_list("provider_id", "regency_id"),
    )
    served: dict[int, set[str]] = {pk: set() for pk in ids}
    for pk, code in found:
        served[pk].add(code)
    return served


def with_portfolios(providers: Sequence[Provider]) -> list[tuple[Provider, Portfolio]]:
    """Each of a page's providers with its portfolio."""
    known = portfolios(providers)
    return [(provider, known[provider.pk]) for provider in providers]


def area_label(area: Area) -> str:
    """As a list of areas served says it."""
    return f"Seluruh {area.name}" if area.level == Level.PROVINCE else area.label


# --- entries ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a regency's directory: what anybody may know of a listed provider, and nothing else."""

    code: str
    number: str
    name: str
    form: str
    fields: list[Category]
    address: str
    office: str
    phone: str
    email: str
    website: str
    areas: list[str]
    experts: int
    services: list[str]
    rating_total: int
    rating_count: int
    listed_on: dt.date
    valid_until: dt.date
    decree_number: str
    decree_date: dt.date
    regency: Area

    @property
    def average(self) -> Fraction | None:
        """Mean of 1 to 5 stars, exactly."""
        return Fraction(self.rating_total, self.rating_count * 10) if self.rating_count else None


def entries(standings: Sequence[Standing]) -> list[Entry]:
    """The entries of these standings, in their order. Five queries, however many."""
    ids = {standing.provider_id for standing in standings}
    providers = with_offers(Provider.objects.filter(pk__in=ids)).prefetch_related(None).in_bulk()
    known = portfolios(providers.values())
    return [_entry(standing, providers[standing.provider_id], known[standing.provider_id]) for standing in standings]


def _entry(standing: Standing, provider: Any, portfolio: Portfolio) -> Entry:
    return Entry(
        code=provider.code,
        number=standing.directory_number,
        name=provider.name,
        form=str(provider.get_legal_form_display()),
        fields=portfolio.fields,
        address=provider.address,
        office=provider.area.full_name,
        phone=provider.phone,
        email=provider.email,
        website=provider.website,
        areas=[area_label(area) for area in portfolio.areas],
        experts=provider.experts,
        services=portfolio.services,
        rating_total=provider.rating_total,
        rating_count=provider.rating_count,
        listed_on=standing.listed_on,
        valid_until=standing.valid_until,
        decree_number=standing.decree_number,
        decree_date=standing.decree_date,
        regency=standing.regency,
    )


# --- a regency's directory, in the order of its decrees -----------------------------------------------------
_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts P2KTD/9 before P2KTD/10."""
    parts = _DIGITS.split(text.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part)


def decree_key(standing: Standing) -> tuple[Any, ...]:
    """The oldest decree first, within it by directory number."""
    return standing.decree_date, natural(standing.decree_number), natural(standing.directory_number), standing.pk


def in_order(regency: Area) -> list[Standing]:
    """Who stands in this regency's directory today, decree by decree; one query."""
    found = Standing.objects.current().filter(regency=regency).select_related("regency")
    return sorted(found, key=decree_key)


def decrees(standings: Iterable[Standing]) -> list[tuple[str, dt.date, int]]:
    """(number, date, how many stand by it) of the decrees in force, in the order of `in_order`."""
    found: dict[tuple[str, dt.date], int] = {}
    for standing in standings:
        decree = (standing.decree_number, standing.decree_date)
        found[decree] = found.get(decree, 0) + 1
    return [(number, day, count) for (number, day), count in found.items()]


def regencies() -> list[tuple[Area, int]]:
    """Each regency whose directory holds somebody today, with how many; two queries."""
    counts = dict(
        Standing.objects.current().order_by().values_list("regency_id").annotate(Count("provider", distinct=True))
    )
    areas = Area.objects.filter(pk__in=counts).order_by("code")
    return [(area, counts[area.code]) for area in areas]


def latest_standings(provider: Provider) -> list[Standing]:
    """The last listing in each regency, by code; those that have begun. Four queries, however many."""
    found = Standing.objects.filter(provider=provider, listed_on__lte=today()).with_status()
    found = found.defer(*(f"provider__{name}" for name in SECRET))
    return list(found.order_by("regency_id", "-listed_on", "-pk").distinct("regency_id"))


def card_standings(provider: Any, user: Any) -> list[Standing]:
    """Today's listings whose card this person may print: its own people, and that regency's Pokja and Dinas PMD.

    `provider` comes from `visible_to`; no query.
    """
    own = people.acting(user, Role.PROVIDER, provider=provider.pk)
    offices = (*POKJA_ROLES, Role.REGENCY_OFFICE)
    return [row for row in provider.current_standings if own or people.acting(user, *offices, at=row.regency_id)]
