from django.urls import path

from catalog import directory_views, feeds, own_views, question_views, search_views, views

urlpatterns = [
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", feeds.sitemap_part, name="sitemap-part"),
    path("data/", feeds.about_data, name="open-data"),
    path("data/layanan.csv", feeds.services_data, {"form": "csv"}, name="services-csv"),
    path("data/layanan.json", feeds.services_data, {"form": "json"}, name="services-json"),
    path("data/direktori.json", feeds.directory_data, name="directory-json"),
    path("layanan/", views.service_list, name="services"),
    path("layanan/saran/", search_views.service_suggest, name="service-suggest"),
    path("layanan/<str:code>/", views.service_detail, name="service"),
    path("layanan/<str:code>/tanya-jawab/", question_views.service_questions, name="service-questions"),
    path("layanan/<str:code>/tanya/", question_views.question_new, name="question-new"),
    path("layanan/<str:code>/<slug:verb>/", own_views.ServiceMove.as_view(), name="service-move"),
    path("layanan-saya/", own_views.my_services, name="my-services"),
    path("layanan-saya/baru/", own_views.service_new, name="service-new"),
    path("pertanyaan/", question_views.questions, name="questions"),
    path("pertanyaan/<str:code>/", question_views.question, name="question"),
    path("pertanyaan/<str:code>/<slug:verb>/", question_views.QuestionMove.as_view(), name="question-move"),
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
