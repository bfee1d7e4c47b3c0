"""The table of policies: what each would have told of an archive of stories, scored on the changes that really happened.

    python benchmarks/policies.py STORIES.jsonl[.gz] GOLD.jsonl SCORE.py [--from DAY] [--to DAY]

The stories are matched once; every policy then replays the same output of `match`. SCORE.py is the scorer of the corpus
(`score.py replay GOLD ALERTS`), run as it is. About 20 seconds a policy and 45 for the matching.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.cli.match_replay import read_entries
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Policy, Signal, Story, Tier
from monitor.replay import Replay
from monitor.rulebook import load_rulebook

OFFICIAL = frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA})
POLICIES: dict[str, dict[str, object]] = {
    "at once: the first wire moves all": {"press_origins": 1, "outlook_origins": 1},
    "at once, 7 days' cool-down, one turn": {
        "press_origins": 1,
        "outlook_origins": 1,
        "cooldown_hours": 168,
        "turns_allowed": 1,
    },
    "wait: nothing moves before two voices": {"press_origins": 2, "outlook_origins": 2, "moving_tiers": frozenset()},
    "officials at once, the press waits for two": {"press_origins": 2, "outlook_origins": 2, "moving_tiers": OFFICIAL},
    "mixed: a side's word at once, outlook 2 in 3 days": {"outlook_origins": 2},
    "mixed: a side's word at once, outlook 3 in 1 day": {"outlook_days": 1},
    "mixed: a side's word at once, outlook 3 in 3 days": {},
    "mixed: a side's word at once, outlook 3 in 7 days": {"outlook_days": 7},
    "mixed: a side's word at once, outlook 4 in 7 days": {"outlook_origins": 4, "outlook_days": 7},
    "mixed: a side's word at once, outlook 5 in 7 days": {"outlook_origins": 5, "outlook_days": 7},
    "as chosen, but the first wire pledges too": {"press_origins": 1},
    "as chosen, without a cool-down": {"turns_allowed": 99},
}
"""Each as what differs from the shipped rules/policy.yaml."""


class Once:
    """The matcher, with every answer kept: a text is matched once however many policies weigh it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str, datetime, datetime], tuple[Signal, ...]] = {}

    def __call__(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        key = (story.id, story.revision, story.source, story.published_at, story.seen_at)
        if key not in self.kept:
            self.kept[key] = match(story, rulebook)
        return self.kept[key]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stories", "gold", "scorer"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--from", dest="since", default="2025-10-09")
    parser.add_argument("--to", dest="until", default="2026-03-31")
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    asked = parser.parse_args()
    rulebook, entries, reads = load_rulebook(asked.rules), read_entries(asked.stories), Once()
    print(f"{'policy':52}{'recall':>8}{'precision':>11}{'alerts':>8}{'false/week':>12}{'lag, days':>11}")
    for name, changed in POLICIES.items():
        policy = replace(rulebook.policy, **changed)  # type: ignore[arg-type]
        score = scored(replayed(replace(rulebook, policy=policy), entries, reads), asked)
        print(
            f"{name:52}{score['recall']:8.3f}{score['precision']:11.3f}{score['alerts']:8}"
            f"{score['false_a_week']:12.2f}{score['median_lag_days']!s:>11}",
            flush=True,
        )


def replayed(rulebook: Rulebook, entries: list[Entry], reads: Once) -> list[str]:
    return [json.dumps(told.as_json(), ensure_ascii=False) for told in Replay(rulebook, reads=reads).run(entries)]


def scored(alerts: list[str], asked: argparse.Namespace) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(alerts) + "\n")
        file.flush()
        command = [
            sys.executable,
            asked.scorer,
            "replay",
            asked.gold,
            file.name,
            "--from",
            asked.since,
            "--to",
            asked.until,
        ]
        answer = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(answer.splitlines()[-1])
    return found


assert set().union(*POLICIES.values()) <= set(Policy.__dataclass_fields__)

if __name__ == "__main__":
    main()
