"""A race stands apart from tests of the told story: that is one open transaction, which no thread can see."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections, transaction

from core.models import Event
from core.workflow import TransitionRefused


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_wait_for_each_other_and_one_is_refused() -> None:
    """With the row held, both wait; released, one moves and the other is told. The control: both did wait."""
    from tests.stage import village_need

    need, head = village_need()
    outcomes: list[Any] = []

    def cancel() -> None:
        try:
            type(need).objects.get(pk=need.pk).cancel(by=head, reason="Batal.")
            outcomes.append("moved")
        except TransitionRefused as refusal:
            outcomes.append(refusal.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=cancel) for _ in range(2)]
    with transaction.atomic():
        type(need).objects.select_for_update().get(pk=need.pk)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=0.5)
        assert outcomes == []  # the positive control: without the lock one would have finished by now
    for thread in threads:
        thread.join(timeout=10)
    assert sorted(outcomes) == sorted(
        ["moved", "“Batalkan Kebutuhan” tidak dapat dilakukan: statusnya sekarang Batal."]
    )
    assert Event.objects.about(need).filter(verb="cancel").count() == 1
