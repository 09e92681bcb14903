"""Who is told of judgements."""

from collections.abc import Iterator
from typing import Any

from accounts.models import Membership, Role
from core.models import Event
from core.notices import Tell, tells
from reviews.models import Rating


@tells("reviews.rating", "create")
def provider_reads_its_rating(event: Event, rating: Rating) -> Iterator[Tell]:
    people: Any = Membership.objects.current().filter(provider=rating.contract.provider).select_related("user")
    for member in people:
        yield Tell(
            member.user,
            f"{rating.contract.village.label} menilai pekerjaan Anda",
            "Anda dapat menanggapi penilaian ini satu kali.",
        )


@tells("reviews.rating", "answer")
def village_reads_the_answer(event: Event, rating: Rating) -> Iterator[Tell]:
    managers = Membership.objects.current().at(rating.contract.village_id).holding(Role.ACTIVITY_MANAGER)
    for member in managers.select_related("user"):
        yield Tell(member.user, f"{rating.contract.provider.name} menanggapi penilaian Anda", by_mail=False)
