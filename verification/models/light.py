"""Light applications: renewal, a check after a change, recognition elsewhere. What was approved is carried over.

Papers are shared, not copied: a carried paper is a new row over the same stored bytes, and says where it comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Provider
from core.models import StoredFile
from core.workflow import Allowed, Denied, Verdict, born, moving, refuse_unless
from verification.models import profile
from verification.models.standing import Standing
from verification.models.submitted import SubmittedDocument

if TYPE_CHECKING:
    from verification.models.application import Application, Wanted

Papers = dict[tuple[int, str], SubmittedDocument]
VERDICT = ("verdict", "judged_by_id", "judged_at")


class Light:
    """What the system does with a light application, in the provider's name."""

    def may_extend(self, user: Any) -> Verdict:
        """Only by itself, when data change that a listing rests on."""
        if user is not None:
            return Denied("Perubahan data ditambahkan oleh sistem.")
        listing = Standing.objects.running().filter(provider=self.provider_id, regency=self.regency_id)
        return Allowed() if listing.exists() else Denied("Penyedia tidak terdaftar di sini.")

    def extend(self, *, by: Any, fields: list[str]) -> None:
        """More data changed before the Pokja took it up: their papers lose the verdict they had."""
        with moving(self, "extend", by=by, note=said(fields)) as facts:
            self.changes.extend(name for name in fields if name not in self.changes)
            self.profile = profile.frozen(self.provider)
            if self.state == self.State.SUBMITTED:
                proving(self, fields).update(verdict="pending", judged_by=None, judged_at=None)
            facts["fields"] = fields


def said(fields: list[str]) -> str:
    """Which data changed, as people call them; never their values."""
    return f"Data berubah: {', '.join(profile.label(name) for name in fields)}."


def proving(application: Application, fields: list[str]) -> Any:
    """Its current papers that prove one of these fields."""
    return application.documents.current().filter(type__proves__overlap=fields)


def last_approved(provider: int, regency: str) -> Application | None:
    """Whose papers and profile a listing rests on today."""
    from verification.models.application import Application

    rows = Application.objects.filter(provider=provider, regency=regency, state="listed")
    return rows.order_by("decided_at", "pk").last()


# --- renewal and recognition ---------------------------------------------------------------------------------
def choose_kind(application: Application) -> None:
    """What an application to this regency is: the renewal of a listing, recognition of another, or the first."""
    kinds = type(application).Kind
    listings = Standing.objects.filter(provider=application.provider_id)
    here = listings.filter(regency=application.regency_id, ended_on=None).select_related("regency").first()
    if here is not None and here.renewable:
        kind, base = kinds.RENEWAL, last_approved(application.provider_id, here.regency_id)
    else:
        there = listings.current().exclude(regency=application.regency_id).order_by("-decree_date", "-pk").first()
        base = last_approved(application.provider_id, there.regency_id) if there else None
        kind = kinds.RECOGNITION
    if base is not None:
        application.kind, application.based_on = kind, base


def begin_renewal(standing: Standing, *, by: Any) -> Application:
    """A draft that asks only for what is out of date."""
    from verification.models.application import Application

    application = Application(provider=standing.provider, regency=standing.regency)
    application.apply(by=by)
    return application


def may_update(standing: Standing, user: Any) -> Verdict:
    """The listing's own people, while nothing else is open there."""
    verdict = standing.may_withdraw(user)
    if not verdict:
        return Denied("Hanya penyedia sendiri yang dapat memperbarui dokumennya, selama terdaftar.")
    if standing.provider.applications.open().filter(regency=standing.regency_id).exists():
        return Denied(f"Permohonan Anda ke {standing.regency.name} sudah ada dan masih berjalan.")
    return verdict


def begin_update(standing: Standing, *, by: Any) -> Application:
    """New papers for a listing that goes on: those that ran out are missing in the draft, the rest is carried."""
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=standing.provider_id)
        application = _change(standing)
        born(application, by=by, verdict=may_update(standing, by))
        carry_over(application, by=by)
    return application


def outlook(standing: Standing, kind: str) -> tuple[list[str], list[str]]:
    """What such a draft would carry over, and what it would ask for anew; nothing is made."""
    from verification.models.application import Application

    base = last_approved(standing.provider_id, standing.regency_id) or standing.application
    application = Application(provider=standing.provider, regency=standing.regency, kind=kind, based_on=base)
    kept = {(want.type.pk, want.entry): want for want, _ in still_valid(application)}
    anew = [want for want in application.wanted() if want.required and (want.type.pk, want.entry) not in kept]
    return [named(want) for want in kept.values()], [named(want) for want in anew]


def named(want: Wanted) -> str:
    """A wanted paper as a list shows it."""
    return f"{want.type}: {want.label}" if want.label else str(want.type)


def carry_over(application: Application, *, by: Any) -> None:
    """Into a new light draft: what was approved, is still valid, and proves nothing that has changed since."""
    if application.based_on is None:
        return
    judged = application.kind != type(application).Kind.RECOGNITION
    for want, paper in still_valid(application):
        carry(paper, application, want, by=by, judged=judged)
    if judged:
        _keep_consent(application)


def still_valid(application: Application) -> list[tuple[Wanted, SubmittedDocument]]:
    """Approved papers of its base that have not run out, about the same person or work, and no changed field."""
    base = application.based_on
    changed = profile.differences(base.profile, application.provider)
    return [
        (want, paper)
        for want, paper in approved(application, base.current_documents())
        if (not want.entry or paper.entry_label == want.label)
        and not paper.expired
        and not set(paper.type.proves) & changed
    ]


def approved(application: Application, papers: Papers) -> list[tuple[Wanted, SubmittedDocument]]:
    """What is asked for now, with the paper that the Pokja found conforming."""
    found = [(want, papers.get((want.type.pk, want.entry))) for want in application.wanted()]
    return [(want, paper) for want, paper in found if paper is not None and paper.conforms]


def carry(paper: SubmittedDocument, to: Application, want: Wanted, *, by: Any, judged: bool) -> SubmittedDocument:
    """The same paper in another application; `judged` keeps the verdict with who gave it."""
    row = SubmittedDocument(
        application=to,
        type=paper.type,
        entry=paper.entry,
        entry_label=want.label,
        number=paper.number,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        added_by=by,
        carried_from=paper,
        file=StoredFile.objects.share(paper.file, by=by),
    )
    if judged:
        for name in VERDICT:
            setattr(row, name, getattr(paper, name))
    row.save()
    row.file.hold(row)
    return row


def _keep_consent(application: Application) -> None:
    """The text was accepted for this purpose; a newer one has to be accepted anew (`consented`)."""
    base = application.based_on
    application.consent_version, application.consented_at = base.consent_version, base.consented_at
    application.save(update_fields=["consent_version", "consented_at"])


# --- periksa ulang -------------------------------------------------------------------------------------------
def recheck(provider: Provider, *, by: Any, verdict: Verdict, fields: list[str]) -> None:
    """Data that listings rest on have changed: each Pokja concerned looks again, and the listing goes on meanwhile.

    In the transaction of the change, with the provider's row locked.
    """
    listings = {row.regency_id: row for row in provider.standings.running().select_related("regency")}
    pending = provider.applications.open().select_for_update(of=("self",)).select_related("regency")
    pending = {row.regency_id: row for row in pending}
    for application in pending.values():
        if application.state in ("draft", "returned"):
            _drop_outdated(application, fields)
    for regency, standing in listings.items():
        there = pending.get(regency)
        if there is None or there.state == "draft":
            _open_change(standing, there, by=by, verdict=verdict, fields=fields)
        else:
            taken = there.state not in ("submitted", "returned")  # in the moment of this change
            refuse_unless(not taken, profile.being_read(there.regency.name))
            there.extend(by=None, fields=fields)


def _drop_outdated(application: Application, fields: list[str]) -> None:
    """Found conforming for the old data: to be shown anew."""
    rows = proving(application, fields).filter(verdict=SubmittedDocument.Verdict.CONFORMING)
    rows.update(replaced_at=timezone.now())


def _change(standing: Standing, **more: Any) -> Application:
    from verification.models.application import Application

    base = last_approved(standing.provider_id, standing.regency_id) or standing.application
    kind = Application.Kind.CHANGE
    return Application(provider=standing.provider, regency=standing.regency, kind=kind, based_on=base, **more)


def _open_change(
    standing: Standing, draft: Application | None, *, by: Any, verdict: Verdict, fields: list[str]
) -> None:
    """Submitted by the system in the provider's name. A draft in its way ends, and gives it its papers."""
    now = timezone.now()
    application = _change(standing, state="submitted", submitted_at=now, changes=fields)
    application.rule, application.profile = application.rule_now, profile.frozen(standing.provider)
    papers = application.based_on.current_documents()
    newer: Papers = {}
    if draft is not None:
        newer = {key: row for key, row in draft.current_documents().items() if row.carried_from_id is None}
        draft.withdraw(by=by)
    born(application, by=None, verdict=verdict, note=said(fields), data={"fields": fields})
    carried = {(want.type.pk, want.entry): (want, paper) for want, paper in approved(application, papers)}
    for want in application.wanted():
        if (want.type.pk, want.entry) in newer:
            carried[want.type.pk, want.entry] = (want, newer[want.type.pk, want.entry])
    for want, paper in carried.values():
        judged = paper.conforms and not set(paper.type.proves) & set(fields)
        carry(paper, application, want, by=by, judged=judged)
    _keep_consent(application)


def at_desk_without(provider: Provider) -> Any:
    """Applications in a Pokja's hands, but for a check that nobody has taken up yet: that one still takes changes."""
    from verification.models.application import AT_POKJA

    held = provider.applications.filter(state__in=AT_POKJA).exclude(kind="change", state="submitted")
    return held.select_related("regency")
