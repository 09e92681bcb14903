"""What a contract says, as it is frozen when it is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import Membership
from accounts.models.membership import Role
from core.formats import masked
from transactions import tax
from transactions.models.contract.conditions import Conditions, FineBase
from transactions.models.contract.termin import shares
from transactions.models.planning.activity import plain_number

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract


def as_agreed(contract: Contract, agreed: Conditions, *, by: Any) -> dict[str, Any]:
    """Everything the contract says: names, places, work, items, money (whole rupiah), dates, conditions.

    No personal number stands here in full: of account and NPWP the last four characters. The numbers themselves are
    encrypted columns of the contract, and papers fetch them from there when they are rendered.
    """
    need, offer = contract.sourcing.need, contract.quotation
    manager = contract.may_issue(by).membership
    heads = Membership.objects.current().at(contract.village_id).holding(Role.VILLAGE_HEAD).select_related("user")
    head = heads.first()
    return {
        "kind": contract.kind,
        "kind_label": contract.get_kind_display(),
        "number": contract.number,
        "signed_on": contract.signed_on,
        "village": {
            "code": contract.village_id,
            "name": contract.village.label,
            "full_name": contract.village.full_name,
            "head": head.user.name if head else "",
            "head_position": (head.position or head.get_role_display()) if head else "",
        },
        "manager": {"name": by.name, "position": manager.position or manager.get_role_display()},
        "provider": {
            "code": contract.provider.code,
            "name": contract.provider.name,
            "legal_form": contract.provider.get_legal_form_display(),
            "address": contract.provider.address,
            "person": contract.provider.person_in_charge,
            "position": contract.provider.position,
            "bank": contract.provider.bank,
            "account_holder": contract.provider.account_holder,
            "account_ends": contract.provider.account_number[-4:],
            "npwp_ends": contract.provider.npwp[-4:],
            "nik": masked(contract.provider.nik),
        },
        "work": {
            "title": need.title,
            "scope": contract.sourcing.scope,
            "approach": offer.approach,
            "volume": need.volume,
            "unit": need.unit,
            "method": contract.sourcing.get_method_display(),
            "rule": contract.sourcing.rule.basis,
        },
        "money": {
            "value": contract.value,
            "offered": offer.price,
            "hps": contract.sourcing.hps,
            "funding": need.get_funding_display(),
            "fiscal_year": need.fiscal_year,
            "activity_code": need.activity_code,
        },
        "lines": lines_of(contract),
        "termins": termins_of(contract.value, agreed),
        "fine": fine_terms(contract, agreed),
        "conditions": agreed.said(),
        "days": offer.days,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
    }


def lines_of(contract: Contract) -> list[dict[str, Any]]:
    """What is bought, line by line, at the agreed prices; they make the contract's value."""
    return [
        {
            "name": line.name,
            "specification": line.specification,
            "volume": plain_number(line.volume),
            "unit": line.unit,
            "unit_price": line.unit_price,
            "amount": line.amount,
        }
        for line in contract.quotation.lines()
    ]


def termins_of(value: int, agreed: Conditions) -> list[dict[str, Any]]:
    """The plan of payment with each termin's amount in whole rupiah."""
    amounts = shares(value, [percent for percent, _ in agreed.termins])
    return [
        {"number": number, "percent": percent, "condition": condition, "amount": amount}
        for number, ((percent, condition), amount) in enumerate(zip(agreed.termins, amounts, strict=True), 1)
    ]


def fine_terms(contract: Contract, agreed: Conditions) -> dict[str, Any]:
    """The fine for each late day, by the rule that the sourcing began under; the base leaves PPN out."""
    rule = contract.sourcing.rule
    return {
        "permille": rule.fine_permille or 0,
        "cap_percent": rule.fine_cap_percent,
        "base": str(agreed.fine_base),
        "base_label": FineBase(agreed.fine_base).label,
        "vat_basis_points": tax.vat_within(contract.provider, contract.value, on=contract.signed_on),
    }
