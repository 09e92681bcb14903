"""The provider's profile, a step at a time: who it is, who works for it, what it has done, where it serves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Provider
from core.formats import masked
from core.once import once
from core.workflow import TransitionRefused, Verdict
from regions.models import Area
from verification import checklist, fields_of_work, progress
from verification.forms import STEPS, ApplyForm, BeginForm
from verification.models import Application, portfolio, profile
from verification.models.application import BEFORE_POKJA
from verification.portfolio_forms import ENTRIES, EntryForm, ServeForm


class Place:
    """An address that stands for what was made, so that a second press lands there, too."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get_absolute_url(self) -> str:
        return self.url


@require_safe
def my_provider(request: HttpRequest) -> HttpResponse:
    """/penyedia-saya/: one's provider, or how to become one."""
    own = list(Provider.objects.of(request.user).order_by("name")[:20])
    if len(own) == 1:
        return redirect("my-provider-page", own[0].code)
    verdict = profile.may_begin(request.user)
    return render(request, "verification/provider_list.html", {"providers": own, "verdict": verdict})


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The first step of a profile, by which it comes into being."""
    if own := Provider.objects.of(request.user).first():
        return redirect("my-provider-page", own.code)
    form = BeginForm(request.POST if request.method == "POST" else None, user=request.user)
    refusal = profile.may_begin(request.user)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "legal_form", "area")}
        try:
            url, _ = once(form, lambda: begun(profile.begin(by=request.user, **fields)))
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            return redirect(url)
    context = {"form": form, "title": "Profil penyedia baru", "lead": form.lead, "submit": "Simpan dan lanjutkan",
               "cancel_url": reverse("my-provider"), "autosave": "penyedia-baru", **steps(None, "identitas")}  # fmt: skip
    if not refusal:
        return render(request, "verification/refused.html", {"reason": refusal.reason}, status=403)
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


def begun(provider: Provider) -> Place:
    """A new provider's first visit leads to its next step."""
    return Place(reverse("my-provider-step", args=[provider.code, "kontak"]))


@require_safe
def provider_page(request: HttpRequest, code: str) -> HttpResponse:
    """The profile, the applications, the listings; an application in preparation holds the list to work through."""
    provider = get_object_or_404(Provider.objects.of(request.user).select_related("area"), code=code)
    applications = list(provider.applications.select_related("regency", "provider"))
    context = {
        "provider": provider,
        "preparing": [row for row in applications if row.state in BEFORE_POKJA],
        "applications": [(row, *progress.status(row)) for row in applications],
        "checklist": checklist.of_profile(provider),
        "standings": provider.standings.running().with_status(),
    }
    return render(request, "verification/provider_page.html", context)


# --- where one came from, where one goes next ------------------------------------------------------------
def came_for(request: HttpRequest, provider: Provider) -> Application | None:
    """The application that is being prepared: the one named in the address, or the only one."""
    rows = list(provider.applications.filter(state__in=BEFORE_POKJA).order_by("-pk")[:10])
    named = [row for row in rows if row.code == request.GET.get("permohonan")]
    return named[0] if named else rows[0] if len(rows) == 1 else None


def home(request: HttpRequest, provider: Provider) -> str:
    """The page with the list."""
    application = came_for(request, provider)
    return application.get_absolute_url() if application else reverse("my-provider-page", args=[provider.code])


def onward(request: HttpRequest, provider: Provider, done: str) -> tuple[str, str]:
    """(address, title) of what is still empty after the step at `done`, else of the page with the list."""
    application = came_for(request, provider)
    back = f"?permohonan={application.code}" if application else ""
    items = checklist.of_profile(provider, back).items
    at = next((place for place, item in enumerate(items) if item.url.split("?")[0].startswith(done)), -1)
    following = next((item for item in items[at + 1 :] if item.tone == "warn"), None)
    if following:
        return following.url, following.title
    if not provider.applications.exists() and not any(item.lacks for item in items):
        return reverse("application-new", args=[provider.code]), "pilih kabupaten/kota"
    return home(request, provider), "daftar kelengkapan"


# --- the steps --------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One step of the profile; saving leads to the next that lacks something."""
    provider = get_object_or_404(Provider.objects.of(request.user).select_related("area"), code=code)
    if key not in STEPS:
        raise Http404
    kind = STEPS[key]
    is_identity = bool(kind.base_fields.keys() & set(profile.IDENTITY))
    guard = profile.may_change_identity if is_identity else profile.may_change
    verdict = guard(provider, request.user)
    form = kind(request.POST if request.method == "POST" else None, provider=provider)
    if request.method == "POST" and verdict and form.is_valid():
        try:
            profile.change(provider, by=request.user, **form.cleaned_data)
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            messages.success(request, f"{kind.title} tersimpan.")
            return redirect(onward(request, provider, reverse("my-provider-step", args=[code, key]))[0])
    context = {
        "provider": provider,
        "form": form,
        "verdict": verdict,
        "shown": [(form[name].label, shown(provider, name)) for name in form.fields],
        "title": kind.title,
        "lead": kind.lead,
        "kicker": provider.name,
        "submit": "Simpan dan lanjutkan",
        "cancel_url": home(request, provider),
        "autosave": f"penyedia-{provider.code}-{key}",
        **steps(provider, key),
    }
    status = 403 if request.method == "POST" and not verdict else 422 if form.errors else 200
    return render(request, "verification/provider_step.html", context, status=status)


def steps(provider: Provider | None, key: str) -> dict[str, Any]:
    """On the first way through, where one is: the steps of the profile, then experts and experience."""
    titles = {name: kind.title for name, kind in STEPS.items() if name != "tentang"}
    titles |= {name: form.heading for name, form in ENTRIES.items()}
    if key not in titles or (provider and provider.applications.exists()):
        return {}
    return {"step_labels": list(titles.values()), "step_now": list(titles).index(key) + 1}


def shown(provider: Provider, name: str) -> Any:
    """A field of the profile as a person reads it; personal numbers masked."""
    value = getattr(provider, name)
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if name in profile.SECRET:
        return masked(value)
    if name == "fields":
        return ", ".join(fields_of_work.labels(value))
    return getattr(provider, f"get_{name}_display", lambda: value)()


@require_http_methods(["GET", "HEAD", "POST"])
def serves(request: HttpRequest, code: str) -> HttpResponse:
    """The regencies that the provider serves: add one, take one out."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = ServeForm(request.POST if request.method == "POST" and "hapus" not in request.POST else None)
    here = request.get_full_path()
    if request.method == "POST" and "hapus" in request.POST:
        area = get_object_or_404(provider.serves, code=request.POST["hapus"])
        return acted(request, here, f"{area.name} dihapus.", lambda: portfolio.stop_serving(
            provider, by=request.user, area=area))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        added: Area = form.cleaned_data["area"]
        return acted(request, here, f"{added.name} ditambahkan.", lambda: portfolio.serve(
            provider, by=request.user, area=added))  # fmt: skip
    url, following = onward(request, provider, reverse("my-provider-serves", args=[code]))
    context = {
        "provider": provider,
        "areas": provider.serves.order_by("code"),
        "form": form,
        "verdict": profile.may_change(provider, request.user),
        "home": home(request, provider),
        "onward": url,
        "following": following,
    }
    return render(request, "verification/provider_serves.html", context, status=422 if form.errors else 200)


def acted(request: HttpRequest, url: str, said: str, act: Any) -> HttpResponse:
    """Do it, say so or why not, and go there."""
    try:
        act()
        messages.success(request, said)
    except TransitionRefused as refusal:
        messages.error(request, refusal.reason)
    return redirect(url)


# --- the portfolio ------------------------------------------------------------------------------------------
def kind_of(kind: str) -> type[EntryForm]:
    if kind not in ENTRIES:
        raise Http404
    return ENTRIES[kind]


def list_url(request: HttpRequest, provider: Provider, kind: str) -> str:
    """The list of a kind, with the way back to the application."""
    query = request.META.get("QUERY_STRING", "")
    return reverse("my-provider-entries", args=[provider.code, kind]) + (f"?{query}" if query else "")


@require_safe
def entries(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The experts, or the experience."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = kind_of(kind)
    url, following = onward(request, provider, reverse("my-provider-entries", args=[code, kind]))
    context = {
        "provider": provider,
        "kind": kind,
        "heading": form.heading,
        "adding": form.adding,
        "lead": form.lead,
        "entries": getattr(provider, form.related).filter(removed_at=None),
        "verdict": portfolio.may_add_to(provider, request.user),
        "home": home(request, provider),
        "onward": url,
        "following": following,
        "query": request.META.get("QUERY_STRING", ""),
    }
    return render(request, "verification/provider_entries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_new(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One more line."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = kind_of(kind)(request.POST if request.method == "POST" else None, provider=provider, user=request.user)
    verdict = portfolio.may_add_to(provider, request.user)
    if request.method == "POST" and verdict and form.is_valid():
        url = list_url(request, provider, kind)
        try:
            once(form, lambda: made(form, provider, request.user, url))
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            messages.success(request, f"{form.heading} tersimpan.")
            return redirect(url)
    return entry_page(request, provider, kind, form, verdict, form.adding)


def made(form: EntryForm, provider: Provider, user: Any, url: str) -> Place:
    portfolio.add(form.build(), by=user)
    return Place(url)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, code: str, kind: str, entry: str) -> HttpResponse:
    """Correct a line."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    row = get_object_or_404(getattr(provider, kind_of(kind).related), code=entry, removed_at=None)
    form = kind_of(kind)(
        request.POST if request.method == "POST" else None, provider=provider, entry=row, user=request.user
    )
    verdict = portfolio.may_edit(row, request.user)
    if request.method == "POST" and verdict and form.is_valid():
        try:
            portfolio.edit(row, by=request.user, **form.values())
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            messages.success(request, f"{form.heading} tersimpan.")
            return redirect(list_url(request, provider, kind))
    return entry_page(request, provider, kind, form, verdict, str(row))


def entry_page(
    request: HttpRequest, provider: Provider, kind: str, form: EntryForm, verdict: Verdict, title: str
) -> HttpResponse:
    """The form, or what it would hold and why it can't be changed now."""
    context = {
        "provider": provider,
        "form": form,
        "verdict": verdict,
        "shown": [(form[name].label, form.initial.get(name)) for name in form.base_fields],
        "title": title,
        "lead": form.lead,
        "kicker": form.heading,
        "submit": "Simpan",
        "cancel_url": list_url(request, provider, kind),
        "autosave": f"{kind}-{provider.code}-{title}",
        **(steps(provider, kind) if title == form.adding else {}),
    }
    status = 403 if request.method == "POST" and not verdict else 422 if form.errors else 200
    return render(request, "verification/provider_step.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_remove(request: HttpRequest, code: str, kind: str, entry: str) -> HttpResponse:
    """Ask once more, then take the line out."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = kind_of(kind)
    row = get_object_or_404(getattr(provider, form.related), code=entry, removed_at=None)
    back = list_url(request, provider, kind)
    if request.method == "POST":
        return acted(request, back, f"{row} dihapus.", lambda: portfolio.remove(row, by=request.user))
    verdict = portfolio.may_remove(row, request.user)
    if not verdict:
        return render(request, "verification/refused.html", {"reason": verdict.reason, "back": back}, status=403)
    context = {
        "title": f"Hapus {form.heading.lower()}?",
        "question": str(row),
        "consequence": "Dokumen tentang butir ini yang sudah Anda unggah ikut dicabut.",
        "submit": "Hapus",
        "tone": "danger",
        "cancel_url": back,
    }
    return render(request, "components/confirm.html", context)


# --- the application ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Open an application to a regency."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = ApplyForm(
        request.POST if request.method == "POST" else None, user=request.user, initial={"regency": provider.area_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            url, _ = once(form, lambda: opened(provider, form, request.user))
        except TransitionRefused as problem:
            form.add_error("regency", problem.reason)
        else:
            return redirect(url)
    context = {
        "provider": provider,
        "form": form,
        "listed": provider.standings.current().select_related("regency"),
        "title": "Ajukan verifikasi",
        "lead": "Pilih kabupaten/kota tempat Anda ingin terdaftar. Pokja di sana memeriksa dokumen Anda.",
        "kicker": provider.name,
        "submit": "Lanjutkan",
        "cancel_url": reverse("my-provider-page", args=[provider.code]),
    }
    return render(request, "verification/application_new.html", context, status=422 if form.errors else 200)


def opened(provider: Provider, form: ApplyForm, user: Any) -> Application:
    application = Application(provider=provider, regency=form.cleaned_data["regency"])
    application.apply(by=user)
    return application
