"""Kabupaten B gets 404, or nothing, for what belongs to A: every page, file, list, history and act."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.models import FileView
from tests.accounts.stage import fresh, give, logged_in
from tests.verification.stage import ACCOUNT, NIK, NPWP, Stage, paper
from verification.models import Application, SubmittedDocument

MARK = "CV Contoh Bina Desa"


def desk_urls(application: Application) -> dict[str, str]:
    ktp = paper(application, "ktp")
    code = application.code
    return {
        "case": reverse("admin:verification_application_change", args=[code]),
        "history": reverse("admin:verification_application_history", args=[code]),
        "delete": reverse("admin:verification_application_delete", args=[code]),
        "judge": reverse("admin:verification_application_judge", args=[code, ktp.code]),
        "score": reverse("admin:verification_application_score", args=[code]),
        "give_back": application.move_url("give_back"),
        "reject": application.move_url("reject"),
        "release": application.move_url("release"),
    }


def test_the_neighbouring_pokja_finds_nothing(stage: Stage) -> None:
    application = stage.checking()
    for user in (stage.neighbour_member, stage.neighbour_chair, stage.neighbour_office):
        client = logged_in(user)
        for name, url in desk_urls(application).items():
            for response in (client.get(url), client.post(url, {"verdict": "conforming", "note": "x", "reason": "x"})):
                assert response.status_code == 404, (name, user)
                assert MARK not in response.content.decode()
        listing = client.get(reverse("admin:verification_application_changelist"), {"q": "Contoh", "antrean": "semua"})
        assert listing.status_code == 200
        assert MARK not in listing.content.decode()
        assert MARK not in client.get(reverse("admin:index")).content.decode()
        assert client.get(application.get_absolute_url()).status_code == 404
        assert client.get(paper(application, "pakta-integritas").file.get_absolute_url()).status_code == 404
    application.refresh_from_db()
    assert (application.state, application.events().count()) == ("checking", application.events().count())
    assert paper(application, "ktp").verdict == "pending"


def test_no_autocomplete_offers_applications(stage: Stage) -> None:
    stage.submitted()
    for model, field in (("standing", "application"), ("submitteddocument", "application")):
        asked = {"app_label": "verification", "model_name": model, "field_name": field, "term": "Contoh"}
        for user in (stage.member, stage.neighbour_member):
            response = logged_in(user).get(reverse("admin:autocomplete"), asked)
            assert response.status_code in (403, 404)
            assert MARK not in response.content.decode()


@pytest.mark.parametrize("name", ["add", "delete"])
def test_nobody_adds_or_deletes_in_the_admin(stage: Stage, name: str) -> None:
    application = stage.submitted()
    arguments = [] if name == "add" else [application.code]
    response = logged_in(stage.chair).post(
        reverse(f"admin:verification_application_{name}", args=arguments), {"post": "yes"}
    )
    assert response.status_code == 403
    assert Application.objects.count() == 1


def test_who_sees_an_application_by_its_state(stage: Stage) -> None:
    draft = stage.draft()
    seen = lambda: {  # noqa: E731
        name
        for name, user in watchers(stage).items()
        if Application.objects.visible_to(user).filter(pk=draft.pk).exists()
    }
    assert seen() == {"owner"}
    draft.submit(by=stage.owner(stage.firm))
    assert seen() == {"owner", "member", "chair", "office", "tapm", "province", "ministry"}


def watchers(stage: Stage) -> dict[str, Any]:
    from django.contrib.auth.models import AnonymousUser

    return {
        "public": AnonymousUser(),
        "nobody": stage.nobody,
        "owner": stage.owner(stage.firm),
        "rival": stage.owner(stage.rival),
        "member": stage.member,
        "chair": stage.chair,
        "neighbour_member": stage.neighbour_member,
        "office": stage.office,
        "neighbour_office": stage.neighbour_office,
        "tapm": stage.tapm,
        "pd": stage.pd,
        "pld": stage.pld,
        "head": stage.head,
        "province": stage.province,
        "ministry": stage.ministry,
    }


def test_a_personal_paper_is_for_the_provider_the_pokja_and_the_office(stage: Stage) -> None:
    application = stage.checking()
    ktp, pact = paper(application, "ktp"), paper(application, "pakta-integritas")
    seen: dict[str, set[str]] = {"ktp": set(), "pact": set()}
    for name, user in watchers(stage).items():
        for key, row in (("ktp", ktp), ("pact", pact)):
            rows = SubmittedDocument.objects.visible_to(user).filter(pk=row.pk)
            status = client_of(user).get(row.file.get_absolute_url()).status_code
            assert (status == 200) == rows.exists(), (name, key)
            if rows.exists():
                seen[key].add(name)
    assert seen["ktp"] == {"owner", "member", "chair", "office"}
    assert seen["pact"] == seen["ktp"] | {"tapm", "province", "ministry"}


def client_of(user: Any) -> Client:
    return logged_in(user) if user.is_authenticated else Client()


def test_each_view_of_a_personal_paper_is_one_row(stage: Stage) -> None:
    application = stage.checking()
    logged_in(stage.member).get(paper(application, "ktp").file.get_absolute_url())
    logged_in(stage.member).get(paper(application, "pakta-integritas").file.get_absolute_url())
    assert list(FileView.objects.values_list("user", "about_id")) == [
        (stage.member.pk, str(paper(application, "ktp").file_id))
    ]


def test_personal_numbers_stand_on_no_page_and_are_opened_one_at_a_time_by_who_may(stage: Stage) -> None:
    application = stage.checking()
    url = reverse("admin:verification_application_change", args=[application.code])
    number = reverse("personal-number", args=["penyedia", stage.firm.code, "nik"])
    for user, may in ((stage.member, True), (stage.office, True), (stage.ministry, False)):
        client = logged_in(user)
        page = client.get(url).content.decode()
        assert MARK in page
        for secret in (NIK, NPWP, ACCOUNT):
            assert secret not in page
        assert (number in page) == may
        assert (client.get(number).status_code == 200) == may


def test_readers_elsewhere_see_status_without_acts(stage: Stage) -> None:
    application = stage.checking()
    for user in (stage.tapm, stage.province):
        page = logged_in(user).get(application.get_absolute_url()).content.decode()
        assert MARK in page
        assert NIK not in page
        assert "/dokumen/" not in page
        assert "<form" not in page.split("<main")[1].split("</main")[0]


def test_the_desk_is_closed_to_others(stage: Stage) -> None:
    application = stage.checking()
    url = reverse("admin:verification_application_change", args=[application.code])
    for user in (stage.owner(stage.firm), stage.tapm, stage.province, stage.head):
        response = logged_in(user).get(url)
        assert response.status_code in (302, 403)
        assert NIK not in response.content.decode()
    assert Client().get(url).status_code == 302


def test_who_belongs_to_the_applicant_does_not_watch_the_check(stage: Stage) -> None:
    """A chair with a firm of their own sees it as the applicant does, never at the desk."""
    application = stage.checking()
    give(stage.second_chair, Role.PROVIDER, provider=stage.firm)
    kin = logged_in(fresh(stage.second_chair))
    for name, url in desk_urls(application).items():
        assert kin.get(url).status_code == 404, name
    listing = kin.get(reverse("admin:verification_application_changelist"), {"antrean": "semua"})
    assert MARK not in listing.content.decode()
    assert kin.get(application.get_absolute_url()).status_code == 200


def test_another_providers_pages_are_not_found(stage: Stage) -> None:
    application = stage.returned()
    client = logged_in(stage.owner(stage.rival))
    firm, expert = stage.firm.code, stage.firm.expert_entries.get().code
    for url in (
        reverse("my-provider-page", args=[firm]),
        reverse("my-provider-step", args=[firm, "rekening"]),
        reverse("my-provider-serves", args=[firm]),
        reverse("my-provider-entries", args=[firm, "tenaga-ahli"]),
        reverse("my-provider-entry-new", args=[firm, "pengalaman"]),
        reverse("my-provider-entry", args=[firm, "tenaga-ahli", expert]),
        reverse("my-provider-entry-remove", args=[firm, "tenaga-ahli", expert]),
        reverse("application-new", args=[firm]),
        reverse("application-check", args=[application.code]),
        reverse("application-statement", args=[application.code, "pakta-integritas"]),
        reverse("application-paper", args=[application.code, "tenaga-ahli", expert]),
        reverse("application-paper-detach", args=[application.code, "tenaga-ahli", expert]),
        application.get_absolute_url(),
        application.move_url("submit"),
        reverse("application-document", args=[application.code, "ktp"]),
        reverse("application-document-detach", args=[application.code, "foto"]),
    ):
        assert client.post(url, {"bank": "Bank Lain"}).status_code in (404, 405), url
        if not url.endswith("/cabut/") and "/naskah/" not in url:
            assert client.get(url).status_code == 404, url
    application.refresh_from_db()
    assert application.state == "returned"
    assert stage.firm.expert_entries.filter(removed_at=None).count() == 1


def test_a_duplicate_elsewhere_is_counted_but_not_named(stage: Stage) -> None:
    from tests.areas import LOMBOK_BARAT

    twin = stage.new_provider("PT Kembaran Rahasia", nib="0000000000777")  # the same NPWP
    stage.submitted(twin, regency=LOMBOK_BARAT)
    hidden = stage.new_provider("CV Kembaran Draf", nib="0000000000778")
    stage.draft(hidden, regency=LOMBOK_BARAT)
    application = stage.checking()
    url = reverse("admin:verification_application_change", args=[application.code])
    page = logged_in(stage.member).get(url).content.decode()
    assert "Penyedia di kabupaten/kota lain" in page
    assert "NPWP sama" in page
    assert "Kembaran" not in page
    near = stage.new_provider("PT. Contoh  Bina-Desa", npwp="0000000000000444", nib="0000000000779")
    stage.submitted(near)
    page = " ".join(logged_in(stage.member).get(url).content.decode().split())
    assert "PT. Contoh Bina-Desa" in page
    assert "nama hampir sama" in page
