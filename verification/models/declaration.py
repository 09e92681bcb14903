"""The register of ties: who in the Pokja has what to do with which applicant."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Provider, Role, User
from accounts.models.membership import POKJA_ROLES
from core.codes import CodeField
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions.models import Area
from regions.scope import within


def _midnight(day: datetime.date, place: Area) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=place.tzinfo)


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: Any) -> Self:
        """The Pokja's and the regency office's own register; the ministry's too."""
        return self.filter(
            within("regency", people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY))
        )

    def current(self) -> Self:
        """Not replaced by a later word of the same person."""
        return self.filter(ended_at=None)

    def ties(self) -> Self:
        """Without the words of those whom nothing ties."""
        return self.exclude(tie=Declaration.Tie.NONE)

    def tied(self) -> Self:
        """What stands in the register as a tie today."""
        return self.current().exclude(tie=Declaration.Tie.NONE)

    def tied_people(self, provider: int) -> models.QuerySet:
        """Ids of the people with a declared tie to this provider."""
        return self.tied().filter(provider=provider).values("member_id")

    def tied_providers(self, user: Any) -> models.QuerySet:
        """Ids of the providers to which this person declared a tie."""
        return self.tied().filter(member=user.pk if user is not None else None).values("provider_id")

    def of_period(self, regency: Area, since: datetime.date, until: datetime.date) -> Self:
        """Given on these days (which both count), by the regency's clock."""
        begin, end = _midnight(since, regency), _midnight(until + datetime.timedelta(days=1), regency)
        return self.filter(regency=regency, declared_at__gte=begin, declared_at__lt=end)

    def held_in(self, regency: Area, since: datetime.date, until: datetime.date) -> Self:
        """Ties that held on some of these days, whenever they were declared; oldest first."""
        begin, end = _midnight(since, regency), _midnight(until + datetime.timedelta(days=1), regency)
        rows = self.ties().filter(Q(ended_at=None) | Q(ended_at__gte=begin), regency=regency, declared_at__lt=end)
        return rows.order_by("declared_at", "pk")

    def barred_providers(self, user: Any) -> Q:
        """Rows with a `provider` that this person may not judge: declared ties, and whoever they work or worked for."""
        person = user.pk if user is not None else None
        worked = Membership.objects.filter(user=person, role=Role.PROVIDER).values("provider_id")
        return Q(provider__in=self.tied_providers(user)) | Q(provider__in=worked)

    def barred_people(self, provider: int) -> Q:
        """People who may not judge this provider, by the same rule."""
        worked = Membership.objects.filter(role=Role.PROVIDER, provider=provider).values("user_id")
        return Q(pk__in=self.tied_people(provider)) | Q(pk__in=worked)

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

    # Not states but acts, as with a membership: the event tells who wrote it down, and who ended it and why.
    MOVES: ClassVar[dict[str, Move]] = moves(
        Move("register", (), None, "Catat hubungan", "Hubungan dicatat"),
        Move("end", (), None, "Hubungan berakhir", "Hubungan berakhir", tone="secondary"),
    )

    code = CodeField()
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name="penyedia")
    application = models.ForeignKey(
        "verification.Application", models.PROTECT, null=True, blank=True, related_name="declarations",
        verbose_name="permohonan",
    )  # fmt: skip
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="anggota Pokja")
    tie = models.CharField("hubungan", max_length=10, choices=Tie.choices)
    note = models.CharField("penjelasan", max_length=500, blank=True)
    declared_at = models.DateTimeField("dinyatakan", default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="oleh")
    ended_at = models.DateTimeField("diganti atau berakhir", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="diakhiri oleh"
    )
    end_reason = models.CharField("alasan berakhir", max_length=500, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "pernyataan benturan kepentingan"
        verbose_name_plural = "register benturan kepentingan"
        ordering = ("-declared_at", "-pk")
        indexes = (
            models.Index(fields=["member", "provider"], name="declaration_of_member"),
            models.Index(fields=["regency", "-declared_at"], name="declaration_register"),
        )
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
            models.CheckConstraint(
                name="declaration_end_is_signed",
                condition=Q(end_reason="", ended_by=None) | Q(ended_at__isnull=False) & ~Q(end_reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.member}: {self.get_tie_display()}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_declaration_changelist")

    @property
    def state(self) -> str:
        """current; ended with a reason; or replaced by a later word."""
        if self.ended_at is None:
            return "current"
        return "ended" if self.end_reason else "replaced"

    # --- who may ------------------------------------------------------------------------------------
    def _seat(self, user: Any) -> Verdict:
        """The chair or the regency's office."""
        membership = people.acting(user, Role.POKJA_CHAIR, Role.REGENCY_OFFICE, at=self.regency_id)
        who = f"Ketua Pokja atau Dinas PMD {self.regency.name}"
        return Allowed(membership) if membership else Denied(f"Hanya {who} yang dapat melakukannya.")

    def may_register(self, user: Any) -> Verdict:
        """A member their own tie; the chair and the office anybody's."""
        own = people.acting(user, *POKJA_ROLES, at=self.regency_id)
        return Allowed(own) if own and user.pk == self.member_id else self._seat(user)

    def may_end(self, user: Any) -> Verdict:
        """Not who is tied: else a word would free them to judge."""
        if self.state != "current" or self.tie == self.Tie.NONE:
            return Denied("Catatan ini tidak berlaku lagi.")
        verdict = self._seat(user)
        if verdict and user.pk == self.member_id:
            return Denied("Hubungan Anda sendiri diakhiri oleh orang lain.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def register(self, *, by: Any) -> None:
        """Write down a known tie, whatever the application: it bars from every one of this provider."""
        verdict = self.may_register(by)
        refuse_unless(verdict, verdict.reason)
        refuse_unless(self.tie in self.Tie.values and self.tie != self.Tie.NONE, "Pilih hubungannya.")
        refuse_unless(self.tie != self.Tie.OTHER or self.note.strip(), "Jelaskan hubungan itu dengan kata-kata.")
        self.application, self.declared_by, self.note = None, by, self.note.strip()
        with transaction.atomic():
            User.objects.select_for_update().get(pk=self.member_id)  # two at once wait here
            known = Declaration.objects.current().filter(
                member=self.member_id, provider=self.provider_id, application=None
            )
            refuse_unless(not known.exists(), f"Hubungan {self.member} dengan {self.provider} sudah tercatat.")
            self.full_clean()
            self.save(force_insert=True)
            self._record("register", by=by, verdict=verdict, note=self.note)

    def end(self, *, by: Any, reason: str) -> None:
        """The tie is no more; the row stays, with the reason."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Declaration.objects.select_for_update(of=("self",)))
            verdict = self.may_end(by)
            refuse_unless(verdict, verdict.reason)
            refuse_unless(reason.strip(), "Tulis alasannya.")
            self.ended_at, self.ended_by, self.end_reason = timezone.now(), by, reason.strip()
            self.full_clean()
            self.save(update_fields=["ended_at", "ended_by", "end_reason"])
            self._record("end", by=by, verdict=verdict, note=reason)

    def _record(self, verb: str, *, by: Any, verdict: Verdict, note: str) -> None:
        data = {"person": str(self.member), "provider": self.provider.code, "label": str(self), "tie": self.tie}
        record(self, verb, by=by, verdict=verdict, before="", note=note, data=data)  # type: ignore[arg-type]


class TieRegisterQuerySet(models.QuerySet["TieRegister"]):
    def visible_to(self, user: Any) -> Self:
        """Who reads the register itself."""
        roles = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
        return self.filter(within("regency", people.territories(user, *roles)))


class TieRegister(models.Model):
    """The register of a period, as it was printed: the paper hangs on this row, so its readers are the register's."""

    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    since = models.DateField("dari")
    until = models.DateField("sampai")
    drawn_at = models.DateTimeField("dicetak", default=timezone.now)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="oleh")

    objects = TieRegisterQuerySet.as_manager()

    class Meta:
        verbose_name = "cetakan register benturan kepentingan"
        verbose_name_plural = "cetakan register benturan kepentingan"
        constraints = (
            models.CheckConstraint(
                name="tie_register_ends_after_start",
                condition=Q(until__gte=F("since")),
                violation_error_message="Tanggal akhir harus setelah tanggal awal.",
            ),
        )

    def draw(self, *, by: Any) -> None:
        """Keep who asked for it."""
        self.drawn_by = by
        self.full_clean()
        self.save(force_insert=True)

    def __str__(self) -> str:
        return f"Register Benturan Kepentingan {self.regency.name}"
