"""Who is told of a contract and its addenda."""

from collections.abc import Iterator

from accounts.models import Role
from core.formats import rupiah
from core.models import Event
from core.notices import Tell, tells
from transactions.models import Addendum, Contract
from transactions.notifications.people import of_provider, village


@tells("transactions.contract", "create")
def manager_prepares_the_contract(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"Siapkan SPK: {contract.need.title}", f"Nilai {rupiah(contract.value)}.")


@tells(
    "transactions.contract",
    "issue",
    "recall",
    "ask_repair",
    "accept_part",
    "accept_work",
    "hand_over",
    "send_back",
    "terminate",
    "sign_for_village",
)
def provider_follows_the_contract(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in of_provider(contract.provider_id):
        yield Tell(member.user, f"{event.verb_label}: {contract.need.title}", event.note or contract.status_sentence)


@tells(
    "transactions.contract",
    "sign_for_provider",
    "report_progress",
    "record_training",
    "request_inspection",
    "send_back",
)
def manager_follows_the_work(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"{event.verb_label}: {contract.need.title}", event.note or contract.status_sentence)


@tells("transactions.contract", "hand_to_head")
def head_takes_over_next(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.VILLAGE_HEAD):
        yield Tell(member.user, f"Terima hasil pekerjaan: {contract.need.title}", contract.status_sentence)


@tells("transactions.addendum", "create", "sign_for_village", "withdraw", "lapse")
def provider_follows_the_addendum(event: Event, addendum: Addendum) -> Iterator[Tell]:
    step = "Adendum disiapkan" if event.verb == "create" else event.verb_label
    for member in of_provider(addendum.contract.provider_id):
        yield Tell(member.user, f"{step}: {addendum.need.title}", event.note or addendum.status_sentence)


@tells("transactions.addendum", "sign_for_provider")
def manager_signs_the_addendum_next(event: Event, addendum: Addendum) -> Iterator[Tell]:
    for member in village(addendum.village.code, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"{event.verb_label}: {addendum.need.title}", addendum.status_sentence)
