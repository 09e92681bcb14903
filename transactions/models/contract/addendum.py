from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.documents import fingerprint, freeze
from core.formats import rupiah, tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Caution, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract.contract import IN_WORK, Contract
from transactions.models.rule import Method
from transactions.models.seeing import in_office

LIVE = ("draft", "provider_signed")
ENDED = "Kontraknya tidak sedang berjalan, jadi tidak dapat diubah lagi dengan adendum."


class AddendumQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the contract."""
        return self.filter(in_office(user, "contract__village") | Q(contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """First the provider signs, then the manager."""
        manager = within("contract__village", people.territories(user, Role.ACTIVITY_MANAGER))
        owner = Q(contract__provider__in=people.providers(user))
        return self.filter(Q(state="draft") & owner | Q(state="provider_signed") & manager)


class Addendum(OrderDocument):
    """What both change of a running contract: its value, its last day, its scope; with a reason and both signatures.

    The contract's own snapshot stays as it was signed; this paper has one of its own. Whole rupiah.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Menunggu Tanda Tangan Penyedia"
        PROVIDER_SIGNED = "provider_signed", "Menunggu Tanda Tangan Desa"
        SIGNED = "signed", "Berlaku"
        WITHDRAWN = "withdrawn", "Ditarik"

    MOVES = moves(
        Move(
            "sign_for_provider", ("draft",), "provider_signed", "Unggah Adendum Bertanda Tangan",
            "Penyedia menandatangani adendum",
        ),
        Move(
            "sign_for_village", ("provider_signed",), "signed", "Unggah Adendum Bertanda Tangan Desa",
            "Desa menandatangani adendum",
        ),
        Move(
            "withdraw", LIVE, "withdrawn", "Tarik Adendum", "Adendum ditarik", tone="danger",
            confirm="Adendum yang ditarik tidak berlaku; perubahan lain dibuat dengan adendum baru.",
        ),
        Move("lapse", LIVE, "withdrawn", "Gugurkan Adendum", "Adendum gugur karena kontrak diputus", inner=True),
    )  # fmt: skip
    TURN = {"draft": "Penyedia", "provider_signed": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"}
    TONES = {"draft": "wait", "provider_signed": "wait", "signed": "good", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="addenda", editable=False)
    sequence = models.PositiveSmallIntegerField("adendum ke-", editable=False)
    number = models.CharField("nomor adendum", max_length=100)
    signed_on = models.DateField("tanggal adendum")
    reason = models.TextField("alasan perubahan", max_length=2000)
    new_value = models.BigIntegerField("nilai kontrak menjadi", null=True, blank=True)
    new_ends_on = models.DateField("selesai pelaksanaan menjadi", null=True, blank=True)
    scope = models.TextField("perubahan lingkup pekerjaan", max_length=4000, blank=True)
    snapshot = models.JSONField(editable=False)
    snapshot_sha256 = models.CharField(max_length=64, editable=False)
    provider_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    provider_signed_at = models.DateTimeField(null=True, editable=False)
    village_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    village_signed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = AddendumQuerySet.as_manager()

    class Meta:
        verbose_name = "adendum"
        verbose_name_plural = "adendum"
        ordering = ("contract", "sequence")
        constraints = (
            models.UniqueConstraint(fields=["contract", "sequence"], name="addendum_sequence_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(state__in=LIVE),
                name="addendum_one_open_per_contract",
                violation_error_message="Masih ada adendum yang menunggu tanda tangan.",
            ),
            models.CheckConstraint(
                name="addendum_changes_something",
                condition=Q(new_value__isnull=False) | Q(new_ends_on__isnull=False) | ~Q(scope=""),
                violation_error_message="Isi sedikitnya satu perubahan: nilai, waktu, atau lingkup.",
            ),
            models.CheckConstraint(
                name="addendum_complete",
                condition=(Q(new_value=None) | Q(new_value__gt=0)) & ~Q(number="") & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="addendum_signed_by_both",
                condition=~Q(state="signed") | Q(provider_scan__isnull=False, village_scan__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"Adendum {self.number}"

    @property
    def need(self) -> Any:
        return self.contract.need

    @property
    def village(self) -> Any:
        return self.contract.village

    def get_absolute_url(self) -> str:
        return self.contract.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("addendum-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        return self.TURN.get(self.state, "")

    @property
    def status_sentence(self) -> str:
        return {
            "draft": f"Adendum ke-{self.sequence} menunggu pindaian yang ditandatangani penyedia.",
            "provider_signed": f"Adendum ke-{self.sequence} sudah ditandatangani penyedia; menunggu tanda tangan desa.",
            "signed": f"Adendum ke-{self.sequence} berlaku: {self.said}.",
            "withdrawn": f"Adendum ke-{self.sequence} tidak berlaku.",
        }[self.state]

    @property
    def said(self) -> str:
        """What changes, in one line."""
        parts = [
            f"nilai menjadi {rupiah(self.new_value)}" if self.new_value is not None else "",
            f"selesai paling lambat {tanggal_sedang(self.new_ends_on)}" if self.new_ends_on else "",
            "lingkup pekerjaan" if self.scope else "",
        ]
        return ", ".join(part for part in parts if part)

    # --- who may ----------------------------------------------------------------------------------
    def _manager(self, user: Any) -> Verdict:
        return self.contract._manager(user)

    may_withdraw = may_lapse = _manager

    def may_create(self, user: Any) -> Verdict:
        verdict = self._manager(user)
        return Denied(ENDED) if verdict and self.contract.state not in IN_WORK else verdict

    may_sign_for_village = may_create

    def may_sign_for_provider(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.contract.provider_id)
        if not membership:
            return Denied("Langkah ini dilakukan oleh penyedia.")
        return Denied(ENDED) if self.contract.state not in IN_WORK else Allowed(membership)

    def cautions(self, verb: str, user: Any) -> list[Caution]:
        """A value that another way of buying would have been asked for."""
        found = super().cautions(verb, user)
        sourcing = self.contract.sourcing
        if verb == "create" and self.new_value is not None and self.new_value > self.contract.value:
            method = sourcing.rule.method_for(self.new_value)
            if method != sourcing.method:
                now = f"{rupiah(self.new_value)} menurut {sourcing.rule.basis} diadakan dengan {Method(method).label}"
                found.append(Caution("method", f"Nilai {now}, bukan {sourcing.get_method_display()}."))
        return found

    # --- what they do -------------------------------------------------------------------------------
    def _hold(self) -> Contract:
        """The contract's row, locked before the addendum's: both change it, and so do payment and termination."""
        self.contract = Contract.objects.select_for_update(of=("self",)).get(pk=self.contract_id)
        return self.contract

    def _check(self, contract: Contract) -> None:
        """It changes something, and nothing to less than what is paid or to a day before the agreed one."""
        refuse_unless(self.signed_on >= contract.signed_on, "Tanggal adendum tidak boleh sebelum tanggal kontrak.")
        refuse_unless(self.signed_on <= local_today(contract.village), "Tanggal adendum tidak boleh di masa depan.")
        refuse_unless(
            self.new_ends_on is None or self.new_ends_on > contract.ends_on,
            f"Tanggal selesai yang baru harus sesudah {tanggal_sedang(contract.ends_on)}.",
        )
        if self.new_value is None:
            return
        refuse_unless(self.new_value != contract.value, "Nilai yang baru sama dengan nilai sekarang.")
        paid = contract.paid
        refuse_unless(self.new_value >= paid, f"Sudah dibayar {rupiah(paid)}; nilai tidak dapat di bawahnya.")
        contract.check_room(self.new_value - contract.value)

    @transaction.atomic
    def prepare(self, *, by: Any) -> None:
        """The manager writes down what is to change; the paper is frozen for both to sign."""
        contract = self._hold()
        verdict = self.may_create(by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        self._check(contract)
        self.sequence = (contract.addenda.aggregate(last=models.Max("sequence"))["last"] or 0) + 1
        self.created_by = by
        self.snapshot = freeze(self._as_agreed(by))
        self.snapshot_sha256 = fingerprint(self.snapshot)
        born(self, by=by, verdict=verdict, note=self.reason, data={"sequence": self.sequence, "changes": self.said})

    def _as_agreed(self, by: Any) -> dict[str, Any]:
        """What the addendum says: what was, what is to be, and who signs (whole rupiah)."""
        contract, manager = self.contract, self.contract._manager(by).membership
        was: dict[str, Any] = contract.snapshot or {}
        return {
            "sequence": self.sequence,
            "number": self.number,
            "signed_on": self.signed_on,
            "reason": self.reason,
            "contract": {
                "number": contract.number,
                "signed_on": contract.signed_on,
                "kind": contract.get_kind_display(),
            },
            "contract_sha256": contract.snapshot_sha256,
            "title": was["work"]["title"],
            "value": {"was": contract.value, "is": self.new_value},
            "ends_on": {"was": contract.ends_on, "is": self.new_ends_on},
            "scope": self.scope,
            "termins": [
                {"number": row.number, "percent": row.percent, "condition": row.condition}
                for row in contract.termins.all()
            ],
            "village": was["village"],
            "manager": {"name": by.name, "position": manager.position or manager.get_role_display()},
            "provider": {key: was["provider"][key] for key in ("name", "person", "position", "address")},
        }

    @transaction.atomic
    def sign_for_provider(self, *, by: Any, scan: StoredFile) -> None:
        """The provider signed and uploads its copy."""
        self._hold()
        with moving(self, "sign_for_provider", by=by) as facts:
            scan.hold(self)
            self.provider_scan, self.provider_signed_at = scan, timezone.now()
            facts["sha256"] = scan.sha256

    @transaction.atomic
    def sign_for_village(self, *, by: Any, scan: StoredFile) -> None:
        """The village signed too: from now on the contract is what the addendum says."""
        self._hold()
        with moving(self, "sign_for_village", by=by) as facts:
            contract = self._hold()
            self._check(contract)
            scan.hold(self)
            self.village_scan, self.village_signed_at = scan, timezone.now()
            facts["sha256"] = scan.sha256
        contract.change(by=by, addendum=self)

    @transaction.atomic
    def withdraw(self, *, by: Any, reason: str) -> None:
        """It comes to nothing; another may follow."""
        self._hold()
        with moving(self, "withdraw", by=by, note=reason):
            pass

    def lapse(self, *, by: Any, reason: str) -> None:
        """Called by the contract that is terminated, whose row is held."""
        with moving(self, "lapse", by=by, note=reason):
            pass
