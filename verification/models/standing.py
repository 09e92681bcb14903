"""Who stands in a regency's directory, asked at the moment of use: what depends on dates needs no worker."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES, today
from regions import codes
from regions.models import Area
from regions.scope import within

# A listing may be renewed this long before it ends.
RENEW_WITHIN = datetime.timedelta(days=90)


class StandingQuerySet(models.QuerySet):
    def current(self, on: datetime.date | None = None) -> Self:
        """Listed on that day: begun, not ended, not past its last day (which counts)."""
        on = on or today()
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), listed_on__lte=on, valid_until__gte=on)

    def in_regency(self, code: str) -> Self:
        """Of the directory of the regency in which this area lies; none for a province or nonsense."""
        regency = code[: codes.LENGTHS[1]]
        return self.filter(regency_id=regency) if len(regency) == codes.LENGTHS[1] else self.none()

    def covers(self, provider: Provider | int, code: str, *, on: datetime.date | None = None) -> bool:
        """May this provider serve the village (or regency) `code` on that day?"""
        pk = provider if isinstance(provider, int) else provider.pk
        return self.current(on).in_regency(code).filter(provider_id=pk).exists()

    def listed_providers(self, on: datetime.date | None = None) -> models.QuerySet[Provider]:
        """The providers that stand in any directory on that day."""
        return Provider.objects.filter(pk__in=self.current(on).values("provider_id"))

    def search(self, text: str) -> Self:
        """By name or directory number; each word must occur."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(Q(provider__name__icontains=word) | Q(directory_number__icontains=word))
        return found

    def visible_to(self, user: Any) -> Self:
        """The current directory is public; past listings are seen by the provider and its regency."""
        own = Q(provider__in=people.providers(user))
        public = Q(pk__in=StandingQuerySet(self.model).current().values("pk"))
        return self.filter(public | own | Q(pk__in=StandingQuerySet(self.model).within_territory(user).values("pk")))

    def within_territory(self, user: Any) -> Self:
        """Current and past, of the regencies this person oversees."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))


class Standing(models.Model):
    """A provider is listed in a regency's directory: by which decree, under which number, until when."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="standings", verbose_name="penyedia")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    application = models.OneToOneField(
        "verification.Application", models.PROTECT, related_name="standing", verbose_name="permohonan"
    )
    directory_number = models.CharField("nomor direktori", max_length=60)
    decree_number = models.CharField("nomor keputusan", max_length=100)
    decree_date = models.DateField("tanggal keputusan")
    listed_on = models.DateField("terdaftar sejak", default=today)
    valid_until = models.DateField("berlaku sampai")
    ended_on = models.DateField("berakhir pada", null=True, blank=True, help_text="Hari pertama tidak lagi terdaftar.")

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "status terdaftar"
        verbose_name_plural = "direktori penyedia"
        ordering = ("-listed_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "regency"],
                condition=Q(ended_on=None),
                name="standing_open_once",
                violation_error_message="Penyedia ini sudah terdaftar di kabupaten/kota ini.",
            ),
            models.UniqueConstraint(
                fields=["regency", "directory_number"],
                condition=Q(ended_on=None),
                name="standing_number_once",
                violation_error_message="Nomor direktori ini sudah dipakai penyedia lain.",
            ),
            models.CheckConstraint(
                name="standing_until_after_listed",
                condition=Q(valid_until__gte=F("listed_on")),
                violation_error_message="Masa berlaku harus berakhir setelah tanggal terdaftar.",
            ),
            models.CheckConstraint(
                name="standing_ended_not_before_listed", condition=Q(ended_on=None) | Q(ended_on__gte=F("listed_on"))
            ),
        )
        indexes = (models.Index(fields=["regency", "valid_until"], name="standing_in_force"),)

    def __str__(self) -> str:
        return f"{self.directory_number} {self.provider}"

    @property
    def is_current(self) -> bool:
        """Listed today; the same rule as `current()`."""
        day = today()
        return self.listed_on <= day <= self.valid_until and (self.ended_on is None or self.ended_on > day)

    @property
    def renewable(self) -> bool:
        """So near its end that the provider may apply anew."""
        return not self.is_current or self.valid_until - today() <= RENEW_WITHIN

    @property
    def status_sentence(self) -> str:
        """What a village reads: listed until when, or no longer."""
        if self.is_current:
            return f"Terdaftar di {self.regency.name} sampai {self.valid_until:%d/%m/%Y}."
        if self.ended_on and self.ended_on <= self.valid_until:
            return f"Tidak lagi terdaftar di {self.regency.name} sejak {self.ended_on:%d/%m/%Y}."
        return f"Masa terdaftar di {self.regency.name} berakhir {self.valid_until:%d/%m/%Y}."
