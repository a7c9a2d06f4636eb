"""Where the spans of a process come from: OpenTelemetry's provider, ours or the host's, its sampler, and the relay
that ended spans are handed on by.
"""

import weakref
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased

from eduscope.config import Config
from eduscope.span_relay import Relay
from eduscope.spans import Spans

VALUE_MAX_CHARS = 8192 + 256
"""A span waits in memory until it is judged, so its texts are bounded when they are set; the judge cuts at 8192, and
what is behind the cut keeps it from hiding half an address.
"""


_relays: "weakref.WeakKeyDictionary[trace.TracerProvider, Relay]" = weakref.WeakKeyDictionary()


def set_up(config: Config, target: SpanProcessor | None) -> Spans:
    """Spans for a configuration, handed to `target` when they end.

    A provider that the host has set is respected: its spans are stamped and handed on as well, and ours are made with
    it. Where none is set, ours becomes the global one.
    """
    existing = trace.get_tracer_provider()
    provider: trace.TracerProvider
    if isinstance(existing, trace.ProxyTracerProvider):
        provider = _new_provider(config)
        relay = _join(provider, Relay())
        trace.set_tracer_provider(provider)
    elif existing in _relays:
        relay = _relays[existing]
        same = isinstance(existing, TracerProvider) and _fits(existing, config)
        provider = existing if same or existing not in _ours else _new_provider(config)
        _join(provider, relay)
    else:
        provider, relay = existing, _join(existing, Relay())
    relay.target = target
    return Spans(provider, relay)


def _fits(provider: TracerProvider, config: Config) -> bool:
    described = provider.sampler.get_description()
    return provider.resource == _resource(config) and described == sampler(config).get_description()


_ours: "weakref.WeakSet[trace.TracerProvider]" = weakref.WeakSet()


def _join(provider: trace.TracerProvider, relay: Relay) -> Relay:
    """Registers a relay with a provider, once. A provider that takes no processors is used as it is."""
    add = getattr(provider, "add_span_processor", None)
    if add is not None and provider not in _relays:
        add(relay)
        _relays[provider] = relay
    return relay


def _resource(config: Config) -> Resource:
    return Resource.create(
        {
            "service.name": config.service,
            "deployment.environment.name": config.environment,
            "service.version": config.release,
            "telemetry.distro.name": "eduscope",
        }
    )


class KeepingErrors(Sampler):
    """Records what another sampler leaves out, so that a span that fails can still be sent.

    At the head nobody knows whether a trace will fail. What is kept of such a trace are the failed spans of the
    services that saw the failure: not their siblings, and nothing of those that had no failure of their own.
    """

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """The inner sampler's decision, with recording in place of dropping."""
        result = self._inner.should_sample(*args, **kwargs)
        if result.decision is not Decision.DROP:
            return result
        return SamplingResult(Decision.RECORD_ONLY, result.attributes, result.trace_state)

    def get_description(self) -> str:
        """Its name."""
        return f"KeepingErrors{{{self._inner.get_description()}}}"


def sampler(config: Config) -> Sampler:
    """The decision at the head of a trace: the caller's where there is one, else by the trace's id."""
    by_rate = ParentBased(TraceIdRatioBased(config.trace_sample_rate))
    return KeepingErrors(by_rate) if config.trace_keep_errors else by_rate


def _new_provider(config: Config) -> TracerProvider:
    provider = TracerProvider(
        resource=_resource(config),
        sampler=sampler(config),
        shutdown_on_exit=False,
        span_limits=SpanLimits(
            max_span_attribute_length=VALUE_MAX_CHARS, max_attribute_length=VALUE_MAX_CHARS
        ),
    )
    _ours.add(provider)
    return provider
