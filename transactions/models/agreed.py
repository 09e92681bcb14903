"""What a contract says, as it is frozen when it is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import Membership
from accounts.models.membership import Role

if TYPE_CHECKING:
    from transactions.models.contract import Contract


def as_agreed(contract: Contract, *, by: Any) -> dict[str, Any]:
    """Everything the SPK says: names, places, work, money (whole rupiah), dates."""
    need, offer = contract.sourcing.need, contract.quotation
    manager = contract.may_issue(by).membership
    heads = Membership.objects.current().at(contract.village_id).holding(Role.VILLAGE_HEAD).select_related("user")
    head = heads.first()
    return {
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
        "days": offer.days,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
    }
