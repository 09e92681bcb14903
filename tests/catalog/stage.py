"""Providers and services for the catalogue's tests. Services reach their states through their verbs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import LegalForm, Membership, Provider, Role, User
from catalog.models import Category, Service
from core.clock import today
from regions.models import Area
from tests.areas import LOMBOK_TENGAH
from verification.models import Application, Standing

NIK, ACCOUNT, NPWP = "5202010101800001", "0012345678", "0123456789012345"


@dataclass(frozen=True)
class Firm:
    """A provider and the person who works for it."""

    provider: Provider
    person: User


def person(email: str, role: str = "", **place: Any) -> User:
    """Someone with one membership, or with none."""
    user = User.objects.create_user(email, "kata sandi contoh", name=email.split("@", maxsplit=1)[0].title())
    if role:
        Membership.objects.create(user=user, role=role, starts_on=dt.date(2024, 1, 1), **place)
    return user


def firm(name: str, *, area: str = LOMBOK_TENGAH, legal_form: str = LegalForm.COMPANY) -> Firm:
    key = "".join(letter for letter in name.lower() if letter.isalnum())
    provider = Provider.objects.create(
        name=name, legal_form=legal_form, area_id=area, address="Jalan Kantor 1", phone="+62370123456",
        email=f"kantor@{key}.example", person_in_charge="Siti Rahasia", position="Direktur",
        nik=NIK, npwp=NPWP, bank="Bank Contoh", account_number=ACCOUNT, account_holder="Siti Rahasia",
    )  # fmt: skip
    return Firm(provider, person(f"siti@{key}.example", Role.PROVIDER, provider=provider))


def list_in_directory(provider: Provider, regency: str = LOMBOK_TENGAH, **changes: Any) -> Standing:
    """Stand in a directory from a year ago until next year; how one gets there is verification's test."""
    application = Application.objects.create(provider=provider, regency_id=regency)
    day = today()
    facts = {
        "directory_number": f"P2KTD/{regency}/{application.pk}",
        "decree_number": "188.4/77/2025",
        "decree_date": day - dt.timedelta(days=365),
        "listed_on": day - dt.timedelta(days=360),
        "valid_until": day + dt.timedelta(days=360),
    }
    return Standing.objects.create(provider=provider, regency_id=regency, application=application, **facts | changes)


def draft(firm: Firm, title: str = "Pelatihan pengelolaan BUM Desa", *, areas: tuple[str, ...] = (LOMBOK_TENGAH,), **content: Any) -> Service:  # fmt: skip
    """A complete service that its provider has not yet published."""
    content = {
        "category": Category.objects.get(key="kewirausahaan"), "kind": "bimtek", "title": title,
        "summary": "Dua hari untuk dua puluh peserta.", "description": "Kelas dan praktik.",
        "deliverables": "Modul cetak\nSertifikat", "price": 12_500_000, "unit": "paket", "duration_days": 2,
    } | content  # fmt: skip
    service = Service(provider=firm.provider, **content)
    service.offer(by=firm.person, areas=Area.objects.filter(code__in=areas))
    return service


def service(firm: Firm, title: str = "Pelatihan pengelolaan BUM Desa", **content: Any) -> Service:
    """A published service."""
    made = draft(firm, title, **content)
    made.publish(by=firm.person)
    return made


def photo(colour: str = "teal", name: str = "foto.jpg") -> SimpleUploadedFile:
    """A picture as a phone would send it."""
    out = BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")
