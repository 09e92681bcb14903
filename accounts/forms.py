"""Forms about people and their accounts."""

from django import forms

from accounts.models import User


class SignupForm(forms.Form):
    """The extra questions of sign-up: the name, and which one are you."""

    name = forms.CharField(label="Nama lengkap", max_length=150)
    side = forms.ChoiceField(label="Anda mendaftar sebagai", choices=User.Side.choices, widget=forms.RadioSelect)

    def signup(self, request: object, user: User) -> None:
        """Keep the answers with the account."""
        user.name = self.cleaned_data["name"]
        user.side = self.cleaned_data["side"]
        user.save(update_fields=["name", "side"])
