"""Areas in the admin: looked up by everyone who works there, changed by no one."""

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.urls import reverse

from accounts.admin_site import site
from accounts.models import Membership, Role, User
from regions.models import Area, AreaTitle
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")


@pytest.fixture
def asked(rf):
    """A request by someone of the ministry, past the door."""
    person = User.objects.create_user("kementerian@contoh.test", name="Contoh")
    Membership.objects.create(user=person, role=Role.MINISTRY)

    def make(path, **query):
        request = rf.get(path, query)
        request.user, request.session = person, {}
        request._messages = FallbackStorage(request)
        return request

    return make


def test_areas_are_found_as_people_say_them(asked):
    page = site._registry[Area].changelist_view(asked(reverse("admin:regions_area_changelist"), q="kuta pujut"))
    html = page.render().content.decode()
    assert "Desa Kuta" in html
    assert "Sukadana" not in html


def test_nothing_of_an_area_can_be_changed(asked):
    request, admin = asked("/"), site._registry[Area]
    assert admin.has_view_permission(request)
    assert not any(
        (admin.has_add_permission(request), admin.has_change_permission(request), admin.has_delete_permission(request))
    )
    html = admin.change_view(request, places.KUTA).render().content.decode()
    assert "Desa Kuta" in html
    assert 'name="name"' not in html


def test_titles_are_corrected_and_neither_added_nor_deleted(asked):
    request, admin = asked("/"), site._registry[AreaTitle]
    title = AreaTitle.objects.first()
    assert admin.has_change_permission(request, title)
    assert not any((admin.has_add_permission(request), admin.has_delete_permission(request, title)))
    assert 'name="text"' in admin.change_view(request, str(title.pk)).render().content.decode()
    request.user = User.objects.create_user("lain@contoh.test", name="Lain")
    assert not admin.has_change_permission(request, title)
