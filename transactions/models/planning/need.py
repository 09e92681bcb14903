from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, VILLAGE_ROLES, Role
from catalog.models import Category, Service, ServiceVersion
from core.clock import local_today
from core.name_search import MOST_WORDS, beginnings, words_of
from core.workflow import (
    Allowed,
    Denied,
    Move,
    OpenMove,
    Verdict,
    born,
    moves,
    moving,
    refuse_unless,
)
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.planning.budgeting import Budgeting
from transactions.models.planning.carrying import PAID, Carrying
from transactions.models.seeing import in_office, went_out

if TYPE_CHECKING:
    from transactions.models.planning.activity import Activity
    from transactions.models.sourcing.shortlist import Shortlisted
    from transactions.models.sourcing.sourcing import Sourcing

OPEN = ("identified", "agreed", "budgeted")


class Funding(models.TextChoices):
    DANA_DESA = "dd", "Dana Desa (DD)"
    ADD = "add", "Alokasi Dana Desa (ADD)"
    PAD = "pad", "Pendapatan Asli Desa (PADes)"
    PBH = "pbh", "Bagi Hasil Pajak dan Retribusi"
    PBK = "pbk", "Bantuan Keuangan"
    OTHER = "dll", "Lain-lain"


class Origin(models.TextChoices):
    """Where a need comes from."""

    TYPED = "typed", "Ditulis langsung oleh desa"
    MUSDES = "musdes", "Usulan dalam Musdes"
    CARD = "card", "Kartu komitmen"
    INDICATOR = "indicator", "Indikator desa yang lemah"


# The words of an order's title, and of which province and kabupaten it is: both off one index. The places look like
# paths, which nobody can type: of what is typed only letters and digits count.
PLACE = Func(
    F("village_id"), Value(r"^(..)\.(..)\..*$"), Value(r"/wil/\1 /wil/\1\2"), function="regexp_replace",
    output_field=models.TextField(),
)  # fmt: skip
SAID = words_of("title") + SearchVector(PLACE, config="simple")


def lying_in(codes: Collection[str]) -> SearchQuery:
    """The orders of these provinces or kabupaten, as `SAID` names them."""
    return SearchQuery(
        " | ".join(f"'/wil/{code.replace('.', '')}'" for code in codes), config="simple", search_type="raw"
    )


class NeedQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people, who helps and oversees them, and providers once they are invited."""
        from transactions.models.sourcing.quotation import Invitation

        asked = Invitation.objects.filter(sourcing__need=OuterRef("pk"), provider__in=people.providers(user))
        invited = asked.filter(went_out("sourcing__"))
        return self.filter(in_office(user, need="pk") | Q(Exists(invited)))

    def said(self, text: str, *, inside: Collection[str] = ()) -> Self:
        """Whose title or village has each typed word, or one that begins so; a code finds its order.

        The villages are asked for first: with their codes at hand the database joins two indexes instead of reading
        every row. `inside` may name the provinces or kabupaten that the rows lie in anyway, so that no word's
        orders in the whole country are read.
        """
        found = self.alias(words=SAID)
        buyers = Area.objects.buyers().filter(within("", inside)) if inside else Area.objects.buyers()
        for typed in text.split()[:MOST_WORDS]:
            fits = Q(code=typed.upper()[:16]) | Q(village__in=buyers.named(typed))
            if words := beginnings(typed):
                fits |= Q(words=words & lying_in(inside) if inside else words)
            found = found.filter(fits)
        return found

    def unfinished(self) -> Self:
        """Budgeted and not paid in full: what the end of the fiscal year leaves to be decided."""
        from transactions.models.musdes.accountability import Accountability

        paid = Accountability.objects.filter(contract__sourcing__need=OuterRef("pk"), state__in=PAID)
        return self.filter(~Exists(paid), state="budgeted")

    def waiting_for(self, user: Any) -> Self:
        """Agreed in Musdes or budgeted, and nobody has taken the next step."""
        from transactions.models.sourcing.sourcing import Sourcing

        live = Sourcing.objects.filter(need=OuterRef("pk")).exclude(state="failed")
        drafting = within("village", people.territories(user, *Need.DRAFTERS))
        budgeting = within("village", people.territories(user, *Need.BUDGETERS))
        buying = within("village", people.territories(user, Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM))
        return self.filter(
            (Q(state="identified") & drafting)
            | (Q(state="agreed") & budgeting)
            | (Q(state="budgeted") & ~Q(Exists(live)) & buying)
        )


class Need(Budgeting, Carrying, OrderDocument):
    """A village needs technical help: the problem, how much, for whom, and with which money.

    It is the head of the order: the order's page and its list start here.
    """

    class State(models.TextChoices):
        IDENTIFIED = "identified", "Kebutuhan Dicatat"
        AGREED = "agreed", "Disepakati Musdes"
        BUDGETED = "budgeted", "Dianggarkan"
        CANCELLED = "cancelled", "Batal"

    DRAFTERS = (Role.VILLAGE_OPERATOR, Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY)
    HELPERS = (Role.PLD, Role.PD)
    BUDGETERS = (Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER)
    MOVES = moves(
        Move("agree", ("identified",), "agreed", "Catat Kesepakatan Musdes", "Disepakati dalam Musdes"),
        Move("amend", ("identified",), None, "Ubah Kebutuhan", "Kebutuhan diubah", tone="secondary"),
        Move("place_in_plan", ("agreed",), None, "Catat RKP Desa", "Masuk RKP Desa", tone="secondary"),
        Move("budget", ("agreed",), "budgeted", "Catat Anggaran", "Dianggarkan dalam APB Desa"),
        Move(
            "carry_over",
            ("budgeted",),
            None,
            "Lanjutkan (DPAL)",
            "Dilanjutkan ke tahun anggaran berikutnya",
            tone="secondary",
        ),
        Move(
            "cancel",
            ("identified", "agreed", "budgeted"),
            "cancelled",
            "Batalkan Kebutuhan",
            "Dibatalkan",
            tone="danger",
            confirm="Kebutuhan yang dibatalkan tidak dapat dibuka lagi.",
        ),
        # Made on pages of their own, which name the service; the timeline does not, since providers read it.
        Move("shortlist", OPEN, None, "Simpan ke Daftar Pendek", "Daftar pendek ditambah", inner=True),
        Move("unlist", OPEN, None, "Hapus dari Daftar Pendek", "Daftar pendek dikurangi", inner=True),
    )
    TURN = {
        "identified": "Operator Desa, Kasi/Kaur, atau Sekretaris Desa",
        "agreed": "Kasi/Kaur, Sekretaris Desa, atau Kaur Keuangan",
        "budgeted": "Kasi/Kaur atau TPK",
    }
    TONES = {"identified": "info", "agreed": "info", "budgeted": "info", "cancelled": "bad"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.IDENTIFIED, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    title = models.CharField("nama kebutuhan", max_length=150)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="kategori", related_name="+")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="berawal dari layanan", related_name="+"
    )
    origin = models.CharField(
        "asal kebutuhan", max_length=12, choices=Origin.choices, default=Origin.TYPED, db_default=Origin.TYPED
    )
    origin_note = models.CharField("keterangan asal", max_length=200, blank=True, default="", db_default="")
    problem = models.TextField("masalah yang dihadapi", max_length=2000)
    place = models.CharField("lokasi (dusun)", max_length=150, blank=True)
    men = models.PositiveIntegerField("penerima manfaat laki-laki", default=0)
    women = models.PositiveIntegerField("penerima manfaat perempuan", default=0)
    poor_households = models.PositiveIntegerField("rumah tangga miskin (RTM) penerima manfaat", null=True, blank=True)
    volume = models.PositiveIntegerField("volume", default=1, validators=[MinValueValidator(1)])
    unit = models.CharField("satuan", max_length=30, default="paket")
    estimate = models.BigIntegerField("perkiraan biaya")
    why_provider = models.TextField("alasan tidak swakelola", max_length=1000)
    musdes_on = models.DateField("tanggal Musdes perencanaan", null=True, blank=True)
    musdes_number = models.CharField("nomor berita acara Musdes", max_length=100, blank=True)
    rkp_number = models.CharField("nomor Perdes RKP Desa", max_length=100, blank=True, default="", db_default="")
    rkp_on = models.DateField("tanggal Perdes RKP Desa", null=True, blank=True)
    activity = models.ForeignKey(
        "transactions.Activity",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="kegiatan APB Desa",
        related_name="needs",
    )
    fiscal_year = models.PositiveSmallIntegerField("tahun anggaran", null=True, blank=True)
    funding = models.CharField("sumber dana", max_length=4, choices=Funding.choices, blank=True)
    activity_code = models.CharField("kode kegiatan/rekening", max_length=40, blank=True)
    ceiling = models.BigIntegerField("pagu anggaran", null=True, blank=True)
    planned_time = models.CharField("rencana waktu pelaksanaan", max_length=60, blank=True, default="", db_default="")
    assisted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = "kebutuhan"
        verbose_name_plural = "kebutuhan"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="need_estimate_positive", condition=Q(estimate__gt=0)),
            models.CheckConstraint(
                name="need_agreed_with_minutes",
                condition=~Q(state__in=["agreed", "budgeted"]) | Q(musdes_on__isnull=False) & ~Q(musdes_number=""),
            ),
            models.CheckConstraint(
                name="need_budgeted_with_money",
                condition=~Q(state="budgeted")
                | Q(ceiling__gt=0, fiscal_year__isnull=False) & ~Q(funding="") & ~Q(activity_code=""),
            ),
        )
        indexes = (
            models.Index(fields=["village", "-id"], name="need_village"),
            models.Index(fields=["created_at"], name="need_created"),
            GinIndex(SAID, name="need_said"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The order's page."""
        return reverse("order", args=[self.code])

    @property
    def shortlist_url(self) -> str:
        return reverse("shortlist", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("need-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "identified": "Kebutuhan tercatat; menunggu kesepakatan Musdes perencanaan.",
            "agreed": "Disepakati dalam Musdes; menunggu anggaran dalam APB Desa.",
            "budgeted": "Dianggarkan; pengadaan dapat dimulai.",
            "cancelled": "Kebutuhan dibatalkan.",
        }[self.state]

    @property
    def current_sourcing(self) -> Sourcing | None:
        """The sourcing that runs or ran last; failed ones stay in the file."""
        return self.sourcings.order_by("-pk").first()

    def open_moves(self, user: Any) -> list[OpenMove]:
        """Carrying over is offered in its season only, and to nobody as what they may not do."""
        return [each for each in super().open_moves(user) if each.verdict or each.verb != "carry_over"]

    # --- who may ----------------------------------------------------------------------------------
    def _held_by(self, user: Any, roles: Iterable[str], sentence: str) -> Verdict:
        membership = people.acting(user, *roles, at=self.village_id)
        return Allowed(membership) if membership else Denied(sentence)

    def may_create(self, user: Any) -> Verdict:
        """The village writes its needs; the facilitator may write the draft with them."""
        said = "Kebutuhan dicatat oleh operator, Kasi/Kaur, atau Sekretaris Desa, atau disiapkan oleh pendamping."
        return self._held_by(user, self.DRAFTERS, said) or self._held_by(user, self.HELPERS, said)

    may_amend = may_create

    def may_agree(self, user: Any) -> Verdict:
        said = "Kesepakatan Musdes dicatat oleh operator, Kasi/Kaur, atau Sekretaris Desa."
        return self._held_by(user, self.DRAFTERS, said)

    def may_budget(self, user: Any) -> Verdict:
        said = "Anggaran dicatat oleh Kasi/Kaur, Sekretaris Desa, atau Kaur Keuangan."
        return self._held_by(user, self.BUDGETERS, said)

    def may_place_in_plan(self, user: Any) -> Verdict:
        said = "Penempatan dalam RKP Desa dicatat oleh operator, Kasi/Kaur, atau Sekretaris Desa."
        return self._held_by(user, self.DRAFTERS, said)

    def may_cancel(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.VILLAGE_HEAD, at=self.village_id)
        if not membership:
            return Denied("Kebutuhan dibatalkan oleh Kepala Desa.")
        sourcing = self.current_sourcing
        if sourcing is not None and sourcing.state != "failed":
            return Denied("Pengadaannya sedang berjalan; hentikan pengadaan dahulu.")
        return Allowed(membership)

    def may_shortlist(self, user: Any) -> Verdict:
        """Whoever works for the village or helps it may keep services in mind, until somebody is asked to offer."""
        membership = people.acting(user, *VILLAGE_ROLES, *FACILITATOR_ROLES, at=self.village_id)
        if not membership:
            return Denied("Daftar pendek disusun oleh perangkat desa ini dan pendampingnya.")
        sourcing = self.current_sourcing
        if sourcing is not None and sourcing.state not in ("draft", "failed"):
            return Denied("Undangan penawaran sudah dikirim, jadi daftar pendeknya tidak berubah lagi.")
        return Allowed(membership)

    may_unlist = may_shortlist

    # --- what they do -------------------------------------------------------------------------------
    def identify(self, *, by: Any) -> None:
        """Write down the need; a facilitator's help is shown ("dibantu oleh")."""
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        verdict = self.may_create(by)
        self.created_by = by
        self.note_help(by)
        born(self, by=by, verdict=verdict, data={"estimate": self.estimate})

    def note_help(self, by: Any) -> None:
        """A facilitator wrote this with the village: their name stands on it (“dibantu oleh”)."""
        verdict = self.may_create(by)
        if verdict and verdict.membership.role in FACILITATOR_ROLES:
            self.assisted_by = by

    def amend(self, *, by: Any, **fields: Any) -> None:
        """Correct what was written, until the Musdes agrees to it."""
        with moving(self, "amend", by=by) as facts:
            for name, value in fields.items():
                setattr(self, name, value)
            self.note_help(by)
            facts["estimate"] = self.estimate

    def agree(self, *, by: Any, musdes_on: datetime.date, musdes_number: str) -> None:
        """The village assembly agreed to it; date and number of the minutes."""
        with moving(self, "agree", by=by):
            refuse_unless(musdes_on <= local_today(self.village), "Tanggal Musdes tidak boleh di masa depan.")
            self.musdes_on, self.musdes_number = musdes_on, musdes_number

    def place_in_plan(self, *, by: Any, rkp_number: str, rkp_on: datetime.date) -> None:
        """The village's work plan (RKP Desa) names it; number and date of its regulation."""
        with moving(self, "place_in_plan", by=by) as facts:
            refuse_unless(rkp_on <= local_today(self.village), "Tanggal Perdes RKP Desa tidak boleh di masa depan.")
            self.rkp_number, self.rkp_on = rkp_number, rkp_on
            facts.update(number=rkp_number)

    def budget(
        self,
        *,
        by: Any,
        ceiling: int,
        activity: Activity | None = None,
        fiscal_year: int | None = None,
        funding: str = "",
        activity_code: str = "",
        planned_time: str = "",
    ) -> None:
        """It stands in the APB Desa, with a ceiling (whole rupiah) from one of the village's activities.

        Year, source and code are typed only where the village has no activities of that year on its list.
        """
        with moving(self, "budget", by=by) as facts:
            facts.update(self.take_from_budget(ceiling, activity, fiscal_year, funding, activity_code))
            self.ceiling, self.planned_time = ceiling, planned_time

    def cancel(self, *, by: Any, reason: str) -> None:
        """The village does not need it any more; nor are others asked to bear a part, or held to one."""
        with moving(self, "cancel", by=by, note=reason):
            for share in self.shares.filter(state__in=("invited", "agreed", "budgeted")).order_by("pk"):
                share.withdraw(by=by, reason=reason)

    def shortlist(self, *, by: Any, version: ServiceVersion, note: str = "") -> Shortlisted:
        """Keep a service in mind as it was seen; once, and not more than can be compared with care."""
        from transactions.models.sourcing.shortlist import MOST, Shortlisted

        with moving(self, "shortlist", by=by) as facts:
            kept = Shortlisted.objects.filter(need=self)
            refuse_unless(
                not kept.filter(service=version.service_id).exists(), "Layanan ini sudah ada dalam daftar pendek."
            )
            refuse_unless(kept.count() < MOST, f"Daftar pendek memuat paling banyak {MOST} layanan. Hapus satu dahulu.")
            facts.update(service=version.service.code, version=version.number)
            return Shortlisted.objects.create(
                need=self, service=version.service, version=version, note=note, added_by=by
            )

    def unlist(self, *, by: Any, entry: Shortlisted) -> None:
        """The village does not consider this service any more."""
        with moving(self, "unlist", by=by) as facts:
            facts.update(service=entry.service.code, version=entry.version.number)
            self.shortlist_entries.filter(pk=entry.pk).delete()
