"""Printed documents: a frozen snapshot now, a PDF by the worker a moment later.

    document = documents.issue(
        kind="spk", title="Surat Perintah Kerja", template="transactions/print_spk.html",
        snapshot={...}, holder=contract, by=user, key=f"spk:{contract.pk}:0",
    )
    redirect(document)      # waits for the PDF, then offers it

The snapshot holds text, whole numbers, dates, moments, `Decimal`s, lists and dicts of them, and pictures
(`picture(stored_file)`). It is written with its SHA-256 in the caller's transaction, together with the job that
renders it; the same `key` issues once. The template sees what was put in, not what the database says later.
Everything that a template gets: see `context_of`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise

from core.codes import new_code
from core.jobs import job
from core.models import Job, PrintedDocument, StoredFile
from core.pdf import Asset, make_pdf

PAPERS = {"A4": "210mm 297mm", "F4": "215mm 330mm"}
STYLE = "css/pdf.css"  # under static/
FILE_TYPES = ("image/jpeg", "image/png")


def issue(
    *,
    kind: str,
    title: str,
    template: str,
    snapshot: dict[str, Any],
    holder: models.Model,
    by: Any,
    number: str = "",
    revision: int = 0,
    paper: str = "A4",
    key: str | None = None,
) -> PrintedDocument:
    """Freeze a paper's content and ask for its PDF. With the same `key` the first one is given back.

    `number` is our reference, by default the check code; the official letter number is the village's own.
    """
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}")
    frozen = freeze(snapshot)
    code = new_code()
    values = {
        "code": code,
        "kind": kind,
        "title": title,
        "number": number or code,
        "revision": revision,
        "paper": paper,
        "template": template,
        "snapshot": frozen,
        "snapshot_sha256": fingerprint(frozen),
        "about": holder._meta.label_lower,
        "about_id": str(holder.pk),
        "issued_by": by,
    }
    with transaction.atomic():
        if key is None:
            document = PrintedDocument.objects.create(**values)
        else:
            document = PrintedDocument.objects.get_or_create(key=key, defaults=values)[0]
        Job.objects.enqueue("core.render_document", key=job_key(document), document=document.pk)
    return document


def job_key(document: PrintedDocument) -> str:
    return f"render:{document.pk}"


@job("core.render_document")
def render_document(document: int) -> None:
    """Make the PDF of a frozen snapshot, once."""
    row = PrintedDocument.objects.select_for_update().get(pk=document)
    if row.file_id is not None:
        return
    if fingerprint(row.snapshot) != row.snapshot_sha256:
        raise ValueError(f"the snapshot of {row.code} was changed after it was frozen")
    html, assets = page(row)
    content, pages = make_pdf(html, assets)
    name = f"{row.title[:120]} {row.code}.pdf"
    row.file = StoredFile.objects.store(
        content, name=name, content_type="application/pdf", holder=_holder(row), personal=is_secretive(row.snapshot)
    )
    row.pages = pages
    row.rendered_at = timezone.now()
    row.save(update_fields=["file", "pages", "rendered_at"])


def _holder(row: PrintedDocument) -> models.Model:
    from django.apps import apps

    return apps.get_model(row.about)._base_manager.get(pk=row.about_id)


# --- the page -------------------------------------------------------------------------------------------------
def page(row: PrintedDocument) -> tuple[str, dict[str, Asset]]:
    """The HTML of a paper, and all that it may load."""
    html = render_to_string(row.template, context_of(row))
    style = (Path(settings.BASE_DIR) / "static" / STYLE).read_bytes()
    return html, {STYLE: Asset(style, "text/css"), **_pictures(row.snapshot)}


def context_of(row: PrintedDocument) -> dict[str, Any]:
    """What a print template sees: the snapshot's own entries, and `document`, `check_url`, `demo`, `page_size`.

    `templates/print/base.html` also looks for these entries of the snapshot: `letterhead`, `signatures`,
    `watermark`, `place` (a zone name, for moments).
    """
    return thaw(row.snapshot) | {
        "document": row,
        "check_url": check_url(row),
        "demo": settings.DEMO,
        "page_size": PAPERS[row.paper],
    }


def check_url(row: PrintedDocument) -> str:
    return f"{settings.SITE_URL}/cek/{row.code}/"


def picture(file: StoredFile | None) -> dict[str, str] | None:
    """A stored JPEG or PNG as an entry of a snapshot; its hash makes the picture part of what is frozen.

    In the template: `<img src="{{ photo }}" alt="...">`.
    """
    if file is None:
        return None
    if file.content_type not in FILE_TYPES:
        raise ValueError(f"{file.content_type} cannot be printed")
    return {"$picture": file.code, "sha256": file.sha256}


def secret(row: models.Model, name: str) -> str | dict[str, str]:
    """An encrypted column of a row as an entry of a snapshot: the paper shows it, the snapshot keeps where it stands
    and its last four characters. What the row holds must not change afterwards."""
    text = getattr(row, name) or ""
    return {"$secret": f"{row._meta.label_lower}.{name}:{row.pk}", "ends": text[-4:]} if text else ""


def _reveal(where: str, ends: str) -> str:
    from django.apps import apps

    column, _, key = where.rpartition(":")
    label, _, name = column.rpartition(".")
    text = str(getattr(apps.get_model(label)._base_manager.get(pk=key), name) or "")
    if text[-4:] != ends:
        raise ValueError(f"{where} is not what was frozen")
    return text


def is_secretive(frozen: Any) -> bool:
    """Does this snapshot lead to a personal number?"""
    if isinstance(frozen, list):
        return any(is_secretive(item) for item in frozen)
    return isinstance(frozen, dict) and ("$secret" in frozen or any(is_secretive(item) for item in frozen.values()))


def _pictures(frozen: Any) -> dict[str, Asset]:
    wanted: dict[str, str] = {}
    _collect(frozen, wanted)
    assets = {}
    for file in StoredFile.objects.filter(code__in=wanted):
        with file.content.open("rb") as stored:
            content = stored.read()
        if hashlib.sha256(content).hexdigest() != wanted[file.code]:
            raise ValueError(f"the picture {file.code} is not the one that was frozen")
        assets[f"gambar/{file.code}"] = Asset(content, file.content_type)
    return assets


def _collect(value: Any, wanted: dict[str, str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, wanted)
    elif isinstance(value, dict):
        if "$picture" in value:
            wanted[value["$picture"]] = value["sha256"]
        else:
            for item in value.values():
                _collect(item, wanted)


# --- freezing ---------------------------------------------------------------------------------------------------
def freeze(value: Any) -> Any:
    """The value as JSON that PostgreSQL gives back unchanged; dates, moments and decimals are marked as such."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a snapshot holds no NUL character")
        return str(value)  # a lazy or safe string, or a choice, becomes text
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dt.datetime):
        if timezone.is_naive(value):
            raise ValueError("a snapshot holds moments with a zone")
        return {"$moment": value.astimezone(dt.UTC).isoformat()}
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, dict):
        return value if _leads(value) else {_key(k): freeze(item) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return [freeze(item) for item in value]
    if isinstance(value, Promise):  # text in the reader's language
        return str(value)
    raise TypeError(f"a snapshot holds no {type(value).__name__}: {value!r}; floats as Decimal, rows as their fields")


def _leads(value: dict[Any, Any]) -> bool:
    """Is it what `picture` or `secret` gave?"""
    return set(value) in ({"$picture", "sha256"}, {"$secret", "ends"})


def _key(name: Any) -> str:
    if not isinstance(name, str) or name.startswith("$"):
        raise TypeError(f"a snapshot's names are text without $ in front, not {name!r}")
    return name


class Picture(str):
    """The address of a frozen picture, for `src`."""


def thaw(value: Any) -> Any:
    """What `freeze` was given, for the template."""
    if isinstance(value, list):
        return [thaw(item) for item in value]
    if isinstance(value, dict):
        match value:
            case {"$date": text}:
                return dt.date.fromisoformat(text)
            case {"$moment": text}:
                return dt.datetime.fromisoformat(text)
            case {"$decimal": text}:
                return Decimal(text)
            case {"$secret": where, "ends": ends}:
                return _reveal(where, ends)
            case {"$picture": code}:
                return Picture(f"asset:gambar/{code}")
        return {name: thaw(item) for name, item in value.items()}
    return value


def fingerprint(frozen: Any) -> str:
    """SHA-256 of the snapshot in its one canonical spelling."""
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def short(sha256: str) -> str:
    """The first 16 hex digits in groups of four, as printed in the footer."""
    return " ".join(sha256[at : at + 4] for at in range(0, 16, 4))


def same_bytes(document: PrintedDocument, sha256: str) -> bool:
    """Is a file with this hash the very PDF that was issued?"""
    return document.file is not None and secrets.compare_digest(document.file.sha256, sha256)
