from django.apps import AppConfig


class TransactionsConfig(AppConfig):
    name = "transactions"
    verbose_name = "Pembelian"

    def ready(self) -> None:
        from catalog import extras
        from transactions import notifications, order, panels, personal  # noqa: F401  (registers who is told)

        order.panels.append(panels.shortlist_panel)
        extras.on_price_card(panels.price_block)
        extras.on_service_page(panels.done_block)
        extras.on_provider_page(panels.contracts_link)
        extras.on_comparison(panels.comparison_rows)
        extras.on_service_figures(panels.figures)
