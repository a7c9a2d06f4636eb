"""The pages' own code: it runs, and its commands, flags and variables exist."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from eduscope import config as library
from eduscope_server.cli.app import create_app
from eduscope_server.config import option_rows

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^( *)(`{3,})(\w*)([^\n]*)\n(.*?)^\1\2 *$", re.DOTALL | re.MULTILINE)
VARIABLE = re.compile(r"\bEDUSCOPE_[A-Z][A-Z_]*[A-Z]\b")
SHELLS = frozenset({"console", "bash", "sh"})
PAGE_SECONDS = 120

RUN_PAGE = """
import json, socket, sys, types

def refuse(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError("a page's code reaches no network")
    return connect(self, address)

connect, socket.socket.connect = socket.socket.connect, refuse
name, path, blocks = json.load(sys.stdin)
page = types.ModuleType(name)
page.__file__ = path
sys.modules[name] = page
for line, code in blocks:
    exec(compile("\\n" * line + code, path, "exec"), page.__dict__)
"""
"""Runs the blocks in one namespace, which is a module as frameworks look theirs up; errors name the page's line."""


class Block(NamedTuple):
    """A fenced block: its language, the words after it, the number of its fence's line (from 1), its text."""

    language: str
    info: str
    line: int
    text: str


def pages() -> list[Path]:
    """The pages whose code is held to be true."""
    return [
        ROOT / "README.md",
        *sorted(ROOT.glob("docs/start/*.md")),
        *sorted(ROOT.glob("docs/how-to/*.md")),
    ]


def blocks(page: Path) -> list[Block]:
    """A page's fenced blocks, in order; one inside a list is unindented."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        indent, _, language, info, body = match.groups()
        lines = [line.removeprefix(indent) for line in body.splitlines()]
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(language, info.strip(), line, "\n".join(lines) + "\n"))
    return found


def commands(block: Block) -> list[list[str]]:
    """The words of each command of a shell block. In `console`, only what stands after a prompt is one."""
    text = block.text.replace("\\\n", " ")
    lines = text.splitlines()
    if block.language == "console" and any(line.startswith("$ ") for line in lines):
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    found: list[list[str]] = []
    for line in lines:
        words = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
        words.whitespace_split = True
        found.append([])
        for word in words:
            if word in {"|", "||", "&", "&&", ";"}:
                found.append([])
            else:
                found[-1].append(word)
    return [without_variables(words) for words in found if words]


def without_variables(words: list[str]) -> list[str]:
    """A command without the variables that are set in front of it."""
    while words and re.fullmatch(r"[A-Za-z_]+=.*", words[0], re.DOTALL):
        words = words[1:]
    return words


def parse(program: Any, words: list[str]) -> None:
    """Parses a command line as the program would, without running it. Raises what Click raises."""
    command = program
    context_type = type(command.make_context("eduscope", ["--help"], resilient_parsing=True))
    while hasattr(command, "commands"):
        subcommand = words[0] if words else ""
        if subcommand in {"", "--help"}:
            return
        assert subcommand in command.commands, f"there is no command {subcommand!r}"
        command, words = command.commands[subcommand], words[1:]
    command.make_parser(context_type(command)).parse_args(args=list(words))


PAGES = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


@PAGES
def test_python_runs(page: Path, tmp_path: Path) -> None:
    python = [block for block in blocks(page) if block.language == "python"]
    assert {block.info for block in python} <= {"", "no-run"}, "after `python` there is `no-run` or nothing"
    for block in python:
        compile("\n" * block.line + block.text, str(page), "exec")
    run = [(block.line, block.text) for block in python if not block.info]
    if not run:
        return
    ended = subprocess.run(
        [sys.executable, "-c", RUN_PAGE],
        input=json.dumps([page.stem.replace("-", "_") + "_page", str(page), run]),
        env={name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PAGE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, f"{page.relative_to(ROOT)}:\n{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
    assert "Traceback" not in ended.stderr, ended.stderr[-4000:]


@PAGES
def test_commands_exist(page: Path) -> None:
    program = typer.main.get_command(create_app(lambda settings: None))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for block in blocks(page):
        for words in commands(block) if block.language in SHELLS else ():
            where = f"{page.relative_to(ROOT)}:{block.line}: {shlex.join(words)}"
            if words and words[0].rpartition("/")[2] == "eduscope":
                try:
                    parse(program, words[1:])
                except Exception as error:
                    raise AssertionError(f"{where}: {error}") from error
            if words and words[0] == "make":
                assert set(words[1:]) <= targets, where


@PAGES
def test_variables_exist(page: Path) -> None:
    known = {library.PREFIX + name.upper() for name in library.options()}
    known |= {row.environment for row in option_rows()}
    assert set(VARIABLE.findall(page.read_text(encoding="utf-8"))) - known == set()


def test_a_command_that_is_not_there_is_found() -> None:
    program = typer.main.get_command(create_app(lambda settings: None))
    parse(program, ["keys", "create", "courses"])
    parse(program, ["logs", "-f", "level:error"])
    for wrong in (["sing"], ["keys", "melt"], ["logs", "--loudly"], ["serve", "--listen"]):
        with pytest.raises(Exception, match=r"no command|[Nn]o such option|requires an argument"):
            parse(program, wrong)


def test_only_the_words_of_a_command_are_read() -> None:
    block = Block("console", "", 1, "$ A=1 eduscope logs 'x | y' | head # newest\nanswer\n$ pip install x\n")
    assert commands(block) == [["eduscope", "logs", "x | y"], ["head"], ["pip", "install", "x"]]
