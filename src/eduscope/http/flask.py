"""Flask: the middleware, and what it cannot see from outside, the exception that Flask made an answer of.

>>> app = Flask(__name__)
>>> eduscope.http.flask.instrument(app)
"""

from typing import Any, TypeVar

from flask import Flask, got_request_exception, request

from eduscope.counters import counters
from eduscope.http.request import NOTED_ROUTE, TOLD_ERROR
from eduscope.http.templates import of_werkzeug
from eduscope.http.wsgi import WSGIMiddleware
from eduscope.told import tell

AnyFlask = TypeVar("AnyFlask", bound=Flask)


def instrument(app: AnyFlask) -> AnyFlask:
    """The same application, observed from now on. Twice does no more than once."""
    if not isinstance(app.wsgi_app, WSGIMiddleware):
        app.wsgi_app = WSGIMiddleware(app.wsgi_app)  # type: ignore[method-assign]
        got_request_exception.connect(_note_exception, app)
    return app


def _note_exception(_app: Flask, exception: BaseException, **_signal: Any) -> None:
    try:
        environ = request.environ
        environ[TOLD_ERROR] = exception
        tell(exception)
        # Where the exception goes on to the server, no answer begins at which the middleware would note it.
        environ[NOTED_ROUTE] = of_werkzeug(environ)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("flask")
