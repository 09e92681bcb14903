"""The Musdes that hears a purchase, and what follows it, as the people of a village click through them."""

from __future__ import annotations

from typing import Any

from tests.browser.purchase import Purchase, day
from tests.browser.site import Visitor


def plan_musdes(purchase: Purchase, later: int = 0) -> Visitor:
    """The helper plans it with the village, so many days from now."""
    helper = purchase.turn("pld").follow("Rencanakan Musdes")
    return helper.fill(held_on=day(later), starts_at="09:00", place="Aula kantor desa").press("Simpan rencana")


def record_musdes(purchase: Purchase, meeting: str, told: str, **more: Any) -> Visitor:
    """The helper enters what was written on the sheets, and brings attendance list and photographs along."""
    helper = purchase.by("pld").go(meeting).start("Catat Hasil Musdes")
    helper.fill(ends_at="11:30", men_bpd=4, women_bpd=2, women_perempuan=9, asker_0="Contoh Inaq Sahnep", **more)
    own = helper.main.locator(".card", has=helper.page.get_by_label(purchase.title, exact=True))
    own.locator("[name^=presented_]").fill(told)
    helper.press("Catat Hasil Musdes").sees("15 orang: 4 laki-laki, 11 perempuan", "Dibantu oleh", "Contoh Zaenab")
    photos = [purchase.papers["foto1"], purchase.papers["foto2"]]
    return helper.step("Unggah Foto dan Pindaian", attendance_scan=purchase.papers["pindaian"], photos=photos)


def decide_musdes(purchase: Purchase, meeting: str, decision: str, note: str, *, number: str, **duty: Any) -> Visitor:
    """The BPD: `accepted`, `with_notes` or `refused`, and one duty that it leaves."""
    council = purchase.by("bpd").go(meeting).start("Tetapkan Keputusan Musdes")
    council.main.locator(f"[name^=decision_][value={decision}]").check()
    council.main.locator("textarea[name^=note_]").first.fill(note)
    return council.fill(minutes_number=number, **duty).press("Tetapkan Keputusan Musdes")


def rate(purchase: Purchase, stars: dict[str, int], comment: str) -> Visitor:
    """The Kasi/Kaur judges the provider, criterion by criterion."""
    manager = purchase.by("pka").follow(f"Nilai penyedia: {purchase.title}").follow("Nilai penyedia")
    for name, number in stars.items():
        manager.main.locator(f'[name="{name}"][value="{number}"]').check(force=True)
    return manager.fill(comment=comment).press("Kirim penilaian")
