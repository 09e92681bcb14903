"""The address that a paper's second QR code leads to."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def upload_url(context: Any) -> str:
    """Where the signed sheet of this printed document is handed in."""
    return f"{settings.SITE_URL}{reverse('upload', args=[context['document'].code])}"
