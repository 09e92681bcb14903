from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from core.validators import validate_postal_code, validate_single_line
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions.models import Area
from regions.scope import within


def office_above(village: Area) -> str:
    """Who decides over a village's people and papers: the Dinas PMD of its kabupaten or kota."""
    return f"Dinas PMD {village.ancestry.split(', ')[1]}"


class VillageOfficeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The office's people and everyone whose territory holds the village."""
        from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES, VILLAGE_ROLES
        from accounts.people import territories

        return self.filter(
            within("area", territories(user, *VILLAGE_ROLES, *FACILITATOR_ROLES, *POKJA_ROLES, *OFFICE_ROLES))
        )

    def waiting_for(self, user: Any) -> Self:
        """Villages whose NPWP and account nobody has stated yet, for their people who can."""
        from accounts.models.village_data import PROPOSERS, VillageData
        from accounts.people import territories

        stated = VillageData.objects.live().values("village")
        return self.filter(within("area", territories(user, *PROPOSERS))).exclude(area__in=stated)


class VillageOffice(models.Model):
    """A desa that buys here: its address for letters, and its kop surat. Exists from the first verified person."""

    MOVES: ClassVar[dict[str, Move]] = moves(Move("edit", (), None, "Ubah Profil", "Profil kantor diubah"))
    state = ""  # no life of its own; `record` asks

    area = models.OneToOneField(Area, models.PROTECT, verbose_name="desa", related_name="office")
    address = models.CharField("alamat kantor", max_length=200, blank=True, validators=[validate_single_line])
    postal_code = models.CharField("kode pos", max_length=5, blank=True, validators=[validate_postal_code])
    phone = models.CharField("telepon", max_length=20, blank=True)
    email = models.EmailField("email kantor", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VillageOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "kantor desa"
        verbose_name_plural = "kantor desa"

    def __str__(self) -> str:
        return self.area.full_name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("village-office", args=[self.area_id])

    def clean(self) -> None:
        if not self.area.may_buy:
            raise ValidationError({"area": "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak."})

    @property
    def code(self) -> str:
        """Public by nature: Kemendagri's code of the village."""
        return self.area_id

    # How it stands in "Perlu tindakan" while its NPWP and account are not stated (`waiting_for`).
    state_tone = "warn"
    status_sentence = "NPWP dan rekening kas desa belum diisi. Dinas PMD memeriksanya sebelum dipakai."

    @property
    def state_since(self) -> datetime.datetime:
        return self.created_at

    def get_state_display(self) -> str:
        return "Belum Lengkap"

    def may_edit(self, user: Any) -> Verdict:
        """The village's own people who answer for its papers."""
        from accounts import people
        from accounts.models.membership import Role

        roles = (Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.VILLAGE_HEAD)
        membership = people.acting(user, *roles, at=self.area_id)
        if membership is None:
            return Denied("Hanya operator, sekretaris, atau kepala desa ini yang mengubah profil kantor.")
        return Allowed(membership)

    def edit(self, *, by: Any) -> None:
        """Keep the changed address; papers printed before keep the old one."""
        verdict = self.may_edit(by)
        refuse_unless(verdict, verdict.reason)
        with transaction.atomic():
            self.full_clean()
            self.save()
            data = {name: getattr(self, name) for name in ("address", "postal_code", "phone", "email")}
            record(self, "edit", by=by, verdict=verdict, before="", note="", data=data)  # type: ignore[arg-type]
