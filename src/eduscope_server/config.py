"""Every option of the platform, in one table: flag, environment, type, default and a sentence.

The fields of `Settings` are the table. `eduscope serve --help` and the reference page are made from it, and
`Settings.load` reads it: a flag wins over the environment, the environment over the default. An odd value
and an unknown `EDUSCOPE_*` name both stop start-up, because a misspelt option that is silently ignored is
found out in an incident.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from eduscope_server.foreign_names import FOREIGN_NAMES
from eduscope_server.option_kinds import (
    CLICKHOUSE,
    FILE,
    FOLDER,
    LEVEL,
    LISTEN,
    POSTGRES,
    SECRET,
    SIZE,
    WEB,
    WHOLE,
    WIDTH_V4,
    WIDTH_V6,
    Kind,
    Listen,
)

__all__ = [
    "FOREIGN_NAMES",
    "PREFIX",
    "ConfigError",
    "Listen",
    "OptionRow",
    "Settings",
    "environment_of",
    "flag_of",
    "option_rows",
]

PREFIX = "EDUSCOPE_"

# A secret a person can guess may guard a laptop, never a network.
SHORTEST_SECRET_ON_A_NETWORK = 16


class ConfigError(Exception):
    """Start-up must stop: an option has an odd value, or nobody knows its name."""


@dataclass(frozen=True)
class Option:
    """One row of the table, without its default."""

    sentence: str
    kind: Kind


def _option(default: Any, sentence: str, kind: Kind) -> Any:
    return field(default=default, metadata={"option": Option(sentence, kind)}, repr=not kind.is_secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the platform was told. Every field has a default that runs on one machine without any set-up."""

    data: Path = _option(Path("data"), "Folder that holds everything the platform keeps.", FOLDER)
    listen: Listen = _option(
        Listen("127.0.0.1", 4400),
        "Address and port of the doors, the API and the console. Port 0 takes a free one.",
        LISTEN,
    )
    clickhouse: str = _option(
        "", "Address of a ClickHouse server; empty runs ClickHouse inside the process.", CLICKHOUSE
    )
    postgres: str = _option(
        "", "Address of a PostgreSQL server; empty runs PostgreSQL under the data folder.", POSTGRES
    )
    admin_token: str = _option(
        "", "Bearer token that may do everything; if empty, one is made and printed once.", SECRET
    )
    ingest_key: str = _option(
        "",
        "Bearer key that may send records of every tenant; if empty, one is made and printed once.",
        SECRET,
    )
    token_keys: str = _option(
        "",
        "Key ring for the tokens that the platform makes, as the services have it; if empty, one is made.",
        SECRET,
    )
    token_keys_file: str = _option(
        "",
        "File of mode 0600 with the key ring, if not `token-keys` in the data folder. A new ring in it is in use "
        "within seconds.",
        FILE,
    )
    network_bits_v4: int = _option(
        24, "How much stays readable of an IPv4 address that the platform itself shortens.", WIDTH_V4
    )
    network_bits_v6: int = _option(48, "The same of an IPv6 address.", WIDTH_V6)
    public_url: str = _option(
        "", "Where browsers reach the console, if not at the listen address; used in links.", WEB
    )
    max_body_bytes: int = _option(
        16 << 20, "Largest body a door accepts, as it arrives (compressed or not).", SIZE
    )
    max_decompressed_bytes: int = _option(64 << 20, "Largest body a door accepts after decompression.", SIZE)
    max_waiting_bytes: int = _option(
        192 << 20, "Bound on the bodies that wait for their commit; above it the doors answer 503.", SIZE
    )
    commit_bytes: int = _option(
        8 << 20, "Bytes of bodies after which a commit starts without waiting longer.", SIZE
    )
    shutdown_seconds: int = _option(20, "Longest that a stop waits for requests under way.", WHOLE)
    log_level: str = _option("info", "Least severe level of the platform's own log lines.", LEVEL)

    @classmethod
    def load(cls, flags: Mapping[str, str | None], environment: Mapping[str, str]) -> Self:
        """Read flags (by field name, None = not given) over the environment over the defaults.

        Raises `ConfigError` for an odd value and for an `EDUSCOPE_*` name that nobody reads.
        """
        _refuse_unknown(environment)
        values: dict[str, Any] = {}
        for row in fields(cls):
            option: Option = row.metadata["option"]
            for source, text in (
                (flag_of(row.name), flags.get(row.name)),
                # A variable set to nothing is how compose files and CI say "not set".
                (environment_of(row.name), environment.get(environment_of(row.name)) or None),
            ):
                if text is not None:
                    values[row.name] = _read(option, source, text)
                    break
        settings = cls(**values)
        settings._refuse_guessable_secrets()
        if settings.admin_token and settings.admin_token == settings.ingest_key:
            raise ConfigError(
                "EDUSCOPE_ADMIN_TOKEN and EDUSCOPE_INGEST_KEY are the same; every service that sends could "
                "then read and change everything. Give them different values"
            )
        if settings.token_keys and settings.token_keys_file:
            raise ConfigError(
                "EDUSCOPE_TOKEN_KEYS and token_keys_file are both set; a key ring has one source. Unset one of them"
            )
        return settings

    @property
    def key_file(self) -> Path:
        """Where the key ring is kept, unless it is in the environment."""
        return Path(self.token_keys_file).expanduser() if self.token_keys_file else self.data / "token-keys"

    @property
    def url(self) -> str:
        """The address to give to a browser, without a slash at the end."""
        return self.public_url or self.local_url

    @property
    def local_url(self) -> str:
        """The address for programs on this machine."""
        if self.listen.host in {"0.0.0.0", "::"}:  # noqa: S104 - not bound here: nobody can visit "every address"
            return f"http://127.0.0.1:{self.listen.port}"
        return f"http://{self.listen}"

    def _refuse_guessable_secrets(self) -> None:
        if self.listen.is_loopback:
            return
        for name in ("admin_token", "ingest_key"):
            length = len(getattr(self, name))
            if 0 < length < SHORTEST_SECRET_ON_A_NETWORK:
                raise ConfigError(
                    f"{environment_of(name)} has {length} characters; expected at least "
                    f"{SHORTEST_SECRET_ON_A_NETWORK}, because other machines can reach {self.listen}. "
                    "Leave it unset to have one made."
                )


@dataclass(frozen=True)
class OptionRow:
    """One option as a person reads it, for `--help` and the reference page."""

    name: str
    flag: str
    environment: str
    default: str
    sentence: str
    secret: bool


def option_rows() -> list[OptionRow]:
    """Every option of the platform in the order of the table."""
    return [
        OptionRow(
            name=row.name,
            flag=flag_of(row.name),
            environment=environment_of(row.name),
            default=_shown(row.name, row.default),
            sentence=row.metadata["option"].sentence,
            secret=row.metadata["option"].kind.is_secret,
        )
        for row in fields(Settings)
    ]


def flag_of(name: str) -> str:
    """The command line flag of an option: `max_body_bytes` is `--max-body-bytes`."""
    return "--" + name.replace("_", "-")


def environment_of(name: str) -> str:
    """The environment variable of an option: `max_body_bytes` is `EDUSCOPE_MAX_BODY_BYTES`."""
    return PREFIX + name.upper()


def _shown(name: str, default: object) -> str:
    if isinstance(default, int) and name.endswith("_bytes"):
        return f"{default >> 20}MiB"
    return str(default)


def _read(option: Option, source: str, text: str) -> object:
    try:
        return option.kind.read(text)
    except ValueError:
        got = f"{len(text)} characters (not shown)" if option.kind.is_secret else f'"{text}"'
        raise ConfigError(f"{source} is {got}; expected {option.kind.expected}") from None


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {environment_of(row.name) for row in fields(Settings)} | FOREIGN_NAMES
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {close[0]}?" if close else "`eduscope serve --help` lists every name."
            raise ConfigError(f"{name} is set, but EduScope has no such option; {hint} Otherwise unset it.")
