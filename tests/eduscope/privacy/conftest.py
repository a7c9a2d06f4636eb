"""Where the test data is, and a key ring with known keys."""

import os
from pathlib import Path

import pytest

from eduscope.privacy import KeyRing


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with labelled prose and real logs; the test is skipped where it is absent."""
    named = os.environ.get("EDUSCOPE_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            "no test data: put it in shared/data beside the repository, or name it in EDUSCOPE_TEST_DATA"
        )
    return folder


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([("k1", b"0123456789abcdef0123456789abcdef")])
