"""Two whole purchases by the village's team: by three quotations that are talked over, and by a public tender that does
not go smoothly. The direct ones are told in `orders`."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import User
from catalog.models import Service
from core.clock import database_now
from p2ktd.demo.cast import NEIGHBOUR, VILLAGE
from p2ktd.demo.papers import paper
from p2ktd.demo.telling import Telling, owner
from transactions.models import Addendum, Contract, Meeting, Paper, Quotation, Remedy, Sourcing, TenderQuestion

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
            person = owner(service)
            brought = {kind: paper(kind.label, by=person) for kind in Paper}
            quotation.send(by=person, prices=self.priced(percent), papers=brought)

    def contracted(self) -> None:
        """Opened, judged, talked over and awarded. From here on the story is the winner's."""
        team, sourcing = self.by("tpk"), self.sourcing
        # The database's clock judges deadlines, and no story can turn it: so the deadline is told to have been.
        Sourcing.objects.filter(pk=sourcing.pk).update(deadline=database_now())
        sourcing.refresh_from_db()
        sourcing.ask_opening(by=team)
        sourcing.confirm_opening(by=self.by("sekdes"), number="027/CONTOH-BAP/2026")
        self.tell_when()
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


class Tendered(ByTeam):
    """A public tender. The work takes longer than agreed, and longer than the addendum gave; the first Musdes does not
    accept it, so the provider mends, and a second one does."""

    value = 240_000_000
    DAYS = 14

    def steps(self) -> list[tuple[int, Callable[[], None]]]:
        return [
            (0, self.need),
            (4, self.agreed),
            (5, self.budgeted),
            (3, self.invited),
            (5, self.quoted),
            (4, self.contracted),
            (2, self.running),
            (9, self.longer),
            (16, self.handed_over),
            (3, self.asked),
            (1, self.paid),
            (5, self.refused),
            (6, self.mended),
            (5, self.held),
            (2, self.rated),
        ]

    def invited(self) -> None:
        """The announcement; whoever is listed and works here may take part."""
        team, until = self.by("tpk"), self.real_now + datetime.timedelta(days=9)
        self.sourcing = Sourcing(
            need=self.order,
            scope=f"{self.service.deliverables} Untuk lima ruas jalan; laporan akhir diserahkan kepada desa.",
            hps=self.value,
            days=self.DAYS,
            deadline=until,
        )
        self.sourcing.prepare(by=team, services=[])
        self.terms()
        self.sourcing.announce_tender(
            by=team,
            deadline=until,
            questions_until=until,
            number="027/CONTOH-LELANG/2026",
            on=self.day,
            venue="Kantor desa",
        )

    def quoted(self) -> None:
        """They register, one asks, the team answers all, and they offer."""
        for service in (self.service, *self.rivals):
            self.sourcing.register(by=owner(service), service=service)
        question = TenderQuestion(sourcing=self.sourcing, text="Apakah survei boleh dilakukan pada hari Minggu?")
        question.ask(by=owner(self.service))
        question.answer(by=self.by("tpk"), answer_text="Boleh, setelah memberi tahu kepala dusun.")
        super().quoted()

    def longer(self) -> None:
        """A week more, for a reason, signed by both."""
        manager, provider = self.by("pka"), owner(self.service)
        self.contract.refresh_from_db()
        addendum = Addendum(
            contract=self.contract,
            number="027/CONTOH-ADD/2026",
            signed_on=self.day,
            reason="DATA CONTOH. Jembatan menuju dusun putus karena banjir, sehingga survei tertunda.",
            new_ends_on=self.contract.ends_on + datetime.timedelta(days=7),
        )
        addendum.prepare(by=manager)
        addendum.sign_for_provider(by=provider, scan=paper("Adendum bertanda tangan penyedia", by=provider))
        addendum.sign_for_village(by=manager, scan=paper("Adendum bertanda tangan desa", by=manager))
        self.contract.refresh_from_db()

    def refused(self) -> None:
        """The first Musdes has seen the drawings, and does not accept."""
        meeting = self.assembly(
            "Gambar dan RAB lima ruas jalan, terlambat dan didenda.", "Gambar satu ruas tidak lengkap", "tidak"
        )
        meeting.decide(
            by=self.by("bpd"),
            rulings={self.account.code: (Meeting.Decision.REFUSED, "Gambar ruas kelima belum lengkap.")},
            minutes_number="141/CONTOH-BA-1/2026",
        )
        self.account.refresh_from_db()

    def mended(self) -> None:
        """The provider completes what was missing, and the manager has looked at it."""
        manager, provider = self.by("pka"), owner(self.service)
        remedy = Remedy(
            accountability=self.account,
            kind=Remedy.Kind.REPAIR,
            reason="Gambar ruas kelima dilengkapi oleh penyedia tanpa biaya.",
            due_on=self.day + datetime.timedelta(days=10),
        )
        remedy.choose(by=manager)
        remedy.report(
            by=provider, note="Gambar ruas kelima dilengkapi.", proof=paper("Gambar ruas kelima", by=provider)
        )
        remedy.confirm_repair(by=manager, note="Lengkap dan sesuai KAK.")
        self.account.refresh_from_db()


def tell_all(people: dict[str, User], services: dict[str, Service]) -> None:
    """Each from the need to the rating."""
    road = services["Perencanaan teknis (DED) jalan desa"]
    farm_road = services["Gambar rencana dan RAB jalan usaha tani"]
    mapping = services["Pemetaan batas dan potensi desa dengan drone"]
    rivals = (farm_road, mapping)
    ByTeam(people, VILLAGE, 75).tell(road, "DED jalan lingkungan desa", until="rated", rivals=rivals)
    Tendered(people, NEIGHBOUR, 88).tell(road, "DED lima ruas jalan desa", until="rated", rivals=rivals)
