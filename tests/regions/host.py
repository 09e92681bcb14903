"""A page of another app that asks for an area, as small as such a page is."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from p2ktd.urls import urlpatterns as real_urlpatterns
from regions.forms import AreaField, AreaFormMixin


class HostForm(AreaFormMixin, forms.Form):
    name = forms.CharField(label="Nama lengkap")
    village = AreaField(label="Desa", only_buyers=True)


@login_not_required
def host(request: HttpRequest) -> HttpResponse:
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponse(f"Tersimpan: {form.cleaned_data['village'].full_name}")
    context = {"title": "Daftarkan desa", "form": form, "submit": "Kirim", "cancel_url": "/"}
    return render(request, "components/form_page.html", context)


urlpatterns = [path("tuan-rumah/", host), path("", include(real_urlpatterns))]
