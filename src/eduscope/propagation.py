"""How a correlation and a trace travel where no instrumentation of ours carries them: a queue of your own, a file,
a message bus.

>>> eduscope.propagation.inject(message.headers)              # where it is put
>>> with eduscope.propagation.extract(message.headers):       # where it is taken
...     with eduscope.tracing.span("grade.compute", kind="consumer"): ...

`inject` writes `x-correlation-id`, `traceparent`, `tracestate` and W3C `baggage` (correlation, tenant and request;
never a person) into any mutable mapping of strings. `extract` trusts none of it: what has the wrong shape is replaced.
"""

from eduscope.tracing import extract, inject

__all__ = ["extract", "inject"]
