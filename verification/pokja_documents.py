"""What is printed of the Pokja: its members by decree, and the register of ties. Frozen when issued."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Membership, Role
from accounts.models.membership import POKJA_ROLES
from core import documents
from core.clock import local_today
from core.models import PrintedDocument
from regions.models import Area
from verification.models import Declaration, Pokja, TieRegister


def letterhead(regency: Area, office: str) -> dict[str, Any]:
    return {"lines": ["PEMERINTAH " + regency.name.upper(), office], "address": regency.full_name}


def issue_pokja_list(pokja: Pokja, *, by: Any) -> PrintedDocument:
    """Susunan Pokja: who belongs to it, from which body, since when. Signed by the office that keeps the decree."""
    rank = ("chair", "secretary", "member")
    members = sorted(pokja.serving(), key=lambda one: (rank.index(one.position), one.pk))
    regency = pokja.regency
    snapshot = {
        "letterhead": letterhead(regency, "DINAS PMD"),
        "pokja": {
            "regency": regency.name,
            "decree_number": pokja.decree_number,
            "decree_date": pokja.decree_date,
            "starts_on": pokja.starts_on,
            "ends_on": pokja.ends_on,
            "standing": pokja.status_sentence,
        },
        "members": [
            {
                "name": str(one.user),
                "position": str(one.get_position_display()),
                "body": one.body,
                "title": one.title,
                "since": one.since,
            }
            for one in members
        ],
        "gone": [
            {"name": str(one.user), "position": str(one.get_position_display()), "left": one.left_on}
            for one in pokja.gone()
            if one.membership_id
        ],
        "watermark": "" if pokja.state in ("established", "dissolved") else "RANCANGAN",
        "place": regency.zone_name,
        "signatures": {
            "place": regency.short_name,
            "date": local_today(regency),
            "right": {"position": "Kepala Dinas PMD", "name": ""},
        },
    }
    key = documents.fingerprint(documents.freeze(snapshot))[:32]
    return documents.issue(
        kind="susunan-pokja",
        title="Susunan Pokja P2KTD",
        template="verification/print_pokja.html",
        snapshot=snapshot,
        holder=pokja,
        by=by,
        key=f"susunan-pokja:{pokja.pk}:{key}",
    )


def issue_tie_register(register: TieRegister, *, by: Any) -> PrintedDocument:
    """Register Benturan Kepentingan of a period: every word given in it, and every tie that held in it."""
    regency, since, until = register.regency, register.since, register.until
    ties = Declaration.objects.held_in(regency, since, until)
    none = Declaration.objects.of_period(regency, since, until).filter(tie=Declaration.Tie.NONE)
    counts = none.order_by("member__name").values_list("member__name").annotate(n=Count("pk"))
    end = until + datetime.timedelta(days=1)
    snapshot = {
        "letterhead": letterhead(regency, "POKJA P2KTD"),
        "since": since,
        "until": until,
        "regency": regency.name,
        "ties": [
            line_of(row, end, regency)
            for row in ties.select_related("member", "provider", "application", "declared_by")
        ],
        "none": [{"member": name, "count": count} for name, count in counts],
        "accounts": [
            {"member": str(held.user), "provider": str(held.provider), "since": held.starts_on, "until": held.ends_on}
            for held in ties_by_account(regency)
        ],
        "place": regency.zone_name,
        "signatures": {
            "place": regency.short_name,
            "date": local_today(regency),
            "right": {"position": "Ketua Pokja P2KTD", "name": ""},
        },
    }
    return documents.issue(
        kind="register-benturan",
        title="Register Benturan Kepentingan",
        template="verification/print_ties.html",
        snapshot=snapshot,
        holder=register,
        by=by,
        key=f"register-benturan:{register.pk}",
    )


def line_of(row: Declaration, end: datetime.date, place: Area) -> dict[str, Any]:
    """One tie as the register prints it; what happened after the period is not told."""
    over = row.ended_at is not None and row.ended_at.astimezone(place.tzinfo).date() < end
    return {
        "member": str(row.member),
        "provider": row.provider.name,
        "tie": str(row.get_tie_display()),
        "note": row.note,
        "where": f"Permohonan {row.application.code}" if row.application else "Register",
        "declared_at": row.declared_at,
        "declared_by": str(row.declared_by),
        "ended_at": row.ended_at if over else None,
        "end": (row.end_reason or "Diganti pernyataan berikutnya") if over else "",
    }


def ties_by_account(regency: Area) -> QuerySet[Membership]:
    """Members of the Pokja who work, or worked, for a provider by their own account: barred without a word."""
    seats = Membership.objects.current().holding(*POKJA_ROLES).at(regency.code).values("user")
    rows = Membership.objects.filter(role=Role.PROVIDER, user__in=seats)
    return rows.select_related("user", "provider").order_by("user__name", "provider__name")
