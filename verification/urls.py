from django.urls import path

from verification import profile_views, standing_views, views

urlpatterns = [
    path("penyedia-saya/", profile_views.my_provider, name="my-provider"),
    path("penyedia-saya/baru/", profile_views.begin, name="my-provider-new"),
    path("penyedia-saya/<slug:code>/", profile_views.provider_page, name="my-provider-page"),
    path("penyedia-saya/<slug:code>/profil/<slug:key>/", profile_views.step, name="my-provider-step"),
    path("penyedia-saya/<slug:code>/wilayah/", profile_views.serves, name="my-provider-serves"),
    path("penyedia-saya/<slug:code>/daftar/<slug:kind>/", profile_views.entries, name="my-provider-entries"),
    path("penyedia-saya/<slug:code>/daftar/<slug:kind>/baru/", profile_views.entry_new, name="my-provider-entry-new"),
    path("penyedia-saya/<slug:code>/daftar/<slug:kind>/<slug:entry>/", profile_views.entry, name="my-provider-entry"),
    path(
        "penyedia-saya/<slug:code>/daftar/<slug:kind>/<slug:entry>/hapus/",
        profile_views.entry_remove,
        name="my-provider-entry-remove",
    ),
    path("penyedia-saya/<slug:code>/ajukan/", profile_views.apply, name="application-new"),
    path("penyedia-saya/<slug:code>/direktori/", standing_views.my_standings, name="my-standings"),
    path("terdaftar/<slug:code>/perpanjang/", standing_views.renew, name="standing-renew"),
    path("terdaftar/<slug:code>/perbarui-dokumen/", standing_views.update, name="standing-update"),
    path("terdaftar/<slug:code>/undur-diri/", standing_views.withdraw, name="standing-withdraw"),
    path("sanksi/<slug:code>/", standing_views.sanction, name="sanction"),
    path("sanksi/<slug:code>/<slug:verb>/", standing_views.SanctionMoveView.as_view(), name="sanction-move"),
    path("permohonan/<slug:code>/", views.application, name="application"),
    path("permohonan/<slug:code>/kelengkapan/", views.check, name="application-check"),
    path("permohonan/<slug:code>/dokumen/<slug:key>/", views.document, name="application-document"),
    path("permohonan/<slug:code>/dokumen/<slug:key>/cabut/", views.detach, name="application-document-detach"),
    path("permohonan/<slug:code>/dokumen/<slug:key>/<slug:entry>/", views.document, name="application-paper"),
    path(
        "permohonan/<slug:code>/dokumen/<slug:key>/<slug:entry>/cabut/", views.detach, name="application-paper-detach"
    ),
    path("permohonan/<slug:code>/naskah/<slug:key>/", views.statement, name="application-statement"),
    path("permohonan/<slug:code>/surat-keterangan/", views.letter, name="application-letter"),
    path("permohonan/<slug:code>/<slug:verb>/", views.ApplicantMoveView.as_view(), name="application-move"),
]
