"""What beat starts and the relay rings for. Each is safe to run twice, at once, or to be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.jobs import job
from transactions import bundling, prices, year_end_calls
from transactions.models import Bundle


@shared_task
def refresh_prices() -> None:
    """Every night: what villages paid, and how many contracts each service has behind it."""
    prices.refresh()


@job("transactions.bundle")
def make_bundle(bundle: int) -> None:
    """An order's papers in one file, once."""
    bundling.make(bundle)


@shared_task
def forget_bundles() -> None:
    """Every night: files put together that nobody asked for any more."""
    Bundle.objects.forget()


@shared_task
def call_year_end() -> int:
    """Every night: villages and regencies with orders that the end of the fiscal year leaves undecided."""
    return year_end_calls.call_all(timezone.now())
