"""The default rules are data, complete, and labelled as examples."""

from __future__ import annotations

import pytest

from accounts.models import LegalForm
from core.models import DatedSetting
from verification.models import DocumentRequirement, DocumentType, VerificationRule
from verification.models.rule import REMIND_DAYS, AspectDraft, problem_of

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


def test_experts_and_experiences_show_a_paper_each_and_statements_are_printed_by_us() -> None:
    each = dict(DocumentType.objects.exclude(each="provider").values_list("key", "each"))
    assert each == {"tenaga-ahli": "expert", "portofolio": "experience"}
    printed = set(DocumentType.objects.exclude(statement="").values_list("key", flat=True))
    assert printed == {"pernyataan-kebenaran", "pernyataan-daftar-hitam", "pakta-integritas"}


def test_there_is_one_rule_and_it_is_the_national_example() -> None:
    rule = VerificationRule.objects.get()
    assert rule == VerificationRule.objects.in_force("52.02") == VerificationRule.objects.in_force("91.03")
    assert (rule.regency, rule.threshold, rule.quorum_percent, rule.validity_months) == (None, 70, 50, 12)
    assert (rule.persons_allowed, rule.service_days, tuple(rule.remind_days)) == (True, 14, REMIND_DAYS)
    assert len(rule.questions) == 5


def test_the_example_is_a_score_form_that_could_be_enacted() -> None:
    """domain: kelembagaan 20, tenaga ahli 30, pengalaman 25, metode dan harga 15, inklusi 10."""
    aspects = list(VerificationRule.objects.get().aspects.all())
    assert [aspect.weight for aspect in aspects] == [20, 30, 25, 15, 10]
    assert problem_of([AspectDraft(aspect.label, aspect.weight) for aspect in aspects]) == ""


def test_every_rule_says_that_it_is_an_example() -> None:
    sources = {
        *DocumentRequirement.objects.values_list("source", flat=True),
        *VerificationRule.objects.values_list("basis", flat=True),
        *DatedSetting.objects.filter(key__startswith="verification-").values_list("source", flat=True),
    }
    assert sources == {"contoh"}
