from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from regions.models import Area
from regions.scope import within


class VillageOfficeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The office's people and everyone whose territory holds the village."""
        from accounts.people import territories
        from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES, VILLAGE_ROLES

        return self.filter(
            within("area", territories(user, *VILLAGE_ROLES, *FACILITATOR_ROLES, *POKJA_ROLES, *OFFICE_ROLES))
        )


class VillageOffice(models.Model):
    """A desa that buys here: its address for letters, and its kop surat. Exists from the first verified person."""

    area = models.OneToOneField(Area, models.PROTECT, verbose_name="desa", related_name="office")
    address = models.CharField("alamat kantor", max_length=200, blank=True)
    postal_code = models.CharField("kode pos", max_length=5, blank=True)
    phone = models.CharField("telepon", max_length=20, blank=True)
    email = models.EmailField("email kantor", blank=True)

    objects = VillageOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "kantor desa"
        verbose_name_plural = "kantor desa"

    def __str__(self) -> str:
        return self.area.full_name

    def clean(self) -> None:
        if not self.area.may_buy:
            raise ValidationError({"area": "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak."})
