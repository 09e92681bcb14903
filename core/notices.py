"""Who is told of what: each app's `notifications` registers a recipe for an event.

    @tells("verification.application", "submit")
    def pokja_is_told(event, application):
        for user in ...:
            yield Tell(user, title="…", body="…")

Notices are rows written in the event's own transaction: one per event, person and channel, unique in
the database. Delivery by mail is a Job; with mail away, nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from core.models import Event


@dataclass(frozen=True, slots=True)
class Tell:
    """One person is to read this; `by_mail` also sends it to their address."""

    user: Any
    title: str
    body: str = ""
    url: str = ""
    by_mail: bool = True


Recipe = Callable[["Event", Any], Iterable[Tell]]
_recipes: dict[tuple[str, str], list[Recipe]] = defaultdict(list)


def tells(about: str, *verbs: str) -> Callable[[Recipe], Recipe]:
    """Register a recipe for events `verbs` about the model `about` (`app.model`)."""

    def register(recipe: Recipe) -> Recipe:
        for verb in verbs:
            _recipes[about, verb].append(recipe)
        return recipe

    return register


def fan_out(event: Event, document: Any) -> None:
    """Write the notices of an event, all of them together. The actor is not told of their own act."""
    from core.models import Mail, Notice

    rows = []
    for recipe in _recipes[event.about, event.verb]:
        for tell in recipe(event, document):
            if tell.user.pk == event.actor_id:
                continue
            url = tell.url or document.get_absolute_url()
            text = {"event": event, "user": tell.user, "title": tell.title[:200], "body": tell.body, "url": url}
            channels = [Notice.Channel.SITE, *([Notice.Channel.MAIL] if tell.by_mail else [])]
            rows += [Notice(channel=channel, **text) for channel in channels]
    new = Notice.objects.tell(event, rows) if rows else []
    Mail.objects.queue_all(
        Mail(
            to=notice.user.email,
            subject=notice.title,
            body=f"{notice.body}\n\n{settings.SITE_URL}{notice.url}".strip(),
            notice=notice,
        )
        for notice in new
        if notice.channel == Notice.Channel.MAIL and notice.user.email
    )
