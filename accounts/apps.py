from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Akun dan keanggotaan"

    def ready(self) -> None:
        from accounts import notifications, signals  # noqa: F401  they register themselves
