"""Django, with WSGI or ASGI: the middleware, and what it cannot see from outside, the route and the exception.

>>> application = eduscope.http.django.instrument(get_wsgi_application())      # in wsgi.py
>>> application = eduscope.http.django.instrument(get_asgi_application())      # in asgi.py
"""

import sys
from collections.abc import Callable
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception

from eduscope.counters import counters
from eduscope.http.asgi import ASGIMiddleware
from eduscope.http.request import NOTED_ROUTE, TOLD_ERROR
from eduscope.http.templates import of_django
from eduscope.http.wsgi import WSGIMiddleware
from eduscope.told import tell


def instrument(application: WSGIHandler | ASGIHandler) -> WSGIMiddleware | ASGIMiddleware:
    """The application, observed: put it where the server finds it.

    Nothing is added to `MIDDLEWARE`: the route is noted where Django resolves it, the exception where Django
    signals it, before any answer is made of it.
    """
    handler: Any = application
    handler.resolve_request = _noting(handler.resolve_request)
    got_request_exception.connect(_note_exception, dispatch_uid="eduscope")
    return (
        ASGIMiddleware(handler, has_lifespan=False)
        if isinstance(application, ASGIHandler)
        else WSGIMiddleware(handler)
    )


def _noting(resolve: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def noting(request: Any) -> Any:
        match = resolve(request)
        try:
            _carrier(request)[NOTED_ROUTE] = of_django(match.route or "")
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("django")
        return match

    return noting


def _note_exception(request: Any = None, **_signal: Any) -> None:
    try:
        error = sys.exception()
        if request is not None and error is not None:
            _carrier(request)[TOLD_ERROR] = error
            tell(error)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("django")


def _carrier(request: Any) -> Any:
    """What the middleware outside sees of a request: ASGI's scope, or WSGI's environ."""
    return request.scope if hasattr(request, "scope") else request.environ
