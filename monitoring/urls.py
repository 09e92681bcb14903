from django.urls import path

from monitoring import service_views, views

urlpatterns = [
    path("layanan-saya/statistik/", service_views.service_statistics, name="service-statistics"),
    path("layanan-saya/statistik/<str:code>/", service_views.service_statistics_one, name="service-statistics-one"),
    path("pantau/", views.dashboard, name="dashboard"),
    path("pantau/<str:code>/", views.dashboard, name="dashboard-area"),
    path("pantau/<str:code>/csv/", views.dashboard_csv, name="dashboard-csv"),
    path("laporan/", views.reports, name="reports"),
    path("laporan/baru/", views.report_new, name="report-new"),
    path("laporan/pendamping/", views.facilitator_reports, name="facilitator-reports"),
    path("laporan/pendamping/buka/", views.facilitator_report_open, name="facilitator-report-open"),
    path("laporan/pendamping/<slug:code>/", views.facilitator_report, name="facilitator-report"),
    path("laporan/pendamping/<slug:code>/cetak/", views.facilitator_report_print, name="facilitator-report-print"),
    path("laporan/pendamping/<slug:code>/<slug:verb>/", views.facilitator_report_move, name="facilitator-report-move"),
    path("laporan/<slug:code>/", views.report, name="report"),
    path("laporan/<slug:code>/cetak/", views.report_print, name="report-print"),
    path("laporan/<slug:code>/<slug:verb>/", views.report_move, name="report-move"),
]
