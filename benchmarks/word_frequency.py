"""Measures how common words are in news, and writes `monitor/domain/text/word_frequency.txt`.

    python benchmarks/word_frequency.py stories.jsonl.gz

The file of stories should hold news of all kinds, not only of a deal. The table changes what matching costs, never
what it finds, so it needs renewing only when it has become far from the news.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from monitor.domain.text.segments import SegmentedText
from monitor.domain.text.writing_systems import HAN_RANGE

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "monitor" / "domain" / "text" / "word_frequency.txt"
LEAST = 0.001
"""Share of the stories from which on a word is listed: 1 of 1,000, which gives about 4,300 terms."""

_HAN_RUN = re.compile(f"[{HAN_RANGE}]+")
_TERM = re.compile(rf"[a-z0-9]+|[{HAN_RANGE}]{{1,2}}")


def terms_of(text: str) -> Iterator[str]:
    """The words of a text in scripts with spaces, and its Han characters alone and in pairs of neighbours."""
    segmented = SegmentedText(text)
    yield from (segmented.folded[start:end] for start, end in segmented.words)
    for run in _HAN_RUN.findall(segmented.folded):
        yield from run
        yield from (first + second for first, second in pairwise(run))


def shares(path: Path) -> dict[str, float]:
    """The share of the stories of a file in which each term stands."""
    counts, stories = Counter[str](), 0
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            story = json.loads(line)
            stories += 1
            counts.update({*terms_of(story["title"]), *terms_of(story.get("summary") or "")})
    return {term: count / stories for term, count in counts.items()}


def table(found: dict[str, float]) -> str:
    """The lines of the table: a share in thousandths with a colon, then all terms of that share."""
    by_share = defaultdict[int, list[str]](list)
    for term, share in found.items():
        if share >= LEAST and _TERM.fullmatch(term):
            by_share[round(1000 * share)].append(term)
    lines = (f"{share}: {' '.join(sorted(terms))}" for share, terms in sorted(by_share.items(), reverse=True))
    return "\n".join(textwrap.fill(line, 119, subsequent_indent=" ", break_on_hyphens=False) for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, help="stories as JSON lines (.jsonl or .jsonl.gz)")
    written = table(shares(parser.parse_args().stories))
    TABLE.write_text(f"{written}\n", encoding="utf-8")
    terms = sum(not token.endswith(":") for token in written.split())
    print(f"{TABLE.relative_to(ROOT)}: {terms:,} terms of at least {LEAST:.1%} of the stories")


if __name__ == "__main__":
    main()
