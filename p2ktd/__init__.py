"""The composition root: settings, addresses, processes. Imports every app; no app imports it."""

from p2ktd.celery import app as celery_app

__all__ = ["celery_app"]
