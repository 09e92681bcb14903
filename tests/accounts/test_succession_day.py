"""The day an office changes hands: rights move at midnight, in open sessions too, and orders stay with the village."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role, Succession
from core.clock import today
from core.models import Event
from tests.accounts.stage import DAY, letter_of, logged_in
from tests.cast import Story

JAKARTA = ZoneInfo("Asia/Jakarta")


def late_evening() -> dt.datetime:
    """Ten to midnight in Jakarta, tomorrow."""
    return dt.datetime.combine(today() + DAY, dt.time(23, 50), JAKARTA)


@pytest.mark.django_db
def test_the_old_head_loses_and_the_new_one_gets_the_running_orders_at_midnight(story: Story) -> None:
    office, old, new = (story.user(key) for key in ("dpmd", "kades", "calon"))
    held = old.memberships.get(role=Role.VILLAGE_HEAD)
    need = story.need("Peta potensi desa")
    order = reverse("order", args=[need.code])
    cancel = reverse("need-move", args=[need.code, "batalkan-kebutuhan"])
    running = reverse("order", args=[story.unpaid.code])
    with time_machine.travel(late_evening(), tick=False) as clock:
        Succession(
            village=held.area, role=held.role, predecessor=held, successor=new, kind="pj", letter_number="1",
            letter_date=today(), letter=letter_of(office), starts_on=today() + DAY,
        ).propose(by=office)  # fmt: skip
        old_session, new_session = logged_in(old), logged_in(new)
        assert old_session.get(order).status_code == 200 == old_session.get(running).status_code
        assert old_session.get(cancel).status_code == 200
        assert new_session.get(order).status_code == 404
        clock.shift(dt.timedelta(minutes=15))  # the same sessions, the next request
        for url in (order, running, cancel):
            assert old_session.get(url).status_code == 404
        assert old_session.post(cancel).status_code == 404
        assert old_session.get("/perlu-tindakan/").status_code == 200  # still logged in, with nothing to do
        assert new_session.get(order).status_code == 200 == new_session.get(running).status_code
        need.refresh_from_db()
        assert need.state == "budgeted"
        assert new_session.post(cancel, {"reason": "Diganti kegiatan lain"}).status_code == 302
        need.refresh_from_db()
        assert need.state == "cancelled"
        event = Event.objects.about(need).last()
        assert (event.actor, event.role_label) == (new, f"Pj. Kepala Desa, {held.area.label}")
