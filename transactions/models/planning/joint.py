"""Villages that buy together (kerja sama antar desa): one leads, each bears its share by its own decision and budget."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, Sum
from django.urls import reverse

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import rupiah
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.planning.budgeting import Budgeting
from transactions.models.planning.need import OPEN, Funding, Need
from transactions.models.seeing import in_office

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract
    from transactions.models.planning.activity import Activity

PENDING = ("invited", "agreed")
LIVE = (*PENDING, "budgeted", "refused", "accounted")
OUT = ("declined", "withdrawn")


class JointShareQuerySet(models.QuerySet["JointShare"]):
    def visible_to(self, user: Any) -> Self:
        """The village whose share it is, the other villages of the purchase, and who helps and oversees them."""
        return self.filter(in_office(user) | in_office(user, "need__village"))

    def waiting_for(self, user: Any) -> Self:
        """Invited: its own people decide. Agreed: they budget. Handed over: its own BPD records the Musdes."""
        from transactions.models.contract.contract import Contract

        done = Contract.objects.filter(sourcing__need=models.OuterRef("need"), state="handed_over")

        def at(*roles: str) -> Q:
            return within("village", people.territories(user, *roles))

        return self.filter(
            Q(state="invited") & at(*Need.DRAFTERS, Role.VILLAGE_HEAD)
            | Q(state="agreed") & at(*Need.BUDGETERS)
            | Q(models.Exists(done), state__in=["budgeted", "refused"]) & at(Role.BPD)
        )

    def living(self) -> Self:
        """Neither declined nor withdrawn."""
        return self.filter(state__in=LIVE)


class JointShare(Budgeting, OrderDocument):
    """What a village bears of a purchase that another leads: how much at most, by which Musdes, from which budget.

    `ceiling` is its part of the budget, `value` its part of the contract (set when that is issued, changed by an
    addendum alone). Whole rupiah.
    """

    class State(models.TextChoices):
        INVITED = "invited", "Menunggu Persetujuan Desa"
        AGREED = "agreed", "Disepakati Musdes"
        BUDGETED = "budgeted", "Dianggarkan"
        REFUSED = "refused", "Belum Diterima Musdes"
        ACCOUNTED = "accounted", "Diterima Musdes"
        DECLINED = "declined", "Tidak Ikut"
        WITHDRAWN = "withdrawn", "Undangan Ditarik"

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "Diterima"
        REFUSED = "refused", "Belum diterima"

    MOVES = moves(
        Move("agree", ("invited",), "agreed", "Setujui Ikut Serta", "Disepakati dalam Musdes desa peserta"),
        Move("budget", ("agreed",), "budgeted", "Anggarkan Bagian Desa", "Dianggarkan oleh desa peserta"),
        Move("account", ("budgeted", "refused"), "accounted", "Catat Musdes Desa Peserta", "Diterima Musdes desa peserta"),
        Move("refuse", ("budgeted", "refused"), "refused", "Catat Belum Diterima", "Belum diterima Musdes desa peserta", tone="secondary"),
        Move(
            "decline", (*PENDING, "budgeted"), "declined", "Tidak Ikut Serta", "Desa tidak ikut serta", tone="danger",
            confirm="Desa yang tidak ikut serta dapat diundang lagi oleh desa pemimpin.",
        ),
        Move(
            "withdraw", (*PENDING, "budgeted"), "withdrawn", "Tarik Undangan", "Undangan ditarik", tone="danger",
            confirm="Bagian desa ini tidak lagi diperhitungkan.",
        ),
    )  # fmt: skip
    TONES = {
        "invited": "wait",
        "agreed": "info",
        "budgeted": "info",
        "refused": "warn",
        "accounted": "good",
        "declined": "neutral",
        "withdrawn": "neutral",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.INVITED, editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="shares")
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    ceiling = models.BigIntegerField("bagian desa paling banyak")
    value = models.BigIntegerField("bagian nilai kontrak", null=True, editable=False)
    message = models.TextField("pesan untuk desa itu", max_length=1000, blank=True)
    musdes_on = models.DateField("tanggal Musdes", null=True, editable=False)
    musdes_number = models.CharField("nomor berita acara Musdes", max_length=100, blank=True, editable=False)
    activity = models.ForeignKey("transactions.Activity", models.PROTECT, null=True, editable=False, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField("tahun anggaran", null=True, editable=False)
    funding = models.CharField("sumber dana", max_length=4, choices=Funding.choices, blank=True, editable=False)
    activity_code = models.CharField("kode kegiatan/rekening", max_length=40, blank=True, editable=False)
    account_on = models.DateField("tanggal Musdes pertanggungjawaban", null=True, editable=False)
    account_number = models.CharField(
        "nomor berita acara pertanggungjawaban", max_length=100, blank=True, editable=False
    )
    account_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = JointShareQuerySet.as_manager()

    class Meta:
        verbose_name = "bagian desa"
        verbose_name_plural = "bagian desa"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["need", "village"],
                condition=~Q(state__in=OUT),
                name="share_one_living_per_village",
                violation_error_message="Desa ini sudah diundang untuk pembelian ini.",
            ),
            models.CheckConstraint(
                name="share_ceiling_positive",
                condition=Q(ceiling__gt=0) & (Q(value__isnull=True) | Q(value__gte=0, value__lte=models.F("ceiling"))),
                violation_error_message="Bagian desa tidak boleh melebihi pagunya.",
            ),
            models.CheckConstraint(
                name="share_agreed_with_minutes",
                condition=Q(state__in=["invited", *OUT]) | Q(musdes_on__isnull=False) & ~Q(musdes_number=""),
            ),
            models.CheckConstraint(
                name="share_budgeted_with_money",
                condition=~Q(state__in=["budgeted", "refused", "accounted"])
                | Q(fiscal_year__isnull=False) & ~Q(funding="") & ~Q(activity_code=""),
            ),
            models.CheckConstraint(
                name="share_accounted_with_minutes",
                condition=~Q(state="accounted")
                | Q(account_on__isnull=False, account_scan__isnull=False) & ~Q(account_number=""),
            ),
        )
        indexes = (models.Index(fields=["village", "state"], name="share_of_village"),)

    def __str__(self) -> str:
        return f"{self.village.label}: {self.need}"

    def get_absolute_url(self) -> str:
        """Its place on the order's page."""
        return f"{self.need.get_absolute_url()}#desa-peserta"

    def move_url(self, verb: str) -> str:
        return reverse("share-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        where = self.village.label
        return {
            "invited": f"{where} diundang ikut serta sampai {rupiah(self.ceiling)}; menunggu persetujuannya.",
            "agreed": f"{where} setuju ikut serta; menunggu dianggarkan.",
            "budgeted": f"{where} ikut serta dan sudah menganggarkan bagiannya.",
            "refused": f"Musdes {where} belum menerima hasilnya.",
            "accounted": f"Musdes {where} menerima hasilnya; bagi desa ini pembelian selesai.",
            "declined": f"{where} tidak ikut serta.",
            "withdrawn": f"Undangan untuk {where} ditarik.",
        }[self.state]

    def clean(self) -> None:
        if self.village_id == self.need.village_id:
            raise ValidationError({"village": "Desa pemimpin menanggung bagiannya sendiri; pilih desa lain."})

    # --- who may ------------------------------------------------------------------------------------
    def _own(self, user: Any, roles: Iterable[str], sentence: str) -> Verdict:
        membership = people.acting(user, *roles, at=self.village_id)
        return Allowed(membership) if membership else Denied(sentence.format(desa=self.village.label))

    def _lead(self, user: Any) -> Verdict:
        membership = people.acting(user, *Need.DRAFTERS, Role.VILLAGE_HEAD, at=self.need.village_id)
        if membership:
            return Allowed(membership)
        lead = self.need.village.label
        return Denied(f"Desa peserta diundang oleh operator, Kasi/Kaur, Sekretaris Desa, atau Kepala Desa {lead}.")

    def _before_sourcing(self, verdict: Verdict) -> Verdict:
        if verdict and (self.need.state not in OPEN or has_begun(self.need)):
            return Denied("Pengadaannya sudah dimulai, jadi susunan desa peserta tidak berubah lagi.")
        return verdict

    def may_create(self, user: Any) -> Verdict:
        return self._before_sourcing(self._lead(user))

    may_withdraw = may_create

    def _while_needed(self, verdict: Verdict) -> Verdict:
        return verdict if not verdict or self.need.state in OPEN else Denied("Desa pemimpin membatalkan pembelian ini.")

    def may_agree(self, user: Any) -> Verdict:
        roles = (*Need.DRAFTERS, Role.VILLAGE_HEAD)
        return self._while_needed(
            self._own(user, roles, "Persetujuan dicatat oleh operator, Kasi/Kaur, Sekretaris, atau Kepala Desa {desa}.")
        )

    def may_budget(self, user: Any) -> Verdict:
        said = "Bagian ini dianggarkan oleh Kasi/Kaur, Sekretaris, atau Kaur Keuangan {desa}."
        return self._while_needed(self._own(user, Need.BUDGETERS, said))

    def may_decline(self, user: Any) -> Verdict:
        return self._before_sourcing(
            self._own(user, (Role.VILLAGE_HEAD,), "Yang menyatakan tidak ikut serta adalah Kepala Desa {desa}.")
        )

    def may_account(self, user: Any) -> Verdict:
        verdict = self._own(user, (Role.BPD,), "Keputusan Musdes dicatat oleh BPD {desa}.")
        contract = living_contract(self.need) if verdict else None
        if verdict and (contract is None or contract.state != "handed_over"):
            return Denied("Musdes pertanggungjawaban desa peserta diadakan setelah serah terima hasil pekerjaan.")
        return verdict

    may_refuse = may_account

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def invite(self, *, by: Any) -> None:
        """The lead asks another village to bear a part, of so much at most."""
        self.need = Need.objects.select_for_update(of=("self",)).get(pk=self.need_id)
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        self.invited_by = by
        data = {"village": self.village.label, "ceiling": self.ceiling}
        born(self, by=by, verdict=self.may_create(by), data=data)

    def agree(self, *, by: Any, musdes_on: datetime.date, musdes_number: str) -> None:
        """This village's own assembly agreed to take part; date and number of its minutes."""
        with moving(self, "agree", by=by) as facts:
            refuse_unless(musdes_on <= local_today(self.village), "Tanggal Musdes tidak boleh di masa depan.")
            self.musdes_on, self.musdes_number = musdes_on, musdes_number
            facts["village"] = self.village.label

    def budget(
        self,
        *,
        by: Any,
        activity: Activity | None = None,
        fiscal_year: int | None = None,
        funding: str = "",
        activity_code: str = "",
    ) -> None:
        """Its part stands in its own APB Desa; from its list where it has one."""
        with moving(self, "budget", by=by) as facts:
            facts.update(self.take_from_budget(self.ceiling, activity, fiscal_year, funding, activity_code))
            year = self.need.fiscal_year
            refuse_unless(year in (None, self.fiscal_year), f"Desa pemimpin menganggarkannya dalam tahun {year}.")
            facts["village"] = self.village.label

    @transaction.atomic
    def decline(self, *, by: Any, reason: str) -> None:
        """This village does not take part; while nobody was asked to offer yet."""
        self._leave("decline", by, reason)

    @transaction.atomic
    def withdraw(self, *, by: Any, reason: str) -> None:
        """The lead goes on without this village."""
        self._leave("withdraw", by, reason)

    def _leave(self, verb: str, by: Any, reason: str) -> None:
        Need.objects.select_for_update(of=("self",)).get(pk=self.need_id)  # not while its sourcing begins
        with moving(self, verb, by=by, note=reason) as facts:
            facts["village"] = self.village.label

    def account(self, *, by: Any, held_on: datetime.date, number: str, scan: StoredFile, note: str = "") -> None:
        """This village's own assembly heard the account and accepts it: for this village the purchase is done."""
        with moving(self, "account", by=by, note=note) as facts:
            self._heard(held_on)
            scan.hold(self)
            self.account_on, self.account_number, self.account_scan = held_on, number, scan
            facts.update(village=self.village.label, sha256=scan.sha256)

    def refuse(self, *, by: Any, held_on: datetime.date, number: str, note: str) -> None:
        """It does not accept yet, and says why; the lead sees to it, and the assembly meets again."""
        with moving(self, "refuse", by=by, note=note) as facts:
            self._heard(held_on)
            facts.update(village=self.village.label, number=number)

    def _heard(self, day: datetime.date) -> None:
        refuse_unless(day <= local_today(self.village), "Tanggal musyawarah tidak boleh di masa depan.")
        contract = living_contract(self.need)
        refuse_unless(
            contract is not None and contract.handover_on is not None and day >= contract.handover_on,
            "Musdes pertanggungjawaban diadakan setelah serah terima hasil pekerjaan.",
        )


class JointPurchase(models.Model):
    """The holder of a joint purchase's letter of agreement: the villages read it, bidders do not."""

    need = models.OneToOneField(Need, models.PROTECT, related_name="+")

    class QuerySet(models.QuerySet["JointPurchase"]):
        def visible_to(self, user: Any) -> Self:
            """The lead and the villages that take part, and who oversees them."""
            return self.filter(in_office(user, "need__village"))

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = "pembelian bersama"
        verbose_name_plural = "pembelian bersama"

    def __str__(self) -> str:
        return str(self.need)

    def get_absolute_url(self) -> str:
        return self.need.get_absolute_url()


# --- what the order asks ----------------------------------------------------------------------------------------
def has_begun(need: Need) -> bool:
    """A sourcing runs, or ended with a contract."""
    return need.sourcings.exclude(state="failed").exists()


def living_contract(need: Need) -> Contract | None:
    from transactions.models.contract.contract import Contract

    return Contract.objects.filter(sourcing__need=need.pk).exclude(state="terminated").first()


def whole_ceiling(need: Need) -> int | None:
    """What all villages together may spend; the need's own ceiling where one buys alone. Whole rupiah."""
    if need.ceiling is None or need.pk is None:
        return need.ceiling
    return need.ceiling + (need.shares.living().aggregate(total=Sum("ceiling"))["total"] or 0)


def spendable(need: Need) -> int | None:
    """The most that a contract of this need may cost: what all villages together may spend, less what contracts that
    ended early took of it. Whole rupiah; None before the budget.

    The one home of this limit: the estimate, its pages and an addendum all ask here.
    """
    whole = whole_ceiling(need)
    return whole if whole is None else max(whole - sum(taken(need)), 0)


def taken(need: Need) -> list[int]:
    """What each contract of this need that ended early was paid and still owes; gross, in whole rupiah."""
    from transactions.models.contract.contract import Contract

    if need.pk is None:
        return []
    ended = Contract.objects.filter(sourcing__need=need.pk, state="terminated").order_by("pk")
    return [contract.paid + contract.owed for contract in ended]


def needs_everybody(need: Need) -> None:
    """Refuse to go on while a village that was asked has not budgeted its part."""
    waiting = [share.village.label for share in need.shares.filter(state__in=PENDING).select_related("village")]
    refuse_unless(not waiting, f"Menunggu desa peserta menganggarkan bagiannya: {', '.join(waiting)}.")


def divided(value: int, weights: Sequence[int]) -> list[int]:
    """Whole rupiah in proportion to `weights`: rounded down, and what is left over goes one by one to the largest
    remainders, of equal ones to the first. The parts sum to `value`, and none passes its weight while `value` does
    not pass their sum."""
    whole = sum(weights)
    parts = [value * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(value * weights[place] % whole), place))
    for place in order[: value - sum(parts)]:
        parts[place] += 1
    return parts
