from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Cast, Coalesce

from core.clock import today


class DatedSettingQuerySet(models.QuerySet["DatedSetting"]):
    def in_force(self, key: str, *, on: datetime.date | None = None) -> Any:
        """The value of `key` on that date (today in Jakarta, where laws begin); LookupError when there is none."""
        on = on or today()
        row = self.filter(key=key, valid_from__lte=on).order_by("-valid_from").first()
        if row is None:
            raise LookupError(f"no setting {key!r} in force on {on}")
        return row.value

    def whole_number(self, key: str, default: int, *, on: datetime.date | None = None) -> Coalesce:
        """The same, a whole number, as a part of the query that needs it."""
        rows = self.filter(key=key, valid_from__lte=on or today()).order_by("-valid_from")
        value = rows.annotate(number=Cast("value", models.IntegerField())).values("number")[:1]
        return Coalesce(models.Subquery(value), default)


class DatedSetting(models.Model):
    """What a law or a decree may change: a name, a rate, a threshold; with its first day and its source."""

    key = models.SlugField("kunci", max_length=60)
    value = models.JSONField("nilai")
    valid_from = models.DateField("berlaku sejak")
    source = models.CharField("dasar", max_length=200, help_text="Peraturan, atau “contoh” bila belum ada dasar.")

    objects = DatedSettingQuerySet.as_manager()

    class Meta:
        verbose_name = "pengaturan bertanggal"
        verbose_name_plural = "pengaturan bertanggal"
        constraints = (models.UniqueConstraint(fields=["key", "valid_from"], name="setting_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.key} sejak {self.valid_from:%d/%m/%Y}"
