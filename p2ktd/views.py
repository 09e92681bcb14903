"""The first pages: what this is, and what waits for you."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.onboarding import next_step
from catalog import front
from core.kept import kept
from p2ktd.todo import PAGE, Kind, Waiting, in_other_hands, kinds


@login_not_required
@kept("catalogue")
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one screen, and a search."""
    return render(request, "home.html", front.front_page(request))


def todo(request: HttpRequest) -> HttpResponse:
    """Perlu tindakan: each document that waits for this person."""
    found = kinds(request.user)
    form = KindForm(request.GET, kinds=found)
    chosen = [kind for kind in found if kind.key == form.chosen]
    context: dict[str, Any] = {
        "page": Paginator(Waiting(chosen or found), PAGE).get_page(request.GET.get("hal")),
        "form": form if chosen or (len(found) > 1 and Waiting(found).count() > PAGE) else None,
        "filter_count": len(chosen),
        "next_step": next_step(request.user),
        "in_other_hands": in_other_hands(request.user),
    }
    return render(request, "todo.html", context)


class KindForm(forms.Form):
    """Of many that wait, one kind."""

    jenis = forms.ChoiceField(label="Yang menunggu", required=False)

    def __init__(self, *args: Any, kinds: list[Kind], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["jenis"].choices = [("", "Semua"), *((kind.key, f"{kind.name} ({kind.count})") for kind in kinds)]

    @property
    def chosen(self) -> str:
        """The kind's key; empty for all, and for what is none."""
        return str(self.cleaned_data.get("jenis", "")) if self.is_valid() else ""
