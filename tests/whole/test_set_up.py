"""The set-up that `make` does says how far it is in one line of a terminal, and never more than all of it."""

import re
import subprocess
from pathlib import Path

from tests.builders.shipped_rules import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def far(folder: Path, log: str, locked: int) -> str:
    """What the set-up in this folder says, after this log of pip, of a lock with so many packages."""
    (function,) = re.findall(r"^far\(\) \{.*?^\}", MAKEFILE, re.MULTILINE | re.DOTALL)
    (folder / "log").write_text(log, encoding="utf-8")
    script = f"log=log locked={locked}\n{function.replace('$$', '$').replace('$(VENV)', '.venv')}\nfar"
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_what_a_new_environment_brings_along_is_not_counted(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("pip-23.2", "setuptools-65.5", "deal_monitor-0.1", "click-8.1", "rich-14.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    installing = (
        "Ignoring colorama: markers\nCollecting click\nCollecting rich\nInstalling collected packages: click, rich\n"
    )
    assert far(tmp_path, installing, locked=3) == "installing 2 of 2"


def test_what_is_fetched_is_counted_from_what_pip_says(tmp_path: Path) -> None:
    assert far(tmp_path, "Collecting click\nRequirement already satisfied: rich\n", locked=87) == "fetching 2 of 87"


def test_a_line_of_the_set_up_fits_eighty_columns() -> None:
    (what,) = re.findall(r'^step 2 "(.*?)"', MAKEFILE, re.MULTILINE)
    assert len(f"[2/3] {what}: installing 100 of 100, 999 s") < 80
