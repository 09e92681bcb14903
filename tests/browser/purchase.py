"""One purchase as the people of a village click through it: the acts that every way of buying has.

Each act opens a browser of whoever does it, finds the order in that person's "Perlu tindakan", and reads what the page
says afterwards. Nothing here asks the database but `days_pass`, which lets time go by.
"""

from __future__ import annotations

import datetime
import os
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.browser.site import Site, Visitor

WITA = datetime.timezone(datetime.timedelta(hours=8))


def day(later: int = 0) -> str:
    """Today or another day in the story's villages, as a date field takes it. Asked anew at each step."""
    return (datetime.datetime.now(WITA).date() + datetime.timedelta(days=later)).isoformat()


@dataclass
class Purchase:
    """A title to look for, the village's people (by the ending of their keys), and what they upload."""

    site: Site
    title: str
    papers: dict[str, Path]
    ending: str = ""  # of the village's keys in the demo's cast: ".tetangga"
    path: str = ""
    widths: dict[str, dict[str, Any]] = field(default_factory=dict)  # key -> how this person's browser is
    people: dict[str, Visitor] = field(default_factory=dict)  # whoever came keeps the browser: each holds connections

    def by(self, key: str) -> Visitor:
        """This person's browser, at the list of what waits for them."""
        if key not in self.people:
            named = key if key in OUTSIDERS or key.startswith("penyedia") else key + self.ending
            self.people[key] = self.site.visitor(named, **self.widths.get(key, {}))
        return self.people[key].go("/perlu-tindakan/")

    def turn(self, key: str) -> Visitor:
        """The order's page (or that of its part), from "Perlu tindakan"."""
        return self.by(key).follow(self.title)

    def at(self, key: str) -> Visitor:
        """The order's page, by its address."""
        return self.by(key).go(self.path)

    # --- the need ---------------------------------------------------------------------------------
    def note_need(self, *, estimate: str, category: str, **words: Any) -> None:
        """The operator writes it down, and what the planning Musdes and the RKP Desa say of it."""
        operator = self.by("operator").go("/pembelian/baru/")
        said = {
            "problem": "DATA CONTOH. Belum ada warga yang mampu mengerjakannya, dan sawah kering setiap kemarau.",
            "place": "Dusun Contoh Barat dan Dusun Contoh Timur",
            "men": 40,
            "women": 55,
            "poor_households": 18,
            "volume": 1,
            "unit": "paket",
            "why_provider": "Keahlian ini belum ada di desa, jadi tidak dapat dikerjakan secara swakelola.",
        }
        operator.fill(title=self.title, category=category, estimate=estimate, **said | words).press("Simpan kebutuhan")
        self.path = operator.page.url.removeprefix(self.site.url)
        self.turn("operator").step("Catat Kesepakatan Musdes", musdes_on=day(), musdes_number="140/CONTOH-BA/2026")
        operator.go(self.path).step("Catat RKP Desa", rkp_number="Peraturan Desa Nomor 6 (contoh)", rkp_on=day()).sees(
            "Disepakati Musdes"
        )

    def budget(self, *, ceiling: str, **money: Any) -> None:
        """The Kasi/Kaur says from which activity it is paid; `money` where the village has no list of activities."""
        manager = self.turn("pka").start("Catat Anggaran")
        manager.fill(ceiling=ceiling, planned_time="Semester kedua (contoh)", **money).press("Catat Anggaran")
        manager.sees("Dianggarkan")

    # --- the sourcing -----------------------------------------------------------------------------
    def write_terms(self, items: list[dict[str, Any]]) -> None:
        """KAK and HPS, by the Kasi/Kaur: what is proposed stands, what is empty is written."""
        manager = self.at("pka").start("Susun KAK")
        for box in manager.main.locator("textarea").all():
            if not box.input_value() and box.is_visible():
                box.fill("DATA CONTOH. Dibahas bersama penyedia pada kunjungan pertama.")
        manager.fill(number="027/CONTOH-KAK/2026", dated_on=day())
        fill_rows(manager, [{"stage": "Survei dan rancangan", "length": 2, "unit": "minggu"}]).press("Simpan KAK")
        manager.start("Susun HPS")
        fill_rows(manager, items).fill(
            price_source="Survei tiga penyedia (contoh).", hps_number="027/CONTOH-HPS/2026", hps_on=day()
        )
        manager.press("Simpan HPS")

    def offer(self, key: str, prices: list[str], *, days: int, without: tuple[str, ...] = ()) -> Visitor:
        """A provider's sealed offer, with the papers that are asked for but those in `without`."""
        provider = self.at(key).follow("Kirim penawaran")
        for number, price in enumerate(prices, 1):
            provider.fill(**{f"price_{number}": price})
        for box in provider.main.locator("[name^=paper_]").all():
            if str(box.get_attribute("name")).removeprefix("paper_") not in without:
                box.set_input_files(self.papers["surat"])
        approach = "DATA CONTOH. Survei bersama warga, rancangan dibahas di balai desa, lalu laporan akhir."
        return provider.fill(days=days, approach=approach).press("Kirim penawaran")

    def let_deadline_pass(self) -> None:
        """The database's clock judges a deadline, and no test can turn it: so the deadline is told to have been."""
        from core.clock import database_now
        from transactions.models import Sourcing

        code = self.path.strip("/").split("/")[-1]
        self.site.ask(lambda: Sourcing.objects.filter(need__code=code).update(deadline=database_now()))

    def open_by_two(self) -> None:
        """The team asks, and a second person opens with it."""
        self.turn("tpk").press_any("Minta Pembukaan").sees("Menunggu Orang Kedua")
        self.turn("sekdes").step("Buka Bersama", number="027/CONTOH-BAP/2026").sees("Penawaran Dibuka")

    # --- the contract -----------------------------------------------------------------------------
    def issue_and_sign(self, provider: str, *, number: str, **agreed: Any) -> None:
        """The Kasi/Kaur issues the contract; the provider signs, then the village."""
        manager = self.turn("pka").start("Terbitkan Kontrak")
        manager.fill(number=number, signed_on=day(), starts_on=day(), **agreed).press("Terbitkan Kontrak")
        self.turn(provider).step("Unggah Kontrak Bertanda Tangan", scan=self.papers["surat"])
        self.turn("pka").step("Unggah Kontrak Bertanda Tangan Desa", scan=self.papers["pindaian"]).sees("Berjalan")

    def accept_and_hand_over(self, *, fined: bool = False) -> None:
        """Inspected as agreed; from the provider to the Kasi/Kaur, and from there to the village head."""
        manager = self.turn("pka")
        manager.step(
            "Terima Hasil Pekerjaan", note="Lengkap dan sesuai kontrak.", number="028/CONTOH-BAP/2026", on=day()
        )
        manager.start("Catat Serah Terima (BAST)")
        assert fined == bool(manager.main.locator("[name=fine]").count())
        manager.fill(number="028/CONTOH-BAST/2026", on=day(), place="Kantor desa").press("Catat Serah Terima (BAST)")
        manager.step("Unggah Pindaian BAST", scan=self.papers["pindaian"])
        manager.step("Serahkan kepada Kepala Desa", number="029/CONTOH-BAST/2026", on=day(), place="Kantor desa")
        self.turn("kades").press_any("Nyatakan Sudah Menerima")
        manager.go(self.path).step("Unggah Pindaian BAST Kepala Desa", scan=self.papers["pindaian"])

    # --- the money --------------------------------------------------------------------------------
    def ask_payment(self, provider: str, *, amount: str, termin: int = 1, of: int = 1, **more: Any) -> str:
        """The SPP of a termin with its attachments, filed; `more` is what it needs besides. Gives its address."""
        said, part, tail = "pembayaran sekaligus", "", ""
        if of > 1:
            said, part, tail = f"termin {termin} dari {of}", f" termin {termin}", f"-{termin}"
        manager = self.at("pka").follow(f"Buat SPP {said}").press("Buat SPP")
        request = manager.page.url.removeprefix(self.site.url)
        printed(manager, f"Pernyataan Tanggung Jawab Belanja{part}", "PERNYATAAN TANGGUNG JAWAB BELANJA")
        self.by(provider).go(request).step(
            "Kirim Tagihan", bill_number=f"INV/CONTOH/{termin}", billed_on=day(), bill_amount=amount,
            bill_scan=self.papers["pindaian"],
        )  # fmt: skip
        manager.go(request).step(
            "Lengkapi SPP", number=f"900/CONTOH-SPP{tail}/2026", requested_on=day(), work="consulting",
            statement=self.papers["surat"], **more,
        ).step("Ajukan SPP")  # fmt: skip
        return request

    def pay(self, request: str, *sentences: str, number: str = "CONTOH/07/2026") -> None:
        """The secretary's four checks, the head's word, and the treasurer's record; the kuitansi says `sentences`."""
        secretary = self.turn("sekdes").go(request)
        secretary.step("Periksa SPP", complete="ya", correct="ya", funded="ya", eligible="ya")
        self.turn("kades").go(request).step("Setujui Pembayaran")
        treasurer = self.turn("kaur").go(request).start("Catat Pembayaran").sees("Perkiraan", *sentences)
        treasurer.fill(number=number, paid_on=day(), proof=self.papers["surat"]).press("Catat Pembayaran")
        treasurer.sees("Diterima penyedia", *sentences)


OUTSIDERS = {"pld", "pd", "tapm", "dpmd", "pokja", "ketua.pokja", "kecamatan"}


def fill_rows(guest: Visitor, rows: list[dict[str, Any]]) -> Visitor:
    """A table of rows: more of them are asked for by the button."""
    part = next(iter(rows[0]))
    while guest.main.locator(f"[name={part}_{len(rows) - 1}]").count() == 0:
        guest.press("Tambah baris")
    for number, row in enumerate(rows):
        guest.fill(**{f"{name}_{number}": value for name, value in row.items()})
    return guest


def give_reasons(guest: Visitor, reason: str) -> Visitor:
    """A reason beside every warning that the page shows."""
    for box in guest.main.locator("[name^=alasan-peringatan-]").all():
        box.fill(reason)
    return guest


def printed(guest: Visitor, label: str, *sentences: str, on: str = "A4") -> str:
    """Ask for a paper, wait for the worker, read it, and come back to the page. Gives its text.

    With BROWSER_SHOTS=folder the PDF is kept there, for whoever looks at it.
    """
    from pypdf import PdfReader

    here = guest.page.url
    button = guest.page.get_by_role("button", name=f"{on} {label}", exact=True, include_hidden=True)
    if not button.is_visible():
        guest.main.locator("details", has=button).locator("summary").click()
    guest.press(f"{on} {label}").sees("sedang disiapkan")
    guest.site.work_off()
    ready = guest.main.get_by_role("link", name="Buka PDF")
    ready.wait_for(timeout=20_000)  # the page looks again by itself
    address = ready.get_attribute("href")
    body = guest.context.request.get(str(address)).body()
    if folder := os.environ.get("BROWSER_SHOTS"):
        name = re.sub(r"\W+", "_", f"{label}_{on}")
        (Path(folder) / f"{name}_{len(list(Path(folder).glob('*.pdf')))}.pdf").write_bytes(body)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    flat = " ".join(text.split())
    for sentence in ("DATA CONTOH", *sentences):
        assert sentence in flat, f"{label}: {sentence!r} is not in {flat[:2000]!r}"
    guest.page.goto(here)
    return flat
