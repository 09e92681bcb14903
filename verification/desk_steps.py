"""What comes next in a case, for the person who looks at it: one sentence, and the buttons that lead on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from core.formats import desimal, waktu
from core.workflow import OpenMove
from verification.models import Application, Interview, PlenaryItem, SubmittedDocument

# Pressed without a further page: each can be taken back by another move.
AT_ONCE = ("claim", "release", "pass_papers", "recommend")
# Forms of these stand in the page, or belong to the applicant.
IN_PAGE = ("declare", "judge", "remark", "score", "agree", "attach", "detach", "consent", "submit", "withdraw")


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a link, or a form of its own with nothing but the press."""

    label: str
    url: str
    tone: str = "primary"
    post: bool = False


@dataclass
class Next:
    """What the page says first, and its buttons in order; `others` are possible too."""

    sentence: str
    actions: list[Action] = field(default_factory=list)
    others: list[Action] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Case:
    """A case as one person sees it: what the page and its next step both ask."""

    application: Application
    user: Any
    moves: list[OpenMove]
    papers: list[SubmittedDocument]
    interview: Interview | None
    scored: set[int]
    bench: list[Any]
    suffix: str = ""  # the way back to the queue, for every address

    def may(self, verb: str) -> bool:
        return any(move.verb == verb and move.verdict for move in self.moves)

    @property
    def pending(self) -> list[SubmittedDocument]:
        return [paper for paper in self.papers if paper.verdict == SubmittedDocument.Verdict.PENDING]

    @property
    def failed(self) -> list[SubmittedDocument]:
        return [paper for paper in self.papers if paper.failed]

    def action(self, verb: str, label: str = "", tone: str = "") -> Action | None:
        """The button of a move that this person may make."""
        for move in self.moves:
            if move.verb == verb and move.verdict:
                url = f"{move.url}{self.suffix}"
                return Action(label or move.label, url, tone or move.tone, post=verb in AT_ONCE)
        return None


def next_of(case: Case) -> Next:
    """The sentence and the buttons; what else is possible, and what is not and why."""
    sentence, chosen = SAYINGS.get(case.application.state, _as_it_is)(case)
    actions = [action for action in chosen if action]
    shown = {action.url for action in actions}
    rest = [move for move in case.moves if move.verb not in IN_PAGE]
    others = [action for move in rest if (action := case.action(move.verb)) and action.url not in shown]
    refused = [(move.label, move.verdict.reason) for move in rest if not move.verdict]
    return Next(sentence, actions, others, refused)


Said = tuple[str, list[Action | None]]


def _as_it_is(case: Case) -> Said:
    return case.application.status_sentence, []


def _submitted(case: Case) -> Said:
    if case.may("claim"):
        return "Ambil permohonan ini untuk mulai memeriksa dokumennya.", [case.action("claim")]
    return case.application.status_sentence, []


def _checking(case: Case) -> Said:
    application = case.application
    if not case.may("judge"):
        return f"{application.checker} sedang memeriksa dokumennya.", [case.action("release", tone="secondary")]
    if case.pending:
        done = len(case.papers) - len(case.pending)
        first = Action("Periksa dokumen berikutnya", f"?dokumen={case.pending[0].code}{_and(case)}#dokumen")
        return f"{done} dari {len(case.papers)} dokumen sudah diperiksa.", [first]
    if case.failed:
        return (
            f"{len(case.failed)} dokumen tidak sesuai. Kembalikan agar pemohon memperbaikinya; "
            "yang sudah sesuai tetap terkunci.",
            [case.action("give_back", tone="primary")],
        )
    if application.is_light:
        return "Semua dokumen sesuai. Wawancara dan nilai tidak diulang.", [case.action("recommend")]
    return "Semua dokumen sesuai. Luluskan administrasinya; wawancara menyusul.", [case.action("pass_papers")]


def _interview(case: Case) -> Said:
    row, holds = case.interview, case.may("schedule_interview")
    when = f"{waktu(row.scheduled_for, case.application.regency)}, {row.place}" if row else ""
    if not holds:
        return (f"Wawancara {when}." if row else f"{case.application.checker} akan menjadwalkan wawancara."), []
    if row is None:
        return "Dokumen lulus. Jadwalkan wawancara; pemohon menerima pemberitahuannya.", [
            case.action("schedule_interview")
        ]
    return f"Wawancara dijadwalkan {when}. Sesudahnya, catat hasilnya.", [
        case.action("record_interview"),
        guide(case, "Cetak panduan wawancara"),
        case.action("schedule_interview", "Ubah jadwal", "quiet"),
    ]


def guide(case: Case, label: str) -> Action:
    """The sheet to take along."""
    url = reverse("admin:verification_application_guide", args=[case.application.code])
    return Action(label, url, "secondary")


def _scoring(case: Case) -> Said:
    application = case.application
    if not application.scores_closed:
        count = f"{len(case.scored & {user.pk for user in case.bench})} dari {len(case.bench)} anggota sudah menilai"
        if case.may("score") and case.user.pk not in case.scored:
            return (
                f"Beri nilai Anda sendiri; nilai rekan terbuka setelah semua menilai. {count}.",
                [Action("Beri nilai", "#nilai")],
            )
        return f"{count}. Nilai terbuka setelah semua menilai, atau ketua menutupnya.", [case.action("close_scores")]
    if not application.agreed_at:
        if case.may("agree"):
            return "Semua nilai terbuka. Catat nilai kesepakatan dan alasannya.", [
                Action("Catat nilai kesepakatan", "#nilai")
            ]
        return f"Nilai terbuka. {application.checker} atau ketua mencatat nilai kesepakatan.", []
    total, threshold = application.total_now()[0], application.rule_now.threshold
    return f"Nilai kesepakatan {desimal(total)}, ambang {threshold}.", [
        case.action("recommend"),
        case.action("find_unfit"),
    ]


def _proposed(case: Case) -> Said:
    application = case.application
    found = "Direkomendasikan" if application.state == "recommended" else "Dinyatakan tidak layak"
    by = f"{found} oleh {application.recommended_by}"
    if application.kind == Application.Kind.CHANGE:
        return f"{by}. Ketua menetapkan hasil periksa ulang.", [case.action("confirm")]
    item = (
        PlenaryItem.objects.filter(application=application, plenary__state__in=["draft", "minuted"])
        .select_related("plenary")
        .first()
    )
    if item is not None:
        return f"{by}, dan dibawa ke rapat pleno.", [Action("Buka rapat pleno", item.plenary.get_absolute_url())]
    if not application.may_remark(case.user):
        return f"{by}. Menunggu rapat pleno.", []
    url = reverse("admin:verification_plenary_add")
    return f"{by}. Putusannya diambil melalui rapat pleno dan surat keputusan.", [
        Action("Bawa ke rapat pleno", f"{url}?permohonan={application.code}")
    ]


def _and(case: Case) -> str:
    return case.suffix.replace("?", "&", 1)


SAYINGS = {
    "submitted": _submitted,
    "checking": _checking,
    "interview": _interview,
    "scoring": _scoring,
    "recommended": _proposed,
    "unfit": _proposed,
}
