"""What a service's page shows, read in few queries: the service with all that it says of itself is one of them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, VILLAGE_ROLES
from catalog import search
from catalog.models import CategoryAttribute, Question, Service, ServicePhoto, ServiceVersion
from catalog.models.attribute import answers
from catalog.models.rating import MIN_COUNT
from catalog.models.version import content_of, price_periods
from core.models import DatedSetting
from regions import codes
from regions.models import Area
from verification.models import Standing

SIMILAR: Final = 4
QUESTIONS: Final = 3
# Of a price's history: what a village can make use of.
PRICES: Final = 6


def services(user: Any) -> QuerySet[Service]:
    """The services this person sees, each with everything it says of itself; one query."""
    areas = Service.areas.through.objects.filter(service=OuterRef("pk")).order_by("area")
    photos = ServicePhoto.objects.filter(service=OuterRef("pk"), shown=True).order_by("order", "pk")
    asked = CategoryAttribute.objects.active().filter(category=OuterRef("category")).order_by("order", "pk")
    versions = ServiceVersion.objects.filter(service=OuterRef("pk")).order_by("number")
    found: QuerySet[Service] = Service.objects.visible_to(user).select_related(
        "category", "subcategory", "provider__area"
    )
    return found.annotate(
        area_rows=ArraySubquery(
            areas.values(
                row=JSONObject(
                    code="area_id", level="area__level", name="area__name",
                    title="area__title", ancestry="area__ancestry",
                )
            )
        ),
        photo_rows=ArraySubquery(
            photos.values(row=JSONObject(file="file__code", thumb="thumb__code", caption="caption"))
        ),
        asked_rows=ArraySubquery(
            asked.values(
                row=JSONObject(
                    key="key", label="label", kind="kind", choices="choices", unit="unit",
                    in_comparison="in_comparison", in_kak="in_kak",
                )
            )
        ),
        price_rows=ArraySubquery(versions.values(
                row=JSONObject(
                    price="price", at="made_at", version="number", unit="content__unit_label",
                    tax="content__tax_included",
                )
            )),
        least=DatedSetting.objects.whole_number(MIN_COUNT, 1),
    )  # fmt: skip


def content(service: Service) -> dict[str, Any]:
    """What a service read by `services` says, in the shape of a version's content. No query."""
    row: Any = service
    areas = [Area(**area) for area in row.area_rows]
    photos = [
        SimpleNamespace(
            file=SimpleNamespace(code=photo["file"]),
            thumb=SimpleNamespace(code=photo["thumb"]),
            caption=photo["caption"],
        )
        for photo in row.photo_rows
    ]
    asked = [CategoryAttribute(category_id=service.category_id, **each) for each in row.asked_rows]
    return content_of(service, areas=areas, photos=photos, answers=answers(asked, service.attributes))


def price_history(service: Service) -> list[dict[str, Any]]:
    """The prices that villages have read, newest first: from when on, how much, and how much the one before was."""
    rows = service.price_rows  # type: ignore[attr-defined]
    return price_periods({**each, "at": dt.datetime.fromisoformat(each["at"])} for each in rows)[:PRICES]


def standings(service: Service) -> list[Standing]:
    """Where its provider is listed today."""
    return list(Standing.objects.current().filter(provider=service.provider_id).select_related("regency"))


def similar(service: Service, area: str) -> list[Service]:
    """Of the same kind in the same category, by others, for the same place; the best rated first."""
    others = Service.objects.open().filter(category=service.category_id, kind=service.kind)
    if area:
        others = others.filter(search=search.serving(area))
    rows = others.exclude(provider=service.provider_id).select_related("provider")
    return list(
        rows.only("code", "title", "price", "unit", "tax_included", "provider__name", "provider__code").order_by(
            "-rating_score", "-code"
        )[:SIMILAR]
    )


def place_of(user: Any, service: Service, areas: list[dict[str, Any]]) -> str:
    """The regency for which prices and other services are told: the reader's own village's if it is served, else
    the provider's home if it is, else the first place served. A whole province when that is all that is known."""
    served = [area["code"] for area in areas]
    homes = [*people.territories(user, *VILLAGE_ROLES, *FACILITATOR_ROLES), service.provider.area_id]
    for home in homes:
        regency = home[: codes.LENGTHS[1]]
        if any(codes.contains(area, regency) for area in served):
            return regency
    return served[0] if served else service.provider.area_id


def first_questions(service: Service) -> tuple[list[Question], bool]:
    """The newest answers, and whether there are more."""
    rows = list(Question.objects.answered().filter(service=service).order_by("-answered_at", "-code")[: QUESTIONS + 1])
    return rows[:QUESTIONS], len(rows) > QUESTIONS
