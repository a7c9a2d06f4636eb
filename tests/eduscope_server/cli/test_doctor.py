"""The doctor finds what is missing and says how to get it."""

import socket
from pathlib import Path

import pytest

from eduscope_server.cli import doctor
from eduscope_server.cli.doctor import Finding, examine
from eduscope_server.config import Listen, Settings


def finding(settings: Settings, what: str) -> Finding:
    """One of the doctor's findings."""
    return next(found for found in examine(settings) if found.what == what)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A new folder and any free port."""
    return Settings(data=tmp_path / "not" / "yet", listen=Listen("127.0.0.1", 0))


def test_where_everything_is_there_all_is_good(settings: Settings) -> None:
    assert [found.what for found in examine(settings) if found.weight == "needed" and not found.is_good] == []


def test_every_bad_finding_has_a_remedy(settings: Settings) -> None:
    assert all(found.remedy for found in examine(settings) if not found.is_good)


def test_a_file_in_place_of_the_data_folder_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "not").touch()
    found = finding(settings, "data folder")
    assert not found.is_good
    assert found.detail == f"{tmp_path / 'not'} is no folder"


def test_a_taken_port_is_found(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = Listen("127.0.0.1", taken.getsockname()[1])
        found = finding(Settings(data=settings.data, listen=listen), "address")
    assert not found.is_good
    assert "--listen" in found.remedy


def test_a_full_disk_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LEAST_FREE_BYTES", 1 << 60)
    assert not finding(settings, "free disk space").is_good


def test_a_missing_package_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PACKAGES", {"no_such_module.inner": "no-such-package"})
    assert "no-such-package" in finding(settings, "Python packages").detail
