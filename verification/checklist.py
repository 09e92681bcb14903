"""All that an applicant has to bring, in one list: what is there, what is missing, what is locked and why.

The application's page, "Periksa kelengkapan" and the provider's page draw the same items.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from accounts.models import Provider
from core import validators
from core.formats import tanggal_sedang
from verification.forms import STEPS
from verification.models import Application, DocumentType, SubmittedDocument, profile
from verification.models.application import BEFORE_POKJA, Wanted
from verification.portfolio_forms import ENTRIES
from verification.progress import ENDS, verdict_shown

Each = DocumentType.Each
KIND_OF: dict[str, str] = {Each.EXPERT: "tenaga-ahli", Each.EXPERIENCE: "pengalaman"}
SOON = datetime.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is, how it stands, where it is mended."""

    title: str
    chip: str
    tone: str
    url: str = ""
    hint: str = ""
    problem: str = ""
    anchor: str = ""
    needed: bool = True
    done: bool = False
    lacks: tuple[str, ...] = ()  # what stands in the way of submission, in a few words each
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Items under a heading."""

    title: str
    items: list[Item]
    lead: str = ""

    @property
    def lacking(self) -> list[Item]:
        """What has to be mended."""
        return [item for item in self.items if item.lacks]

    @property
    def said(self) -> tuple[str, str]:
        """Label and tone of the group's own chip."""
        if self.lacking:
            return f"{len(self.lacking)} belum", "warn"
        done = len(self.good)
        return (f"{done} siap", "good") if done else ("Tidak wajib", "neutral")

    @property
    def good(self) -> list[Item]:
        """What is in order."""
        return [item for item in self.items if item.done]


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything for one application (or, without one, for the profile)."""

    groups: list[Group]
    cautions: list[tuple[str, str]] = field(default_factory=list)  # (sentence, where it is changed)

    @property
    def items(self) -> list[Item]:
        return [item for group in self.groups for item in group.items]

    @property
    def lacks(self) -> list[str]:
        """All that is missing; empty when it can be submitted."""
        return [lack for item in self.items for lack in item.lacks]

    @property
    def needed(self) -> int:
        return sum(item.needed for item in self.items)

    @property
    def ready(self) -> int:
        return sum(item.needed and not item.lacks for item in self.items)

    @property
    def next(self) -> Item | None:
        """The first thing to do."""
        return next((item for item in self.items if item.lacks), None)


def of_application(application: Application) -> Checklist:
    """What this application needs, in the order in which it is easiest to bring."""
    provider, back = application.provider, f"?permohonan={application.code}"
    papers = list(paper_items(application, own=True))
    statements = [item for item, want in papers if want.type.statement]
    others = [item for item, want in papers if not want.type.statement]
    asked, extra = [item for item in others if item.needed], [item for item in others if not item.needed]
    return Checklist(
        [
            *of_profile(provider, back).groups,
            Group("Dokumen", asked, "Foto dengan HP atau pindaian, JPEG, PNG atau PDF."),
            Group("Surat pernyataan", statements, "Unduh naskah, cetak, tanda tangani, lalu unggah fotonya."),
            Group("Persetujuan", [_consent(application)]),
            Group("Dokumen tambahan", extra, "Tidak wajib. Unggah bila ada, untuk memperkuat permohonan."),
        ],
        list(cautions(application)),
    )


def of_profile(provider: Provider, back: str = "") -> Checklist:
    """Who the provider is, and what it can do."""
    missing = set(profile.missing_fields(provider))
    steps = {key: _step(provider, key, missing, back) for key in STEPS}
    about = [steps.pop("bidang"), _regencies(provider, back), *_entries(provider, back), steps.pop("tentang")]
    return Checklist([Group("Data penyedia", list(steps.values())), Group("Kemampuan", about)])


def _step(provider: Provider, key: str, missing: set[str], back: str) -> Item:
    form = STEPS[key]
    lacking = [profile.label(name) for name in form.base_fields if name in missing]
    optional = not lacking and not any(getattr(provider, name) for name in form.base_fields)
    url = reverse("my-provider-step", args=[provider.code, key]) + back
    return Item(
        form.title,
        "Belum lengkap" if lacking else "Tidak wajib" if optional else "Lengkap",
        "warn" if lacking else "neutral" if optional else "good",
        url,
        hint=f"Belum diisi: {', '.join(lacking)}" if lacking else "",
        needed=key != "tentang",
        done=not lacking and not optional,
        lacks=tuple(lacking),
    )


def _regencies(provider: Provider, back: str) -> Item:
    count = provider.serves.count()
    url = reverse("my-provider-serves", args=[provider.code]) + back
    if count:
        return Item("Wilayah layanan", f"{count} wilayah", "good", url, needed=False, done=True)
    return Item("Wilayah layanan", "Tidak wajib", "neutral", url, hint="Tempat Anda mengajukan masuk sendiri.",
                needed=False)  # fmt: skip


def _entries(provider: Provider, back: str) -> Iterator[Item]:
    for key, form in ENTRIES.items():
        count = getattr(provider, form.related).filter(removed_at=None).count()
        url = reverse("my-provider-entries", args=[provider.code, key])
        if count:
            word = "orang" if key == "tenaga-ahli" else "pekerjaan"
            yield Item(form.heading, f"{count} {word}", "good", url + back, needed=False, done=True)
        else:
            new = reverse("my-provider-entry-new", args=[provider.code, key])
            yield Item(form.heading, "Belum diisi", "warn", new + back, hint=form.lead, needed=False)


# --- papers -------------------------------------------------------------------------------------------------
def paper_items(
    application: Application,
    *,
    own: bool,
    readable: Iterable[int] = (),
    submitted_at: datetime.datetime | None = None,
) -> Iterator[tuple[Item, Wanted]]:
    """Each paper that is asked for. Others than the applicant see what `readable` (ids) lets them open."""
    have = application.current_documents()
    mine = own and application.state in BEFORE_POKJA
    readable = set(readable)
    for want in application.wanted():
        paper = have.get((want.type.pk, want.entry))
        if paper is not None:
            shown = verdict_shown(application, paper, submitted_at)
            yield _paper(application, want, paper, own=own, readable=readable, shown=shown), want
        elif mine:
            yield _absent(application, want), want


def paper_url(application: Application, want: Wanted) -> str:
    """The page of one paper."""
    arguments = [application.code, want.type.key, *([want.entry] if want.entry else [])]
    return reverse("application-paper" if want.entry else "application-document", args=arguments)


def _absent(application: Application, want: Wanted) -> Item:
    each = KIND_OF.get(want.type.each)
    lacks = (want.absence,) if want.required else ()
    anchor = "-".join(filter(None, ["dokumen", want.type.key, want.entry]))
    chip, tone = ("Belum diunggah", "warn") if want.required else ("Tidak wajib", "neutral")
    if each and not want.entry:
        url = reverse("my-provider-entry-new", args=[application.provider.code, each])
        return Item(
            str(want.type), "Belum diisi" if want.required else chip, tone, f"{url}?permohonan={application.code}",
            hint=f"Isi dahulu {ENTRIES[each].heading.lower()}.", anchor=anchor, needed=want.required, lacks=lacks,
        )  # fmt: skip
    return Item(
        str(want.type), chip, tone, paper_url(application, want), hint=want.label or want.type.help, anchor=anchor,
        needed=want.required, lacks=lacks,
    )  # fmt: skip


def _paper(
    application: Application, want: Wanted, paper: SubmittedDocument, *, own: bool, readable: set[int], shown: bool
) -> Item:
    mine = own and application.state in BEFORE_POKJA
    problem = paper.reason_sentence if shown else ""
    outdated = mine and not problem and application.is_outdated(paper)
    if outdated:
        problem = "Data pada profil berubah sesudah dokumen ini diperiksa."
    locked = mine and application.is_locked(paper)
    chip, tone = _chip(application, paper, shown=shown, outdated=outdated)
    url = paper_url(application, want) if own else paper.file.get_absolute_url() if paper.pk in readable else ""
    label = want.label if own or paper.pk in readable else ""
    return Item(
        str(want.type),
        chip,
        tone,
        url,
        hint=" · ".join(filter(None, [label, _note(paper, own=own, locked=locked)])),
        problem=f"{problem} Unggah pengganti." if problem and mine else problem,
        anchor=paper.anchor,
        needed=want.required or bool(problem),
        done=not problem,
        lacks=(f"{paper}: {problem}",) if problem and mine else (),
        locked=locked,
    )


def _note(paper: SubmittedDocument, *, own: bool, locked: bool) -> str:
    if paper.carried_from_id:
        found = "terkunci" if locked else f"{paper.trail[:1].lower()}{paper.trail[1:-1]}"  # a comma follows, no stop
        return ", ".join(filter(None, ["dibawa dari permohonan sebelumnya", found]))
    if locked:
        return "sudah sesuai, terkunci" if paper.conforms else "terkunci selama perbaikan"
    return paper.file.name if own else ""


def _chip(application: Application, paper: SubmittedDocument, *, shown: bool, outdated: bool) -> tuple[str, str]:
    if outdated:
        return "Perlu diganti", "bad"
    if not shown:
        return ("Sedang diperiksa", "info") if application.state == "checking" else ("Menunggu diperiksa", "wait")
    if application.state == Application.State.DRAFT and not paper.expired and not paper.conforms:
        return "Terunggah", "good"
    if application.state in ENDS and paper.verdict == SubmittedDocument.Verdict.PENDING:
        return "Tidak diperiksa", "neutral"
    return paper.get_state_display(), paper.state_tone


def _consent(application: Application) -> Item:
    title = "Persetujuan penggunaan data"
    if application.consented:
        hint = f"Versi {application.consent_version}"
        return Item(title, "Disetujui", "good", hint=hint, anchor="persetujuan", done=True)
    return Item(title, "Belum disetujui", "warn", application.move_url("consent"), anchor="persetujuan", lacks=(title,))


# --- what is odd but for the person to judge ---------------------------------------------------------------------
def cautions(application: Application) -> Iterator[tuple[str, str]]:
    """What a Pokja would ask about; it stands in nobody's way."""
    provider, back = application.provider, f"?permohonan={application.code}"
    place = {key: reverse("my-provider-step", args=[provider.code, key]) + back for key in STEPS}
    if provider.account_holder and provider.account_holder.casefold() != provider.name.casefold():
        yield f"Rekening atas nama “{provider.account_holder}”, bukan “{provider.name}”.", place["rekening"]
    if provider.nik:
        yield from ((odd, place["penanggung-jawab"]) for odd in validators.nik_warnings(provider.nik))
    if provider.npwp:
        yield from ((odd, place["npwp-nib"]) for odd in validators.npwp_warnings(provider.npwp))
    for expert in provider.expert_entries.filter(removed_at=None, certificate_until__lte=application.rules_on + SOON):
        url = reverse("my-provider-entry", args=[provider.code, "tenaga-ahli", expert.code]) + back
        yield f"Sertifikat {expert} berlaku hanya sampai {tanggal_sedang(expert.certificate_until)}.", url
    for paper in application.current_documents().values():
        if paper.expires_on and not paper.expired and paper.expires_on <= application.rules_on + SOON:
            yield f"{paper} berlaku hanya sampai {tanggal_sedang(paper.expires_on)}.", paper.get_absolute_url()


def next_paper(application: Application, after: Any = None) -> str:
    """Where the next missing or failed paper is brought; after this one, then from the start. Empty when none is."""
    rows = [(item, want) for item, want in paper_items(application, own=True)]
    at = next((place for place, (_, want) in enumerate(rows) if after == (want.type.pk, want.entry)), -1)
    waiting = [item for item, _ in [*rows[at + 1 :], *rows[: at + 1]] if item.lacks]
    return waiting[0].url if waiting else ""
