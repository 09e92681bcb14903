"""The first pages: what this is, and what waits for you."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one screen, and a search."""
    return render(request, "home.html")


def todo(request: HttpRequest) -> HttpResponse:
    """Perlu tindakan: each document that waits for this person."""
    return render(request, "todo.html")
