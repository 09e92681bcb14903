from __future__ import annotations

from django.db import models

from catalog.models.service import Service
from core.models import StoredFile

# With page, style, script and icon these are eight requests; on a weak line each takes a second.
MOST_PHOTOS = 4


class ServicePhoto(models.Model):
    """A picture of earlier work: written anew by `core.uploads`, with a thumbnail of a few kilobytes."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="photos", verbose_name="layanan")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="foto")
    thumb = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="foto kecil")
    caption = models.CharField("keterangan", max_length=120)
    width = models.PositiveSmallIntegerField("lebar")
    height = models.PositiveSmallIntegerField("tinggi")
    order = models.PositiveSmallIntegerField("urutan", default=0)
    # One that came with a change which the Pokja has not approved yet is not shown.
    shown = models.BooleanField("tampil", default=True)

    class Meta:
        verbose_name = "foto layanan"
        verbose_name_plural = "foto layanan"
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.caption

    def open(self) -> None:
        """Show it, with its file, to everybody."""
        for file in (self.file, self.thumb):
            file.public = True
            file.save(update_fields=["public"])
        self.shown = True
        self.save(update_fields=["shown"])

    def close(self) -> None:
        """Take it off the page; its file stays stored, no longer open."""
        for file in (self.file, self.thumb):
            file.public, file.about, file.about_id = False, "", ""
            file.save(update_fields=["public", "about", "about_id"])
        self.delete()
