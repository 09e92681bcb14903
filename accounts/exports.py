"""A person's own data, for themselves."""

from __future__ import annotations

from typing import Any

from accounts import personal_log
from accounts.models import Membership, User, VillageAccess
from core.models import Event, FileView, Notice, PersonalView, StoredFile

MOST = 5000  # rows of one kind; whoever has more asks the operator


def of(user: User) -> dict[str, Any]:
    """All we keep about this person outside the documents of their village or provider."""
    return {
        "akun": {
            "nama": user.name,
            "email": user.email,
            "mendaftar_sebagai": user.get_side_display(),
            "terdaftar": user.date_joined,
            "terakhir_masuk": user.last_login,
            "persetujuan_privasi": {"versi": user.consent_version, "pada": user.consent_at},
        },
        "keanggotaan": [_membership(row) for row in _memberships(user)],
        "permohonan_akses_desa": [_request(row) for row in VillageAccess.objects.filter(user=user)],
        "tindakan": list(
            Event.objects.filter(actor=user).order_by("pk").values("at", "about", "about_code", "verb", "note")[:MOST]
        ),
        "pemberitahuan": list(
            Notice.objects.filter(user=user).order_by("pk").values("created_at", "channel", "title", "read_at")[:MOST]
        ),
        "berkas_diunggah": list(
            StoredFile.objects.filter(uploaded_by=user).order_by("pk").values("code", "name", "size", "uploaded_at")
        ),
        "berkas_pribadi_dibuka": FileView.objects.filter(user=user).count(),
        "nomor_pribadi_dibuka": PersonalView.objects.filter(user=user).count(),
        "nomor_saya_dilihat": [_look(row) for row in personal_log.about_own(user)[:MOST]],
    }


def _memberships(user: User) -> Any:
    return Membership.objects.filter(user=user).select_related("area", "provider").order_by("pk")


def _membership(row: Membership) -> dict[str, Any]:
    return {"jabatan": row.title, "peran": row.role, "dasar": row.basis, "mulai": row.starts_on, "sampai": row.ends_on}


def _request(row: VillageAccess) -> dict[str, Any]:
    return {
        "kode": row.code,
        "desa": row.village_id,
        "peran": row.role,
        "jabatan": row.position,
        "telepon": row.phone,
        "surat": row.letter_number,
        "tanggal_surat": row.letter_date,
        "status": row.get_state_display(),
    }


def _look(row: PersonalView) -> dict[str, Any]:
    return {
        "waktu": row.at,
        "data": row.field_label,
        "milik": row.about_name,
        "oleh": str(row.user),
        "sebagai": row.role_label,
        "alasan": row.get_reason_display(),
        "penjelasan": row.note,
    }
