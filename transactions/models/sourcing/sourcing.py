from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts import people
from core.clock import local_today
from core.formats import rupiah, waktu
from core.workflow import Allowed, Denied, Move, OpenMove, Verdict, moves, moving, refuse_unless
from regions.scope import NOTHING, within
from transactions.models.base import OrderDocument
from transactions.models.planning.joint import spendable
from transactions.models.planning.need import Need
from transactions.models.rule import OFFICER, Method, ProcurementRule
from transactions.models.seeing import in_office, went_out
from transactions.models.sourcing.awarding import Awarding
from transactions.models.sourcing.inviting import Inviting
from transactions.models.sourcing.opening import WITNESSES, Opening
from transactions.models.sourcing.tender import Tendering
from transactions.models.sourcing.ways_on import WaysOn

if TYPE_CHECKING:
    from transactions.models.sourcing.evaluation import Judgement

ANSWERED = "Penyedia menjawab negosiasi; setujui harganya, atau ajukan harga lain."
AWARD_NEXT = "Penawaran dievaluasi; menunggu penetapan pemenang."
LIVE = ("draft", "open", "opening", "opened", "evaluated")


class SourcingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Who sees the village's orders; a provider once the invitations went out."""
        invited = Q(invitations__provider__in=people.providers(user)) & went_out()
        return self.filter(in_office(user, "need__village") | invited).distinct()

    def public(self) -> Self:
        """Tenders that were announced: everyone reads them."""
        return self.filter(method=Method.TENDER, announced_at__isnull=False)

    def said(self, text: str) -> Self:
        """Whose need is said so (`NeedQuerySet.said`); a code finds its sourcing."""
        return self.filter(Q(need__in=Need.objects.said(text)) | Q(code=text.strip().upper()[:16]))

    def before(self, announced_at: datetime.datetime, pk: int) -> Self:
        """What stands after this one in the public list, the latest first."""
        return self.filter(Q(announced_at__lt=announced_at) | Q(announced_at=announced_at, pk__lt=pk))

    def taking_offers(self) -> Self:
        """By the database's clock."""
        return self.filter(state="open", deadline__gt=Now())

    def in_progress(self) -> Self:
        """Offers are no longer taken, and nobody is chosen yet."""
        return self.filter(Q(state="open", deadline__lte=Now()) | Q(state__in=["opening", "opened", "evaluated"]))

    def with_clock(self) -> Self:
        """Each with whether its deadline has passed, by the database's clock (`is_late_now`)."""
        return self.annotate(is_late_now=models.ExpressionWrapper(Q(deadline__lte=Now()), models.BooleanField()))

    def waiting_for(self, user: Any) -> Self:
        """The officer has a draft, an opening, an evaluation or an award before them; a second person has an opening
        to confirm; the invited have to answer. Deadlines are judged by the database's clock; each says whether a
        provider has answered in its price talks (`is_answered`)."""
        from transactions.models.sourcing.quotation import Quotation

        asked = Q(state="open", deadline__gt=Now(), pk__in=invited_and_silent(people.providers(user)))
        offers = Quotation.objects.filter(sourcing=OuterRef("pk"), state="sealed")
        ripe = Q(state__in=["draft", "opened", "evaluated"]) | Q(state="open", deadline__lte=Now())
        mine = NOTHING
        for method, role in OFFICER.items():
            mine |= Q(method=method) & within("need__village", people.territories(user, role))
        ripe |= Q(state="open", method=Method.DIRECT) & Q(Exists(offers)) & ~Q(Exists(unanswered(OuterRef("pk"))))
        second = NOTHING
        if user is not None and user.is_authenticated:
            second = Q(state="opening") & within("need__village", people.territories(user, *WITNESSES))
            second &= ~Q(opening_asked_by=user)
        talks = Quotation.objects.filter(sourcing=OuterRef("pk"), state="qualified", awaits="village")
        return self.filter(ripe & mine | second | asked).with_clock().annotate(is_answered=Exists(talks))


def invited_and_silent(providers: list[int]) -> list[int]:
    """Sourcings that asked one of these providers, who has not answered. As keys: few, while the database would look
    for them among all that are open in the nation."""
    from transactions.models.sourcing.quotation import Invitation, Quotation

    if not providers:
        return []
    answered = Quotation.objects.filter(sourcing=OuterRef("sourcing"), provider__in=providers)
    rows = Invitation.objects.filter(~Exists(answered), provider__in=providers)
    return list(rows.values_list("sourcing", flat=True))


def unanswered(sourcing: Any) -> models.QuerySet[Any]:
    """Invitations of a sourcing to which no offer has come."""
    from transactions.models.sourcing.quotation import Invitation, Quotation

    offers = Quotation.objects.filter(sourcing=OuterRef("sourcing"), provider=OuterRef("provider"))
    return Invitation.objects.filter(~Exists(offers), sourcing=sourcing)


class Sourcing(Inviting, Opening, Awarding, Tendering, WaysOn, OrderDocument):
    """How the village finds who does the work: method by its regency's rule, who was asked, until when."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draf Pengadaan"
        OPEN = "open", "Menunggu Penawaran"
        OPENING = "opening", "Menunggu Orang Kedua"
        OPENED = "opened", "Penawaran Dibuka"
        EVALUATED = "evaluated", "Dievaluasi"
        AWARDED = "awarded", "Pemenang Ditetapkan"
        FAILED = "failed", "Gagal"

    MOVES = moves(
        Move("announce", ("draft",), "open", "Kirim Undangan", "Undangan penawaran dikirim"),
        Move("announce_tender", ("draft",), "open", "Umumkan Lelang", "Lelang diumumkan"),
        Move("amend", ("draft",), None, "Ubah Pengadaan", "Draf pengadaan diubah", tone="secondary"),
        Move("open_quotations", ("open",), "opened", "Buka Penawaran", "Penawaran dibuka"),
        Move("ask_opening", ("open",), "opening", "Minta Pembukaan", "Pembukaan diminta oleh orang pertama"),
        Move("confirm_opening", ("opening",), "opened", "Buka Bersama", "Penawaran dibuka oleh dua orang"),
        Move("evaluate", ("opened",), "evaluated", "Evaluasi Penawaran", "Penawaran dievaluasi"),
        Move("award", ("evaluated",), "awarded", "Tetapkan Pemenang", "Pemenang ditetapkan"),
        Move(
            "release",
            ("awarded",),
            "evaluated",
            "Catat Pemenang Mundur",
            "Pemenang mundur",
            tone="secondary",
            confirm="Penetapan dibatalkan dan draf kontraknya diakhiri. Sesudah itu Anda dapat menetapkan urutan "
            "berikutnya, atau menyatakan pengadaan gagal.",
        ),
        Move(
            "fail",
            ("draft", "open", "opening", "opened", "evaluated"),
            "failed",
            "Nyatakan Gagal",
            "Pengadaan dinyatakan gagal",
            tone="danger",
            confirm="Pengadaan yang gagal berhenti di sini; kebutuhan dapat diadakan lagi.",
        ),
        Move(
            "lapse", ("awarded",), "failed", "Gugurkan Penetapan", "Penetapan gugur karena kontrak diputus", inner=True
        ),
    )
    TONES = {
        "draft": "neutral",
        "open": "wait",
        "opening": "wait",
        "opened": "info",
        "evaluated": "info",
        "awarded": "good",
        "failed": "bad",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="sourcings")
    method = models.CharField("metode", max_length=12, choices=Method.choices, editable=False)
    rule = models.ForeignKey(ProcurementRule, models.PROTECT, editable=False, related_name="+")
    scope = models.TextField("lingkup pekerjaan dan keluaran", max_length=4000)
    hps = models.BigIntegerField("harga perkiraan sendiri (HPS)")
    days = models.PositiveSmallIntegerField("jangka waktu (hari kalender)")
    deadline = models.DateTimeField("batas waktu penawaran")
    # What the letters say besides: numbers are the village's own, from its agenda.
    announced_at = models.DateTimeField("diumumkan", null=True, editable=False)
    questions_until = models.DateTimeField("batas pertanyaan", null=True, editable=False)
    request_number = models.CharField("nomor surat", max_length=60, blank=True, db_default="", editable=False)
    request_on = models.DateField("tanggal surat", null=True, editable=False)
    venue = models.CharField("tempat", max_length=200, blank=True, db_default="", editable=False)
    evaluates_at = models.DateTimeField("evaluasi", null=True, editable=False)
    negotiates_at = models.DateTimeField("negosiasi", null=True, editable=False)
    awards_at = models.DateTimeField("rencana penetapan", null=True, editable=False)
    opening_asked_at = models.DateTimeField("pembukaan diminta", null=True, editable=False)
    opening_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, editable=False, related_name="+"
    )
    opened_at = models.DateTimeField("penawaran dibuka", null=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, editable=False, related_name="+"
    )
    award_reason = models.TextField("alasan penetapan", blank=True, editable=False)
    award_number = models.CharField("nomor penetapan", max_length=60, blank=True, db_default="", editable=False)
    award_on = models.DateField("tanggal penetapan", null=True, editable=False)
    notice_number = models.CharField("nomor pengumuman", max_length=60, blank=True, db_default="", editable=False)
    failure_reason = models.TextField("alasan gagal", blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = SourcingQuerySet.as_manager()

    class Meta:
        verbose_name = "pengadaan"
        verbose_name_plural = "pengadaan"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["need"],
                condition=~Q(state="failed"),
                name="sourcing_one_live_per_need",
                violation_error_message="Kebutuhan ini sudah mempunyai pengadaan yang berjalan.",
            ),
            models.CheckConstraint(name="sourcing_hps_positive", condition=Q(hps__gt=0, days__gt=0)),
            models.CheckConstraint(
                name="sourcing_opened_with_its_moment",
                condition=Q(state__in=["draft", "open", "opening"], opened_at__isnull=True)
                | Q(state__in=["opened", "evaluated", "awarded"], opened_at__isnull=False)
                | Q(state="failed"),
            ),
            models.CheckConstraint(
                name="sourcing_opened_by_two",
                condition=Q(opening_asked_by__isnull=True)
                | Q(opened_by__isnull=True)
                | ~Q(opened_by=models.F("opening_asked_by")),
                violation_error_message="Penawaran dibuka oleh dua orang yang berbeda.",
            ),
            models.CheckConstraint(
                name="sourcing_opened_after_its_deadline",
                condition=Q(method="direct") | Q(opened_at__isnull=True) | Q(opened_at__gte=models.F("deadline")),
            ),
        )
        indexes = (
            models.Index(fields=["need"], name="sourcing_live", condition=Q(state__in=LIVE)),
            models.Index(fields=["need"], name="sourcing_opening", condition=Q(state="opening")),
            models.Index(
                fields=["-announced_at", "-id"],
                name="sourcing_tenders",
                condition=Q(method="tender", announced_at__isnull=False),
            ),
        )

    def get_absolute_url(self) -> str:
        return self.need.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("sourcing-move", args=[self.code, self.MOVES[verb].slug])

    def open_moves(self, user: Any) -> list[OpenMove]:
        """Without the buttons of the other methods: a tender is announced, not sent; two people open, or one does."""
        other = {"announce"} if self.method == Method.TENDER else {"announce_tender"}
        other |= {"open_quotations"} if self.takes_two else {"ask_opening"}
        return [move for move in super().open_moves(user) if move.verb not in other]

    @property
    def contract(self) -> Any:
        """The contract of the last award; None before it."""
        return self.contracts.order_by("-pk").first() if self.pk else None  # type: ignore[attr-defined]

    @property
    def is_closed(self) -> bool:
        """Is the purchase over, so that nothing of its file changes any more?"""
        return bool(self.contracts.filter(accountability__state="closed").exists())

    @property
    def winner(self) -> Any:
        """The offer that won, with its provider, once awarded; None before. From then on its price is no secret."""
        if self.state != "awarded":
            return None
        return self.quotations.filter(state="won").select_related("provider").first()  # type: ignore[attr-defined]

    @property
    def public_state(self) -> str:
        """The state in words for everyone: who opens whom is the village's business."""
        if self.state == "open":
            return "Sedang Dinilai" if self.is_over_time else "Menerima Penawaran"
        return "Sedang Dinilai" if self.state in ("opening", "opened", "evaluated") else self.get_state_display()

    @property
    def public_tone(self) -> str:
        return {"Menerima Penawaran": "wait", "Sedang Dinilai": "info"}.get(self.public_state, self.state_tone)

    @property
    def is_over_time(self) -> bool:
        """Has the deadline passed? As the list that it came from found it, else asked now; for words only."""
        found = self.__dict__.get("is_late_now")
        return self.is_past_deadline if found is None else bool(found)

    @property
    def status_sentence(self) -> str:
        until = f"Menunggu penawaran sampai {waktu(self.deadline, self.need.village)}."
        late = self.state == "open" and self.is_over_time
        return {
            "draft": "Pengadaan disiapkan; "
            + ("lelang belum diumumkan." if self.method == Method.TENDER else "undangan belum dikirim."),
            "open": "Batas waktu penawaran sudah lewat; menunggu penawaran dibuka." if late else until,
            "opening": "Pembukaan penawaran diminta; menunggu orang kedua yang membukanya bersama.",
            "opened": "Penawaran sudah dibuka; menunggu evaluasi.",
            "evaluated": ANSWERED if self.__dict__.get("is_answered") else AWARD_NEXT,
            "awarded": "Pemenang ditetapkan.",
            "failed": f"Pengadaan gagal: {self.failure_reason}",
        }[self.state]

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        if self.state == "open" and not self.is_past_deadline:
            return "Penyedia yang terdaftar" if self.method == Method.TENDER else "Penyedia yang diundang"
        if self.state == "opening":
            return "Orang kedua: TPK lain, Kasi/Kaur, Sekretaris Desa, atau BPD"
        return str(OFFICER[Method(self.method)].label)

    def clean(self) -> None:
        if self.state != "draft":  # what went out keeps its estimate, also when its own contract ends early
            return
        ceiling = spendable(self.need)
        if ceiling is not None and self.hps is not None and self.hps > ceiling:
            raise ValidationError({"hps": f"HPS tidak boleh melebihi pagu anggaran kebutuhan ini, {rupiah(ceiling)}."})

    # --- who may ----------------------------------------------------------------------------------
    def officer(self, user: Any) -> Verdict:
        """The one who buys by this method: PKA for direct purchase, TPK for quotations."""
        role = OFFICER[Method(self.method)]
        membership = people.acting(user, role, at=self.need.village_id)
        if not membership:
            return Denied(f"{Method(self.method).label} dilakukan oleh {role.label} desa ini.")
        works_for = people.providers(user)
        if works_for and self.pk and self.invitations.filter(provider__in=works_for).exists():
            return Denied("Anda bekerja pada penyedia yang diundang, jadi tidak dapat mengurus pengadaan ini.")
        return Allowed(membership)

    may_create = may_amend = may_evaluate = may_award = may_fail = officer

    # --- what they do -------------------------------------------------------------------------------
    def evaluate(
        self,
        *,
        by: Any,
        results: Mapping[str, Judgement | tuple[bool, str]],
        number: str = "",
        held_on: datetime.date | None = None,
        place: str = "",
    ) -> None:
        """Judge every quotation: code -> what was found, in full or in short (meets what was asked, why not).

        `number`, `held_on` and `place` are those of the berita acara, in the village's own agenda.
        """
        from transactions.models.sourcing.evaluation import Judgement, keep_evaluation

        with moving(self, "evaluate", by=by):
            sealed = list(self.quotations.filter(state="sealed"))
            refuse_unless(
                {quotation.code for quotation in sealed} == set(results), "Nilai setiap penawaran yang masuk."
            )
            today = local_today(self.need.village)
            refuse_unless(held_on is None or held_on <= today, "Tanggal evaluasi tidak boleh di masa depan.")
            judged = {code: Judgement.of(said) for code, said in results.items()}
            keep_evaluation(self, sealed, judged, by=by, number=number, held_on=held_on or today, place=place)
            for quotation in sealed:
                said = judged[quotation.code]
                quotation.judge(by=by, passes=said.passes, reason=said.reason)
