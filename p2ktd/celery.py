"""The Celery application: a doorbell. PostgreSQL (core.Job) is the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "p2ktd.settings")

app = Celery("p2ktd")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
