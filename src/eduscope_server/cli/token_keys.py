"""`eduscope privacy keys`: the file with the key ring that makes tokens, and who is joined over its epochs."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from eduscope.privacy import KeyRing, KeyRingError
from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.options import fail, load_settings

FileOption = Annotated[
    str,
    typer.Option(
        "--file", help="The key file. [EDUSCOPE_TOKEN_KEYS_FILE, default `token-keys` in the data folder]"
    ),
]

_AT_ONCE = 100
"""Ids in one request; 64 KiB is the most the API reads."""

app = typer.Typer(help="Make and rotate the keys that turn people into tokens.", no_args_is_help=True)


@app.command("list")
def list_keys(file: FileOption = "", data: DataOption = "") -> None:
    """List the ids of the ring's keys, the current one first."""
    current, *earlier = _read(_file(file, data)).ids
    typer.echo(f"{current}  makes tokens")
    for key_id in earlier:
        typer.echo(f"{key_id}  still tells whose its tokens are, and opens what it sealed")


@app.command("create")
def create(file: FileOption = "", data: DataOption = "") -> None:
    """Make a file with a ring of one new key, for services that have none yet."""
    path = _file(file, data)
    with _alone(path):
        if path.exists():
            fail(f"{path} is there already; `eduscope privacy keys rotate` puts a new key in front")
        KeyRing([("k1", os.urandom(32))]).write(path)
    typer.echo(f"{path} has a new key k1; give every service a copy, and keep one where backups are")


@app.command("rotate")
def rotate(file: FileOption = "", data: DataOption = "") -> None:
    """Put a new key in front of the ring. Who follows the file uses it within seconds, without a restart."""
    path = _file(file, data)
    with _alone(path):
        ring = _read(path)
        if path.stat().st_uid != os.getuid():
            fail(f"{path} belongs to another user, who could not read the new file; run this as that user")
        rotated = ring.rotated(_next_id(ring))
        rotated.write(path)
    typer.echo(
        f"{rotated.current_id} makes tokens now; {', '.join(ring.ids)} stay for what was before. "
        "Give every service the same file, and keep a copy where backups are"
    )


@app.command("join")
def join(
    ids: Annotated[typer.FileText, typer.Argument(help="Raw ids, one per line; `-` is standard input.")],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """After a rotation: have one token of these people find their records of all epochs. The ids are not kept."""
    platform = connect(url, data)
    lines = (line.strip() for line in ids)
    named = (line for line in lines if line)
    people = 0
    while batch := list(islice(named, _AT_ONCE)):
        joined = platform.post("/api/privacy/epochs", {"ids": batch})
        people += joined["people"]
        if len(joined["keys"]) < 2:
            fail(
                "the platform's ring has one key: there is nothing to join before `eduscope privacy keys rotate`"
            )
    typer.echo(f"{people} people are joined")


def _file(file: str, data: str) -> Path:
    settings = load_settings({"data": data or None, "token_keys_file": file or None})
    if settings.token_keys:
        fail(
            "the ring is in EDUSCOPE_TOKEN_KEYS, which no command can change; put the new key in front of it there, "
            "or keep the ring in a file (EDUSCOPE_TOKEN_KEYS_FILE)"
        )
    return settings.key_file


def _read(path: Path) -> KeyRing:
    try:
        return KeyRing.from_file(path)
    except KeyRingError as error:
        fail(str(error))


def _next_id(ring: KeyRing) -> str:
    """`k3` behind `k2`, whatever else the ring's keys are called."""
    numbers = [int(key_id[1:]) for key_id in ring.ids if key_id[0] == "k" and key_id[1:].isdecimal()]
    return f"k{max(numbers, default=0) + 1}"


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One change at a time: of two rotations at once, one would lose the other's key."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        fail(f"{path.parent} cannot be opened: {error.strerror}")
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
