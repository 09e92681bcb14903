"""Who is told of a Musdes, of what it decided, and of the duties and remedies that follow."""

from collections.abc import Iterable, Iterator

from accounts.models import Membership, Role, User
from core.formats import tanggal_sedang
from core.models import Event
from core.notices import Tell, tells
from transactions.models import Accountability, Contract, FollowUp, Meeting, Remedy
from transactions.notifications.people import of_provider, village

ASSEMBLY = (  # who comes to the village's Musdes, or helps with it
    Role.BPD,
    Role.VILLAGE_HEAD,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_OPERATOR,
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.PLD,
)


@tells("transactions.accountability", "settle")
def council_and_facilitator_are_next(event: Event, account: Accountability) -> Iterator[Tell]:
    for member in village(account.contract.village_id, Role.BPD, Role.PLD, Role.VILLAGE_OPERATOR):
        yield Tell(
            member.user,
            f"Adakan Musdes pertanggungjawaban: {account.contract.need.title}",
            f"Paling lambat {tanggal_sedang(account.expected_on)}. Berita acara dan daftar hadir kosong dapat dicetak dahulu.",
        )


def about(meeting: Meeting) -> list[Contract]:
    """The contracts on the assembly's agenda."""
    if meeting.chosen is not None:
        return [account.contract for account in meeting.chosen]
    related = ("accountability__contract__sourcing__need", "accountability__contract__village")
    return [item.accountability.contract for item in meeting.items.select_related(*related)]


@tells("transactions.meeting", "create", "record")
def council_decides_next(event: Event, meeting: Meeting) -> Iterator[Tell]:
    """A record waits for the BPD; a plan is told by `assembly_is_planned`."""
    if meeting.state == "draft" or event.verb == "record":
        for member in village(meeting.village_id, Role.BPD):
            yield Tell(member.user, "Catatan Musdes disiapkan", "Periksa, lalu tetapkan keputusannya.")


def once_each(lines: Iterable[tuple[User, str, str]], together: str, *, url: str = "") -> Iterator[Tell]:
    """One notice for each person with all the lines (title, text) that concern them: an event tells a person once."""
    found: dict[User, list[tuple[str, str]]] = {}
    for user, title, text in lines:
        said = found.setdefault(user, [])
        if (title, text) not in said:
            said.append((title, text))
    for user, said in found.items():
        if len(said) == 1:
            yield Tell(user, *said[0], url=url)
        else:
            yield Tell(user, together, "\n".join(f"{title}. {text}" for title, text in said), url=url)


@tells("transactions.meeting", "create", "replan", "postpone", "cancel")
def all_learn_of_the_day(event: Event, meeting: Meeting) -> Iterator[Tell]:
    """The village's people concerned, and who helps them; the providers learn it for their own orders."""
    if event.verb == "create" and meeting.state != "planned":
        return
    if event.verb == "replan" and not event.data.get("changed"):
        return
    said = {
        "create": "Musdes direncanakan",
        "replan": "Rencana Musdes diubah",
        "postpone": "Musdes ditunda",
        "cancel": "Musdes dibatalkan",
    }[event.verb]
    text = " ".join(part for part in (f"{meeting.when}, {meeting.place}.", event.note) if part)
    office = village(meeting.village_id, *ASSEMBLY)
    for member in office:
        yield Tell(member.user, said, text)
    told, contracts = {member.user for member in office}, about(meeting)
    for provider in dict.fromkeys(contract.provider_id for contract in contracts):
        own = [contract for contract in contracts if contract.provider_id == provider]
        lines = [
            (member.user, f"{said}: {contract.need.title}", text)
            for contract in own
            for member in of_provider(provider)
            if member.user not in told
        ]
        yield from once_each(lines, said, url=own[0].get_absolute_url())


@tells("transactions.meeting", "decide")
def all_learn_what_the_assembly_decided(event: Event, meeting: Meeting) -> Iterator[Tell]:
    """Each person once, of all their orders and of the duties that they were given."""
    yield from once_each([*decisions(meeting), *duties(meeting)], "Keputusan Musdes")


def decisions(meeting: Meeting) -> Iterator[tuple[User, str, str]]:
    """What was decided of each order, for whoever it concerns."""
    items = meeting.items.select_related(
        "accountability__contract__sourcing__need", "accountability__contract__village"
    )
    for item in items:
        contract = item.accountability.contract
        title = f"Musdes memutuskan: {item.get_decision_display()}"
        said = " ".join(part for part in (f"{contract.need.title}.", item.decision_note) if part)
        for member in of_provider(contract.provider_id):
            yield member.user, title, said
        for member in village(contract.village_id, Role.VILLAGE_HEAD, Role.ACTIVITY_MANAGER):
            yield member.user, title, contract.need.title
        if meeting.assisted_by:
            yield meeting.assisted_by, title, contract.need.title


def duties(meeting: Meeting) -> Iterator[tuple[User, str, str]]:
    for duty in meeting.follow_ups.select_related("accountability__contract", "village"):
        for member in responsible(duty):
            yield member.user, f"Tindak lanjut Musdes: {duty.what}", duty.status_sentence


def responsible(duty: FollowUp) -> list[Membership]:
    """Who a duty was given to."""
    if duty.responsible == Role.PROVIDER:
        return of_provider(duty.accountability.contract.provider_id)
    return village(duty.village_id, duty.responsible) if duty.responsible else []


@tells("transactions.followup", "give_back")
def responsible_learn_that_it_is_not_done(event: Event, duty: FollowUp) -> Iterator[Tell]:
    for member in responsible(duty):
        yield Tell(member.user, f"Tindak lanjut dikembalikan: {duty.what}", event.note)


@tells("transactions.accountability", "postpone_due")
def overseers_learn_of_a_later_day(event: Event, account: Accountability) -> Iterator[Tell]:
    for member in village(account.contract.village_id, Role.BPD, Role.PLD, Role.VILLAGE_OPERATOR):
        yield Tell(member.user, f"Batas Musdes ditunda: {account.contract.need.title}", event.note)


@tells("transactions.remedy", "create", "report", "give_back", "give_up", "confirm_repair", "record_refund", "settle")
def parties_follow_the_remedy(event: Event, remedy: Remedy) -> Iterator[Tell]:
    """The other side learns each step; once it is done, who holds the next Musdes."""
    contract = remedy.accountability.contract
    step = f"{remedy.get_kind_display()} dipilih" if event.verb == "create" else event.verb_label
    title = f"{step}: {contract.need.title}"
    if event.verb == "report":
        told = village(remedy.village_id, Role.ACTIVITY_MANAGER)
    else:
        told = of_provider(contract.provider_id)
    if event.verb == "create" and remedy.kind == remedy.Kind.REDUCTION:
        told = [*told, *village(remedy.village_id, Role.VILLAGE_TREASURER)]
    if remedy.state == "done":
        told = [*told, *village(remedy.village_id, Role.BPD, Role.PLD)]
    for member in told:
        yield Tell(member.user, title, event.note or remedy.status_sentence)


@tells("transactions.accountability", "close")
def all_learn_that_it_is_closed(event: Event, account: Accountability) -> Iterator[Tell]:
    contract = account.contract
    people = [*village(contract.village_id, Role.ACTIVITY_MANAGER, Role.BPD), *of_provider(contract.provider_id)]
    for member in people:
        yield Tell(member.user, f"Pembelian selesai: {contract.need.title}", account.status_sentence)


@tells("transactions.contract", "confirm_handover")
def joint_villages_hold_their_assemblies(event: Event, contract: Contract) -> Iterator[Tell]:
    for share in contract.need.shares.living().select_related("village"):
        for member in village(share.village_id, Role.BPD, Role.VILLAGE_HEAD):
            yield Tell(
                member.user,
                f"Hasil pembelian bersama diserahterimakan: {contract.need.title}",
                "Adakan Musdes pertanggungjawaban desa Anda, lalu catat keputusannya.",
            )
