from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from regions.models import Area, Level


class Role(models.TextChoices):
    """What a person is, somewhere, for a time."""

    VILLAGE_OPERATOR = "village_operator", "Operator Desa"
    ACTIVITY_MANAGER = "activity_manager", "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
    PROCUREMENT_TEAM = "procurement_team", "Tim Pelaksana Kegiatan (TPK)"
    VILLAGE_SECRETARY = "village_secretary", "Sekretaris Desa"
    VILLAGE_TREASURER = "village_treasurer", "Kaur Keuangan"
    VILLAGE_HEAD = "village_head", "Kepala Desa"
    BPD = "bpd", "Badan Permusyawaratan Desa (BPD)"
    PROVIDER = "provider", "Penyedia"
    POKJA_MEMBER = "pokja_member", "Anggota Pokja P2KTD"
    POKJA_CHAIR = "pokja_chair", "Ketua Pokja P2KTD"
    TAPM = "tapm", "Tenaga Ahli Pemberdayaan Masyarakat (TAPM)"
    PD = "pd", "Pendamping Desa (PD)"
    PLD = "pld", "Pendamping Lokal Desa (PLD)"
    DISTRICT_OFFICE = "district_office", "Kecamatan"
    REGENCY_OFFICE = "regency_office", "Dinas PMD Kabupaten/Kota"
    PROVINCE_OFFICE = "province_office", "Satker Provinsi"
    MINISTRY = "ministry", "Kementerian"


VILLAGE_ROLES = (
    Role.VILLAGE_OPERATOR,
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_TREASURER,
    Role.VILLAGE_HEAD,
    Role.BPD,
)
POKJA_ROLES = (Role.POKJA_MEMBER, Role.POKJA_CHAIR)
FACILITATOR_ROLES = (Role.PLD, Role.PD, Role.TAPM)
OFFICE_ROLES = (Role.DISTRICT_OFFICE, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)
SECOND_FACTOR_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)

# The level of the area a role is held at; the two others have none.
LEVEL_OF_ROLE: dict[str, Level] = {
    **dict.fromkeys((*VILLAGE_ROLES, Role.PLD), Level.VILLAGE),
    **dict.fromkeys((Role.PD, Role.DISTRICT_OFFICE), Level.DISTRICT),
    **dict.fromkeys((*POKJA_ROLES, Role.TAPM, Role.REGENCY_OFFICE), Level.REGENCY),
    Role.PROVINCE_OFFICE: Level.PROVINCE,
}


def today() -> datetime.date:
    """The date in Jakarta, by which memberships begin and end."""
    from zoneinfo import ZoneInfo

    return timezone.localdate(timezone=ZoneInfo("Asia/Jakarta"))


class MembershipQuerySet(models.QuerySet):
    def current(self, on: datetime.date | None = None) -> Self:
        """In force on that day; the last day counts."""
        on = on or today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def holding(self, *roles: str) -> Self:
        return self.filter(role__in=roles)

    def at(self, code: str) -> Self:
        """Held exactly at this area."""
        return self.filter(area_id=code)

    def visible_to(self, user: Any) -> Self:
        """One's own; an office sees those of its territory."""
        from accounts.people import territories
        from regions.scope import within

        if not user.is_authenticated:
            return self.none()
        offices = within("area", territories(user, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY))
        return self.filter(Q(user=user) | offices).distinct()


class Membership(models.Model):
    """A person holds a role at an area or for a provider, from a day to a day, on the basis of a letter."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField("peran", max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="wilayah", related_name="+")
    provider = models.ForeignKey(
        "accounts.Provider", models.PROTECT, null=True, blank=True, verbose_name="penyedia", related_name="memberships"
    )
    position = models.CharField(
        "jabatan", max_length=100, blank=True, help_text="Seperti tertulis pada dokumen: “Pj. Kepala Desa”, “Wali Nagari”."
    )
    basis = models.CharField("dasar", max_length=150, blank=True, help_text="Nomor surat keputusan atau surat tugas.")
    starts_on = models.DateField("mulai", default=today)
    ends_on = models.DateField("sampai", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "keanggotaan"
        verbose_name_plural = "keanggotaan"
        ordering = ("role", "starts_on")
        constraints = (
            models.CheckConstraint(
                name="membership_has_its_place",
                condition=Q(role=Role.PROVIDER, provider__isnull=False, area__isnull=True)
                | Q(role=Role.MINISTRY, provider__isnull=True, area__isnull=True)
                | (~Q(role__in=[Role.PROVIDER, Role.MINISTRY]) & Q(provider__isnull=True, area__isnull=False)),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        )
        indexes = (models.Index(fields=["area", "role"], name="membership_area_role"),)

    def __str__(self) -> str:
        return f"{self.user} – {self.title}"

    def clean(self) -> None:
        level = LEVEL_OF_ROLE.get(self.role)
        if level and (not self.area or self.area.level != level):
            raise ValidationError({"area": f"Peran ini dipegang pada tingkat {level.label}."})

    @property
    def title(self) -> str:
        """As the timeline and papers say it: "Kepala Desa, Desa Kuta"."""
        place = self.area.label if self.area else self.provider.name if self.provider else ""
        office = self.position or self.get_role_display()
        return f"{office}, {place}" if place else office
