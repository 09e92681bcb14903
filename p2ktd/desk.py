"""The admin's frame: what stands in its sidebar and on its first page, gathered from the apps."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from accounts.admin_site import site
from accounts.models import Membership, VillageAccess
from catalog.models import Category, ServiceReview, Synonym
from core.formats import lamanya
from core.models import PersonalView
from regions.models import Area, AreaTitle, Neighbour
from transactions.models import ProcurementRule
from verification.desk_queue import reason_to_be_here
from verification.models import (
    Application,
    Declaration,
    DocumentRequirement,
    Plenary,
    Pokja,
    Reminder,
    Sanction,
    Standing,
    VerificationRule,
)

SHOWN = 10  # of what waits, on the first page


def style(request: HttpRequest) -> str:
    """Our own sheet beside the theme's."""
    return static("css/desk.css")


def script(request: HttpRequest) -> str:
    """What the desk does in the browser; everything works without."""
    return static("js/desk.js")


# Group, then rows of: model, name, icon, whether its queue is counted.
GROUPS: tuple[tuple[str, tuple[tuple[type[Model], str, str, bool], ...]], ...] = (
    (
        "Penyedia",
        (
            (Application, "Antrean permohonan", "inbox", True),
            (Plenary, "Rapat pleno", "how_to_vote", True),
            (Standing, "Direktori penyedia", "list_alt", False),
            (Sanction, "Sanksi penyedia", "report", True),
            (ServiceReview, "Pemeriksaan layanan", "rate_review", True),
            (Reminder, "Pengingat", "notifications", False),
        ),
    ),
    (
        "Pokja",
        (
            (Pokja, "Pokja P2KTD", "groups", True),
            (Declaration, "Benturan kepentingan", "balance", False),
            (VerificationRule, "Aturan verifikasi", "rule", False),
            (DocumentRequirement, "Syarat dokumen", "fact_check", False),
        ),
    ),
    (
        "Desa",
        (
            (VillageAccess, "Permohonan akses desa", "how_to_reg", True),
            (Membership, "Keanggotaan", "badge", False),
            (ProcurementRule, "Aturan pengadaan", "gavel", False),
        ),
    ),
    (
        "Katalog",
        (
            (Category, "Kategori layanan", "category", False),
            (Synonym, "Sinonim pencarian", "spellcheck", False),
        ),
    ),
    ("Pengawasan", ((PersonalView, "Catatan akses data pribadi", "visibility", False),)),
    (
        "Wilayah",
        (
            (Area, "Wilayah", "map", False),
            (AreaTitle, "Sebutan setempat", "translate", False),
            (Neighbour, "Kabupaten/kota tetangga", "near_me", False),
        ),
    ),
)


def desk_of(model: type[Model], request: HttpRequest) -> ModelAdmin | None:
    """The model's desk, if it has one and this person may sit there."""
    found = site._registry.get(model)
    return found if found is not None and found.has_module_permission(request) else None


def address(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar: the queues first, with how much waits for this person."""
    groups = []
    for title, rows in GROUPS:
        items = []
        for model, name, icon, counted in rows:
            if desk_of(model, request) is None:
                continue
            item = {"title": name, "icon": icon, "link": address(model)}
            waiting = model._default_manager.waiting_for(request.user).count() if counted else 0  # type: ignore[attr-defined]
            if waiting:
                item["badge"] = waiting
            items.append(item)
        if items:
            groups.append({"title": title, "items": items})
    groups.append(
        {"title": "Situs", "items": [{"title": "Perlu tindakan", "icon": "task_alt", "link": reverse("todo")}]}
    )
    return groups


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What waits for this person, the longest first."""
    queues = []
    if desk_of(Application, request):
        rows = Application.objects.waiting_for(request.user).order_by("state_since")
        queues.append(
            {
                "title": "Permohonan penyedia",
                "url": address(Application),
                "count": rows.count(),
                "rows": [
                    {
                        "name": row.provider.name,
                        "url": reverse("admin:verification_application_change", args=[row.code]),
                        "why": reason_to_be_here(row),
                        "since": lamanya(row.state_since),
                    }
                    for row in rows.select_related("provider")[:SHOWN]
                ],
            }
        )
    sittings = Plenary.objects.waiting_for(request.user).order_by("state_since")
    if desk_of(Plenary, request) and sittings:
        queues.append(
            {
                "title": "Rapat pleno",
                "url": address(Plenary),
                "count": len(sittings),
                "rows": [
                    {
                        "name": row.title,
                        "url": row.get_absolute_url(),
                        "why": row.status_sentence,
                        "since": lamanya(row.state_since),
                    }
                    for row in sittings[:SHOWN]
                ],
            }
        )
    if desk_of(VillageAccess, request):
        requests = VillageAccess.objects.waiting_for(request.user).order_by("state_since")
        queues.append(
            {
                "title": "Permohonan akses desa",
                "url": address(VillageAccess),
                "count": requests.count(),
                "rows": [
                    {
                        "name": f"{row.user}, {row.village.label}",
                        "url": row.get_absolute_url(),
                        "why": row.get_role_display(),
                        "since": lamanya(row.state_since),
                    }
                    for row in requests.select_related("user", "village")[:SHOWN]
                ],
            }
        )
    return context | {"queues": queues}
