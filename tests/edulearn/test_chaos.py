"""The switches of chaos."""

from pathlib import Path

import pytest

from edulearn.chaos import FAULTS, Chaos, UnknownFault, fault_named
from edulearn.cli import main


def test_a_fault_is_on_until_it_is_switched_off_for_everybody_who_reads_the_folder(tmp_path: Path) -> None:
    switch, reader = Chaos(tmp_path), Chaos(tmp_path)
    assert not reader.is_on("slow-query")
    switch.switch("slow-query", on=True)
    switch.switch("model-error", on=True)
    assert reader.active() == {"slow-query", "model-error"}
    switch.switch("slow-query", on=False)
    assert reader.active() == {"model-error"}


def test_an_unknown_fault_is_told_what_there_is() -> None:
    with pytest.raises(UnknownFault, match="slow-query"):
        fault_named("earthquake")


def test_the_command_switches_and_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chaos", "model-error", "on", "--data", str(tmp_path)]) == 0
    assert main(["chaos", "list", "--data", str(tmp_path)]) == 0
    listed = capsys.readouterr().out.splitlines()[-len(FAULTS) :]
    assert [line.split()[1] for line in listed] == ["off", "ON", "off"]


def test_the_command_refuses_an_unknown_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chaos", "earthquake", "on", "--data", str(tmp_path)]) == 2
    assert "earthquake" in capsys.readouterr().err
