"""The command line as its users meet it: the real program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eduscope_server.config import option_rows
from eduscope_server.main import main

EDUSCOPE = Path(sys.executable).with_name("eduscope")


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs `eduscope` with no EDUSCOPE_ variables but those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    return subprocess.run(
        [str(EDUSCOPE), *arguments],
        env=inherited | environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_names_every_command() -> None:
    answer = run("--help")
    assert answer.returncode == 0
    for command in ("serve", "demo", "doctor", "logs", "trace", "correlate", "keys", "contract"):
        assert f"\n  {command} " in answer.stdout


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from eduscope_server.main import main\n"
        "sys.argv = ['eduscope', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('chdb', 'granian', 'litestar', 'psycopg', 'httpx', 'rich.live') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_serve_has_a_flag_for_every_option_but_the_secret_ones() -> None:
    answer = run("serve", "--help")
    for row in option_rows():
        assert row.environment in answer.stdout
        assert (f"{row.flag} " in answer.stdout) is not row.secret


def test_an_odd_value_stops_the_start_and_says_what_is_wanted() -> None:
    answer = run("serve", "--listen", "nowhere")
    assert answer.returncode == 2
    assert answer.stderr == 'eduscope: --listen is "nowhere"; expected "host:port" such as 127.0.0.1:4400\n'


def test_an_unknown_variable_stops_the_start() -> None:
    answer = run("serve", EDUSCOPE_LISTN="127.0.0.1:1")
    assert answer.returncode == 2
    assert "did you mean EDUSCOPE_LISTEN?" in answer.stderr


def test_the_contract_is_printed_as_schema_and_as_page() -> None:
    assert '"$schema"' in run("contract").stdout
    assert run("contract", "page").stdout.startswith("# The contract")


def test_without_a_key_a_question_says_where_one_comes_from(tmp_path: Path) -> None:
    answer = run("logs", "--data", str(tmp_path))
    assert answer.returncode == 1
    assert "EDUSCOPE_READ_KEY" in answer.stderr


def test_without_a_platform_a_question_says_so() -> None:
    answer = run("logs", "--url", "http://127.0.0.1:9", EDUSCOPE_READ_KEY="x")
    assert answer.returncode == 1
    assert "no platform answers at http://127.0.0.1:9" in answer.stderr


def test_a_postgresql_that_is_away_stops_the_start_without_a_traceback(tmp_path: Path) -> None:
    options = ("--data", str(tmp_path), "--listen", "127.0.0.1:0")
    answer = run("serve", *options, EDUSCOPE_POSTGRES="postgresql://a:geheim@127.0.0.1:9/x")
    assert answer.returncode == 1
    assert "EDUSCOPE_POSTGRES" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "geheim" not in answer.stderr


@pytest.mark.parametrize("command", [["serve"], ["logs"], ["keys", "create"], ["demo"], ["doctor"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    assert "Usage:" in run(*command, "--help").stdout


def test_the_library_alone_says_what_its_command_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eduscope_server.main.find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match=r"pip install 'eduscope\[server\]'"):
        main()
