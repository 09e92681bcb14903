"""What is done with a payment request: from the draft to the transfer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from core.formats import rupiah
from core.models import StoredFile
from core.workflow import Denied, TransitionRefused, born, moving, refuse_unless
from transactions.models.contract.contract import IN_FORCE, Contract
from transactions.models.contract.termin import Termin
from transactions.models.payment.payment import Payment, PaymentTax
from transactions.tax import TaxLine

RECEIVING = (*IN_FORCE, "handed_over")  # something may have been received
PAYABLE = (*RECEIVING, "terminated")
HEARD = ("accepted", "closed")
HEARD_ALREADY = (
    "Musdes sudah menerima pertanggungjawaban dengan catatan ini, jadi catatannya tidak diubah lagi."
    " Kekeliruan yang ditemukan kemudian disampaikan kepada Kepala Desa dan BPD."
)


def next_termin(contract: Contract) -> tuple[int, int] | None:
    """(number, how many there are) of the first termin that no living SPP asks for; None when all are asked for.

    Of a contract that ended early there is one more at most: for what is still owed.
    """
    if contract.payments.filter(request=None).exists():  # paid before there were requests, and in full
        return None
    taken = set(contract.payment_requests.living().values_list("termin", flat=True))
    plan = [row.number for row in contract.plan()]
    free = [number for number in plan if number not in taken]
    if not free:
        return None
    return free[0], free[0] if contract.state == "terminated" else len(plan)


def next_request(contract: Contract) -> Any:
    """The SPP that comes next, not saved; of the last termin where none is free (its guard then says why not)."""
    from transactions.models.payment.payment_request import PaymentRequest

    number, total = next_termin(contract) or (len(contract.plan()),) * 2
    draft = PaymentRequest(contract=contract, termin=number, termins=total)
    draft.amount = draft.due()
    return draft


class Paying:
    """Verbs of a payment request."""

    termin: Any
    fine: Any
    value: Any
    receipt: Any

    def part(self) -> Termin:
        """The contract's termin that it asks for."""
        return next(row for row in self.contract.plan() if row.number == self.termin)

    def due(self) -> int:
        """What this termin asks for: the value due with it (`Termin.due`), less what was asked before; whole rupiah.

        So the termins always make up the value exactly, also when an addendum changed it between two of them, and
        what the rounding leaves goes to the last.
        """
        contract = self.contract
        if contract.state == "terminated":
            return contract.owed + contract.paid - contract.asked(but=self.pk)  # the work that was done
        return self.part().due - contract.asked(but=self.pk, before=self.termin)

    def waits_for(self) -> int | None:
        """The first earlier termin that is not paid; None when all are."""
        paid = set(self.contract.payment_requests.filter(state="paid").values_list("termin", flat=True))
        earlier = [row.number for row in self.contract.plan() if row.number < self.termin]
        return next((number for number in earlier if number not in paid), None)

    def fine_due(self) -> int:
        """The contract's fine that is not yet deducted: with the last termin, never more than it pays."""
        fine = self.contract.fine
        if not fine or not self.is_last:
            return 0
        others = self.contract.payment_requests.living().exclude(pk=self.pk).aggregate(total=Sum("fine"))["total"] or 0
        return max(0, min(fine - others, self.amount))

    def not_yet(self) -> Denied | None:
        """Why this termin can't be asked for now; None when it can."""
        contract, part = self.contract, self.part()
        if contract.state == "terminated":
            return None if self.due() > 0 else Denied("Kontrak ini diputus; tidak ada yang masih harus dibayar.")
        if contract.state not in RECEIVING:
            return Denied("SPP diajukan setelah pekerjaan berjalan dan hasilnya diterima.")
        if self.is_last:
            if contract.state != "handed_over":
                return Denied(
                    "Pembayaran terakhir diajukan setelah serah terima hasil pekerjaan (Permendagri 20/2018 Pasal 55)."
                )
        elif (accepted := contract.accepted_percent) < part.upto:
            return Denied(
                f"Termin {self.termin} diajukan setelah {part.upto} % hasil pekerjaan diterima;"
                f" yang diterima baru {accepted} %."
            )
        if (earlier := self.waits_for()) is not None:
            return Denied(f"SPP termin {self.termin} diajukan setelah termin {earlier} dibayar.")
        if self.due() <= 0:
            return Denied("Nilai kontrak sudah diminta seluruhnya; tidak ada sisa untuk termin ini.")
        return None

    # --- the verbs ----------------------------------------------------------------------------------
    def _hold(self) -> Contract:
        """The contract is the parent: locked before its requests and its accountability, by every verb that reckons."""
        self.contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=self.contract_id)
        return self.contract

    @transaction.atomic
    def prepare(self, *, by: Any) -> None:
        """Begin the SPP of the contract's next termin. The contract's row is held: two at once make one."""
        self._hold()
        number, total = next_termin(self.contract) or (0, 0)
        refuse_unless(number, "Untuk semua termin kontrak ini sudah ada SPP.")
        refuse_unless(self.termin in (None, number), "SPP untuk termin ini sudah ada.")
        self.termin, self.termins, self.created_by = number, total, by
        verdict = self.may("create", by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        self.amount = self.due()
        born(self, by=by, verdict=verdict, data={"termin": self.termin, "amount": self.amount})

    @transaction.atomic
    def complete_papers(
        self,
        *,
        by: Any,
        statement: StoredFile | None = None,
        bill_scan: StoredFile | None = None,
        receipt: StoredFile | None = None,
        **fields: Any,
    ) -> None:
        """Number, day, bill, kind of work, and the papers: what is given takes the place of the earlier; what is left
        empty stays as it is, also what the provider sent meanwhile."""
        self._hold()
        with moving(self, "complete_papers", by=by) as facts:
            said = {name: value for name, value in fields.items() if value not in (None, "")}
            self._fill(said, statement=statement, bill_scan=bill_scan, receipt=receipt)
            facts["filled"] = sorted(said)

    @transaction.atomic
    def bill(
        self, *, by: Any, bill_number: str, billed_on: datetime.date, bill_amount: int, bill_scan: StoredFile
    ) -> None:
        """The provider's own bill (kuitansi)."""
        self._hold()
        with moving(self, "bill", by=by) as facts:
            said = {"bill_number": bill_number, "billed_on": billed_on, "bill_amount": bill_amount}
            self._fill(said, bill_scan=bill_scan)
            facts["bill_amount"] = bill_amount

    def _fill(self, fields: dict[str, Any], **files: StoredFile | None) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        due = self.due()
        self.amount = due if due > 0 else self.amount  # as it stands now; the filing says so when nothing is left
        self.fine = min(self.fine, self.amount)
        for name, file in files.items():
            if file is not None:
                file.hold(self)
                setattr(self, name, file)

    @transaction.atomic
    def submit(self, *, by: Any) -> None:
        """File it: the amount is fixed, the bill must say the same, and the secretary's answers begin anew."""
        self._hold()
        with moving(self, "submit", by=by) as facts:
            self._refuse_if_not_yet()
            self.amount, self.value = self.due(), self.contract.value
            self.fine = self.fine_due()
            refuse_unless(self.requested_on <= self.today, "Tanggal SPP tidak boleh di masa depan.")
            refuse_unless(
                self.billed_on is None or self.billed_on <= self.today, "Tanggal tagihan tidak boleh di masa depan."
            )
            received = self.received_on()
            refuse_unless(
                received and self.requested_on >= received,
                "SPP bertanggal setelah hasil pekerjaan diterima (Permendagri 20/2018 Pasal 55).",
            )
            refuse_unless(
                self.bill_amount == self.amount,
                f"Tagihan penyedia {rupiah(self.bill_amount or 0)} tidak sama dengan nilai termin {rupiah(self.amount)}.",
            )
            self.receipt = self.receipt or self.contract.handover_scan
            self._forget_answers()
            self.submitted_at = timezone.now()
            facts.update(amount=self.amount, fine=self.fine)

    def received_on(self) -> datetime.date | None:
        """When what it pays for was received: its part's inspection, the last one's hand-over; else the contract."""
        contract = self.contract
        if contract.state == "terminated":
            return contract.inspected_on(contract.termination_percent) or contract.signed_on
        if self.is_last:
            return contract.handover_on or contract.signed_on
        return contract.inspected_on(self.part().upto) or contract.signed_on

    def _refuse_if_not_yet(self) -> None:
        if (wait := self.not_yet()) is not None:  # a verdict of no is falsy
            raise TransitionRefused(wait.reason)

    def _forget_answers(self) -> None:
        for key, _ in self.CHECKS:
            setattr(self, key, None)
            setattr(self, f"{key}_note", "")
        self.checked_by = self.checked_at = self.approved_by = self.approved_at = None

    @transaction.atomic
    def examine(self, *, by: Any, answers: Mapping[str, tuple[bool, str]]) -> None:
        """The secretary's four answers: {check: (yes?, note)}. One "no" gives it back to the manager."""
        if not all(answers[key][0] for key, _ in self.CHECKS):
            return self.refuse(by=by, answers=answers)
        self._hold()
        with moving(self, "examine", by=by) as facts:
            self._still_due()
            self._answer(answers, by, facts)
        return None

    def refuse(self, *, by: Any, answers: Mapping[str, tuple[bool, str]]) -> None:
        """Called by `examine` when a requirement isn't met: the notes to each "no" are the reason."""
        failed = [key for key, _ in self.CHECKS if not answers[key][0]]
        reason = " ".join(answers[key][1].strip() for key in failed)
        with moving(self, "refuse", by=by, note=reason) as facts:
            refuse_unless(
                failed and all(answers[key][1].strip() for key in failed),
                "Tuliskan alasan pada setiap pemeriksaan yang dijawab “tidak”.",
            )
            self._answer(answers, by, facts)

    def _answer(self, answers: Mapping[str, tuple[bool, str]], by: Any, facts: dict[str, Any]) -> None:
        for key, _ in self.CHECKS:
            passed, note = answers[key]
            setattr(self, key, passed)
            setattr(self, f"{key}_note", note.strip())
            facts[key] = [passed, note.strip()]
        self.checked_by, self.checked_at = by, timezone.now()

    def _still_due(self) -> None:
        """Nothing changed since it was filed: neither its amount, nor that its part is accepted."""
        refuse_unless(
            (self.amount, self.fine) == (self.due(), self.fine_due()),
            "Nilai termin ini atau dendanya berubah setelah SPP diajukan (adendum atau pemutusan kontrak)."
            " Kembalikan SPP agar diajukan lagi.",
        )
        self._refuse_if_not_yet()

    @transaction.atomic
    def approve(self, *, by: Any) -> None:
        """The head agrees; the treasurer may pay."""
        self._hold()
        with moving(self, "approve", by=by) as facts:
            self._still_due()
            self.approved_by, self.approved_at = by, timezone.now()
            facts["amount"] = self.amount

    def give_back(self, *, by: Any, reason: str) -> None:
        """The head (before the approval) or the treasurer (after it) sends it back with a reason."""
        with moving(self, "give_back", by=by, note=reason):
            pass

    def withdraw(self, *, by: Any, reason: str) -> None:
        """It was begun by mistake."""
        with moving(self, "withdraw", by=by, note=reason):
            pass

    @transaction.atomic
    def pay(
        self,
        *,
        by: Any,
        number: str,
        paid_on: datetime.date,
        taxes: Iterable[TaxLine],
        proof: StoredFile,
    ) -> None:
        """The transfer from the village's cash account, exactly as the SPP says: number, day, taxes, proof.

        With the last rupiah the accountability goes on to the Musdes. No money moves here.
        """
        contract = self._hold()
        with moving(self, "pay", by=by) as facts:
            self.contract = contract
            self._still_due()
            self._refuse_day(paid_on)
            facts.update(self._record(number, paid_on, list(taxes), proof, by))
            account = getattr(contract, "accountability", None)
            if account is not None and contract.paid == contract.value:
                account.settle(by=by)

    @transaction.atomic
    def amend_payment(
        self,
        *,
        by: Any,
        reason: str,
        number: str,
        paid_on: datetime.date,
        taxes: Iterable[TaxLine],
        proof: StoredFile | None = None,
    ) -> None:
        """The record said something else than the transfer: number, day, taxes, or the wrong proof.

        What it said before stays in the event (`Payment.said`), the earlier proof in the store. Gross and fine are the
        request's and do not change.
        """
        contract = self._hold()
        with moving(self, "amend_payment", by=by, note=reason) as facts:
            self.contract = contract
            refuse_unless(not self.heard(lock=True), HEARD_ALREADY)
            self._refuse_day(paid_on)
            payment = contract.payments.get(request=self)  # the contract's row is held, and with it its payments
            before = payment.said()
            payment.number, payment.paid_on, payment.proof = number, paid_on, proof or payment.proof
            payment.taxes.all().delete()
            self._withhold(payment, list(taxes))
            if proof is not None:
                proof.hold(self)
            after = payment.said()
            refuse_unless(after != before, "Tidak ada yang berubah. Ubah yang keliru, atau kembali ke halaman SPP.")
            facts.update(before=before, after=after, moved_from=before["paid_on"])
            self.payment = payment

    def heard(self, *, lock: bool = False) -> bool:
        """Has a Musdes accepted the figures? With `lock` none can while they are being changed."""
        from transactions.models.musdes.accountability import Accountability

        rows = Accountability.objects.select_for_update() if lock else Accountability.objects
        account = rows.filter(contract=self.contract_id).first()
        return account is not None and account.state in HEARD

    def _refuse_day(self, paid_on: datetime.date) -> None:
        refuse_unless(paid_on <= self.today, "Tanggal pembayaran tidak boleh di masa depan.")
        refuse_unless(
            paid_on >= self.requested_on,
            "Pembayaran dilakukan setelah SPP, yaitu setelah hasil pekerjaan diterima.",
        )
        approved_on = timezone.localdate(self.approved_at, timezone=self.village.tzinfo)
        refuse_unless(paid_on >= approved_on, "Pembayaran dilakukan setelah disetujui Kepala Desa.")

    def _record(
        self, number: str, paid_on: datetime.date, taxes: list[TaxLine], proof: StoredFile, by: Any
    ) -> dict[str, int]:
        payment = Payment(
            contract=self.contract,
            request=self,
            number=number,
            paid_on=paid_on,
            gross=self.amount,
            fine=self.fine,
            proof=proof,
            recorded_by=by,
        )
        self._withhold(payment, taxes)
        proof.hold(self)
        return {"gross": payment.gross, "fine": payment.fine, "withheld": payment.withheld, "net": payment.net}

    def _withhold(self, payment: Payment, taxes: list[TaxLine]) -> None:
        """Save the payment with these taxes and what they leave."""
        payment.withheld = sum(line.amount for line in taxes)
        payment.net = payment.gross - payment.fine - payment.withheld
        refuse_unless(payment.net >= 0, "Pajak dan denda tidak boleh melebihi nilai pembayaran.")
        payment.save()
        PaymentTax.objects.bulk_create(
            PaymentTax(payment=payment, tax=line.tax, base=line.base, amount=line.amount) for line in taxes
        )
