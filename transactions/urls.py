from django.urls import path

from transactions.views import accountability, activity, contract, meeting, need, order, order_list, shortlist, sourcing

urlpatterns = [
    path("pembelian/", order_list.orders, name="orders"),
    path("pembelian/baru/", need.need_new, name="need-new"),
    path("pembelian/<slug:code>/", order.order, name="order"),
    path("pembelian/<slug:code>/pengadaan/", sourcing.sourcing_new, name="sourcing-new"),
    path("pembelian/<slug:code>/penawaran/", sourcing.quotation_new, name="quotation-new"),
    path("pembelian/<slug:code>/cetak/<slug:kind>/", order.print_paper, name="print-paper"),
    path("pembelian/<slug:code>/daftar-pendek/", shortlist.shortlist, name="shortlist"),
    path(
        "pembelian/<slug:code>/daftar-pendek/<slug:service>/hapus/",
        shortlist.shortlist_remove,
        name="shortlist-remove",
    ),
    path("daftar-pendek/simpan/", shortlist.shortlist_add, name="shortlist-add"),
    path("pembelian/<slug:code>/<slug:verb>/", need.need_move, name="need-move"),
    path("kegiatan/", activity.activities, name="activities"),
    path("kegiatan/baru/", activity.activity_new, name="activity-new"),
    path("kegiatan/muat/", activity.import_new, name="activity-import-new"),
    path("kegiatan/muat/contoh.csv", activity.import_example, name="activity-import-example"),
    path("kegiatan/muat/<slug:code>/", activity.import_page, name="activity-import"),
    path("kegiatan/muat/<slug:code>/<slug:verb>/", activity.import_move, name="activity-import-move"),
    path("kegiatan/pengumuman/<area_code:village>/<int:year>/", activity.announce, name="announcement"),
    path("kegiatan/<slug:code>/", activity.activity, name="activity"),
    path("kegiatan/<slug:code>/<slug:verb>/", activity.activity_move, name="activity-move"),
    path("pengadaan/<slug:code>/<slug:verb>/", sourcing.sourcing_move, name="sourcing-move"),
    path("penawaran/<slug:code>/<slug:verb>/", sourcing.quotation_move, name="quotation-move"),
    path("kontrak/<slug:code>/<slug:verb>/", contract.contract_move, name="contract-move"),
    path("pertanggungjawaban/<slug:code>/musdes/", meeting.meeting_new, name="meeting-new"),
    path("pertanggungjawaban/<slug:code>/<slug:verb>/", accountability.accountability_move, name="accountability-move"),
    path("musdes/<slug:code>/", meeting.meeting, name="meeting"),
    path("musdes/<slug:code>/<slug:verb>/", meeting.meeting_move, name="meeting-move"),
]
