from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models.append_only import AppendOnly, AppendOnlyQuerySet


class Event(AppendOnly):
    """Something happened to a document: who did it, under which role, when, from which state to which.

    It is at once the audit trail, the timeline on the page and the raw material of the statistics.
    """

    at = models.DateTimeField("waktu", default=timezone.now, db_index=True)
    about = models.CharField("jenis dokumen", max_length=60)
    about_id = models.CharField(max_length=40)
    about_code = models.CharField("kode dokumen", max_length=16)
    verb = models.CharField("tindakan", max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField("pelaku", max_length=150)
    role = models.CharField(max_length=30, blank=True)
    role_label = models.CharField("sebagai", max_length=150, blank=True)
    region = models.CharField("wilayah peran", max_length=13, blank=True)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24, blank=True)
    note = models.TextField("catatan", blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "peristiwa"
        verbose_name_plural = "peristiwa"
        indexes = (models.Index(fields=["about", "about_id", "id"], name="event_about"),)

    def __str__(self) -> str:
        return f"{self.verb_label} {self.about_code}"

    @property
    def verb_label(self) -> str:
        """The past form from the document's own table: "Diajukan"."""
        if self.verb == "create":
            return "Dibuat"
        model = apps.get_model(self.about)
        table = getattr(model, "MOVES", {})
        if self.verb in table:
            return table[self.verb].done
        return getattr(model, "RETIRED", {}).get(self.verb, self.verb)  # a verb of earlier years
