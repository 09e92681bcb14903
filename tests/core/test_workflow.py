"""The guard, the lock, the event: what every move of every document goes through."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from core.models import Event, Notice
from core.models.append_only import AppendOnlyError
from core.workflow import Allowed, Denied, Move, TransitionRefused, moves
from tests.cast import Story

pytestmark = pytest.mark.django_db


def test_a_verb_stands_in_the_table_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        moves(Move("go", ("a",), "b", "Pergi", "Pergi"), Move("go", ("b",), "c", "Pergi", "Pergi"))


def test_verdicts_are_truthy_and_falsy() -> None:
    assert Allowed() and not Denied("Tidak.")


def test_a_move_writes_state_moment_and_one_event(story: Story) -> None:
    need, head = story.need("Peta potensi desa"), story.user("kades")
    events = Event.objects.about(need).count()
    need.cancel(by=head, reason="Sudah ditangani kabupaten.")
    need.refresh_from_db()
    assert need.state == "cancelled"
    event = Event.objects.about(need).last()
    assert Event.objects.about(need).count() == events + 1
    assert (event.verb, event.from_state, event.to_state, event.actor) == ("cancel", "budgeted", "cancelled", head)
    assert (event.role, event.region, event.note) == ("village_head", "52.02.04.2001", "Sudah ditangani kabupaten.")
    assert event.role_label == "Kepala Desa, Desa Sengkol"


def test_a_refused_move_leaves_everything_as_it_was(story: Story) -> None:
    need = story.need("Peta potensi desa")
    events = Event.objects.count()
    with pytest.raises(TransitionRefused, match="Kepala Desa"):
        need.cancel(by=story.user("operator"), reason="x")
    with pytest.raises(TransitionRefused, match="statusnya sekarang"):
        need.agree(by=story.user("operator"), musdes_on=need.musdes_on, musdes_number="1")
    need.refresh_from_db()
    assert (need.state, Event.objects.count()) == ("budgeted", events)


def test_a_broken_constraint_undoes_the_move(story: Story) -> None:
    need = story.need("Peninjauan RPJM Desa")
    with pytest.raises(ValidationError):
        need.budget(by=story.user("pka"), fiscal_year=2024, funding="dd", activity_code="", ceiling=5)
    need.refresh_from_db()
    assert need.state == "agreed"


def test_the_buttons_are_the_table(story: Story) -> None:
    need, head = story.need("Peta potensi desa"), story.user("kades")
    opened = {move.verb: bool(move.verdict) for move in need.open_moves(head)}
    opened.pop("carry_over", None)  # in the last months of a fiscal year
    assert opened == {"cancel": True}


def test_an_event_cannot_be_changed_in_python(story: Story) -> None:
    event = Event.objects.about(story.closed).first()
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        Event.objects.update(note="x")
    with pytest.raises(AppendOnlyError):
        Event.objects.all().delete()


@pytest.mark.parametrize(
    "statement", ["UPDATE core_event SET note = 'x'", "DELETE FROM core_event", "TRUNCATE core_event CASCADE"]
)
def test_an_event_cannot_be_changed_in_the_database(statement: str, story: Story) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_one_notice_for_each_event_person_and_channel(story: Story) -> None:
    need = story.need("Peninjauan RPJM Desa")
    event = Event.objects.about(need).get(verb="agree")
    told = list(
        Notice.objects.filter(event=event).values_list("user__email", "channel").order_by("user__email", "channel")
    )
    asked = ["kaur", "pka", "sekdes"]
    assert told == [(f"{key}@contoh.example", channel) for key in asked for channel in ("mail", "site")]
    twice = [
        Notice(event=event, user=story.user(key), channel="site", title="x", url="/") for key in ("pka", "pld", "pld")
    ]
    assert [notice.user for notice in Notice.objects.tell(event, twice)] == [story.user("pld")]
    assert not Notice.objects.filter(user=story.user("pka"), title="x").exists()
