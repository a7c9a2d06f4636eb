"""The metrics of queues, under OpenTelemetry's names where it has one."""

from eduscope import metrics

_QUEUE = ("messaging_system", "messaging_destination_name")
_JOB_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""Upper bounds in seconds: a job may be a moment or half an hour."""

sent = metrics.histogram(
    "messaging_client_operation_duration_seconds",
    "Handing jobs to a queue.",
    labels=(*_QUEUE, "job_name", "outcome"),
)
processed = metrics.histogram(
    "messaging_process_duration_seconds",
    "Jobs, from their begin to their end.",
    labels=(*_QUEUE, "job_name", "job_outcome"),
    buckets=_JOB_BUCKETS,
)
waited = metrics.histogram(
    "messaging_queue_wait_seconds",
    "How long jobs were due before a worker took them.",
    labels=(*_QUEUE, "job_name"),
    buckets=_JOB_BUCKETS,
)
depth = metrics.gauge("messaging_queue_depth", "Jobs waiting.", labels=_QUEUE)
