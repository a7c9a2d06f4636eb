"""What the SDK counts about itself, as rows for `/metrics`."""

from collections.abc import Mapping

from eduscope.counters import counters
from eduscope.export import queued_bytes
from eduscope.line import LEVELS
from eduscope.metrics.guard import Labels
from eduscope.privacy.failures import failures

Row = tuple[Labels, float]


def sdk_counters() -> list[tuple[str, str, Labels, list[Row]]]:
    """Name, description, labels and values of each counter."""
    lines = {name: counters.lines[number] for name, number in LEVELS.items()}
    return [
        ("eduscope_log_lines", "Lines written.", ("level",), _rows(lines)),
        ("eduscope_dropped_lines", "Lines given up.", ("reason",), _rows(counters.dropped)),
        ("eduscope_sampled_out_lines", "Lines of high volume left out.", (), [((), counters.sampled_out)]),
        ("eduscope_undeclared_fields", "Strings tokenised.", ("key",), _rows(counters.undeclared)),
        (
            "eduscope_privacy_withheld_texts",
            "Texts withheld because a detector raised, by the error's type.",
            ("error_type",),
            _rows(failures.counts),
        ),
        ("eduscope_sdk_failures", "The SDK's own faults.", ("where",), _rows(counters.failures)),
        ("eduscope_exported_batches", "Batches kept.", (), [((), counters.sent_batches)]),
        ("eduscope_exported_lines", "Lines kept.", (), [((), counters.sent_lines)]),
        ("eduscope_exported_bytes", "Bytes kept.", (), [((), counters.sent_bytes)]),
    ]


def sdk_gauges() -> list[tuple[str, str, float]]:
    """Name, description and value of each gauge."""
    return [("eduscope_export_queue_bytes", "Lines waiting, in bytes.", queued_bytes())]


def _rows(values: Mapping[str, float]) -> list[Row]:
    return [((key,), value) for key, value in list(values.items())]
