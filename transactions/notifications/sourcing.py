"""Who is told of a sourcing: who is asked, who offers, who decides."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import Role
from core.formats import rupiah
from core.models import Event
from core.notices import Tell, tells
from regions.scope import NATION, within
from transactions.models import Contract, Method, Need, Quotation, Sourcing, TenderQuestion, Terms
from transactions.models.rule import OFFICER
from transactions.models.sourcing.opening import WITNESSES
from transactions.notifications.people import of_provider, village
from verification.models import Sanction
from verification.models.sanction import BARRING


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


@tells("transactions.sourcing", "amend")
@tells("transactions.terms", "price")
def whose_method_it_is_now_goes_on(event: Event, draft: Sourcing | Terms) -> Iterator[Tell]:
    """Another value may mean another method, and its office."""
    if not event.data.get("passes_on"):
        return
    sourcing = draft.sourcing if isinstance(draft, Terms) else draft
    method = Method(sourcing.method)
    for member in village(sourcing.need.village_id, OFFICER[method]):
        title = f"Draf pengadaan berpindah kepada Anda: {sourcing.need.title}"
        yield Tell(member.user, title, f"Nilainya {rupiah(sourcing.hps)}, jadi caranya sekarang {method.label}.")


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
            if sourcing.award_reason and not (offer is not None and offer.state == "lost"):  # who lost has read it
                parts.append(f"Alasan: {sourcing.award_reason}")
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
