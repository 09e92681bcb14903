"""The estimate of what is withheld: by the rates of the day, for this provider, kind of work and value; rounded down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import LegalForm, Provider
from tests.transactions.stage import Market
from transactions import tax
from transactions.models import TaxRate, Work

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
COMPANY, PERSON = LegalForm.COMPANY, LegalForm.PERSON
NPWP = "0000000000000001"


def lines(form: str, gross: int, *, pkp: bool = False, npwp: str = NPWP, on: dt.date = TODAY, **more: Any) -> list[Any]:
    provider = Provider(legal_form=form, is_pkp=pkp, npwp=npwp)
    return [(line.tax, line.base, line.amount) for line in tax.estimate(provider, gross, on=on, **more)]


@pytest.mark.parametrize(
    ("form", "work", "npwp", "found"),
    [
        *((form, "", NPWP, ("pph23", 200_000)) for form in LegalForm.values if form != PERSON),
        *((form, "", "", ("pph23", 400_000)) for form in LegalForm.values if form != PERSON),
        *((COMPANY, work, NPWP, ("pph23", 200_000)) for work in ("technical", "management", "consulting", "other")),
        (PERSON, "", NPWP, ("pph21", 250_000)),
        (PERSON, "consulting", NPWP, ("pph21", 250_000)),
        (PERSON, "", "", ("pph21", 300_000)),
        *((form, Work.CONSTRUCTION, npwp, ("pph42", 265_000)) for form in LegalForm.values for npwp in (NPWP, "")),
        *((form, Work.RENT, NPWP, ("pph42", 1_000_000)) for form in LegalForm.values),
    ],
)
def test_one_income_tax_by_form_work_and_npwp(form: str, work: str, npwp: str, found: tuple[str, int]) -> None:
    name, amount = found
    assert lines(form, 10_000_000, work=work, npwp=npwp) == [(name, 10_000_000, amount)]


@pytest.mark.parametrize(
    ("form", "gross", "found"),
    [
        (COMPANY, 99, [("pph23", 99, 1)]),  # 1.98 rounded down
        (COMPANY, 49, [("pph23", 49, 0)]),  # 0.98
        (COMPANY, 1, [("pph23", 1, 0)]),
        (PERSON, 1_000_039, [("pph21", 1_000_039, 25_000)]),  # 25,000.975
    ],
)
def test_every_tax_is_rounded_down_to_whole_rupiah(form: str, gross: int, found: list[Any]) -> None:
    assert lines(form, gross) == found


@pytest.mark.parametrize(
    ("gross", "found"),
    [
        # 11 % inside the gross: 990,990.99 rounded down, and the rest is the base
        (10_000_000, [("pph23", 9_009_010, 180_180), ("ppn", 9_009_010, 990_990)]),
        (2_000_001, [("pph23", 1_801_803, 36_036), ("ppn", 1_801_803, 198_198)]),
        (2_000_000, [("pph23", 1_801_802, 36_036)]),  # not collected, but the price holds it
        (1, [("pph23", 1, 0)]),
    ],
)
def test_ppn_is_collected_above_the_threshold_and_never_taxed_again(gross: int, found: list[Any]) -> None:
    assert lines(COMPANY, gross, pkp=True) == found
    assert all(base + sum(a for t, _, a in found if t == "ppn") == gross for t, base, _ in found if len(found) == 2)


def test_a_termin_is_not_small_because_it_is_a_part() -> None:
    assert [t for t, _, _ in lines(COMPANY, 1_500_000, pkp=True)] == ["pph23"]
    assert [t for t, _, _ in lines(COMPANY, 1_500_000, pkp=True, whole=3_000_000)] == ["pph23", "ppn"]


def test_who_is_no_pkp_pays_no_ppn() -> None:
    assert [t for t, _, _ in lines(COMPANY, 50_000_000)] == ["pph23"]


@pytest.mark.parametrize(
    ("on", "taxes"),
    [
        (dt.date(2019, 12, 31), []),
        (dt.date(2020, 1, 1), ["pph23", "ppn"]),  # the first threshold's day is later
        (dt.date(2022, 4, 30), ["pph23", "ppn"]),
        (dt.date(2022, 5, 1), ["pph23"]),
    ],
)
def test_the_rates_are_those_of_the_day(on: dt.date, taxes: list[str]) -> None:
    assert [t for t, _, _ in lines(COMPANY, 2_000_000, pkp=True, on=on)] == taxes


def test_a_later_row_takes_the_place_of_the_same_conditions_only() -> None:
    TaxRate.objects.create(tax="pph23", legal_form=COMPANY, basis_points=150, valid_from=TODAY, source="contoh")
    assert lines(COMPANY, 10_000_000) == [("pph23", 10_000_000, 150_000)]
    assert lines(COMPANY, 10_000_000, on=TODAY - dt.timedelta(days=1)) == [("pph23", 10_000_000, 200_000)]
    assert lines(COMPANY, 10_000_000, npwp="") == [("pph23", 10_000_000, 400_000)]
    assert lines("academic", 10_000_000) == [("pph23", 10_000_000, 200_000)]


def test_a_rate_of_nought_withholds_nothing() -> None:
    TaxRate.objects.create(
        tax="pph23", legal_form=COMPANY, work="consulting", basis_points=0, valid_from=TODAY, source="contoh"
    )
    assert lines(COMPANY, 10_000_000, work="consulting") == []
    assert lines(COMPANY, 10_000_000, work="technical") == [("pph23", 10_000_000, 200_000)]


@pytest.mark.parametrize(("whole", "amount"), [(5_000_000, 100_000), (5_000_001, 50_000)])
def test_a_row_from_a_value_on_bears_above_it_only(whole: int, amount: int) -> None:
    TaxRate.objects.create(
        tax="pph23", legal_form=COMPANY, above=5_000_000, basis_points=100, valid_from=TODAY, source="contoh"
    )
    assert lines(COMPANY, 5_000_000, whole=whole) == [("pph23", 5_000_000, amount)]


def test_the_same_conditions_stand_once_a_day_and_no_rate_is_above_all() -> None:
    values: dict[str, Any] = {"tax": "pph23", "legal_form": COMPANY, "valid_from": TODAY, "source": "contoh"}
    TaxRate.objects.create(**values, basis_points=100)
    for wrong in ({"basis_points": 200}, {"basis_points": 10_001, "work": "rent"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaxRate.objects.create(**values | wrong)


def test_its_words() -> None:
    assert str(TaxRate(tax="pph21", basis_points=250)) == "PPh Pasal 21 (2,5 %)"
    assert str(TaxRate(tax="pph42", basis_points=1000)) == "PPh Pasal 4 ayat (2) (10 %)"


def test_nobody_has_confirmed_the_rates_that_come_with_it() -> None:
    assert set(TaxRate.objects.values_list("is_example", flat=True)) == {True}
    assert all("contoh" in source for source in TaxRate.objects.values_list("source", flat=True))


# --- at the desk -------------------------------------------------------------------------------------
ADD, LIST = "admin:transactions_taxrate_add", "admin:transactions_taxrate_changelist"
TYPED = {
    "tax": "pph42", "legal_form": "", "has_npwp": "", "work": "construction", "above": "0", "basis_points": "175",
    "valid_from": "2027-01-01", "source": "PP 9/2022 Pasal 3", "is_example": "",
}  # fmt: skip


def test_the_ministry_adds_rates_and_nobody_else(market: Market) -> None:
    assert market.client("dpmd").get(reverse(ADD)).status_code == 403
    assert market.client("dpmd").post(reverse(ADD), TYPED).status_code == 403
    client = market.client("ministry")
    assert client.post(reverse(ADD), TYPED).status_code == 302
    row = TaxRate.objects.get(valid_from="2027-01-01")
    assert (row.basis_points, row.is_example, row.has_npwp) == (175, False, None)
    text = client.get(reverse(LIST)).content.decode()
    assert "PP 9/2022 Pasal 3" in text
    assert "Data contoh" in text


def test_a_rate_that_stands_is_neither_changed_nor_deleted(market: Market) -> None:
    row = TaxRate.objects.earliest("pk")
    client = market.client("ministry")
    for action in ("change", "delete"):
        url = reverse(f"admin:transactions_taxrate_{action}", args=[row.pk])
        assert client.post(url, TYPED | {"post": "yes"}).status_code == 403
    assert TaxRate.objects.get(pk=row.pk).basis_points == row.basis_points


def test_a_rate_in_the_past_is_refused(market: Market) -> None:
    page = market.client("ministry").post(reverse(ADD), TYPED | {"valid_from": "2020-06-01"})
    assert "valid_from" in page.context["adminform"].form.errors
