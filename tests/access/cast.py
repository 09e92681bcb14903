"""Groups of the cast, and the documents of the demo that the rows name."""

from __future__ import annotations

from typing import Any

from tests.cast import Story

VILLAGE = {"operator", "pka", "tpk", "sekdes", "kaur", "kades", "bpd"}
HELPERS = {"pld", "pd", "tapm", "kecamatan"}
OFFICES = {"pokja", "ketua.pokja", "dpmd", "provinsi", "kementerian"}
OVERSEERS = HELPERS | OFFICES
NEIGHBOUR = {"operator.tetangga", "pka.tetangga"}
OUTSIDE = {"dpmd.lain", "calon", "penyedia4"}
PROVIDERS = {"penyedia", "penyedia2", "penyedia3"}
EVERYBODY = VILLAGE | OVERSEERS | NEIGHBOUR | OUTSIDE | PROVIDERS
PUBLIC = EVERYBODY | {None}
DESK = {"pokja", "ketua.pokja", "dpmd", "kementerian"}  # who works in the admin
WRITERS = {"dpmd", "dpmd.lain", "kementerian"}  # of rules, each for their own place
A = VILLAGE | OVERSEERS  # village A and who helps and oversees it


def spp(story: Story) -> Any:
    return story.contract(story.unpaid).payment_requests.get()


def activity(story: Story) -> Any:
    return story.need("Peta potensi desa").activity


def bundle(story: Story) -> Any:
    """All papers of the closed order, asked for by the village."""
    from transactions import bundling
    from transactions.dossier import Dossier

    asker = story.user("operator")
    return bundling.ask(Dossier(story.closed, asker), "zip", by=asker, alone=False)


def spare_activity() -> Any:
    """One that no need is budgeted from."""
    from transactions.models import Activity

    return Activity.objects.filter(village="52.02.04.2001", needs=None).earliest("pk")


def the_plenary() -> Any:
    from verification.models import Plenary

    return Plenary.objects.earliest("pk")


def the_pokja() -> Any:
    from verification.models import Pokja

    return Pokja.objects.get()


def example_rule() -> Any:
    from verification.models import VerificationRule

    return VerificationRule.objects.get()


def access(story: Story) -> Any:
    from accounts.models import VillageAccess

    return VillageAccess.objects.get(user=story.user("calon"))


def numbers(story: Story) -> Any:
    from accounts.models import VillageData

    return VillageData.objects.in_force("52.02.04.2001")


def waiting(story: Story) -> Any:
    return story.application("calon.penyedia")
