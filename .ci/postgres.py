"""The tests of the database on PostgreSQL, on a server of their own; a line that says why, if none can be started."""

# ruff: noqa: S603, T201 - our own tests, and it says what it skips

from __future__ import annotations

import os
import subprocess
import sys

from tests.faults.load import address, binary

WORDS = ("pytest", "-q", "-k", "postgres or fleet", "tests/store", "tests/pipeline", "tests/runtime")


def main() -> int:
    if not binary("initdb"):
        print("skipped: PostgreSQL is not installed")
        return 0
    with address("postgresql") as server:
        environment = os.environ | {"DEAL_MONITOR_TEST_POSTGRES": server}
        return subprocess.run([sys.executable, "-m", *WORDS], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
