"""What the public may know of a purchase once both have signed: who, what, for how much, how it went and was judged.

Nothing here reads a personal number, a bank account, a scan, an offer that did not win, or a person's name; and nothing
exists before the second signature (`Publication`). `page_panels` and `list_notes` let an app above (reviews) say how
the village judged the work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.http import QueryDict

from catalog.lists.paging import KeyPage, Sort, key_page
from transactions.models import Accountability, Addendum, AgendaItem, Contract, Publication, Quotation
from transactions.models.publication import facet, places

Panel = Callable[[Contract], str]
Notes = Callable[[list[int]], dict[int, str]]
page_panels: list[Panel] = []
list_notes: list[Notes] = []

NEWEST = Sort("Terbaru", "published_at", kind=dt.datetime)
PAGE = 20
# A contract's row is as long as its frozen text, and a need's as its problem; a list shows neither.
UNREAD = ("snapshot", "inspection_note", "sourcing__scope", "sourcing__need__problem", "sourcing__need__why_provider")


class Purchase:
    """One contract as anybody may see it."""

    def __init__(self, contract: Contract, account: Accountability | None, note: str = "") -> None:
        self.contract, self.account, self.note = contract, account, note

    @property
    def need(self) -> Any:
        return self.contract.sourcing.need

    @property
    def standing(self) -> Contract | Accountability:
        """The document that says where the purchase is."""
        return self.account or self.contract

    @cached_property
    def offers(self) -> int:
        """How many offers were opened."""
        return Quotation.objects.filter(sourcing=self.contract.sourcing_id).exclude(state="withdrawn").count()

    @cached_property
    def decisions(self) -> list[AgendaItem]:
        """What the assemblies decided, the first first."""
        if self.account is None:
            return []
        return list(self.account.agenda.exclude(decision="").order_by("heard_on", "pk"))

    @cached_property
    def addenda(self) -> list[Addendum]:
        """Changes that both signed."""
        return list(self.contract.addenda.filter(state="signed").order_by("sequence"))

    def panels(self) -> list[str]:
        """What the apps above say of it."""
        return [html for panel in page_panels if (html := panel(self.contract))]


def page(asked: dict[str, Any], query: QueryDict) -> KeyPage:
    """The page of purchases that the address asks for, newest first; as many queries whatever the number of rows."""
    base = Publication.objects.all()
    if year := asked.get("tahun"):
        base = base.signed_in(int(year))
    facets = facets_of(asked)
    words = asked.get("q") or ""

    def fetch(key: tuple[Any, str] | None, downwards: bool, most: int) -> list[Any]:
        rows = base.beyond(key, downwards=downwards) if key else base
        if not facets and not words:
            return list(rows.in_order(downwards=downwards)[:most])
        narrowed = rows.of(*facets)
        return rows.nearest(narrowed.said(words) if words else narrowed, downwards=downwards, most=most)

    return key_page(fetch, query, NEWEST, size=PAGE)


def facets_of(asked: dict[str, Any]) -> list[str]:
    """The filters as facets."""
    found = []
    if area := asked.get("wilayah"):
        found.append(places(area))
    for kind, name in (("k", "kategori"), ("p", "penyedia")):
        if row := asked.get(name):
            found.append(facet(kind, row.pk))
    if method := asked.get("metode"):
        found.append(facet("m", method))
    return found


def told(publications: Iterable[Publication]) -> list[Purchase]:
    """The purchases of a page, in its order."""
    keys = [row.pk for row in publications]
    rows = Contract.objects.filter(pk__in=keys).defer(*UNREAD)
    contracts = {row.pk: row for row in rows.select_related("village", "provider", "sourcing__need__category")}
    accounts = {row.contract_id: row for row in Accountability.objects.filter(contract__in=keys)}
    notes = {pk: text for ask in list_notes for pk, text in ask(keys).items()}
    return [Purchase(contracts[pk], accounts.get(pk), notes.get(pk, "")) for pk in keys]
