from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.models import StoredFile
from transactions.models.contract.contract import Contract
from transactions.models.payment.tax_rate import TaxRate


class Payment(models.Model):
    """A transfer that the treasurer made and recorded; whole rupiah. The marketplace never holds money.

    A contract may have several, one for each termin. Their sum never passes the contract's value: a trigger holds the
    contract's row while it adds them up, and refuses as well a value lowered below what is paid
    (`payments_within_contract`). Payments recorded before there were payment requests have none.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments", db_index=False)
    request = models.OneToOneField(
        "transactions.PaymentRequest", models.PROTECT, null=True, blank=True, related_name="payment"
    )
    number = models.CharField("nomor bukti", max_length=100)
    paid_on = models.DateField("tanggal bayar")
    gross = models.BigIntegerField("bruto")
    fine = models.BigIntegerField("denda", default=0, db_default=0)
    withheld = models.BigIntegerField("pajak dipotong")
    net = models.BigIntegerField("neto")
    proof = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="bukti transfer", related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "pembayaran"
        verbose_name_plural = "pembayaran"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="payment_net_is_gross_less_fine_and_tax",
                condition=Q(
                    gross__gt=0, fine__gte=0, withheld__gte=0, net__gte=0, net=F("gross") - F("fine") - F("withheld")
                ),
            ),
        )
        indexes = (
            models.Index(fields=["paid_on"], name="payment_paid"),
            # The contract's payments, and what is counted of them without a look at the rows.
            models.Index(
                fields=["contract"], include=["id", "paid_on", "gross", "withheld", "fine"], name="payment_figures"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def said(self) -> dict[str, Any]:
        """What may be corrected, as an event keeps it: {number, paid_on (ISO), proof (code), net, taxes {key: rupiah}}."""
        return {
            "number": self.number,
            "paid_on": self.paid_on.isoformat(),
            "proof": self.proof.code,
            "net": self.net,
            "taxes": {row.tax: row.amount for row in self.taxes.order_by("tax")},
        }


class PaymentTax(models.Model):
    """One tax withheld from a payment, as the treasurer reckoned it."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="taxes")
    tax = models.CharField("pajak", max_length=8, choices=TaxRate.Tax.choices)
    base = models.BigIntegerField("dasar pengenaan")
    amount = models.BigIntegerField("jumlah")

    class Meta:
        verbose_name = "pajak dipotong"
        verbose_name_plural = "pajak dipotong"
        constraints = (
            models.UniqueConstraint(fields=["payment", "tax"], name="payment_tax_once"),
            models.CheckConstraint(name="payment_tax_not_negative", condition=Q(base__gte=0, amount__gte=0)),
        )

    def __str__(self) -> str:
        return self.get_tax_display()
