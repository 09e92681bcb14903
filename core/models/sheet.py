"""A table that somebody sent and may still confirm: only what was read of it is kept, and not for long."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.codes import CodeField
from core.sheets import Line, Sheet

KEEP = dt.timedelta(days=7)


class SheetUploadQuerySet(models.QuerySet["SheetUpload"]):
    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(by=user.pk)

    def keep(self, sheet: Sheet, *, kind: str, about: str, name: str, by: Any) -> SheetUpload:
        """Write down what was read."""
        lines = [{"number": line.number, "cells": line.cells, "problems": line.problems} for line in sheet.lines]
        return self.create(kind=kind, about=about, name=name[:100], by=by, lines=lines, unknown=sheet.unknown[:20])

    def forget(self) -> int:
        """What has waited too long, and the lines of what was done: the documents hold it now."""
        old = self.filter(made_at__lt=timezone.now() - KEEP)
        old.filter(applied_at__isnull=False).exclude(lines=[]).update(lines=[])
        return old.filter(applied_at=None).delete()[0]


class SheetUpload(models.Model):
    """The lines of an uploaded table, between looking at what it would do and doing it.

    `kind` says whose table it is ("catalog.services"), `about` for what; the app that reads it knows both.
    """

    code = CodeField()
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=40)
    name = models.CharField("nama berkas", max_length=100)
    lines = models.JSONField()
    unknown = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="oleh")
    made_at = models.DateTimeField("diunggah", default=timezone.now)
    applied_at = models.DateTimeField("disimpan", null=True)
    result = models.JSONField(default=dict)

    objects = SheetUploadQuerySet.as_manager()

    class Meta:
        verbose_name = "tabel yang diunggah"
        verbose_name_plural = "tabel yang diunggah"

    def __str__(self) -> str:
        return self.name

    def read_lines(self) -> list[Line]:
        """As they were read."""
        return [Line(**line) for line in self.lines]
