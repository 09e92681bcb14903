"""A sitting of the Pokja: who may do what in it, what its report and its decree bring about, and what they refuse."""

from __future__ import annotations

from typing import Any

from accounts.models.membership import today
from tests.verification.stage import YEAR, Stage
from verification.models import Application, Plenary

DECREE = {"decree_number": "188.45/77/2026", "decree_date": today(), "valid_until": today() + YEAR}


def decree(plenary: Plenary, *, by: Any, numbers: dict[str, str] | None = None, **more: Any) -> None:
    """With a number for everybody who needs one."""
    needed = plenary.items.filter(outcome="list").order_by("pk").values_list("application__code", flat=True)
    numbers = numbers if numbers is not None else {code: f"{n:03}" for n, code in enumerate(needed, 1)}
    plenary.decree(by=by, numbers=numbers, **(DECREE | more))


def test_a_batch_is_decided_together(stage: Stage) -> None:
    """Two conform, one does not, one is put off: one decree lists, rejects and leaves waiting."""
    good = [stage.recommended(), stage.recommended(stage.rival)]
    bad = stage.unfit(stage.new_provider("CV Contoh Kurang", npwp="0000000000000666", nib="0000000000066"))
    later = stage.recommended(stage.new_provider("CV Contoh Tunda", npwp="0000000000000777", nib="0000000000077"))
    plenary = stage.plenary(*good, bad, later)
    plenary.minute(
        by=stage.member,
        minutes_number="07/BA/2026",
        present=list(plenary.pokja.serving()),
        deferred={later.code: "Menunggu keterangan kampus."},
    )
    decree(plenary, by=stage.chair)
    states = {row.code: Application.objects.get(pk=row.pk).state for row in (*good, bad, later)}
    assert states == {good[0].code: "listed", good[1].code: "listed", bad.code: "rejected", later.code: "recommended"}
    assert {(s.provider.name, s.directory_number, s.decree_number) for s in plenary.standings()} == {
        ("CV Contoh Bina Desa", "001", "188.45/77/2026"),
        ("PT Contoh Saingan", "002", "188.45/77/2026"),
    }
    assert list(plenary.candidates()) == [later]
