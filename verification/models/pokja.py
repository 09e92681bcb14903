"""The Pokja P2KTD of a regency: it exists by a decree, for a period, and its members have their rights from it."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Replace
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES, today
from core.codes import CodeField
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area, Level
from regions.scope import within


class PokjaQuerySet(models.QuerySet["Pokja"]):
    def visible_to(self, user: Any) -> Self:
        """Its regency's office, its own members, and the offices above."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))

    def in_force(self, on: datetime.date | None = None) -> Self:
        """Established, begun, and not past its last day (which counts)."""
        on = on or today()
        return self.filter(state="established", starts_on__lte=on, ends_on__gte=on)

    def of(self, regency: str, *, on: datetime.date | None = None) -> Pokja | None:
        """The one Pokja of a regency on that day."""
        return self.in_force(on).filter(regency_id=regency).first()


class Pokja(Document):
    """A working group by decree of the bupati: number, date, first and last day, and who belongs to it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Disiapkan"
        ESTABLISHED = "established", "Ditetapkan"
        DISSOLVED = "dissolved", "Dibubarkan"

    MOVES = moves(
        Move("amend", ("draft",), None, "Ubah Data Keputusan", "Data keputusan diubah", tone="secondary"),
        Move("add_member", ("draft", "established"), None, "Tambah Anggota", "Anggota ditambahkan", tone="secondary"),
        Move("remove_member", ("draft", "established"), None, "Keluarkan Anggota", "Anggota dikeluarkan", tone="danger"),
        Move(
            "establish", ("draft",), "established", "Tetapkan Pokja", "Pokja ditetapkan",
            confirm="Hak setiap anggota berlaku sesuai masa tugas pada keputusan ini.",
        ),
        Move("dissolve", ("established",), "dissolved", "Bubarkan Pokja", "Pokja dibubarkan", tone="danger"),
    )  # fmt: skip
    TONES = {"draft": "neutral", "established": "good", "dissolved": "bad"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    decree_number = models.CharField("nomor keputusan", max_length=100)
    decree_date = models.DateField("tanggal keputusan")
    starts_on = models.DateField("mulai bertugas")
    ends_on = models.DateField("bertugas sampai")
    decree = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pindaian keputusan"
    )
    dissolved_on = models.DateField("dibubarkan", null=True, editable=False)

    objects = PokjaQuerySet.as_manager()

    class Meta:
        verbose_name = "Pokja P2KTD"
        verbose_name_plural = "Pokja P2KTD"
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                name="pokja_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="Hari terakhir harus setelah hari pertama.",
            ),
            # A regency's code as a number in a range, since plain PostgreSQL excludes by ranges only.
            ExclusionConstraint(
                name="pokja_one_at_a_time",
                expressions=[
                    (
                        Func(
                            Cast(Replace("regency_id", Value("."), Value("")), models.IntegerField()),
                            Cast(Replace("regency_id", Value("."), Value("")), models.IntegerField()),
                            Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func("starts_on", "ends_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="established"),
                violation_error_message="Masa tugas ini bertumpang tindih dengan Pokja yang sudah ditetapkan.",
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_pokja_change", args=[self.code])

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        return reverse("admin:verification_pokja_move", args=[self.code, self.MOVES[verb].slug])

    def clean(self) -> None:
        if self.regency.level != Level.REGENCY:
            raise ValidationError({"regency": "Pilih kabupaten atau kota."})

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.ESTABLISHED and self.starts_on <= today() <= self.ends_on

    @property
    def status_sentence(self) -> str:
        """What a person reads of it today; derived from the dates."""
        if self.state == self.State.DRAFT:
            return "Sedang disiapkan; anggotanya belum mempunyai hak."
        if self.state == self.State.DISSOLVED:
            return f"Dibubarkan {self.dissolved_on:%d/%m/%Y}."
        if today() < self.starts_on:
            return f"Ditetapkan, mulai bertugas {self.starts_on:%d/%m/%Y}."
        if today() > self.ends_on:
            return f"Masa tugas berakhir {self.ends_on:%d/%m/%Y}."
        return f"Bertugas sampai {self.ends_on:%d/%m/%Y}."

    def serving(self) -> models.QuerySet[PokjaMember]:
        """Who belongs to it and was not taken out."""
        return self.members.filter(removed_on=None).select_related("user")

    # --- who may ------------------------------------------------------------------------------------
    def _office(self, user: Any) -> Verdict:
        """The regency's office forms the Pokja, and nobody appoints oneself."""
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.regency_id)
        if not membership:
            return Denied(f"Hanya Dinas PMD {self.regency.name} yang dapat mengatur Pokja.")
        return Allowed(membership)

    may_create = may_amend = may_add_member = may_remove_member = may_dissolve = _office

    def may_establish(self, user: Any) -> Verdict:
        verdict = self._office(user)
        if not verdict:
            return verdict
        chairs = sum(member.position == PokjaMember.Position.CHAIR for member in self.serving())
        if chairs != 1:
            return Denied("Pokja mempunyai tepat satu ketua. Periksa jabatan anggota.")
        if self.serving().count() < 2:
            return Denied("Pokja mempunyai sedikitnya dua anggota, agar keputusan diperiksa orang kedua.")
        return verdict

    # --- what the office does -----------------------------------------------------------------------
    def prepare(self, *, by: Any) -> None:
        """A decree is typed in; members follow."""
        born(self, by=by, verdict=self.may_create(by))
        if self.decree:
            self.decree.hold(self)

    AMENDABLE = frozenset({"decree_number", "decree_date", "starts_on", "ends_on"})

    def amend(self, *, by: Any, decree: StoredFile | None = None, **mended: Any) -> None:
        """Correct the decree's data before it takes effect."""
        with moving(self, "amend", by=by):
            for name in self.AMENDABLE & mended.keys():
                setattr(self, name, mended[name])
            if decree:
                decree.hold(self)
                self.decree = decree

    def add_member(self, *, by: Any, user: User, position: str, body: str, title: str = "") -> PokjaMember:
        """A person by their account; `body` is where they come from (OPD, TAPM, university)."""
        with moving(self, "add_member", by=by) as facts:
            refuse_unless(not self.serving().filter(user=user).exists(), f"{user} sudah menjadi anggota Pokja ini.")
            chair = position == PokjaMember.Position.CHAIR and self.state == self.State.ESTABLISHED
            refuse_unless(not chair or not self._chair(), "Pokja ini sudah mempunyai ketua. Keluarkan dahulu.")
            member = PokjaMember(pokja=self, user=user, position=position, body=body, title=title)
            if self.state == self.State.ESTABLISHED:
                member.appoint(by=by, verdict=self._office(by), since=max(today(), self.starts_on))
            member.save()
            facts |= {"person": str(user), "position": position, "body": body}
        return member

    def _chair(self) -> PokjaMember | None:
        return self.serving().filter(position=PokjaMember.Position.CHAIR).first()

    def remove_member(self, *, by: Any, member: PokjaMember, reason: str) -> None:
        """Out of the Pokja: the rights end at once."""
        with moving(self, "remove_member", by=by, note=reason) as facts:
            row = self.serving().select_for_update(of=("self",)).filter(pk=member.pk).first()
            refuse_unless(row is not None, "Orang ini tidak lagi menjadi anggota.")
            refuse_unless(reason.strip(), "Tulis alasannya.")
            row.leave(by=by, verdict=self._office(by), reason=reason)
            facts |= {"person": str(row.user), "position": row.position}

    def establish(self, *, by: Any) -> None:
        """The decree takes effect: each member holds the role from the first to the last day, and not longer."""
        with moving(self, "establish", by=by, note=f"Keputusan {self.decree_number}") as facts:
            Area.objects.select_for_update().get(pk=self.regency_id)  # two decrees at once wait here
            verdict = self.may_establish(by)
            for member in self.serving():
                member.appoint(by=by, verdict=verdict, since=self.starts_on)
                member.save()
            facts |= {"members": [str(member.user) for member in self.serving()]}

    def dissolve(self, *, by: Any, reason: str) -> None:
        """Before its time, by another decree: all rights end at once."""
        with moving(self, "dissolve", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis dasar pembubaran.")
            verdict = self._office(by)
            for member in self.serving():
                member.leave(by=by, verdict=verdict, reason=f"Pokja dibubarkan: {reason}")
            self.dissolved_on = today()


class PokjaMember(models.Model):
    """One person in a Pokja: position, and the body they come from."""

    class Position(models.TextChoices):
        CHAIR = "chair", "Ketua"
        SECRETARY = "secretary", "Sekretaris"
        MEMBER = "member", "Anggota"

    code = CodeField()
    pokja = models.ForeignKey(Pokja, models.PROTECT, related_name="members", verbose_name="Pokja")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="orang")
    position = models.CharField("jabatan", max_length=10, choices=Position.choices)
    body = models.CharField("unsur", max_length=120, help_text="Contoh: Dinas PMD, TAPM, Universitas Mataram.")
    title = models.CharField("jabatan di unsurnya", max_length=120, blank=True)
    membership = models.OneToOneField(Membership, models.PROTECT, null=True, editable=False, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_on = models.DateField("keluar", null=True, editable=False)

    class Meta:
        verbose_name = "anggota Pokja"
        verbose_name_plural = "anggota Pokja"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["pokja", "user"], condition=Q(removed_on=None), name="pokja_member_once",
                violation_error_message="Orang ini sudah menjadi anggota.",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user}, {self.get_position_display()}"

    @property
    def role(self) -> Role:
        """The chair decides; secretary and members check and score."""
        return Role.POKJA_CHAIR if self.position == self.Position.CHAIR else Role.POKJA_MEMBER

    def appoint(self, *, by: Any, verdict: Verdict, since: datetime.date) -> None:
        """Give the role for the Pokja's period. Who holds it from the Pokja before gets the new period besides."""
        pokja = self.pokja
        membership = Membership(
            user=self.user,
            role=self.role,
            area=pokja.regency,
            position=f"{self.get_position_display()} Pokja P2KTD",
            basis=f"{pokja.decree_number} tanggal {pokja.decree_date:%d/%m/%Y}",
            starts_on=since,
            ends_on=pokja.ends_on,
        )
        membership.appoint(by=by, verdict=verdict)
        self.membership = membership

    def leave(self, *, by: Any, verdict: Verdict, reason: str) -> None:
        """Take the role away at once."""
        if self.membership and self.membership.state != "ended":
            self.membership.end(by=by, reason=reason, verdict=verdict)
        self.removed_on = today()
        self.save(update_fields=["removed_on"])
