from django.urls import path

from catalog import directory_views, own_views, views

urlpatterns = [
    path("layanan/", views.service_list, name="services"),
    path("layanan/<str:code>/", views.service_detail, name="service"),
    path("layanan/<str:code>/<slug:verb>/", own_views.ServiceMove.as_view(), name="service-move"),
    path("layanan-saya/", own_views.my_services, name="my-services"),
    path("layanan-saya/baru/", own_views.service_new, name="service-new"),
    path("penyedia/", views.provider_list, name="directory"),
    path("penyedia/unduh-csv/", directory_views.directory_csv, name="directory-csv"),
    path("penyedia/direktori/", directory_views.regency_list, name="regency-directories"),
    path("penyedia/direktori/<str:code>/", directory_views.regency_directory, name="regency-directory"),
    path("penyedia/direktori/<str:code>/terbitkan/", directory_views.edition_new, name="directory-edition-new"),
    path("penyedia/edisi/<str:code>/", directory_views.edition, name="directory-edition"),
    path("penyedia/<str:code>/", views.provider_detail, name="provider"),
    path("penyedia/<str:code>/kartu/", directory_views.provider_card, name="provider-card"),
    path("penyedia/<str:code>/status/", directory_views.provider_status, name="provider-status"),
]
