"""How the directory finds a provider: by the beginnings of its name, by its number, by what it offers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict

from accounts.models import Provider
from catalog import directory
from catalog.lists.provider import ProviderFilter
from catalog.models import Service
from tests.areas import BANDUNG, LOMBOK_TENGAH
from tests.catalog import stage
from verification.models import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms(areas: None) -> None:
    rinjani, tambora = stage.firm("CV Rinjani Karya-Mandiri"), stage.firm("PT.Tambora Jaya", area=BANDUNG)
    stage.list_in_directory(rinjani.provider, directory_number="P2KTD/52.02/0017")
    stage.list_in_directory(tambora.provider, BANDUNG, directory_number="P2KTD/32.73/0170")
    stage.firm("CV Rinjani Tidak Terdaftar")
    stage.service(rinjani, "Pengawasan irigasi")
    stage.service(tambora, "Pelatihan BUM Desa", areas=(BANDUNG,))


def found(**asked: str) -> list[str]:
    query = QueryDict(mutable=True)
    query.update(asked)
    rows = ProviderFilter(query, queryset=directory.listed()).qs
    return sorted(rows.values_list("name", flat=True))


RINJANI, TAMBORA = "CV Rinjani Karya-Mandiri", "PT.Tambora Jaya"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("rinjani", [RINJANI]),
        ("RINJ karya", [RINJANI]),
        ("karya rinj", [RINJANI]),
        ("mandiri", [RINJANI]),
        ("tambora", [TAMBORA]),  # "PT.Tambora" is two words
        ("0017", [RINJANI]),
        ("P2KTD/52.02/0017", [RINJANI]),
        ("p2ktd", [RINJANI, TAMBORA]),
        ("irigasi", [RINJANI]),
        ("badan usaha milik desa", [TAMBORA]),
        ("rinjani tambora", []),
        ("xqzw", []),
        ("' | ! & :*", []),
        ("", [RINJANI, TAMBORA]),
    ],
)
def test_a_provider_is_found_by_name_number_or_offer(firms: None, typed: str, names: list[str]) -> None:
    assert found(q=typed) == names


def test_words_and_regency_together(firms: None) -> None:
    assert found(q="p2ktd", wilayah=LOMBOK_TENGAH) == [RINJANI]
    assert found(q="tambora", wilayah=LOMBOK_TENGAH) == []
    assert found(q="pelatihan", wilayah=BANDUNG) == [TAMBORA]


def test_a_renamed_provider_is_found_by_its_new_name_only(firms: None) -> None:
    provider = Provider.objects.get(name=RINJANI)
    provider.name = "CV Sasak Karya"
    provider.save()
    assert (found(q="sasak"), found(q="rinjani")) == (["CV Sasak Karya"], [])


def test_a_draft_is_no_offer(firms: None) -> None:
    Service.objects.get(title="Pengawasan irigasi").pause(
        by=stage.person("x@contoh.example", "provider", provider=Provider.objects.get(name=RINJANI))
    )
    assert found(q="irigasi") == []


def test_names_and_numbers_are_read_off_their_indexes(firms: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "provider_name_words" in Provider.objects.named("rinj karya").explain()
    assert "standing_number_words" in Standing.objects.numbered("0017").explain()
