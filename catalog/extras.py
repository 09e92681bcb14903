"""What the apps above show on the catalogue's pages: it cannot import them, so they register here.

    @on_service_page
    def ratings(request, service) -> SafeString: ...

`on_price_card` stands below the price, `on_comparison` gives rows of a comparison, `on_service_figures` counts for a
provider how often its services were kept, asked and awarded.

A block renders itself (or gives an empty string) and is asked in the order of registration, from the app's
`AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Block = Callable[[HttpRequest, Any], str]
# Of the services compared: a row's label, and what it says of each by the service's key.
Rows = Callable[[HttpRequest, list[Any]], list[tuple[str, dict[int, str]]]]
# Of services: by the service's key, what is counted of it.
Figures = Callable[[list[Any]], dict[int, dict[str, int]]]
_service_blocks: list[Block] = []
_provider_blocks: list[Block] = []
_price_blocks: list[Block] = []
_comparisons: list[Rows] = []
_figures: list[Figures] = []


def on_service_page(block: Block) -> Block:
    """Show this below what the service says of itself."""
    _service_blocks.append(block)
    return block


def on_price_card(block: Block) -> Block:
    """Show this below a service's price."""
    _price_blocks.append(block)
    return block


def on_comparison(rows: Rows) -> Rows:
    """Compare this, too."""
    _comparisons.append(rows)
    return rows


def on_service_figures(figures: Figures) -> Figures:
    """Count this for the provider of a service."""
    _figures.append(figures)
    return figures


def on_provider_page(block: Block) -> Block:
    """Show this below what the provider says of itself."""
    _provider_blocks.append(block)
    return block


def service_blocks(request: HttpRequest, service: Any) -> list[str]:
    return [text for block in _service_blocks if (text := block(request, service))]


def provider_blocks(request: HttpRequest, provider: Any) -> list[str]:
    return [text for block in _provider_blocks if (text := block(request, provider))]


def price_blocks(request: HttpRequest, service: Any) -> list[str]:
    return [text for block in _price_blocks if (text := block(request, service))]


def comparison_rows(request: HttpRequest, services: list[Any]) -> list[tuple[str, dict[int, str]]]:
    return [row for rows in _comparisons for row in rows(request, services)]


def service_figures(services: list[Any]) -> dict[int, dict[str, int]]:
    """{service pk: {"shortlisted": n, "invited": n, "awarded": n}}, in as many queries as there are counters."""
    found: dict[int, dict[str, int]] = {service.pk: {} for service in services}
    for figures in _figures:
        for pk, counted in figures(services).items():
            found[pk] |= counted
    return found
