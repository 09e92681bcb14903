"""Who is told of what in an order: the one whose turn it is next, and the one who waits for the result."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

from accounts.models import Membership, Role, User
from core.formats import rupiah
from core.models import Event
from core.notices import Tell, tells
from regions.scope import NATION, within
from transactions.models import (
    Accountability,
    Activity,
    ActivityImport,
    Addendum,
    Contract,
    FollowUp,
    JointShare,
    Meeting,
    Method,
    Need,
    PaymentRequest,
    Quotation,
    Remedy,
    Sourcing,
    TenderQuestion,
    YearEndCall,
)
from transactions.models.sourcing.opening import WITNESSES
from transactions.models.sourcing.sourcing import OFFICER
from verification.models import Sanction
from verification.models.sanction import BARRING

ASSEMBLY = (  # who comes to the village's Musdes, or helps with it
    Role.BPD,
    Role.VILLAGE_HEAD,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_OPERATOR,
    Role.ACTIVITY_MANAGER,
    Role.PROCUREMENT_TEAM,
    Role.PLD,
)


def village(code: str, *roles: str) -> list[Membership]:
    """Who holds these roles in the village today."""
    return list(Membership.objects.current().at(code).holding(*roles).select_related("user"))


def of_provider(provider: int) -> list[Membership]:
    return list(Membership.objects.current().filter(provider=provider).select_related("user"))


@tells("transactions.need", "create")
def village_learns_what_a_facilitator_wrote(event: Event, need: Need) -> Iterator[Tell]:
    """Only the village can take it further."""
    if need.assisted_by_id:
        for member in village(need.village_id, *Need.DRAFTERS):
            yield Tell(member.user, f"{event.actor_name} menyiapkan kebutuhan “{need.title}”", "Periksa dan lanjutkan.")


@tells("transactions.need", "cancel")
def village_learns_that_it_ends(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, *Need.DRAFTERS, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"Kebutuhan “{need.title}” dibatalkan", event.note)


@tells("transactions.need", "agree")
def budget_is_next(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, *Need.BUDGETERS):
        yield Tell(member.user, f"Kebutuhan “{need.title}” disepakati Musdes", "Catat anggarannya dalam APB Desa.")


@tells("transactions.need", "budget")
def sourcing_is_next(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"Kebutuhan “{need.title}” dianggarkan", "Pengadaan dapat dimulai.")


@tells("transactions.activityimport", "apply")
def keepers_learn_of_the_new_list(event: Event, document: ActivityImport) -> Iterator[Tell]:
    """Ceilings may have changed: whoever else keeps the list looks at it."""
    found = event.data
    for member in village(document.village_id, *Activity.KEEPERS):
        title = f"Kegiatan APB Desa dimuat: {found['new']} baru, {found['changed']} berubah"
        yield Tell(member.user, title, f"Dari berkas {document.file_name}.", by_mail=False)


@tells("transactions.sourcing", "announce")
def providers_are_invited(event: Event, sourcing: Sourcing) -> Iterator[Tell]:
    need = sourcing.need
    for invitation in sourcing.invitations.all():
        for member in of_provider(invitation.provider_id):
            yield Tell(
                member.user,
                f"Undangan penawaran: {need.title}",
                f"{need.village.full_name} mengundang Anda. Kirim penawaran sebelum batas waktu.",
            )


@tells("transactions.quotation", "create")
def buyer_learns_that_an_offer_came(event: Event, quotation: object) -> Iterator[Tell]:
    """That one came, not what it says: it is sealed."""
    sourcing = quotation.sourcing  # type: ignore[attr-defined]
    for member in village(sourcing.need.village_id, OFFICER[sourcing.method]):
        yield Tell(member.user, f"Satu penawaran masuk untuk “{sourcing.need.title}”", by_mail=False)


@tells("transactions.sourcing", "ask_opening")
def witnesses_are_called(event: Event, sourcing: Sourcing) -> Iterator[Tell]:
    """Whoever may be the second person at the opening."""
    title = f"Saksikan pembukaan penawaran: {sourcing.need.title}"
    for member in village(sourcing.need.village_id, *WITNESSES):
        if member.user_id != event.actor_id:
            yield Tell(member.user, title, f"{event.actor_name} meminta pembukaan. Penawaran dibuka oleh dua orang.")


@tells("transactions.sourcing", "release")
def bidders_learn_that_the_winner_withdrew(event: Event, sourcing: Sourcing) -> Iterator[Tell]:
    """Who may now be chosen waits again; who withdrew reads what was noted; the manager drafts no contract with it."""
    title = f"Penetapan dibatalkan: {sourcing.need.title}"
    said = {
        "qualified": "Pemenang mundur sebelum kontrak. Penawaran Anda dipertimbangkan lagi.",
        "resigned": f"Dicatat mundur dari penetapan. {event.note}",
    }
    for quotation in sourcing.quotations.filter(state__in=said):
        for member in of_provider(quotation.provider_id):
            yield Tell(member.user, title, said[quotation.state])
    for member in village(sourcing.need.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, title, f"{event.data['provider']} mundur. {event.note}")


@tells("transactions.tenderquestion", "create")
def team_learns_that_something_was_asked(event: Event, question: TenderQuestion) -> Iterator[Tell]:
    """What was asked, never by whom."""
    for member in village(question.need.village_id, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"Pertanyaan lelang: {question.need.title}", question.text)


@tells("transactions.tenderquestion", "answer")
def all_who_take_part_learn_the_answer(event: Event, question: TenderQuestion) -> Iterator[Tell]:
    """Whoever registered, and the asker, alike; who asked is told to nobody."""
    parts = {*question.sourcing.invitations.values_list("provider", flat=True), question.provider_id}
    for provider in sorted(parts):
        for member in of_provider(provider):
            yield Tell(
                member.user,
                f"Jawaban lelang: {question.need.title}",
                f"{question.text} – {question.answer_text}",
                by_mail=False,
            )


@tells("transactions.sourcing", "award", "fail")
def invited_learn_the_result(event: Event, sourcing: Sourcing) -> Iterator[Tell]:
    """Who offered learns what became of the offer, with the reason, and who won at which price; who was only asked,
    that it is over."""
    if event.from_state == "draft":
        return  # nobody was asked yet
    offers = {quotation.provider_id: quotation for quotation in sourcing.quotations.all()}
    for invitation in sourcing.invitations.all():
        offer = offers.get(invitation.provider_id)
        judged = offer is not None and offer.state in ("won", "lost", "disqualified")
        parts = [offer.status_sentence] if offer is not None and judged else []
        if event.verb == "fail" or not judged:
            parts.append(sourcing.status_sentence)
        if event.verb == "award" and not (offer is not None and offer.state == "won"):
            parts.append(f"Pemenang: {event.data['provider']}, {rupiah(event.data['value'])}.")
        for member in of_provider(invitation.provider_id):
            yield Tell(member.user, f"Hasil pengadaan: {sourcing.need.title}", " ".join(parts))


@tells("transactions.sourcing", "open_quotations", "confirm_opening")
def bidders_learn_that_offers_were_opened(event: Event, sourcing: Sourcing) -> Iterator[Tell]:
    for quotation in sourcing.quotations.filter(state="sealed"):
        for member in of_provider(quotation.provider_id):
            yield Tell(
                member.user,
                f"Penawaran dibuka: {sourcing.need.title}",
                "Penawaran Anda sedang dievaluasi.",
                by_mail=False,
            )


@tells("transactions.quotation", "propose")
def provider_learns_the_villages_price(event: Event, quotation: Quotation) -> Iterator[Tell]:
    """The figure stands on the page; the mail only says that one came."""
    title = f"Desa mengajukan harga: {quotation.sourcing.need.title}"
    for member in of_provider(quotation.provider_id):
        yield Tell(member.user, title, "Buka halaman pembelian untuk menyetujui atau mengajukan harga lain.")


@tells("transactions.quotation", "counter")
def buyer_learns_the_providers_price(event: Event, quotation: Quotation) -> Iterator[Tell]:
    sourcing = quotation.sourcing
    for member in village(sourcing.need.village_id, OFFICER[Method(sourcing.method)]):
        yield Tell(member.user, f"{quotation.provider.name} menjawab negosiasi: {sourcing.need.title}", by_mail=False)


@tells("transactions.quotation", "accept_price", "negotiate")
def both_sides_learn_the_agreed_price(event: Event, quotation: Quotation) -> Iterator[Tell]:
    sourcing = quotation.sourcing
    buyers = village(sourcing.need.village_id, OFFICER[Method(sourcing.method)])
    for member in [*buyers, *of_provider(quotation.provider_id)]:
        if event.actor_id != member.user_id:
            yield Tell(member.user, f"Harga disepakati: {sourcing.need.title}", by_mail=False)


@tells("transactions.contract", "create")
def manager_prepares_the_contract(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"Siapkan SPK: {contract.need.title}", f"Nilai {rupiah(contract.value)}.")


@tells(
    "transactions.contract",
    "issue",
    "ask_repair",
    "accept_part",
    "accept_work",
    "hand_over",
    "terminate",
    "sign_for_village",
)
def provider_follows_the_contract(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in of_provider(contract.provider_id):
        yield Tell(member.user, f"{event.verb_label}: {contract.need.title}", event.note or contract.status_sentence)


@tells("transactions.contract", "sign_for_provider", "report_progress", "record_training", "request_inspection")
def manager_follows_the_work(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"{event.verb_label}: {contract.need.title}", event.note or contract.status_sentence)


@tells("transactions.contract", "hand_to_head")
def head_takes_over_next(event: Event, contract: Contract) -> Iterator[Tell]:
    for member in village(contract.village_id, Role.VILLAGE_HEAD):
        yield Tell(member.user, f"Terima hasil pekerjaan: {contract.need.title}", contract.status_sentence)


@tells("transactions.addendum", "create", "sign_for_village", "withdraw", "lapse")
def provider_follows_the_addendum(event: Event, addendum: Addendum) -> Iterator[Tell]:
    for member in of_provider(addendum.contract.provider_id):
        yield Tell(member.user, f"{event.verb_label}: {addendum.need.title}", event.note or addendum.status_sentence)


@tells("transactions.addendum", "sign_for_provider")
def manager_signs_the_addendum_next(event: Event, addendum: Addendum) -> Iterator[Tell]:
    for member in village(addendum.village.code, Role.ACTIVITY_MANAGER):
        yield Tell(member.user, f"{event.verb_label}: {addendum.need.title}", addendum.status_sentence)


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


@tells("transactions.accountability", "settle")
def council_and_facilitator_are_next(event: Event, account: Accountability) -> Iterator[Tell]:
    for member in village(account.contract.village_id, Role.BPD, Role.PLD, Role.VILLAGE_OPERATOR):
        yield Tell(
            member.user,
            f"Adakan Musdes pertanggungjawaban: {account.contract.need.title}",
            f"Paling lambat {account.due_on:%d/%m/%Y}. Berita acara dan daftar hadir kosong dapat dicetak dahulu.",
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
    title = f"{event.verb_label}: {contract.need.title}"
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


UNDECIDED = ("draft", "open", "opened", "evaluated")
UNSIGNED = ("drafted", "issued", "provider_signed")


@tells("verification.sanction", "impose", "widen")
def villages_learn_of_a_barred_provider(event: Event, sanction: Sanction) -> Iterator[Tell]:
    """Where it was invited, offers, or has a contract: what can't be done any more, and what goes on."""
    if sanction.kind not in BARRING:
        return
    places = within("village", NATION if sanction.scope == Sanction.Scope.NATION else sanction.regency_id)
    orders = Need.objects.filter(places)
    asked = Sourcing.objects.filter(need__in=orders, invitations__provider=sanction.provider_id, state__in=UNDECIDED)
    bound = Contract.objects.filter(provider=sanction.provider_id, sourcing__need__in=orders)
    bound = bound.exclude(state__in=["handed_over", "terminated"]).select_related("sourcing__need")
    lines: dict[str, list[str]] = {}
    for sourcing in asked.select_related("need"):
        need = sourcing.need
        lines.setdefault(need.village_id, []).append(f"“{need.title}”: tidak dapat ditetapkan sebagai pemenang.")
    for contract in bound:
        unsigned = contract.state in UNSIGNED
        rest = "SPK tidak dapat ditandatangani." if unsigned else "kontrak tetap diselesaikan."
        lines.setdefault(contract.village_id, []).append(f"“{contract.need.title}”: {rest}")
    for code, found in lines.items():
        for member in village(code, Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM, Role.VILLAGE_OPERATOR):
            title = f"{sanction.provider.name}: {sanction.get_kind_display().lower()} {sanction.where}"
            yield Tell(member.user, title, "\n".join([f"Berlaku {sanction.period}.", *found]), url=reverse("orders"))


@tells("transactions.yearendcall", "say")
def year_end_comes(event: Event, call: YearEndCall) -> Iterator[Tell]:
    """The village's deciders and who helps them; the regency's office is told once for all its villages."""
    code, year = call.area_id, call.fiscal_year
    title = {
        YearEndCall.Step.LISTED: f"{call.orders} pembelian tahun anggaran {year} belum selesai",
        YearEndCall.Step.LAST: f"Pengingat terakhir: {call.orders} pembelian tahun anggaran {year} belum diputuskan",
        YearEndCall.Step.OVERDUE: f"Tahun anggaran {year} berakhir: {call.orders} pembelian belum diputuskan",
    }[YearEndCall.Step(call.step)]
    if code.count(".") == 1:
        members = list(Membership.objects.current().at(code).holding(Role.REGENCY_OFFICE).select_related("user"))
    else:
        members = village(code, Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, Role.ACTIVITY_MANAGER, Role.PLD)
        members += Membership.objects.current().at(code[:8]).holding(Role.PD).select_related("user")
    for member in members:
        place = f"{call.area.label}: " if member.role in (Role.PD, Role.PLD, Role.REGENCY_OFFICE) else ""
        yield Tell(member.user, f"{place}{title}", "Kepala Desa melanjutkan masing-masing (DPAL) atau membatalkannya.")


@tells("transactions.need", "carry_over")
def village_learns_that_it_goes_on(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER):
        title = f"“{need.title}” dilanjutkan ke tahun anggaran {event.data['to_year']}"
        yield Tell(member.user, title, f"{event.note} Sisa yang dilanjutkan {rupiah(event.data['amount'])}.")


@tells("transactions.jointshare", "create", "withdraw")
def joint_village_is_asked(event: Event, share: JointShare) -> Iterator[Tell]:
    """The village that is asked to take part, or is no longer asked."""
    lead = share.need.village.label
    asked = event.verb == "create"
    title = f"{lead} mengajak membeli bersama: {share.need.title}" if asked else f"Ajakan {lead} ditarik"
    for member in village(share.village_id, Role.VILLAGE_HEAD, *Need.DRAFTERS):
        yield Tell(member.user, title, share.status_sentence if asked else event.note)


@tells("transactions.jointshare", "agree", "budget", "decline", "refuse", "account")
def lead_learns_of_the_share(event: Event, share: JointShare) -> Iterator[Tell]:
    for member in village(share.need.village_id, Role.VILLAGE_HEAD, *Need.DRAFTERS, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"{share.need.title}: {share.get_state_display()}", share.status_sentence)


@tells("transactions.contract", "confirm_handover")
def joint_villages_hold_their_assemblies(event: Event, contract: Contract) -> Iterator[Tell]:
    for share in contract.need.shares.living().select_related("village"):
        for member in village(share.village_id, Role.BPD, Role.VILLAGE_HEAD):
            yield Tell(
                member.user,
                f"Hasil pembelian bersama diserahterimakan: {contract.need.title}",
                "Adakan Musdes pertanggungjawaban desa Anda, lalu catat keputusannya.",
            )
