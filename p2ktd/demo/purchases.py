"""A whole purchase by the village's team: three offers with items, talked over. The direct ones are told in `orders`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from catalog.models import Service
from core.clock import database_now
from p2ktd.demo.cast import VILLAGE
from p2ktd.demo.orders import Telling, owner
from p2ktd.demo.papers import paper
from transactions.models import Contract, Quotation, Sourcing

# The lines of the HPS: what, how many, unit, and how much of the whole one costs, in percent.
LINES = (
    ("Survei dan pengukuran lapangan", 2, "kunjungan", 12),
    ("Gambar rencana dan perhitungan", 1, "dokumen", 50),
    ("RAB, spesifikasi, dan laporan akhir", 1, "dokumen", 26),
)
OFFERED = (98, 96, 99)  # percent of the HPS, in the order of the bidders
ASKED, MET = 93, 95  # what the village proposes, and where the provider meets it


class ByTeam(Telling):
    """A purchase by the TPK: several offers with items, opened before two people, judged, talked over."""

    def items(self) -> list[dict[str, Any]]:
        whole = self.sourcing.hps
        return [
            {"name": name, "specification": "Menurut KAK.", "volume": volume, "unit": unit,
             "unit_price": whole * share // 100}
            for name, volume, unit, share in LINES
        ]  # fmt: skip

    def priced(self, percent: int) -> dict[int, int]:
        """Each item at so many percent of the village's own price."""
        return {item.pk: item.unit_price * percent // 100 for item in self.sourcing.items.all()}

    def quoted(self) -> None:
        for percent, service in zip(OFFERED, [self.service, *self.rivals], strict=True):
            quotation = Quotation(
                sourcing=self.sourcing,
                provider=service.provider,
                days=self.sourcing.days,
                approach="DATA CONTOH. Survei bersama warga, gambar dibahas di balai desa, lalu RAB dan laporan akhir.",
            )
            quotation.send(by=owner(service), prices=self.priced(percent))

    def contracted(self) -> None:
        """Opened, judged, talked over and awarded. From here on the story is the winner's."""
        team, sourcing = self.by("tpk"), self.sourcing
        # The database's clock judges deadlines, and no story can turn it: so the deadline is told to have been.
        Sourcing.objects.filter(pk=sourcing.pk).update(deadline=database_now())
        sourcing.refresh_from_db()
        sourcing.ask_opening(by=team)
        sourcing.confirm_opening(by=self.by("sekdes"), number="027/CONTOH-BAP/2026")
        sourcing.evaluate(
            by=team,
            results={offer.code: (True, "") for offer in sourcing.quotations.all()},
            number="027/CONTOH-BAE/2026",
            held_on=self.day,
            place="Kantor desa",
        )
        lowest = min(sourcing.quotations.all(), key=lambda offer: offer.price)
        self.service = next(each for each in (self.service, *self.rivals) if each.provider_id == lowest.provider_id)
        lowest.propose(by=team, prices=self.priced(ASKED), note="Harga kontrak desa sekitar lebih rendah.")
        lowest.counter(by=owner(self.service), prices=self.priced(MET), note="Survei ke dua dusun memerlukan biaya.")
        lowest.accept_price(by=team)
        lowest.minute(by=team, number="027/CONTOH-BAN/2026", scan=paper("BA negosiasi bertanda tangan", by=team))
        sourcing.refresh_from_db()
        sourcing.award(
            by=team,
            quotation=lowest,
            number="027/CONTOH-TAP/2026",
            on=self.day,
            notice_number="027/CONTOH-PENG/2026",
        )
        self.contract = Contract.objects.get(sourcing=sourcing)


def tell_all(people: dict[str, User], services: dict[str, Service]) -> None:
    """From the need to the rating."""
    road = services["Perencanaan teknis (DED) jalan desa"]
    farm_road = services["Gambar rencana dan RAB jalan usaha tani"]
    mapping = services["Pemetaan batas dan potensi desa dengan drone"]
    ByTeam(people, VILLAGE, 75).tell(road, "DED jalan lingkungan desa", until="rated", rivals=(farm_road, mapping))
