from __future__ import annotations

from django.db import models


class DataVersion(models.Model):
    """How often a part of the data has changed.

    Counted by triggers at the end of each transaction that changed one of its tables, so nothing that is read
    after the number can be older than the number says.
    """

    name = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "versi data"
        verbose_name_plural = "versi data"

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
