"""Mail leaves through the outbox: a request only writes a row."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.models import Mail


class OutboxBackend(BaseEmailBackend):
    """Django's and allauth's own mails become `Mail` rows, one a recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                Mail.objects.queue(to=address, subject=str(message.subject), body=str(message.body))
        return len(email_messages)
