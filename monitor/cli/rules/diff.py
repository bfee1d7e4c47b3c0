"""`rules diff`: what an edit of the rules does to the stories there are, before it is taken into use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FOLDER, echo_lines, fields_of, pluralised, settings_of
from monitor.cli.match_replay import SIGNAL_FIELDS, moved_text, rules_folder
from monitor.cli.rules.story_sources import (
    NOW_OPTION,
    SINCE_OPTION,
    STORIES_OPTION,
    Since,
    current_time,
    entries_since,
    start_time,
    stored_stories,
)
from monitor.cli.rules.story_text import story_values, title_and_source
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import route_config_name
from monitor.domain.model.notation import notation
from monitor.domain.model.sides import Parties
from monitor.rulebook import load_rulebook
from monitor.workbench.comparing import diff as workbench_diff
from monitor.workbench.comparing import rule_changes
from monitor.workbench.comparing.archive_diff import archive_diff, texts_diff

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Message, Signal, Transition
    from monitor.pipeline.review import ReviewReport
    from monitor.workbench.comparing.diff import StoryChange, VerdictDiff
    from monitor.workbench.comparing.rule_changes import RuleChange

MAX_RULES_SHOWN = 20
CHANGE_SIGNS = {"new match": "+", "lost": "-", "only the rule or quote": " "}
"""Change of a story -> its sign; any other change is a ~."""


@dataclass(frozen=True, slots=True)
class RulesDiff:
    """All that differs between two rulebooks. verdicts: of given stories; review: what the database would do."""

    versions: tuple[str, str]
    rules: tuple[RuleChange, ...]
    redefined: frozenset[str]
    stories: int
    parties: Parties
    """The names of those that either declares."""
    read: int
    """Stories that could be read otherwise: those with words, or of publishers, that differ. No other was read again."""
    changes: tuple[StoryChange, ...]
    start: datetime | None = None
    """The stories of the database are those first seen since then."""
    verdicts: VerdictDiff | None = None
    review: ReviewReport | None = None

    @property
    def differs(self) -> bool:
        differ = self.verdicts is not None and self.verdicts.differ
        caused = self.review is not None and any(t.cause == "rules" for t in self.review.transitions)
        return bool(self.rules or self.redefined or self.changes) or differ or caused

    def messages(self, *, held: bool) -> list[Message]:
        """The messages that would be held, or sent; none where the stories are those of a file."""
        return [message for message in (self.review.messages if self.review else ()) if message.held is held]


@click.command()
@click.argument("folders", nargs=-1, required=True, type=EXISTING_FOLDER, metavar="[OLD] NEW")
@STORIES_OPTION
@SINCE_OPTION
@NOW_OPTION
@click.option("--limit", default=10, show_default=True, help="Stories shown of each commitment, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every rule, story, transition and message.")
def diff(
    folders: tuple[Path, ...],
    stories: Path | None,
    since: Since | None,
    now: datetime | None,
    *,
    limit: int,
    as_json: bool,
) -> None:
    """What the rules in NEW read otherwise than those in OLD (the configured ones), and what would be sent and held.

    Nothing is written and nothing is sent. Exit code 3 if anything differs.
    """
    if len(folders) > 2:
        raise click.UsageError("name one folder of rules, or two: [OLD] NEW")
    old, new = folders[0] if len(folders) == 2 else None, folders[-1]
    if stories is not None:
        result = diff_over_file(old or rules_folder(None), new, stories, since)
    else:
        settings = settings_of()
        result = diff_over_database(settings, old or settings.rules, new, since, current_time(now))
    echo_lines(as_json=as_json, values=diff_values(result), text=diff_text(result, limit))
    if result.differs:
        raise SystemExit(3)


# ---------------------------------------------------------------- reading


def diff_over_file(old: Path, new: Path, stories: Path, since: Since | None) -> RulesDiff:
    """Two rulebooks over the stories of a file, and what each would have sent."""
    before, after = load_rulebook(old), load_rulebook(new)
    entries = entries_since(stories, since)
    found, named = archive_diff(before, after, entries), names_of(before, after)
    return RulesDiff(
        *differences(before, after), len(entries), named, found.read, found.changes, verdicts=found.verdicts
    )


def diff_over_database(settings: Settings, old: Path, new: Path, since: Since | None, now: datetime) -> RulesDiff:
    """Two rulebooks over the stories of the database, and what the running monitor would make of the new one."""
    from monitor.config import check_routes
    from monitor.domain.verdicts.blind import able_sources
    from monitor.pipeline.review import preview_activation
    from monitor.runtime.session import feeds_of, open_database, routes_of

    before, after = load_rulebook(old), load_rulebook(new)
    check_routes(settings, after.commitments)
    with closing(open_database(settings)) as store:
        start = now - timedelta(days=after.policy.live_days) if since is None else start_time(since, now)
        stories = stored_stories(store, start)
        read, changes = texts_diff(before, after, stories)
        able = able_sources(feeds_of(settings), after.publishers, after.policy)
        review = preview_activation(store, after, tuple(routes_of(settings)), now, able)
    differ, named = differences(before, after), names_of(before, after)
    return RulesDiff(*differ, len(stories), named, read, changes, start, review=review)


def names_of(before: Rulebook, after: Rulebook) -> Parties:
    """The names of the parties that either rulebook declares; those of the new one first."""
    return Parties({**before.parties.declared, **after.parties.declared})


def differences(before: Rulebook, after: Rulebook) -> tuple[tuple[str, str], tuple[RuleChange, ...], frozenset[str]]:
    """The versions, the changed rules, and the commitments that are defined otherwise."""
    return (
        (before.version, after.version),
        rule_changes.rule_changes(before, after),
        rule_changes.redefined_commitments(before, after),
    )


# ---------------------------------------------------------------- JSON


def diff_values(result: RulesDiff) -> Iterator[dict[str, Any]]:
    """Every difference as JSON; the last line counts them."""

    for rule in result.rules:
        yield {"what": "rule", **fields_of(rule, "rule", "how", "path", "line")}
    yield from map(story_change_values, result.changes)
    transitions: list[tuple[str, Transition]] = []
    if result.verdicts is not None:
        transitions += [("only old", t) for t in result.verdicts.only_old]
        transitions += [("only new", t) for t in result.verdicts.only_new]
        transitions += [("at another time", t) for _, t in result.verdicts.moved]
    if result.review is not None:
        transitions += [("would be recorded", t) for t in result.review.transitions]
    for how, transition in transitions:
        yield {"what": "transition", "how": how, **_transition_values(transition, result.parties)}
    for message in result.review.messages if result.review else ():
        yield {
            "what": "message",
            "fate": "held" if message.held else "sent",
            **fields_of(message, "route", "kind", "commitment"),
            "transitions": [_transition_values(t, result.parties) for t in message.transitions],
        }
    yield {
        "what": "summary",
        "old": result.versions[0],
        "new": result.versions[1],
        "stories": result.stories,
        "read": result.read,
        "rules": len(result.rules),
        "redefined": sorted(result.redefined),
        "changes": workbench_diff.counts_by_type(result.changes),
        "transitions": len(transitions),
        "sent": len(result.messages(held=False)),
        "held": len(result.messages(held=True)),
        "differs": result.differs,
    }


def story_change_values(change: StoryChange) -> dict[str, Any]:
    """A story that is read otherwise, with what either rulebook reads in it."""
    old, new = (signal and fields_of(signal, *SIGNAL_FIELDS) for signal in (change.old, change.new))
    named = fields_of(change, "commitment", "how", "id")
    return {"what": "story", **named, **story_values(change.story), "old": old, "new": new, "facts": change.facts}


def _transition_values(t: Transition, parties: Parties) -> dict[str, Any]:
    was, now = notation(t.change)
    moved = {"from": was, "to": now, "cause": t.cause, "reason": reason_text(t.reason, parties)}
    return {**fields_of(t, "at", "commitment", "kind", "way"), **moved}


# ---------------------------------------------------------------- text


def diff_text(result: RulesDiff, limit: int) -> Iterator[str]:
    """The same for people: rules, stories by commitment (`limit` of each), and at the end verdicts and messages."""
    yield from _rules_text(result)
    yield from stories_text(result, limit)
    if result.verdicts is not None:
        yield from _verdicts_text(result.verdicts, result.parties)
    if result.review is not None:
        yield from _review_text(result, result.review)
    if not result.differs:
        waits = result.review is not None and result.review.transitions
        yield "nothing differs" + (": what waits would be decided so by the old rules, too" if waits else "")


def _rules_text(result: RulesDiff) -> Iterator[str]:
    own = [rule for rule in result.rules if rule.how != "leans on it"]
    counts = Counter(rule.how for rule in own)
    tally = ", ".join(f"{counts[how]} {how}" for how in ("added", "removed", "changed"))
    yield f"rules {result.versions[0]} -> {result.versions[1]}: {tally}"
    leaning = Counter(rule.rule.partition("/")[0] for rule in result.rules if rule.how == "leans on it")
    for rule in own[:MAX_RULES_SHOWN]:
        commitment, _, name = rule.rule.partition("/")
        acts = (
            f"  ({pluralised(leaning[commitment], 'act leans', 'acts lean')} on it)"
            if name == "about" and leaning[commitment]
            else ""
        )
        yield f"  {rule.how:<8} {rule.rule:<44} {rule.path}:{rule.line}{acts}"
    if len(own) > MAX_RULES_SHOWN:
        yield f"    … and {pluralised(len(own) - MAX_RULES_SHOWN, 'more rule')}"
    if result.redefined:
        yield f"  defined otherwise: {', '.join(sorted(result.redefined))}"


def stories_text(result: RulesDiff, limit: int) -> Iterator[str]:
    """The stories that are read otherwise, by commitment."""
    differing = len({change.id for change in result.changes})
    since = f" since {result.start:%-d %b %Y}" if result.start else ""
    yield ""
    stories, differ = pluralised(result.stories, "story", "stories"), pluralised(differing, "is", "are")
    yield f"{stories}{since}, {result.read:,} could be concerned, {differ} read otherwise"
    for commitment, counts in workbench_diff.counts_by_type(result.changes).items():
        own = [change for change in result.changes if change.commitment == commitment]
        yield ""
        yield f"{commitment}: {', '.join(f'{count} {how}' for how, count in counts.items() if count)}"
        for change in own[:limit]:
            yield from _story_text(change)
        if len(own) > limit:
            yield f"    … and {pluralised(len(own) - limit, 'more story', 'more stories')}"


def _story_text(change: StoryChange) -> Iterator[str]:
    """One story: its effects under both rulebooks, then the rules and facts that differ."""

    def fact(signal: Signal | None, name: str) -> str:
        value = getattr(signal, name)
        return str(getattr(value, "text", "") or getattr(value, "value", None) or value or "nothing")

    old, new = change.old, change.new
    was, now = (signal.effect.value if signal else "nothing" for signal in (old, new))
    moved = f"{was} -> {now}" if was != now else was
    day = f"{change.story.published_at:%Y-%m-%d}"
    yield f"  {CHANGE_SIGNS.get(change.how, '~')} {day}  {moved:<24} {title_and_source(change.story)}"
    if old is not None and new is not None and old.rule != new.rule:
        yield f"      rule: {old.rule} -> {new.rule}"
    if change.facts:
        yield f"      also: {', '.join(f'{name} {fact(old, name)} -> {fact(new, name)}' for name in change.facts)}"


def _verdicts_text(verdicts: VerdictDiff, parties: Parties) -> Iterator[str]:
    """The transitions of given stories under one of the two rulebooks alone, or at another time."""
    yield ""
    if not verdicts.differ:
        yield "verdicts: the same changes are told at the same times"
        return
    only_old, only_new, moved = verdicts.only_old, verdicts.only_new, verdicts.moved
    gone = pluralised(len(only_old), "change")
    counts = f"{gone} no longer told, {len(only_new)} told anew, {len(moved)} at another time"
    yield f"verdicts: {counts}"
    pairs = [("-", t) for t in only_old] + [("+", t) for t in only_new]
    pairs += [(f"~ {old.at:%Y-%m-%d %H:%M} ->", new) for old, new in moved]
    for mark, transition in sorted(pairs, key=lambda pair: (pair[1].at, pair[1].commitment, pair[0] == "+")):
        yield from _transition_text(mark, transition, parties)
    yield "(news under other rules; what would be held is shown when the stories come from the database)"


def _review_text(result: RulesDiff, review: ReviewReport) -> Iterator[str]:
    """What the running monitor would record, send and hold."""
    groups = {
        "SENT: news that waits to be decided, under the new rules": result.messages(held=False),
        "HELD: only the rules changed; `outbox release` sends them, else they expire": result.messages(held=True),
    }
    yield ""
    yield f"taken into use now: {pluralised(len(review.transitions), 'change')} of verdicts recorded"
    for title, messages in groups.items():
        yield f"{len(messages)} {title}"
        for message in messages:
            yield f"  to {route_config_name(message.route)}, {message.to} ({message.kind})"
            for transition in message.transitions:
                yield from _transition_text("   ", transition, result.parties)
    announced = {t.id for messages in groups.values() for message in messages for t in message.transitions}
    others = [t for t in review.transitions if t.id not in announced]
    if others:
        yield f"{len(others)} recorded and told to nobody"
    for transition in others:
        yield from _transition_text(" ", transition, result.parties)
    yield from (f"could not be decided: {problem}" for problem in review.problems)


def _transition_text(mark: str, t: Transition, parties: Parties) -> Iterator[str]:
    yield f"  {mark} {t.at:%Y-%m-%d %H:%M}  {t.commitment}: {moved_text(t)}  ({t.kind}, {t.cause})"
    yield f"      {reason_text(t.reason, parties)}"
