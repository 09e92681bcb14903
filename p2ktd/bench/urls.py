"""The product's addresses, and beside them the reference pages of `make bench`."""

from django.urls import path

from p2ktd.bench import reference
from p2ktd.urls import *  # noqa: F403  handlers as well
from p2ktd.urls import urlpatterns as ours

urlpatterns = [
    path("acuan/tetap/", reference.constant),
    path("acuan/ringkas/", reference.lean),
    path("acuan/mentah/", reference.raw),
    *ours,
]
