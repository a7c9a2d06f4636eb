"""Every application, each check against each.

To check one thing more, write one function that takes `service` and `seen` in a `test_<topic>.py` beside this file:

    def test_a_query_is_a_span(service: Service, seen: Captured) -> None:
        service.get("/courses/7")
        assert …

What the applications do stands in `school.py`; their routes in `<framework>_service.py`.
"""

import importlib
import logging
from collections.abc import Iterator

import pytest
from tests.eduscope.conformance.service import Service
from tests.eduscope.echo_server import echo_server

from eduscope.testing import Captured, capture

APPLICATIONS = {
    "fastapi": ("fastapi_service", "make_app", True),
    "flask": ("flask_service", "make_app", False),
    "django-wsgi": ("django_service", "make_wsgi", False),
    "django-asgi": ("django_service", "make_asgi", True),
}


@pytest.fixture
def seen() -> Iterator[Captured]:
    """Everything the service records, as in production."""
    with capture(service="school", release="1.2", environment="production") as captured:
        yield captured


@pytest.fixture(scope="session")
def upstream() -> Iterator[int]:
    """The port of the service that is called."""
    with echo_server() as port:
        yield port


@pytest.fixture(params=list(APPLICATIONS))
def service(
    request: pytest.FixtureRequest,
    upstream: int,
    seen: Captured,
    stdlib_lines: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Service:
    """Each application in turn, observed; what libraries log is written too, but for the client of the tests."""
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)
    module, make, is_asgi = APPLICATIONS[request.param]
    made = getattr(importlib.import_module(f"tests.eduscope.conformance.{module}"), make)(upstream)
    return Service(request.param, made, is_asgi=is_asgi, upstream=upstream)
