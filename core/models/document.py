from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.codes import CodeField
from core.models.file import StoredFile


class PrintedDocumentQuerySet(models.QuerySet["PrintedDocument"]):
    def about(self, thing: models.Model) -> Self:
        """Papers printed for this document, newest first."""
        return self.filter(about=thing._meta.label_lower, about_id=str(thing.pk)).order_by("-pk")

    def of_kind(self, thing: models.Model, kind: str) -> PrintedDocument | None:
        return self.about(thing).filter(kind=kind).first()


class PrintedDocument(models.Model):
    """A paper we made: its frozen content, the PDF, and the code by which anyone can check it.

    `snapshot` never changes; a correction is a new row with a higher `revision`.
    `number` is our system reference: the official letter number belongs to the village's own agenda.
    """

    code = CodeField()  # on the paper, in the QR code, and in /cek/<code>/
    kind = models.CharField("jenis", max_length=40)
    title = models.CharField("judul", max_length=200)
    number = models.CharField("nomor sistem", max_length=60)
    revision = models.PositiveSmallIntegerField("revisi", default=0)
    paper = models.CharField("kertas", max_length=2, choices=[("A4", "A4"), ("F4", "F4")], default="A4")
    template = models.CharField(max_length=100)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    about = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    key = models.CharField(max_length=120, null=True, unique=True)
    issued_at = models.DateTimeField("dicetak", default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="printed")
    pages = models.PositiveSmallIntegerField("halaman", null=True)
    rendered_at = models.DateTimeField(null=True)

    objects = PrintedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "dokumen cetak"
        verbose_name_plural = "dokumen cetak"
        indexes = (models.Index(fields=["about", "about_id", "kind"], name="printed_about"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page that waits for the PDF and then shows it."""
        from django.urls import reverse

        return reverse("document", args=[self.code])

    def is_visible_to(self, user: Any) -> bool:
        return self._holders(user).exists()

    def holder_url(self, user: Any) -> str:
        """The page of what it is about, for the way back; empty where that has none."""
        holder = self._holders(user).first()
        return holder.get_absolute_url() if hasattr(holder, "get_absolute_url") else ""

    def _holders(self, user: Any) -> Any:
        """What it is about, if this person sees it."""
        from django.apps import apps

        return apps.get_model(self.about)._default_manager.visible_to(user).filter(pk=self.about_id)
