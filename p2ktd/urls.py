"""Every address. Paths are Indonesian; each app keeps its own."""

from django.urls import include, path

from accounts.admin_site import site as admin_site
from p2ktd import demo_views, style_views, views

handler400 = "core.views.bad_request"

urlpatterns = [
    path("", views.home, name="home"),
    path("perlu-tindakan/", views.todo, name="todo"),
    path("tentang/", style_views.about, name="about"),
    path("gaya/", style_views.style_guide, name="style-guide"),
    path("latihan/", demo_views.practice, name="practice"),  # 404 unless DEMO
    path("admin/", admin_site.urls),
    path("", include("core.urls")),
    path("wilayah/", include("regions.urls")),
    path("", include("accounts.urls")),
    path("", include("verification.urls")),
    path("", include("catalog.urls")),
    path("", include("transactions.urls")),
    path("", include("reviews.urls")),
    path("", include("monitoring.urls")),
]
