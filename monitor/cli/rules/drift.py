"""`rules drift`: how the rules hold up as the news moves on, and what of it nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FOLDER, FILE, echo_lines, fields_of, pluralised, settings_of
from monitor.cli.match_replay import READINGS_OPTION, rules_folder
from monitor.cli.rules.reader_differences import reader_text, reader_values
from monitor.cli.rules.reader_texts import read_texts
from monitor.cli.rules.story_sources import NO_STORIES, NOW_OPTION, SINCE_OPTION, STORIES_OPTION, Since, stories_since
from monitor.cli.rules.story_text import story_values, title_and_source
from monitor.domain.reading.drift import promise_of, reader_drift
from monitor.long_work import long_work
from monitor.rulebook import load_rulebook
from monitor.workbench.comparing.drift import survey
from monitor.workbench.comparing.rule_changes import restricted_to
from monitor.workbench.rule_clauses import rule_clauses

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Story
    from monitor.workbench.comparing.drift import CommitmentDrift, DriftReport

ARROWS = {"up": "▲", "down": "▼", "": " "}
READ_FILE = "read.txt"
"""Beside the rules: the ids of stories that were read, one a line."""
MONTHS_SHOWN = 12
"""Months shown, the latest."""
LABEL_WIDTH = 36


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@STORIES_OPTION
@SINCE_OPTION
@NOW_OPTION
@click.option("--only", "pattern", default="*", help="Only commitments of this name, as in soybean*.")
@click.option(
    "--reading",
    "newest",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Show the N newest hits and the N newest non-hits of each commitment that nobody has read.",
)
@click.option(
    "--read-file",
    type=FILE,
    help=f"File with the ids of the stories that were read [{READ_FILE} in the folder of rules].",
)
@click.option("--mark-read", is_flag=True, help="Note the stories shown as read.")
@READINGS_OPTION
@click.option("--readers", "readers_only", is_flag=True, help="Show only where readers and the rules differ.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Name every rule and exclusion that fires never or once, and every act that readers contradict.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every month, story, rule and exclusion.")
def drift(
    *,
    folder: Path | None,
    stories: Path | None,
    since: Since | None,
    now: datetime | None,
    pattern: str,
    newest: int,
    read_file: Path | None,
    mark_read: bool,
    readings: Path | None,
    readers_only: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Hits and shares of each commitment by month, what to read next, and rules and exclusions that never fire.

    A month is marked ▲ or ▼ where its share lies outside what the months before make usual. Where a model or people have read
    the stories too (in the database, or in the file of --readings) it ends with where they and the rules differ, and the
    stories that tell most, each with the command that makes it an example.
    """
    chosen, folder = folder, folder or (rules_folder(None) if stories else settings_of().rules)
    rulebook = load_rulebook(folder, examples=True)
    names = _names(rulebook, pattern)
    promises = {promise_of(name, rulebook.commitments) for name in names}
    texts = read_texts(stories, readings, since, now, rulebook)
    with long_work("comparing readers and rules"):
        drifted = reader_drift(texts, rulebook, promises=promises)
    origin = (rulebook, stories, chosen)
    if readers_only:
        text = reader_text(drifted, *origin, everything=everything)
        echo_lines(as_json=as_json, values=reader_values(drifted, *origin), text=text)
        return
    told = stories_since(stories, since, now)
    if not told:
        raise click.UsageError(NO_STORIES)
    ledger = read_file or folder / READ_FILE
    report = _survey(rulebook, told, names, newest, read_ids(ledger))
    values, text = drift_values(report), drift_text(report, everything=everything)
    if drifted.texts:
        values = chain(reader_values(drifted, *origin), values)
        text = chain(text, [""], reader_text(drifted, *origin, everything=everything))
    echo_lines(as_json=as_json, values=values, text=text)
    if mark_read:
        click.echo(
            f"{pluralised(mark_as_read(ledger, report), 'story', 'stories')} noted as read in {ledger}", err=True
        )


def _names(rulebook: Rulebook, pattern: str) -> frozenset[str]:
    """The commitments that fit a pattern. Raises BadParameter if none fits."""
    names = frozenset(name for name in rulebook.commitments if fnmatchcase(name, pattern))
    if not names:
        known = ", ".join(sorted(rulebook.commitments))
        raise click.BadParameter(f"no commitment fits {pattern!r}. Known: {known}", param_hint="--only")
    return names


def _survey(
    rulebook: Rulebook, stories: list[Story], names: frozenset[str], newest: int, read: frozenset[str]
) -> DriftReport:
    """The stories read by the rules of these commitments."""
    topics = {topic.commitment: topic for topic in rulebook.matcher.topics}
    clauses = {name: tuple(rule_clauses(topics[name])) for name in names}
    return survey(stories, restricted_to(rulebook, names), clauses, names=names, newest=newest, read=read)


# ---------------------------------------------------------------- what was read


def read_ids(ledger: Path) -> frozenset[str]:
    """The ids noted as read: the first word of each line."""
    if not ledger.exists():
        return frozenset()
    lines = ledger.read_text(encoding="utf-8").splitlines()
    return frozenset(words[0] for line in lines if (words := line.split()) and not line.startswith("#"))


def mark_as_read(ledger: Path, report: DriftReport) -> int:
    """Adds the stories shown to the ledger, each once; returns how many."""
    shown = {seen.story.id for course in report.courses for seen in (*course.hits, *course.misses)}
    new = sorted(shown - read_ids(ledger))
    if new:
        with ledger.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{story}\n" for story in new)
    return len(new)


# ---------------------------------------------------------------- shown


def drift_values(report: DriftReport) -> Iterator[dict[str, Any]]:
    """Every fact as JSON; the last line counts them."""
    for course in report.courses:
        for month in course.months:
            yield {
                "what": "month",
                "commitment": course.commitment,
                **fields_of(month, "month", "stories", "hits", "share", "departs"),
                "none": month.nones,
                **fields_of(month, "none_share", "none_departs"),
            }
        for kind, pile in (("hit", course.hits), ("non-hit", course.misses)):
            for seen in pile:
                key = {"what": kind, "commitment": seen.commitment, "id": seen.story.id}
                yield {**key, **story_values(seen.story), **fields_of(seen, "effect", "rule", "quote", "why")}
    for rule in report.unfired:
        yield {"what": "rule", "rule": rule.id, **fields_of(rule, "path", "line"), "fired": 0}
    for use in report.firings:
        yield {
            "what": "exclusion",
            **fields_of(use.clause, "rule", "kind"),
            "pattern": use.clause.text,
            **fields_of(use.clause, "path", "line"),
            **fields_of(use, "titles", "title", "besides"),
        }
    yield {
        "what": "summary",
        "stories": report.stories,
        "unfired": len(report.unfired),
        "exclusions": len(report.firings),
        "never": len(report.fired_never),
        "once": len(report.fired_once),
    }


def drift_text(report: DriftReport, *, everything: bool) -> Iterator[str]:
    """The same for people. everything: also each rule and exclusion that never fires, or once."""
    yield pluralised(report.stories, "story", "stories")
    for course in report.courses:
        yield ""
        yield from _months_text(course)
        for title, pile in (("newest hits not read", course.hits), ("newest non-hits not read", course.misses)):
            if pile:
                yield f"  {title}:"
            for seen in pile:
                day = f"{seen.story.published_at:%Y-%m-%d}"
                yield f"    {day}  {seen.effect or '-':<9} {title_and_source(seen.story)}"
                yield f"        {seen.rule if seen.effect else seen.why}  [{seen.story.id}]"
    yield ""
    yield f"{pluralised(len(report.unfired), 'rule')} never fired"
    if everything:
        yield from (f"  {rule.path}:{rule.line}  {rule.id}" for rule in report.unfired)
    total, never, once = len(report.firings), report.fired_never, report.fired_once
    if not total:
        yield "no exclusions"
        return
    rarely = f"fires on one title only: {len(once) / total:.0%} ({len(once)})"
    yield f"{pluralised(total, 'exclusion')}: {rarely}, on none: {len(never) / total:.0%} ({len(never)})"
    if not everything:
        yield "  --all names them"
        return
    for title, uses in (("on none:", never), ("on one title only:", once)):
        yield f"  {title}"
        for use in uses:
            clause = use.clause
            besides = (
                f"  (stands in {use.besides} that something else shuts out)" if use.besides and not use.titles else ""
            )
            yield f"    {clause.path}:{clause.line}  {clause.kind}  {clause.text}{besides}"
            if use.title:
                yield f"        {use.title}"


def _months_text(course: CommitmentDrift) -> Iterator[str]:
    """The table of one commitment, a column a month. An arrow marks a share outside what the months before make usual."""

    def cell(share: float | None, departs: str, digits: int) -> str:
        return f"{'-' if share is None else f'{share:.{digits}%}':>7}{ARROWS[departs]}"

    months = course.months[-MONTHS_SHOWN:]
    first_days = (date.fromisoformat(f"{month.month}-01") for month in months)
    yield f"{course.commitment:<{LABEL_WIDTH}}" + "".join(f"{f'{day:%b %y}':>8}" for day in first_days)
    yield "  hits".ljust(LABEL_WIDTH) + "".join(f"{month.hits:>8}" for month in months)
    yield "  of all stories".ljust(LABEL_WIDTH) + "".join(cell(m.share, m.departs, 2) for m in months)
    yield "  none among hits".ljust(LABEL_WIDTH) + "".join(cell(m.none_share, m.none_departs, 0) for m in months)
