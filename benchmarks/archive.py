"""Stories for benches: the lines of an archive, their texts, and made-up ones that look like them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

STEP = timedelta(days=400)
"""How much later a copy of an archive plays: longer than any archive, so that copies do not overlap."""


def read_lines(path: Path) -> list[str]:
    """The lines of a story file that are not blank."""
    written = path.read_bytes()
    text = (gzip.decompress(written) if path.suffix == ".gz" else written).decode()
    return [f"{line}\n" for line in text.split("\n") if line.strip()]


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(lines)
    return path


def every(items: Sequence[T], count: int) -> list[T]:
    """About `count` of the items, evenly spread."""
    return list(items[:: max(1, len(items) // count)])[:count]


def day_of(line: str) -> str:
    """The day of a story line."""
    return str(json.loads(line)["published"])[:10]


def in_time_order(lines: Iterable[str]) -> list[str]:
    return sorted(lines, key=lambda line: str(json.loads(line)["published"]))


def copied(story: dict[str, Any], copy: int) -> dict[str, Any]:
    """A story as it appears in a later copy of the archive; copy 0 is the archive itself."""
    if copy == 0:
        return story
    at = datetime.fromisoformat(story["published"]) + copy * STEP
    later = {"id": f"{story['id']}-{copy}", "url": f"{story.get('url') or 'https://news.example/'}?copy={copy}"}
    date = at.date().isoformat() if len(story["published"]) == 10 else at.isoformat()
    return {**story, **later, "published": date, "title": f"{story['title']} x{copy}x"}


def titles_of(lines: Iterable[str]) -> list[str]:
    """The different titles of these stories."""
    return list(dict.fromkeys(title for line in lines if (title := json.loads(line)["title"].strip())))


def headlines(lines: Iterable[str], count: int, rng: random.Random) -> list[str]:
    """`count` different titles; where the archive ends, the first half of one with the second half of another."""
    base = titles_of(lines)
    found = dict.fromkeys(base[:count])
    while len(found) < count:
        found[crossed(rng.choice(base), rng.choice(base))] = None
    return list(found)


def crossed(first: str, second: str) -> str:
    """The first half of one title and the second half of the other, by words, or by characters where there are no
    blanks."""
    (start, _), (_, end) = halves(first), halves(second)
    return start + end


def halves(title: str) -> tuple[str, str]:
    words = title.split()
    if len(words) < 4:
        return title[: len(title) // 2], title[len(title) // 2 :]
    return " ".join(words[: len(words) // 2]) + " ", " ".join(words[len(words) // 2 :])
