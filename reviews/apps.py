from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Penilaian"

    def ready(self) -> None:
        from catalog import extras
        from reviews import notifications, panels  # noqa: F401  (registers who is told)
        from transactions import order, purchases

        order.panels.append(panels.order_panel)
        purchases.page_panels.append(panels.purchase_panel)
        purchases.list_notes.append(panels.purchase_notes)
        extras.on_service_page(panels.service_panel)
        extras.on_provider_page(panels.provider_panel)
