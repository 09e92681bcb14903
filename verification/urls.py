from django.urls import path

from verification import views

urlpatterns = [
    path("penyedia-saya/", views.my_provider, name="my-provider"),
    path("penyedia-saya/baru/", views.begin, name="my-provider-new"),
    path("penyedia-saya/<slug:code>/", views.provider_page, name="my-provider-page"),
    path("penyedia-saya/<slug:code>/profil/<slug:key>/", views.step, name="my-provider-step"),
    path("penyedia-saya/<slug:code>/ajukan/", views.apply, name="application-new"),
    path("permohonan/<slug:code>/", views.application, name="application"),
    path("permohonan/<slug:code>/dokumen/<slug:key>/", views.document, name="application-document"),
    path("permohonan/<slug:code>/dokumen/<slug:key>/cabut/", views.detach, name="application-document-detach"),
    path("permohonan/<slug:code>/surat-keterangan/", views.letter, name="application-letter"),
    path("permohonan/<slug:code>/<slug:verb>/", views.ApplicantMoveView.as_view(), name="application-move"),
]
