from django.urls import path

from reviews import views

urlpatterns = [
    path("nilai/<slug:code>/", views.rating_new, name="rating-new"),
    path("penilaian/<slug:code>/<slug:verb>/", views.rating_move, name="rating-move"),
]
