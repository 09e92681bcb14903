from django.conf import settings
from django.db import models
from django.utils import timezone


class SubmitKey(models.Model):
    """A creating form was sent: its key, and what it made. The same key never makes a second thing."""

    key = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "kunci kirim"
        verbose_name_plural = "kunci kirim"

    def __str__(self) -> str:
        return self.key
