"""The way to the database's folder through folders that shut its account out."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from edulearn.database.account import NoWay, let_pass

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")

NOBODY = pwd.getpwnam("nobody")
OTHER = pwd.getpwnam("daemon")


def may_read(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account reaches a file that anybody may read."""
    command = ["cat", str(path)]
    done = subprocess.run(
        command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """A readable file below a folder that is its owner's alone, as /root is."""
    tmp_path.chmod(0o700)
    file = tmp_path / "readable"
    file.write_text("x")
    file.chmod(0o644)
    return file


def test_the_account_passes_and_nobody_else_does(shut: Path) -> None:
    reached_before = may_read(NOBODY, shut)
    try:
        let_pass(NOBODY, shut)
    except NoWay:
        pytest.skip("the file system has no access control lists")
    assert not reached_before
    assert may_read(NOBODY, shut)
    assert not may_read(OTHER, shut)
    assert shut.parent.stat().st_mode & 0o007 == 0


def test_letting_pass_twice_changes_nothing(shut: Path) -> None:
    try:
        let_pass(NOBODY, shut)
    except NoWay:
        pytest.skip("the file system has no access control lists")
    attribute = os.getxattr(shut.parent, "system.posix_acl_access")
    let_pass(NOBODY, shut)
    assert os.getxattr(shut.parent, "system.posix_acl_access") == attribute


def test_without_access_control_lists_the_folder_stays_shut(
    shut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_lists(*_given: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", no_lists)
    with pytest.raises(NoWay, match="give --data"):
        let_pass(NOBODY, shut)
    assert shut.parent.stat().st_mode & 0o007 == 0
