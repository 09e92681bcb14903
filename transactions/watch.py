"""What an auditor would ask about a purchase, asked while it can still be answered.

A package that looks split, two bidders that look like one, a bidder tied to somebody in the village's office, a price
far above what others paid. None is forbidden here: each wants a reason, which stays in the event and in the file. What
was answered in the same words at an earlier step of the same sourcing is not asked again.

Providers are compared by the fingerprints of their numbers; no sentence tells a number, an address or a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.models import Membership, Provider, Role
from accounts.models.membership import VILLAGE_ROLES
from core.clock import local_today
from core.fields import blind_indexes
from core.formats import rupiah
from core.models import DatedSetting, Document
from core.workflow import Caution
from transactions import prices
from transactions.models.planning.need import Need
from transactions.models.rule import Method
from transactions.models.sourcing.quotation import Quotation
from transactions.models.sourcing.sourcing import Sourcing
from verification.models import Declaration
from verification.models.name_key import near

SPLIT, SAME_OWNER, TIED, DECLARED, DEAR = "split-package", "same-owner", "tied", "declared-tie", "dear"
PRICE_SETTING = "price-caution-percent"  # above the median; 25 where no setting says otherwise


def cautions(document: Document, verb: str) -> list[Caution]:
    """What is unusual about this step of a sourcing."""
    if not isinstance(document, Sourcing):
        return []
    found = list(_of(document, verb))
    if not found or document.pk is None:
        return found
    answered = {each["sentence"] for event in document.events() for each in event.data.get("cautions", [])}
    return [each for each in found if each.sentence not in answered]


def _of(sourcing: Sourcing, verb: str) -> Iterator[Caution]:
    match verb:
        case "create":
            yield from split(sourcing)
        case "announce":
            yield from split(sourcing)
            yield from dear_estimate(sourcing)
            invited = _providers(invitations__sourcing=sourcing)
            yield from same_owner(invited)
            yield from tied(sourcing, invited)
        case "evaluate" | "award":
            bidders = _providers(
                quotations__in=Quotation.objects.filter(sourcing=sourcing, state__in=["sealed", "qualified"])
            )
            yield from same_owner(bidders)
            yield from tied(sourcing, bidders)


def _providers(**asked: Any) -> list[Provider]:
    return list(Provider.objects.filter(**asked).distinct().order_by("name", "pk"))


# --- a package that looks split -------------------------------------------------------------------------------
def split(sourcing: Sourcing) -> Iterator[Caution]:
    """With the village's other packages of the same activity or category and fiscal year it passes its method's limit.

    Whole rupiah, by the estimates (HPS) of packages that did not fail. A tender has no limit to get below.
    """
    need, rule = sourcing.need, sourcing.rule
    limit = {Method.DIRECT: rule.direct_limit, Method.QUOTATION: rule.quotation_limit}.get(Method(sourcing.method))
    if limit is None:
        return
    alike = Q(need__category=need.category_id)
    if need.activity_id:
        alike |= Q(need__activity=need.activity_id)
    rows = Sourcing.objects.filter(alike, need__village=need.village_id, need__fiscal_year=need.fiscal_year)
    others = rows.exclude(state="failed").exclude(need=need).aggregate(n=Count("pk"), total=Sum("hps", default=0))
    together = others["total"] + sourcing.hps
    if others["n"] and together > limit:
        label = Method(sourcing.method).label
        yield Caution(
            SPLIT,
            f"Desa ini sudah mengadakan {others['n']} paket lain dari kegiatan atau kategori yang sama pada tahun "
            f"anggaran {need.fiscal_year}. Bersama paket ini jumlahnya {rupiah(together)}, di atas batas {label} "
            f"{rupiah(limit)} ({rule.basis}). Paket tidak boleh dipecah untuk menghindari batas itu.",
        )


# --- two bidders that look like one -----------------------------------------------------------------------------
NUMBERS = (
    ("nik", "nik_index", "nik", "penanggung jawab"),
    ("npwp", "npwp_index", "npwp", "NPWP"),
    ("account_number", "account_index", "account", "nomor rekening"),
)


def same_owner(bidders: Iterable[Provider]) -> Iterator[Caution]:
    """Each two with something in common that two owners would not share."""
    bidders = list(bidders)
    served = served_by(bidders)
    for one, other in combinations(bidders, 2):
        shared = in_common(one, other)
        if served.get(one.pk, set()) & served.get(other.pk, set()):
            shared.append("akun pengguna")
        if shared:
            yield Caution(
                f"{SAME_OWNER}-{one.code}-{other.code}",
                f"{one.name} dan {other.name} mempunyai {_listed(shared)} yang sama, jadi mungkin milik orang yang "
                "sama. Dua penawaran dari satu pemilik bukan persaingan.",
            )


def served_by(bidders: list[Provider]) -> dict[int, set[int]]:
    """Who works or ever worked for each of them, by keys."""
    rows = Membership.objects.filter(role=Role.PROVIDER, provider__in=bidders) if len(bidders) > 1 else ()
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.provider_id, set()).add(row.user_id)  # type: ignore[arg-type]
    return found


def in_common(one: Provider, other: Provider) -> list[str]:
    """What the two share, in words that tell no value."""
    found = [
        label
        for name, index, purpose, label in NUMBERS
        if getattr(one, name) and getattr(other, index) in blind_indexes(getattr(one, name), purpose)
    ]
    if "penanggung jawab" not in found and near(one.person_in_charge, other.person_in_charge):
        found.append("nama penanggung jawab")
    if _digits(one.phone) and _digits(one.phone) == _digits(other.phone):
        found.append("telepon")
    if one.email.casefold() == other.email.casefold():
        found.append("email")
    if _plain(one.address) and _plain(one.address) == _plain(other.address):
        found.append("alamat")
    return found


def _digits(phone: str) -> str:
    """A number however it was written: +62 812…, 0812-…; empty for what is too short to tell one from another."""
    digits = re.sub(r"\D", "", phone)
    digits = "0" + digits[2:] if digits.startswith("62") else digits
    return digits if len(digits) >= 6 else ""


def _plain(address: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", re.sub(r"\b(jalan|jln|jl|nomor|no)\b", "", address.casefold()))
    return letters if len(letters) >= 6 else ""


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} dan {words[-1]}"


# --- ties with the village's office -----------------------------------------------------------------------------
def tied(sourcing: Sourcing, bidders: Iterable[Provider]) -> Iterator[Caution]:
    """A bidder for which somebody in the village's office works or worked, or to which one declared a tie.

    The office is named, not the person nor the kind of tie.
    """
    asked = {provider.pk: provider for provider in bidders}
    holders = Membership.objects.current().at(sourcing.need.village_id).holding(*VILLAGE_ROLES)
    offices: dict[int, set[str]] = {}
    for user, role in holders.values_list("user_id", "role"):
        offices.setdefault(user, set()).add(str(Role(role).label))
    works = Membership.objects.filter(user__in=offices, role=Role.PROVIDER, provider__in=asked)
    declared = Declaration.objects.tied().filter(member__in=offices, provider__in=asked)
    found = {*works.values_list("provider_id", "user_id"), *declared.values_list("provider_id", "member_id")}
    for provider in asked.values():
        said = sorted({office for pk, user in found if pk == provider.pk for office in offices[user]})
        if said:
            yield Caution(
                f"{TIED}-{provider.code}",
                f"Tercatat hubungan antara pemegang jabatan desa ini ({_listed(said)}) dan {provider.name}.",
            )


def declared_tie(provider: Provider, words: str) -> Caution:
    """Whoever awards said that somebody of the village is tied to the winner."""
    return Caution(
        DECLARED,
        f"Anda menyatakan ada hubungan antara {provider.name} dan pejabat desa ini: {words.rstrip('.')}. "
        "Tuliskan mengapa penetapan tetap dilanjutkan.",
    )


# --- a price far above what others paid ---------------------------------------------------------------------------
def dear_estimate(sourcing: Sourcing) -> Iterator[Caution]:
    """The estimate (HPS) for one unit against the median in the regency or province."""
    yield from _dear(sourcing, sourcing.hps, "HPS")


def of_winner(sourcing: Sourcing, quotation: Quotation, declared: str) -> list[Caution]:
    """What only the choice of the winner tells: its price, and ties that were declared with the award."""
    found = list(_dear(sourcing, quotation.final_price, f"Harga {quotation.provider.name}", quotation.provider_id))
    return [*found, declared_tie(quotation.provider, declared)] if declared.strip() else found


def _dear(sourcing: Sourcing, amount: int, what: str, provider: int | None = None) -> Iterator[Caution]:
    """`amount` for the whole package is divided by the need's volume, rounded half up to whole rupiah."""
    need = sourcing.need
    unit = prices.unit_said(need.unit)
    invitations = sourcing.invitations.select_related("service")
    if provider is not None:
        invitations = invitations.filter(provider=provider)
    services = [each.service for each in invitations if each.service.unit == unit]
    if unit is None or not services:
        return
    reference = prices.reference(need.village_id, category=services[0].category_id, kind=services[0].kind, unit=unit)
    price = (2 * amount + need.volume) // (2 * need.volume)
    if reference is None or reference.compared_with(price) <= _most_percent(need):
        return
    yield Caution(
        DEAR,
        f"{what} {rupiah(price)} per {need.unit}, {reference.compared_with(price)} % di atas median "
        f"{rupiah(reference.median)} dari {reference.n} kontrak di {reference.area.label}.",
    )


def _most_percent(need: Need) -> int:
    try:
        return int(DatedSetting.objects.in_force(PRICE_SETTING, on=local_today(need.village)))
    except LookupError:
        return 25
