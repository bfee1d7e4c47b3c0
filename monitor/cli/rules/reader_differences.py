"""Where readers and rules differ, as `rules drift` prints it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.common import fields_of, pluralised
from monitor.cli.rules.story_text import story_values, title_and_source, wrapped
from monitor.domain.messages.digest.reader_counts import act_counts, agreement_sentence, difference_text, readers_named
from monitor.domain.reading.difference_commands import act_of, read_command
from monitor.rulebook.source.example_lines import NOT_ABOUT

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.reading.drift import Agreement, Compared, ReaderDrift

LABEL_WIDTH = 32
MONTHS_SHOWN = 6
"""Months in a table, the latest."""
ACTS_SHOWN = 10
"""Acts and missed effects that are shown where --all does not ask for every one."""
COUNTS = ("same", "other_effect", "reader_alone", "rule_alone", "share")


def example_command(own: Compared, rulebook: Rulebook, archive: Path | None, folder: Path | None) -> str:
    """The command that makes a story an example of an act by what the reader read; one of the database it also records as a person's
    reading."""
    if archive is None:
        return read_command(own)
    expected = own.effect.value if own.effect is not None else NOT_ABOUT
    place = ["--story", own.story.id, "--stories", str(archive), *(["--rules", str(folder)] if folder else [])]
    return shlex.join(["deal-monitor", "rules", "example", act_of(own, rulebook), "--effect", expected, *place])


def reader_values(
    drift: ReaderDrift, rulebook: Rulebook, archive: Path | None, folder: Path | None
) -> Iterator[dict[str, Any]]:
    """Every count and story as JSON, the counts of all commitments together first."""
    yield {"what": "readers", "texts": drift.texts, "kinds": sorted(drift.kinds), **fields_of(drift.whole, *COUNTS)}
    for name, own in drift.commitments.items():
        yield {"what": "readers_commitment", "commitment": name, **fields_of(own, *COUNTS)}
    for month, by_name in drift.months.items():
        for name, own in by_name.items():
            yield {"what": "readers_month", "month": month, "commitment": name, **fields_of(own, *COUNTS)}
    for rule, own in drift.acts.items():
        yield {"what": "readers_act", "rule": rule, **fields_of(own, "same", "other_effect", "rule_alone")}
    for (name, effect), count in drift.missed.items():
        yield {"what": "readers_missed", "commitment": name, "effect": effect, "count": count}
    for each in drift.telling:
        key = {"what": "readers_story", "id": each.story.id, **story_values(each.story)}
        reads = fields_of(each, "commitment", "outcome", "rule", "rule_effect", "effect", "quote")
        yield key | reads | {"reader": each.reader.name, "command": example_command(each, rulebook, archive, folder)}


def reader_text(
    drift: ReaderDrift, rulebook: Rulebook, archive: Path | None, folder: Path | None, *, everything: bool
) -> Iterator[str]:
    """The same for people, 80 columns wide. everything: every act and missed effect."""
    if not drift.texts:
        yield "Nobody has read any of these stories beside the rules"
        return
    who = readers_named(drift.kinds) if drift.kinds else "readers"
    yield f"Where {who} and the rules differ: {pluralised(drift.texts, 'story', 'stories')} read by both"
    yield ""
    yield from _counts_table(drift)
    yield ""
    for name, own in drift.commitments.items():
        yield from wrapped(agreement_sentence(own, rulebook.commitments[name].short, who), 2, 4)
    if len(drift.months) > 1:
        yield ""
        yield from _month_table(drift)
    yield from _acts_text(drift, None if everything else ACTS_SHOWN)
    if drift.telling:
        yield ""
        yield "These tell most; make each an example by the command below it:"
    for each in drift.telling:
        yield from _story_text(each, rulebook, archive, folder)


def _counts_table(drift: ReaderDrift) -> Iterator[str]:
    heads = ("same", "other", "missed", "alone", "agree")
    yield " " * LABEL_WIDTH + "".join(f"{head:>9}" for head in heads)
    for name, own in (*drift.commitments.items(), ("all", drift.whole)):
        counts = (own.same, own.other_effect, own.reader_alone, own.rule_alone)
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{count:>9,}" for count in counts) + f"{_share(own):>9}"


def _month_table(drift: ReaderDrift) -> Iterator[str]:
    """The share that both read the same way, a column a month."""
    months = list(drift.months)[-MONTHS_SHOWN:]
    yield "read the same way, by month".ljust(LABEL_WIDTH) + "".join(f"{month:>8}" for month in months)
    for name in drift.commitments:
        shares = (drift.months[month].get(name) for month in months)
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{_share(own) if own else '-':>8}" for own in shares)


def _share(own: Agreement) -> str:
    return "-" if own.share is None else f"{own.share:.0%}"


def _acts_text(drift: ReaderDrift, most: int | None) -> Iterator[str]:
    apart = [(rule, own) for rule, own in drift.acts.items() if own.differing]
    if apart:
        yield ""
        yield "Acts that readers contradict most; how they read their stories:"
    for rule, own in apart[:most]:
        yield from wrapped(f"{rule}: {act_counts(own)}", 2, 6)
    if drift.missed:
        yield ""
        yield "What readers read and no rule does (rules suggest ACT finds words for it):"
    for (name, effect), count in list(drift.missed.items())[:most]:
        yield f"  {count:>4}  {name}: {effect}"


def _story_text(own: Compared, rulebook: Rulebook, archive: Path | None, folder: Path | None) -> Iterator[str]:
    yield ""
    yield from wrapped(f"{own.story.published_at:%Y-%m-%d}  {title_and_source(own.story)}", 2, 6)
    yield from wrapped(difference_text(own), 6)
    if own.effect is not None and own.quote and own.quote not in own.story.title:
        yield from wrapped(f"“{own.quote}”", 6)
    yield f"      {example_command(own, rulebook, archive, folder)}"
