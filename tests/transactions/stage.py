"""A village, its neighbour, two providers, and orders that reach each state through the verbs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role, User, VillageOffice
from accounts.models.membership import SECOND_FACTOR_ROLES
from catalog.models import Category, Service
from core.clock import database_now, local_today
from core.models import StoredFile
from reviews.models import Rating
from tests.accounts.stage import with_second_factor
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT, SUKADANA
from tests.catalog.stage import Firm, firm, list_in_directory, service
from tests.core.files import jpeg, pdf
from transactions.models import (
    Accountability,
    Addendum,
    Contract,
    Element,
    Meeting,
    Need,
    PaymentRequest,
    Quotation,
    Remedy,
    Sourcing,
    Terms,
)
from transactions.outline import proposed

LONG_AGO = dt.date(2024, 1, 1)
ROLES = {  # key -> (role, area)
    "operator": (Role.VILLAGE_OPERATOR, KUTA),
    "pka": (Role.ACTIVITY_MANAGER, KUTA),
    "tpk": (Role.PROCUREMENT_TEAM, KUTA),
    "sekdes": (Role.VILLAGE_SECRETARY, KUTA),
    "kaur": (Role.VILLAGE_TREASURER, KUTA),
    "kades": (Role.VILLAGE_HEAD, KUTA),
    "bpd": (Role.BPD, KUTA),
    "pld": (Role.PLD, KUTA),
    "pd": (Role.PD, PUJUT),
    "tapm": (Role.TAPM, LOMBOK_TENGAH),
    "kecamatan": (Role.DISTRICT_OFFICE, PUJUT),
    "pokja": (Role.POKJA_MEMBER, LOMBOK_TENGAH),
    "chair": (Role.POKJA_CHAIR, LOMBOK_TENGAH),
    "dpmd": (Role.REGENCY_OFFICE, LOMBOK_TENGAH),
    "dpmd2": (Role.REGENCY_OFFICE, LOMBOK_BARAT),
    "province": (Role.PROVINCE_OFFICE, "52"),
    "ministry": (Role.MINISTRY, None),
    "operator2": (Role.VILLAGE_OPERATOR, SUKADANA),
    "pka2": (Role.ACTIVITY_MANAGER, SUKADANA),
    "tpk2": (Role.PROCUREMENT_TEAM, SUKADANA),
    "kaur2": (Role.VILLAGE_TREASURER, SUKADANA),
    "kades2": (Role.VILLAGE_HEAD, SUKADANA),
    "bpd2": (Role.BPD, SUKADANA),
}
VILLAGE = {"operator", "pka", "tpk", "sekdes", "kaur", "kades", "bpd"}
OVERSEERS = {"pld", "pd", "tapm", "kecamatan", "pokja", "chair", "dpmd", "province", "ministry"}
STRANGERS = {"dpmd2", "operator2", "pka2", "tpk2", "kaur2", "kades2", "bpd2", "nobody", "public", "outsider"}
YES = {key: (True, "") for key, _ in PaymentRequest.CHECKS}
CAME = [(Element.BPD, 4, 2), (Element.WOMEN, 0, 9)]


class Reasoned(dict[str, str]):
    """A reason for every caution, for orders that are made to be looked at in a later state."""

    def get(self, key: str, default: Any = None) -> str:  # type: ignore[override]
        return "Alasan uji."


class Market:
    """Everyone is made at once; orders when asked for."""

    def __init__(self) -> None:
        for key, (role, area) in ROLES.items():
            user = User.objects.create_user(f"{key}@desa.example", "sandi contoh", name=f"Contoh {key.title()}")
            Membership.objects.create(user=user, role=role, area_id=area, starts_on=LONG_AGO, position="")
            if role in SECOND_FACTOR_ROLES:
                with_second_factor(user)
        User.objects.create_user("nobody@desa.example", "sandi contoh", name="Contoh Nobody")
        VillageOffice.objects.create(area_id=KUTA, address="Jalan Pantai 1", postal_code="83573")
        self.firm, self.rival, self.third = (
            self._listed("CV Rinjani"),
            self._listed("PT Tastura"),
            self._listed("CV Mandalika"),
        )
        self.service = service(self.firm, "Pelatihan pembukuan", price=9_000_000)
        self.rival_service = service(self.rival, "Bimbingan pembukuan", price=9_500_000)
        self.third_service = service(self.third, "Kelas pembukuan", price=9_700_000)

    def _listed(self, name: str) -> Firm:
        made = firm(name)
        own = f"{len(name)}{sum(map(ord, name))}"  # numbers that no other firm has
        for field, text in {
            "phone": "+62370",
            "nik": "520201010180",
            "npwp": "012345678901",
            "account_number": "0",
        }.items():
            setattr(made.provider, field, f"{text}{own:0>4}"[:16])
        made.provider.address, made.provider.person_in_charge = f"Jalan {name} {own}", f"Direktur {name}"
        made.provider.save()
        list_in_directory(made.provider)
        return made

    # --- people -----------------------------------------------------------------------------------
    def user(self, key: str) -> Any:
        """A person with the memberships of this moment; None is the public."""
        if key == "public":
            return None
        firms = {"firm": self.firm, "rival": self.rival, "outsider": self.third}
        if key in firms:
            return User.objects.get(pk=firms[key].person.pk)
        return User.objects.get(email=f"{key}@desa.example")

    def everyone(self) -> dict[str, Any]:
        return {key: self.user(key) for key in [*ROLES, "nobody", "public", "firm", "rival", "outsider"]}

    def client(self, key: str) -> Client:
        client = Client()
        if key != "public":
            client.force_login(self.user(key))
        return client

    @property
    def today(self) -> dt.date:
        from regions.models import Area

        return local_today(Area.objects.get(pk=KUTA))

    def file(self, by: str) -> StoredFile:
        return StoredFile.objects.store(pdf(), name="surat.pdf", content_type="application/pdf", by=self.user(by))

    def photo(self, by: str) -> StoredFile:
        return StoredFile.objects.store(jpeg(60, 40), name="foto.jpg", content_type="image/jpeg", by=self.user(by))

    # --- the need ---------------------------------------------------------------------------------
    def draft_need(self, *, village: str = KUTA, estimate: int = 9_500_000, **fields: Any) -> Need:
        """A need that nobody has saved yet."""
        return Need(
            **{
                "village_id": village,
                "title": "Pembukuan BUM Desa",
                "category": Category.objects.get(key="kewirausahaan"),
                "problem": "Pengurus baru belum bisa membuat laporan.",
                "men": 10,
                "women": 12,
                "unit": "paket",
                "estimate": estimate,
                "why_provider": "Belum ada ahlinya di desa.",
            }
            | fields
        )

    def need(self, state: str = "budgeted", *, by: str = "operator", **fields: Any) -> Need:
        need = self.draft_need(**fields)
        need.identify(by=self.user(by))
        if state == "cancelled":
            need.cancel(by=self.user("kades"), reason="Tidak jadi.")
        if state in ("agreed", "budgeted"):
            need.agree(by=self.user(by), musdes_on=self.today, musdes_number="140/1/BA")
        if state == "budgeted":
            need.budget(
                by=self.user("pka"),
                fiscal_year=self.today.year,
                funding="dd",
                activity_code="4.3.02",
                ceiling=max(need.estimate, 1),
            )
        return need

    # --- the sourcing -----------------------------------------------------------------------------
    def draft_sourcing(self, *, hps: int = 9_500_000, need: Need | None = None) -> Sourcing:
        """A sourcing that nobody has saved yet."""
        return Sourcing(
            need=need or self.need(estimate=hps),
            scope="Dua hari kelas, modul, dan laporan.",
            hps=hps,
            days=14,
            deadline=database_now() + dt.timedelta(days=3),
        )

    def buyer(self, sourcing: Sourcing) -> Any:
        return self.user("pka" if sourcing.method == "direct" else "tpk")

    def sourcing(
        self,
        state: str = "draft",
        *,
        hps: int = 9_500_000,
        services: list[Service] | None = None,
        prices: dict[str, int] | None = None,
        need: Need | None = None,
    ) -> Sourcing:
        """Direct up to Rp10 million; above it by quotations from `firm` and `rival`; a tender above Rp200 million."""
        sourcing = self.draft_sourcing(hps=hps, need=need)
        direct = hps <= 10_000_000
        tender = hps > 200_000_000
        services = services or ([self.service] if direct else [self.service, self.rival_service])
        self.prepare(sourcing, by="pka" if direct else "tpk", services=services)
        if state == "draft":
            return sourcing
        buyer = self.buyer(sourcing)
        if tender:
            sourcing.announce_tender(by=buyer, deadline=database_now() + dt.timedelta(days=9))
        else:
            sourcing.announce(by=buyer, deadline=database_now() + dt.timedelta(days=3))
        if state == "open":
            return sourcing
        prices = prices or ({"firm": hps - 100_000} if direct else {"firm": hps - 100_000, "rival": hps - 200_000})
        for key, price in prices.items():
            if tender:
                self.register(sourcing, key)
            self.quote(sourcing, key, price)
        if state == "quoted":
            return sourcing
        if not direct:
            self.let_deadline_pass(sourcing)
        if state == "opening":
            sourcing.ask_opening(by=buyer)
            return sourcing
        self.open_offers(sourcing)
        if state == "opened":
            return sourcing
        if state == "failed":
            sourcing.fail(by=buyer, reason="Tidak ada yang cocok.")
            return sourcing
        sourcing.evaluate(by=buyer, results={q.code: (True, "") for q in sourcing.quotations.all()})
        if state == "awarded":
            lowest = min(sourcing.quotations.all(), key=lambda q: q.price)
            sourcing.award(by=buyer, quotation=lowest)
        return sourcing

    def prepare(self, sourcing: Sourcing, *, by: str, services: list[Service]) -> None:
        """The draft, with what has to be written before it goes out."""
        sourcing.give_reasons(Reasoned())
        sourcing.prepare(by=self.user(by), services=services)
        if sourcing.method != "direct":
            self.terms(sourcing)
        sourcing.give_reasons(Reasoned())

    def draft_terms(self, sourcing: Sourcing) -> Terms:
        """A KAK that nobody has saved yet."""
        words = {name: proposed(sourcing).get(name) or "Menurut KAK contoh." for name in Terms.TEXTS}
        return Terms(sourcing=sourcing, schedule=[{"stage": "Persiapan", "length": 2, "unit": "hari"}], **words)

    def terms(self, sourcing: Sourcing, items: list[dict[str, Any]] | None = None, **price: Any) -> Terms:
        """The KAK, and the HPS as one lump unless `items` say otherwise."""
        terms = self.draft_terms(sourcing)
        terms.begin(by=self.user("pka"), scope=sourcing.scope, days=sourcing.days)
        lump = {"name": sourcing.need.title, "volume": 1, "unit": "paket", "unit_price": sourcing.hps}
        terms.price(by=self.user("pka"), items=[lump] if items is None else items, **price)
        sourcing.refresh_from_db()
        return terms

    def open_offers(self, sourcing: Sourcing, *, second: str = "sekdes") -> None:
        """As the method asks: by the activity manager alone, or by the team and a second person."""
        buyer = self.buyer(sourcing)
        if not sourcing.takes_two:
            sourcing.open_quotations(by=buyer)
            return
        sourcing.ask_opening(by=buyer)
        sourcing.confirm_opening(by=self.user(second))

    def register(self, sourcing: Sourcing, key: str) -> Any:
        """A provider takes part in a tender with its service."""
        service = {"firm": self.service, "rival": self.rival_service, "outsider": self.third_service}[key]
        return sourcing.register(by=self.user(key), service=service)

    def offer(self, sourcing: Sourcing, key: str, price: int = 9_000_000) -> Quotation:
        """A quotation that nobody has sent yet."""
        provider = {"firm": self.firm, "rival": self.rival, "outsider": self.third}[key].provider
        return Quotation(
            sourcing=sourcing, provider=provider, price=price, days=14, approach="Kami datang dan bekerja."
        )

    def quote(self, sourcing: Sourcing, key: str, price: int) -> Quotation:
        quotation = self.offer(sourcing, key, price)
        quotation.send(by=self.user(key))
        return quotation

    def let_deadline_pass(self, sourcing: Sourcing) -> None:
        """Time goes by. The deadline is judged by the database's clock, which no test can turn."""
        Sourcing.objects.filter(pk=sourcing.pk).update(deadline=database_now() - dt.timedelta(seconds=1))
        sourcing.refresh_from_db()

    # --- the contract -----------------------------------------------------------------------------
    def contract(self, state: str = "drafted", **more: Any) -> Contract:
        """With `firm`, direct."""
        contract = Contract.objects.get(sourcing=self.sourcing("awarded", **more))
        manager, provider = self.user("pka"), self.user("firm")
        steps = [
            (
                "issued",
                lambda: contract.issue(by=manager, number="027/1/SPK", signed_on=self.today, starts_on=self.today),
            ),
            ("provider_signed", lambda: contract.sign_for_provider(by=provider, scan=self.file("firm"))),
            ("running", lambda: contract.sign_for_village(by=manager, scan=self.file("pka"))),
            ("reported", lambda: contract.report_progress(by=provider, percent=100, text="Selesai.")),
            ("inspection", lambda: contract.request_inspection(by=provider)),
            ("inspected", lambda: contract.accept_work(by=manager, note="Sesuai.")),
            ("received", lambda: contract.hand_over(by=manager, number="028/1/BAST", on=self.today, place="Kantor")),
            ("given", lambda: contract.hand_to_head(by=manager, number="028/2/BAST", on=self.today, place="Kantor")),
            ("handed_over", lambda: contract.confirm_handover(by=self.user("kades"))),
        ]
        if state == "terminated":
            contract.terminate(by=manager, cause="withdrew", reason="Penyedia mundur.")
        elif state != "drafted":
            for reached, act in steps:
                act()
                if reached == state:
                    break
        return contract

    def draft_addendum(self, contract: Contract, **changes: Any) -> Addendum:
        """Two weeks more, that nobody has saved yet."""
        values = {
            "number": "027/9/ADD",
            "signed_on": self.today,
            "reason": "Hujan deras dua minggu.",
            "new_ends_on": contract.ends_on + dt.timedelta(days=14) if contract.ends_on else self.today,
        }
        return Addendum(contract=contract, **values | changes)

    def addendum(self, contract: Contract, state: str = "draft", **changes: Any) -> Addendum:
        contract.refresh_from_db()
        addendum = self.draft_addendum(contract, **changes)
        addendum.prepare(by=self.user("pka"))
        if state in ("provider_signed", "signed"):
            addendum.sign_for_provider(by=self.user("firm"), scan=self.file("firm"))
        if state == "signed":
            addendum.sign_for_village(by=self.user("pka"), scan=self.file("pka"))
            contract.refresh_from_db()
        return addendum

    # --- the accountability -----------------------------------------------------------------------
    def account(self, state: str = "payment", *, scan: bool = True, **more: Any) -> Accountability:
        contract = self.contract("handed_over", **more)
        if scan:
            contract.attach_handover_scan(by=self.user("pka"), scan=self.file("pka"))
            contract.attach_head_scan(by=self.user("pka"), scan=self.file("pka"))
        account = Accountability.objects.get(contract=contract)
        if state != "payment":
            self.pay(account)
        if state in ("refused", "accepted", "closed"):
            self.meeting(account, decision="refused" if state == "refused" else "accepted")
            account.refresh_from_db()
        if state == "closed":
            account.close(by=self.user("kades"))
        return account

    def request(self, contract: Contract, state: str = "draft") -> PaymentRequest:
        """The SPP of the next termin, taken up to a state."""
        request = PaymentRequest(contract=contract)
        request.prepare(by=self.user("pka"))
        if state == "withdrawn":
            request.withdraw(by=self.user("pka"), reason="Salah termin.")
        elif state != "draft":
            self.fill(request)
            request.submit(by=self.user("pka"))
        if state == "returned":
            request.examine(by=self.user("sekdes"), answers=YES | {"correct": (False, "Tagihan salah jumlah.")})
        if state in ("checked", "approved", "paid"):
            request.examine(by=self.user("sekdes"), answers=YES)
        if state in ("approved", "paid"):
            request.approve(by=self.user("kades"))
        if state == "paid":
            self.transfer(request)
        return request

    def fill(self, request: PaymentRequest, **changes: Any) -> None:
        """Everything that the SPP asks for."""
        papers = {name: self.file("pka") for name in ("statement", "bill_scan", "receipt")}
        said = {"number": "900/1/SPP", "requested_on": self.today, "work": "consulting", "bill_amount": request.due()}
        request.complete_papers(**{"by": self.user("pka")} | papers | said | changes)

    def transfer(self, request: PaymentRequest, **changes: Any) -> None:
        """The treasurer's record, with the taxes as estimated."""
        said = {"number": "KWT/1", "paid_on": self.today, "taxes": request.estimate(), "proof": self.file("kaur")}
        request.pay(**{"by": self.user("kaur")} | said | changes)

    def pay(self, account: Accountability) -> PaymentRequest:
        """All that is left of the contract."""
        request = self.request(account.contract, "paid")
        account.refresh_from_db()
        return request

    def draft_meeting(self, account: Accountability, **fields: Any) -> Meeting:
        """An assembly of the order's village that nobody has saved yet."""
        return Meeting(
            **{
                "village": account.village,
                "held_on": self.today,
                "starts_at": dt.time(9),
                "ends_at": dt.time(11),
                "place": "Aula desa",
                "leader": "Contoh Bpd",
                "note_taker": "Contoh Sekdes",
                "note_taker_from": "Pemerintah Desa",
            }
            | fields
        )

    def planned_meeting(self, *accounts: Accountability, by: str = "bpd", days: int = 3, **fields: Any) -> Meeting:
        """A Musdes of so many days ahead."""
        on = self.today + dt.timedelta(days=days)
        plan = {"state": Meeting.State.PLANNED, "held_on": on, "ends_at": None, "leader": "", "note_taker": ""}
        meeting = self.draft_meeting(accounts[0], **plan | fields)
        meeting.plan(by=self.user(by), accounts=accounts)
        return meeting

    def meeting(
        self, *accounts: Accountability, by: str = "pld", decision: str = "", full: bool = True, **fields: Any
    ) -> Meeting:
        meeting = self.draft_meeting(accounts[0], **fields)
        meeting.prepare(
            by=self.user(by),
            accounts=accounts,
            told={account.code: {"presented": "Pekerjaan selesai."} for account in accounts},
            attendance=CAME,
            questions=[("Inaq", "Ada lanjutannya?", "Ada.")],
        )
        if full:
            scans = {"scan": self.file(by), "attendance_scan": self.file(by)}
            meeting.attach(by=self.user(by), photos=[self.photo(by), self.photo(by)], **scans)
        if decision:
            self.decide(meeting, decision, minutes_number="141/1", note="Catatan Musdes.")
        return meeting

    def decide(self, meeting: Meeting, decision: str, *, by: str = "bpd", note: str = "", **more: Any) -> None:
        """The same decision of every order on the agenda."""
        meeting.decide(by=self.user(by), rulings=self.rulings(meeting, decision, note), **more)

    def rulings(self, meeting: Meeting, decision: str, note: str = "") -> dict[str, tuple[str, str]]:
        items = meeting.items.select_related("accountability")
        return {item.accountability.code: (decision, note) for item in items}

    # --- the remedy -------------------------------------------------------------------------------
    def draft_remedy(self, account: Accountability, kind: str = "repair", **fields: Any) -> Remedy:
        """A way out that nobody has chosen yet."""
        due = self.today + dt.timedelta(days=14)
        return Remedy(**{"accountability": account, "kind": kind, "reason": "Catatan Musdes.", "due_on": due} | fields)

    def remedy(self, account: Accountability, kind: str = "repair", *, by: str = "pka", **fields: Any) -> Remedy:
        remedy = self.draft_remedy(account, kind, **fields)
        remedy.choose(by=self.user(by))
        return remedy

    def mend(self, account: Accountability) -> None:
        """A repair from the choice to its acceptance: the next Musdes can be held."""
        remedy = self.remedy(account)
        remedy.report(by=self.user("firm"), note="Modul dilengkapi.")
        remedy.confirm_repair(by=self.user("pka"), note="Lengkap.")
        account.refresh_from_db()

    # --- the rating -------------------------------------------------------------------------------
    def draft_rating(self, contract: Contract, stars: int = 4) -> Rating:
        scores = dict.fromkeys(("quality", "cost", "time", "service", "learning"), stars)
        return Rating(contract=contract, comment="Baik.", **scores)

    def rating(self, state: str = "given", **more: Any) -> Rating:
        rating = self.draft_rating(self.account("accepted", **more).contract)
        rating.give(by=self.user("pka"))
        if state == "answered":
            rating.answer(by=self.user("firm"), reply="Terima kasih.")
        return rating


class TakenBackError(Exception):
    """Ends a savepoint after a successful try."""


def attempt(document: Any, verb: str, user: Any, arguments: dict[str, Any]) -> str:
    """Try the verb and take it back: "" when it was made, else the sentence of the refusal."""
    from core.workflow import TransitionRefused

    try:
        with transaction.atomic():
            copy = type(document)._base_manager.get(pk=document.pk)
            getattr(copy, verb)(by=user, **arguments)
            raise TakenBackError
    except TakenBackError:
        return ""
    except TransitionRefused as refusal:
        return refusal.reason


def soon() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=2)


def days_later(days: int) -> Any:
    """The application's clock moves; the database's does not."""
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=True)
