"""Rapat pleno: a batch of applications, the recap, the signed report, and the decree by a second person."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from core.clock import today
from core.documents import thaw
from core.formats import WIB, tanggal_sedang
from core.models import Document, Event, StoredFile
from core.workflow import Denied, Move, TransitionRefused, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within
from verification.models import directory_numbers, recap
from verification.models.application import Application
from verification.models.plenary_lines import PlenaryAttendance, PlenaryItem
from verification.models.plenary_seats import Seats, tied_sittings, waiting_for_decree
from verification.models.pokja import Pokja, PokjaMember
from verification.models.rule import VerificationRule
from verification.models.standing import Standing

# Applications in one sitting: with three pages each its report still fits one paper (`core.pdf.Limits.pages`).
MOST = 40
LONGEST = datetime.timedelta(days=3653)  # a listing by one decree: ten years, so that a mistyped year is seen


class PlenaryQuerySet(models.QuerySet["Plenary"]):
    def visible_to(self, user: Any) -> Self:
        """The Pokja's own, and the offices' of that territory."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))

    def waiting_for(self, user: Any) -> Self:
        """Reports wait for the decree of the chair, or of the secretary where the chair is barred; a sitting whose day
        has come waits for its report by somebody whom no tie bars."""
        held = Q(state="draft", held_on__lte=today()) & within("regency", people.territories(user, *POKJA_ROLES))
        held &= ~tied_sittings([getattr(user, "pk", None) or 0])
        return self.visible_to(user).filter(held | Q(state="minuted") & waiting_for_decree(user))


class Plenary(Seats, Document):
    """One sitting of the Pokja: which applications, who was there, what was found, and the decree that follows."""

    class State(models.TextChoices):
        DRAFT = "draft", "Disiapkan"
        MINUTED = "minuted", "Menunggu Keputusan"
        DECREED = "decreed", "Ditetapkan"
        CANCELLED = "cancelled", "Dibatalkan"

    MOVES = moves(
        Move("amend", ("draft",), None, "Ubah Tanggal dan Tempat", "Tanggal dan tempat diubah", tone="quiet"),
        Move("add", ("draft",), None, "Tambah Permohonan", "Permohonan ditambahkan", tone="secondary"),
        Move("remove", ("draft",), None, "Keluarkan Permohonan", "Permohonan dikeluarkan", tone="quiet"),
        Move(
            "declare", ("draft", "minuted"), None, "Nyatakan Tanpa Benturan Kepentingan",
            "Menyatakan tanpa benturan kepentingan", tone="secondary",
        ),
        Move("minute", ("draft",), "minuted", "Buat Berita Acara", "Berita acara dibuat"),
        Move("decree", ("minuted",), "decreed", "Tetapkan dengan Keputusan", "Ditetapkan"),
        Move("attach_scan", ("minuted", "decreed"), None, "Unggah Pindaian Berita Acara", "Pindaian diunggah",
             tone="secondary"),
        Move("reopen", ("minuted",), "draft", "Buka Kembali", "Dibuka kembali", tone="quiet"),
        Move(
            "cancel", ("draft",), "cancelled", "Batalkan Rapat", "Rapat dibatalkan", tone="quiet",
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
    decision = models.JSONField("keputusan", default=dict, editable=False)

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
            models.CheckConstraint(
                name="plenary_decree_not_before_sitting",
                condition=Q(decree_date=None) | Q(decree_date__gte=F("held_on")),
                violation_error_message="Keputusan tidak mendahului rapatnya.",
            ),
            # A regency numbers its reports anew each year.
            models.UniqueConstraint(
                F("regency"), ExtractYear("held_on"), F("minutes_number"),
                condition=~Q(minutes_number=""),
                name="plenary_minutes_number_once_a_year",
                violation_error_message="Nomor berita acara ini sudah dipakai rapat lain pada tahun yang sama.",
            ),
        )  # fmt: skip

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_plenary_change", args=[self.code])

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        return reverse("admin:verification_plenary_move", args=[self.code, self.MOVES[verb].slug])

    # --- what it says -------------------------------------------------------------------------------
    @property
    def title(self) -> str:
        return f"Rapat pleno {tanggal_sedang(self.held_on)}"

    @property
    def status_sentence(self) -> str:
        return {
            "draft": "Sedang disiapkan; berita acara belum dibuat.",
            "minuted": f"Berita acara {self.minutes_number} menunggu keputusan Ketua Pokja.",
            "decreed": f"Keputusan nomor {self.decree_number} tanggal {tanggal_sedang(self.decree_date)}.",
            "cancelled": "Rapat ini dibatalkan.",
        }[self.state]

    @property
    def rule(self) -> VerificationRule:
        """The regency's rule on the day of the sitting."""
        return VerificationRule.objects.in_force(self.regency_id, on=self.held_on)

    def candidates(self) -> models.QuerySet[Application]:
        """Proposed in this regency and not yet in a sitting, the longest waiting first."""
        busy = PlenaryItem.objects.of_open_sittings().values("application_id")
        rows = Application.objects.filter(regency=self.regency_id, state__in=["recommended", "unfit"])
        rows = rows.exclude(kind=Application.Kind.CHANGE).exclude(pk__in=busy)
        return rows.select_related("provider").order_by("recommended_at", "pk")

    def lines(self) -> list[PlenaryItem]:
        """Its applications, by the provider's name."""
        return list(self.items.select_related("application__provider", "application__regency"))

    def facts(self) -> dict[str, Any]:
        """The recap: as it was frozen, or while there is no report as it stands now."""
        if self.recap:
            return thaw(self.recap)
        return recap.recap_of(self, [row.member for row in self.attendances.select_related("member")], full=False)

    @property
    def revision(self) -> int:
        """How often the report was opened again: its papers say so."""
        return Event.objects.about(self).filter(verb="reopen").count()

    def standings(self) -> models.QuerySet[Standing]:
        """Who was listed by it."""
        codes = [line["code"] for line in thaw(self.decision).get("listed", [])] if self.decision else []
        return Standing.objects.filter(application__code__in=codes)

    # --- who may ------------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        return self._seat(user)

    may_amend = may_add = may_remove = may_attach_scan = may_cancel = may_create

    def may_declare(self, user: Any) -> Verdict:
        verdict = self._seat(user)
        if verdict and not self.undeclared(user):
            return Denied("Anda sudah menyatakannya untuk semua pemohon dalam rapat ini.")
        return verdict

    def may_minute(self, user: Any) -> Verdict:
        """A member without a tie to anyone in the sitting: the report says who is listed and who waits."""
        verdict = self._seat(user)
        tied = self.ties(user, self.lines()) if verdict else []
        if tied:
            return Denied(f"Benturan kepentingan dengan {', '.join(tied)}. Berita acara dibuat rekan lain.")
        return verdict

    def may_reopen(self, user: Any) -> Verdict:
        """Who may sign the decree, or the chair in any case."""
        return self._signer(user)

    def may_decree(self, user: Any) -> Verdict:
        """Four eyes: the chair; the secretary in place of a chair who is barred. Neither may have written the
        report or proposed a result in it, nor be tied to anyone whom it decides."""
        verdict = self._signer(user)
        if not verdict:
            return verdict
        bar = self.bar(user)
        if bar:
            return Denied(f"{bar} {self._who_else(user)}".strip())
        missing = self.undeclared(user)
        if missing:
            names = ", ".join(application.provider.name for application in missing)
            return Denied(f"Nyatakan dahulu ada tidaknya benturan kepentingan Anda dengan {names}.")
        return verdict

    # --- what the Pokja does ------------------------------------------------------------------------
    def convene(self, *, by: Any, applications: Iterable[Application]) -> None:
        """A sitting is prepared with its first applications."""
        pokja = Pokja.objects.of(self.regency_id)
        refuse_unless(pokja, "Belum ada Pokja yang ditetapkan dengan keputusan untuk masa ini.")
        self.pokja = pokja
        with transaction.atomic():
            self._check_day()
            born(self, by=by, verdict=self.may_create(by))
            self.add(by=by, applications=applications)

    def _check_day(self) -> None:
        """The Pokja exists on the day of the sitting, and its decree still stands."""
        pokja = self.pokja
        refuse_unless(
            pokja.state == Pokja.State.ESTABLISHED,
            "Pokja rapat ini sudah dibubarkan. Batalkan, lalu siapkan rapat baru.",
        )
        refuse_unless(
            pokja.starts_on <= self.held_on <= pokja.ends_on,
            f"Pokja bertugas {tanggal_sedang(pokja.starts_on)} sampai {tanggal_sedang(pokja.ends_on)}; "
            "tanggal rapat di luar masa itu.",
        )

    def amend(self, *, by: Any, held_on: datetime.date, place: str) -> None:
        """Another day or room."""
        with moving(self, "amend", by=by) as facts:
            facts |= {"held_on": [self.held_on.isoformat(), held_on.isoformat()], "place": [self.place, place.strip()]}
            self.held_on, self.place = held_on, place.strip()
            refuse_unless(self.place, "Isi tempat rapat.")
            self._check_day()

    def add(self, *, by: Any, applications: Iterable[Application]) -> None:
        """Put proposed applications on the list; each stands in one open sitting."""
        with moving(self, "add", by=by) as facts:
            asked = [application.pk for application in applications]
            refuse_unless(asked, "Pilih sedikitnya satu permohonan.")
            rows = self._locked(Application.objects.filter(pk__in=asked))
            refuse_unless(
                self.items.count() + len(rows) <= MOST,
                f"Satu rapat memuat paling banyak {MOST} permohonan. Siapkan rapat lain untuk selebihnya.",
            )
            free = set(self.candidates().filter(pk__in=asked).values_list("pk", flat=True))
            for row in rows:
                refuse_unless(row.pk in free, f"{row.provider} belum direkomendasikan, atau sudah dalam rapat lain.")
            PlenaryItem.objects.bulk_create(
                PlenaryItem(plenary=self, application=row, outcome=usual_outcome(row)) for row in rows
            )
            facts |= {
                "applications": [row.code for row in rows],
                "label": ", ".join(row.provider.name for row in rows),
            }

    @staticmethod
    def _locked(rows: models.QuerySet[Application]) -> list[Application]:
        """These applications, in one order for everybody, until the transaction ends: parent first, children by key."""
        return list(rows.select_for_update(of=("self",)).select_related("provider").order_by("pk"))

    def remove(self, *, by: Any, application: Application) -> None:
        """Leave it for a later sitting."""
        with moving(self, "remove", by=by) as facts:
            gone, _ = self.items.filter(application=application).delete()
            refuse_unless(gone, "Permohonan ini tidak ada dalam rapat.")
            facts |= {"application": application.code, "label": application.provider.name}

    def declare(self, *, by: Any) -> None:
        """One's word for all of them at once: no tie. Who has one says so on the page of that application."""
        with moving(self, "declare", by=by) as facts:
            rows = self.undeclared(by)
            for application in sorted(rows, key=lambda row: row.pk):
                application.declare(by=by)
            facts |= {"applications": [row.code for row in rows]}

    def minute(
        self,
        *,
        by: Any,
        minutes_number: str,
        present: list[PokjaMember],
        deferred: Mapping[str, str] | None = None,
    ) -> None:
        """The report: who was there, each result. From here the recap is frozen; `deferred` is {code: why}."""
        with moving(self, "minute", by=by, note=f"Berita acara {minutes_number.strip()}") as facts:
            self._check_day()
            refuse_unless(self.held_on <= today(), "Tanggal rapat tidak boleh setelah hari ini.")
            self._locked(Application.objects.filter(plenary_items__plenary=self))  # none is withdrawn meanwhile
            lines = self.lines()
            refuse_unless(lines, "Belum ada permohonan dalam rapat ini.")
            for line in lines:
                self._check_proposed(line.application)
                self._settle(line, (deferred or {}).get(line.application.code))
            strangers = set(deferred or {}) - {line.application.code for line in lines}
            refuse_unless(not strangers, "Permohonan yang ditunda tidak ada dalam rapat.")
            there = self._present(present)
            self.check_quorum(there, lines)
            self.attendances.all().delete()
            PlenaryAttendance.objects.bulk_create(PlenaryAttendance(plenary=self, member=member) for member in there)
            self.minutes_number, self.minuted_by, self.minuted_at = minutes_number.strip(), by, timezone.now()
            refuse_unless(self.minutes_number, "Isi nomor berita acara.")
            self.recap = recap.frozen(self, there)
            facts |= {
                "minutes_number": self.minutes_number, "present": [str(member.user) for member in there],
                "applications": len(lines), "deferred": sorted(deferred or {}),
            }  # fmt: skip

    def _check_proposed(self, application: Application) -> None:
        proposed = application.state in ("recommended", "unfit")
        refuse_unless(proposed, f"{application.provider} tidak lagi diusulkan. Keluarkan dari rapat.")
        since = timezone.localdate(application.recommended_at, timezone=WIB)
        refuse_unless(
            since <= self.held_on,
            f"{application.provider} baru diusulkan {tanggal_sedang(since)}, setelah tanggal rapat. Ubah tanggal rapat, "
            "atau keluarkan dari rapat.",
        )

    @staticmethod
    def _settle(line: PlenaryItem, why: str | None) -> None:
        """Its result follows from what was proposed, unless the sitting put it off."""
        refuse_unless(why is None or why.strip(), f"Tulis alasan penundaan {line.application.provider}.")
        line.outcome = usual_outcome(line.application) if why is None else PlenaryItem.Outcome.DEFER
        line.note = (why or "").strip()
        line.save(update_fields=["outcome", "note"])

    def attach_scan(self, *, by: Any, scan: StoredFile) -> None:
        """The report with wet signatures; a better scan replaces it, and the earlier file stays stored."""
        with moving(self, "attach_scan", by=by) as facts:
            scan.hold(self)
            self.scan = scan
            facts |= {"file": scan.code, "sha256": scan.sha256}

    def reopen(self, *, by: Any, reason: str) -> None:
        """Something in the report is wrong; another one will be made."""
        with moving(self, "reopen", by=by, note=reason) as facts:
            refuse_unless(reason.strip(), "Tulis alasannya.")
            facts |= {"minutes_number": self.minutes_number, "scan": self.scan.code if self.scan else ""}
            self.minuted_by = self.minuted_at = self.scan = None
            self.minutes_number, self.recap = "", {}

    def decree(
        self,
        *,
        by: Any,
        decree_number: str,
        decree_date: datetime.date,
        valid_until: datetime.date | None,
        numbers: Mapping[str, str],
        refusal: str = "",
    ) -> None:
        """All at once, by decree: who conforms is listed under `numbers` {code: directory number}, the unfit are
        rejected with `refusal` (or the agreed reason of each). One refused application takes all back."""
        with moving(self, "decree", by=by, note=f"Keputusan {decree_number.strip()}") as facts:
            Area.objects.select_for_update(no_key=True).get(pk=self.regency_id)  # one directory, one at a time
            self.decree_number, self.decree_date, self.valid_until = decree_number.strip(), decree_date, valid_until
            self.decreed_by, self.decreed_at = by, timezone.now()
            self._check_decree()
            self._locked(Application.objects.filter(plenary_items__plenary=self))
            given = {code: directory_numbers.tidy(number) for code, number in numbers.items()}
            for problem in directory_numbers.problems(self, given).values():
                raise TransitionRefused(problem)
            self._decide(given, refusal)
            self.decision = recap.decision_of(self, given)
            facts |= {"decree_number": self.decree_number, "decree_date": decree_date.isoformat(), "numbers": given}

    def _check_decree(self) -> None:
        refuse_unless(self.decree_number, "Isi nomor keputusan.")
        refuse_unless(self.decree_date >= self.held_on, "Keputusan tidak mendahului rapatnya.")
        refuse_unless(self.decree_date <= today(), "Tanggal keputusan tidak boleh setelah hari ini.")
        if not self.items.filter(outcome=PlenaryItem.Outcome.LIST).exists():
            self.valid_until = None
            return
        refuse_unless(self.valid_until, "Isi sampai kapan penyedia terdaftar.")
        refuse_unless(self.valid_until > today(), "Masa berlaku harus berakhir setelah hari ini.")
        refuse_unless(self.valid_until <= self.decree_date + LONGEST, "Masa terdaftar paling lama sepuluh tahun.")

    def _decide(self, numbers: Mapping[str, str], refusal: str) -> None:
        """Each application's own verb; a refusal names whom it is about."""
        for line in self.items.decided().select_related("application__provider", "application__regency"):
            try:
                self._decide_one(line, numbers, refusal)
            except (TransitionRefused, ValidationError) as problem:
                why = problem.reason if isinstance(problem, TransitionRefused) else " ".join(problem.messages)
                raise TransitionRefused(f"{line.application.provider.name}: {why}") from problem

    def _decide_one(self, line: PlenaryItem, numbers: Mapping[str, str], refusal: str) -> None:
        application = line.application
        if line.outcome == PlenaryItem.Outcome.LIST:
            application.list_provider(
                by=self.decreed_by,
                directory_number=numbers[application.code],
                decree_number=self.decree_number,
                decree_date=self.decree_date,
                valid_until=self.valid_until,
            )
        else:
            reason = refusal.strip() or application.agreement or "Nilai di bawah ambang kelayakan."
            application.decline(by=self.decreed_by, reason=reason)

    def cancel(self, *, by: Any) -> None:
        """The sitting does not take place."""
        with moving(self, "cancel", by=by):
            pass


def usual_outcome(application: Application) -> str:
    """What a sitting finds when it does not put the application off."""
    return PlenaryItem.Outcome.LIST if application.state == "recommended" else PlenaryItem.Outcome.REJECT
