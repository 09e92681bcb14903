"""The catalogue for everyone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import people
from accounts.models import Role
from accounts.models.membership import VILLAGE_ROLES
from catalog import directory, extras, search, service_page
from catalog.interest import counted
from catalog.lists.cards import Card, hold_back_photos
from catalog.lists.paging import KeyPage, count_of, is_beyond, page_of
from catalog.lists.provider import ProviderFilter
from catalog.lists.service import ServiceFilter, asked_by
from catalog.models import Service
from catalog.models.rating import min_count
from catalog.search import near
from core.kept import kept, numbers
from regions import codes

# As many as one page shows of a provider; the rest is a search away.
SHOWN_OF_PROVIDER = 24


def _home(request: HttpRequest) -> str:
    """The regency of the village that this person works for; empty for everybody else."""
    places = (each.area_id or "" for each in people.memberships(request.user) if each.role in VILLAGE_ROLES)
    return next((code[: codes.LENGTHS[1]] for code in places if len(code) >= codes.LENGTHS[1]), "")


def _help(asked: ServiceFilter, page: KeyPage, beyond: bool) -> near.Help | None:
    """For words that found little or nothing; what found nothing is counted, for nobody in particular."""
    if not asked.words or beyond or len(page.rows) >= search.FEW:
        return None
    if not page.rows:
        near.note_missed(asked.search, asked.asked("wilayah"))
    return near.Help(asked.search, asked.asked("wilayah"))


# --- for everyone -------------------------------------------------------------------------------------
@login_not_required
@require_safe
@kept("catalogue")
def service_list(request: HttpRequest) -> HttpResponse:
    """What villages can order, by words, filters and sort; the address is the whole state."""
    asked = asked_by(request)
    page = asked.page(request.GET)
    if not page.rows and asked.search.settle(asked.qs, beyond=is_beyond(request.GET)):
        page = asked.page(request.GET)
    counts = asked.counts(numbers(request)["catalogue"])
    asked.search.mark(page.rows)
    context = {
        "help": _help(asked, page, is_beyond(request.GET)),
        "asked": asked,
        "form": asked.form,
        "page": page,
        "cards": hold_back_photos(page.rows),
        "count": asked.count_of(counts, page),
        "panel": asked.panel(counts, request.path),
        "least": asked.frame.least,
        "area": asked.asked("wilayah"),
        "home": _home(request),
    }
    return render(request, "catalog/service_list.html", context)


@login_not_required
@require_safe
@counted
@kept("catalogue")
def service_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What the village gets, for which price, from whom; for its provider also what can be done with it."""
    service = get_object_or_404(service_page.services(request.user), code=code)
    content = service_page.content(service)
    standings = service_page.standings(service)
    questions, more_questions = service_page.first_questions(service)
    place = service_page.place_of(request.user, service, content["areas"])
    context = {
        "service": service,
        "content": content,
        "standings": standings,
        "is_open": service.state == "published" and bool(standings),
        "least": service.least,
        "prices": service_page.price_history(service),
        "questions": questions,
        "more_questions": more_questions,
        "similar": service_page.similar(service, place),
        "price_blocks": extras.price_blocks(request, service),
        "blocks": extras.service_blocks(request, service),
    }
    if people.acting(request.user, Role.PROVIDER, provider=service.provider_id):
        context["is_own"] = True
        context["returned"] = service.returned_review()
        context["hindrance"] = "" if service.state == "published" else service.may_publish(request.user).reason
    return render(request, "catalog/service_detail.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def provider_list(request: HttpRequest) -> HttpResponse:
    """The directory: who may be asked, and where."""
    asked = ProviderFilter(request.GET, queryset=directory.listed(), request=request)
    page = page_of(asked.qs, request.GET, asked.sort)
    for provider, known in directory.with_portfolios(page.rows):
        provider.portfolio = known
    area = asked.asked("wilayah")
    context = {
        "asked": asked,
        "form": asked.form,
        "page": page,
        "count": count_of(asked.qs, page),
        "least": min_count(),
        "area": area,
        "regency": area if area and area.regency_code else None,
        "csv_url": f"{reverse('directory-csv')}{asked.address('urut')}",
    }
    return render(request, "catalog/provider_list.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def provider_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Who this is, where it is listed and until when, what it offers. Never a NIK, a home or an account number."""
    provider = get_object_or_404(directory.visible_to(request.user), code=code)
    services = Service.objects.visible_to(request.user).filter(provider=provider, state="published").for_cards()
    portfolio = directory.portfolios([provider])[provider.pk]
    context = {
        "provider": provider,
        "portfolio": portfolio,
        "may_print_card": bool(directory.card_standings(provider, request.user)),
        "cards": hold_back_photos(list(map(Card.of, services.order_by("-published_at")[:SHOWN_OF_PROVIDER]))),
        "areas": portfolio.areas,
        "is_own": people.acting(request.user, Role.PROVIDER, provider=provider.pk) is not None,
        "least": min_count(),
        "blocks": extras.provider_blocks(request, provider),
    }
    return render(request, "catalog/provider_detail.html", context)
