from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "regions"
    verbose_name = "Wilayah"

    def ready(self) -> None:
        from regions import checks  # noqa: F401  (registers the system checks)
