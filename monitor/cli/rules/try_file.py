"""`rules try`: one commitment's file over stored stories: what it matches, and what it misses by one clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FILE, EXISTING_FOLDER, echo_lines, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.cli.rules.story_sources import NO_STORIES, STORIES_OPTION, Since, SinceParam, stories_since
from monitor.cli.rules.story_text import shortened_pattern, story_values, wrapped
from monitor.domain.matching.explain_text import fault_clause, near_miss_text, words_seen
from monitor.rulebook import render_issue
from monitor.workbench.comparing.trial_run import prepare_trial, run_trial
from monitor.workbench.explaining.facts import marked_sentence

if TYPE_CHECKING:
    from monitor.workbench.comparing.trial_run import FailingClause, TrialResult

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
"""Fault -> its words, where the clause alone does not say what failed."""
FAULTS = {
    "gap": "words too far apart",
    "start": "not at the start of a clause",
    "clause": "words in two clauses",
    "order": "words out of order",
    "group": "words missing",
    "role": "a role missing",
    "roles": "roles that do not join",
    "about": "not about it",
    "not about": "not about it",
    "never": "kept out by about",
    "about.not": "kept out by about",
    "not": "kept out by the act",
    "frame": "not told as news",
    "mentioned": "only mentioned",
    "gives way": "another commitment takes it",
    "condition": "a condition does not hold",
}
"""Fault -> what it is, where faults are counted."""


@click.command("try")
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--rules",
    "folder",
    type=EXISTING_FOLDER,
    help="The rest of its rulebook [the folder it lies in, else that of config.toml, else the shipped one].",
)
@click.option(
    "--since", type=SinceParam(), help="Only stories since then: 30d, 12h, 6w, or a date [30d, of a file all]."
)
@STORIES_OPTION
@click.option(
    "--limit", type=click.IntRange(0), help="Show at most so many matches and failing clauses [20, as JSON all]."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a match and a near miss, and one that counts them.")
def try_(
    *, file: Path, folder: Path | None, since: Since | None, stories: Path | None, limit: int | None, as_json: bool
) -> None:
    """Run one commitment's FILE, which need not be part of the rules yet, over stored stories. Prints what it matches,
    and its near misses: acts that would have been read but for one clause, by that clause.
    """
    trial = prepare_trial(file, folder, rules_folder(None))
    for issue in trial.warnings:
        click.echo(render_issue(issue), err=True)
    period = since if since or stories else DEFAULT_PERIOD
    result = run_trial(trial, stories_since(stories, period))
    commitment, lines_shown = trial.topic.commitment, DEFAULT_LIMIT if limit is None else limit
    values, text = trial_values(commitment, result, limit), trial_text(commitment, result, lines_shown)
    echo_lines(as_json=as_json, values=values, text=text)


def trial_text(commitment: str, result: TrialResult, limit: int) -> Iterator[str]:
    """The matches, newest first, then the clauses that kept stories out, the most useful first."""

    def tally(label: str, counts: Counter[str]) -> Iterator[str]:
        if counts:
            yield from wrapped(f"{label}: {', '.join(f'{count:,} {name}' for name, count in counts.most_common())}", 2)

    def rest(count: int, one: str, many: str) -> Iterator[str]:
        if count > 0:
            yield f"  and {pluralised(count, one, many)} more (--limit, --json)"

    heading = f"{commitment}: {pluralised(result.stories, 'story', 'stories')}, {len(result.hits):,} about it"
    yield click.style(heading, bold=True)
    yield from tally("read as", Counter(hit.signal.effect.value for hit in result.hits))
    if not result.stories:
        yield from wrapped(NO_STORIES, 2)
    if result.hits:
        yield from ("", "matches, newest first")
    for hit in result.hits[:limit]:
        story, signal = hit.story, hit.signal
        yield from wrapped(f"{story.published_at:%Y-%m-%d}  {signal.effect:<9}  {story.title}", 2, 23)
        quote = "" if signal.quote.strip() == story.title.strip() else f"  “{signal.quote}”"
        yield from wrapped(f"{_act_name(signal.rule)}{quote}", 23)
    yield from rest(len(result.hits) - limit, "match", "matches")
    near = pluralised(result.misses, "near miss", "near misses")
    heading = f"{near} at {pluralised(len(result.failing), 'clause')}" if result.misses else "no near misses"
    yield from ("", click.style(heading, bold=True))
    faults = Counter(FAULTS[failing.fault] for failing in result.failing for _ in failing.misses)
    if faults:
        counted = ", ".join(f"{name} ({count:,})" for name, count in faults.most_common())
        yield from wrapped(f"at fault: {counted}", 2)
    for failing in result.telling(limit):
        yield from _failing_text(failing)
    yield from rest(len(result.failing) - limit, "clause", "clauses")


def _failing_text(failing: FailingClause) -> Iterator[str]:
    """One clause with the first stories that it kept out."""
    clause = shortened_pattern(failing.clause)
    named = f"{MISMATCH_LABELS[failing.fault]} {clause}" if failing.fault in MISMATCH_LABELS else clause
    yield from wrapped(f"{len(failing.misses):>4}  {_act_name(failing.rule)} · {named}", 2, 8)
    for miss in failing.misses[:STORIES_PER_CLAUSE]:
        near, now = miss.near, miss.now or "not about it"
        yield from wrapped(f"{miss.story.published_at:%Y-%m-%d}  {now}, would be {near.effect}", 8)
        yield from wrapped(marked_sentence(near.place), 10)
        if near.fault != "group":
            words = words_seen(near) if near.fault == "frame" else ()
            saw = f" “{' … '.join(words)}”" if words else ""
            yield from wrapped(f"{shortened_pattern(near_miss_text(near))}{saw}", 10)


def _act_name(rule: str) -> str:
    return rule.partition("/")[2]


def trial_values(commitment: str, result: TrialResult, limit: int | None) -> Iterator[dict[str, Any]]:
    """The same as JSON: matches, near misses, and a last line that counts them. limit: None for all."""
    for hit in result.hits[:limit]:
        match = {"kind": "match", "id": hit.story.id, **story_values(hit.story)}
        yield {**match, **fields_of(hit.signal, "effect", "rule", "quote")}
    for miss in (miss for failing in result.failing[:limit] for miss in failing.misses):
        near, place = miss.near, miss.near.place
        yield {
            "kind": "near_miss",
            "id": miss.story.id,
            **story_values(miss.story),
            "effect": near.effect,
            "now": miss.now or "not_about",
            **fields_of(near, "rule", "fault"),
            "clause": fault_clause(near),
            "detail": near_miss_text(near),
            "pattern": near.pattern,
            **fields_of(place, "field", "start", "end"),
            "words": words_seen(near),
            "short": near.short,
        }
    yield {
        "kind": "summary",
        "commitment": commitment,
        "stories": result.stories,
        "matches": len(result.hits),
        "near_misses": result.misses,
        "clauses": [{**fields_of(f, "rule", "fault", "clause"), "count": len(f.misses)} for f in result.failing],
    }
