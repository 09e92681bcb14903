"""The register of ties: who in the Pokja has what to do with which applicant."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Provider, Role
from accounts.models.membership import POKJA_ROLES
from regions.models import Area
from regions.scope import within


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: Any) -> Self:
        """The Pokja's and the regency office's own register; the ministry's too."""
        return self.filter(
            within("regency", people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY))
        )

    def current(self) -> Self:
        """Not replaced by a later word of the same person."""
        return self.filter(ended_at=None)

    def tied(self) -> Self:
        """What stands in the register as a tie today."""
        return self.current().exclude(tie=Declaration.Tie.NONE)

    def tied_people(self, provider: int) -> models.QuerySet:
        """Ids of the people with a declared tie to this provider."""
        return self.tied().filter(provider=provider).values("member_id")

    def tied_providers(self, user: Any) -> models.QuerySet:
        """Ids of the providers to which this person declared a tie."""
        return self.tied().filter(member=user.pk if user is not None else None).values("provider_id")

    def tie(self, user: Any, provider: int) -> str:
        """What ties this person to the provider, in words; empty when nothing is known.

        A declared tie counts in every application of the provider, wherever it was declared; so does working
        or having worked for it.
        """
        if user is None or not user.is_authenticated:
            return ""
        if provider in people.providers(user):
            return "Anda anggota penyedia ini"
        if Membership.objects.filter(user=user, role=Role.PROVIDER, provider=provider).exists():
            return "Anda pernah menjadi anggota penyedia ini"
        row = self.tied().filter(member=user, provider=provider).first()
        return f"hubungan “{row.get_tie_display()}” tercatat dalam register" if row else ""


class Declaration(models.Model):
    """A Pokja member's word on one applicant: no tie, or which. A later word replaces it; none is erased."""

    class Tie(models.TextChoices):
        NONE = "none", "Tidak ada"
        OWNER = "owner", "Pemilik atau pengurus"
        STAFF = "staff", "Pegawai atau tenaga ahli"
        KIN = "kin", "Hubungan keluarga"
        BUSINESS = "business", "Hubungan usaha atau utang piutang"
        OTHER = "other", "Hubungan lain"

    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name="penyedia")
    application = models.ForeignKey(
        "verification.Application", models.PROTECT, null=True, related_name="declarations", verbose_name="permohonan"
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="anggota Pokja")
    tie = models.CharField("hubungan", max_length=10, choices=Tie.choices)
    note = models.CharField("penjelasan", max_length=500, blank=True)
    declared_at = models.DateTimeField("dinyatakan", default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="oleh")
    ended_at = models.DateTimeField("diganti", null=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "pernyataan benturan kepentingan"
        verbose_name_plural = "register benturan kepentingan"
        ordering = ("-declared_at", "-pk")
        indexes = (models.Index(fields=["member", "provider"], name="declaration_of_member"),)
        constraints = (
            models.UniqueConstraint(
                fields=["member", "provider", "application"],
                condition=Q(ended_at=None),
                name="declaration_one_current",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="declaration_other_is_explained",
                condition=~Q(tie="other") | ~Q(note=""),
                violation_error_message="Jelaskan hubungan itu dengan kata-kata.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member}: {self.get_tie_display()}"
