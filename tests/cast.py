"""The cast that everyone knows: the people, providers and orders of the demo story.

`story` (in conftest.py) tells it once for a module and takes it back at the module's end.
"""

from __future__ import annotations

from functools import cached_property

from django.test import Client

from accounts.models import User
from catalog.models import Service
from p2ktd.demo.cast import DOMAIN
from transactions.models import Accountability, Contract, Meeting, Need, Quotation, Sourcing
from verification.models import Application


class Story:
    """What the demo story left behind, by the names it has there."""

    def user(self, key: str) -> User:
        """The person, with the memberships of this moment."""
        return User.objects.get(email=f"{key}@{DOMAIN}")

    def client(self, key: str | None) -> Client:
        """A browser in which this person is logged in; None is the public."""
        client = Client()
        if key is not None:
            client.force_login(self.user(key))
        return client

    def need(self, title: str) -> Need:
        return Need.objects.get(title=title)

    # Village A (Desa Sengkol): a closed order, one with sealed offers, one at its payment.
    @cached_property
    def closed(self) -> Need:
        return self.need("Pelatihan pengelola BUM Desa")

    @cached_property
    def sealed(self) -> Need:
        return self.need("DED jalan usaha tani")

    @cached_property
    def unpaid(self) -> Need:
        return self.need("Pengemasan produk UMKM desa")

    @cached_property
    def tendered(self) -> Sourcing:
        """A public tender of village A that takes offers; one question is answered, one waits."""
        return self.sourcing(self.need("Perencanaan embung dan irigasi desa"))

    # Village B (Desa Segala Anyar), the neighbour that must see nothing of A.
    @cached_property
    def neighbours(self) -> Need:
        return self.need("Pelatihan pembukuan BUM Desa")

    def sourcing(self, need: Need) -> Sourcing:
        return Sourcing.objects.get(need=need)

    def contract(self, need: Need) -> Contract:
        return Contract.objects.get(sourcing__need=need)

    def account(self, need: Need) -> Accountability:
        return Accountability.objects.get(contract__sourcing__need=need)

    def meeting(self, need: Need) -> Meeting:
        return Meeting.objects.get(items__accountability__contract__sourcing__need=need)

    def quotation(self, need: Need, provider: str) -> Quotation:
        return Quotation.objects.get(sourcing__need=need, provider__email=f"{provider}@{DOMAIN}")

    def service(self, title: str) -> Service:
        return Service.objects.get(title=title)

    def application(self, provider: str) -> Application:
        return Application.objects.get(provider__email=f"{provider}@{DOMAIN}")
