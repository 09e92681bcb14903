"""What Celery calls. A message is only a number; the row it points at is the truth."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from core import documents, jobs  # noqa: F401  documents registers core.render_document
from core.models import Mail, SheetUpload

BEAT_KEY = "beat"


@shared_task
def run_job(pk: int) -> None:
    """Do the job with this number, unless it is done."""
    jobs.run(pk)


@shared_task
def beat() -> None:
    """Beat is alive, and so is a worker."""
    cache.set(BEAT_KEY, timezone.now().isoformat(), timeout=None)


@shared_task
def forget_sessions() -> None:
    """Sessions that have ended, what was typed into them, and tables that nobody confirmed."""
    SessionStore.clear_expired()
    SheetUpload.objects.forget()


@jobs.job("core.deliver_mail")
def deliver_mail(mail: int) -> None:
    """Hand the mail to the mail server. Its Message-ID is fixed, so a second delivery is recognised."""
    row = Mail.objects.select_for_update().get(pk=mail)
    if row.sent_at:
        return
    host = settings.SITE_URL.split("//", 1)[1].split(":")[0]
    message = EmailMessage(
        row.subject,
        row.body,
        settings.DEFAULT_FROM_EMAIL,
        [row.to],
        headers={"Message-ID": f"<p2ktd-{row.pk}@{host}>"},
        connection=get_connection(**delivery()),
    )
    message.send()
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at"])


def delivery() -> dict[str, Any]:
    """The mail server of EMAIL_URL as arguments of `get_connection`."""
    url = settings.EMAIL_DELIVERY
    return {
        "backend": url["EMAIL_BACKEND"],
        "host": url["EMAIL_HOST"],
        "port": url["EMAIL_PORT"],
        "username": url["EMAIL_HOST_USER"],
        "password": url["EMAIL_HOST_PASSWORD"],
        "use_tls": url["EMAIL_USE_TLS"],
        "use_ssl": url["EMAIL_USE_SSL"],
        "timeout": 20,
    }
