"""Every option of the SDK: one table, read once, checked before anything starts."""

import dataclasses
import importlib
import os
import re
from collections.abc import Mapping
from typing import Any

from eduscope.option_values import READERS, Option, from_to, is_address, one_of, option, shape

PREFIX = "EDUSCOPE_"

PRICES_SHAPE = r"(\s*[^\s,=]+=\d+(\.\d+)?(/\d+(\.\d+)?){1,3}\s*(,|$))*"

_KIB = 1024
_MIB = 1024 * _KIB


TRACE_TARGETS = ("platform", "jaeger", "tempo", "honeycomb", "otlp")


class ConfigurationError(ValueError):
    """An option has a value that cannot be used, or a name that is not an option. Start-up stops."""


_NAME: dict[str, Any] = {"wanted": "1 to 64 of A-Z a-z 0-9 . _ -", "accepts": shape(r"[A-Za-z0-9._-]{1,64}")}
_SWITCH: dict[str, Any] = {"wanted": "true or false"}
_ADDRESS: dict[str, Any] = {
    "wanted": "an http:// or https:// address without a query",
    "accepts": is_address,
}
_ADDRESS_OR_NONE = _ADDRESS | {"accepts": lambda value: not value or is_address(value)}
_HEADERS: dict[str, Any] = {
    "wanted": "name=value with commas between",
    "accepts": shape(r"([A-Za-z0-9-]+=[ -+\--~]*(,|$))*"),
    "secret": True,
}
_is_private_way = re.compile(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$)").match
_NAMES: dict[str, Any] = {"wanted": "lower-case names with commas between them", "accepts": all}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The options, each read from `init(…)` or else from `EDUSCOPE_<NAME>`."""

    service: str = option("", "The service's name; on every record.", **_NAME)
    environment: str = option(
        "production", "Where it runs. Debug lines exist in `development` only.", **_NAME
    )
    release: str = option(
        "",
        "The version of the service; on every record.",
        wanted="at most 128 of A-Z a-z 0-9 . _ + / : @ -",
        accepts=shape(r"[A-Za-z0-9._+/:@-]{0,128}"),
    )
    endpoint: str = option(
        "",
        "The platform's address. Empty: lines go to stdout and nothing is sent.",
        **_ADDRESS_OR_NONE,
    )
    ingest_key: str = option(
        "",
        "The key the platform gave this service.",
        wanted="printable text without spaces",
        accepts=shape(r"[!-~]*"),
        secret=True,
    )
    token_keys: str = option(
        "", "The key ring that turns people into tokens; see `eduscope.privacy`.", secret=True
    )
    token_keys_file: str = option(
        "",
        "A file of mode 0600 with the key ring instead. A new ring in it is in use within seconds.",
        wanted="the path of a file",
    )
    network_bits_v4: int = option(
        24,
        "How much of an IPv4 address stays readable.",
        wanted="8, 16 or 24",
        accepts={8, 16, 24}.__contains__,
    )
    network_bits_v6: int = option(
        48,
        "How much of an IPv6 address stays readable.",
        wanted="16, 32, 48 or 64",
        accepts={16, 32, 48, 64}.__contains__,
    )
    log_level: str = option(
        "",
        "The lowest level written. Empty: debug in development, info elsewhere.",
        **one_of("", "debug", "info", "warning", "error", "critical"),
    )
    high_volume_events: tuple[str, ...] = option(
        (), "Events, by their message, that are sampled beside the contract's own of high volume.", **_NAMES
    )
    high_volume_sample_rate: float = option(
        0.01,
        "The share of journeys of which events of high volume are kept, below warning.",
        **from_to(0, 1),
    )
    stdout: bool = option(True, "Write every line to stdout.", **_SWITCH)
    stdlib_logging: bool = option(
        True,
        "Write the records of Python's own `logging`, warnings and uncaught exceptions in the same shape.",
        **_SWITCH,
    )
    tracing: bool = option(True, "Make spans; they are sent where an endpoint is given.", **_SWITCH)
    trace_sample_rate: float = option(
        1.0, "The share of new traces that are kept; a caller's decision is followed.", **from_to(0, 1)
    )
    trace_keep_errors: bool = option(
        True,
        "Keep spans that fail in traces that are not kept. Spans are then made for all, at the cost of it.",
        **_SWITCH,
    )
    trace_exporters: tuple[str, ...] = option(
        (),
        "Where spans go: `platform`, `jaeger`, `tempo`, `honeycomb`, `otlp`, commas between. Empty: the platform.",
        wanted="platform, jaeger, tempo, honeycomb or otlp, each once, with commas between them",
        accepts=lambda names: len(set(names)) == len(names) and set(names) <= set(TRACE_TARGETS),
    )
    trace_queue_bytes: int = option(
        3 * _MIB, "How much may wait for each target of spans.", **from_to(64 * _KIB, 256 * _MIB, "bytes")
    )
    jaeger_endpoint: str = option("http://localhost:4318", "Jaeger's address for OTLP by HTTP.", **_ADDRESS)
    jaeger_headers: str = option("", "Headers for Jaeger: `name=value`, commas between.", **_HEADERS)
    tempo_endpoint: str = option("http://localhost:4318", "Tempo's address for OTLP by HTTP.", **_ADDRESS)
    tempo_headers: str = option("", "Headers for Tempo: `name=value`, commas between.", **_HEADERS)
    tempo_tenant: str = option(
        "",
        "Tempo's tenant (`X-Scope-OrgID`).",
        wanted="at most 150 of A-Z a-z 0-9 . _ -",
        accepts=shape(r"[A-Za-z0-9._-]{0,150}"),
    )
    honeycomb_endpoint: str = option(
        "https://api.honeycomb.io",
        "Honeycomb's address; `https://api.eu1.honeycomb.io` in Europe.",
        **_ADDRESS,
    )
    honeycomb_key: str = option(
        "",
        "Honeycomb's ingest key.",
        wanted="printable text without spaces",
        accepts=shape(r"[!-~]*"),
        secret=True,
    )
    honeycomb_dataset: str = option(
        "",
        "Honeycomb's dataset; for classic environments only.",
        wanted="printable text",
        accepts=shape(r"[ -~]*"),
    )
    otlp_endpoint: str = option("http://localhost:4318", "Any other collector's address.", **_ADDRESS)
    otlp_headers: str = option("", "Headers for it: `name=value`, commas between.", **_HEADERS)
    trust_baggage: bool = option(
        True,
        "Take `tenant_id` and `request_id` from inbound baggage. Turn it off where the internet comes in.",
        **_SWITCH,
    )
    client_address_header: str = option(
        "",
        "The header, set by your own proxy, whose last entry is the client's address.",
        wanted="a lower-case header name, such as x-forwarded-for",
        accepts=shape(r"[a-z0-9-]{0,64}"),
    )
    propagate_to: tuple[str, ...] = option(
        ("*",),
        "Hosts whose calls carry the correlation and the trace: names, `*.school.example`, or `*` for all.",
        **_NAMES,
    )
    record_headers: tuple[str, ...] = option(
        (), "Request headers recorded beside the fixed ones; credentials never.", **_NAMES
    )
    record_query: tuple[str, ...] = option((), "Query parameters recorded.", **_NAMES)
    metrics_port: int = option(
        0,
        "A port that answers `/metrics`, for workers that serve no HTTP. 0: none.",
        **from_to(0, 65535),
    )
    metrics_host: str = option(
        "127.0.0.1",
        "The address of `metrics_port`.",
        wanted="an IP address",
        accepts=shape(r"[0-9a-fA-F.:]{2,45}"),
    )
    metrics_dir: str = option(
        "",
        "A folder in which the workers of one service on one machine share their metrics. Empty: "
        "`PROMETHEUS_MULTIPROC_DIR`, where it is set.",
    )
    slow_query_ms: float = option(
        500.0, "From when on a database query is reported as slow.", **from_to(0, 3_600_000, "milliseconds")
    )
    explain_slow_queries: bool = option(
        False, "Ask the database for the plan of a slow query (EXPLAIN, never ANALYZE).", **_SWITCH
    )
    n_plus_one_threshold: int = option(
        10, "How often one request may ask the same query unreported; 0 is any.", **from_to(0, 1_000_000)
    )
    long_transaction_ms: float = option(
        5_000.0, "From when on an open transaction is reported.", **from_to(1, 3_600_000, "milliseconds")
    )
    events_endpoint: str = option(
        "",
        "The address of PostHog, or of what speaks its protocol. Empty: product events are log lines only.",
        **_ADDRESS_OR_NONE,
    )
    events_key: str = option(
        "",
        "The project's key there.",
        wanted="printable text without spaces",
        accepts=shape(r"[!-~]*"),
        secret=True,
    )
    events_consent: str = option(
        "required",
        "Whom product events are recorded of where nothing is known of their consent: nobody, or everybody.",
        **one_of("required", "given"),
    )
    model_prices: str = option(
        "",
        "What models cost per million tokens: `model=input/output[/cached[/written]]`, commas between models.",
        wanted="such as tutor=0.5/1.5,other=3/15/0.3",
        accepts=shape(PRICES_SHAPE),
    )
    prose_vault: bool = option(
        False,
        "Let learners' text leave for the platform's vault, redacted; stdout and other targets never get it.",
        **_SWITCH,
    )
    value_max_chars: int = option(
        8192, "Longer values are cut, and say so.", **from_to(64, 262_144, "characters")
    )
    export_queue_bytes: int = option(
        6 * _MIB, "How much may wait for the platform.", **from_to(64 * _KIB, 1024 * _MIB, "bytes")
    )
    export_batch_bytes: int = option(
        512 * _KIB, "How much is sent at once, before compression.", **from_to(_KIB, 8 * _MIB, "bytes")
    )
    export_interval_seconds: float = option(
        0.5, "How long a line waits for others to travel with.", **from_to(0.01, 60, "seconds")
    )
    export_timeout_seconds: float = option(
        5.0, "How long one sending may take.", **from_to(0.1, 60, "seconds")
    )
    export_when_full: str = option(
        "drop_oldest",
        "Which lines are given up when the queue is full.",
        **one_of("drop_oldest", "drop_newest"),
    )
    shutdown_timeout_seconds: float = option(
        5.0, "How long the end of the process may wait for the platform.", **from_to(0, 300, "seconds")
    )

    def trace_targets(self) -> tuple[str, ...]:
        """Where spans go, by name."""
        return self.trace_exporters or (("platform",) if self.endpoint else ())

    def level(self) -> str:
        """The lowest level written."""
        return self.log_level or ("debug" if self.environment == "development" else "info")


def options() -> dict[str, tuple[dataclasses.Field[Any], Option]]:
    """The table: option name to its field (type, default) and what it says."""
    return {f.name: (f, f.metadata["option"]) for f in dataclasses.fields(Config)}


def load(given: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration from the arguments of `init`, then the environment, then the defaults.

    Raises ConfigurationError naming the option, what it got and what it wanted.
    """
    table = options()
    for name in given:
        if name not in table:
            raise ConfigurationError(_unknown(f"{name}=", name, table))
    _check_spelling(environ, table)
    values: dict[str, Any] = {name: _value(name, given, environ, *row) for name, row in table.items()}
    config = Config(**{name: value for name, value in values.items() if value is not None})
    return _whole(config)


def _value(
    name: str,
    given: Mapping[str, object],
    environ: Mapping[str, str],
    field: dataclasses.Field[Any],
    known: Option,
) -> object:
    """One option's checked value, or None where only the default speaks."""
    if given.get(name) is not None:
        label, got = f"{name}=", given[name]
    elif environ.get(PREFIX + name.upper(), "") != "":
        label, got = PREFIX + name.upper(), environ[PREFIX + name.upper()]
    else:
        return None
    try:
        value = READERS[type(field.default)](got)
        good = known.accepts(value)
    except (TypeError, ValueError, LookupError):
        good = False
    if not good:
        # Whoever writes an address with a password in it must not find it in a log.
        hidden = known.secret or ("://" in str(got) and "@" in str(got))
        shown = "set (not shown)" if hidden else f'"{got}"'[:200]
        raise ConfigurationError(f"{label} is {shown}; expected {known.wanted}")
    return value


def _whole(config: Config) -> Config:
    """Checks what no option shows alone."""
    if not config.service:
        raise ConfigurationError(
            'service= is ""; expected the name of this service: init(service="courses") or EDUSCOPE_SERVICE'
        )
    if config.token_keys and config.token_keys_file:
        raise ConfigurationError(
            "token_keys and token_keys_file are both set; expected one of them: a key ring has one source"
        )
    for target, needed in (("platform", "endpoint"), ("honeycomb", "honeycomb_key")):
        if target in config.trace_exporters and not getattr(config, needed):
            raise ConfigurationError(
                f'trace_exporters names "{target}", but {needed} is empty; expected {needed}= or '
                f"{PREFIX}{needed.upper()}"
            )
    if config.events_endpoint and not config.events_key:
        raise ConfigurationError(
            'events_key= is "", and events_endpoint is set; expected the project\'s key: events_key= or '
            f"{PREFIX}EVENTS_KEY"
        )
    if config.prose_vault and not _is_private_way(config.endpoint):
        raise ConfigurationError(
            f'prose_vault is on, and endpoint is "{config.endpoint}"; expected an https:// address, or this machine: '
            "learners' text goes nowhere else"
        )
    if config.log_level == "debug" and config.environment != "development":
        raise ConfigurationError(
            f'log_level is "debug" in environment "{config.environment}"; expected info or higher: '
            "debug lines exist in development only"
        )
    return config


def _check_spelling(environ: Mapping[str, str], table: Mapping[str, object]) -> None:
    """Stops at a misspelt variable. The platform's own variables share the prefix, so only near misses
    count.
    """
    for name in environ:
        if name.startswith(PREFIX) and name[len(PREFIX) :].lower() not in table:
            short = name[len(PREFIX) :].lower()
            if _near(short, table, cutoff=0.9):
                raise ConfigurationError(_unknown(name, short, table))


def _unknown(label: str, name: str, table: Mapping[str, object]) -> str:
    near = _near(name, table)
    hint = f"did you mean {near}?" if near else "see the configuration reference"
    return f"{label} is not an option; {hint}"


def _near(name: str, table: Mapping[str, object], cutoff: float = 0.6) -> str:
    """The option of the nearest spelling, or nothing. `difflib` takes longer to load than this module."""
    difflib = importlib.import_module("difflib")
    return next(iter(difflib.get_close_matches(name, table, n=1, cutoff=cutoff)), "")
