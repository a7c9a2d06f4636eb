"""How well detectors do on labelled prose and on real logs. The bench prints the same figures in full."""

from pathlib import Path

import pytest
from bench.labelled_texts import LABELS, Text, labelled_prose, openssh_lines, reshaped
from bench.privacy_quality import NUMERIC, false_numeric, score

LOGS = ["Apache", "BGL", "HDFS", "HPC", "HealthApp", "Hadoop", "OpenSSH", "Spark", "Windows", "Zookeeper"]


@pytest.fixture(scope="module")
def prose(test_data: Path) -> list[Text]:
    return labelled_prose(test_data / "pii" / "presidio_synth_v2.json")


def test_prose_reaches_f1_of_97_percent(prose: list[Text]) -> None:
    assert score(prose, "prose", list(LABELS.values()))["all"].f1 >= 0.97


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_prose_reaches_it_with_other_numbers_and_names_too(prose: list[Text], seed: int) -> None:
    """Every labelled value is replaced by another of its shape: what was learnt is not the rows."""
    assert score(reshaped(prose, seed), "prose", list(LABELS.values()))["all"].f1 >= 0.97


def test_openssh_names_and_addresses_reach_f1_of_98_percent(test_data: Path) -> None:
    found = score(openssh_lines(test_data / "logs" / "OpenSSH_struct.csv"), "message", ["USERNAME", "IP"])
    assert min(found["USERNAME"].f1, found["IP"].f1) >= 0.98


@pytest.mark.parametrize("system", LOGS)
def test_no_number_in_real_logs_is_redacted_by_mistake(test_data: Path, system: str) -> None:
    lines = (
        (test_data / "logs" / f"{system}_2k.log").read_text(encoding="utf-8", errors="replace").splitlines()
    )
    assert [found for line in lines for found in false_numeric(line)] == []


def test_the_figures_cover_all_types_of_numbers() -> None:
    assert {"PHONE", "CARD", "SSN", "IBAN", "IP"} <= NUMERIC
