"""Under /wilayah/."""

from django.urls import path, register_converter

from regions import codes, views


class AreaCodeConverter:
    """A well-shaped area code, so that no other text reaches a query."""

    regex = r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?"

    def to_python(self, value: str) -> str:
        if not codes.is_code(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AreaCodeConverter, "area_code")

urlpatterns = [
    path("", views.area_list, name="area-list"),
    path("cari/", views.area_search, name="area-search"),
    path("<area_code:code>/", views.area_detail, name="area"),
]
