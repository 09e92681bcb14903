from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts import people
from accounts.models.membership import Membership, Role
from core.clock import local_today
from core.documents import fingerprint, freeze
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from transactions.models.base import OrderDocument
from transactions.models.payment.tax_rate import TaxRate
from transactions.models.rule import Method
from transactions.models.seeing import on_the_buying_side
from transactions.models.sourcing.item import Item, Line, total_of
from transactions.models.sourcing.sourcing import Sourcing

MOST_ITEMS = 100


class TermsQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people and who oversees them: the estimate's unit prices are not for bidders. Those read the
        KAK and the items on their own pages (`fixed_for`)."""
        return self.filter(on_the_buying_side(user))

    def fixed_for(self, user: Any) -> Self:
        """Fixed terms of packages that this person sees: what whoever was asked may read of them."""
        return self.filter(state="fixed", sourcing__in=Sourcing.objects.visible_to(user))


class Terms(OrderDocument):
    """The terms of reference (KAK) of a package, and how its price estimate (HPS) was reckoned.

    Written while the sourcing is a draft; fixed when the invitations go out. What the order says elsewhere (funding,
    account code, officials) is not typed again: it is frozen into `snapshot` on that day.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draf KAK dan HPS"
        FIXED = "fixed", "KAK dan HPS Ditetapkan"

    class Tax(models.TextChoices):
        INCLUDED = "included", "Harga satuan sudah termasuk pajak"
        ADDED = "added", "Harga satuan belum termasuk PPN; PPN ditambahkan"

    MOVES = moves(
        Move("write", ("draft",), None, "Ubah KAK", "KAK diubah", tone="secondary"),
        Move("price", ("draft",), None, "Susun HPS", "HPS disusun", tone="secondary"),
        Move("fix", ("draft",), "fixed", "Tetapkan KAK dan HPS", "KAK dan HPS ditetapkan", inner=True),
    )
    TONES = {"draft": "neutral", "fixed": "good"}
    WRITERS = (Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM, Role.VILLAGE_OPERATOR)
    # What the KAK says in its own words; scope and days are the sourcing's.
    TEXTS = (
        "background",
        "purpose",
        "output",
        "location",
        "specification",
        "from_village",
        "progress_reports",
        "final_report",
    )

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    sourcing = models.OneToOneField(Sourcing, models.PROTECT, related_name="terms")
    background = models.TextField("latar belakang", max_length=4000)
    purpose = models.TextField("maksud dan tujuan", max_length=4000)
    output = models.TextField("sasaran dan keluaran", max_length=2000)
    location = models.CharField("lokasi pekerjaan", max_length=300)
    specification = models.TextField("spesifikasi teknis", max_length=4000)
    from_village = models.TextField("yang disediakan desa", max_length=2000, blank=True)
    schedule = models.JSONField(
        "jadwal pelaksanaan", default=list, blank=True
    )  # [{"stage": str, "length": int, "unit": str}]
    progress_reports = models.TextField("laporan kemajuan", max_length=1000)
    final_report = models.TextField("laporan akhir", max_length=1000)
    number = models.CharField("nomor KAK", max_length=100, blank=True)
    dated_on = models.DateField("tanggal KAK", null=True, blank=True)
    tax = models.CharField("pajak dalam HPS", max_length=8, choices=Tax.choices, default=Tax.INCLUDED)
    ppn_basis_points = models.PositiveSmallIntegerField("tarif PPN (per sepuluh ribu)", null=True, editable=False)
    price_source = models.TextField("dasar penyusunan harga", max_length=1000, blank=True)
    hps_number = models.CharField("nomor HPS", max_length=100, blank=True)
    hps_on = models.DateField("tanggal HPS", null=True, blank=True)
    snapshot = models.JSONField(null=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = TermsQuerySet.as_manager()

    class Meta:
        verbose_name = "KAK dan HPS"
        verbose_name_plural = "KAK dan HPS"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="terms_fixed_with_snapshot", condition=Q(state="draft") | Q(snapshot__isnull=False)
            ),
            models.CheckConstraint(
                name="terms_tax_with_its_rate", condition=~Q(tax="added") | Q(ppn_basis_points__isnull=False)
            ),
        )

    @property
    def need(self) -> Any:
        return self.sourcing.need

    def get_absolute_url(self) -> str:
        return self.need.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("terms-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        if self.state == "fixed":
            return "KAK dan HPS sudah ditetapkan dan tidak berubah lagi."
        return "KAK dan HPS masih dapat diubah sampai undangan dikirim."

    # --- the price estimate -------------------------------------------------------------------------
    def lines(self) -> list[Line]:
        """The estimate's lines; one lump where the sourcing has no items."""
        return lines_of(self.sourcing)

    @property
    def subtotal(self) -> int:
        """The sum of the lines, before a PPN that is added."""
        return total_of(self.lines())

    @property
    def ppn(self) -> int:
        """The PPN that is added to the lines, rounded down to whole rupiah; 0 where prices include it."""
        return ppn_of(self.subtotal, self.ppn_basis_points) if self.tax == self.Tax.ADDED else 0

    # --- who may ------------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        membership = people.acting(user, *self.WRITERS, at=self.need.village_id)
        if not membership:
            return Denied("KAK dan HPS disusun oleh Kasi/Kaur, TPK, atau operator desa ini.")
        works_for = people.providers(user)
        if works_for and self.sourcing.invitations.filter(provider__in=works_for).exists():
            return Denied("Anda bekerja pada penyedia yang diundang, jadi tidak dapat menyusun KAK dan HPS paket ini.")
        if self.sourcing.state != "draft":
            return Denied("KAK dan HPS hanya dapat disusun sebelum undangan dikirim.")
        return Allowed(membership)

    may_write = may_price = may_create

    def may_fix(self, user: Any) -> Verdict:
        return self.sourcing.officer(user)

    # --- what they do -------------------------------------------------------------------------------
    def hold_sourcing(self) -> None:
        """Its row is held so that writing and announcing cannot pass each other."""
        self.sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)

    @transaction.atomic
    def begin(self, *, by: Any, scope: str, days: int) -> None:
        """Write the KAK for the first time."""
        self.hold_sourcing()
        refuse_unless(not Terms.objects.filter(sourcing=self.sourcing_id).exists(), "KAK paket ini sudah ada; ubahlah.")
        self.created_by = by
        born(self, by=by, verdict=self.may_create(by))
        self._say(scope, days)

    @transaction.atomic
    def write(self, *, by: Any, scope: str, days: int, **fields: Any) -> None:
        """Change the KAK. Scope and days are the sourcing's own, and change there."""
        self.hold_sourcing()
        with moving(self, "write", by=by):
            for name in (*self.TEXTS, "schedule", "number", "dated_on"):
                if name in fields:
                    setattr(self, name, fields[name])
            self._say(scope, days)

    def _say(self, scope: str, days: int) -> None:
        self.sourcing.scope, self.sourcing.days = scope, days
        self.sourcing.save(update_fields=["scope", "days"])

    @transaction.atomic
    def price(
        self,
        *,
        by: Any,
        items: Sequence[dict[str, Any]],
        tax: str = Tax.INCLUDED,
        price_source: str = "",
        hps_number: str = "",
        hps_on: datetime.date | None = None,
    ) -> None:
        """Reckon the HPS from its items: each line rounded half up, their sum, and the PPN (rounded down) if added.

        The sourcing's HPS becomes the total, and its method follows the rule that it began under.
        """
        self.hold_sourcing()
        with moving(self, "price", by=by) as facts:
            refuse_unless(items, "Isi sedikitnya satu butir HPS.")
            refuse_unless(len(items) <= MOST_ITEMS, f"HPS memuat paling banyak {MOST_ITEMS} butir.")
            self.tax, self.price_source, self.hps_number, self.hps_on = tax, price_source, hps_number, hps_on
            self.ppn_basis_points = ppn_rate(local_today(self.need.village)) if tax == self.Tax.ADDED else None
            self._keep(items)
            self.sourcing.hps = self.subtotal + self.ppn
            facts["passes_on"] = self.sourcing.choose_method()
            self.sourcing.clean()
            self.sourcing.save(update_fields=["hps", "method"])
            facts.update(hps=self.sourcing.hps, method=self.sourcing.method, items=len(items))

    def _keep(self, items: Sequence[dict[str, Any]]) -> None:
        self.sourcing.items.all().delete()
        for number, values in enumerate(items, 1):
            item = Item(sourcing=self.sourcing, number=number, **values)
            item.full_clean(validate_unique=False, exclude=["sourcing"])
            item.save()

    def fix(self, *, by: Any) -> None:
        """Called by the sourcing that is announced: text, figures and names stand from now on."""
        with moving(self, "fix", by=by):
            self.snapshot = freeze(self.as_written())
            self.snapshot_sha256 = fingerprint(self.snapshot)

    def as_written(self) -> dict[str, Any]:
        """All that the KAK and the HPS say: own words, and what the order and the village's offices say today."""
        need, sourcing = self.need, self.sourcing
        return {
            **{name: getattr(self, name) for name in self.TEXTS},
            "schedule": self.schedule,
            "number": self.number,
            "dated_on": self.dated_on,
            "scope": sourcing.scope,
            "days": sourcing.days,
            "title": need.title,
            "order": need.code,
            "volume": f"{need.volume} {need.unit}",
            "activity": need.activity.name if need.activity_id else need.title,
            "activity_code": need.activity_code,
            "funding": f"APB Desa, {need.get_funding_display()} Tahun Anggaran {need.fiscal_year}",
            "method": Method(sourcing.method).label,
            "rule": sourcing.rule.basis,
            "manager": holders(need.village_id, Role.ACTIVITY_MANAGER),
            "team": holders(need.village_id, Role.PROCUREMENT_TEAM),
            "items": [line.as_printed() for line in self.lines()],
            "tax": self.get_tax_display(),
            "ppn_basis_points": self.ppn_basis_points,
            "subtotal": self.subtotal,
            "ppn": self.ppn,
            "hps": sourcing.hps,
            "price_source": self.price_source,
            "hps_number": self.hps_number,
            "hps_on": self.hps_on,
        }


def lines_of(sourcing: Sourcing) -> list[Line]:
    """The lines of a package's estimate; a sourcing without items counts as one lump."""
    items = [item.line() for item in sourcing.items.all()]
    return items or [Line(1, sourcing.need.title, "", Decimal(1), "paket", sourcing.hps)]


def ppn_of(amount: int, basis_points: int | None) -> int:
    """The PPN on an amount that excludes it, rounded down to whole rupiah."""
    return amount * (basis_points or 0) // 10_000


def ppn_rate(on: datetime.date) -> int:
    """The PPN of that day in basis points, by the dated rates; 0 where none is in force."""
    rates = TaxRate.objects.filter(tax=TaxRate.Tax.PPN, legal_form="", basis_points__gt=0, valid_from__lte=on)
    found = rates.order_by("-valid_from").first()
    return found.basis_points if found else 0


def holders(village: str, role: Role) -> list[dict[str, str]]:
    """Name, position and decree of each who holds the role in the village today, the longest in office first."""
    rows = Membership.objects.current().at(village).holding(role).select_related("user").order_by("starts_on", "pk")
    return [{"name": row.user.name, "position": row.position or str(role.label), "basis": row.basis} for row in rows]


def terms_of(sourcing: Sourcing) -> Terms | None:
    """The package's KAK and HPS; None where nobody has written them (small and old ones)."""
    return Terms.objects.filter(sourcing=sourcing).first()


def fix_terms(sourcing: Sourcing, *, by: Any) -> None:
    """What was written is fixed; called by the sourcing that is announced, which holds its own row."""
    if (terms := terms_of(sourcing)) is not None:
        terms.sourcing = sourcing
        terms.fix(by=by)


def lacks_terms(sourcing: Sourcing) -> str:
    """Why invitations cannot go out yet, by quotation and tender: no KAK, or no items; "" when both are there."""
    if sourcing.method == Method.DIRECT:
        return ""
    if terms_of(sourcing) is None:
        return "Susun KAK dan HPS dahulu; undangan dikirim sesudahnya."
    return "" if sourcing.items.exists() else "Susun butir HPS dahulu; undangan dikirim sesudahnya."
