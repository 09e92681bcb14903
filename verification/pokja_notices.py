"""Who is told of ties and rules: whom a tie concerns, and the Pokja that is to judge by a new rule."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Membership, User
from accounts.models.membership import POKJA_ROLES
from core.formats import tanggal
from core.models import Event
from core.notices import Tell, tells
from verification.models import Declaration, VerificationRule


@tells("verification.declaration", "register", "end")
def the_tied_are_told(event: Event, declaration: Declaration) -> Iterable[Tell]:
    """A word about somebody else's family does not stay behind their back."""
    tie = f"{declaration.get_tie_display()}, {declaration.provider}"
    if event.verb == "register":
        yield Tell(
            declaration.member,
            title=f"Hubungan Anda dengan {declaration.provider} dicatat",
            body=f"{event.actor_name} mencatat: {tie}. {declaration.note}\n\nAnda tidak ikut memeriksa, menilai, atau "
            "memutus permohonannya. Bila keliru, hubungi Ketua Pokja atau Dinas PMD.",
        )
    else:
        yield Tell(
            declaration.member,
            title=f"Hubungan Anda dengan {declaration.provider} dinyatakan berakhir",
            body=f"{event.actor_name} mengakhiri catatan: {tie}. Alasan: {declaration.end_reason}",
        )


@tells("verification.verificationrule", "enact")
def the_pokja_learns_of_its_rule(event: Event, rule: VerificationRule) -> Iterable[Tell]:
    """The national example changes quietly: whoever has no rule of their own reads it when they judge."""
    if rule.regency is None:
        return
    held = Membership.objects.current().holding(*POKJA_ROLES).at(rule.regency.code).values("user")
    for user in User.objects.filter(pk__in=held, is_active=True).order_by("pk"):
        yield Tell(
            user,
            title=f"Aturan verifikasi baru mulai {tanggal(rule.valid_from)}",
            body=f"{rule.basis}. Berlaku bagi permohonan yang diajukan sejak hari itu.",
            by_mail=False,
        )
