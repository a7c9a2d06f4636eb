"""`python -m edulearn`: up, chaos, and the commands by which the launcher starts each process."""

# ruff: noqa: PLC0415 - a process imports its own service only, and is small and quick to start

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edulearn.settings import DEFAULT_GATEWAY_PORT, Settings

DEFAULT_DATA = "data/edulearn"
DEFAULT_STUDENTS = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m edulearn", description="EduLearn, a small learning platform."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    up = commands.add_parser("up", help="start EduLearn and keep it up until SIGTERM or Ctrl-C")
    up.add_argument("--endpoint", default=os.environ.get("EDUSCOPE_ENDPOINT", ""), help="address of EduScope")
    up.add_argument(
        "--ingest-key",
        default=os.environ.get("EDUSCOPE_INGEST_KEY", ""),
        help="key for EduScope's doors; better given as EDUSCOPE_INGEST_KEY, which no process list shows",
    )
    up.add_argument("--data", default=DEFAULT_DATA, help="folder for database and logs")
    up.add_argument(
        "--port", type=int, default=DEFAULT_GATEWAY_PORT, help="port of the gateway; 0 for a free one"
    )
    up.add_argument("--students", type=int, default=DEFAULT_STUDENTS, help="simulated learners; 0 for none")
    up.add_argument(
        "--postgres", default="", help="postgresql:// address; without it an embedded server runs"
    )
    up.add_argument("--environment", default=os.environ.get("EDUSCOPE_ENVIRONMENT", "production"))
    up.set_defaults(run=_up)
    chaos = commands.add_parser("chaos", help="switch a fault on or off: chaos slow-query on; chaos list")
    chaos.add_argument("fault", help="a fault, or list")
    chaos.add_argument("switch", nargs="?", choices=["on", "off"])
    chaos.add_argument("--data", default=DEFAULT_DATA, help="the folder that `up` was given")
    chaos.set_defaults(run=_chaos)
    service = commands.add_parser("service", help="run one process, as supervisord does")
    service.add_argument("name")
    service.set_defaults(run=_service)
    supervise = commands.add_parser("supervise", help="run supervisord, as `up` does")
    supervise.add_argument("config")
    supervise.set_defaults(run=_supervise)
    return parser


def _up(options: argparse.Namespace) -> int:
    from edulearn.database.embedded import address
    from edulearn.database.redis_server import redis_address
    from edulearn.launch.up import choose_ports, data_folder, up

    data = data_folder(options.data)
    settings = Settings(
        data=data,
        postgres=options.postgres or address(data),
        ports=choose_ports(options.port),
        redis=redis_address(data),
        endpoint=options.endpoint,
        ingest_key=options.ingest_key,
        environment=options.environment,
        students=options.students,
    )
    return up(settings, embedded_postgres=not options.postgres)


def _chaos(options: argparse.Namespace) -> int:
    from edulearn.chaos import FAULTS, SEEN_IN, Chaos, UnknownFault, fault_named

    chaos = Chaos(Path(options.data).expanduser().resolve())
    try:
        if options.switch is not None:
            chaos.switch(fault_named(options.fault), on=options.switch == "on")
        elif options.fault != "list":
            fault_named(options.fault)
    except (UnknownFault, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    for fault, meaning in FAULTS.items():
        sys.stdout.write(f"{fault:16} {'ON ' if chaos.is_on(fault) else 'off'}  {meaning}\n")
    for fault in FAULTS:
        if chaos.is_on(fault) and fault in SEEN_IN:
            sys.stdout.write(f"See {fault} in EduScope: {SEEN_IN[fault]}\n")
    return 0


def _service(options: argparse.Namespace) -> int:
    from edulearn.launch.leash import die_with_parent
    from edulearn.launch.programs import run_program

    if options.name != "postgres":
        # PostgreSQL's process changes its user first, which would undo it.
        die_with_parent()
    return run_program(options.name, Settings.from_environment())


def _supervise(options: argparse.Namespace) -> int:
    from supervisor import supervisord

    from edulearn.launch.leash import become_parent, die_with_parent

    die_with_parent()
    become_parent()
    supervisord.main(["--nodaemon", "--configuration", options.config])
    return 0
