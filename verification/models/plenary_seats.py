"""Who sits in a plenary, what bars them, and who signs its decree.

One person signs the whole decree. It is the chair; where the chair is barred (wrote the report, proposed a result in
it, or is tied to somebody whom it decides) or there is none, it is the Pokja's secretary, under the same conditions.
Where both are barred, the application that bars them is put off to a sitting of its own, or the office names another
secretary. Nobody signs a part of a decree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.formats import WIB
from core.workflow import Allowed, Denied, Verdict, refuse_unless
from regions.scope import within
from verification.models.declaration import Declaration
from verification.models.plenary_lines import PlenaryItem
from verification.models.pokja import Pokja, PokjaMember
from verification.models.recap import tied_pairs

if TYPE_CHECKING:
    from verification.models.application import Application

SECRETARY = PokjaMember.Position.SECRETARY


class Seats:
    """Of a Plenary: its members of that day, its quorum, and the guards that ask for a seat."""

    # --- the members --------------------------------------------------------------------------------
    def seated(self) -> list[PokjaMember]:
        """Who belonged to the Pokja on the day of the sitting: not who had left, nor who came after."""
        rows = self.pokja.members.select_related("user", "membership", "pokja")
        return [one for one in rows if self._was_member(one)]

    def _was_member(self, one: PokjaMember) -> bool:
        if one.left_on and one.left_on <= self.held_on:
            return False
        came_later = one.added_at > self.pokja.state_since  # after the decree that established it
        return not (came_later and timezone.localdate(one.added_at, timezone=WIB) > self.held_on)

    def quorum(self) -> int:
        """How many members have to be present, by the rule in force on the day of the sitting."""
        return self.rule.quorum_of(len(self.seated()))

    def _present(self, present: Sequence[PokjaMember]) -> list[PokjaMember]:
        """The same people, all of them members of that day."""
        seated = {member.pk: member for member in self.seated()}
        for member in present:
            refuse_unless(member.pk in seated, f"{member.user} bukan anggota Pokja pada tanggal rapat.")
        return [member for pk, member in seated.items() if pk in {one.pk for one in present}]

    def check_quorum(self, there: Sequence[PokjaMember], lines: Iterable[PlenaryItem]) -> None:
        """Enough for the sitting, and for each applicant enough without a tie; else that one is to be put off."""
        refuse_unless(there, "Centang siapa yang hadir.")
        refuse_unless(len(there) >= self.quorum(), f"Hadir {len(there)} anggota; kuorum rapat {self.quorum()} anggota.")
        decided = [line for line in lines if line.outcome != PlenaryItem.Outcome.DEFER]
        everyone = [member.user_id for member in self.seated()]
        tied = tied_pairs(everyone, {line.application.provider_id for line in decided})
        rule = self.rule
        for line in decided:
            provider = line.application.provider_id
            free = [user for user in everyone if (user, provider) not in tied]
            voting = [member for member in there if (member.user_id, provider) not in tied]
            needed = max(rule.quorum_of(len(free)), 1)
            refuse_unless(
                len(voting) >= needed,
                f"{line.application.provider}: hadir {len(voting)} anggota tanpa benturan kepentingan; perlu {needed}. "
                "Tunda permohonan ini ke rapat lain.",
            )

    # --- seats --------------------------------------------------------------------------------------
    def _seat(self, user: Any) -> Verdict:
        membership = people.acting(user, *POKJA_ROLES, at=self.regency_id)
        return Allowed(membership) if membership else Denied(f"Hanya anggota Pokja P2KTD {self.regency.name}.")

    def _signer(self, user: Any) -> Verdict:
        """The chair, or the secretary in a barred chair's place."""
        chair = people.acting(user, Role.POKJA_CHAIR, at=self.regency_id)
        if chair:
            return Allowed(chair)
        seat = self._seat(user)
        if seat and self.deputises(user):
            return seat
        if seat and self.is_secretary(user):
            return Denied("Ketua Pokja tidak terhalang, jadi Ketua yang menetapkan.")
        return Denied(f"Hanya Ketua Pokja P2KTD {self.regency.name}.")

    def is_secretary(self, user: Any) -> bool:
        return self._secretaries().filter(pk=user.pk).exists()

    def _secretaries(self) -> Any:
        """Of the Pokja in force today, which need not be that of the sitting."""
        rows = PokjaMember.objects.filter(
            pokja__in=Pokja.objects.in_force().filter(regency=self.regency_id), position=SECRETARY, removed_on=None
        )
        serving = Membership.objects.current().holding(Role.POKJA_MEMBER).at(self.regency_id)
        return User.objects.filter(pk__in=rows.values("user_id"), is_active=True).filter(
            pk__in=serving.values("user_id")
        )

    def chairs(self) -> list[User]:
        """Who leads the Pokja today: one person, or none."""
        held = Membership.objects.current().holding(Role.POKJA_CHAIR).at(self.regency_id)
        return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("pk"))

    def deputises(self, user: Any) -> bool:
        """Does this person sign in the chair's place?"""
        return self.is_secretary(user) and all(self.bar(chair) for chair in self.chairs())

    def signers(self) -> list[User]:
        """Who may sign the decree, once they have said their word on ties: chairs, else secretaries, that nothing bars."""
        free = [one for one in self.chairs() if not self.bar(one)]
        return free or [one for one in self._secretaries() if not self.bar(one)]

    # --- what bars ----------------------------------------------------------------------------------
    def _decided(self) -> list[PlenaryItem]:
        """What the decree will be about."""
        return [line for line in self.lines() if line.outcome != PlenaryItem.Outcome.DEFER]

    def ties(self, user: Any, lines: list[PlenaryItem] | None = None) -> list[str]:
        """Names of the applicants to whom this person is tied: of those that the decree is about, or of `lines`."""
        lines = self._decided() if lines is None else lines
        tied = tied_pairs([user.pk], {line.application.provider_id for line in lines})
        return [line.application.provider.name for line in lines if (user.pk, line.application.provider_id) in tied]

    def bar(self, user: Any) -> str:
        """Why this person cannot sign the decree, whatever they do; empty when nothing is in the way."""
        if user.pk == self.minuted_by_id:
            return f"Berita acara ini dibuat oleh {user}; penetapan dilakukan oleh orang lain."
        tied = self.ties(user)
        if tied:
            return f"Benturan kepentingan {user} dengan {', '.join(tied)}."
        proposed = [
            line.application.provider.name for line in self._decided() if line.application.recommended_by_id == user.pk
        ]
        if proposed:
            return f"{user} yang mengusulkan hasil {', '.join(proposed)}; penetapan dilakukan oleh orang lain."
        return ""

    def _who_else(self, user: Any) -> str:
        """Who signs when this one cannot, or what to do when nobody can."""
        free = [one for one in self.signers() if one.pk != user.pk]
        if free:
            return f"Penetapan dilakukan oleh {free[0]}."
        return (
            "Ketua dan sekretaris sama-sama terhalang: buka kembali berita acara dan tunda permohonan itu, "
            "atau minta Dinas PMD menunjuk sekretaris lain."
        )

    def undeclared(self, user: Any) -> list[Application]:
        """Whose applications lack this person's word on ties. Where a tie is known, none is asked for."""
        lines = self._decided()
        said = set(
            Declaration.objects.current()
            .filter(member=user, application__in=[line.application_id for line in lines])
            .values_list("application_id", flat=True)
        )
        tied = tied_pairs([user.pk], {line.application.provider_id for line in lines})
        return [
            line.application
            for line in lines
            if line.application_id not in said and (user.pk, line.application.provider_id) not in tied
        ]


# --- the same as a condition -----------------------------------------------------------------------------
def waiting_for_decree(user: Any) -> Q:
    """Which minuted sittings this person may sign, as far as nothing but their own word on ties is missing."""
    nothing = Q(pk__in=[])
    if not people.holds(user, *POKJA_ROLES):
        return nothing
    chair = within("regency", people.territories(user, Role.POKJA_CHAIR)) & ~barred([user.pk])
    seats = PokjaMember.objects.filter(
        user=user, position=SECRETARY, removed_on=None, pokja__in=Pokja.objects.in_force()
    ).values_list("pokja__regency_id", flat=True)
    waiting = chair
    for regency in set(seats) & set(people.territories(user, Role.POKJA_MEMBER)):
        chairs = list(
            Membership.objects.current()
            .holding(Role.POKJA_CHAIR)
            .at(regency)
            .filter(user__is_active=True)
            .values_list("user_id", flat=True)
        )
        in_place = Q(regency=regency) & ~barred([user.pk])
        for each in chairs:
            in_place &= barred([each])
        waiting |= in_place
    return waiting


def barred(person: list[int]) -> Q:
    """Sittings that these people cannot sign; the same rule as `bar`."""
    lines = PlenaryItem.objects.decided().filter(plenary=OuterRef("pk"))
    proposed = Exists(lines.filter(application__recommended_by__in=person))
    return Q(minuted_by__in=person) | proposed | tied_sittings(person)


def tied_sittings(person: list[int]) -> Q:
    """Sittings with an applicant to whom these people are tied; the same rule as `ties`."""
    declared = Declaration.objects.tied().filter(member__in=person)
    theirs = Membership.objects.filter(role=Role.PROVIDER, user__in=person)
    lines = PlenaryItem.objects.decided().filter(plenary=OuterRef("pk"))
    return Q(Exists(lines.filter(application__provider__in=declared.values("provider_id")))) | Q(
        Exists(lines.filter(application__provider__in=theirs.values("provider_id")))
    )
