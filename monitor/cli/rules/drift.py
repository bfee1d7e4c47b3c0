"""`rules drift`: how the rules hold up as the news moves on, and what of it nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, settings_of
from monitor.cli.match_replay import read_entries, rules_folder
from monitor.cli.rules.story_sources import (
    NOW_OPTION,
    SINCE_OPTION,
    STORIES_OPTION,
    current_time,
    end_progress,
    entries_since,
    progress_counter,
    start_time,
    stored_stories,
)

if TYPE_CHECKING:
    from monitor.domain.model import Story
    from monitor.workbench.comparing.drift import CommitmentDrift, DriftReport, SurveyedStory
    from monitor.workbench.comparing.exclusion_use import ExclusionUse
    from monitor.workbench.comparing.monthly_shares import Month

ARROWS = {"up": "▲", "down": "▼", "": " "}
READ_FILE = "read.txt"
"""Beside the rules: the ids of stories that were read, one a line."""


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@STORIES_OPTION
@SINCE_OPTION
@NOW_OPTION
@click.option("--only", "pattern", default="*", help="Only commitments of this name, as in soybean*.")
@click.option("--reading", "newest", type=click.IntRange(0), default=0, metavar="N",
              help="Show the N newest hits and the N newest non-hits of each commitment that nobody has read.")  # fmt: skip
@click.option("--read-file", type=click.Path(dir_okay=False, path_type=Path),
              help=f"File with the ids of the stories that were read [{READ_FILE} in the folder of rules].")  # fmt: skip
@click.option("--mark-read", is_flag=True, help="Note the stories shown as read.")
@click.option("--all", "everything", is_flag=True, help="Name every rule and exclusion that fires never or once.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every month, story, rule and exclusion.")
@click.pass_context
def drift(
    ctx: click.Context, *, folder: Path | None, stories: Path | None, since: timedelta | datetime | None,
    now: datetime | None, pattern: str, newest: int, read_file: Path | None, mark_read: bool, everything: bool, as_json: bool,
) -> None:  # fmt: skip
    """Hits and shares of each commitment by month, what to read next, and rules and exclusions that never fire.

    A month is marked ▲ or ▼ where its share lies outside what the months before make usual.
    """
    folder = folder or (rules_folder(None) if stories else settings_of(ctx).rules)
    ledger = read_file or folder / READ_FILE
    texts = list(_stories(ctx, stories, since, current_time(ctx, now)))
    found = _survey(folder, texts, pattern, newest, read_ids(ledger))
    if as_json:
        for line in as_lines(found):
            echo_json(line)
    else:
        for text in as_text(found, everything=everything):
            click.echo(text)
    if mark_read:
        click.echo(f"{mark_as_read(ledger, found)} stories noted as read in {ledger}", err=True)


def _stories(
    ctx: click.Context, path: Path | None, since: timedelta | datetime | None, now: datetime
) -> Iterable[Story]:  # fmt: skip
    if path is not None:
        from monitor.replay import line_as_story

        return (line_as_story(entry) for entry in entries_since(read_entries(path), since))
    from contextlib import closing

    from monitor.runtime.session import open_database

    with closing(open_database(settings_of(ctx))) as store:
        return stored_stories(store, start_time(since, now) if since is not None else None)


def _survey(folder: Path, stories: list[Story], pattern: str, newest: int, read: frozenset[str]) -> DriftReport:
    from monitor.rulebook import load_rulebook
    from monitor.workbench.comparing.drift import survey
    from monitor.workbench.comparing.rule_changes import restricted_to
    from monitor.workbench.rule_clauses import rule_clauses, sources_of

    rulebook = load_rulebook(folder)
    names = frozenset(name for name in rulebook.commitments if fnmatchcase(name, pattern))
    if not names:
        known = ", ".join(sorted(rulebook.commitments))
        raise click.BadParameter(f"no commitment fits {pattern!r}. Known: {known}", param_hint="--only")
    sources = sources_of(folder, rulebook)
    topics = {topic.commitment: topic for topic in rulebook.matcher.topics}
    clauses = {name: tuple(rule_clauses(topics[name], sources[name])) for name in names}
    found = survey(
        stories,
        restricted_to(rulebook, names),
        clauses,
        names=names,
        newest=newest,
        read=read,
        progress=progress_counter("reading"),
    )
    end_progress()
    return found


# ---------------------------------------------------------------- what was read


def read_ids(ledger: Path) -> frozenset[str]:
    """The ids noted as read: the first word of each line."""
    if not ledger.exists():
        return frozenset()
    lines = ledger.read_text(encoding="utf-8").splitlines()
    return frozenset(words[0] for line in lines if (words := line.split()) and not line.startswith("#"))


def mark_as_read(ledger: Path, found: DriftReport) -> int:
    """Adds the stories shown to the ledger, each once; returns how many."""
    shown = {seen.story.id for course in found.courses for seen in (*course.hits, *course.misses)}
    new = sorted(shown - read_ids(ledger))
    if new:
        with ledger.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{story}\n" for story in new)
    return len(new)


# ---------------------------------------------------------------- JSON


def as_lines(found: DriftReport) -> Iterator[dict[str, Any]]:
    """Every fact as plain values; the last line counts them."""
    for course in found.courses:
        for month in course.months:
            yield {
                "what": "month", "commitment": course.commitment, "month": month.month, "stories": month.stories,
                "hits": month.hits, "share": month.share, "departs": month.departs, "none": month.nones,
                "none_share": month.none_share, "none_departs": month.none_departs,
            }  # fmt: skip
        for kind, pile in (("hit", course.hits), ("non-hit", course.misses)):
            yield from (_story_values(kind, seen) for seen in pile)
    for rule in found.unfired:
        yield {"what": "rule", "rule": rule.id, "path": rule.path, "line": rule.line, "fired": 0}
    for one in found.firings:
        yield {
            "what": "exclusion", "rule": one.clause.rule, "kind": one.clause.kind, "pattern": one.clause.text,
            "path": one.clause.path, "line": one.clause.line, "titles": one.titles, "title": one.title,
            "besides": one.besides,
        }  # fmt: skip
    yield {
        "what": "summary", "stories": found.stories, "unfired": len(found.unfired), "exclusions": len(found.firings),
        "never": len(found.fired_never), "once": len(found.fired_once),
    }  # fmt: skip


def _story_values(kind: str, seen: SurveyedStory) -> dict[str, Any]:
    story = seen.story
    return {
        "what": kind, "commitment": seen.commitment, "id": story.id, "published": story.published_at,
        "source": story.source, "title": story.title, "effect": seen.effect, "rule": seen.rule, "quote": seen.quote,
        "why": seen.why,
    }  # fmt: skip


# ---------------------------------------------------------------- text


def as_text(found: DriftReport, *, everything: bool) -> Iterator[str]:
    """The same for people."""
    yield f"{found.stories:,} stories"
    for course in found.courses:
        yield from _commitment_text(course)
    yield ""
    yield from _unfired_text(found, everything=everything)
    yield from _exclusions_text(found, everything=everything)


MONTHS_SHOWN = 12
"""Months shown, the latest."""
LABEL_WIDTH = 36
MAX_TITLE = 140


def _commitment_text(course: CommitmentDrift) -> Iterator[str]:
    months = course.months[-MONTHS_SHOWN:]
    yield ""
    yield f"{course.commitment:<{LABEL_WIDTH}}" + "".join(f"{_heading(month):>8}" for month in months)
    yield "  hits".ljust(LABEL_WIDTH) + "".join(f"{month.hits:>8}" for month in months)
    yield "  of all stories".ljust(LABEL_WIDTH) + "".join(_share(m.share, m.departs, 2) for m in months)
    yield "  none among hits".ljust(LABEL_WIDTH) + "".join(_share(m.none_share, m.none_departs, 0) for m in months)
    for title, pile in (("newest hits not read", course.hits), ("newest non-hits not read", course.misses)):
        if pile:
            yield f"  {title}:"
            for seen in pile:
                yield from _story_text(seen)


def _heading(month: Month) -> str:
    return f"{date.fromisoformat(f'{month.month}-01'):%b %y}"


def _share(share: float | None, departs: str, digits: int) -> str:
    return f"{'-' if share is None else f'{share:.{digits}%}':>7}{ARROWS[departs]}"


def _story_text(seen: SurveyedStory) -> Iterator[str]:
    story = seen.story
    title = shorten(story.title, MAX_TITLE, placeholder=" …")
    yield f"    {story.published_at:%Y-%m-%d}  {seen.effect or '-':<9} {title}  ({story.source})"
    yield f"        {seen.rule if seen.effect else seen.why}  [{story.id}]"


def _unfired_text(found: DriftReport, *, everything: bool) -> Iterator[str]:
    yield f"{len(found.unfired)} rules never fired"
    if everything:
        yield from (f"  {rule.path}:{rule.line}  {rule.id}" for rule in found.unfired)


def _exclusions_text(found: DriftReport, *, everything: bool) -> Iterator[str]:
    total = len(found.firings)
    if not total:
        yield "no exclusions"
        return
    never, once = found.fired_never, found.fired_once
    yield (
        f"{total} exclusions: fires on one title only: {len(once) / total:.0%} ({len(once)}), "
        f"on none: {len(never) / total:.0%} ({len(never)})"
    )
    if not everything:
        yield "  --all names them"
        return
    for title, pile in (("on none:", never), ("on one title only:", once)):
        yield f"  {title}"
        yield from (_firing_text(one) for one in pile)


def _firing_text(one: ExclusionUse) -> str:
    clause = one.clause
    besides = f"  (stands in {one.besides} that something else shuts out)" if one.besides and not one.titles else ""
    shown = f"    {clause.path}:{clause.line}  {clause.kind}  {clause.text}{besides}"
    return f"{shown}\n        {one.title}" if one.title else shown
