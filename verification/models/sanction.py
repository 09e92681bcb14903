"""What a regency's Pokja imposes on a listed provider: a warning, a freeze, or the blacklist.

Whether a sanction is in force is a question of dates, asked at the moment of use: no worker switches it on or off.
"""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from core.clock import today
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within
from verification.models.declaration import Declaration
from verification.models.rule import VerificationRule

# Imposed, whatever became of it since; the dates say whether it is in force.
IMPOSED = ("imposed", "contested", "upheld", "lifted")
STANDING_FIRM = ("imposed", "contested", "upheld")
BARRING = ("freeze", "blacklist")


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, on: datetime.date | None = None) -> Self:
        """Imposed, begun, not past the last day (which counts), and not lifted by that day."""
        on = on or today()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=on),
            Q(lifted_on=None) | Q(lifted_on__gt=on),
            state__in=IMPOSED,
            starts_on__lte=on,
        )

    def barring(self, on: datetime.date | None = None) -> Self:
        """Of those, what keeps a provider out of the directory: warnings do not."""
        return self.in_force(on).filter(kind__in=BARRING)

    def visible_to(self, user: Any) -> Self:
        """The provider's own, once imposed; its regency's Pokja and offices; what holds nationally, every desk."""
        desk = people.territories(user, *POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        nation = Q(scope="nation") if desk else Q(pk__in=[])
        own = Q(provider__in=people.providers(user), state__in=IMPOSED)
        return self.filter(own | within("regency", desk) | nation)

    def waiting_for(self, user: Any) -> Self:
        """Proposals for the chair, objections for who decides them; for the provider, while it may object."""
        own, user_id = people.providers(user), getattr(user, "pk", None)
        chair = within("regency", people.territories(user, Role.POKJA_CHAIR))
        deciders = within("regency", people.territories(user, Role.POKJA_CHAIR, Role.REGENCY_OFFICE))
        nation = Q(scope="nation") if people.holds(user, Role.MINISTRY) else Q(pk__in=[])
        contested = Q(state="contested") & ~Q(imposed_by=user_id) & ~Q(proposed_by=user_id)
        desk = (chair & Q(state="proposed") & ~Q(proposed_by=user_id)) | (
            contested & ((deciders & Q(scope="regency")) | nation)
        )
        mine = Q(provider__in=own, state="imposed", objection_until__gte=today())
        return self.visible_to(user).filter((desk & ~Q(provider__in=own)) | mine)


class Sanction(Document):
    """One provider, one violation: proposed by a member, imposed by the chair, open to one objection."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Diusulkan"
        DROPPED = "dropped", "Usulan Dibatalkan"
        IMPOSED = "imposed", "Dijatuhkan"
        CONTESTED = "contested", "Disanggah"
        UPHELD = "upheld", "Dikuatkan"
        LIFTED = "lifted", "Dicabut"

    class Kind(models.TextChoices):
        WARNING = "warning", "Teguran"
        FREEZE = "freeze", "Pembekuan"
        BLACKLIST = "blacklist", "Daftar hitam"

    class Scope(models.TextChoices):
        REGENCY = "regency", "Kabupaten/kota ini"
        NATION = "nation", "Nasional"

    MOVES = moves(
        Move("impose", ("proposed",), "imposed", "Jatuhkan Sanksi", "Sanksi dijatuhkan", tone="danger",
             confirm="Sanksi berlaku sejak hari pertamanya, di pencarian, undangan, dan pembelian sekaligus."),
        Move("drop", ("proposed",), "dropped", "Batalkan Usulan", "Usulan dibatalkan", tone="quiet"),
        Move("object", ("imposed",), "contested", "Ajukan Sanggahan", "Sanggahan diajukan"),
        Move("uphold", ("contested",), "upheld", "Kuatkan Sanksi", "Sanggahan tidak diterima", tone="danger"),
        Move("grant", ("contested",), "lifted", "Terima Sanggahan", "Sanggahan diterima, sanksi dicabut"),
        Move("widen", STANDING_FIRM, None, "Berlakukan Secara Nasional", "Diberlakukan secara nasional",
             tone="danger"),
        Move("lift", ("imposed", "upheld"), "lifted", "Cabut Sanksi", "Sanksi dicabut", tone="secondary"),
    )  # fmt: skip
    TONES = {
        "proposed": "wait",
        "dropped": "neutral",
        "imposed": "bad",
        "contested": "warn",
        "upheld": "bad",
        "lifted": "good",
    }
    PROVIDER_VERBS = ("object",)

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.PROPOSED, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="sanctions", verbose_name="penyedia")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    kind = models.CharField("jenis", max_length=10, choices=Kind.choices)
    scope = models.CharField(
        "ruang lingkup", max_length=8, choices=Scope.choices, default=Scope.REGENCY, editable=False
    )
    violation = models.TextField("pelanggaran", max_length=2000)
    basis_number = models.CharField("nomor berita acara atau surat", max_length=100)
    basis_date = models.DateField("tanggalnya")
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bukti"
    )
    starts_on = models.DateField("mulai")
    ends_on = models.DateField("sampai", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    imposed_at = models.DateTimeField("dijatuhkan", null=True, editable=False)
    objection_until = models.DateField("batas sanggah", null=True, editable=False)
    objection = models.TextField("sanggahan", blank=True, editable=False)
    objection_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="lampiran sanggahan"
    )
    objected_at = models.DateTimeField("disanggah", null=True, editable=False)
    answer = models.TextField("putusan atas sanggahan", blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    answered_at = models.DateTimeField("sanggahan diputus", null=True, editable=False)
    widened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    lifted_on = models.DateField("dicabut", null=True, editable=False, help_text="Hari pertama tidak lagi berlaku.")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    lift_reason = models.TextField("alasan pencabutan", blank=True, editable=False)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = "sanksi penyedia"
        verbose_name_plural = "sanksi penyedia"
        ordering = ("-pk",)
        indexes = (
            # What `barring` asks of every listing in the catalogue.
            models.Index(
                fields=["provider", "regency", "starts_on"],
                name="sanction_barring",
                condition=Q(state__in=IMPOSED, kind__in=BARRING),
            ),
            models.Index(fields=["regency", "state"], name="sanction_desk"),
        )
        constraints = (
            models.CheckConstraint(
                name="sanction_barring_has_an_end",
                condition=Q(kind="warning") | Q(ends_on__isnull=False),
                violation_error_message="Pembekuan dan daftar hitam harus mempunyai hari terakhir.",
            ),
            models.CheckConstraint(
                name="sanction_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="Hari terakhir harus setelah hari pertama.",
            ),
            models.CheckConstraint(
                name="sanction_imposed_is_signed",
                condition=~Q(state__in=IMPOSED)
                | Q(imposed_by__isnull=False, imposed_at__isnull=False, objection_until__isnull=False),
            ),
            models.CheckConstraint(
                name="sanction_imposed_by_another", condition=Q(imposed_by=None) | ~Q(imposed_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="sanction_contested_has_words",
                condition=Q(objected_at=None, objection="") | Q(objected_at__isnull=False) & ~Q(objection=""),
            ),
            models.CheckConstraint(
                name="sanction_answered_by_another",
                condition=Q(answered_by=None) | Q(answered_at__isnull=False) & ~Q(answered_by=F("imposed_by")),
            ),
            models.CheckConstraint(
                name="sanction_lifted_has_reason",
                condition=Q(lifted_on=None) & ~Q(state="lifted")
                | Q(state="lifted", lifted_on__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
            ),
            models.CheckConstraint(
                name="sanction_nation_by_ministry", condition=Q(scope="regency") | Q(widened_by__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["provider", "regency", "kind"],
                condition=Q(state="proposed"),
                name="sanction_proposed_once",
                violation_error_message="Sanksi sejenis untuk penyedia ini sudah diusulkan.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.provider}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("sanction", args=[self.code])

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        address = "sanction-move" if verb in self.PROVIDER_VERBS else "admin:verification_sanction_move"
        return reverse(address, args=[self.code, self.MOVES[verb].slug])

    # --- what it says -------------------------------------------------------------------------------
    def bars(self, regency: str, on: datetime.date) -> bool:
        """The same rule as `barring(on)`, for this row and this regency."""
        return (
            self.kind in BARRING
            and self.is_in_force(on)
            and (self.scope == self.Scope.NATION or self.regency_id == regency)
        )

    def is_in_force(self, on: datetime.date | None = None) -> bool:
        """The same rule as `in_force(on)`."""
        on = on or today()
        begun = self.state in IMPOSED and self.starts_on <= on
        return (
            begun and (self.ends_on is None or self.ends_on >= on) and (self.lifted_on is None or self.lifted_on > on)
        )

    @property
    def where(self) -> str:
        """How far it reaches."""
        return "secara nasional" if self.scope == self.Scope.NATION else f"di {self.regency.name}"

    @property
    def period(self) -> str:
        """Its days, as a person says them."""
        begins = f"mulai {self.starts_on:%d/%m/%Y}"
        return f"{begins} sampai {self.ends_on:%d/%m/%Y}" if self.ends_on else begins

    @property
    def is_over(self) -> bool:
        """Its last day has passed; nothing had to be done for that."""
        return self.state in STANDING_FIRM and self.ends_on is not None and self.ends_on < today()

    @property
    def state_tone(self) -> str:
        return "neutral" if self.is_over else self.TONES[self.state]

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """The chip's words; past its last day it is over, whatever the row says."""
        return "Berakhir" if self.is_over else str(self.State(self.state).label)

    @property
    def status_sentence(self) -> str:
        what = f"{self.get_kind_display()} {self.where}"
        if self.is_over:
            return f"{what} berakhir {self.ends_on:%d/%m/%Y}."
        return {
            "proposed": f"{what} diusulkan dan menunggu keputusan Ketua Pokja.",
            "dropped": f"{what} tidak jadi dijatuhkan.",
            "imposed": f"{what} berlaku {self.period}.",
            "contested": f"{what} berlaku {self.period}; sanggahan penyedia menunggu diputuskan.",
            "upheld": f"{what} berlaku {self.period}; sanggahan tidak diterima.",
            "lifted": f"{what} dicabut sejak {self.lifted_on or today():%d/%m/%Y}.",
        }[self.state]

    # --- who may ------------------------------------------------------------------------------------
    def _seat(self, user: Any, *roles: str) -> Verdict:
        """One of these in this regency, without a tie to the provider."""
        membership = people.acting(user, *roles, at=self.regency_id)
        if not membership:
            names = " atau ".join(str(Role(role).label) for role in roles)
            return Denied(f"Hanya {names} di {self.regency.name} yang dapat melakukannya.")
        tie = Declaration.objects.tie(user, self.provider_id)
        return Denied(f"Benturan kepentingan: {tie}. Sanksi ditangani orang lain.") if tie else Allowed(membership)

    def may_create(self, user: Any) -> Verdict:
        """A member of the Pokja, against a provider that is or was in its directory."""
        verdict = self._seat(user, *POKJA_ROLES)
        if verdict and not self.provider.standings.filter(regency=self.regency_id).exists():
            return Denied(f"{self.provider} tidak tercatat di direktori {self.regency.name}.")
        return verdict

    def may_impose(self, user: Any) -> Verdict:
        """Four eyes: the chair, and not who proposed."""
        verdict = self._seat(user, Role.POKJA_CHAIR)
        if verdict and self.proposed_by_id == user.pk:
            return Denied("Anda yang mengusulkan sanksi ini; keputusan diambil oleh orang lain.")
        return verdict

    def may_drop(self, user: Any) -> Verdict:
        """The chair; and who proposed it."""
        seat = self._seat(user, *POKJA_ROLES)
        return seat if seat and self.proposed_by_id == user.pk else self._seat(user, Role.POKJA_CHAIR)

    def may_object(self, user: Any) -> Verdict:
        """The provider's people, until the last day, which never moves."""
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        if not membership:
            return Denied("Hanya penyedia yang dikenai sanksi yang dapat menyanggah.")
        if self.objection_until and self.objection_until < today():
            return Denied(f"Batas waktu sanggah sudah lewat pada {self.objection_until:%d/%m/%Y}.")
        return Allowed(membership)

    def _deciders(self, user: Any) -> Verdict:
        """Chair or office of the regency; the ministry once it holds nationally."""
        if self.scope == self.Scope.NATION:
            return self._seat(user, Role.MINISTRY)
        return self._seat(user, Role.POKJA_CHAIR, Role.REGENCY_OFFICE)

    def _answers(self, user: Any) -> Verdict:
        """The same, but neither who proposed nor who imposed it."""
        verdict = self._deciders(user)
        if verdict and user.pk in (self.imposed_by_id, self.proposed_by_id):
            return Denied("Sanggahan diputuskan oleh orang lain daripada yang mengusulkan atau menjatuhkan sanksi.")
        return verdict

    may_uphold = may_grant = _answers
    may_lift = _deciders

    def may_widen(self, user: Any) -> Verdict:
        """Only the ministry makes it hold everywhere."""
        verdict = self._seat(user, Role.MINISTRY)
        if verdict and self.kind == self.Kind.WARNING:
            return Denied("Teguran berlaku di kabupaten/kota yang memberikannya.")
        return Denied("Sanksi ini sudah berlaku secara nasional.") if verdict and self.scope == "nation" else verdict

    # --- what they do -------------------------------------------------------------------------------
    def propose(self, *, by: Any) -> None:
        """A member writes it down: what was violated, by which record, from when until when."""
        refuse_unless(self.starts_on >= today(), "Sanksi tidak berlaku surut: pilih hari ini atau sesudahnya.")
        self.proposed_by = by
        born(self, by=by, verdict=self.may_create(by), note=self.violation, data={"label": self.get_kind_display()})
        if self.evidence:
            self.evidence.hold(self)

    def impose(self, *, by: Any) -> None:
        """The chair imposes it. A first day that has passed meanwhile becomes today: nothing works backwards."""
        with moving(self, "impose", by=by) as facts:
            self.starts_on = max(self.starts_on, today())
            refuse_unless(self.ends_on is None or self.ends_on >= today(), "Masa sanksi yang diusulkan sudah lewat.")
            self.imposed_by, self.imposed_at = by, timezone.now()
            days = VerificationRule.objects.in_force(self.regency_id).objection_days
            self.objection_until = today() + datetime.timedelta(days=days)
            facts |= {
                "label": self.get_kind_display(),
                "period": self.period,
                "objection_until": self.objection_until.isoformat(),
            }

    def drop(self, *, by: Any, reason: str) -> None:
        """It does not come to a sanction; why is kept."""
        with moving(self, "drop", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis alasannya.")

    def object(self, *, by: Any, objection: str, file: StoredFile | None = None) -> None:
        """The provider says why it is wrong. The sanction holds until that is decided."""
        with moving(self, "object", by=by, note=objection):
            refuse_unless(objection.strip(), "Tulis alasan sanggahan Anda.")
            self.objection, self.objected_at = objection.strip(), timezone.now()
            if file:
                file.hold(self)
                self.objection_file = file

    def uphold(self, *, by: Any, reason: str) -> None:
        """The objection does not convince; the provider reads why."""
        with moving(self, "uphold", by=by, note=reason):
            self._answer(by, reason)

    def grant(self, *, by: Any, reason: str) -> None:
        """The objection is right: the sanction ends today."""
        with moving(self, "grant", by=by, note=reason):
            self._answer(by, reason)
            self._end(by, reason)

    def lift(self, *, by: Any, reason: str) -> None:
        """Before its time, for a reason that is kept."""
        with moving(self, "lift", by=by, note=reason):
            refuse_unless(not self.is_over, "Sanksi ini sudah berakhir.")
            self._end(by, reason)

    def widen(self, *, by: Any, reason: str) -> None:
        """From today it holds in every regency."""
        with moving(self, "widen", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis alasannya.")
            refuse_unless(not self.is_over, "Sanksi ini sudah berakhir.")
            self.scope, self.widened_by = self.Scope.NATION, by

    def _answer(self, by: Any, reason: str) -> None:
        refuse_unless(reason.strip(), "Tulis alasan putusan atas sanggahan.")
        self.answer, self.answered_by, self.answered_at = reason.strip(), by, timezone.now()

    def _end(self, by: Any, reason: str) -> None:
        refuse_unless(reason.strip(), "Tulis alasan pencabutan.")
        self.lifted_on, self.lifted_by, self.lift_reason = today(), by, reason.strip()
