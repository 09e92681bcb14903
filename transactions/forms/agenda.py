"""Which orders a Musdes hears, and what is said of each: a group of fields for every order that waits."""

from __future__ import annotations

from typing import Any

from django import forms

from transactions.models import Accountability, Meeting, Opinion
from transactions.models.musdes.agenda import to_be_heard

MOST = 40  # orders of one village that are offered for one assembly


class AgendaFields(forms.ModelForm):
    """A form of a Meeting with one group of fields per order. `first` is the order that the page was opened for."""

    TELLS = False  # does it ask what was presented of each?

    def __init__(self, *args: Any, first: Accountability | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting: Meeting = self.instance
        items = {item.accountability_id: item for item in meeting.items.all()} if meeting.pk else {}
        related = ("contract__sourcing__need", "contract__provider")
        waiting = to_be_heard(meeting.village_id, besides=meeting).select_related(*related)
        wanted = [*items, *([first.pk] if first is not None else [])]  # these have their place, however many wait
        ahead = list(waiting.filter(pk__in=wanted))
        self.orders = [*ahead, *waiting.exclude(pk__in=wanted)[: max(MOST - len(ahead), 0)]]
        self.orders += self._typed()
        for account in self.orders:
            code, item = account.code, items.get(account.pk)
            chosen = item is not None or (first is not None and account.pk == first.pk)
            self.fields[f"order_{code}"] = forms.BooleanField(
                label=account.contract.need.title, required=False, initial=chosen
            )
            if self.TELLS:
                self._ask(code, item)

    def _typed(self) -> list[Accountability]:
        """Orders of the village that were sent though they are not offered (any more): the same form sent twice lands
        on what it made, and anything else is refused by the verb in words."""
        codes = [name.removeprefix("order_") for name in self.data if name.startswith("order_")]
        if not codes:
            return []
        rows = Accountability.objects.filter(contract__village=self.instance.village_id, code__in=codes)
        rows = rows.exclude(pk__in=[account.pk for account in self.orders])
        return list(rows.select_related("contract__sourcing__need", "contract__provider"))

    def _ask(self, code: str, item: Any) -> None:
        self.fields[f"presented_{code}"] = forms.CharField(
            label="Yang dipertanggungjawabkan",
            required=False,
            max_length=4000,
            initial=getattr(item, "presented", ""),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="Hasil pekerjaan, biaya dan waktu: rencana dan kenyataan, serta hambatan.",
        )
        self.fields[f"output_{code}"] = forms.CharField(
            label="Keluaran yang dicapai",
            required=False,
            max_length=200,
            initial=getattr(item, "output", ""),
            help_text="Contoh: 2 hari pelatihan, 24 peserta, 1 modul",
        )
        self.fields[f"opinion_{code}"] = forms.ChoiceField(
            label="Penilaian warga",
            required=False,
            choices=[("", "Tidak dicatat"), *Opinion.choices],
            initial=getattr(item, "opinion", ""),
        )

    @property
    def order_rows(self) -> list[dict[str, Any]]:
        """For the page: each order with its bound fields."""
        names = ("presented", "output", "opinion") if self.TELLS else ()
        return [
            {
                "account": account,
                "chosen": self[f"order_{account.code}"],
                "fields": [self[f"{name}_{account.code}"] for name in names],
            }
            for account in self.orders
        ]

    def chosen(self) -> list[Accountability]:
        """The orders that were ticked."""
        return [account for account in self.orders if self.cleaned_data.get(f"order_{account.code}")]

    def told(self) -> dict[str, dict[str, str]]:
        """What is said of each, by its code."""
        data = self.cleaned_data
        return {
            account.code: {name: data.get(f"{name}_{account.code}", "") for name in ("presented", "output", "opinion")}
            for account in self.chosen()
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.chosen():
            self.add_error(None, "Pilih sedikitnya satu pembelian yang dipertanggungjawabkan.")
        for account in self.chosen() if self.TELLS else ():
            if not data.get(f"presented_{account.code}"):
                self.add_error(f"presented_{account.code}", "Tuliskan yang dipertanggungjawabkan.")
        return data
