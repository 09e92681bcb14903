"""What a person does next who has an account but no rights yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts import people
from accounts.models import User, VillageAccess


@dataclass(frozen=True, slots=True)
class NextStep:
    title: str
    hint: str
    url: str
    label: str
    is_task: bool = False  # stands in "Perlu tindakan" anyway


def next_step(user: Any) -> NextStep | None:
    """The one thing to do after sign-up; None for who already works somewhere."""
    if not user.is_authenticated or people.memberships(user):
        return None
    if user.side == User.Side.PROVIDER:
        return _provider()
    request = VillageAccess.objects.filter(user=user).order_by("-pk").first()
    if request is None or request.state == "withdrawn":
        return NextStep(
            "Ajukan akses desa",
            "Pilih desa dan peran Anda, lalu unggah surat tugas atau SK. Dinas PMD kabupaten memeriksanya.",
            reverse("village-access-new"),
            "Ajukan akses desa",
        )
    titles = {
        "submitted": "Permohonan akses desa sedang diperiksa",
        "returned": "Perbaiki permohonan akses desa",
        "rejected": "Permohonan akses desa ditolak",
        "verified": "Keanggotaan Anda sudah berakhir",
    }
    return NextStep(
        titles[request.state],
        request.status_sentence,
        request.get_absolute_url(),
        "Perbaiki" if request.state == "returned" else "Lihat permohonan",
        is_task=request.state == "returned",
    )


def _provider() -> NextStep:
    try:
        url = reverse("my-provider")
    except NoReverseMatch:  # the page stands in the app above
        url = reverse("profile")
    return NextStep(
        "Lengkapi profil penyedia",
        "Isi data lembaga atau usaha Anda, unggah dokumen, lalu ajukan verifikasi ke Pokja P2KTD.",
        url,
        "Lengkapi profil",
    )
