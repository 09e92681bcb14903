from django.urls import path

from transactions import views

urlpatterns = [
    path("pembelian/", views.orders, name="orders"),
    path("pembelian/baru/", views.need_new, name="need-new"),
    path("pembelian/<slug:code>/", views.order, name="order"),
    path("pembelian/<slug:code>/pengadaan/", views.sourcing_new, name="sourcing-new"),
    path("pembelian/<slug:code>/penawaran/", views.quotation_new, name="quotation-new"),
    path("pembelian/<slug:code>/cetak/<slug:kind>/", views.print_paper, name="print-paper"),
    path("pembelian/<slug:code>/<slug:verb>/", views.need_move, name="need-move"),
    path("pengadaan/<slug:code>/<slug:verb>/", views.sourcing_move, name="sourcing-move"),
    path("penawaran/<slug:code>/<slug:verb>/", views.quotation_move, name="quotation-move"),
    path("kontrak/<slug:code>/<slug:verb>/", views.contract_move, name="contract-move"),
    path("pertanggungjawaban/<slug:code>/musdes/", views.meeting_new, name="meeting-new"),
    path("pertanggungjawaban/<slug:code>/<slug:verb>/", views.accountability_move, name="accountability-move"),
    path("musdes/<slug:code>/", views.meeting, name="meeting"),
    path("musdes/<slug:code>/<slug:verb>/", views.meeting_move, name="meeting-move"),
]
