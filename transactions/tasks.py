"""What beat starts. Each is safe to run twice, at once, or to be killed."""

from __future__ import annotations

from celery import shared_task

from transactions import prices


@shared_task
def refresh_prices() -> None:
    """Every night: what villages paid, and how many contracts each service has behind it."""
    prices.refresh()
