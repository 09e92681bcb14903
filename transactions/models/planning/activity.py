from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.formats import desimal, rupiah
from core.models import Document
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from transactions.models.planning.need import Funding
from transactions.models.seeing import in_office

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract


class Field(models.IntegerChoices):
    """The five fields of an APB Desa (Permendagri 20/2018, lampiran)."""

    GOVERNMENT = 1, "Penyelenggaraan Pemerintahan Desa"
    DEVELOPMENT = 2, "Pelaksanaan Pembangunan Desa"
    COMMUNITY = 3, "Pembinaan Kemasyarakatan Desa"
    EMPOWERMENT = 4, "Pemberdayaan Masyarakat Desa"
    DISASTER = 5, "Penanggulangan Bencana, Darurat, dan Mendesak"


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people, and who helps and oversees them."""
        return self.filter(in_office(user))

    def listed(self) -> Self:
        """Those that stand in the APB Desa."""
        return self.filter(state="listed")


class Activity(Document):
    """An activity of a village's APB Desa: what it may cost in a fiscal year, from which source, and who answers for it.

    `committed` is what issued contracts hold of it, less what terminated ones gave back. It is changed by `reserve`
    and `release` alone, and the database refuses that it passes the ceiling. Whole rupiah.
    """

    class State(models.TextChoices):
        LISTED = "listed", "Berlaku"
        DROPPED = "dropped", "Dikeluarkan"

    KEEPERS = (Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER, Role.ACTIVITY_MANAGER)
    MOVES = moves(
        Move("amend", ("listed",), None, "Ubah Kegiatan", "Kegiatan diubah", tone="secondary"),
        Move("load", ("listed",), None, "Ubah dari Berkas", "Diubah dari berkas Siskeudes", inner=True),
        Move(
            "drop",
            ("listed",),
            "dropped",
            "Keluarkan Kegiatan",
            "Dikeluarkan dari daftar",
            tone="danger",
            confirm="Kegiatan yang dikeluarkan tidak dapat dipilih saat menganggarkan kebutuhan.",
        ),
        Move("restore", ("dropped",), "listed", "Masukkan Kembali", "Dimasukkan kembali ke daftar"),
    )
    TONES = {"listed": "good", "dropped": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.LISTED, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    fiscal_year = models.PositiveSmallIntegerField(
        "tahun anggaran", validators=[MinValueValidator(2015), MaxValueValidator(2100)]
    )
    # As in the APB Desa without the village's own prefix: bidang, sub bidang, kegiatan.
    activity_code = models.CharField(
        "kode kegiatan",
        max_length=12,
        db_collation="C",
        validators=[RegexValidator(r"\A[0-9]{2}\.[0-9]{2}\.[0-9]{2,3}\Z", "Tulis seperti 04.03.02.")],
    )
    name = models.CharField("nama kegiatan", max_length=250)
    field = models.PositiveSmallIntegerField("bidang", choices=Field.choices)
    subfield = models.CharField("sub bidang", max_length=200, blank=True)
    funding = models.CharField("sumber dana", max_length=4, choices=Funding.choices)
    ceiling = models.BigIntegerField("pagu")
    committed = models.BigIntegerField("sudah dikontrak", default=0, editable=False)
    volume = models.DecimalField("volume keluaran", max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField("satuan", max_length=50, blank=True)
    place = models.CharField("lokasi", max_length=150, blank=True)
    schedule = models.CharField("waktu pelaksanaan", max_length=60, blank=True)
    officer = models.CharField("pelaksana (PPTKD)", max_length=150, blank=True)
    position = models.CharField("jabatan pelaksana", max_length=150, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "kegiatan APB Desa"
        verbose_name_plural = "kegiatan APB Desa"
        ordering = ("-fiscal_year", "activity_code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["village", "fiscal_year", "activity_code", "funding"],
                name="activity_once_a_year_and_source",
                violation_error_message="Kegiatan dengan kode dan sumber dana ini sudah ada pada tahun itu.",
            ),
            models.CheckConstraint(name="activity_ceiling_not_negative", condition=Q(ceiling__gte=0)),
            models.CheckConstraint(
                name="activity_committed_within_ceiling",
                condition=Q(committed__gte=0, committed__lte=F("ceiling")),
                violation_error_message="Pagu tidak boleh di bawah nilai yang sudah dikontrak.",
            ),
        )
        # The list of a large territory is paged by this key.
        indexes = (models.Index(fields=["fiscal_year", "activity_code", "code"], name="activity_list"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("activity", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("activity-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        if self.state == "dropped":
            return "Kegiatan ini sudah dikeluarkan dari daftar."
        return f"Pagu {rupiah(self.ceiling)}, sudah dikontrak {rupiah(self.committed)}, sisa {rupiah(self.remaining)}."

    @property
    def remaining(self) -> int:
        """What a further contract may still take."""
        return self.ceiling - self.committed

    @property
    def output(self) -> str:
        """Volume and unit as people write them: 450,5 meter."""
        return f"{plain_number(self.volume)} {self.unit}".strip()

    def clean(self) -> None:
        if self.activity_code and self.field and not self.activity_code.startswith(f"0{self.field}."):
            raise ValidationError({"activity_code": "Dua angka pertama kode kegiatan adalah nomor bidangnya."})
        if self.volume is not None and self.volume < Decimal(0):
            raise ValidationError({"volume": "Volume tidak boleh kurang dari nol."})

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        """Whoever keeps the village's budget list."""
        membership = people.acting(user, *self.KEEPERS, at=self.village_id)
        if membership:
            return Allowed(membership)
        return Denied(
            "Kegiatan APB Desa diisi oleh operator, Sekretaris Desa, Kaur Keuangan, atau Kasi/Kaur pelaksana desa ini."
        )

    may_amend = may_load = may_restore = may_create

    def may_drop(self, user: Any) -> Verdict:
        verdict = self.may_create(user)
        if verdict and self.committed:
            return Denied("Kegiatan ini sudah dikontrak, jadi tidak dapat dikeluarkan.")
        if verdict and self.pk and self.needs.filter(state="budgeted").exists():
            return Denied("Ada kebutuhan yang dianggarkan dari kegiatan ini; batalkan kebutuhannya dahulu.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def enter(self, *, by: Any, source: str = "") -> None:
        """Put it on the list, typed or (`source`: the import's code) from a file."""
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        self.field = int(self.activity_code[:2]) if self.activity_code[:2].isdecimal() else 0
        facts: dict[str, Any] = {"ceiling": self.ceiling}
        born(self, by=by, verdict=self.may_create(by), data=facts | ({"import": source} if source else {}))

    def amend(self, *, by: Any, **fields: Any) -> None:
        """Correct it by hand. The ceiling never goes below what is contracted."""
        with moving(self, "amend", by=by) as facts:
            facts["changed"] = self._set(fields)

    def load(self, *, by: Any, source: str, **fields: Any) -> None:
        """Called by the import that is applied: the file says otherwise."""
        with moving(self, "load", by=by) as facts:
            facts.update(changed=self._set(fields), **{"import": source})

    def _set(self, fields: dict[str, Any]) -> dict[str, list[Any]]:
        """Set what differs; what it was and what it is, for the event."""
        changed = {}
        for name, value in fields.items():
            before = getattr(self, name)
            if before != value:
                setattr(self, name, value)
                changed[name] = [_plain(before), _plain(value)]
        return changed

    def drop(self, *, by: Any, reason: str) -> None:
        """It stands in the APB Desa no more, or was typed by mistake."""
        with moving(self, "drop", by=by, note=reason):
            pass

    def restore(self, *, by: Any) -> None:
        """It was dropped by mistake."""
        with moving(self, "restore", by=by):
            pass

    def check_room(self, amount: int) -> None:
        """Refuse an amount that the activity cannot bear as it stands."""
        refuse_unless(self.state == "listed", "Kegiatan APB Desa ini sudah dikeluarkan dari daftar.")
        refuse_unless(
            amount <= self.remaining,
            f"Sisa anggaran kegiatan “{self.name}” {rupiah(self.remaining)}, kurang dari {rupiah(amount)}.",
        )

    @transaction.atomic
    def reserve(self, contract: Contract, amount: int) -> None:
        """Hold `amount` (more) for a contract: one conditional UPDATE, so that two at once cannot both take the last
        rupiah."""
        room = Activity.objects.filter(pk=self.pk, state="listed", committed__lte=F("ceiling") - amount)
        taken = room.update(committed=F("committed") + amount)
        if taken != 1:
            self.refresh_from_db()
            self.check_room(amount)
        more = Commitment.objects.filter(activity=self, contract=contract).update(amount=F("amount") + amount)
        if not more:
            Commitment.objects.create(activity=self, contract=contract, amount=amount)


def padded(code: str) -> str:
    """A code as people type it (4.3.2) as the list has it (04.03.02)."""
    return ".".join(part.zfill(2) for part in code.strip().rstrip(".").split("."))


def plain_number(number: Decimal | None) -> str:
    """Without needless zeros behind the comma; empty for none."""
    if number is None:
        return ""
    text = desimal(number, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


class CommitmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the activity."""
        return self.filter(in_office(user, "activity__village"))

    @transaction.atomic
    def release(self, contract: Contract, *, unpaid: int) -> int:
        """A contract ended early: what was not paid of it is free again. The amount given back.

        The activities' rows are locked before the commitments', as `reserve` does, in the order of their keys. The
        last commitment gives first: what was carried over from an earlier year was paid there.
        """
        given, rows = 0, list(self.filter(contract=contract).order_by("-pk"))
        list(Activity.objects.select_for_update().filter(pk__in=[row.activity_id for row in rows]).order_by("pk"))
        for row in rows:
            row.refresh_from_db(from_queryset=Commitment.objects.select_for_update())
            part = min(row.held, unpaid - given)
            if part <= 0:
                continue
            changed = Activity.objects.filter(pk=row.activity_id, committed__gte=part).update(
                committed=F("committed") - part
            )
            if changed != 1:
                raise RuntimeError(f"activity {row.activity_id} holds less than was reserved for {contract.pk}")
            row.released += part
            row.save(update_fields=["released"])
            given += part
        return given


class Commitment(models.Model):
    """What a contract holds of an activity's budget, in whole rupiah."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="commitments")
    contract = models.ForeignKey("transactions.Contract", models.PROTECT, related_name="commitments")
    amount = models.BigIntegerField("nilai")
    released = models.BigIntegerField("dilepas", default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = "komitmen anggaran"
        verbose_name_plural = "komitmen anggaran"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["activity", "contract"], name="commitment_once"),
            models.CheckConstraint(
                name="commitment_released_within_amount",
                condition=Q(amount__gt=0, released__gte=0, released__lte=F("amount")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.held}"

    @property
    def held(self) -> int:
        """What it still holds."""
        return self.amount - self.released
