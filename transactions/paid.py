"""What villages nearby paid for such services, to be read beside the HPS (`transactions.prices`)."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Service
from transactions import prices
from transactions.models import Need, PriceReference, Sourcing

MOST = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """One kind of service in its unit, and the nearest reference that rests on enough contracts (or none)."""

    label: str
    unit: str
    reference: PriceReference | None


def beside(need: Need, sourcing: Sourcing) -> list[Beside]:
    """For the service that the need began with and those that were chosen: each kind and unit once."""
    chosen = Service.objects.filter(pk__in=sourcing.invitations.values("service")).select_related("category")
    services = [*([need.service] if need.service else []), *chosen.order_by("pk")]
    found: dict[tuple[int, str, str], Beside] = {}
    for service in services:
        key = service.category_id, service.kind, service.unit
        if key in found or len(found) == MOST:
            continue
        kind = str(service.get_kind_display())
        said = kind[:1].lower() + kind[1:]  # "perencanaan teknis (DED, RAB)"
        label, unit = f"{service.category.name}, {said}", service.get_unit_display()
        nearest = prices.reference(need.village_id, category=key[0], kind=key[1], unit=key[2])
        found[key] = Beside(label, unit, nearest)
    return list(found.values())
