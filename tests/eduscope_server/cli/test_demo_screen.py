"""What the demo tells one to type."""

from pathlib import Path

import pytest

from eduscope_server.cli.demo_screen import Screen
from eduscope_server.config import Listen, Settings

LINK = "http://127.0.0.1:4400/login?code=x"


def said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    """The one screen."""
    Screen().say_what_to_look_at(link=LINK, edulearn="http://127.0.0.1:4500", settings=settings)
    return capsys.readouterr().out


def test_commands_need_no_options_where_all_is_as_usual(capsys: pytest.CaptureFixture[str]) -> None:
    screen = said(Settings(), capsys)
    assert "eduscope keys link\n" in screen
    assert "-m edulearn chaos slow-query on\n" in screen


def test_commands_name_another_port_and_folder(capsys: pytest.CaptureFixture[str]) -> None:
    screen = said(Settings(data=Path("/srv/scope"), listen=Listen("127.0.0.1", 4401)), capsys)
    assert "keys link --data /srv/scope --url http://127.0.0.1:4401\n" in screen
    assert "chaos slow-query on --data /srv/scope/edulearn\n" in screen


def test_the_program_is_named_so_that_a_shell_finds_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    command = said(Settings(), capsys).partition("another one: ")[2].split()[0]
    assert Path(command).exists()
