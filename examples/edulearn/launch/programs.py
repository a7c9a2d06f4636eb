"""The processes of EduLearn by name. Each imports its own service only."""

# ruff: noqa: PLC0415 - a process imports its own service only, and is small and quick to start

import asyncio
import importlib

from edulearn.settings import HTTP_SERVICES, Settings


class UnknownProgram(Exception):
    """A process was asked for that EduLearn does not have."""


def run_program(name: str, settings: Settings) -> int:
    """Runs one process to its end; the exit code."""
    if name == "postgres":
        from edulearn.database.embedded import run

        run(settings.data)
    elif name == "students":
        from edulearn.students.crowd import run as run_students

        asyncio.run(run_students(settings))
    elif name == "worker":
        from edulearn.services.worker.app import run as run_worker

        asyncio.run(run_worker(settings))
    elif name in HTTP_SERVICES:
        asyncio.run(_serve(name, settings))
    else:
        raise UnknownProgram(f'there is no process "{name}"')
    return 0


async def _serve(name: str, settings: Settings) -> None:
    from edulearn.services.serve import serve, watch

    watch(name)
    service = importlib.import_module(f"edulearn.services.{name.replace('-', '_')}.app")
    await serve(service.make_app(settings), settings.ports[name])
