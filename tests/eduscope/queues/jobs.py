"""What every queue records of a job, read from what was seen."""

from typing import Any

from opentelemetry.trace import SpanKind

from eduscope.testing import Captured


def job_lines(seen: Captured) -> list[dict[str, Any]]:
    """The lines of jobs."""
    return [line for line in seen.lines if "job.name" in line]


def check_chain(seen: Captured, task: str) -> None:
    """The job is the child of its sending, which is the child of the span `request`."""
    request, sent, done = (seen.span(name) for name in ("request", f"send {task}", f"process {task}"))
    assert (sent.kind, done.kind) == (SpanKind.PRODUCER, SpanKind.CONSUMER)
    for parent, child in ((request, sent), (sent, done)):
        assert parent.context is not None
        assert child.parent is not None
        assert child.parent.span_id == parent.context.span_id
