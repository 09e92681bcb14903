"""Who follows whom in a village's office: Pj., Plt., a new term. The old rights end the day before the new begin."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models.membership import SINGLE_ROLES, VILLAGE_ROLES, Membership, Role
from accounts.models.office import VillageOffice, office_above
from core.clock import today
from core.models import Document, StoredFile
from core.validators import validate_single_line
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within

DAY = datetime.timedelta(days=1)
# The head's own staff. The head comes from the regency, the BPD from the people.
STAFF_ROLES = tuple(role for role in VILLAGE_ROLES if role not in (Role.VILLAGE_HEAD, Role.BPD))


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def visible_to(self, user: Any) -> Self:
        """The regency's office, the village's head and secretary, and the persons concerned."""
        if not user.is_authenticated:
            return self.none()
        offices = within(
            "village", people.territories(user, Role.REGENCY_OFFICE, Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY)
        )
        return self.filter(offices | Q(proposed_by=user) | Q(successor=user) | Q(predecessor__user=user))

    def waiting_for(self, user: Any) -> Self:
        """What a village head proposed, for the regency's office."""
        offices = within("village", people.territories(user, Role.REGENCY_OFFICE))
        return self.filter(offices, state="submitted").exclude(successor=user.pk)


class Succession(Document):
    """One official follows another in a village, by a letter, from a day on."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu Verifikasi"
        VERIFIED = "verified", "Tercatat"
        REJECTED = "rejected", "Ditolak"
        WITHDRAWN = "withdrawn", "Dibatalkan"

    class Kind(models.TextChoices):
        DEFINITIVE = "definitive", "Pejabat definitif (terpilih, diangkat, atau masa jabatan baru)"
        PJ = "pj", "Penjabat (Pj.)"
        PLT = "plt", "Pelaksana Tugas (Plt.)"
        PLH = "plh", "Pelaksana Harian (Plh.)"

    PREFIXES = {"definitive": "", "pj": "Pj. ", "plt": "Plt. ", "plh": "Plh. "}

    MOVES = moves(
        Move("verify", ("submitted",), "verified", "Verifikasi Pergantian", "Dicatat"),
        Move("reject", ("submitted",), "rejected", "Tolak Pergantian", "Ditolak", tone="danger"),
        Move("withdraw", ("submitted",), "withdrawn", "Batalkan Usulan", "Dibatalkan", tone="quiet",
             confirm="Usulan ini tidak diperiksa lagi. Tidak ada hak yang berubah."),
    )  # fmt: skip
    TONES = {"submitted": "wait", "verified": "good", "rejected": "bad", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.SUBMITTED, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    role = models.CharField("peran", max_length=20, choices=[(role.value, role.label) for role in VILLAGE_ROLES])
    predecessor = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, verbose_name="pejabat lama", related_name="+"
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="pejabat baru", related_name="+"
    )
    kind = models.CharField("sebagai", max_length=12, choices=Kind.choices)
    position = models.CharField("jabatan pada surat", max_length=100, validators=[validate_single_line])
    letter_number = models.CharField("nomor SK", max_length=100, validators=[validate_single_line])
    letter_date = models.DateField("tanggal SK")
    letter = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="SK", related_name="+")
    starts_on = models.DateField("mulai bertugas")
    ends_on = models.DateField("bertugas sampai", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    reason = models.TextField("alasan", blank=True, editable=False)
    decided_at = models.DateTimeField("diputuskan", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    membership = models.OneToOneField(Membership, models.PROTECT, null=True, editable=False, related_name="succession")

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = "pergantian pejabat desa"
        verbose_name_plural = "pergantian pejabat desa"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["village", "role", "successor"],
                condition=Q(state="submitted"),
                name="succession_open_once",
                violation_error_message="Usulan untuk orang dan jabatan ini sudah ada dan masih menunggu.",
            ),
            models.CheckConstraint(
                name="succession_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
            models.CheckConstraint(
                name="succession_verified_gives_a_membership",
                condition=Q(state="verified", membership__isnull=False, decided_at__isnull=False)
                | (~Q(state="verified") & Q(membership__isnull=True)),
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("village-succession", args=[self.code])

    def clean(self) -> None:
        held = self.predecessor
        if held and (held.area_id != self.village_id or held.role != self.role):
            raise ValidationError({"predecessor": "Pejabat lama harus memegang jabatan ini di desa ini."})

    @property
    def basis(self) -> str:
        """The letter, as the register prints it."""
        return f"{self.letter_number} tanggal {self.letter_date:%d/%m/%Y}"

    @property
    def status_sentence(self) -> str:
        """What is going on, in the village's words."""
        return {
            "submitted": f"{self.successor} sebagai {self.position} menunggu verifikasi {office_above(self.village)}.",
            "verified": f"{self.successor} tercatat sebagai {self.position} mulai {self.starts_on:%d/%m/%Y}.",
            "rejected": f"Usulan ditolak: {self.reason}",
            "withdrawn": "Usulan dibatalkan.",
        }[self.state]

    def leaving(self) -> models.QuerySet[Membership]:
        """Whose membership has to end for this one to begin."""
        rows = Membership.objects.from_day(self.starts_on, self.ends_on).holding(self.role).at(self.village_id)
        if self.role not in SINGLE_ROLES:
            rows = rows.filter(pk=self.predecessor_id)
        return rows.select_related("user", "area").order_by("starts_on")

    # --- who may ----------------------------------------------------------------------------------
    def may_propose(self, user: Any) -> Verdict:
        """The regency's office for anybody; the village's head for the staff."""
        office = people.acting(user, Role.REGENCY_OFFICE, at=self.village_id)
        if office:
            return Allowed(office)
        head = people.acting(user, Role.VILLAGE_HEAD, at=self.village_id)
        if head and self.role in STAFF_ROLES:
            return Allowed(head)
        if head:
            return Denied("Pergantian kepala desa dan BPD dicatat oleh Dinas PMD.")
        return Denied("Pergantian pejabat dicatat oleh Dinas PMD, atau diusulkan kepala desa untuk perangkatnya.")

    def _office(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.village_id)
        if membership is None:
            return Denied("Hanya Dinas PMD kabupaten/kota desa ini yang memutuskan pergantian.")
        if user.pk == self.successor_id:
            return Denied("Pengangkatan sendiri diputuskan oleh rekan lain.")
        return Allowed(membership)

    may_verify = may_reject = _office

    def may_withdraw(self, user: Any) -> Verdict:
        own = user is not None and user.pk == self.proposed_by_id
        return (
            Allowed(self.may_propose(user).membership) if own else Denied("Hanya pengusul yang dapat membatalkannya.")
        )

    # --- what they do -------------------------------------------------------------------------------
    def propose(self, *, by: Any) -> None:
        """Say who follows whom. What the office states itself is recorded at once; the head's waits for the office."""
        verdict = self.may_propose(by)
        with transaction.atomic():
            self._lock_office()
            self.position = self.position or f"{self.PREFIXES[self.kind]}{self.get_role_display()}"
            self.proposed_by = by
            born(self, by=by, verdict=verdict)
            self.letter.hold(self)
            if verdict.membership.role == Role.REGENCY_OFFICE:
                self.verify(by=by)

    def _lock_office(self) -> None:
        """Whoever changes a village's officials waits for who does so now."""
        VillageOffice.objects.get_or_create(area=self.village)
        VillageOffice.objects.select_for_update().get(area=self.village)

    def verify(self, *, by: Any) -> None:
        """The old one's rights end the day before, the new one's begin that day: also when that lies ahead."""
        with moving(self, "verify", by=by) as facts:
            verdict = self.may_verify(by)
            self._lock_office()
            for held in self.leaving():
                refuse_unless(
                    held.starts_on <= self.starts_on,
                    f"{held.user} sudah tercatat sebagai {held.title} mulai {held.starts_on:%d/%m/%Y}. "
                    "Akhiri peran itu dahulu, atau isi hari terakhir sebelum tanggal tersebut.",
                )
                reason = f"Digantikan oleh {self.successor}, {self.basis}."
                held.end(by=by, reason=reason, last_day=self.starts_on - DAY, verdict=verdict)
                facts.setdefault("ended", []).append(str(held.code))
            begins = Membership(
                user=self.successor,
                role=self.role,
                area=self.village,
                position=self.position,
                basis=self.basis[:150],
                starts_on=self.starts_on,
                ends_on=self.ends_on,
            )
            begins.appoint(by=by, verdict=verdict)
            self.membership = begins
            self.decided_at, self.decided_by = timezone.now(), by

    def reject(self, *, by: Any, reason: str) -> None:
        """The letter does not say so. Nobody's rights change."""
        with moving(self, "reject", by=by, note=reason):
            self.decided_at, self.decided_by, self.reason = timezone.now(), by, reason

    def withdraw(self, *, by: Any) -> None:
        """The head thinks again before the office has decided."""
        with moving(self, "withdraw", by=by):
            self.decided_at, self.decided_by = timezone.now(), by

    @property
    def is_ahead(self) -> bool:
        """Recorded, and not begun yet."""
        return self.state == self.State.VERIFIED and self.starts_on > today()
