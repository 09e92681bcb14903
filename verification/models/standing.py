"""Who stands in a regency's directory, asked at the moment of use: what depends on dates needs no worker."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from core.clock import today
from core.codes import CodeField
from core.name_search import beginnings, words_of
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions import codes
from regions.models import Area
from regions.scope import within
from verification.models.rule import VerificationRule
from verification.models.sanction import Sanction

if TYPE_CHECKING:
    from core.models import Event


class StandingQuerySet(models.QuerySet):
    def running(self, on: datetime.date | None = None) -> Self:
        """Begun, not ended, not past its last day (which counts), whether or not a sanction keeps it out."""
        on = on or today()
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), listed_on__lte=on, valid_until__gte=on)

    def current(self, on: datetime.date | None = None) -> Self:
        """In good standing on that day: running, and neither frozen nor blacklisted, here or nationally."""
        bar = Sanction.objects.barring(on).filter(
            Q(regency=OuterRef("regency")) | Q(scope=Sanction.Scope.NATION), provider=OuterRef("provider")
        )
        return self.running(on).filter(~Exists(bar.order_by()))

    def ended(self, on: datetime.date | None = None) -> Self:
        """Over by that day: ended by an act, or past the last day."""
        on = on or today()
        return self.filter(Q(ended_on__lte=on) | Q(valid_until__lt=on))

    def with_status(self) -> Self:
        """Everything that `is_current` and `status_sentence` read, in two queries however many rows."""
        return self.select_related("provider", "regency").prefetch_related("provider__sanctions__regency")

    def with_rule(self) -> Self:
        """With the days of renewal by each regency's rule of today, for `renewable` of many rows."""
        rules = VerificationRule.objects.filter(
            Q(regency=OuterRef("regency")) | Q(regency=None), valid_from__lte=today()
        ).order_by(F("regency").asc(nulls_last=True), "-valid_from", "-pk")
        return self.annotate(renew_days=Subquery(rules.values("renew_days")[:1]))

    def in_regency(self, code: str) -> Self:
        """Of the directory of the regency in which this area lies; none for a province or nonsense."""
        regency = code[: codes.LENGTHS[1]]
        return self.filter(regency_id=regency) if len(regency) == codes.LENGTHS[1] else self.none()

    def covers(self, provider: Provider | int, code: str, *, on: datetime.date | None = None) -> bool:
        """May this provider serve the village (or regency) `code` on that day?"""
        pk = provider if isinstance(provider, int) else provider.pk
        return self.current(on).in_regency(code).filter(provider_id=pk).exists()

    def listed_providers(self, on: datetime.date | None = None) -> models.QuerySet[Provider]:
        """The providers that stand in any directory on that day."""
        return Provider.objects.filter(pk__in=self.current(on).values("provider_id"))

    def search(self, text: str) -> Self:
        """By the beginnings of the words of the name, or of the directory number; each typed word must occur."""
        if not text.strip():
            return self
        # Two questions, each answered by its index; as one condition they would read both tables.
        everyone: Any = StandingQuerySet(self.model).order_by()
        named = everyone.filter(provider__in=Provider.objects.named(text).order_by().values("pk"))
        return self.filter(pk__in=named.values("pk").union(everyone.numbered(text).values("pk")))

    def numbered(self, text: str) -> Self:
        """In whose directory number stands each typed word, or one that begins so; none when no word is typed."""
        typed = beginnings(text)
        return self.none() if typed is None else self.annotate(said=words_of("directory_number")).filter(said=typed)

    def visible_to(self, user: Any) -> Self:
        """The current directory is public; past listings are seen by the provider and its regency."""
        own = Q(provider__in=people.providers(user))
        public = Q(pk__in=StandingQuerySet(self.model).current().values("pk"))
        return self.filter(public | own | Q(pk__in=StandingQuerySet(self.model).within_territory(user).values("pk")))

    def within_territory(self, user: Any) -> Self:
        """Current and past, of the regencies this person oversees."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))

    def close(self, kind: str, reason: str = "", *, by: Any = None) -> int:
        """End the open ones among these today; how many there were."""
        return self.filter(ended_on=None).update(ended_on=today(), end_kind=kind, end_reason=reason[:1000], ended_by=by)


class Standing(models.Model):
    """A provider is listed in a regency's directory: by which decree, under which number, until when."""

    class End(models.TextChoices):
        """Why it ended before its last day."""

        REPLACED = "replaced", "Diganti penetapan baru"
        REFUSED = "refused", "Tidak lolos periksa ulang"
        WITHDRAWN = "withdrawn", "Mengundurkan diri"

    # Not states but acts; what it is today follows from the dates.
    MOVES: ClassVar[dict[str, Move]] = moves(
        Move(
            "withdraw", (), None, "Undur Diri dari Direktori", "Mengundurkan diri", tone="danger",
            confirm="Anda tidak lagi ditemukan dan tidak dapat diundang. Kontrak yang berjalan tetap diselesaikan.",
        ),
        Move("remind", (), None, "Ingatkan", "Diingatkan masa terdaftarnya"),
        Move("remind_paper", (), None, "Ingatkan Dokumen", "Diingatkan masa berlaku dokumen"),
    )  # fmt: skip
    STATES: ClassVar[dict[str, tuple[str, str]]] = {
        "future": ("Belum Mulai", "neutral"),
        "listed": ("Terdaftar", "good"),
        "frozen": ("Dibekukan", "warn"),
        "blacklisted": ("Daftar Hitam", "bad"),
        "expired": ("Berakhir", "neutral"),
        "withdrawn": ("Mengundurkan Diri", "neutral"),
        "ended": ("Tidak Lagi Terdaftar", "neutral"),
    }

    code = CodeField()
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="standings", verbose_name="penyedia")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    application = models.OneToOneField(
        "verification.Application", models.PROTECT, related_name="standing", verbose_name="permohonan"
    )
    directory_number = models.CharField("nomor direktori", max_length=60)
    decree_number = models.CharField("nomor keputusan", max_length=100)
    decree_date = models.DateField("tanggal keputusan")
    listed_on = models.DateField("terdaftar sejak", default=today)
    valid_until = models.DateField("berlaku sampai")
    ended_on = models.DateField("berakhir pada", null=True, blank=True, help_text="Hari pertama tidak lagi terdaftar.")
    end_kind = models.CharField("sebab berakhir", max_length=10, choices=End.choices, blank=True, editable=False)
    end_reason = models.CharField("alasan berakhir", max_length=1000, blank=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "status terdaftar"
        verbose_name_plural = "direktori penyedia"
        ordering = ("-listed_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "regency"],
                condition=Q(ended_on=None),
                name="standing_open_once",
                violation_error_message="Penyedia ini sudah terdaftar di kabupaten/kota ini.",
            ),
            models.UniqueConstraint(
                fields=["regency", "directory_number"],
                condition=Q(ended_on=None),
                name="standing_number_once",
                violation_error_message="Nomor direktori ini sudah dipakai penyedia lain.",
            ),
            models.CheckConstraint(
                name="standing_until_after_listed",
                condition=Q(valid_until__gte=F("listed_on")),
                violation_error_message="Masa berlaku harus berakhir setelah tanggal terdaftar.",
            ),
            models.CheckConstraint(
                name="standing_ended_not_before_listed", condition=Q(ended_on=None) | Q(ended_on__gte=F("listed_on"))
            ),
            models.CheckConstraint(
                name="standing_end_has_its_day", condition=Q(end_kind="") | Q(ended_on__isnull=False)
            ),
            models.CheckConstraint(
                name="standing_withdrawn_has_reason", condition=~Q(end_kind="withdrawn") | ~Q(end_reason="")
            ),
        )
        indexes = (
            models.Index(fields=["regency", "valid_until"], name="standing_in_force"),
            GinIndex(words_of("directory_number"), name="standing_number_words"),
        )

    def __str__(self) -> str:
        return f"{self.directory_number} {self.provider}"

    def get_absolute_url(self) -> str:
        """Where the provider's people read of it."""
        from django.urls import reverse

        return f"{reverse('my-standings', args=[self.provider.code])}#{self.code}"

    def events(self) -> models.QuerySet[Event]:
        """What was done with it after the decree."""
        from core.models import Event

        return Event.objects.about(self)

    # --- what it is today ---------------------------------------------------------------------------
    @property
    def is_running(self) -> bool:
        """By its dates alone; the same rule as `running()`."""
        day = today()
        return self.listed_on <= day <= self.valid_until and (self.ended_on is None or self.ended_on > day)

    @property
    def barred_by(self) -> Sanction | None:
        """The sanction that keeps it out today, the gravest; reads what `with_status` fetched."""
        day = today()
        found = [sanction for sanction in self.provider.sanctions.all() if sanction.bars(self.regency_id, day)]
        return max(found, key=lambda row: (row.kind == Sanction.Kind.BLACKLIST, row.ends_on), default=None)

    @property
    def is_current(self) -> bool:
        """In good standing today; the same rule as `current()`."""
        return self.is_running and self.barred_by is None

    @property
    def state(self) -> str:
        """A key of STATES, derived from dates and sanctions."""
        bar, day = self.barred_by, today()
        if bar is not None and bar.kind == Sanction.Kind.BLACKLIST:
            return "blacklisted"
        if self.ended_on and self.ended_on <= day:
            return "withdrawn" if self.end_kind == self.End.WITHDRAWN else "ended"
        if self.valid_until < day:
            return "expired"
        if bar is not None:
            return "frozen"
        return "listed" if self.listed_on <= day else "future"

    @property
    def state_tone(self) -> str:
        return self.STATES[self.state][1]

    def get_state_display(self) -> str:
        """The chip's words."""
        return self.STATES[self.state][0]

    @property
    def status_sentence(self) -> str:
        """What a village reads: listed until when, or why not."""
        bar, where = self.barred_by, self.regency.name
        match self.state:
            case "blacklisted" if bar:
                return f"Daftar hitam {bar.where} sampai {bar.ends_on:%d/%m/%Y}."
            case "frozen" if bar:
                return f"Dibekukan {bar.where} sampai {bar.ends_on:%d/%m/%Y}."
            case "withdrawn":
                return f"Mengundurkan diri dari direktori {where} sejak {self.ended_on:%d/%m/%Y}."
            case "ended":
                return f"Tidak lagi terdaftar di {where} sejak {self.ended_on:%d/%m/%Y}."
            case "expired":
                return f"Masa terdaftar di {where} berakhir {self.valid_until:%d/%m/%Y}."
            case "future":
                return f"Terdaftar di {where} mulai {self.listed_on:%d/%m/%Y}."
        return f"Terdaftar di {where} sampai {self.valid_until:%d/%m/%Y}."

    @property
    def renewable_from(self) -> datetime.date:
        """The first day on which its renewal may be prepared, by the regency's rule of today."""
        days = getattr(self, "renew_days", None)  # `with_rule`
        days = VerificationRule.objects.in_force(self.regency_id).renew_days if days is None else days
        return self.valid_until - datetime.timedelta(days=days)

    @property
    def renewable(self) -> bool:
        """So near its end, or so shortly past it, that the provider may renew instead of applying anew."""
        if self.ended_on is not None:
            return False
        window = self.valid_until - self.renewable_from
        return self.valid_until - window <= today() <= self.valid_until + window

    # --- what its provider does ---------------------------------------------------------------------
    def may_withdraw(self, user: Any) -> Verdict:
        """Its own people, while it runs; a sanction does not hold anybody here."""
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        if not membership:
            return Denied("Hanya penyedia sendiri yang dapat mengundurkan diri.")
        return Allowed(membership) if self.is_running else Denied("Anda tidak lagi terdaftar di sini.")

    def withdraw(self, *, by: Any, reason: str) -> None:
        """Out of the directory from today. What is being checked for this listing ends with it; contracts go on."""
        with transaction.atomic():
            Standing.objects.select_for_update(of=("self",)).get(pk=self.pk)
            self.refresh_from_db()
            verdict = self.may_withdraw(by)
            refuse_unless(verdict, verdict.reason)
            refuse_unless(reason.strip(), "Tulis alasan pengunduran diri.")
            Standing.objects.filter(pk=self.pk).close(self.End.WITHDRAWN, reason.strip(), by=by)
            self.refresh_from_db()
            for application in self.provider.applications.filter(regency=self.regency_id).open():
                application.withdraw(by=by)
            record(self, "withdraw", by=by, verdict=verdict, before="listed", note=reason.strip(), data={})
