"""How offers are opened: after the deadline by the database's clock, and by two people where the rule asks for it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from accounts import people
from accounts.models import Membership
from accounts.models.membership import Role
from core.clock import database_now
from core.codes import CodeField
from core.workflow import Allowed, Denied, Verdict, moving
from transactions.models.rule import Method
from transactions.models.seeing import on_the_buying_side

WITNESSES = (Role.PROCUREMENT_TEAM, Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY, Role.BPD)
NOBODY_ELSE = (
    "Belum ada orang kedua di desa ini yang dapat membuka penawaran bersama Anda. Daftarkan dahulu anggota TPK lain, "
    "Kasi/Kaur, Sekretaris Desa, atau BPD."
)
NO_OFFER = (
    "Tidak ada penawaran yang masuk sampai batas waktu, dan batas waktu tidak dapat digeser. "
    "Nyatakan gagal lalu adakan lagi, dengan undangan lain atau HPS dan lingkup yang ditinjau kembali."
)


class OpeningMinutesQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village, and who helps and oversees it: the minutes name every price, and bidders read only their own."""
        return self.filter(on_the_buying_side(user))


class OpeningMinutes(models.Model):
    """The minutes (berita acara) of an opening: its number, and who opened, by the names and offices of that day."""

    code = CodeField()
    sourcing = models.OneToOneField("transactions.Sourcing", models.PROTECT, related_name="minutes", editable=False)
    number = models.CharField("nomor BA pembukaan", max_length=60, blank=True)
    first_name = models.CharField("orang pertama", max_length=200, editable=False)
    first_position = models.CharField("jabatan", max_length=200, blank=True, editable=False)
    second_name = models.CharField("orang kedua", max_length=200, blank=True, editable=False)
    second_position = models.CharField("jabatan orang kedua", max_length=200, blank=True, editable=False)

    objects = OpeningMinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "berita acara pembukaan"
        verbose_name_plural = "berita acara pembukaan"

    def __str__(self) -> str:
        return self.number or str(self.code)

    def get_absolute_url(self) -> str:
        return str(self.sourcing.get_absolute_url())


def named(user: Any, membership: Membership | None) -> tuple[str, str]:
    """Name and office of this moment."""
    return str(user.name or user.email), str(membership.title) if membership else ""


class Opening:
    """Verbs and guards of the opening."""

    method: Any
    rule: Any
    need: Any
    quotations: Any
    invitations: Any
    deadline: Any
    officer: Any
    opened_at: Any
    opening_asked_at: Any
    opening_asked_by_id: Any

    @property
    def takes_two(self) -> bool:
        """Do two people open the offers? Never for a direct purchase, which is the activity manager's alone."""
        return self.method != Method.DIRECT and self.rule.two_openers

    @property
    def is_past_deadline(self) -> bool:
        return database_now() >= self.deadline

    def _ripe(self) -> str:
        """Why the offers cannot be opened yet; empty when they can."""
        if not self.is_past_deadline:
            return "Penawaran baru dapat dibuka setelah batas waktu."
        return "" if self.quotations.filter(state="sealed").exists() else NO_OFFER

    # --- who may ------------------------------------------------------------------------------------
    def may_open_quotations(self, user: Any) -> Verdict:
        from transactions.models.sourcing.sourcing import unanswered

        verdict = self.officer(user)
        if not verdict:
            return verdict
        if self.takes_two:
            return Denied(f"Penawaran {Method(self.method).label} dibuka oleh dua orang: minta pembukaan dahulu.")
        sealed = self.quotations.filter(state="sealed").exists()
        if self.method == Method.DIRECT and sealed and not unanswered(self.pk).exists():  # type: ignore[attr-defined]
            return verdict  # direct purchase, and everyone asked has answered: nobody is shut out by opening now
        return Denied(problem) if (problem := self._ripe()) else verdict

    def may_ask_opening(self, user: Any) -> Verdict:
        verdict = self.officer(user)
        if not verdict:
            return verdict
        if not self.takes_two:
            return Denied("Penawaran pengadaan ini dibuka oleh satu orang, tanpa saksi.")
        if problem := self._ripe():
            return Denied(problem)
        return verdict if self.seconds(user) else Denied(NOBODY_ELSE)

    def seconds(self, user: Any) -> list[Membership]:
        """Who could open together with this person, by the offices that they hold today."""
        bidding = Membership.objects.current().filter(provider__in=self.invitations.values("provider"))
        rows = Membership.objects.current().at(self.need.village_id).holding(*WITNESSES)
        rows = rows.filter(user__is_active=True).exclude(user=user).exclude(user__in=bidding.values("user"))
        return list(rows.select_related("user", "area").order_by("role", "pk"))

    def may_confirm_opening(self, user: Any) -> Verdict:
        """The second person: another one of the team, or a witness from the village's government or the BPD."""
        membership = people.acting(user, *WITNESSES, at=self.need.village_id)
        if not membership:
            return Denied("Pembukaan disaksikan oleh anggota TPK lain, Kasi/Kaur, Sekretaris Desa, atau BPD desa ini.")
        if user.pk == self.opening_asked_by_id:
            return Denied("Anda yang meminta pembukaan; orang kedua yang membukanya bersama Anda harus orang lain.")
        works_for = people.providers(user)
        if works_for and self.invitations.filter(provider__in=works_for).exists():
            return Denied("Anda bekerja pada penyedia yang ikut, jadi tidak dapat menyaksikan pembukaan ini.")
        if problem := self._ripe():
            return Denied(problem)
        return Allowed(membership)

    # --- what they do -------------------------------------------------------------------------------
    def open_quotations(self, *, by: Any, number: str = "") -> None:
        """One person opens: the offers become readable. `number` is that of the minutes (BA)."""
        with moving(self, "open_quotations", by=by) as facts:  # type: ignore[arg-type]
            first = named(by, self.officer(by).membership)
            self._opened(by, facts, OpeningMinutes(number=number, first_name=first[0], first_position=first[1]))

    def ask_opening(self, *, by: Any) -> None:
        """The first of two people is there. Nothing becomes readable yet, for them neither."""
        with moving(self, "ask_opening", by=by):  # type: ignore[arg-type]
            self.opening_asked_at, self.opening_asked_by = database_now(), by

    def confirm_opening(self, *, by: Any, number: str = "") -> None:
        """The second of two people is there, too: the offers become readable. `number` is that of the minutes (BA)."""
        with moving(self, "confirm_opening", by=by) as facts:  # type: ignore[arg-type]
            asked = self.events().filter(verb="ask_opening").latest("pk")  # type: ignore[attr-defined]
            name, position = named(by, self.may_confirm_opening(by).membership)
            facts.update(first=asked.actor_name, first_position=asked.role_label, second=name)
            minutes = OpeningMinutes(
                number=number,
                first_name=asked.actor_name,
                first_position=asked.role_label,
                second_name=name,
                second_position=position,
            )
            self._opened(by, facts, minutes)

    def _opened(self, by: Any, facts: dict[str, Any], minutes: OpeningMinutes) -> None:
        self.opened_at, self.opened_by = database_now(), by
        facts["quotations"] = self.quotations.filter(state="sealed").count()
        minutes.sourcing = self  # type: ignore[assignment]
        minutes.save()
