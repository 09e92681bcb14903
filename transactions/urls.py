from django.urls import path

from transactions import activity_views, shortlist_views, views

urlpatterns = [
    path("pembelian/", views.orders, name="orders"),
    path("pembelian/baru/", views.need_new, name="need-new"),
    path("pembelian/<slug:code>/", views.order, name="order"),
    path("pembelian/<slug:code>/pengadaan/", views.sourcing_new, name="sourcing-new"),
    path("pembelian/<slug:code>/penawaran/", views.quotation_new, name="quotation-new"),
    path("pembelian/<slug:code>/cetak/<slug:kind>/", views.print_paper, name="print-paper"),
    path("pembelian/<slug:code>/daftar-pendek/", shortlist_views.shortlist, name="shortlist"),
    path(
        "pembelian/<slug:code>/daftar-pendek/<slug:service>/hapus/",
        shortlist_views.shortlist_remove,
        name="shortlist-remove",
    ),
    path("daftar-pendek/simpan/", shortlist_views.shortlist_add, name="shortlist-add"),
    path("pembelian/<slug:code>/<slug:verb>/", views.need_move, name="need-move"),
    path("kegiatan/", activity_views.activities, name="activities"),
    path("kegiatan/baru/", activity_views.activity_new, name="activity-new"),
    path("kegiatan/muat/", activity_views.import_new, name="activity-import-new"),
    path("kegiatan/muat/contoh.csv", activity_views.import_example, name="activity-import-example"),
    path("kegiatan/muat/<slug:code>/", activity_views.import_page, name="activity-import"),
    path("kegiatan/muat/<slug:code>/<slug:verb>/", activity_views.import_move, name="activity-import-move"),
    path("kegiatan/pengumuman/<area_code:village>/<int:year>/", activity_views.announce, name="announcement"),
    path("kegiatan/<slug:code>/", activity_views.activity, name="activity"),
    path("kegiatan/<slug:code>/<slug:verb>/", activity_views.activity_move, name="activity-move"),
    path("pengadaan/<slug:code>/<slug:verb>/", views.sourcing_move, name="sourcing-move"),
    path("penawaran/<slug:code>/<slug:verb>/", views.quotation_move, name="quotation-move"),
    path("kontrak/<slug:code>/<slug:verb>/", views.contract_move, name="contract-move"),
    path("pertanggungjawaban/<slug:code>/musdes/", views.meeting_new, name="meeting-new"),
    path("pertanggungjawaban/<slug:code>/<slug:verb>/", views.accountability_move, name="accountability-move"),
    path("musdes/<slug:code>/", views.meeting, name="meeting"),
    path("musdes/<slug:code>/<slug:verb>/", views.meeting_move, name="meeting-move"),
]
