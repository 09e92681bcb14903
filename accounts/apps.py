from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Akun dan keanggotaan"

    def ready(self) -> None:
        from accounts import notifications, personal, second_factor, signals  # noqa: F401  they register themselves
        from core.fields import ROTATIONS

        ROTATIONS.append(("mfa.Authenticator.data", second_factor.rotate))
