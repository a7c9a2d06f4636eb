"""`eduscope privacy`: erase a person, and prove it."""

import json
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.options import fail
from eduscope_server.cli.rosters import app as rosters
from eduscope_server.cli.terminal import shown
from eduscope_server.cli.token_keys import app as token_keys

_LOOK_SECONDS = 1.0


class Turn(StrEnum):
    """What becomes of a vault."""

    ON = "on"
    OFF = "off"


app = typer.Typer(
    help="See what was found, declare fields; erase people and prove it; reveal prose with a purpose.",
    no_args_is_help=True,
)
app.add_typer(token_keys, name="keys")
app.add_typer(rosters, name="roster")


@app.command("erase")
def erase(
    subject: Annotated[str, typer.Option(help="A raw id, or a token. `-` reads it from standard input.")],
    reason: Annotated[str, typer.Option(help="Why. Kept with the erasure, redacted.")],
    tenant: Annotated[str, typer.Option(help="Only in this tenant; else in all of them.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Take the rows off the disk now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Destroy a person's keys and delete their rows in every table. Twice is safe."""
    named = sys.stdin.readline().strip() if subject == "-" else subject
    asked = {"subject": named, "reason": reason, "tenant_id": tenant or None, "wait": wait}
    platform = connect(url, data)
    erasure = platform.post("/api/privacy/erasures", asked)
    while wait and erasure["stage"] != "removed":  # a large store takes longer than an answer may
        time.sleep(_LOOK_SECONDS)
        erasure = platform.get(f"/api/privacy/erasures/{erasure['erasure_id']}")
    if as_json:
        typer.echo(json.dumps(erasure))
        return
    typer.echo(_told(erasure))


@app.command("certificate")
def certificate(
    erasure_id: Annotated[int, typer.Argument(help="The number that `eduscope privacy erase` gave.")],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Print the signed certificate of an erasure."""
    said = connect(url, data).get(f"/api/privacy/erasures/{erasure_id}/certificate")
    typer.echo(json.dumps(said, indent=2, ensure_ascii=False))


@app.command("verify")
def verify_certificate(
    file: Annotated[Path, typer.Argument(help="A certificate, as `eduscope privacy certificate` prints it.")],
    key: Annotated[
        str, typer.Option(help="The installation's fingerprint, SHA256:…; else the platform is asked for it.")
    ] = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Check a certificate: is it whole, and did this installation sign it? With --key no platform is needed."""
    from eduscope_server.privacy.certificate import NotACertificate, verify

    try:
        signed_with = verify(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read as JSON ({type(error).__name__})")
    except NotACertificate as error:
        fail(f"{file}: {error}")
    wanted = key or connect(url, data).get("/api/privacy/certificate-key")["fingerprint"]
    if signed_with != wanted:
        fail(f"{file} is whole, but {signed_with} signed it, not {wanted}")
    typer.echo(f"{file} is whole, and signed with {signed_with}")


@app.command("vault")
def vault(
    turn: Annotated[Turn | None, typer.Argument(help="Keep learners' text, or not; nothing to list.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose vault.")] = "",
    reason: Annotated[str, typer.Option(help="Why. Kept in the access log, redacted.")] = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Turn a tenant's prose vault on or off, or list whose is on."""
    platform = connect(url, data)
    if turn is None:
        typer.echo("\n".join(platform.get("/api/privacy/vault")["tenants"]) or "no tenant's vault is on")
        return
    if not tenant or not reason:
        fail("say which tenant's, and why: --tenant … --reason …", code=2)
    wanted = {"tenant_id": tenant, "on": turn is Turn.ON, "reason": reason}
    platform.put("/api/privacy/vault", wanted)
    typer.echo(f"the prose vault of {tenant} is {turn.value}")


@app.command("under-13")
def under_13(
    tenant: Annotated[str, typer.Option(help="Whose days; without it all are listed.")] = "",
    days: Annotated[int, typer.Option(min=0, help="For how many days records of children are kept.")] = 0,
    reason: Annotated[str, typer.Option(help="Why. Kept in the access log, redacted.")] = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Set, or list, for how many days records of children under 13 are kept."""
    platform = connect(url, data)
    if not tenant:
        known = platform.get("/api/privacy/under-13")
        for name, kept_days in known["tenants"].items():
            typer.echo(f"{name}: {kept_days} days")
        typer.echo(f"all {'others' if known['tenants'] else 'tenants'}: {known['default_days']} days")
        return
    if not days or not reason:
        fail("say for how many days, and why: --days … --reason …", code=2)
    platform.put("/api/privacy/under-13", {"tenant_id": tenant, "days": days, "reason": reason})
    typer.echo(f"{tenant} keeps records of children for {days} days")


@app.command("reveal")
def reveal(
    prose_id: Annotated[str, typer.Argument(help="The id in a record's `[prose:<id>]`.")],
    purpose: Annotated[
        str, typer.Option(help="For what you read it: at least 10 characters, kept for ever.")
    ],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Read one learner's text. Who, when and for what is on record before it is shown."""
    known = prose_id.removeprefix("[prose:").removesuffix("]")
    found = connect(url, data).post(f"/api/prose/{known}/reveal", {"purpose": purpose})
    typer.echo(shown(found["text"]))


def _told(erasure: dict[str, Any]) -> str:
    number = erasure["erasure_id"]
    rows = ", ".join(f"{count} of {table}" for table, count in sorted(erasure["rows_deleted"].items()))
    lines = [
        f"erasure {number}: {erasure['keys_destroyed']} keys destroyed; rows deleted: {rows or 'none yet'}"
    ]
    if erasure["repeats"]:
        lines.append(
            f"this person was erased before, by erasure {erasure['repeats']}; doing it again is safe"
        )
    lines.append(_STAGES[erasure["stage"]])
    lines.append(f"the certificate: eduscope privacy certificate {number}")
    return "\n".join(lines)


_STAGES = {
    "hiding": "the prose is unreadable; rows are still being hidden, also after a restart",
    "hidden": "nothing finds the rows any more; they leave the disk with the next merge, within a day",
    "removed": "nothing is left on the disk",
}
