"""The function that the page on archives gives to other engines answers as `match` does."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.builders.shipped_rules import ROOT, YEAR
from tests.builders.small_rulebook import write
from tests.builders.working_folder import command

PAGE = (ROOT / "docs" / "archives.md").read_text(encoding="utf-8")
FUNCTION = PAGE.partition("```python\n")[2].partition("```")[0]
CALLS = dict(re.findall(r"^\* \*\*(\w+)\*\*: `(.+)`$", PAGE, re.MULTILINE))
PATHS = os.pathsep.join((str(ROOT), *filter(None, sys.path)))
LOOP = "for part in parts: match_part(part)"


def engine(name: str, library: str) -> object:
    missing = pytest.mark.skipif(find_spec(name.lower()) is None, reason=f"{name} is not installed")
    return pytest.param(f"import {library}\n", CALLS[name], id=library, marks=[missing, pytest.mark.slow])


@pytest.mark.parametrize(
    ("imports", "call"), [pytest.param("", LOOP, id="loop"), engine("Dask", "dask.bag"), engine("Ray", "ray")]
)
def test_the_function_of_the_page_answers_like_the_command(imports: str, call: str, tmp_path: Path) -> None:
    lines = YEAR.read_text(encoding="utf-8").splitlines(keepends=True)[:200]
    names = [f"{start}.jsonl" for start in range(0, 200, 50)]
    for start, name in zip(range(0, 200, 50), names, strict=True):
        (tmp_path / name).write_text("".join(lines[start : start + 50]), encoding="utf-8")
    write(tmp_path / "rules")
    (tmp_path / "matches").mkdir()
    script = tmp_path / "parts.py"
    script.write_text(f"{FUNCTION}\n{imports}if __name__ == '__main__':\n    parts = {names!r}\n    {call}\n")
    subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=os.environ | {"PYTHONPATH": PATHS}, timeout=110, check=True
    )
    whole = "".join((tmp_path / "matches" / f"{name}.jsonl").read_text(encoding="utf-8") for name in names)
    files = [tmp_path / name for name in names]
    assert command("match", "--rules", tmp_path / "rules", "--json", *files).stdout == whole != ""
