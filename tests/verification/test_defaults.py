"""The default rules are data, complete, labelled as examples, and can be taken back."""

from __future__ import annotations

import pytest
from django.apps import apps

from accounts.models import LegalForm
from core.models import DatedSetting
from tests.verification.stage import rules
from verification.models import DocumentRequirement, DocumentType, ScoreAspect

# domain: recommended matrix; W wajib, O tidak wajib, - tidak diminta;
# perorangan, nirlaba, badan usaha, BUM Desa, perguruan tinggi.
MATRIX = {
    "ktp": "WWWWW",
    "npwp": "WWWWW",
    "akta": "-WWWO",
    "skt": "-O---",
    "nib": "OOWWO",
    "sertifikat": "OOOOO",
    "tenaga-ahli": "WWWWW",
    "portofolio": "WWWWW",
    "pernyataan-kebenaran": "WWWWW",
    "pernyataan-daftar-hitam": "WWWWW",
    "pakta-integritas": "WWWWW",
    "rekening": "WWWWW",
    "domisili": "OOOO-",
    "pajak": "OOOOO",
    "foto": "OOOOO",
}

pytestmark = pytest.mark.usefixtures("areas")


def matrix() -> dict[str, str]:
    found = dict.fromkeys(DocumentType.objects.values_list("key", flat=True), "")
    for form in LegalForm.values:
        asked = {row.type.key: row.need for row in DocumentRequirement.objects.in_force(form, regency="52.02")}
        for key in found:
            found[key] += {"required": "W", "optional": "O"}.get(asked.get(key, ""), "-")
    return found


def test_the_default_matrix() -> None:
    assert matrix() == MATRIX


def test_nib_has_no_expiry_and_personal_papers_are_marked() -> None:
    assert not DocumentType.objects.get(key="nib").has_expiry
    personal = set(DocumentType.objects.filter(personal=True).values_list("key", flat=True))
    assert personal == {"ktp", "npwp", "tenaga-ahli", "rekening"}


def test_weights_make_100() -> None:
    assert sum(ScoreAspect.objects.values_list("weight", flat=True)) == 100


def test_every_rule_says_that_it_is_an_example() -> None:
    sources = {
        *DocumentRequirement.objects.values_list("source", flat=True),
        *ScoreAspect.objects.values_list("source", flat=True),
        *DatedSetting.objects.filter(key__startswith="verification-").values_list("source", flat=True),
    }
    assert sources == {"contoh"}


def test_the_defaults_can_be_taken_back_and_given_again() -> None:
    rules.empty(apps, None)
    assert not DocumentType.objects.exists()
    assert not ScoreAspect.objects.exists()
    assert not DatedSetting.objects.filter(key__startswith="verification-").exists()
    rules.fill(apps, None)
    assert matrix() == MATRIX
