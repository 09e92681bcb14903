from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verifikasi penyedia"

    def ready(self) -> None:
        from verification import notifications  # noqa: F401  registers who is told
