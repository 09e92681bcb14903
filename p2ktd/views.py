"""The first pages: what this is, and what waits for you."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.onboarding import next_step
from catalog import front
from core.kept import kept
from p2ktd.todo import in_other_hands, tasks


@login_not_required
@kept("catalogue")
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one screen, and a search."""
    return render(request, "home.html", front.front_page(request))


def todo(request: HttpRequest) -> HttpResponse:
    """Perlu tindakan: each document that waits for this person."""
    context = {
        "tasks": tasks(request.user),
        "next_step": next_step(request.user),
        "in_other_hands": in_other_hands(request.user),
    }
    return render(request, "todo.html", context)
