from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from catalog.models import Service
from core.clock import database_now
from core.formats import waktu
from core.workflow import Allowed, Denied, Move, TransitionRefused, Verdict, born, moves, moving, refuse_unless
from regions.scope import NOTHING, within
from transactions.models.base import OrderDocument
from transactions.models.need import Need, in_office, local_today
from transactions.models.rule import Method, ProcurementRule
from verification.models import Standing

if TYPE_CHECKING:
    from transactions.models.quotation import Quotation

# Direct purchase is the activity manager's (PKA), the rest the procurement team's (TPK).
OFFICER = {
    Method.DIRECT: Role.ACTIVITY_MANAGER,
    Method.QUOTATION: Role.PROCUREMENT_TEAM,
    Method.TENDER: Role.PROCUREMENT_TEAM,
}


LIVE = ("draft", "open", "opened", "evaluated")


class SourcingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Who sees the village's orders; a provider once the invitations went out."""
        invited = Q(invitations__provider__in=people.providers(user)) & ~Q(state="draft")
        return self.filter(in_office(user, "need__village") | invited).distinct()

    def waiting_for(self, user: Any) -> Self:
        """The officer has a draft, an opening, an evaluation or an award before them; the invited have to answer."""
        now = timezone.now()
        from transactions.models.quotation import Quotation

        answered = Quotation.objects.filter(sourcing=OuterRef("pk"), provider__in=people.providers(user))
        asked = Q(state="open", deadline__gt=now, invitations__provider__in=people.providers(user)) & ~Exists(answered)
        offers = Quotation.objects.filter(sourcing=OuterRef("pk"), state="sealed")
        ripe = Q(state__in=["draft", "opened", "evaluated"]) | Q(state="open", deadline__lte=now)
        mine = NOTHING
        for method, role in OFFICER.items():
            mine |= Q(method=method) & within("need__village", people.territories(user, role))
        ripe |= Q(state="open", method=Method.DIRECT) & Q(Exists(offers)) & ~Q(Exists(unanswered(OuterRef("pk"))))
        return self.filter(ripe & mine | asked).distinct()


def unanswered(sourcing: Any) -> models.QuerySet[Any]:
    """Invitations of a sourcing to which no offer has come."""
    from transactions.models.quotation import Invitation, Quotation

    offers = Quotation.objects.filter(sourcing=OuterRef("sourcing"), provider=OuterRef("provider"))
    return Invitation.objects.filter(~Exists(offers), sourcing=sourcing)


class Sourcing(OrderDocument):
    """How the village finds who does the work: method by its regency's rule, who was asked, until when."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draf Pengadaan"
        OPEN = "open", "Menunggu Penawaran"
        OPENED = "opened", "Penawaran Dibuka"
        EVALUATED = "evaluated", "Dievaluasi"
        AWARDED = "awarded", "Pemenang Ditetapkan"
        FAILED = "failed", "Gagal"

    MOVES = moves(
        Move("announce", ("draft",), "open", "Kirim Undangan", "Undangan penawaran dikirim"),
        Move("amend", ("draft",), None, "Ubah Pengadaan", "Draf pengadaan diubah", tone="secondary"),
        Move("open_quotations", ("open",), "opened", "Buka Penawaran", "Penawaran dibuka"),
        Move("evaluate", ("opened",), "evaluated", "Evaluasi Penawaran", "Penawaran dievaluasi"),
        Move("award", ("evaluated",), "awarded", "Tetapkan Pemenang", "Pemenang ditetapkan"),
        Move(
            "fail",
            ("draft", "open", "opened", "evaluated"),
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
    opened_at = models.DateTimeField("penawaran dibuka", null=True, editable=False)
    award_reason = models.TextField("alasan penetapan", blank=True, editable=False)
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
                condition=Q(state__in=["draft", "open"], opened_at__isnull=True)
                | Q(state__in=["opened", "evaluated", "awarded"], opened_at__isnull=False)
                | Q(state="failed"),
            ),
        )
        indexes = (models.Index(fields=["need"], name="sourcing_live", condition=Q(state__in=LIVE)),)

    def get_absolute_url(self) -> str:
        return self.need.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("sourcing-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        over = self.deadline <= timezone.now()  # for words only: what may be done goes by the database's clock
        until = f"Menunggu penawaran sampai {waktu(self.deadline, self.need.village)}."
        return {
            "draft": "Pengadaan disiapkan; undangan belum dikirim.",
            "open": "Batas waktu penawaran sudah lewat; menunggu penawaran dibuka." if over else until,
            "opened": "Penawaran sudah dibuka; menunggu evaluasi.",
            "evaluated": "Penawaran dievaluasi; menunggu penetapan pemenang.",
            "awarded": "Pemenang ditetapkan.",
            "failed": f"Pengadaan gagal: {self.failure_reason}",
        }[self.state]

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        if self.state == "open" and not self.is_past_deadline:
            return "Penyedia yang diundang"
        return str(OFFICER[Method(self.method)].label)

    @property
    def is_past_deadline(self) -> bool:
        return database_now() >= self.deadline

    def clean(self) -> None:
        need = self.need
        if need.ceiling is not None and self.hps is not None and self.hps > need.ceiling:
            raise ValidationError({"hps": "HPS tidak boleh melebihi pagu anggaran kebutuhan ini."})

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

    def may_announce(self, user: Any) -> Verdict:
        verdict = self.officer(user)
        if not verdict:
            return verdict
        least = self.rule.min_invitations if self.method != Method.DIRECT else 1
        if self.pk and self.invitations.count() < least:
            return Denied(f"Undang sedikitnya {least} penyedia untuk metode {Method(self.method).label}.")
        return verdict

    def may_open_quotations(self, user: Any) -> Verdict:
        verdict = self.officer(user)
        if not verdict:
            return verdict
        sealed = self.quotations.filter(state="sealed").count()
        if self.method == Method.DIRECT and sealed and not unanswered(self.pk).exists():
            return verdict  # direct purchase, and everyone asked has answered: nobody is shut out by opening now
        if not self.is_past_deadline:
            return Denied("Penawaran baru dapat dibuka setelah batas waktu.")
        return verdict if sealed else Denied("Tidak ada penawaran yang masuk; nyatakan gagal lalu adakan lagi.")

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def prepare(self, *, by: Any, services: Iterable[Service]) -> None:
        """Start the sourcing: the rule of the day fixes the method; invite the providers of `services`."""
        need = Need.objects.select_for_update(of=("self",)).get(pk=self.need_id)
        refuse_unless(need.state == "budgeted", "Pengadaan dimulai setelah kebutuhan dianggarkan.")
        self.need = need
        self.rule = ProcurementRule.objects.in_force(need.village.regency_code, on=local_today(need.village))
        self.choose_method()
        self.created_by = by
        born(self, by=by, verdict=self.may_create(by), data={"method": self.method, "rule": self.rule.basis})
        for service in services:
            self.invite(service)

    def choose_method(self) -> None:
        """By the value and the rule that this sourcing began under."""
        self.method = self.rule.method_for(self.hps)
        if self.method == Method.TENDER:
            raise TransitionRefused(
                f"Nilai di atas batas permintaan penawaran ({self.rule.basis}) harus melalui lelang, "
                "yang belum dilayani di sini."
            )

    def amend(
        self,
        *,
        by: Any,
        scope: str,
        hps: int,
        days: int,
        deadline: datetime.datetime,
        services: Iterable[Service],
    ) -> None:
        """Change the draft: scope, value, days, and who is asked. Another value may mean another method and officer."""
        with moving(self, "amend", by=by) as facts:
            self.scope, self.hps, self.days, self.deadline = scope, hps, days, deadline
            self.choose_method()
            verdict = self.officer(by)
            refuse_unless(verdict, getattr(verdict, "reason", ""))
            chosen = list(services)
            self.invitations.exclude(service__in=chosen).delete()
            for service in chosen:
                self.invite(service)
            facts.update(method=self.method, hps=hps)

    def invite(self, service: Service) -> None:
        """Put the provider of this service on the list; the village must be able to order it today."""
        refuse_unless(
            Service.objects.orderable_in(self.need.village_id).filter(pk=service.pk).exists(),
            f"{service.provider.name} sedang tidak terdaftar atau tidak melayani wilayah ini, jadi tidak dapat diundang.",
        )
        seen = {"service": service, "version": service.current_version}
        self.invitations.get_or_create(provider=service.provider, defaults=seen)

    def announce(self, *, by: Any, deadline: datetime.datetime) -> None:
        """Invitations go out; from now on the list and the deadline stand."""
        with moving(self, "announce", by=by) as facts:
            self.deadline = deadline
            hours = 0 if self.method == Method.DIRECT else self.rule.min_hours
            earliest = database_now() + datetime.timedelta(hours=hours)
            refuse_unless(
                self.deadline > earliest,
                "Batas waktu penawaran harus di masa depan"
                + (f", paling singkat {hours} jam dari sekarang." if hours else "."),
            )
            for invitation in self.invitations.select_related("provider"):
                refuse_unless(
                    Standing.objects.covers(invitation.provider, self.need.village_id),
                    f"{invitation.provider.name} sedang tidak terdaftar di direktori, jadi tidak dapat diundang.",
                )
            facts["invited"] = self.invitations.count()

    def open_quotations(self, *, by: Any) -> None:
        """After the deadline, by the database's clock, the offers become readable."""
        with moving(self, "open_quotations", by=by) as facts:
            self.opened_at = database_now()
            facts["quotations"] = self.quotations.filter(state="sealed").count()

    def evaluate(self, *, by: Any, results: dict[str, tuple[bool, str]]) -> None:
        """Judge every quotation: code -> (meets what was asked, why not)."""
        with moving(self, "evaluate", by=by):
            sealed = list(self.quotations.filter(state="sealed"))
            refuse_unless(
                {quotation.code for quotation in sealed} == set(results), "Nilai setiap penawaran yang masuk."
            )
            for quotation in sealed:
                passes, reason = results[quotation.code]
                quotation.judge(by=by, passes=passes, reason=reason)

    def award(self, *, by: Any, quotation: Quotation, reason: str = "") -> None:
        """Choose the winner; the others are declined, and the contract is drafted. Not the lowest: say why."""
        from transactions.models.contract import Contract

        with moving(self, "award", by=by, note=reason) as facts:
            refuse_unless(quotation.sourcing_id == self.pk, "Penawaran itu bukan untuk paket ini.")
            refuse_unless(
                Standing.objects.covers(quotation.provider_id, self.need.village_id),
                "Penyedia ini sedang tidak terdaftar di direktori, jadi tidak dapat ditetapkan.",
            )
            quotation.win(by=by)
            others = list(self.quotations.filter(state="qualified"))
            refuse_unless(
                reason or all(quotation.final_price <= other.final_price for other in others),
                "Ada penawaran memenuhi syarat yang lebih rendah. Tuliskan alasan tidak menetapkannya.",
            )
            for other in others:
                other.lose(by=by)
            self.award_reason = reason
            contract = Contract(
                sourcing=self, quotation=quotation, provider=quotation.provider, village=self.need.village
            )
            contract.draft(by=by, verdict=self.officer(by))
            facts.update(quotation=quotation.code, value=quotation.final_price)

    def may_lapse(self, user: Any) -> Verdict:
        verdict = self.contract.may_terminate(user)
        if verdict and self.contract.state != "terminated":
            return Denied("Penetapan hanya gugur bila kontraknya diputus.")
        return verdict

    def lapse(self, *, by: Any, reason: str) -> None:
        """Called by the contract that is terminated: the need can be sourced again."""
        with moving(self, "lapse", by=by, note=reason):
            self.failure_reason = f"kontrak diputus. {reason}"

    def fail(self, *, by: Any, reason: str) -> None:
        """It came to nothing: no offer, none that meets what was asked. The need can be sourced again."""
        with moving(self, "fail", by=by, note=reason):
            self.failure_reason = reason
