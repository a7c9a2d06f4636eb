"""The school as a Django application: its settings, routes and views in one file, for WSGI and for ASGI."""

import asyncio
from typing import Any

import django
import requests
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path, re_path
from tests.eduscope.conformance import school

import eduscope.http
import eduscope.metrics

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["service", "127.0.0.1"],
        DEBUG=False,
        LOGGING_CONFIG=None,
        ROOT_URLCONF=__name__,
        SECRET_KEY="of the tests",
        USE_TZ=True,
    )
    django.setup()

upstream = {"port": 0}


def course(request: HttpRequest, course: str) -> JsonResponse:
    """A course."""
    return JsonResponse(school.course(course))


def fail(request: HttpRequest, course: str) -> HttpResponse:
    """What goes wrong."""
    school.fail(course)
    return HttpResponse("not reached")


def ask(request: HttpRequest, course: str) -> JsonResponse:
    """A model is asked, and another service."""
    _ = request.body
    school.answer_question()
    with eduscope.http.requests.instrument(requests.Session(), peer="accounts") as accounts:
        return JsonResponse(accounts.get(f"http://127.0.0.1:{upstream['port']}/accounts").json())


def me(request: HttpRequest) -> HttpResponse:
    """Somebody."""
    with eduscope.bind(tenant_id="t1", user_id=school.PERSON):
        school.log_person()
    return HttpResponse("me")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """An answer that takes its time."""

    async def parts() -> Any:
        for part in school.parts():
            yield part

    return StreamingHttpResponse(parts() if hasattr(request, "scope") else school.parts())


def endless(request: HttpRequest) -> StreamingHttpResponse:
    """An answer that ends when nobody listens."""

    async def parts() -> Any:
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0.01)

    return StreamingHttpResponse(parts())


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers."""
    return HttpResponse(eduscope.metrics.text(), content_type="text/plain")


urlpatterns = [
    path("", include([path("courses/<str:course>", course)])),
    path("fail/<str:course>", fail),
    re_path(r"^ask/(?P<course>[a-z0-9-]+)$", ask),
    path("me", me),
    path("stream", stream),
    path("endless", endless),
    path("metrics", metrics),
]


def make_wsgi(port: int) -> Any:
    """The application, observed, for a WSGI server."""
    upstream["port"] = port
    return eduscope.http.django.instrument(get_wsgi_application())


def make_asgi(port: int) -> Any:
    """The application, observed, for an ASGI server."""
    upstream["port"] = port
    return eduscope.http.django.instrument(get_asgi_application())
