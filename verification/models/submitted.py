"""The papers of an application, with the Pokja's verdict on each."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.codes import CodeField
from core.models import StoredFile
from regions.scope import within
from verification.models.declaration import Declaration
from verification.models.requirements import DocumentType


class SubmittedDocumentQuerySet(models.QuerySet):
    def current(self) -> Self:
        """The newest of each kind; replaced ones stay stored."""
        return self.filter(replaced_at=None)

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the application; a personal paper only the provider, the Pokja and the regency's office.

        Not who declared a tie to the applicant: a colleague handles it.
        """
        from verification.models.application import Application

        desk = people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE)
        free = ~Q(application__provider__in=Declaration.objects.tied_providers(user))
        open_to = (Q(type__personal=False) | within("application__regency", desk)) & free
        own = Q(application__provider__in=people.providers(user))
        seen = Q(application__in=Application.objects.visible_to(user).values("pk"))
        return self.filter(seen & (open_to | own))


class SubmittedDocument(models.Model):
    """One paper shown with an application, one version of it, and what the Pokja found."""

    class Verdict(models.TextChoices):
        PENDING = "pending", "Menunggu Diperiksa"
        CONFORMING = "conforming", "Sesuai"
        NOT_CONFORMING = "not_conforming", "Tidak Sesuai"

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", "Tidak terbaca atau terpotong"
        WRONG_KIND = "wrong_kind", "Bukan dokumen yang diminta"
        WRONG_NAME = "wrong_name", "Bukan atas nama penyedia atau penanggung jawab"
        DIFFERS = "differs", "Tidak sama dengan data pada profil"
        EXPIRED = "expired", "Sudah tidak berlaku"
        UNSIGNED = "unsigned", "Belum ditandatangani, dicap, atau bermeterai"
        INCOMPLETE = "incomplete", "Halaman atau lampiran tidak lengkap"
        OTHER = "other", "Alasan lain"

    TONES = {"pending": "wait", "conforming": "good", "not_conforming": "bad"}

    code = CodeField()
    application = models.ForeignKey(
        "verification.Application", models.PROTECT, related_name="documents", verbose_name="permohonan"
    )
    type = models.ForeignKey(DocumentType, models.PROTECT, related_name="+", verbose_name="jenis")
    entry = models.CharField("butir", max_length=16, blank=True, help_text="Kode tenaga ahli atau pengalaman.")
    entry_label = models.CharField(max_length=200, blank=True)
    version = models.PositiveSmallIntegerField("versi", default=1)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="berkas")
    number = models.CharField("nomor", max_length=100, blank=True)
    issued_on = models.DateField("tanggal terbit", null=True, blank=True)
    expires_on = models.DateField("berlaku sampai", null=True, blank=True)
    added_at = models.DateTimeField("diunggah", default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField("diganti", null=True)
    verdict = models.CharField("hasil", max_length=16, choices=Verdict.choices, default=Verdict.PENDING)
    reason_kind = models.CharField("alasan", max_length=12, choices=Reason.choices, blank=True)
    reason = models.CharField("penjelasan", max_length=500, blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="dibawa dari"
    )

    objects = SubmittedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "dokumen permohonan"
        verbose_name_plural = "dokumen permohonan"
        ordering = ("type__order", "type__key", "entry", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=["application", "type", "entry"],
                condition=Q(replaced_at=None),
                name="submitted_one_current_of_a_kind",
            ),
            models.UniqueConstraint(fields=["application", "type", "entry", "version"], name="submitted_version_once"),
            models.CheckConstraint(
                name="submitted_judged_by_someone",
                condition=Q(verdict="pending", judged_at=None, judged_by=None)
                | (~Q(verdict="pending") & Q(judged_at__isnull=False, judged_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="submitted_not_conforming_has_reason",
                condition=~Q(verdict="not_conforming") | ~Q(reason_kind=""),
                violation_error_message="Pilih alasan mengapa dokumen tidak sesuai.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.type}: {self.entry_label}" if self.entry_label else str(self.type)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return f"{reverse('application', args=[self.application.code])}#{self.anchor}"

    @property
    def anchor(self) -> str:
        """Where the application's page has its row."""
        return "-".join(filter(None, ["dokumen", self.type.key, self.entry]))

    @property
    def expired(self) -> bool:
        """Its last day has passed."""
        return self.expires_on is not None and self.expires_on < today()

    @property
    def conforms(self) -> bool:
        return self.verdict == self.Verdict.CONFORMING

    @property
    def failed(self) -> bool:
        """The Pokja found it wanting, or it ran out since: to be replaced."""
        return self.verdict == self.Verdict.NOT_CONFORMING or self.expired

    @property
    def state_tone(self) -> str:
        return "bad" if self.expired else self.TONES[self.verdict]

    def get_state_display(self) -> str:
        """The chip's words."""
        return "Kedaluwarsa" if self.expired else str(self.get_verdict_display())

    WHOSE = ("application__provider", "type")

    @property
    def whose(self) -> str:
        """For the log of who opened it."""
        return f"{self.application.provider.name}: {self}"

    @property
    def trail(self) -> str:
        """Who found it right before, when it was carried over; for the desk and the applicant."""
        origin = self.carried_from
        refused = self.verdict == self.Verdict.NOT_CONFORMING
        if origin is None or refused or not origin.conforms or origin.judged_at is None:
            return ""
        where = origin.application.regency.name
        return f"Sesuai menurut Pokja {where}, {timezone.localtime(origin.judged_at, origin.application.regency.tzinfo):%d/%m/%Y}."

    @property
    def reason_sentence(self) -> str:
        """Why it does not conform, for the applicant; empty when it does."""
        if self.verdict != self.Verdict.NOT_CONFORMING:
            return "Sudah tidak berlaku." if self.expired else ""
        if self.reason_kind == self.Reason.OTHER:
            return self.reason
        kind = str(self.get_reason_kind_display())
        return f"{kind}: {self.reason}" if self.reason else f"{kind}."
