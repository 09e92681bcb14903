"""A village's NPWP and its rekening kas desa: proposed by the village, in force once the regency has verified them."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from accounts.models.office import VillageOffice, office_above
from accounts.models.provider import Provider
from core.fields import BlindIndexField, EncryptedTextField, blind_indexes
from core.models import Document, StoredFile
from core.validators import validate_bank_account, validate_npwp, validate_single_line
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within

PROPOSERS = (Role.VILLAGE_OPERATOR, Role.VILLAGE_TREASURER, Role.VILLAGE_HEAD)
READERS = (*PROPOSERS, Role.VILLAGE_SECRETARY)
OPEN_STATES = ("submitted", "returned")
LIVE_STATES = (*OPEN_STATES, "verified")


class VillageDataQuerySet(models.QuerySet["VillageData"]):
    def visible_to(self, user: Any) -> Self:
        """The village's people who answer for its money and papers, and the regency's office."""
        return self.filter(within("village", people.territories(user, *READERS, Role.REGENCY_OFFICE)))

    def waiting_for(self, user: Any) -> Self:
        """The office has to verify; the village has to mend."""
        offices = Q(state="submitted") & within("village", people.territories(user, Role.REGENCY_OFFICE))
        village = Q(state="returned") & within("village", people.territories(user, *PROPOSERS))
        return self.filter(offices | village)

    def in_force(self, village: str) -> VillageData | None:
        """What payments of this village may stand on today."""
        return self.filter(village_id=village, state="verified").first()

    def live(self) -> Self:
        """Proposed or in force; not what was replaced or taken back."""
        return self.filter(state__in=LIVE_STATES)


class VillageData(Document):
    """NPWP and bank account of a desa, with proof. A change needs a new verification; until then the old one holds."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu Verifikasi"
        RETURNED = "returned", "Perlu Perbaikan"
        VERIFIED = "verified", "Terverifikasi"
        REPLACED = "replaced", "Sudah Diganti"
        WITHDRAWN = "withdrawn", "Dibatalkan"

    MOVES = moves(
        Move("verify", ("submitted",), "verified", "Verifikasi Data", "Diverifikasi"),
        Move("give_back", ("submitted",), "returned", "Kembalikan untuk Perbaikan", "Dikembalikan", tone="secondary"),
        Move("resubmit", ("returned",), "submitted", "Perbaiki dan Kirim Ulang", "Dikirim ulang"),
        Move(
            "withdraw",
            OPEN_STATES,
            "withdrawn",
            "Batalkan Pengajuan",
            "Dibatalkan",
            tone="quiet",
            confirm="Pengajuan ini tidak diperiksa lagi. Data yang sudah terverifikasi tetap berlaku.",
        ),
        Move("replace", ("verified",), "replaced", "Ganti", "Diganti", inner=True),
    )
    TONES = {"submitted": "wait", "returned": "warn", "verified": "good", "replaced": "neutral", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.SUBMITTED, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    npwp = EncryptedTextField("NPWP desa", max_length=16, validators=[validate_npwp])
    npwp_index = BlindIndexField(source="npwp", purpose="npwp")
    bank = models.CharField("nama bank", max_length=80, validators=[validate_single_line])
    account_number = EncryptedTextField("nomor rekening kas desa", max_length=20, validators=[validate_bank_account])
    account_index = BlindIndexField(source="account_number", purpose="account")
    account_holder = models.CharField("rekening atas nama", max_length=150, validators=[validate_single_line])
    passbook = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="buku rekening", related_name="+")
    npwp_card = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="kartu NPWP", related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    reason = models.TextField("yang perlu diperbaiki", blank=True, editable=False)
    decided_at = models.DateTimeField("diverifikasi", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = VillageDataQuerySet.as_manager()

    class Meta:
        verbose_name = "data desa"
        verbose_name_plural = "data desa"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["village"],
                condition=Q(state__in=OPEN_STATES),
                name="village_data_open_once",
                violation_error_message="Desa ini sudah mempunyai pengajuan data yang belum selesai.",
            ),
            models.UniqueConstraint(
                fields=["village"],
                condition=Q(state="verified"),
                name="village_data_in_force_once",
                violation_error_message="Data desa ini sudah diverifikasi.",
            ),
            models.CheckConstraint(
                name="village_data_verified_by_somebody",
                condition=Q(state__in=["verified", "replaced"], decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=["verified", "replaced"]) & Q(decided_at__isnull=True, decided_by__isnull=True)),
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("village-data", args=[self.code])

    WHOSE = ("village",)

    @property
    def whose(self) -> str:
        """For the log of who opened its proofs."""
        return str(self.village.label)

    @property
    def status_sentence(self) -> str:
        """What is going on, in the village's words."""
        return {
            "submitted": f"NPWP dan rekening kas desa menunggu verifikasi {office_above(self.village)}.",
            "returned": f"Perlu perbaikan: {self.reason}",
            "verified": "NPWP dan rekening kas desa terverifikasi.",
            "replaced": "Sudah diganti dengan data yang lebih baru.",
            "withdrawn": "Pengajuan dibatalkan oleh desa.",
        }[self.state]

    def doubts(self) -> list[str]:
        """What the office should look at twice: the same number elsewhere, an account in another's name."""
        return [*self._same_account(), *self._same_npwp(), *self._strange_holder()]

    def _same_account(self) -> list[str]:
        same = Q(account_index__in=blind_indexes(self.account_number, "account"))
        return [f"Nomor rekening ini juga dipakai {name}." for name in self._others(same)]

    def _same_npwp(self) -> list[str]:
        # 15 digits are the old form of a body's 16, which begin with 0 (PMK 112/2022).
        forms = {self.npwp, self.npwp.removeprefix("0")} if len(self.npwp) == 16 else {self.npwp, f"0{self.npwp}"}
        same = Q(npwp_index__in=[index for form in forms for index in blind_indexes(form, "npwp")])
        return [f"NPWP ini juga dipakai {name}." for name in self._others(same)]

    def _others(self, same: Q) -> list[str]:
        villages = VillageData.objects.live().filter(same).exclude(village=self.village_id).select_related("village")
        return [
            *sorted({data.village.full_name for data in villages}),
            *(
                f"penyedia {name}"
                for name in Provider.objects.filter(same).order_by("name").values_list("name", flat=True)
            ),
        ]

    def _strange_holder(self) -> list[str]:
        holder = self.account_holder.lower()
        if self.village.name.lower() in holder or "desa" in holder.split():
            return []
        return [f"Rekening atas nama “{self.account_holder}” tidak memuat nama desa."]

    # --- who may ----------------------------------------------------------------------------------
    def _village(self, user: Any) -> Verdict:
        membership = people.acting(user, *PROPOSERS, at=self.village_id)
        if membership is None:
            return Denied("Hanya operator, kaur keuangan, atau kepala desa ini yang mengajukan data desa.")
        return Allowed(membership)

    may_propose = may_resubmit = may_withdraw = _village

    def _office(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.village_id)
        if membership is None:
            return Denied("Hanya Dinas PMD kabupaten/kota desa ini yang memeriksa data desa.")
        if user.pk == self.proposed_by_id:
            return Denied("Pengajuan sendiri diperiksa oleh rekan lain.")
        return Allowed(membership)

    may_verify = may_give_back = _office

    def may_replace(self, user: Any) -> Verdict:
        """Whoever verifies the newer one."""
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.village_id)
        return Allowed(membership) if membership else Denied("Data diganti dengan memverifikasi data yang baru.")

    # --- what they do -------------------------------------------------------------------------------
    def propose(self, *, by: Any) -> None:
        """The village states its numbers, proof in hand. What is in force stays until these are verified."""
        with transaction.atomic():
            office = VillageOffice.objects.select_for_update().filter(area=self.village_id).first()  # two at once
            refuse_unless(office, "Desa ini belum terdaftar di sini.")
            self.proposed_by = by
            self._in_new_form()
            born(self, by=by, verdict=self.may_propose(by))
            self.passbook.hold(self)
            self.npwp_card.hold(self)

    def _in_new_form(self) -> None:
        """A village is a body: its old NPWP of 15 digits is the new one without the 0 in front."""
        if len(self.npwp) == 15:
            self.npwp = f"0{self.npwp}"

    def verify(self, *, by: Any, code_confirmed: bool = False, doubts_checked: bool = False) -> None:
        """The papers fit, and so does the village's code: from now on these numbers are in force."""
        with moving(self, "verify", by=by) as facts:
            refuse_unless(code_confirmed, f"Pastikan dahulu kode Kemendagri {self.village_id} benar untuk desa ini.")
            doubts = self.doubts()
            refuse_unless(doubts_checked or not doubts, "Ada yang perlu diperiksa dahulu: " + " ".join(doubts))
            for older in VillageData.objects.filter(village=self.village_id, state="verified"):
                older.replace(by=by, successor=self)
            self.decided_at, self.decided_by, self.reason = timezone.now(), by, ""
            facts |= {"code": self.village_id, "doubts": doubts}

    def replace(self, *, by: Any, successor: VillageData) -> None:
        """Newer numbers were verified; these stay for whoever asks what was in force then."""
        with moving(self, "replace", by=by) as facts:
            facts["successor"] = str(successor.code)

    def give_back(self, *, by: Any, reason: str) -> None:
        """Something is missing or does not fit; the village mends it."""
        with moving(self, "give_back", by=by, note=reason):
            self.reason = reason

    MENDABLE = frozenset({"npwp", "bank", "account_number", "account_holder"})

    def resubmit(
        self, *, by: Any, passbook: StoredFile | None = None, npwp_card: StoredFile | None = None, **mended: str
    ) -> None:
        """The mended numbers; a new scan replaces the old one, which stays stored."""
        with moving(self, "resubmit", by=by):
            for name in self.MENDABLE & mended.keys():
                setattr(self, name, mended[name])
            self._in_new_form()
            self.proposed_by = by
            if passbook is not None:
                passbook.hold(self)
                self.passbook = passbook
            if npwp_card is not None:
                npwp_card.hold(self)
                self.npwp_card = npwp_card

    def withdraw(self, *, by: Any) -> None:
        """A wrong number, or no longer needed."""
        with moving(self, "withdraw", by=by):
            pass
