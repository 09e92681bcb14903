from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verifikasi penyedia"

    def ready(self) -> None:
        from verification import notifications, personal  # noqa: F401  who is told, who sees numbers
