"""The Pokja P2KTD of a regency: it exists by a decree, for a period, and its members have their rights from it."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Greatest, Least, Replace
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from core.clock import today
from core.codes import CodeField
from core.formats import tanggal_sedang
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area, Level
from regions.scope import within

DAY = datetime.timedelta(days=1)
NOTICE = datetime.timedelta(days=60)  # how long before its end the office is told to prepare the next


# The regency's code as a number. By the field's name, not its column's: only so does Django's own check of the
# constraint put in the new row's value, instead of comparing every row with itself.
REGENCY_NUMBER = Cast(
    Replace(Cast("regency", models.TextField()), Value("."), Value(""), output_field=models.TextField()),
    models.IntegerField(),
)


class PokjaQuerySet(models.QuerySet["Pokja"]):
    def visible_to(self, user: Any) -> Self:
        """Its regency's office, its own members, and the offices above."""
        roles = (*POKJA_ROLES, Role.TAPM, *OFFICE_ROLES)
        return self.filter(within("regency", people.territories(user, *roles)))

    def waiting_for(self, user: Any) -> Self:
        """The office: a decree not yet established, and a Pokja that ends soon with none after it."""
        later = Pokja.objects.filter(
            regency=OuterRef("regency"), state__in=["draft", "established"], ends_on__gt=OuterRef("ends_on")
        )
        soon = Q(state="established", ends_on__gte=today(), ends_on__lte=today() + NOTICE) & ~Exists(later)
        office = within("regency", people.territories(user, Role.REGENCY_OFFICE))
        return self.filter(office).filter(Q(state="draft") | soon)

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
        CANCELLED = "cancelled", "Dibatalkan"

    MOVES = moves(
        Move("amend", ("draft",), None, "Ubah Data Keputusan", "Data keputusan diubah", tone="secondary"),
        Move("attach_decree", ("draft", "established"), None, "Unggah Pindaian Keputusan", "Pindaian diunggah",
             tone="secondary"),
        Move("add_member", ("draft", "established"), None, "Tambah Anggota", "Anggota ditambahkan", tone="secondary"),
        Move("remove_member", ("draft", "established"), None, "Keluarkan Anggota", "Anggota dikeluarkan", tone="quiet"),
        Move(
            "establish", ("draft",), "established", "Tetapkan Pokja", "Pokja ditetapkan",
            confirm="Hak setiap anggota berlaku sesuai masa tugas pada keputusan ini.",
        ),
        Move("cancel", ("draft",), "cancelled", "Batalkan Persiapan", "Persiapan dibatalkan", tone="quiet",
             confirm="Data keputusan ini tidak akan berlaku. Tidak ada hak yang berubah."),
        Move("prepare_next", ("established", "dissolved"), None, "Siapkan Pokja Berikutnya",
             "Pokja berikutnya disiapkan", tone="secondary"),
        Move("dissolve", ("established",), "dissolved", "Bubarkan Pokja", "Pokja dibubarkan", tone="danger"),
    )  # fmt: skip
    TONES = {"draft": "neutral", "established": "good", "dissolved": "bad", "cancelled": "neutral"}

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
                            REGENCY_NUMBER,
                            REGENCY_NUMBER,
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

    def __str__(self) -> str:
        return f"Pokja P2KTD {self.regency.name}, keputusan {self.decree_number}"

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.ESTABLISHED and self.starts_on <= today() <= self.ends_on

    @property
    def phase(self) -> tuple[str, str]:
        """(label, tone) of today: an established Pokja begins and ends by its dates, with nobody's help."""
        if self.state != self.State.ESTABLISHED:
            return str(self.get_state_display()), self.state_tone
        if today() < self.starts_on:
            return "Akan bertugas", "info"
        return ("Bertugas", "good") if self.is_in_force else ("Masa tugas berakhir", "neutral")

    @property
    def status_sentence(self) -> str:
        """What a person reads of it today; derived from the dates."""
        if self.state == self.State.DRAFT:
            return "Sedang disiapkan; anggotanya belum mempunyai hak."
        if self.state == self.State.CANCELLED:
            return "Persiapan dibatalkan; keputusan ini tidak pernah berlaku."
        if self.dissolved_on:
            return f"Dibubarkan {tanggal_sedang(self.dissolved_on)}."
        if today() < self.starts_on:
            return f"Ditetapkan, mulai bertugas {tanggal_sedang(self.starts_on)}."
        if today() > self.ends_on:
            return f"Masa tugas berakhir {tanggal_sedang(self.ends_on)}."
        return f"Bertugas sampai {tanggal_sedang(self.ends_on)}."

    @property
    def task(self) -> str:
        """What the office is to do about it, as "Perlu tindakan" says it."""
        if self.state == self.State.DRAFT:
            return f"Tetapkan Pokja: keputusan {self.decree_number}"
        return f"Siapkan Pokja berikutnya: {self.regency.name}"

    def serving(self) -> PokjaMemberQuerySet:
        """Who belongs to it: not taken out, and whose role was not laid down or ended elsewhere."""
        return PokjaMember.objects.serving_in([self.pk]).select_related("pokja", "user", "membership")

    @property
    def has_chair(self) -> bool:
        return self._chair() is not None

    def gone(self) -> list[PokjaMember]:
        """Who belonged to it and left before its end."""
        there = self.serving().values("pk")
        return list(self.members.exclude(pk__in=there).select_related("user", "membership"))

    def clash(self) -> Pokja | None:
        """An established Pokja of the regency with a day in common."""
        others = Pokja.objects.filter(regency=self.regency_id, state=self.State.ESTABLISHED).exclude(pk=self.pk)
        return others.filter(starts_on__lte=self.ends_on, ends_on__gte=self.starts_on).order_by("starts_on").first()

    def rights_without_decree(self) -> models.QuerySet[Membership]:
        """Roles of this regency's Pokja that no decree gave and that reach into this one's period."""
        reaching = Q(ends_on=None) | Q(ends_on__gte=max(today(), self.starts_on))
        return rights_without_decree([self.regency_id]).filter(reaching)

    # --- who may ------------------------------------------------------------------------------------
    def _office(self, user: Any) -> Verdict:
        """The regency's office forms the Pokja."""
        membership = people.acting(user, Role.REGENCY_OFFICE, at=self.regency_id)
        if not membership:
            return Denied(f"Hanya Dinas PMD {self.regency.name} yang dapat mengatur Pokja.")
        return Allowed(membership)

    may_amend = may_attach_decree = may_add_member = may_remove_member = may_cancel = may_dissolve = _office

    def may_create(self, user: Any) -> Verdict:
        """One decree at a time is prepared."""
        verdict = self._office(user)
        waiting = Pokja.objects.filter(regency=self.regency_id, state=self.State.DRAFT).first() if verdict else None
        if waiting:
            return Denied(f"Keputusan {waiting.decree_number} masih disiapkan. Tetapkan atau batalkan dahulu.")
        return verdict

    may_prepare_next = may_create

    def may_establish(self, user: Any) -> Verdict:
        verdict = self._office(user)
        if not verdict:
            return verdict
        chairs = sum(member.position == PokjaMember.Position.CHAIR for member in self.serving())
        if chairs != 1:
            return Denied("Pokja mempunyai tepat satu ketua. Periksa jabatan anggota.")
        if self.serving().count() < 2:
            return Denied("Pokja mempunyai sedikitnya dua anggota, agar keputusan diperiksa orang kedua.")
        if self.ends_on < today():
            return Denied("Masa tugas pada keputusan ini sudah lewat.")
        other = self.clash()
        if other:
            return Denied(
                f"Masa tugas bertumpang tindih dengan Pokja menurut keputusan {other.decree_number}, yang bertugas "
                f"{tanggal_sedang(other.starts_on)} sampai {tanggal_sedang(other.ends_on)}. Ubah tanggalnya, atau bubarkan Pokja itu."
            )
        return verdict

    # --- what the office does -----------------------------------------------------------------------
    def prepare(self, *, by: Any, note: str = "") -> None:
        """A decree is typed in; members follow."""
        with transaction.atomic():
            Area.objects.select_for_update().get(pk=self.regency_id)  # two at once wait here
            facts = {"decree_number": self.decree_number}
            born(self, by=by, verdict=self.may_create(by), note=note, data=facts)
            if self.decree:
                self.decree.hold(self)

    AMENDABLE = frozenset({"decree_number", "decree_date", "starts_on", "ends_on"})

    def amend(self, *, by: Any, decree: StoredFile | None = None, **mended: Any) -> None:
        """Correct the decree's data before it takes effect."""
        with moving(self, "amend", by=by) as facts:
            for name in sorted(self.AMENDABLE & mended.keys()):
                if getattr(self, name) != mended[name]:
                    facts[name] = [str(getattr(self, name)), str(mended[name])]
                setattr(self, name, mended[name])
            self._keep(decree)

    def attach_decree(self, *, by: Any, decree: StoredFile) -> None:
        """The signed decree, scanned; a better scan replaces it, and the earlier file stays stored."""
        with moving(self, "attach_decree", by=by):
            self._keep(decree)

    def _keep(self, decree: StoredFile | None) -> None:
        if decree:
            decree.hold(self)
            self.decree = decree

    def add_member(self, *, by: Any, user: User, position: str, body: str, title: str = "") -> PokjaMember:
        """A person by their account; `body` is where they come from (OPD, TAPM, university)."""
        with moving(self, "add_member", by=by) as facts:
            refuse_unless(not self.serving().filter(user=user).exists(), f"{user} sudah menjadi anggota Pokja ini.")
            chair = position == PokjaMember.Position.CHAIR and self._chair()
            refuse_unless(not chair, f"Pokja ini sudah mempunyai ketua: {chair and chair.user}. Keluarkan dahulu.")
            over = self.state == self.State.ESTABLISHED and self.ends_on < today()
            refuse_unless(not over, "Masa tugas Pokja ini sudah berakhir.")
            self.members.filter(user=user, removed_on=None).update(removed_on=today())  # had laid the role down
            member = PokjaMember(pokja=self, user=user, position=position, body=body, title=title)
            if self.state == self.State.ESTABLISHED:
                member.appoint(by=by, verdict=self._office(by))
            member.save()
            facts |= {"person": str(user), "position": str(member.get_position_display()), "body": body}
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
            facts |= {"person": str(row.user), "position": str(row.get_position_display())}

    def establish(self, *, by: Any, end_others: bool = False) -> None:
        """The decree takes effect: each member holds the role for its period, and not longer. Rights that somebody
        had without a decree are replaced; those of others end too when `end_others`."""
        with moving(self, "establish", by=by, note=f"Keputusan {self.decree_number}") as facts:
            Area.objects.select_for_update().get(pk=self.regency_id)  # two decrees at once wait here
            verdict = self.may_establish(by)
            refuse_unless(verdict, verdict.reason)
            members = list(self.serving())
            for member in members:
                member.appoint(by=by, verdict=verdict)
                member.save()
            facts |= {"members": [str(member) for member in members]}
            if end_others:
                others = list(self.rights_without_decree())
                for membership in others:
                    take_over(membership, self, by=by, verdict=verdict)
                facts |= {"ended": [str(membership.user) for membership in others]}

    def cancel(self, *, by: Any) -> None:
        """What was prepared is not going to be."""
        with moving(self, "cancel", by=by):
            pass

    def prepare_next(
        self,
        *,
        by: Any,
        decree_number: str,
        decree_date: datetime.date,
        starts_on: datetime.date,
        ends_on: datetime.date,
        decree: StoredFile | None = None,
    ) -> Pokja:
        """The following decree, as a draft with today's members; it takes over on its first day."""
        with moving(self, "prepare_next", by=by, note=f"Keputusan {decree_number}") as facts:
            following = Pokja(
                regency=self.regency, decree_number=decree_number, decree_date=decree_date, starts_on=starts_on,
                ends_on=ends_on, decree=decree,
            )  # fmt: skip
            following.prepare(by=by, note=f"Anggota disalin dari keputusan {self.decree_number}.")
            last = self.members.filter(removed_on=self.dissolved_on) if self.dissolved_on else self.serving()
            PokjaMember.objects.bulk_create(
                PokjaMember(pokja=following, user=one.user, position=one.position, body=one.body, title=one.title)
                for one in last.select_related("user").order_by("pk")
                if one.user.is_active
            )
            facts |= {"code": following.code}
        return following

    def dissolve(self, *, by: Any, reason: str) -> None:
        """Before its time, by another decree: all rights end at once."""
        with moving(self, "dissolve", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis dasar pembubaran.")
            verdict = self._office(by)
            for member in self.serving():
                member.leave(by=by, verdict=verdict, reason=f"Pokja dibubarkan: {reason}")
            self.dissolved_on = today()


class PokjaMemberQuerySet(models.QuerySet["PokjaMember"]):
    def serving_in(self, pokjas: Any) -> Self:
        """Members of these, as of today or of the period's last day; a role that ended earlier takes them out."""
        day = Least(Greatest(Value(today()), F("pokja__starts_on")), F("pokja__ends_on"))
        held = Q(membership=None) | Q(membership__ends_on__gte=day)
        return self.filter(held, pokja__in=pokjas, removed_on=None)


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

    objects = PokjaMemberQuerySet.as_manager()

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

    @property
    def since(self) -> datetime.date:
        """From when on this person belongs to it."""
        return self.membership.starts_on if self.membership else self.pokja.starts_on

    @property
    def left_on(self) -> datetime.date | None:
        """The day from which this person no longer belonged; None for who stayed to the end."""
        if self.removed_on:
            return self.removed_on
        ends = self.membership.ends_on if self.membership else None
        return ends + DAY if ends and ends < self.pokja.ends_on else None

    def appoint(self, *, by: Any, verdict: Verdict) -> None:
        """Give the role: from the Pokja's first day, or from today when that has passed, to its last day."""
        pokja = self.pokja
        before = rights_without_decree([pokja.regency_id]).filter(user=self.user)
        for membership in before.filter(Q(ends_on=None) | Q(ends_on__gte=max(today(), pokja.starts_on))):
            take_over(membership, pokja, by=by, verdict=verdict)
        membership = Membership(
            user=self.user,
            role=self.role,
            area=pokja.regency,
            position=f"{self.get_position_display()} Pokja P2KTD",
            basis=f"Keputusan {pokja.decree_number} tanggal {pokja.decree_date:%d/%m/%Y}"[:150],
            starts_on=max(today(), pokja.starts_on),
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


def rights_without_decree(regencies: list[str]) -> models.QuerySet[Membership]:
    """Roles in the Pokja given before decrees were kept here: they run on until somebody ends them."""
    by_decree = PokjaMember.objects.exclude(membership=None).values("membership")
    rows = Membership.objects.holding(*POKJA_ROLES).filter(within("area", regencies)).exclude(pk__in=by_decree)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=today())).select_related("user", "area").order_by("pk")


def take_over(membership: Membership, pokja: Pokja, *, by: Any, verdict: Verdict) -> None:
    """The decree's first day is the first without the older right."""
    last = max(today(), pokja.starts_on, membership.starts_on) - DAY
    membership.end(by=by, reason=f"Diganti Keputusan {pokja.decree_number}", last_day=last, verdict=verdict)
