"""Who is told of money: the one who has the next step of a request, and the one who waits for it."""

from collections.abc import Iterator

from accounts.models import Role
from core.formats import rupiah
from core.models import Event
from core.notices import Tell, tells
from transactions.models import Accountability, PaymentRequest
from transactions.notifications.people import of_provider, village


@tells("transactions.accountability", "create")
def manager_asks_for_payment_next(event: Event, account: Accountability) -> Iterator[Tell]:
    """Nothing is left to ask for where an addendum took the last termin away."""
    if account.state != "payment":
        return
    for member in village(account.contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(
            member.user,
            f"Ajukan SPP: {account.contract.need.title}",
            f"Hasil pekerjaan sudah diserahterimakan; nilai kontrak {rupiah(account.contract.value)}.",
        )


NEXT_HOLDER = {  # of a payment request in this state
    "submitted": (Role.VILLAGE_SECRETARY, "Periksa SPP"),
    "returned": (Role.ACTIVITY_MANAGER, "SPP dikembalikan"),
    "checked": (Role.VILLAGE_HEAD, "Setujui pembayaran"),
    "approved": (Role.VILLAGE_TREASURER, "Bayar dan catat"),
}


@tells("transactions.paymentrequest", "submit", "examine", "refuse", "approve", "give_back")
def next_hand_learns_of_the_request(event: Event, request: PaymentRequest) -> Iterator[Tell]:
    """Each step tells the one who has the next; a request that comes back says why."""
    role, title = NEXT_HOLDER[request.state]
    for member in village(request.contract.village_id, role):
        yield Tell(member.user, f"{title}: {request.need.title}", event.note or request.status_sentence)


@tells("transactions.paymentrequest", "create", "bill")
def the_other_side_learns_of_the_bill(event: Event, request: PaymentRequest) -> Iterator[Tell]:
    """The village asks for the bill; the provider has sent it."""
    if event.verb == "create":
        for member in of_provider(request.contract.provider_id):
            yield Tell(member.user, f"Kirim tagihan: {request.need.title}", f"Sebesar {rupiah(request.amount)}.")
        return
    for member in village(request.contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"Tagihan diterima: {request.need.title}", request.status_sentence)


@tells("transactions.paymentrequest", "pay")
def provider_and_manager_learn_of_the_transfer(event: Event, request: PaymentRequest) -> Iterator[Tell]:
    members = [
        *of_provider(request.contract.provider_id),
        *village(request.contract.village_id, Role.ACTIVITY_MANAGER),
    ]
    for member in members:
        yield Tell(member.user, f"Dibayar: {request.need.title}", request.status_sentence)


@tells("transactions.paymentrequest", "amend_payment")
def who_read_of_the_transfer_reads_the_correction(event: Event, request: PaymentRequest) -> Iterator[Tell]:
    """They, and the head who approved it."""
    members = [
        *of_provider(request.contract.provider_id),
        *village(request.contract.village_id, Role.ACTIVITY_MANAGER, Role.VILLAGE_HEAD),
    ]
    for member in members:
        words = f"{request.status_sentence} {event.note}"
        yield Tell(member.user, f"Catatan pembayaran dikoreksi: {request.need.title}", words)
