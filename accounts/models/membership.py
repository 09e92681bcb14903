from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.db.models.functions import Cast, Replace
from django.utils import timezone

from core.clock import today
from core.codes import CodeField
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions.models import Area, Level

if TYPE_CHECKING:
    from core.models import Event


class Role(models.TextChoices):
    """What a person is, somewhere, for a time."""

    VILLAGE_OPERATOR = "village_operator", "Operator Desa"
    ACTIVITY_MANAGER = "activity_manager", "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
    PROCUREMENT_TEAM = "procurement_team", "Tim Pelaksana Kegiatan (TPK)"
    VILLAGE_SECRETARY = "village_secretary", "Sekretaris Desa"
    VILLAGE_TREASURER = "village_treasurer", "Kaur Keuangan"
    VILLAGE_HEAD = "village_head", "Kepala Desa"
    BPD = "bpd", "Badan Permusyawaratan Desa (BPD)"
    PROVIDER = "provider", "Penyedia"
    POKJA_MEMBER = "pokja_member", "Anggota Pokja P2KTD"
    POKJA_CHAIR = "pokja_chair", "Ketua Pokja P2KTD"
    TAPM = "tapm", "Tenaga Ahli Pemberdayaan Masyarakat (TAPM)"
    PD = "pd", "Pendamping Desa (PD)"
    PLD = "pld", "Pendamping Lokal Desa (PLD)"
    DISTRICT_OFFICE = "district_office", "Kecamatan"
    REGENCY_OFFICE = "regency_office", "Dinas PMD Kabupaten/Kota"
    PROVINCE_OFFICE = "province_office", "Satker Provinsi"
    MINISTRY = "ministry", "Kementerian"


VILLAGE_ROLES = (
    Role.VILLAGE_OPERATOR,
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_TREASURER,
    Role.VILLAGE_HEAD,
    Role.BPD,
)
POKJA_ROLES = (Role.POKJA_MEMBER, Role.POKJA_CHAIR)
FACILITATOR_ROLES = (Role.PLD, Role.PD, Role.TAPM)
OFFICE_ROLES = (Role.DISTRICT_OFFICE, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)
SECOND_FACTOR_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)

# Held by one person at a time in a village.
SINGLE_ROLES = (Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER)

# As a register lists them, the head first.
RANK = (
    Role.VILLAGE_HEAD,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_TREASURER,
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.VILLAGE_OPERATOR,
    Role.BPD,
)

# Who gives which role, within their own territory. Village roles come from a verified `VillageAccess`, a
# provider's from its own profile, the Pokja's from its decree (`verification.Pokja`).
APPOINTED_BY: dict[str, Role] = {
    **dict.fromkeys((*FACILITATOR_ROLES, Role.DISTRICT_OFFICE), Role.REGENCY_OFFICE),
    **dict.fromkeys((Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY), Role.MINISTRY),
}
ENDED_BY: dict[str, Role] = {**dict.fromkeys((*VILLAGE_ROLES, *POKJA_ROLES), Role.REGENCY_OFFICE), **APPOINTED_BY}

# The level of the area a role is held at; the two others have none.
LEVEL_OF_ROLE: dict[str, Level] = {
    **dict.fromkeys((*VILLAGE_ROLES, Role.PLD), Level.VILLAGE),
    **dict.fromkeys((Role.PD, Role.DISTRICT_OFFICE), Level.DISTRICT),
    **dict.fromkeys((*POKJA_ROLES, Role.TAPM, Role.REGENCY_OFFICE), Level.REGENCY),
    Role.PROVINCE_OFFICE: Level.PROVINCE,
}


def held_once(role: Role) -> ExclusionConstraint:
    """No village has two holders of this office on one day, not even planned ones.

    Plain PostgreSQL excludes by ranges only, so the village's code stands as a number in one. A membership that
    was taken back before it began (its last day is the day before its first) covers no day.
    """
    # By the field's own name: by its column's, Django's check before saving would compare each row with itself.
    code = Replace(Cast("area", models.TextField()), Value("."), Value(""), output_field=models.TextField())
    village = Cast(code, models.BigIntegerField())
    after = Func(Cast("ends_on", models.DateField()), template="(%(expressions)s + 1)", output_field=models.DateField())
    days = Func("starts_on", after, Value("[)"), function="daterange")
    return ExclusionConstraint(
        name=f"one_{role.value}_at_a_time",
        expressions=[
            (Func(village, village, Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            (days, RangeOperators.OVERLAPS),
        ],
        condition=Q(role=role.value),
        violation_error_message=f"Jabatan {role.label} desa ini sudah dipegang orang lain pada tanggal tersebut.",
    )


class MembershipQuerySet(models.QuerySet):
    def current(self, on: datetime.date | None = None) -> Self:
        """In force on that day; the last day counts."""
        on = on or today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def from_day(self, first: datetime.date, last: datetime.date | None = None) -> Self:
        """In force on some day of that span, planned ones included; None is without end."""
        rows = self.filter(Q(ends_on=None) | Q(ends_on__gte=first))
        return rows if last is None else rows.filter(starts_on__lte=last)

    def holding(self, *roles: str) -> Self:
        return self.filter(role__in=roles)

    def at(self, code: str) -> Self:
        """Held exactly at this area."""
        return self.filter(area_id=code)

    def visible_to(self, user: Any) -> Self:
        """One's own; an office, those of its territory; and who acts for a village, for everyone who works there."""
        from accounts.people import territories
        from regions.scope import within

        if not user.is_authenticated:
            return self.none()
        offices = within("area", territories(user, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY))
        near = territories(user, *VILLAGE_ROLES, *FACILITATOR_ROLES, *POKJA_ROLES, Role.DISTRICT_OFFICE)
        villages = Q(role__in=VILLAGE_ROLES) & within("area", near)
        return self.filter(Q(user=user) | offices | villages)


class Membership(models.Model):
    """A person holds a role at an area or for a provider, from a day to a day, on the basis of a letter."""

    # Not states but acts: the event tells an auditor who gave which right, and who took it.
    MOVES: ClassVar[dict[str, Move]] = moves(
        Move("appoint", (), None, "Angkat", "Peran diberikan"),
        Move("end", (), None, "Akhiri", "Peran diakhiri", tone="danger"),
    )

    code = CodeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="pengguna", related_name="memberships"
    )
    role = models.CharField("peran", max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="wilayah", related_name="+")
    provider = models.ForeignKey(
        "accounts.Provider", models.PROTECT, null=True, blank=True, verbose_name="penyedia", related_name="memberships"
    )
    position = models.CharField(
        "jabatan",
        max_length=100,
        blank=True,
        help_text="Seperti tertulis pada dokumen: “Pj. Kepala Desa”, “Wali Nagari”.",
    )
    basis = models.CharField("dasar", max_length=150, blank=True, help_text="Nomor surat keputusan atau surat tugas.")
    starts_on = models.DateField("mulai", default=today)
    ends_on = models.DateField("sampai", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "keanggotaan"
        verbose_name_plural = "keanggotaan"
        ordering = ("role", "starts_on")
        constraints = (
            models.CheckConstraint(
                name="membership_has_its_place",
                condition=Q(role=Role.PROVIDER, provider__isnull=False, area__isnull=True)
                | Q(role=Role.MINISTRY, provider__isnull=True, area__isnull=True)
                | (~Q(role__in=[Role.PROVIDER, Role.MINISTRY]) & Q(provider__isnull=True, area__isnull=False)),
            ),
            models.CheckConstraint(
                # The day before the first: taken back at once, never in force again.
                name="membership_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on") - datetime.timedelta(days=1)),
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
            *map(held_once, SINGLE_ROLES),
        )
        indexes = (models.Index(fields=["area", "role"], name="membership_area_role"),)

    def __str__(self) -> str:
        return f"{self.user} – {self.title}"

    def get_absolute_url(self) -> str:
        """Where its holder reads of it."""
        from django.urls import reverse

        return reverse("profile")

    def clean(self) -> None:
        level = LEVEL_OF_ROLE.get(self.role)
        if level and (not self.area or self.area.level != level):
            raise ValidationError({"area": f"Peran ini dipegang pada tingkat {level.label}."})

    @property
    def title(self) -> str:
        """As the timeline and papers say it: "Kepala Desa, Desa Kuta"."""
        place = self.area.label if self.area else self.provider.name if self.provider else ""
        office = self.position or self.get_role_display()
        title = f"{office}, {place}" if place else office
        return title[:150]  # as long as an event's column

    @property
    def state(self) -> str:
        """Derived from the dates: future, current or ended."""
        on = today()
        if self.ends_on and self.ends_on < on:
            return "ended"
        return "future" if self.starts_on > on else "current"

    @property
    def is_current(self) -> bool:
        return self.state == "current"

    def events(self) -> models.QuerySet[Event]:
        """Who gave it, who took it, why."""
        from core.models import Event

        return Event.objects.about(self)

    # --- who may ----------------------------------------------------------------------------------
    def may_appoint(self, user: Any) -> Verdict:
        """The office that stands above this role, in its own territory."""
        giver = APPOINTED_BY.get(self.role)
        if giver is None:
            return Denied("Peran ini tidak diberikan dari sini.")
        return self._office(user, giver)

    def may_end(self, user: Any) -> Verdict:
        """Its holder, or the office above."""
        if self.state == "ended":
            return Denied("Keanggotaan ini sudah berakhir.")
        if user is not None and user.pk == self.user_id:
            return Denied(self._needed) if self._is_last else Allowed(self)
        taker = ENDED_BY.get(self.role)
        if taker is None:
            return Denied("Hanya penyedia sendiri yang dapat mengakhiri keanggotaan ini.")
        if self.role == Role.MINISTRY and self._is_last:
            return Denied(self._needed)
        return self._office(user, taker)

    _needed = "Anda satu-satunya yang memegang peran ini. Tunjuk orang lain dahulu."

    @property
    def _is_last(self) -> bool:
        """The provider, or the ministry, would be left without anybody."""
        if self.role not in (Role.PROVIDER, Role.MINISTRY):
            return False
        others = Membership.objects.current().filter(role=self.role, provider=self.provider_id)
        return not others.exclude(user=self.user_id).exists()

    def _office(self, user: Any, role: Role) -> Verdict:
        from accounts import people

        membership = people.acting(user, role, at=self.area_id)
        if membership is None:
            return Denied(f"Hanya {role.label} wilayah ini yang dapat melakukannya.")
        return Allowed(membership)

    # --- what they do -------------------------------------------------------------------------------
    def appoint(self, *, by: Any, verdict: Verdict | None = None) -> None:
        """Give the role. `verdict` is passed by a document that has already judged (a verified request);
        `by=None` with `Allowed()` is the system, for the first person of a deployment."""
        verdict = self.may_appoint(by) if verdict is None else verdict
        refuse_unless(verdict, verdict.reason)
        with transaction.atomic():
            holder = type(self.user)._default_manager.select_for_update().get(pk=self.user_id)
            same = Membership.objects.filter(user=holder, role=self.role, area=self.area_id, provider=self.provider_id)
            refuse_unless(
                not same.from_day(self.starts_on, self.ends_on).exists(), f"{holder} sudah memegang peran ini."
            )
            self.full_clean()
            self.save(force_insert=True)
            self._record("appoint", by=by, verdict=verdict, note=self.basis)

    def end(
        self, *, by: Any, reason: str, last_day: datetime.date | None = None, verdict: Verdict | None = None
    ) -> None:
        """Take the role away: on `last_day`, which still counts, or at once when none is given."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Membership.objects.select_for_update(of=("self",)))
            verdict = self.may_end(by) if verdict is None else verdict
            refuse_unless(verdict, verdict.reason)
            at_once = max(today(), self.starts_on) - datetime.timedelta(days=1)
            self.ends_on = at_once if last_day is None else last_day
            self.full_clean()
            self.save(update_fields=["ends_on"])
            self._record("end", by=by, verdict=verdict, note=reason)

    def _record(self, verb: str, *, by: Any, verdict: Verdict, note: str) -> None:
        data = {
            "person": str(self.user),
            "title": self.title,
            "role": self.role,
            "area": self.area_id,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }
        record(self, verb, by=by, verdict=verdict, before="", note=note, data=data)  # type: ignore[arg-type]
