"""Who is told of what in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Membership, User
from accounts.models.membership import POKJA_ROLES
from catalog.models import ServiceReview
from catalog.models.question import Question
from catalog.models.wanted import WantedService
from core.models import Event
from core.notices import Tell, tells
from verification.models import Declaration


def _of_provider(question: Question) -> Iterator[Membership]:
    yield from Membership.objects.current().filter(provider=question.service.provider_id).select_related("user")


@tells("catalog.question", "create")
def provider_is_asked(event: Event, question: Question) -> Iterator[Tell]:
    """The words, and of which service; not who asked, nor from where."""
    for member in _of_provider(question):
        yield Tell(
            member.user,
            f"Pertanyaan tentang “{question.service.title}”",
            f"“{question.text}” Jawaban Anda tampil pada halaman layanan dan dibaca semua orang.",
        )


@tells("catalog.question", "answer")
def asker_reads_the_answer(event: Event, question: Question) -> Iterator[Tell]:
    yield Tell(question.asked_by, f"Pertanyaan Anda tentang “{question.service.title}” dijawab", question.answer_text)


@tells("catalog.question", "hide")
def both_learn_why_it_is_hidden(event: Event, question: Question) -> Iterator[Tell]:
    title = f"Pertanyaan tentang “{question.service.title}” disembunyikan"
    body = f"“{question.text}” disembunyikan oleh Pokja atau Dinas PMD: {question.hidden_reason}"
    yield Tell(question.asked_by, title, body)
    for member in _of_provider(question):
        yield Tell(member.user, title, body)


@tells("catalog.wantedservice", "answer", "close")
def village_is_answered(event: Event, wanted: WantedService) -> Iterator[Tell]:
    """Who said that a service is missing learns what became of it."""
    yield Tell(wanted.asked_by, f"{event.verb_label}: layanan yang dicari “{wanted.words}”", wanted.answer_text)


# --- a service before the Pokja -----------------------------------------------------------------------
REVIEW = "catalog.servicereview"


@tells(REVIEW, "create", "amend")
def pokja_has_a_service_to_read(event: Event, review: ServiceReview) -> Iterator[Tell]:
    """The regency's Pokja, without who is tied to the provider."""
    provider = review.service.provider
    barred = set(User.objects.filter(Declaration.objects.barred_people(provider.pk)).values_list("pk", flat=True))
    members = Membership.objects.current().filter(area=review.regency_id, role__in=POKJA_ROLES).select_related("user")
    for user in {member.user for member in members if member.user.is_active}:
        if user.pk not in barred:
            what = "Perubahan layanan" if review.base_id else "Layanan baru"
            yield Tell(user, f"{what} menunggu: {review}", f"{provider.name} mengajukan “{review}” untuk diperiksa.")


@tells(REVIEW, "approve", "give_back")
def provider_hears_the_pokja(event: Event, review: ServiceReview) -> Iterator[Tell]:
    """Approved, or what to mend."""
    said = "disetujui" if event.verb == "approve" else "dikembalikan"
    for member in Membership.objects.current().filter(provider=review.service.provider_id).select_related("user"):
        yield Tell(member.user, f"“{review}” {said}", review.status_sentence, review.service.get_absolute_url())
