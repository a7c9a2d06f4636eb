"""What is recorded of a finished model call: its last fields, the metrics, the line, and the failure."""

from typing import Any, NamedTuple

from eduscope import errors, logging
from eduscope.lifecycle import running_config
from eduscope.metrics import counter, histogram
from eduscope.model_outcome import CANCELLED, ERROR, OK, REFUSED, TIMEOUT
from eduscope.model_prices import Price, Tokens, cost, price_table

INFO_LEVEL, WARNING_LEVEL, ERROR_LEVEL = 20, 30, 40

SAID = {
    OK: (INFO_LEVEL, "model answered"),
    REFUSED: (WARNING_LEVEL, "model refused to answer"),
    CANCELLED: (INFO_LEVEL, "model call cancelled"),
    TIMEOUT: (ERROR_LEVEL, "model timed out"),
    ERROR: (ERROR_LEVEL, "model failed"),
}
"""Level and message of the line, by outcome."""

INPUT, OUTPUT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
CACHE_READ, CACHE_WRITTEN = "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens"

# Names, labels and buckets: OpenTelemetry semantic conventions for generative AI, client metrics.
_LABELS = (
    "gen_ai_operation_name",
    "gen_ai_provider_name",
    "gen_ai_request_model",
    "gen_ai_response_model",
)
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = tuple(float(4**power) for power in range(14))

durations = histogram(
    "gen_ai_client_operation_duration_seconds",
    "Model calls, to the last word.",
    (*_LABELS, "error_type"),
    _SECONDS,
)
first_chunks = histogram(
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    "Until the first word of a streamed answer.",
    _LABELS,
    _SECONDS,
)
token_usage = histogram(
    "gen_ai_client_token_usage", "Tokens of a model call.", (*_LABELS, "gen_ai_token_type"), _TOKENS
)
costs = counter("ai_cost", "What model calls cost, in the currency of the prices.", _LABELS)
cache_lookups = counter("ai_cache_lookups", "Caches asked for an answer.", (*_LABELS, "ai_cache"))


class Moments(NamedTuple):
    """When things happened, in nanoseconds of the performance counter; 0 for what did not."""

    started_ns: int
    first_token_ns: int
    ended_ns: int


def complete(fields: dict[str, Any], moments: Moments, outcome: str, price: Price | None) -> None:
    """Adds what is known only at the end: latency, tokens per second, outcome and cost."""
    fields.setdefault("ai.cache_hits", 0)
    fields["ai.latency_ms"] = round((moments.ended_ns - moments.started_ns) / 1e6, 3)
    fields["ai.outcome"] = outcome
    if moments.first_token_ns:
        waited_ns = moments.first_token_ns - moments.started_ns
        fields["ai.time_to_first_token_ms"] = round(waited_ns / 1e6, 3)
        fields["gen_ai.response.time_to_first_chunk"] = round(waited_ns / 1e9, 6)
        writing_ns = moments.ended_ns - moments.first_token_ns
        if fields.get(OUTPUT) and writing_ns > 0:
            fields["ai.tokens_per_second"] = round(fields[OUTPUT] / (writing_ns / 1e9), 3)
    price = price or _listed_price(fields)
    if price is not None and "ai.tokens_used" in fields:
        fields["ai.cost"] = round(cost(price, _tokens(fields)), 9)


def count(fields: dict[str, Any], moments: Moments, error_type: str, trace_id: str) -> None:
    """Counts the call in every metric it has a number for."""
    labels = (
        fields["gen_ai.operation.name"],
        fields.get("gen_ai.provider.name", ""),
        fields["ai.model"],
        fields["ai.model_version"],
    )
    durations.observe((*labels, error_type), (moments.ended_ns - moments.started_ns) / 1e9, trace_id)
    if moments.first_token_ns:
        first_chunks.observe(labels, (moments.first_token_ns - moments.started_ns) / 1e9, trace_id)
    if "ai.tokens_used" in fields:
        token_usage.observe((*labels, "input"), fields[INPUT])
        token_usage.observe((*labels, "output"), fields[OUTPUT])
    if "ai.cost" in fields:
        costs.add(labels, fields["ai.cost"])
    if "ai.cache" in fields:
        cache_lookups.add((*labels, fields["ai.cache"]))


def write(fields: dict[str, Any], outcome: str, error: BaseException | None) -> None:
    """Writes the line, and tells the error monitor of a failure."""
    level, message = SAID[outcome]
    lines = logging.lines()
    failed = error if outcome in {ERROR, TIMEOUT} else None
    if lines.threshold <= level:
        lines.write(level, message, {**fields, "duration_ms": fields["ai.latency_ms"], "exc_info": failed})
    if failed is not None:
        errors.notify(failed, fields)


def _tokens(fields: dict[str, Any]) -> Tokens:
    return Tokens(fields[INPUT], fields[OUTPUT], fields.get(CACHE_READ, 0), fields.get(CACHE_WRITTEN, 0))


def _listed_price(fields: dict[str, Any]) -> Price | None:
    """The price of the version that answered, else of the model asked."""
    config = running_config()
    if config is None or not config.model_prices:
        return None
    table = price_table(config.model_prices)
    return table.get(fields["ai.model_version"]) or table.get(fields["ai.model"])
