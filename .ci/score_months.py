# ruff: noqa: T201 - figures for whoever reads the output of the run
"""F1 of `match` on labelled stories by month, several outputs side by side: rules alone, and rules with recorded
readings.

    score_months.py SCORE.py LABELS.jsonl[,LABELS.jsonl ...] NAME=MATCHES.jsonl[,MATCHES.jsonl ...] ...

The scoring itself is that of SCORE.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

Row = dict[str, object]


def rows(paths: str) -> list[Row]:
    lines = (line for path in paths.split(",") for line in Path(path).read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines if line.strip()]


def write(path: Path, lines: list[Row]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def figures(score: str, labels: list[Row], matches: list[Row], folder: Path) -> str:
    """About, direction and effect, as "0.953 / 0.912 / 0.885"."""
    files = write(folder / "labels.jsonl", labels), write(folder / "matches.jsonl", matches)
    command = [sys.executable, score, "match", *map(str, files)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return " / ".join(f"{value:.3f}" for value in json.loads(shown.strip().splitlines()[-1])["f1"].values())


def main() -> None:
    score, labelled = sys.argv[1], rows(sys.argv[2])
    outputs = {name: rows(paths) for name, _, paths in (each.partition("=") for each in sys.argv[3:])}
    months = sorted({str(row["published"])[:7] for row in labelled})
    print(f"{'month':10}{'stories':>8}   " + "".join(f"{name:24}" for name in outputs) + "(about / direction / effect)")
    with tempfile.TemporaryDirectory() as folder:
        for month in [*months, ""]:
            own = [row for row in labelled if str(row["published"]).startswith(month)]
            ids = {row["id"] for row in own}
            shown = (
                figures(score, own, [row for row in matches if row["id"] in ids], Path(folder))
                for matches in outputs.values()
            )
            print(f"{month or 'all':10}{len(own):8}   " + "".join(f"{each:24}" for each in shown))


if __name__ == "__main__":
    main()
