"""`rules try`: one commitment's file over stored stories: what it matches, and what it misses by one clause."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, pluralised, settings_of
from monitor.cli.match_replay import read_entries, rules_folder
from monitor.cli.rules.explain import shortened_pattern, wrapped
from monitor.cli.rules.story_sources import STORIES_OPTION, SinceParam, entries_since, start_time, stored_stories

if TYPE_CHECKING:
    from monitor.domain.model import Story
    from monitor.workbench.comparing.trial_run import FailingClause, TrialHit, TrialMiss, TrialResult, TrialRules

DEFAULT_LIMIT = 20
"""Matches, and failing clauses, that are shown where --limit does not say."""
STORIES_PER_CLAUSE = 2
"""Stories shown of one failing clause."""
DEFAULT_PERIOD = timedelta(days=30)
MISMATCH_LABELS = {
    "gap": "too far apart:",
    "start": "not at the start:",
    "clause": "in two clauses:",
    "order": "out of order:",
    "group": "nothing of",
}
"""Faults that their clause alone does not tell."""
PROGRESS_INTERVAL = 2.0
"""Seconds before progress is told, and between two words of it."""


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rules",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The rest of its rulebook [the folder it lies in, else ./rules, else the shipped one].",
)
@click.option(
    "--since", type=SinceParam(), help="Only stories since then: 30d, 12h, 6w, or a date [30d, of a file all]."
)
@STORIES_OPTION
@click.option(
    "--limit", type=click.IntRange(0), help="Show at most so many matches and failing clauses [20, as JSON all]."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a match and a near miss, and one that counts them.")
@click.pass_context
def try_(
    ctx: click.Context,
    *,
    file: Path,
    folder: Path | None,
    since: timedelta | datetime | None,
    stories: Path | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Run one commitment's FILE, which need not be part of the rules yet, over stored stories. Prints what it matches,
    and its near misses: acts that would have been read but for one clause, by that clause.
    """
    from monitor.rulebook import render_issue
    from monitor.workbench.comparing.trial_run import prepare_trial, run_trial

    trial = prepare_trial(file, folder, rules_folder(None))
    for issue in trial.warnings:
        click.echo(render_issue(issue), err=True)
    found = run_trial(trial, _stories(ctx, stories, since), _progress())
    for line in (
        _objects(trial, found, limit) if as_json else _report(trial, found, DEFAULT_LIMIT if limit is None else limit)
    ):
        if isinstance(line, str):
            click.echo(line)
        else:
            echo_json(line)


def _stories(ctx: click.Context, path: Path | None, since: timedelta | datetime | None) -> list[Story]:
    if path is not None:
        from monitor.replay import line_as_story

        return [line_as_story(entry) for entry in entries_since(read_entries(path), since)]
    from monitor.runtime.session import open_database, utc_now

    store = open_database(settings_of(ctx))
    try:
        return stored_stories(store, start_time(since or DEFAULT_PERIOD, utc_now()))
    finally:
        store.close()


def _progress() -> Callable[[int], None]:
    """Tells on stderr how far a run is that takes its time."""
    began = time.monotonic()
    told = [began]

    def tell(count: int) -> None:
        now = time.monotonic()
        if now - told[0] > PROGRESS_INTERVAL:
            told[0] = now
            click.echo(f"{count:,} stories read, {now - began:.0f} s", err=True)

    return tell


# ---------------------------------------------------------------- on the terminal


def _report(trial: TrialRules, found: TrialResult, limit: int) -> Iterator[str]:
    heading = f"{trial.topic.commitment}: {pluralised(found.stories, 'story', 'stories')}, {len(found.hits):,} about it"
    yield click.style(heading, bold=True)
    yield from _tally("read as", Counter(hit.signal.effect.value for hit in found.hits))
    if not found.stories:
        yield from wrapped(
            "no story to read: poll the feeds first, take a wider --since, or name a file with --stories", 2
        )
    yield from ["", "matches, newest first"] if found.hits else []
    for hit in found.hits[:limit]:
        yield from _hit(hit)
    yield from _rest(len(found.hits) - limit, "match", "matches")
    near = pluralised(found.misses, "near miss", "near misses")
    yield from ("", click.style(f"{near} at {pluralised(len(found.failing), 'clause', 'clauses')}", bold=True))
    yield from _tally("at fault", Counter(f.fault.value for f in found.failing for _ in f.misses))
    for failing in found.telling(limit):
        yield from _failing(failing)
    yield from _rest(len(found.failing) - limit, "clause", "clauses")


def _tally(label: str, counts: Counter[str]) -> Iterator[str]:
    if counts:
        yield from wrapped(f"{label}: {', '.join(f'{count:,} {name}' for name, count in counts.most_common())}", 2)


def _rest(left: int, one: str, many: str) -> Iterator[str]:
    if left > 0:
        yield f"  and {pluralised(left, one, many)} more (--limit, --json)"


def _hit(hit: TrialHit) -> Iterator[str]:
    story, signal = hit.story, hit.signal
    yield from wrapped(f"{story.published_at:%Y-%m-%d}  {signal.effect:<9}  {story.title}", 2, 23)
    told = "" if signal.quote.strip() == story.title.strip() else f"  “{signal.quote}”"
    yield from wrapped(f"{_act(signal.rule)}{told}", 23)


def _failing(failing: FailingClause) -> Iterator[str]:
    from monitor.domain.matching.explain_text import near_miss_text, words_seen
    from monitor.workbench.explaining.facts import marked_sentence

    fault, clause = failing.fault, shortened_pattern(failing.clause)
    named = f"{MISMATCH_LABELS[fault]} {clause}" if fault in MISMATCH_LABELS else clause
    yield from wrapped(f"{len(failing.misses):>4}  {_act(failing.rule)} · {named}", 2, 8)
    for miss in failing.misses[:STORIES_PER_CLAUSE]:
        near, now = miss.near, miss.now or "not about it"
        yield from wrapped(f"{miss.story.published_at:%Y-%m-%d}  {now}, would be {near.effect}", 8)
        yield from wrapped(marked_sentence(near.place), 10)
        if near.fault != "group":
            saw = f" “{' … '.join(words)}”" if near.fault == "frame" and (words := words_seen(near)) else ""
            yield from wrapped(f"{shortened_pattern(near_miss_text(near))}{saw}", 10)


def _act(rule: str) -> str:
    return rule.partition("/")[2]


# ---------------------------------------------------------------- for programs


def _objects(trial: TrialRules, found: TrialResult, limit: int | None) -> Iterator[dict[str, Any]]:
    for hit in found.hits[:limit]:
        yield {
            "kind": "match",
            **_story(hit.story),
            "effect": hit.signal.effect.value,
            "rule": hit.signal.rule,
            "quote": hit.signal.quote,
        }
    for failing in found.failing[:limit]:
        for miss in failing.misses:
            yield {"kind": "near_miss", **_story(miss.story), **_near(miss)}
    yield {
        "kind": "summary",
        "commitment": trial.topic.commitment,
        "stories": found.stories,
        "matches": len(found.hits),
        "near_misses": found.misses,
        "clauses": [_counted(failing) for failing in found.failing],
    }


def _counted(failing: FailingClause) -> dict[str, Any]:
    return {"rule": failing.rule, "fault": failing.fault.value, "clause": failing.clause, "count": len(failing.misses)}


def _story(story: Story) -> dict[str, Any]:
    return {"id": story.id, "published": story.published_at, "source": story.source, "title": story.title}


def _near(miss: TrialMiss) -> dict[str, Any]:
    from monitor.domain.matching.explain_text import fault_clause, near_miss_text, words_seen

    near = miss.near
    return {
        "effect": near.effect.value,
        "now": miss.now.value if miss.now else "not_about",
        "rule": near.rule,
        "fault": near.fault.value,
        "clause": fault_clause(near),
        "detail": near_miss_text(near),
        "pattern": near.pattern,
        "field": near.place.field,
        "start": near.place.start,
        "end": near.place.end,
        "words": list(words_seen(near)),
        "short": near.short,
    }
