"""The processes of EduLearn by name. Each imports its own service only."""

# ruff: noqa: PLC0415 - a process imports its own service only, and is small and quick to start

import asyncio
import importlib

from edulearn.launch.releases import rolled_out
from edulearn.settings import HTTP_SERVICES, WSGI_SERVICES, Settings


class UnknownProgram(Exception):
    """A process was asked for that EduLearn does not have."""


def run_program(name: str, settings: Settings) -> int:
    """Runs one process to its end; the exit code."""
    if name == "postgres":
        from edulearn.database.embedded import run

        run(settings.data)
    elif name == "redis":
        from edulearn.database.redis_server import run as run_redis

        run_redis(settings.data)
    elif name == "students":
        from edulearn.students.crowd import run as run_students

        asyncio.run(run_students(settings))
    elif name == "worker":
        from edulearn.services.worker.app import run as run_worker

        asyncio.run(run_worker(settings))
    elif name in HTTP_SERVICES:
        _serve(name, rolled_out(name, settings))
    else:
        raise UnknownProgram(f'there is no process "{name}"')
    return 0


def _serve(name: str, settings: Settings) -> None:
    from edulearn.services.watching import FACES_BROWSERS, watch

    watch(name, settings)
    app = importlib.import_module(f"edulearn.services.{name.replace('-', '_')}.app").make_app(settings)
    port = settings.ports[name]
    if name in WSGI_SERVICES:
        from edulearn.services.serve_wsgi import instrumented_wsgi, serve_wsgi

        serve_wsgi(instrumented_wsgi(app), port)
    else:
        from edulearn.services.serve import instrumented, serve

        asyncio.run(serve(instrumented(app, serve_metrics=name != FACES_BROWSERS), port))
