from django.urls import path

from transactions import shortlist_views, views

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
    path("pengadaan/<slug:code>/<slug:verb>/", views.sourcing_move, name="sourcing-move"),
    path("penawaran/<slug:code>/<slug:verb>/", views.quotation_move, name="quotation-move"),
    path("kontrak/<slug:code>/<slug:verb>/", views.contract_move, name="contract-move"),
    path("pertanggungjawaban/<slug:code>/musdes/", views.meeting_new, name="meeting-new"),
    path("pertanggungjawaban/<slug:code>/<slug:verb>/", views.accountability_move, name="accountability-move"),
    path("musdes/<slug:code>/", views.meeting, name="meeting"),
    path("musdes/<slug:code>/<slug:verb>/", views.meeting_move, name="meeting-move"),
]
