"""What the officer can do where a sourcing has no plain way on."""

from __future__ import annotations

from typing import Any

from transactions.models.rule import Method
from transactions.models.sourcing.opening import NO_OFFER

ONE_OFFER = (
    "Hanya satu penawaran yang masuk. Penawaran itu boleh dievaluasi dan dinegosiasikan; keadaan ini tercatat dalam "
    "berita acara. Atau nyatakan gagal lalu adakan lagi dengan undangan lain."
)
ALL_FELL = (
    "Tidak ada penawaran yang memenuhi syarat. Nyatakan gagal dengan alasannya: semua peserta diberi tahu, lalu "
    "pengadaan dapat diadakan lagi dengan undangan lain atau syarat yang ditinjau kembali."
)
NEXT_ONE = (
    "Pemenang pertama mundur. Tetapkan urutan berikutnya yang memenuhi syarat (boleh dinegosiasikan dahulu), atau "
    "nyatakan gagal lalu adakan lagi."
)
NOBODY_LEFT = "Pemenang mundur dan tidak ada penawaran lain yang memenuhi syarat. Nyatakan gagal lalu adakan lagi."


class WaysOn:
    """The words for it; the verbs are those of every sourcing."""

    state: Any
    method: Any
    quotations: Any
    is_past_deadline: Any

    @property
    def advice(self) -> str:
        """What the officer can do where there is no plain way on: no offer, a single one, none that meets the terms, a
        winner that withdrew, or a sourcing that failed."""
        if self.state == "failed":
            return "Isian pengadaan yang gagal akan disalin ke pengadaan berikutnya. Undang juga penyedia lain, atau tinjau HPS, lingkup, dan waktunya."
        if self.state == "open" and self.is_past_deadline:
            count = self.quotations.filter(state="sealed").count()
            return NO_OFFER if not count else ONE_OFFER if count == 1 and self.method != Method.DIRECT else ""
        if self.state in ("opened", "evaluated"):
            return self._advice_on_offers()
        return ""

    def _advice_on_offers(self) -> str:
        states = list(self.quotations.exclude(state="withdrawn").values_list("state", flat=True))
        if self.state == "opened":
            return ONE_OFFER if len(states) == 1 and self.method != Method.DIRECT else ""
        if "qualified" not in states:
            return ALL_FELL if "resigned" not in states else NOBODY_LEFT
        return NEXT_ONE if "resigned" in states else ""
