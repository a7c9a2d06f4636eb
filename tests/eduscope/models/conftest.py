"""What tests of the adapters share: a provider on loopback, and what holds after each of them."""

from collections.abc import Iterator

import pytest
from tests.eduscope.models.model_provider import ModelProvider

from eduscope.counters import Counters
from eduscope.testing import Captured


@pytest.fixture
def provider() -> Iterator[ModelProvider]:
    """A provider of models on loopback."""
    server = ModelProvider()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def nothing_said(seen: Captured, fresh_counters: Counters) -> Iterator[None]:
    """After every test: neither prompt nor answer stands in any line or span, and the observer had no fault."""
    yield
    everything = b"".join(seen.raw).decode() + repr([(s.attributes, s.events, s.status) for s in seen.spans])
    assert "Ilse" not in everything
    assert "tutor." not in everything
    assert not fresh_counters.failures
