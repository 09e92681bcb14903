"""Who is at a session is one query, and it is still asked on every page."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.backends import Backend
from accounts.models import Membership, Role, User
from tests.areas import KUTA

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(areas: None) -> User:
    user = User.objects.create_user(email="operator@contoh.example", password="x", name="Contoh")
    Membership.objects.create(user=user, role=Role.VILLAGE_OPERATOR, area_id=KUTA)
    return user


def queries(client: Client, path: str) -> list[str]:
    assert client.get(path).status_code == 200  # renews the session's date
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize("path", ["/layanan/", "/penyedia/", "/"])
def test_being_logged_in_costs_three_queries(operator: User, path: str) -> None:
    """The session, the person with what it is today, the notices."""
    visitor, person = Client(), Client()
    person.force_login(operator)
    assert len(queries(person, path)) == len(queries(visitor, path)) + 3


def test_a_person_comes_with_memberships_and_second_factor(operator: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        found = Backend().get_user(operator.pk)
        assert [(each.role, each.area.code) for each in found.memberships_now] == [(Role.VILLAGE_OPERATOR, KUTA)]
        assert not found.has_second_factor


def test_a_membership_that_ended_is_not_among_them(operator: User) -> None:
    Membership.objects.update(starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 12, 31))
    found = Backend().get_user(operator.pk)
    assert found == operator
    assert found.memberships_now == []


def test_who_is_barred_is_nobody_with_and_without_a_membership(operator: User) -> None:
    User.objects.update(is_active=False)
    assert Backend().get_user(operator.pk) is None
    Membership.objects.all().delete()
    assert Backend().get_user(operator.pk) is None
    assert Backend().get_user(0) is None
