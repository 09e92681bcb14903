"""People and memberships at the desk of the regency's office and the ministry.

A membership is given and ended, never changed or deleted; every form and list knows only one's own territory.
"""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts import people, personal_log
from accounts.admin_site import ScopedAdmin, site
from accounts.forms import PersonalLogForm
from accounts.models import Membership, Role, User
from accounts.models.membership import APPOINTED_BY, LEVEL_OF_ROLE
from core.clock import today
from core.models import PersonalView
from core.workflow import TransitionRefused
from regions.models import Area, Level
from regions.scope import NATION


def appointable(user: Any) -> list[Role]:
    """The roles this person may give, somewhere."""
    return [Role(role) for role, giver in APPOINTED_BY.items() if people.holds(user, giver)]


class AppointForm(forms.ModelForm):
    """Who, which role, where, on which basis. What is out of scope is neither offered nor accepted."""

    request: HttpRequest  # set on the class that get_form makes

    email = forms.EmailField(
        label="Email pengguna",
        help_text="Orang itu mendaftar sendiri lebih dahulu di halaman Daftar dan mengonfirmasi emailnya.",
        widget=UnfoldAdminTextInputWidget,
    )
    area = forms.CharField(
        label="Kode wilayah",
        required=False,
        max_length=13,
        widget=UnfoldAdminTextInputWidget,
        help_text="Kode Kemendagri: kabupaten 52.02, kecamatan 52.02.04, desa 52.02.04.2001. "
        "Kosongkan untuk Kementerian.",
    )

    class Meta:
        model = Membership
        fields = ("role", "position", "basis", "starts_on", "ends_on")
        widgets = {
            "role": UnfoldAdminSelectWidget,
            "position": UnfoldAdminTextInputWidget,
            "basis": UnfoldAdminTextInputWidget,
            "starts_on": UnfoldAdminDateWidget,
            "ends_on": UnfoldAdminDateWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Pilih peran"), *((r.value, r.label) for r in self._roles)]
        self.fields["basis"].required = True
        areas = self._few_areas()
        if areas is not None:
            self.fields["area"] = forms.ChoiceField(
                label="Wilayah",
                required=False,
                choices=[("", "Pilih wilayah"), *areas],
                widget=UnfoldAdminSelectWidget,
                help_text="TAPM: kabupaten/kota. PD dan kecamatan: kecamatan. PLD: satu baris untuk tiap desa. "
                "Anggota Pokja: melalui keputusan Pokja.",
            )
        self.order_fields(["email", "role", "area", "position", "basis", "starts_on", "ends_on"])

    @property
    def _roles(self) -> list[Role]:
        return appointable(self.request.user)

    def _territories(self) -> list[str]:
        givers = {APPOINTED_BY[role] for role in self._roles}
        return people.territories(self.request.user, *givers)

    def _few_areas(self) -> list[tuple[str, Any]] | None:
        """A regency's areas fit one list, by kecamatan; the nation's do not."""
        territories = self._territories()
        if not territories or NATION in territories:
            return None
        levels = {LEVEL_OF_ROLE[role] for role in self._roles}
        groups: dict[str, list[tuple[str, str]]] = {}
        for area in Area.objects.within(territories).filter(level__in=levels).order_by("code"):
            group = area.ancestry.split(", ")[0] if area.level == Level.VILLAGE else str(Level(area.level).label)
            groups.setdefault(group, []).append((area.code, f"{area.label} ({area.code})"))
        return list(groups.items())

    def clean_email(self) -> User:
        """Only confirmed accounts; the same sentence for all others."""
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True)
        user = found.filter(emailaddress__verified=True).first()
        if user is None:
            raise ValidationError("Belum ada akun terkonfirmasi dengan email ini.")
        return user

    def clean_area(self) -> Area | None:
        code = self.cleaned_data["area"]
        if not code:
            return None
        area = Area.objects.within(self._territories()).filter(code=code).first()
        if area is None:
            raise ValidationError("Wilayah itu tidak ada, atau di luar wilayah Anda.")
        return area

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.instance.user = data.get("email") or (self.instance.user_id and self.instance.user)
        self.instance.area = data.get("area")
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if ends and starts and ends < max(starts, today()):
            self.add_error("ends_on", "Hari terakhir tidak boleh sebelum hari pertama atau hari ini.")
        if not self.errors:
            self.instance.role = data["role"]
            verdict = self.instance.may_appoint(self.request.user)
            if not verdict:
                raise ValidationError(verdict.reason)
        return data


class CurrentFilter(admin.SimpleListFilter):
    title = "keberlakuan"
    parameter_name = "berlaku"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ya", "Berlaku hari ini"), ("tidak", "Sudah berakhir")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "ya":
            return queryset.current()  # type: ignore[attr-defined]
        return queryset.filter(ends_on__lt=today()) if self.value() == "tidak" else queryset


class MembershipAdmin(ScopedAdmin):
    list_display = ("person", "role", "area", "starts_on", "ends_on", "standing")
    list_filter = (CurrentFilter, "role")
    list_select_related = ("user", "area", "provider")
    search_fields = ("user__name", "user__email", "area__name", "position")
    search_help_text = "Nama, email, wilayah, atau jabatan"
    ordering = ("-id",)
    fields = (
        "person",
        "role",
        "area",
        "provider",
        "position",
        "basis",
        "starts_on",
        "ends_on",
        "standing",
        "acts",
        "ending",
    )
    readonly_fields = fields

    # --- who -----------------------------------------------------------------------------------------
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, Role.REGENCY_OFFICE, Role.MINISTRY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(appointable(request.user))

    # --- giving ---------------------------------------------------------------------------------------
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("AppointFormOf", (AppointForm,), {"request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return [(None, {"fields": self.fields})]
        names = ("email", "role", "area", "position", "basis", "starts_on", "ends_on")
        return [("Peran baru", {"fields": names, "description": "Yang diangkat mendapat pemberitahuan."})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """The one way a role is given: through the verb, which asks again and writes the event."""
        if change:
            raise PermissionDenied
        obj.appoint(by=request.user)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except TransitionRefused as refusal:
            self.message_user(request, refusal.reason, messages.ERROR)
            return redirect(request.get_full_path())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": today()}

    # --- showing --------------------------------------------------------------------------------------
    @display(description="Orang", ordering="user__name")
    def person(self, obj: Membership) -> str:
        return f"{obj.user.name} ({obj.user.email})"

    @display(
        description="Keberlakuan", label={"Berlaku": "success", "Sudah berakhir": "info", "Belum mulai": "warning"}
    )
    def standing(self, obj: Membership) -> str:
        return {"current": "Berlaku", "ended": "Sudah berakhir", "future": "Belum mulai"}[obj.state]

    @display(description="Catatan")
    def acts(self, obj: Membership) -> str:
        rows = ((e.verb_label, f"{e.at:%d/%m/%Y %H:%M} UTC", e.actor_name, e.role_label, e.note) for e in obj.events())
        return format_html_join("", "<p>{}: {} oleh {} ({}). {}</p>", rows) or "Belum ada catatan"

    @display(description="Mengakhiri")
    def ending(self, obj: Membership) -> str:
        if obj.state == "ended":
            return "Sudah berakhir"
        return format_html('<a href="{}">Akhiri peran ini…</a>', reverse("membership-end", args=[obj.code]))


class UserAdmin(ScopedAdmin):
    """To look people up. Nothing is changed here; no password is shown or set."""

    list_display = ("name", "email", "side", "date_joined", "last_login", "is_active")
    list_filter = ("side", "is_active")
    search_fields = ("name", "email")
    search_help_text = "Nama atau email"
    ordering = ("name", "id")
    fields = ("name", "email", "side", "is_active", "date_joined", "last_login", "roles")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, Role.REGENCY_OFFICE, Role.MINISTRY)

    @display(description="Peran")
    def roles(self, obj: User) -> str:
        rows = (
            (m.title, f"{m.starts_on:%d/%m/%Y}") for m in obj.memberships.current().select_related("area", "provider")
        )
        return format_html_join("", "<p>{} sejak {}</p>", rows) or "Belum ada"


class PersonalLogAdmin(ScopedAdmin):
    """Catatan akses data pribadi: numbers shown and files opened, in one list. Nothing else can be done with it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *personal_log.READERS)

    def get_urls(self) -> list[URLPattern]:
        """One list; a row has no page of its own."""
        return [path("", self.admin_site.admin_view(self.changelist_view), name="core_personalview_changelist")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = {name: value for name, value in request.GET.items() if name in PersonalLogForm.base_fields}
        begin = today() - datetime.timedelta(days=30)
        form = PersonalLogForm(asked if asked else {"sejak": begin.isoformat()})
        page = None
        if form.is_valid():
            data = form.cleaned_data
            rows = personal_log.log(
                request.user,
                person=data["orang"],
                thing=data["milik"],
                kind=data["jenis"],
                since=data["sejak"],
                until=data["sampai"],
            )
            page = Paginator(rows, self.list_per_page).get_page(request.GET.get("hal"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Catatan akses data pribadi",
            "is_fullwidth": "1",
            "form": form,
            "narrowed": bool(asked),
            "page": page,
            "entries": personal_log.entries(list(page)) if page else [],
        }
        return render(request, "accounts/desk_personal_log.html", context, status=200 if page is not None else 400)


site.register(Membership, MembershipAdmin)
site.register(User, UserAdmin)
site.register(PersonalView, PersonalLogAdmin)
