"""The areas of Indonesia for everyone: by level, by search, and the type-ahead's answers."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from core.clock import today
from core.formats import jumlah
from regions.forms import AreaSearchForm
from regions.models import Area, Kind, TitleKey

PAGE = 25
SUGGESTIONS = 8
# A search shows this much at most; whoever needs more adds the name of the kecamatan or kabupaten.
MOST_FOUND = 200


@login_not_required
@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    """All provinces, or what a search found."""
    form = AreaSearchForm(request.GET)
    if not form.is_valid():
        return render(request, "regions/area_list.html", {"form": form}, status=400)
    text = form.cleaned_data["q"]
    if not text:
        return render(request, "regions/area_list.html", {"areas": form.areas().provinces()})
    found = list(form.areas().search(text)[: MOST_FOUND + 1])
    page = Paginator(found[:MOST_FOUND], PAGE).get_page(request.GET.get("hal"))
    context = {"q": text, "page": page, "count": len(found), "more": len(found) > MOST_FOUND, "most": MOST_FOUND}
    return render(request, "regions/area_list.html", context)


@login_not_required
@require_safe
def area_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One area: what it is, where it lies, what lies in it."""
    area = get_object_or_404(Area, code=code)
    return render(
        request,
        "regions/area_detail.html",
        {
            "area": area,
            "crumbs": area.ancestors(),
            "children": area.children.in_force(today()).order_by("code"),
            "counts": _counts(area),
            "head": area.titles()[TitleKey.VILLAGE_HEAD if area.is_village else TitleKey.DISTRICT_HEAD],
        },
    )


def _counts(area: Area) -> list[tuple[str, str]]:
    """How many areas of each kind lie in this one, larger first; without those of its own level."""
    rows = Area.objects.within(area.code).exclude(code=area.code).order_by()
    numbers = dict(rows.values_list("kind").annotate(Count("code")))
    return [(kind.label, jumlah(numbers[kind])) for kind in Kind if kind in numbers]


@login_not_required
@require_safe
def area_search(request: HttpRequest) -> JsonResponse:
    """What a type-ahead shows: at most eight areas, a few hundred bytes, and the same answer for everyone."""
    form = AreaSearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"hasil": []}, status=400)
    text = form.cleaned_data["q"]
    areas = form.areas().suggest(text, limit=SUGGESTIONS) if len(text) > 1 else []
    response = JsonResponse(
        {
            "hasil": [
                {
                    "kode": area.code,
                    "nama": area.label,
                    "letak": area.ancestry,
                    "beli": area.may_buy,
                    "desa": area.is_village,
                }
                for area in areas
            ]
        }
    )
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=3600)
    return response
