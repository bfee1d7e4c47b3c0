"""`make bench` as a whole: every bench runs on tiny inputs, and the page has its table."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import HEADINGS, Row, Section
from benchmarks.report import BENCHES, Outcome, page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"


def test_the_report_runs_every_bench_that_exists() -> None:
    assert {path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py")} == set(BENCHES)


def test_a_bench_begins_with_what_it_claims() -> None:
    for name in BENCHES:
        claim = ast.get_docstring(ast.parse((FOLDER / f"bench_{name}.py").read_text(encoding="utf-8")))
        assert claim, name
        assert claim.splitlines()[0].endswith((".", ":", ",")), name


def test_a_bench_that_fails_is_named_in_its_table() -> None:
    outcomes = [
        Outcome("match", (Row("rate", (6000.0,), least=3000, scales="rate"), Section("Steps", ("one",))), 3.0),
        Outcome("poll", (), 1.0, failure="failed with 1"),
    ]
    text = page(outcomes, ["| date |"], speed=2.0)
    assert "Bars: 1 met, 0 missed, 0 skipped, 1 failed. All benches took 4 seconds." in text
    assert "### Steps\n\none\n" in text
    assert "| bench_poll |  |  |  |  | **failed** | failed with 1 |" in text


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_bench_runs_on_tiny_inputs_and_writes_a_well_formed_table(tmp_path: Path) -> None:
    written = tmp_path / "README.md"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report", "--smoke", "--output", str(written)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = written.read_text(encoding="utf-8")
    assert [f"## {heading}" in text for heading in BENCHES.values()] == [True] * len(BENCHES)
    rows = [line for line in text.splitlines() if line.startswith("|") and line.count("|") == len(HEADINGS) + 1]
    assert len(rows) > 3 * len(BENCHES)
    assert "processor" in text
