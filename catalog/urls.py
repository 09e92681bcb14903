from django.urls import path

from catalog import views

urlpatterns = [
    path("layanan/", views.service_list, name="services"),
    path("layanan/<str:code>/", views.service_detail, name="service"),
    path("layanan/<str:code>/<slug:verb>/", views.ServiceMove.as_view(), name="service-move"),
    path("layanan-saya/", views.my_services, name="my-services"),
    path("layanan-saya/baru/", views.service_new, name="service-new"),
    path("penyedia/", views.provider_list, name="directory"),
    path("penyedia/<str:code>/", views.provider_detail, name="provider"),
]
