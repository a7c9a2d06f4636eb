"""FastAPI and Starlette: the middleware outside of the application's own, even of the one that answers 500.

>>> app = FastAPI()
>>> eduscope.http.fastapi.instrument(app)
"""

from typing import TypeVar

from starlette.applications import Starlette
from starlette.types import ASGIApp

from eduscope.http.asgi import ASGIMiddleware

AnyApp = TypeVar("AnyApp", bound=Starlette)


def instrument(app: AnyApp) -> AnyApp:
    """The same application, observed from now on. Twice does no more than once.

    Unlike `add_middleware` it is outside of everything, so that a 500 has its correlation id too; unlike
    `ASGIMiddleware(app)` the application is still one, with its routes and its test client. FastAPI's own server
    spans are turned off, unless the application named a tracer provider for them.
    """
    build = app.build_middleware_stack

    def observed() -> ASGIApp:
        stack = build()
        return stack if isinstance(stack, ASGIMiddleware) else ASGIMiddleware(stack)

    _take_over(app)
    if app.middleware_stack is not None:
        app.middleware_stack = None  # it has served already: built anew with the next request
    app.build_middleware_stack = observed  # type: ignore[method-assign]
    return app


def _take_over(app: Starlette) -> None:
    """FastAPI makes server spans around all middleware as soon as it knows a provider: one span is enough."""
    telemetry = getattr(app, "_telemetry", None)
    if isinstance(telemetry, dict) and telemetry.get("tracer_provider") is None:
        telemetry["tracing"] = False
