from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models.membership import SINGLE_ROLES, VILLAGE_ROLES, Membership, Role
from accounts.models.office import VillageOffice, office_above
from core.clock import today
from core.fields import EncryptedTextField
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within


class VillageAccessQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own request; the regency's office sees those of its villages."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user) | within("village", people.territories(user, Role.REGENCY_OFFICE)))

    def waiting_for(self, user: Any) -> Self:
        """The office has to verify; the person has to mend."""
        offices = Q(state="submitted") & within("village", people.territories(user, Role.REGENCY_OFFICE))
        return self.visible_to(user).filter(offices | Q(state="returned", user=user))


class VillageAccess(Document):
    """Someone says: I work for this village, here is my letter. Rights begin when the regency agrees."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu Verifikasi"
        RETURNED = "returned", "Perlu Perbaikan"
        VERIFIED = "verified", "Terverifikasi"
        REJECTED = "rejected", "Ditolak"
        WITHDRAWN = "withdrawn", "Dibatalkan"

    MOVES = moves(
        Move("verify", ("submitted",), "verified", "Verifikasi", "Diverifikasi"),
        Move("give_back", ("submitted",), "returned", "Kembalikan untuk Perbaikan", "Dikembalikan", tone="secondary"),
        Move("reject", ("submitted",), "rejected", "Tolak", "Ditolak", tone="danger"),
        Move("resubmit", ("returned",), "submitted", "Perbaiki dan Kirim Ulang", "Dikirim ulang"),
        Move(
            "withdraw",
            ("submitted", "returned"),
            "withdrawn",
            "Batalkan Permohonan",
            "Dibatalkan",
            tone="quiet",
            confirm="Permohonan ini tidak akan diperiksa lagi. Anda dapat mengajukan yang baru kapan saja.",
        ),
    )
    TONES = {"submitted": "wait", "returned": "warn", "verified": "good", "rejected": "bad", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.SUBMITTED, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="village_accesses")
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    role = models.CharField(
        "peran di desa", max_length=20, choices=[(role.value, role.label) for role in VILLAGE_ROLES]
    )
    position = models.CharField("jabatan pada surat", max_length=100, blank=True)
    phone = EncryptedTextField("nomor HP/WhatsApp", max_length=20)
    letter_number = models.CharField("nomor surat tugas atau SK", max_length=100)
    letter_date = models.DateField("tanggal surat")
    letter = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="surat tugas atau SK", related_name="+")
    reason = models.TextField("alasan", blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = VillageAccessQuerySet.as_manager()

    class Meta:
        verbose_name = "permohonan akun desa"
        verbose_name_plural = "permohonan akun desa"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "village", "role"],
                condition=Q(state__in=["submitted", "returned"]),
                name="village_access_open_once",
                violation_error_message="Permohonan untuk desa dan peran ini sudah ada dan masih berjalan.",
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("village-access", args=[self.code])

    WHOSE = ("user",)

    @property
    def whose(self) -> str:
        """For the log of who opened its letter."""
        return str(self.user)

    @property
    def status_sentence(self) -> str:
        """What is going on, in the applicant's words."""
        return {
            "submitted": f"Menunggu verifikasi {self.office_name}.",
            "returned": f"Perlu perbaikan: {self.reason}",
            "verified": f"Akses terverifikasi sebagai {self.get_role_display()}, {self.village.label}.",
            "rejected": f"Permohonan ditolak: {self.reason}",
            "withdrawn": "Permohonan dibatalkan oleh pemohon.",
        }[self.state]

    @property
    def office_name(self) -> str:
        """Who decides: the Dinas PMD of the village's kabupaten or kota."""
        return office_above(self.village)

    @property
    def waiting_since(self) -> datetime.datetime:
        return self.state_since

    def incumbents(self) -> models.QuerySet[Membership]:
        """Who holds the office, or is to hold it, that this person asks for, where only one can."""
        if self.role not in SINGLE_ROLES:
            return Membership.objects.none()
        held = Membership.objects.from_day(today()).holding(self.role).at(self.village_id)
        return held.exclude(user=self.user_id).select_related("user", "area")

    # --- who may ----------------------------------------------------------------------------------
    def _office(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.village_id)
        if not membership:
            return Denied("Hanya Dinas PMD kabupaten/kota desa ini yang dapat memutuskan permohonan.")
        if user.pk == self.user_id:
            return Denied("Permohonan sendiri diputuskan oleh rekan lain.")
        return Allowed(membership)

    may_verify = may_give_back = may_reject = _office

    def may_resubmit(self, user: Any) -> Verdict:
        own = user is not None and user.pk == self.user_id
        return Allowed() if own else Denied("Hanya pemohon yang dapat memperbaiki permohonan ini.")

    def may_withdraw(self, user: Any) -> Verdict:
        own = user is not None and user.pk == self.user_id
        return Allowed() if own else Denied("Hanya pemohon yang dapat membatalkan permohonan ini.")

    # --- what they do -------------------------------------------------------------------------------
    def request(self, *, by: Any) -> None:
        """A person asks for access: letter in hand, no rights yet."""
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        held = Membership.objects.current().filter(user=by, role=self.role, area=self.village)
        refuse_unless(not held.exists(), "Anda sudah memegang peran ini di desa tersebut.")
        self.user = by
        born(self, by=by, verdict=Allowed())
        self.letter.hold(self)

    def verify(self, *, by: Any, replace: bool = False) -> None:
        """The letter is right: the person's membership begins today, and the village's office exists.

        Where one person holds the office, the one before must have ended, or ends now with `replace`.
        """
        with moving(self, "verify", by=by):
            verdict = self.may_verify(by)
            self.decided_at, self.decided_by, self.reason = timezone.now(), by, ""
            VillageOffice.objects.get_or_create(area=self.village)
            VillageOffice.objects.select_for_update().get(area=self.village)  # two heads verified at once
            for incumbent in self.incumbents():
                refuse_unless(
                    replace,
                    f"{incumbent.user} masih tercatat sebagai {incumbent.title}. "
                    "Centang penggantian, atau akhiri keanggotaannya dahulu.",
                )
                incumbent.end(by=by, reason=f"Digantikan oleh {self.user}.", verdict=verdict)
            Membership(
                user=self.user,
                role=self.role,
                area=self.village,
                position=self.position,
                basis=f"{self.letter_number} tanggal {self.letter_date:%d/%m/%Y}",
                starts_on=today(),
            ).appoint(by=by, verdict=verdict)

    def give_back(self, *, by: Any, reason: str) -> None:
        """Something is missing or wrong; the person mends it."""
        with moving(self, "give_back", by=by, note=reason):
            self.reason = reason

    def reject(self, *, by: Any, reason: str) -> None:
        """This person does not act for this village."""
        with moving(self, "reject", by=by, note=reason):
            self.decided_at, self.decided_by, self.reason = timezone.now(), by, reason

    def resubmit(self, *, by: Any, letter: StoredFile | None = None, **mended: Any) -> None:
        """The mended request (`role, position, phone, letter_number, letter_date`); a new letter replaces the
        old one, which stays stored."""
        with moving(self, "resubmit", by=by):
            for name in self.MENDABLE & mended.keys():
                setattr(self, name, mended[name])
            if letter is not None:
                letter.hold(self)
                self.letter = letter

    MENDABLE = frozenset({"role", "position", "phone", "letter_number", "letter_date"})

    def withdraw(self, *, by: Any) -> None:
        """A wrong village, or no longer needed."""
        with moving(self, "withdraw", by=by):
            self.decided_at, self.decided_by = timezone.now(), by
