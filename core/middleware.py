"""What every request passes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.cache import patch_cache_control

Handler = Callable[[HttpRequest], HttpResponse]


class RefuseBadTextMiddleware:
    """NUL characters and broken UTF-8 in the address are refused with 400 before they reach a query."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_bad(request.META.get("QUERY_STRING", "")) or "\0" in request.path or "\ufffd" in request.path:
            return render(request, "400.html", status=400)
        if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
            try:
                if b"%00" in request.body:
                    return render(request, "400.html", status=400)
            except UnreadablePostError:
                return render(request, "400.html", status=400)
        return self.get_response(request)


def is_bad(query: str) -> bool:
    """Does this query string hold a NUL, or bytes that are not UTF-8?"""
    from urllib.parse import unquote_to_bytes

    raw = unquote_to_bytes(query)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in raw


class PermissionsPolicyMiddleware:
    """No page of ours, and nothing in a frame of it, asks for the camera, the microphone, the place or a payment."""

    policy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        return response


class PrivatePagesMiddleware:
    """What a logged-in person sees is kept by no cache on the way, nor by a shared browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
