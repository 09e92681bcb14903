from django.apps import AppConfig


class TransactionsConfig(AppConfig):
    name = "transactions"
    verbose_name = "Pembelian"

    def ready(self) -> None:
        from transactions import notifications  # noqa: F401  (registers who is told)
