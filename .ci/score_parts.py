# ruff: noqa: T201 - figures for whoever reads the output of the run
"""Scores of `match` on parts of the labelled stories: by date, by language, and documents alone.

    score_parts.py LABELS.jsonl MATCHES.jsonl SCORE.py

A document is a story with a long summary from a government's own site, or one whose title names a briefing, answers, an
interview or a readout. The scoring itself is that of SCORE.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

LONG = 250
SPLIT = "2026-01-15"
SOURCES = re.compile(
    r"MOFCOM|mfa\.gov\.cn|MFA China|White House|State Department|scio\.gov|USTR|Treasury|youtube|truthsocial", re.I
)
TITLES = re.compile(
    r"answer(ed|s)? questions|responded to|remarks|briefing|press conference|gaggle|readout|interview|答记者问", re.I
)

Story = dict[str, str]
PARTS: dict[str, Callable[[Story], bool]] = {
    "all": lambda _: True,
    f"before {SPLIT}": lambda story: story["published"] < SPLIT,
    f"from {SPLIT} on": lambda story: story["published"] >= SPLIT,
    "Chinese": lambda story: story["lang"].startswith("zh"),
    "English documents": lambda story: not story["lang"].startswith("zh") and is_document(story),
}


def is_document(story: Story) -> bool:
    named = SOURCES.search(story["source"]) or TITLES.search(story["title"])
    return len(story["summary"] or "") > LONG and named is not None


def main() -> None:
    labels, matches, score = (Path(argument) for argument in sys.argv[1:4])
    stories = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "labels.jsonl"
        for name, belongs in PARTS.items():
            chosen = [story for story in stories if belongs(story)]
            part.write_text("".join(json.dumps(story) + "\n" for story in chosen), encoding="utf-8")
            command = [sys.executable, str(score), "match", str(part), str(matches)]
            shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
            print(f"{name:20} {shown.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
