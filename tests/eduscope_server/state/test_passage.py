"""Letting one account through private folders, and nobody else."""

import os
import subprocess
from pathlib import Path

import pytest

from eduscope_server.state.account import Account
from eduscope_server.state.passage import let_pass

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can grant a way and try it as another")

GUEST = Account(61001, 61001)
STRANGER = Account(61002, 61002)


def can_reach(account: Account, folder: Path) -> bool:
    """Whether the account finds the folder."""
    command = ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(folder)]
    tried = subprocess.run(
        command, check=False, cwd="/", user=account.user_id, group=account.group_id, extra_groups=[]
    )
    return tried.returncode == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An open folder within a private one."""
    inner = tmp_path / "private" / "open"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    return inner


def test_the_account_gets_through_and_no_other(folder: Path) -> None:
    assert not can_reach(GUEST, folder)
    let_pass(GUEST, folder)
    assert can_reach(GUEST, folder)
    assert not can_reach(STRANGER, folder)


def test_it_may_pass_but_not_list(folder: Path) -> None:
    let_pass(GUEST, folder)
    command = ["ls", str(folder.parent)]
    listed = subprocess.run(
        command, check=False, capture_output=True, user=GUEST.user_id, group=GUEST.group_id, extra_groups=[]
    )
    assert listed.returncode != 0


def test_a_second_account_does_not_push_out_the_first(folder: Path) -> None:
    let_pass(GUEST, folder)
    let_pass(STRANGER, folder)
    assert can_reach(GUEST, folder)
    assert can_reach(STRANGER, folder)


def test_a_way_closed_by_chmod_is_opened_again(folder: Path) -> None:
    let_pass(GUEST, folder)
    folder.parent.chmod(0o700)
    assert not can_reach(GUEST, folder)
    let_pass(GUEST, folder)
    assert can_reach(GUEST, folder)


def test_an_open_folder_is_left_as_it_is(folder: Path) -> None:
    folder.parent.chmod(0o755)
    before = os.listxattr(folder.parent)
    let_pass(GUEST, folder)
    assert os.listxattr(folder.parent) == before
