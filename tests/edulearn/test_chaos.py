"""The switches of chaos."""

from pathlib import Path

import pytest

from edulearn.chaos import FAULTS, LONGEST_SECONDS, Chaos, UnknownFault, fault_named
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
    *lines, seen = capsys.readouterr().out.splitlines()
    assert seen.startswith("See model-error in EduScope: Overview")
    listed = [line.split()[:2] for line in lines[-len(FAULTS) :]]
    assert [fault for fault, _ in listed] == list(FAULTS)
    assert [fault for fault, switch in listed if switch == "ON"] == ["model-error"]


def test_a_fault_that_was_forgotten_ends_by_itself(tmp_path: Path) -> None:
    now = [1_000.0]
    chaos = Chaos(tmp_path, clock=lambda: now[0])
    chaos.switch("memory-leak", on=True)
    now[0] += LONGEST_SECONDS - 1
    assert chaos.active() == {"memory-leak"}
    now[0] += 2
    assert chaos.active() == set()


def test_the_command_refuses_an_unknown_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chaos", "earthquake", "on", "--data", str(tmp_path)]) == 2
    assert "earthquake" in capsys.readouterr().err
