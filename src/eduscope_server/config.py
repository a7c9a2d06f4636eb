"""Every option of the platform, in one table: flag, environment, type, default and a sentence.

The fields of `Settings` are the table. `eduscope serve --help` and the reference page are made from it, and
`Settings.load` reads it: a flag wins over the environment, the environment over the default. An odd value
and an unknown `EDUSCOPE_*` name both stop start-up, because a misspelt option that is silently ignored is
found out in an incident.
"""

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

PREFIX = "EDUSCOPE_"

# Read by the SDK (its whole table; a test compares), the command line, the tests and the benches, often in
# the same shell as the platform.
FOREIGN_NAMES = frozenset(
    PREFIX + name.upper()
    for name in (
        "client_address_header",
        "endpoint",
        "environment",
        "events_consent",
        "events_endpoint",
        "events_key",
        "explain_slow_queries",
        "export_batch_bytes",
        "export_interval_seconds",
        "export_queue_bytes",
        "export_timeout_seconds",
        "export_when_full",
        "high_volume_events",
        "high_volume_sample_rate",
        "honeycomb_dataset",
        "honeycomb_endpoint",
        "honeycomb_key",
        "jaeger_endpoint",
        "jaeger_headers",
        "long_transaction_ms",
        "metrics_dir",
        "metrics_host",
        "metrics_port",
        "model_prices",
        "n_plus_one_threshold",
        "otlp_endpoint",
        "otlp_headers",
        "propagate_to",
        "prose_vault",
        "record_headers",
        "record_query",
        "release",
        "service",
        "shutdown_timeout_seconds",
        "slow_query_ms",
        "stdlib_logging",
        "stdout",
        "tempo_endpoint",
        "tempo_headers",
        "tempo_tenant",
        "trace_exporters",
        "trace_keep_errors",
        "trace_queue_bytes",
        "trace_sample_rate",
        "tracing",
        "trust_baggage",
        "value_max_chars",
        "bench_seconds",
        "read_key",
        "test_data",
        "url",
    )
)

# A secret a person can guess may guard a laptop, never a network.
SHORTEST_SECRET_ON_A_NETWORK = 16

_SIZE = re.compile(r"(\d+) ?(B|KiB|MiB|GiB)?")
_SIZE_UNITS = {None: 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class ConfigError(Exception):
    """Start-up must stop: an option has an odd value, or nobody knows its name."""


@dataclass(frozen=True)
class Listen:
    """An address to listen on, `host:port`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True)
class Kind:
    """What an option's text may be: how it is read (`ValueError` if it cannot be) and how that is said."""

    read: Callable[[str], object]
    expected: str
    is_secret: bool = False


@dataclass(frozen=True)
class Option:
    """One row of the table, without its default."""

    sentence: str
    kind: Kind


def _option(default: Any, sentence: str, kind: Kind) -> Any:
    return field(default=default, metadata={"option": Option(sentence, kind)}, repr=not kind.is_secret)


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError
    return int(match[1]) * _SIZE_UNITS[match[2]]


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or int(text) == 0:
        raise ValueError
    return int(text)


def _listen(text: str) -> Listen:
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError
    return Listen(host, int(port))


def _level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError
    return text.lower()


def _secret(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return text


def _address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError
        return text.rstrip("/")

    return read


def _folder(text: str) -> Path:
    if not text:
        raise ValueError
    return Path(text).expanduser()


FOLDER = Kind(_folder, "the path of a folder")
LISTEN = Kind(_listen, '"host:port" such as 127.0.0.1:4400')
SIZE = Kind(_size, "a size above 0 such as 16777216 or 16MiB")
WHOLE = Kind(_whole, "a whole number above 0")
LEVEL = Kind(_level, "one of " + ", ".join(LOG_LEVELS))
SECRET = Kind(_secret, "printable ASCII without spaces", is_secret=True)
WEB = Kind(_address("http", "https"), "empty, or an address such as https://eduscope.example.org")
# Addresses of databases carry passwords.
CLICKHOUSE = Kind(
    _address("clickhouse", "clickhouses", "http", "https"),
    "empty, or an address such as clickhouse://user:password@host:8123/eduscope",
    is_secret=True,
)
POSTGRES = Kind(
    _address("postgresql", "postgres"),
    "empty, or an address such as postgresql://user:password@host:5432/eduscope",
    is_secret=True,
)


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
        return settings

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
