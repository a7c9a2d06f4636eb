"""Runs a Flask service in this process: the public SDK around the application, waitress in front of it."""

import signal
import sys
import types
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from waitress.server import create_server

import eduscope
from edulearn.services.binding import bound
from edulearn.services.caller import caller_of

THREADS = 4


def instrumented_wsgi(app: Flask) -> WSGIApplication:
    """The application as it is served: health check, metrics, tenant and person on every record, request line."""
    metrics = eduscope.metrics.wsgi_app()
    inner = app.wsgi_app

    def bind_caller(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with bound(caller_of(_headers(environ))):
            return inner(environ, start_response)

    app.wsgi_app = bind_caller  # type: ignore[method-assign]
    eduscope.http.flask.instrument(app)

    def serve_one(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/healthz":
            start_response("200 OK", [("content-type", "application/json")])
            return [b'{"status":"ok"}']
        if path == "/metrics":
            return metrics(environ, start_response)
        return app(environ, start_response)

    return serve_one


def serve_wsgi(app: WSGIApplication, port: int) -> None:
    """Serves on loopback, with a few threads, until SIGTERM or SIGINT."""
    server = create_server(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)

    def stop(number: int, frame: types.FrameType | None) -> None:
        # waitress ends its loop and its threads on SystemExit.
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run()


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_X_EDULEARN_")
    }
