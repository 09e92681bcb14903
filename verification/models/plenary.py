"""Rapat pleno: a batch of applications, the recap, the signed report, and the decree by a second person."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES, today
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, TransitionRefused, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within
from verification.models.application import Application
from verification.models.pokja import Pokja, PokjaMember
from verification.models.standing import Standing


class PlenaryQuerySet(models.QuerySet["Plenary"]):
    def visible_to(self, user: Any) -> Self:
        """The Pokja's own, and the offices' of that territory."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))

    def waiting_for(self, user: Any) -> Self:
        """Signed reports wait for the chair's decree."""
        chair = within("regency", people.territories(user, Role.POKJA_CHAIR))
        return self.visible_to(user).filter(chair & Q(state="minuted") & ~Q(minuted_by=getattr(user, "pk", None)))


class Plenary(Document):
    """One sitting of the Pokja: which applications, who was there, what was found, and the decree that follows."""

    class State(models.TextChoices):
        DRAFT = "draft", "Disiapkan"
        MINUTED = "minuted", "Berita Acara Jadi"
        DECREED = "decreed", "Ditetapkan"
        CANCELLED = "cancelled", "Dibatalkan"

    MOVES = moves(
        Move("add", ("draft",), None, "Tambah Permohonan", "Permohonan ditambahkan", tone="secondary"),
        Move("remove", ("draft",), None, "Keluarkan Permohonan", "Permohonan dikeluarkan", tone="quiet"),
        Move("minute", ("draft",), "minuted", "Buat Berita Acara", "Berita acara dibuat"),
        Move("attach_scan", ("minuted", "decreed"), None, "Unggah Pindaian Berita Acara", "Pindaian diunggah",
             tone="secondary"),
        Move("reopen", ("minuted",), "draft", "Buka Kembali", "Dibuka kembali", tone="quiet"),
        Move("decree", ("minuted",), "decreed", "Tetapkan dengan Keputusan", "Ditetapkan"),
        Move(
            "cancel", ("draft",), "cancelled", "Batalkan Rapat", "Rapat dibatalkan", tone="danger",
            confirm="Permohonan di dalamnya kembali menunggu rapat berikutnya.",
        ),
    )  # fmt: skip
    TONES = {"draft": "neutral", "minuted": "wait", "decreed": "good", "cancelled": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    pokja = models.ForeignKey(Pokja, models.PROTECT, related_name="plenaries", verbose_name="Pokja")
    held_on = models.DateField("tanggal rapat")
    place = models.CharField("tempat", max_length=150)
    minutes_number = models.CharField("nomor berita acara", max_length=100, blank=True)
    minuted_at = models.DateTimeField(null=True, editable=False)
    minuted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recap = models.JSONField("rekapitulasi", default=dict, editable=False)
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="pindaian berita acara"
    )
    decree_number = models.CharField("nomor keputusan", max_length=100, blank=True)
    decree_date = models.DateField("tanggal keputusan", null=True, blank=True)
    valid_until = models.DateField("terdaftar sampai", null=True, blank=True)
    decreed_at = models.DateTimeField(null=True, editable=False)
    decreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = PlenaryQuerySet.as_manager()

    class Meta:
        verbose_name = "rapat pleno"
        verbose_name_plural = "rapat pleno"
        ordering = ("-pk",)
        indexes = (models.Index(fields=["regency", "state"], name="plenary_desk"),)
        constraints = (
            models.CheckConstraint(
                name="plenary_minuted_is_signed",
                condition=~Q(state__in=["minuted", "decreed"])
                | Q(minuted_at__isnull=False, minuted_by__isnull=False) & ~Q(minutes_number=""),
            ),
            models.CheckConstraint(
                name="plenary_decreed_is_signed",
                condition=~Q(state="decreed")
                | Q(decreed_at__isnull=False, decreed_by__isnull=False, decree_date__isnull=False)
                & ~Q(decree_number=""),
            ),
            models.CheckConstraint(
                name="plenary_decreed_by_another", condition=~Q(state="decreed") | ~Q(decreed_by=F("minuted_by"))
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_plenary_change", args=[self.code])

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        return reverse("admin:verification_plenary_move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "draft": "Sedang disiapkan.",
            "minuted": f"Berita acara {self.minutes_number} menunggu keputusan Ketua Pokja.",
            "decreed": f"Ditetapkan dengan keputusan {self.decree_number}.",
            "cancelled": "Rapat ini dibatalkan.",
        }[self.state]

    def candidates(self) -> models.QuerySet[Application]:
        """Proposed in this regency and not yet in a sitting."""
        busy = PlenaryItem.objects.filter(plenary__state__in=["draft", "minuted"]).values("application_id")
        rows = Application.objects.filter(regency=self.regency_id, state__in=["recommended", "unfit"])
        return rows.exclude(kind=Application.Kind.CHANGE).exclude(pk__in=busy).select_related("provider")

    def lines(self) -> list[PlenaryItem]:
        """Its applications, by the provider's name."""
        return list(self.items.select_related("application__provider", "application__regency"))

    def quorum(self) -> int:
        """How many members have to be present, by the rule in force on the day of the sitting."""
        from verification.models.rule import VerificationRule

        rule = VerificationRule.objects.in_force(self.regency_id, on=self.held_on)
        return rule.quorum_of(self.pokja.serving().count())

    # --- who may ------------------------------------------------------------------------------------
    def _seat(self, user: Any, *roles: str) -> Verdict:
        membership = people.acting(user, *(roles or POKJA_ROLES), at=self.regency_id)
        who = "Ketua" if roles == (Role.POKJA_CHAIR,) else "anggota"
        return Allowed(membership) if membership else Denied(f"Hanya {who} Pokja P2KTD {self.regency.name}.")

    may_create = may_add = may_remove = may_minute = may_attach_scan = may_cancel = _seat

    def may_reopen(self, user: Any) -> Verdict:
        return self._seat(user, Role.POKJA_CHAIR)

    def may_decree(self, user: Any) -> Verdict:
        """Four eyes: the chair, not who wrote the report, and without a tie to anyone in it."""
        verdict = self._seat(user, Role.POKJA_CHAIR)
        if not verdict:
            return verdict
        if user.pk == self.minuted_by_id:
            return Denied("Anda yang membuat berita acara ini; penetapan dilakukan oleh orang lain.")
        verbs = {PlenaryItem.Outcome.LIST: "list_provider", PlenaryItem.Outcome.REJECT: "decline"}
        for line in self.lines():
            judged = line.application.may(verbs[line.outcome], user) if line.outcome in verbs else verdict
            if not judged:
                return Denied(f"{line.application.provider.name}: {judged.reason}")
        return verdict

    # --- what the Pokja does ------------------------------------------------------------------------
    def convene(self, *, by: Any, applications: list[Application]) -> None:
        """A sitting is prepared with its first applications."""
        pokja = Pokja.objects.of(self.regency_id)
        refuse_unless(pokja, "Belum ada Pokja yang ditetapkan dengan keputusan untuk masa ini.")
        self.pokja = pokja
        born(self, by=by, verdict=self.may_create(by))
        for application in applications:
            self.add(by=by, application=application)

    def add(self, *, by: Any, application: Application) -> None:
        """Put a proposed application on the list."""
        with moving(self, "add", by=by) as facts:
            row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
            refuse_unless(
                self.candidates().filter(pk=row.pk).exists(),
                f"{application.provider} belum direkomendasikan, atau sudah dalam rapat lain.",
            )
            outcome = PlenaryItem.Outcome.LIST if row.state == "recommended" else PlenaryItem.Outcome.REJECT
            PlenaryItem.objects.create(plenary=self, application=row, outcome=outcome)
            facts |= {"application": row.code, "label": application.provider.name}

    def remove(self, *, by: Any, application: Application) -> None:
        """Leave it for a later sitting."""
        with moving(self, "remove", by=by) as facts:
            gone, _ = self.items.filter(application=application).delete()
            refuse_unless(gone, "Permohonan ini tidak ada dalam rapat.")
            facts |= {"application": application.code, "label": application.provider.name}

    def minute(
        self,
        *,
        by: Any,
        minutes_number: str,
        present: list[PokjaMember],
        deferred: Mapping[str, str] | None = None,
    ) -> None:
        """The report: who was there, each result. From here the recap is frozen; `deferred` is {code: why}."""
        with moving(self, "minute", by=by, note=f"Berita acara {minutes_number}") as facts:
            refuse_unless(self.held_on <= today(), "Tanggal rapat tidak boleh setelah hari ini.")
            lines = self.lines()
            refuse_unless(lines, "Belum ada permohonan dalam rapat ini.")
            for line in lines:
                proposed = line.application.state in ("recommended", "unfit")
                refuse_unless(proposed, f"{line.application.provider} tidak lagi diusulkan. Keluarkan dari rapat.")
            serving = {member.pk: member for member in self.pokja.serving()}
            there = [serving[member.pk] for member in present if member.pk in serving]
            refuse_unless(
                len(there) >= self.quorum(), f"Hadir {len(there)} anggota; kuorum rapat {self.quorum()} anggota."
            )
            self.attendances.all().delete()
            PlenaryAttendance.objects.bulk_create(PlenaryAttendance(plenary=self, member=member) for member in there)
            for line in lines:
                self._defer(line, (deferred or {}).get(line.application.code))
            self.minutes_number, self.minuted_by, self.minuted_at = minutes_number.strip(), by, timezone.now()
            refuse_unless(self.minutes_number, "Isi nomor berita acara.")
            self.recap = recap_of(self, lines, there)
            facts |= {"present": len(there), "applications": len(lines)}

    def _defer(self, line: PlenaryItem, why: str | None) -> None:
        refuse_unless(why is None or why.strip(), "Tulis alasan penundaan.")
        recommended = line.application.state == "recommended"
        usual = PlenaryItem.Outcome.LIST if recommended else PlenaryItem.Outcome.REJECT
        line.outcome = usual if why is None else PlenaryItem.Outcome.DEFER
        line.note = (why or "").strip()
        line.save(update_fields=["outcome", "note"])

    def attach_scan(self, *, by: Any, scan: StoredFile) -> None:
        """The report with wet signatures."""
        with moving(self, "attach_scan", by=by):
            scan.hold(self)
            self.scan = scan

    def reopen(self, *, by: Any, reason: str) -> None:
        """Something in the report is wrong; another one will be made."""
        with moving(self, "reopen", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis alasannya.")
            self.minuted_by = self.minuted_at = self.scan = None
            self.minutes_number, self.recap = "", {}

    def decree(
        self,
        *,
        by: Any,
        decree_number: str,
        decree_date: datetime.date,
        valid_until: datetime.date,
        numbers: Mapping[str, str],
        refusal: str = "",
    ) -> None:
        """All at once, by decree: who conforms is listed under `numbers` {code: directory number}, the unfit are
        rejected with `refusal` (or the agreed reason of each)."""
        with moving(self, "decree", by=by, note=f"Keputusan {decree_number}") as facts:
            refuse_unless(decree_number.strip(), "Isi nomor keputusan.")
            refuse_unless(decree_date >= self.held_on, "Keputusan tidak mendahului rapatnya.")
            self.decree_number, self.decree_date, self.valid_until = decree_number.strip(), decree_date, valid_until
            self.decreed_by, self.decreed_at = by, timezone.now()
            self._decide(numbers, refusal)
            facts |= {"decree_number": self.decree_number, "decree_date": decree_date.isoformat()}

    def _decide(self, numbers: Mapping[str, str], refusal: str) -> None:
        """Each application's own verb; a refused one takes all back, with its name."""
        for line in self.lines():
            application = line.application
            if line.outcome == PlenaryItem.Outcome.LIST:
                number = (numbers.get(application.code) or "").strip()
                refuse_unless(number, f"Isi nomor direktori {application.provider.name}.")
                try:
                    application.list_provider(
                        by=self.decreed_by,
                        directory_number=number,
                        decree_number=self.decree_number,
                        decree_date=self.decree_date,
                        valid_until=self.valid_until,
                    )
                except ValidationError as problem:
                    raise TransitionRefused(f"{application.provider.name}: {' '.join(problem.messages)}") from problem
            elif line.outcome == PlenaryItem.Outcome.REJECT:
                reason = refusal.strip() or application.agreement or "Nilai di bawah ambang kelayakan."
                application.decline(by=self.decreed_by, reason=reason)

    def cancel(self, *, by: Any) -> None:
        """The sitting does not take place."""
        with moving(self, "cancel", by=by):
            pass

    def standings(self) -> models.QuerySet[Standing]:
        """Who was listed by it."""
        return Standing.objects.filter(application__plenary_items__plenary=self)


class PlenaryItem(models.Model):
    """One application in a sitting, and what the sitting found."""

    class Outcome(models.TextChoices):
        LIST = "list", "Layak, ditetapkan terdaftar"
        REJECT = "reject", "Tidak layak"
        DEFER = "defer", "Ditunda"

    plenary = models.ForeignKey(Plenary, models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, models.PROTECT, related_name="plenary_items")
    outcome = models.CharField("hasil", max_length=8, choices=Outcome.choices)
    note = models.CharField("catatan", max_length=500, blank=True)

    class Meta:
        verbose_name = "permohonan dalam rapat"
        verbose_name_plural = "permohonan dalam rapat"
        ordering = ("application__provider__name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["plenary", "application"], name="plenary_item_once"),
            models.CheckConstraint(name="plenary_deferral_has_reason", condition=~Q(outcome="defer") | ~Q(note="")),
        )

    def __str__(self) -> str:
        return f"{self.application.provider}: {self.get_outcome_display()}"


class PlenaryAttendance(models.Model):
    """A member who sat there and signs."""

    plenary = models.ForeignKey(Plenary, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(PokjaMember, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "kehadiran rapat"
        verbose_name_plural = "kehadiran rapat"
        constraints = (models.UniqueConstraint(fields=["plenary", "member"], name="plenary_attendance_once"),)

    def __str__(self) -> str:
        return str(self.member)


def recap_of(plenary: Plenary, lines: list[PlenaryItem], there: list[PokjaMember]) -> dict[str, Any]:
    """The recap table as data, frozen: what is printed later comes from here and from nowhere else."""
    return {
        "pokja": {
            "decree_number": plenary.pokja.decree_number,
            "decree_date": plenary.pokja.decree_date.isoformat(),
        },
        "present": [
            {"name": str(member.user), "position": str(member.get_position_display()), "body": member.body}
            for member in there
        ],
        "lines": [line_of(line) for line in lines],
    }


def line_of(line: PlenaryItem) -> dict[str, Any]:
    """One applicant's row of the recap: papers, interview, points by aspect, total, result."""
    application = line.application
    interview = application.interview
    papers = application.documents.current().select_related("type")
    return {
        "code": application.code,
        "name": application.provider.name,
        "form": str(application.provider.get_legal_form_display()),
        "kind": str(application.get_kind_display()),
        "address": f"{application.provider.address}, {application.provider.area.full_name}",
        "papers": [
            {"label": str(paper), "verdict": str(paper.get_verdict_display()), "reason": paper.reason_sentence}
            for paper in papers
        ],
        "interview": interview.summary if interview else "",
        "interview_held": interview.held_at.isoformat() if interview and interview.held_at else None,
        "scores": [
            {"label": score.aspect.label, "weight": score.weight, "points": score.points}
            for score in application.scores.select_related("aspect")
        ],
        "agreement": application.agreement,
        "total": str(application.total),
        "threshold": application.threshold,
        "outcome": line.outcome,
        "outcome_label": str(line.get_outcome_display()),
        "note": line.note,
    }
