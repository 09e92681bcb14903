"""Pages that need no row in the database: /tentang/, and /gaya/ with every component in every state."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import icons
from core.templatetags.components import TONES
from core.workflow import Allowed, Denied


class SampleForm(forms.Form):
    """One field of each kind; nothing is ever stored."""

    title = forms.CharField(label="Nama kebutuhan", help_text="Contoh: Pelatihan kader posyandu tentang gizi balita.")
    problem = forms.CharField(
        label="Masalah yang hendak diselesaikan", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    kind = forms.ChoiceField(
        label="Jenis layanan", choices=[("", "Pilih jenis"), ("a", "Pelatihan"), ("b", "Pendampingan teknis")]
    )
    price = forms.CharField(
        label="Perkiraan biaya",
        help_text="Rupiah utuh. Contoh: 12.500.000.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input--short"}),
    )
    days = forms.IntegerField(label="Lama pekerjaan", min_value=1)
    start = forms.DateField(label="Rencana mulai", help_text="Hari pertama pekerjaan di desa.")
    method = forms.ChoiceField(
        label="Mengapa memakai penyedia?",
        help_text="Swakelola didahulukan bila desa mampu mengerjakannya sendiri.",
        choices=[("skill", "Keahliannya tidak ada di desa"), ("tool", "Alatnya tidak ada di desa")],
        widget=forms.RadioSelect,
    )
    elements = forms.MultipleChoiceField(
        label="Unsur yang hadir",
        choices=[("bpd", "BPD"), ("lkd", "Lembaga kemasyarakatan"), ("women", "Kelompok perempuan")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    letter = forms.FileField(
        label="Surat keputusan",
        help_text="PDF hasil pindai, semua halaman dalam satu berkas.",
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        required=False,
    )
    agree = forms.BooleanField(
        label="Keterangan ini benar dan dapat dipertanggungjawabkan", help_text="Wajib dicentang sebelum dikirim."
    )


class RatingForm(forms.Form):
    quality = forms.ChoiceField(
        label="Mutu hasil pekerjaan",
        help_text="Bandingkan dengan keluaran yang tertulis dalam SPK.",
        choices=[(n, str(n)) for n in range(1, 6)],
        widget=forms.RadioSelect,
    )


@dataclass
class SampleDocument:
    """Looks like a document of ours to the components."""

    label: str
    state_tone: str
    status_sentence: str = "Sekretaris Desa sudah memeriksa. Kepala Desa tinggal menyetujui."

    def get_state_display(self) -> str:
        return self.label

    def open_moves(self, user: Any) -> list[Any]:
        def move(verb: str, label: str, tone: str, verdict: Any) -> Any:
            return SimpleNamespace(verb=verb, label=label, tone=tone, verdict=verdict, url=f"#{verb}")

        return [
            move("approve", "Setujui", "primary", Allowed()),
            move("return", "Kembalikan untuk perbaikan", "secondary", Allowed()),
            move("cancel", "Batalkan", "danger", Allowed()),
            move("award", "Tetapkan pemenang", "primary", Denied("penetapan baru dapat dilakukan setelah negosiasi.")),
        ]


def _steps() -> list[dict[str, Any]]:
    return [
        {"label": "Kebutuhan disepakati", "state": "done", "at": date(2026, 3, 3), "who": "Musdes Desa Contoh"},
        {
            "label": "SPK ditandatangani",
            "state": "done",
            "at": datetime(2026, 4, 2, 1, 30, tzinfo=UTC),
            "who": "CV Contoh",
        },
        {
            "label": "Pekerjaan berjalan",
            "state": "now",
            "sentence": "Laporan kemajuan kedua ditunggu dari penyedia.",
            "url": "#linimasa",
        },
        {"label": "Serah terima", "state": "next"},
        {"label": "Musdes pertanggungjawaban", "state": "next"},
    ]


def _events() -> list[Any]:
    return [
        SimpleNamespace(
            verb_label="Disetujui",
            at=datetime(2026, 4, 2, 1, 30, tzinfo=UTC),
            actor_name="Ibu Contoh",
            role_label="Sekretaris Desa Contoh",
            note="Berkas lengkap.",
        ),
        SimpleNamespace(
            verb_label="Diajukan",
            at=datetime(2026, 4, 1, 6, 5, tzinfo=UTC),
            actor_name="Bapak Contoh",
            role_label="Operator Desa Contoh",
            note="",
        ),
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {
            "title": "Periksa laporan kemajuan: Pelatihan kader posyandu",
            "url": "#tugas",
            "hint": "Setelah diperiksa, penyedia menyiapkan serah terima.",
            "since": date(2026, 4, 2),
            "chip_label": "Menunggu Anda",
            "chip_tone": "wait",
        },
        {
            "title": "Lengkapi dokumen penyedia",
            "url": "#tugas",
            "hint": "Dua dokumen dikembalikan oleh Pokja.",
            "since": date(2026, 3, 30),
            "chip_label": "Perlu perbaikan",
            "chip_tone": "warn",
        },
    ]


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    """What this is, who does what, and what it never does."""
    return render(request, "tentang.html")


@login_not_required
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    words = ["Draf", "Diajukan", "Menunggu pemeriksaan", "Terverifikasi", "Perlu perbaikan", "Ditolak"]
    wrong = SampleForm({"title": "", "price": "dua belas juta", "days": "0"}, initial={"letter": "SK-12-2026.pdf"})
    wrong.add_error("price", "Jumlah tidak dapat dibaca. Tulis angkanya saja, misalnya 12.500.000.")
    context = {
        "documents": [SampleDocument(word, tone) for word, tone in zip(words, TONES, strict=True)],
        "document": SampleDocument("Menunggu persetujuan", "wait"),
        "form": SampleForm(initial={"title": "Pelatihan kader"}, auto_id="contoh_%s"),
        "wrong": wrong,
        "rating": RatingForm(auto_id="nilai_%s"),
        "steps": _steps(),
        "stopped": [
            {"label": "Diajukan", "state": "done", "at": date(2026, 1, 5)},
            {"label": "Ditolak Pokja", "state": "stopped", "sentence": "NIB tidak sesuai."},
            {"label": "Wawancara", "state": "skipped"},
        ],
        "events": _events(),
        "tasks": _tasks(),
        "tabs": [
            ("all", "Semua", "#jalan", 12),
            ("running", "Berjalan", "#jalan", 3),
            ("closed", "Selesai", "#jalan", 9),
        ],
        "step_labels": ["Kebutuhan", "Penyedia", "Jadwal", "Periksa kembali"],
        "bars": [("Januari", 12), ("Februari", 30), ("Maret", 21, "naik")],
        "bars_money": [("Infrastruktur", 412_500_000), ("Ekonomi lokal", 96_000_000)],
        "page": SimpleNamespace(previous_url="#jalan", next_url="#jalan"),
        "icons": icons.NAMES,
        "colours": [
            ("tarum-900", "judul"),
            ("tarum-800", "kepala halaman"),
            ("tarum-700", "tombol, tautan"),
            ("tarum-100", "garis lembut"),
            ("tarum-50", "latar lembut"),
            ("kunyit", "fokus, giliran Anda"),
        ],
        "rows": [
            ("Pelatihan kader posyandu", "CV Contoh Jaya", 12_500_000, SampleDocument("Berjalan", "info")),
            ("Survei irigasi tersier", "Yayasan Contoh", 48_000_000, SampleDocument("Menunggu Musdes", "wait")),
        ],
    }
    return render(request, "gaya.html", context)
