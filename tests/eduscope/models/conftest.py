"""What tests of the adapters share: a provider on loopback."""

from collections.abc import Iterator

import pytest
from tests.eduscope.models.model_provider import ModelProvider


@pytest.fixture
def provider() -> Iterator[ModelProvider]:
    """A provider of models on loopback."""
    server = ModelProvider()
    yield server
    server.close()
