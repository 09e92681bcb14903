"""Four eyes: who prepared a step does not approve it.

The offices do most of it: the TPK chooses, the Kasi/Kaur signs, the Kepala Desa approves. What is left is the person
who holds two of them. While somebody else can do the second step, that person is refused, and reads whom to ask. In a
village with nobody else the step stays possible: it wants a reason, which the event keeps.

Who holds one office only is not asked about, and costs no query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import VILLAGE_ROLES
from core.models import Document, Event
from core.workflow import Caution, Denied

KIND = "second-person"


@dataclass(frozen=True, slots=True)
class Pair:
    """`verb` on `document` is for another person than who did one of `before` on `about` (found by `key`).

    `roles` are the offices that make it, `said` what the earlier step was, after "Anda yang …".
    """

    document: str
    verb: str
    roles: tuple[Role, ...]
    about: str
    before: tuple[str, ...]
    said: str
    key: str = "pk"


PKA, TPK, SEKDES, KAUR, KADES = (
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_TREASURER,
    Role.VILLAGE_HEAD,
)
NEED, SOURCING, CONTRACT = "transactions.need", "transactions.sourcing", "transactions.contract"
ACCOUNT, SHARE = "transactions.accountability", "transactions.jointshare"
REQUEST = "transactions.paymentrequest"

TABLE = (
    Pair(NEED, "budget", (PKA, SEKDES, KAUR), NEED, ("agree",), "mencatat kesepakatan Musdes kebutuhan ini"),
    Pair(SHARE, "budget", (PKA, SEKDES, KAUR), SHARE, ("agree",), "mencatat kesepakatan Musdes desa ini"),
    Pair(SOURCING, "award", (TPK,), SOURCING, ("create", "announce", "announce_tender"), "menyiapkan pengadaan ini"),
    Pair(
        CONTRACT, "issue", (PKA,), SOURCING, ("evaluate", "award"), "mengevaluasi dan menetapkan pemenangnya",
        "sourcing_id",
    ),
    Pair(CONTRACT, "confirm_handover", (KADES,), CONTRACT, ("issue", "hand_over", "hand_to_head"), "mengurus kontraknya"),
    Pair(REQUEST, "examine", (SEKDES,), REQUEST, ("create", "submit"), "mengajukan SPP ini"),
    Pair(REQUEST, "approve", (KADES,), REQUEST, ("create", "submit", "examine"), "mengajukan atau memeriksa SPP ini"),
    Pair(REQUEST, "pay", (KAUR,), REQUEST, ("create", "submit", "examine", "approve"), "ikut mengajukan atau menyetujui SPP ini"),
    Pair(ACCOUNT, "close", (KADES,), ACCOUNT, ("accept", "refuse"), "menetapkan keputusan Musdesnya"),
)  # fmt: skip

_pairs: dict[tuple[str, str], list[Pair]] = defaultdict(list)
for _pair in TABLE:
    _pairs[_pair.document, _pair.verb].append(_pair)


def refusal(document: Document, verb: str, user: Any) -> Denied | None:
    """Somebody else can do it: the sentence that says whom to ask."""
    for pair, others in _both(document, verb, user):
        if others:
            offices = " atau ".join(str(role.label) for role in pair.roles)
            names = ", ".join(sorted(str(other) for other in others)[:3])
            return Denied(
                f"Anda yang {pair.said}, jadi langkah ini dilakukan oleh orang lain. Mintalah {offices}: {names}."
            )
    return None


def cautions(document: Document, verb: str, user: Any) -> Iterator[Caution]:
    """Nobody else can: it wants a reason."""
    for pair, others in _both(document, verb, user):
        if not others:
            offices = " atau ".join(str(role.label) for role in pair.roles)
            yield Caution(
                f"{KIND}-{pair.before[0]}",
                f"Anda juga yang {pair.said}, dan tidak ada {offices} lain di desa ini yang dapat melakukan langkah ini.",
            )


def _both(document: Document, verb: str, user: Any) -> Iterator[tuple[Pair, list[User]]]:
    """Pairs of which this person did the first half, with those who could do the second instead."""
    rows = _pairs.get((document._meta.label_lower, verb))
    if not rows or not _holds_several(user):
        return
    village = village_of(document)
    if len(_offices(user, village)) < 2 or _is_direct(document):
        return
    for pair in rows:
        done = Event.objects.filter(
            about=pair.about, about_id=str(getattr(document, pair.key)), verb__in=pair.before, actor__isnull=False
        )
        involved = set(done.values_list("actor_id", flat=True))
        if user.pk in involved:
            yield pair, _others(document, pair, village, involved)


def _others(document: Document, pair: Pair, village: str, involved: set[int]) -> list[User]:
    """Who holds the office today, had no part in the first half, and may do the second."""
    rows = Membership.objects.current().at(village).holding(*pair.roles).exclude(user__in=involved)
    users = User.objects.filter(pk__in=rows.values("user"), is_active=True)
    return [each for each in users if getattr(document, f"may_{pair.verb}")(each)]


def _offices(user: Any, village: str) -> set[str]:
    return {m.role for m in people.memberships(user) if m.area_id == village and m.role in VILLAGE_ROLES}


def _holds_several(user: Any) -> bool:
    """Two offices in one village, by the memberships at hand."""
    held = [m.area_id for m in people.memberships(user) if m.role in VILLAGE_ROLES]
    return len(held) > len(set(held))


def _is_direct(document: Document) -> bool:
    """A direct purchase is the Kasi/Kaur's from the first offer to the order: there is no second office in it."""
    sourcing = document if document._meta.label_lower == SOURCING else None
    if document._meta.label_lower == CONTRACT and document.state == "drafted":
        sourcing = document.sourcing  # type: ignore[attr-defined]
    return sourcing is not None and sourcing.method == "direct"  # type: ignore[attr-defined]


def village_of(document: Any) -> str:
    """The code of the village that buys."""
    for path in ("village_id", "need", "sourcing", "contract", "accountability"):
        found = getattr(document, path, None)
        if found is not None:
            return found if path == "village_id" else village_of(found)
    raise LookupError(f"no village for {document!r}")
