from django.urls import path

from core import document_views, personal_views, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("berkas/<slug:code>/", views.file, name="file"),
    path("data-pribadi/<slug:kind>/<slug:code>/<slug:field>/", personal_views.personal_number, name="personal-number"),
    path("dokumen/<slug:code>/", document_views.document, name="document"),
    path("cek/", document_views.check_form, name="check-form"),
    path("cek/<slug:code>/", document_views.check, name="check"),
]
