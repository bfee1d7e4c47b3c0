"""A file or folder that cannot be used ends a command with one message, not with a traceback."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from monitor.cli import file_problem
from tests.builders.working_folder import command

DISK_FULL = "the disk is full; free some space and run the command again"


@pytest.mark.parametrize(
    "arguments", [("init",), ("demo", "--out"), ("rules", "schema", "--write"), ("rules", "new", "a/b", "--rules")]
)
def test_a_folder_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    result = command(*arguments, tmp_path / "file" / "inside")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {tmp_path / 'file' / 'inside'}")
    assert "not a directory" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/x/config.toml"),
            "/x/config.toml: permission denied; give this user access to the file and its folder, or use another path",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")]), DISK_FULL),
        (
            shutil.Error([("a", "b", "[Errno 5] Input/output error")]),
            "b cannot be written: [Errno 5] Input/output error",
        ),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), None),
        (OSError("of no file"), None),
    ],
)
def test_the_remedy_stands_beside_what_the_system_refused(error: OSError, told: str | None) -> None:
    assert file_problem(error) == told
