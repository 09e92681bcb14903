"""One order of the demo, walked along its verbs by the people whose verbs they are, on days of its own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import time_machine
from django.utils import timezone

from accounts.models import Role, User
from catalog.models import Category, Service
from p2ktd.demo import budget
from p2ktd.demo.cast import VILLAGE
from p2ktd.demo.papers import paper, photo
from reviews.models import Rating
from transactions.models import (
    Accountability,
    Addendum,
    Conditions,
    Contract,
    Duty,
    Element,
    Meeting,
    Need,
    Origin,
    PaymentRequest,
    Quotation,
    Sourcing,
    TenderQuestion,
    Terms,
)
from transactions.outline import proposed

CAME = [
    (Element.VILLAGE_GOVERNMENT, 6, 3),
    (Element.BPD, 4, 2),
    (Element.RELIGION, 2, 0),
    (Element.COMMUNITY, 5, 2),
    (Element.FARMERS, 4, 1),
    (Element.WOMEN, 0, 9),
    (Element.POOR, 2, 3),
]

# Given at each step that asks.
REASONS = {"split-package": "Kegiatan dan waktunya lain, dan masing-masing berdiri sendiri."}


class Telling:
    """One order. `days_ago` says when it began; each step takes some days, never into the future."""

    def __init__(self, people: dict[str, User], village: str, days_ago: int) -> None:
        suffix = "" if village == VILLAGE else ".tetangga"
        self.people = {key.removesuffix(suffix): person for key, person in people.items() if key.endswith(suffix)}
        self.everyone, self.village = people, village
        self.now = timezone.now() - datetime.timedelta(days=days_ago)
        self.real_now = timezone.now()

    def by(self, key: str) -> User:
        return self.people.get(key) or self.everyone[key]

    def step(self, days: int, act: Callable[[], None]) -> None:
        """Do one act some days later in the story."""
        self.now = min(self.now + datetime.timedelta(days=days), self.real_now)
        with time_machine.travel(self.now, tick=True):
            forget_memberships(self.everyone)
            act()

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.now, timezone=datetime.timezone(datetime.timedelta(hours=8)))

    # --- the stations -------------------------------------------------------------------------------
    def tell(
        self, service: Service, title: str, *, until: str, rivals: tuple[Service, ...] = (), stars: int = 4
    ) -> None:
        """Walk from the need to the station `until` (one of the steps)."""
        self.service, self.title, self.rivals, self.stars = service, title, rivals, stars
        for days, act in self.steps():
            self.step(days, act)
            if act.__name__ == until:
                break

    def steps(self) -> list[tuple[int, Callable[[], None]]]:
        """After how many days comes what."""
        return [
            (0, self.need),
            (4, self.agreed),
            (5, self.budgeted),
            (3, self.invited),
            (2, self.quoted),
            (3, self.contracted),
            (2, self.running),
            (10, self.handed_over),
            (2, self.asked),
            (1, self.paid),
            (5, self.held),
            (2, self.rated),
        ]

    def tender(self, service: Service, rival: Service, title: str, *, value: int) -> None:
        """Walk from the need to a public tender that takes offers: one question is answered, one waits."""
        self.service, self.title, self.rivals, self.value = service, title, (), value
        for days, act in ((0, self.need), (4, self.agreed), (5, self.budgeted), (3, self.announced)):
            self.step(days, act)
        self.step(0, lambda: self.asked_and_registered(service, rival))

    def announced(self) -> None:
        team, later = self.by("tpk"), self.real_now
        self.sourcing = Sourcing(
            need=self.order,
            scope=f"{self.service.deliverables} Laporan akhir diserahkan kepada desa.",
            hps=self.value - 5_000_000,
            days=60,
            deadline=later + datetime.timedelta(days=8),
        )
        self.sourcing.give_reasons(REASONS)
        self.sourcing.prepare(by=team, services=[])
        self.sourcing.give_reasons(REASONS)
        self.terms()
        self.sourcing.announce_tender(
            by=team,
            deadline=later + datetime.timedelta(days=8),
            questions_until=later + datetime.timedelta(days=5),
            number="027/CONTOH-LELANG/2026",
            on=self.day,
            venue="Kantor desa",
            evaluates_at=later + datetime.timedelta(days=9),
            negotiates_at=later + datetime.timedelta(days=10),
            awards_at=later + datetime.timedelta(days=11),
        )

    def asked_and_registered(self, service: Service, rival: Service) -> None:
        for each in (service, rival):
            self.sourcing.register(by=owner(each), service=each)
        said = ("Apakah tenaga ahli harus tinggal di desa selama pekerjaan?", "Bolehkah laporan diserahkan bertahap?")
        first, _ = questions = [TenderQuestion(sourcing=self.sourcing, text=text) for text in said]
        for question in questions:
            question.ask(by=owner(rival))
        first.answer(by=self.by("tpk"), answer_text="Tidak harus; cukup hadir pada setiap kunjungan yang dijadwalkan.")

    def need(self) -> None:
        price = getattr(self, "value", None) or self.service.price + 500_000
        self.order = Need(
            village_id=self.village,
            title=self.title,
            category=Category.objects.get(pk=self.service.category_id),
            service=self.service,
            origin=Origin.MUSDES,
            origin_note="Musdes perencanaan (contoh)",
            problem="DATA CONTOH. Desa belum mempunyai orang yang mampu mengerjakan ini sendiri, dan warga menunggu hasilnya.",
            place="Dusun Contoh",
            men=40,
            women=55,
            poor_households=18,
            volume=1,
            unit=self.service.get_unit_display(),
            estimate=price,
            why_provider="Keahlian ini belum ada di desa; tidak dapat dikerjakan secara swakelola.",
        )
        self.order.identify(by=self.by("operator"))

    def agreed(self) -> None:
        self.order.agree(by=self.by("operator"), musdes_on=self.day, musdes_number="140/CONTOH-BA/2026")

    def budgeted(self) -> None:
        money: dict[str, Any] = {
            "ceiling": self.order.estimate,
            "planned_time": f"Semester kedua {self.day.year}",
        }
        activity = budget.paying(self.title, self.village, self.day)
        if activity is not None:
            money["activity"] = activity
        else:
            money |= {"fiscal_year": self.day.year, "funding": "dd", "activity_code": "4.3.02"}
        self.order.budget(by=self.by("pka"), **money)

    def invited(self) -> None:
        value = self.order.estimate
        self.sourcing = Sourcing(
            need=self.order,
            scope=f"{self.service.deliverables} Laporan akhir diserahkan kepada desa.",
            hps=value,
            days=max(self.service.duration_days, 1),
            deadline=self.real_now + datetime.timedelta(days=3),
        )
        buyer = self.by("tpk" if self.rivals else "pka")
        self.sourcing.give_reasons(REASONS)
        self.sourcing.prepare(by=buyer, services=[self.service, *self.rivals])
        self.sourcing.give_reasons(REASONS)
        self.terms()
        self.sourcing.announce(
            by=buyer,
            deadline=self.real_now + datetime.timedelta(days=3),
            number="027/CONTOH-UND/2026",
            on=self.day,
            venue="Kantor desa",
        )

    def terms(self) -> None:
        """The KAK from the category's outline, and the HPS."""
        manager, words = self.by("pka"), proposed(self.sourcing)
        said = {name: words.get(name) or "DATA CONTOH. Disepakati kemudian." for name in Terms.TEXTS}
        schedule = [
            {"stage": "Persiapan", "length": 3, "unit": "hari"},
            {"stage": "Pelaksanaan", "length": 2, "unit": "minggu"},
        ]
        terms = Terms(sourcing=self.sourcing, schedule=schedule, **said)
        terms.begin(by=manager, scope=self.sourcing.scope, days=self.sourcing.days)
        terms.price(by=manager, items=self.items(), price_source="Survei tiga penyedia (contoh).")
        self.sourcing.refresh_from_db()

    def items(self) -> list[dict[str, Any]]:
        """The lines of the HPS."""
        return [{"name": self.title, "volume": 1, "unit": self.order.unit, "unit_price": self.sourcing.hps}]

    def quoted(self) -> None:
        for place, service in enumerate([self.service, *self.rivals]):
            quotation = Quotation(
                sourcing=self.sourcing,
                provider=service.provider,
                # Where several are asked, nobody offers the price that its public service names: it is sealed.
                price=self.service.price - 100_000 * place - (25_000 if self.rivals else 0),
                days=self.sourcing.days,
                approach="DATA CONTOH. Kami mulai dengan kunjungan, lalu pelaksanaan bertahap dan laporan akhir.",
            )
            quotation.send(by=owner(service))

    def contracted(self) -> None:
        buyer = self.by("pka")
        self.sourcing.open_quotations(by=buyer)
        self.tell_when()
        offer = self.sourcing.quotations.get()
        self.sourcing.evaluate(by=buyer, results={offer.code: (True, "")})
        offer.refresh_from_db()
        lower = {key: price - 200_000 for key, price in offer.offered_prices().items()}
        offer.propose(by=buyer, prices=lower, note="Harga kontrak desa sekitar lebih rendah.")
        offer.accept_price(by=owner(self.service))
        self.sourcing.award(by=buyer, quotation=offer)
        self.contract = Contract.objects.get(sourcing=self.sourcing)

    def tell_when(self) -> None:
        """What the database's clock judged (no story can turn it) is told to have been on the story's days."""
        sourcing = self.sourcing
        ended = self.now - datetime.timedelta(hours=1)
        announced = sourcing.events().filter(verb__in=["announce", "announce_tender"]).latest("pk").at
        times = {"announced_at": announced, "deadline": ended, "opened_at": self.now}
        if sourcing.opening_asked_at:
            times["opening_asked_at"] = self.now
        if sourcing.questions_until:
            times["questions_until"] = ended - datetime.timedelta(days=2)
        Sourcing.objects.filter(pk=sourcing.pk).update(**times)
        sourcing.refresh_from_db()
        for offer in sourcing.quotations.all():
            Quotation.objects.filter(pk=offer.pk).update(sent_at=offer.created_at)

    def running(self) -> None:
        manager, provider = self.by("pka"), owner(self.service)
        asked = self.contract.sourcing
        letters = Conditions(
            invitation_number=asked.request_number,
            invitation_on=asked.request_on,
            award_number=asked.award_number,
            award_on=asked.award_on,
        )
        self.contract.issue(
            by=manager, number="027/CONTOH-SPK/2026", signed_on=self.day, starts_on=self.day, conditions=letters
        )
        self.contract.sign_for_provider(by=provider, scan=paper("SPK bertanda tangan penyedia", by=provider))
        self.contract.sign_for_village(by=manager, scan=paper("SPK bertanda tangan desa", by=manager))
        self.contract.report_progress(
            by=provider,
            percent=50,
            text="Persiapan selesai; kegiatan hari pertama berjalan.",
            photos=[photo(1, by=provider)],
        )

    def extended(self) -> None:
        """Two weeks more are asked for; the provider signs next."""
        self.contract.refresh_from_db()
        addendum = Addendum(
            contract=self.contract,
            number="027/CONTOH-ADD/2026",
            signed_on=self.day,
            reason="DATA CONTOH. Peserta panen raya, jadi pertemuan terakhir ditunda.",
            new_ends_on=self.contract.ends_on + datetime.timedelta(days=14),
        )
        addendum.prepare(by=self.by("pka"))

    def handed_over(self) -> None:
        manager, provider = self.by("pka"), owner(self.service)
        self.contract.report_progress(
            by=provider,
            percent=100,
            text="Seluruh kegiatan selesai.",
            photos=[photo(2, by=provider), photo(3, by=provider)],
        )
        self.contract.request_inspection(by=provider)
        self.contract.accept_work(by=manager, note="Keluaran lengkap dan sesuai SPK.")
        self.contract.hand_over(by=manager, number="028/CONTOH-BAST/2026", on=self.day, place="Kantor desa")
        self.contract.attach_handover_scan(by=manager, scan=paper("BAST bertanda tangan", by=manager))
        self.contract.hand_to_head(by=manager, number="029/CONTOH-BAST/2026", on=self.day, place="Kantor desa")
        self.contract.confirm_handover(by=self.by("kades"))
        self.contract.attach_head_scan(by=manager, scan=paper("BAST kepada Kepala Desa", by=manager))
        self.account = Accountability.objects.get(contract=self.contract)

    def paid(self) -> None:
        request, treasurer = self.request, self.by("kaur")
        request.pay(
            by=treasurer,
            number="CONTOH/07/2026",
            paid_on=self.day,
            taxes=request.estimate(),
            proof=paper("Bukti transfer", by=treasurer),
        )
        self.account.refresh_from_db()

    def asked(self) -> None:
        """The manager's SPP with its attachments, checked by the secretary and approved by the head."""
        manager, provider = self.by("pka"), owner(self.service)
        request = self.request = PaymentRequest(contract=self.contract)
        request.prepare(by=manager)
        request.bill(
            by=provider,
            bill_number="INV/CONTOH/2026",
            billed_on=self.day,
            bill_amount=request.amount,
            bill_scan=paper("Kuitansi penyedia", by=provider),
        )
        request.complete_papers(
            by=manager,
            number="900/CONTOH-SPP/2026",
            requested_on=self.day,
            work="consulting",
            statement=paper("Pernyataan tanggung jawab belanja bertanda tangan", by=manager),
        )
        request.submit(by=manager)
        request.examine(by=self.by("sekdes"), answers={key: (True, "Sesuai.") for key, _ in PaymentRequest.CHECKS})
        request.approve(by=self.by("kades"))

    def assembly(self, told: str, output: str, opinion: str) -> Meeting:
        """A Musdes that was held, with its sheets and photographs; its decision is still to be recorded."""
        helper = self.by("pld")
        meeting = Meeting(
            village=self.account.village,
            held_on=self.day,
            starts_at=datetime.time(9),
            ends_at=datetime.time(11, 30),
            place="Aula kantor desa",
            leader=self.by("bpd").name,
            note_taker=self.by("sekdes").name,
            note_taker_from="Pemerintah Desa",
            speakers="Kasi Kesejahteraan dan penyedia",
        )
        meeting.prepare(
            by=helper,
            accounts=[self.account],
            told={self.account.code: {"presented": told, "output": output, "opinion": opinion}},
            attendance=CAME,
            questions=[
                ("Contoh Inaq Sahnep", "Apakah ada pelatihan lanjutan?", "Penyedia bersedia mendampingi dua kali lagi.")
            ],
        )
        meeting.attach(
            by=helper,
            scan=paper("Berita acara Musdes bertanda tangan", by=helper),
            attendance_scan=paper("Daftar hadir Musdes", by=helper),
            photos=[photo(4, by=helper), photo(5, by=helper)],
        )
        return meeting

    def held(self) -> None:
        told = "Pekerjaan selesai, biaya sesuai kontrak, dan pajak sudah disetor. Hambatan: cuaca."
        meeting = self.assembly(told, "Sesuai kontrak", "puas")
        meeting.decide(
            by=self.by("bpd"),
            rulings={
                self.account.code: (Meeting.Decision.WITH_NOTES, "Diterima; dokumentasi dibagikan kepada peserta.")
            },
            minutes_number="141/CONTOH-BA/2026",
            follow_ups=[
                Duty(
                    order=self.account.code,
                    what="Bagikan modul kepada peserta",
                    who="Kasi Kesejahteraan",
                    due_on=self.day + datetime.timedelta(days=14),
                    responsible=Role.ACTIVITY_MANAGER,
                )
            ],
        )

    def rated(self) -> None:
        self.account.refresh_from_db()
        self.account.close(by=self.by("kades"))
        scores = dict.fromkeys(("quality", "cost", "time", "service", "learning"), self.stars)
        rating = Rating(
            contract=self.contract,
            **{**scores, "learning": min(5, self.stars + 1)},
            comment="Penyedia datang tepat waktu dan sabar menjelaskan. Modulnya mudah dipakai.",
        )
        rating.give(by=self.by("pka"))
        if self.stars > 4:
            rating.answer(by=owner(self.service), reply="Terima kasih. Kami siap membantu bila ada pertanyaan.")


def owner(service: Service) -> User:
    """The person behind the provider of a service."""
    return service.provider.memberships.get(role=Role.PROVIDER).user


def forget_memberships(people: dict[str, User]) -> None:
    """A person's memberships are remembered for one request; in the story days pass."""
    for person in people.values():
        person.__dict__.pop("memberships_now", None)
