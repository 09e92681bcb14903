"""What the apps above show on the catalogue's pages: it cannot import them, so they register here.

    @on_service_page
    def ratings(request, service) -> SafeString: ...

A block renders itself (or gives an empty string) and is asked in the order of registration, from the app's
`AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Block = Callable[[HttpRequest, Any], str]
_service_blocks: list[Block] = []
_provider_blocks: list[Block] = []


def on_service_page(block: Block) -> Block:
    """Show this below what the service says of itself."""
    _service_blocks.append(block)
    return block


def on_provider_page(block: Block) -> Block:
    """Show this below what the provider says of itself."""
    _provider_blocks.append(block)
    return block


def service_blocks(request: HttpRequest, service: Any) -> list[str]:
    return [text for block in _service_blocks if (text := block(request, service))]


def provider_blocks(request: HttpRequest, provider: Any) -> list[str]:
    return [text for block in _provider_blocks if (text := block(request, provider))]
