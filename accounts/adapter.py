"""What we ask of allauth beyond its settings."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """E-mail login; limits by account."""
