"""What transactions shows on the catalogue's pages: prices paid, work done, and how often a service was chosen."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import Provider
from catalog import service_page
from catalog.models import Service
from core.formats import rupiah, tanggal_sedang
from transactions import prices
from transactions.models import Contract, Invitation, Need, PriceReference, Shortlisted
from transactions.models.seeing import in_office
from transactions.models.sourcing.shortlist import kept_for, may_keep
from transactions.order import Order


def references_for(request: HttpRequest, service: Service) -> list[PriceReference]:
    """What was paid for this kind of service where the reader is, or where it is offered."""
    areas = getattr(service, "area_rows", None) or list(service.areas.values("code"))
    place = service_page.place_of(request.user, service, areas)
    return prices.references(place, category=service.category_id, kind=service.kind, unit=service.unit)


def price_block(request: HttpRequest, service: Service) -> SafeString | str:
    """Median, range and number of contracts, in the regency and the province."""
    found = references_for(request, service)
    if not found:
        return ""
    nearest, wider = found[0], found[-1]
    same = wider is not nearest and wider.n == nearest.n  # all of the province's contracts are this regency's
    context = {
        "references": [nearest] if same else found,
        "also": wider.area.label if same else "",
        "unit": service.get_unit_display(),
        "said": compared(service.price, nearest) if service.tax_included else "",
        "computed_at": nearest.computed_at,
    }
    return render_to_string("transactions/_price_reference.html", context)


def compared(price: int, reference: PriceReference) -> str:
    """How a price lies to the median, in words."""
    percent = reference.compared_with(price)
    if not percent:
        return f"Harga layanan ini sama dengan median di {reference.area.label}."
    side = "di atas" if percent > 0 else "di bawah"
    return f"Harga layanan ini {abs(percent)} % {side} median di {reference.area.label}."


def done_block(request: HttpRequest, service: Service) -> SafeString:
    """Contracts handed over, of this service and of all of its provider."""
    done = prices.done_by([service])[service.pk]
    return render_to_string("transactions/_track_record.html", {"done": done})


# --- comparing ----------------------------------------------------------------------------------------------
def comparison_rows(request: HttpRequest, services: list[Service]) -> list[tuple[str, dict[int, str]]]:
    """What a comparison says beyond the services' own words."""
    done = prices.done_by(services)
    found = {service.pk: references_for(request, service) for service in services}
    return [
        ("Harga rujukan", {pk: _reference_text(rows) for pk, rows in found.items()}),
        ("Kontrak selesai", {pk: _done_text(each) for pk, each in done.items()}),
    ]


def _reference_text(rows: list[PriceReference]) -> str:
    if not rows:
        return "Belum cukup kontrak"
    row = rows[0]
    return (
        f"Median {rupiah(row.median)} ({rupiah(row.minimum)} – {rupiah(row.maximum)}), "
        f"{row.n} kontrak di {row.area.label}"
    )


def _done_text(done: prices.Done) -> str:
    if not done.by_provider:
        return "Belum ada"
    last = f", terakhir {tanggal_sedang(done.last_of_service)}" if done.last_of_service else ""
    return f"{done.by_service} dari layanan ini{last}; {done.by_provider} dari penyedia"


# --- counting for the provider ------------------------------------------------------------------------------
def figures(services: list[Service]) -> dict[int, dict[str, int]]:
    """How often each was kept in a shortlist, invited, and awarded; never by whom."""
    keys = [service.pk for service in services]
    invited = Invitation.objects.filter(service__in=keys).sent()
    won = Contract.objects.filter(
        sourcing__invitations__service__in=keys, sourcing__invitations__provider=F("provider")
    )
    counted: dict[str, tuple[Any, str]] = {
        "shortlisted": (Shortlisted.objects.filter(service__in=keys), "service"),
        "invited": (invited, "service"),
        "awarded": (won, "sourcing__invitations__service"),
    }
    found: dict[int, dict[str, int]] = {pk: dict.fromkeys(counted, 0) for pk in keys}
    for name, (rows, path) in counted.items():
        for pk, number in rows.order_by().values_list(path).annotate(Count("pk")):
            found[pk][name] = number
    return found


# --- on the provider's page ---------------------------------------------------------------------------------
def contracts_link(request: HttpRequest, provider: Provider) -> SafeString:
    """The way to its contracts; a link, since the page around it is kept while contracts go on."""
    return render_to_string("transactions/_provider_contracts.html", {"provider": provider})


# --- on the order's page ------------------------------------------------------------------------------------
def shortlist_panel(order: Order, user: Any) -> SafeString | str:
    """What the village keeps in mind for this need; not for providers, and not once the work is given."""
    need = order.need
    if order.contract is not None or not Need.objects.filter(pk=need.pk).filter(in_office(user)).exists():
        return ""
    keeps, entries = may_keep(need, user), kept_for(need)
    if not entries and not keeps:
        return ""
    context = {"need": need, "entries": entries, "may_keep": keeps}
    return render_to_string("transactions/_shortlist_panel.html", context)
