"""The trial of one commitment's file as text and JSON: its matches, and near misses by the clause at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import fields_of, pluralised
from monitor.cli.rules.story_sources import NO_STORIES
from monitor.cli.rules.story_text import shortened_pattern, story_values, wrapped
from monitor.domain.matching.explain_text import fault_clause, near_miss_text, words_seen
from monitor.workbench.explain_facts import marked_sentence

if TYPE_CHECKING:
    from monitor.workbench.trial_run import TrialResult

DEFAULT_LIMIT = 20
"""Matches, and failing clauses, that the text shows without --limit."""
STORIES_PER_CLAUSE = 2
"""Stories shown of one failing clause."""
MISMATCH_LABELS = {
    "gap": "too far apart:",
    "start": "not at the start:",
    "clause": "in two clauses:",
    "order": "out of order:",
    "group": "nothing of",
}
"""Fault -> its label, if the clause alone does not show what failed."""


def trial_text(commitment: str, result: TrialResult, limit: int | None) -> Iterator[str]:
    """The matches, newest first, then the clauses that excluded stories, the most useful first."""
    limit = DEFAULT_LIMIT if limit is None else limit

    def rest(count: int, one: str, many: str) -> Iterator[str]:
        if count > 0:
            yield f"  and {pluralised(count, one, many)} more (--limit, --json)"

    heading = f"{commitment}: {pluralised(result.stories, 'story', 'stories')}, {len(result.hits):,} about it"
    yield click.style(heading, bold=True)
    effects = Counter(hit.signal.effect.value for hit in result.hits).most_common()
    if effects:
        yield from wrapped(f"effects: {', '.join(f'{count:,} {effect}' for effect, count in effects)}", 2)
    if not result.stories:
        yield from wrapped(NO_STORIES, 2)
    if result.hits:
        yield from ("", "matches, newest first")
    for hit in result.hits[:limit]:
        story, signal = hit.story, hit.signal
        yield from wrapped(f"{story.published_at:%Y-%m-%d}  {signal.effect:<9}  {story.title}", 2, 23)
        quote = "" if signal.quote.strip() == story.title.strip() else f"  “{signal.quote}”"
        yield from wrapped(f"{signal.rule.partition('/')[2]}{quote}", 23)
    yield from rest(len(result.hits) - limit, "match", "matches")
    missed = pluralised(sum(len(clause.misses) for clause in result.failing), "near miss", "near misses")
    heading = f"{missed} at {pluralised(len(result.failing), 'clause')}" if result.failing else "no near misses"
    yield from ("", click.style(heading, bold=True))
    for failing in result.failing[:limit]:
        # One clause with the first stories that it excluded.
        clause = shortened_pattern(failing.clause)
        named = f"{MISMATCH_LABELS[failing.fault]} {clause}" if failing.fault in MISMATCH_LABELS else clause
        yield from wrapped(f"{len(failing.misses):>4}  {failing.rule.partition('/')[2]} · {named}", 2, 8)
        for miss in failing.misses[:STORIES_PER_CLAUSE]:
            near, now = miss.near, miss.now or "not about it"
            yield from wrapped(f"{miss.story.published_at:%Y-%m-%d}  {now}, would be {near.effect}", 8)
            yield from wrapped(marked_sentence(near.place), 10)
            if near.fault != "group":
                words = words_seen(near) if near.fault == "frame" else ()
                seen = f" “{' … '.join(words)}”" if words else ""
                yield from wrapped(f"{shortened_pattern(near_miss_text(near))}{seen}", 10)
    yield from rest(len(result.failing) - limit, "clause", "clauses")


def trial_values(commitment: str, result: TrialResult, limit: int | None) -> Iterator[dict[str, Any]]:
    """The same as JSON: matches, near misses, and a last line with the counts. `limit` None: all."""
    for hit in result.hits[:limit]:
        match = {"kind": "match", "id": hit.story.id, **story_values(hit.story)}
        yield {**match, **fields_of(hit.signal, "effect", "rule", "quote")}
    for miss in (miss for failing in result.failing[:limit] for miss in failing.misses):
        near, (start, end) = miss.near, miss.near.place.original
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
            "field": near.place.field,
            "start": start,
            "end": end,
            "words": words_seen(near),
            "short": near.short,
        }
    yield {
        "kind": "summary",
        "commitment": commitment,
        "stories": result.stories,
        "matches": len(result.hits),
        "near_misses": sum(len(failing.misses) for failing in result.failing),
        "clauses": [{**fields_of(f, "rule", "fault", "clause"), "count": len(f.misses)} for f in result.failing],
    }
