"""`rules diff`: the effect of an edit on stored stories: what is read differently, and what would be sent and held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli import common
from monitor.cli.match_replay import STORIES_OPTION, moved_text, rules_folder
from monitor.cli.screen import echo_lines, title_and_source
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import route_config_name
from monitor.domain.model.changes import notation
from monitor.domain.model.sides import Parties
from monitor.replay import SIGNAL_FIELDS, read_entries
from monitor.rulebook import load_rulebook
from monitor.workbench.diff import archive_diff, counts_by_type, redefined_commitments, rule_changes, texts_diff

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Message, Signal, Transition
    from monitor.pipeline.review import ReviewReport
    from monitor.workbench.diff import StoryChange, VerdictDiff

MAX_RULES_SHOWN = 20
CHANGE_SIGNS = {"new match": "+", "lost": "-", "only the rule or quote": " "}
"""Change of a story -> its sign; ~ for other changes."""


@dataclass(frozen=True, slots=True)
class RulesDiff:
    """The differences of two rulebooks: `verdicts` over a file of stories, `review` and `start` over the database."""

    before: Rulebook
    after: Rulebook
    stories: int
    changes: tuple[StoryChange, ...]
    verdicts: VerdictDiff | None = None
    review: ReviewReport | None = None
    start: datetime | None = None
    """Stories of the database are included if first seen since then."""

    @property
    def parties(self) -> Parties:
        return Parties({**self.before.parties.declared, **self.after.parties.declared})

    @property
    def differs(self) -> bool:
        changed = rule_changes(self.before, self.after) or redefined_commitments(self.before, self.after)
        differ = self.verdicts is not None and bool(self.verdicts.only_old or self.verdicts.only_new)
        caused = self.review is not None and any(t.cause == "rules" for t in self.review.transitions)
        return bool(changed or self.changes) or differ or caused

    def messages(self, *, held: bool) -> list[Message]:
        """The messages that would be held, or sent; none for a file of stories."""
        return [message for message in (self.review.messages if self.review else ()) if message.held is held]


@click.command()
@click.argument("folders", nargs=-1, type=common.EXISTING_FOLDER, metavar="[OLD] NEW")
@STORIES_OPTION
@click.option(
    "--since",
    type=common.DateTimeParam(lengths=True),
    help="Use only stories from this time on: 30d, 12h, 6w (before now, or the newest story of a file), or a date.",
)
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True, help="Maximum number of stories per commitment."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line per rule, story, transition and message.")
def diff(
    folders: tuple[Path, ...], stories: Path | None, since: datetime | timedelta | None, limit: int, *, as_json: bool
) -> None:
    """Compare the rules in NEW with those in OLD (the configured ones): the stories read differently, and the
    messages sent and held.

    Nothing is written or sent. Exit code 3 if NEW differs from OLD.
    """
    if len(folders) not in (1, 2):
        raise click.UsageError("give one folder of rules, or two: [OLD] NEW")
    old, new = folders[0] if len(folders) == 2 else None, folders[-1]
    if stories is not None:
        before, after = load_rulebook(old or rules_folder(None)), load_rulebook(new)
        entries = read_entries(stories)
        dates = [entry.published for entry in entries if entry.published is not None]
        if since is not None and dates:
            start = start_time(since, max(dates))
            entries = [entry for entry in entries if entry.published is not None and entry.published >= start]
        changes, verdicts = archive_diff(before, after, entries)
        result = RulesDiff(before, after, len(entries), changes, verdicts=verdicts)
    else:
        settings = common.settings_of()
        result = diff_over_database(settings, load_rulebook(old or settings.monitor.rules), load_rulebook(new), since)
    echo_lines(as_json=as_json, values=diff_values(result), text=diff_text(result, limit))
    if result.differs:
        raise SystemExit(3)


def start_time(since: timedelta | datetime, end: datetime) -> datetime:
    return end - since if isinstance(since, timedelta) else since


def diff_over_database(
    settings: Settings, before: Rulebook, after: Rulebook, since: timedelta | datetime | None
) -> RulesDiff:
    """Two rulebooks over the stories of the database, and the messages of the running monitor under the new one."""
    from monitor.config import check_routes
    from monitor.domain.verdicts.blind import able_sources
    from monitor.pipeline.review import preview_activation
    from monitor.runtime.session import feeds_of, open_database, routes_of
    from monitor.store.stories import first_seen_since

    now = common.program_clock()()
    check_routes(settings, after.deal_by_commitment)
    with closing(open_database(settings)) as store:
        start = start_time(timedelta(days=after.policy.live_days) if since is None else since, now)
        with store.read() as conn:
            stories = [story for story in first_seen_since(conn, start) if not story.withdrawn]
        changes = texts_diff(before, after, stories)
        able = able_sources(feeds_of(settings), after.publishers, after.policy)
        review = preview_activation(store, after, tuple(routes_of(settings)), now, able)
    return RulesDiff(before, after, len(stories), changes, review=review, start=start)


# ---------------------------------------------------------------- JSON


def diff_values(result: RulesDiff) -> Iterator[dict[str, Any]]:
    """Every difference as JSON; the last line has the counts."""
    rules = rule_changes(result.before, result.after)
    for rule in rules:
        yield {"what": "rule", **common.fields_of(rule, "rule", "how", "path", "line")}
    for change in result.changes:
        old, new = (signal and common.fields_of(signal, *SIGNAL_FIELDS) for signal in (change.old, change.new))
        named = common.fields_of(change, "commitment", "how", "id")
        story = common.fields_of(change.story, "published=published_at", "source", "title")
        yield {"what": "story", **named, **story, "old": old, "new": new, "facts": change.facts}
    transitions: list[tuple[str, Transition]] = []
    if result.verdicts is not None:
        transitions += [("only old", t) for t in result.verdicts.only_old]
        transitions += [("only new", t) for t in result.verdicts.only_new]
    if result.review is not None:
        transitions += [("would be recorded", t) for t in result.review.transitions]
    for how, transition in transitions:
        yield {"what": "transition", "how": how, **_transition_values(transition, result.parties)}
    for message in result.review.messages if result.review else ():
        yield {
            "what": "message",
            "fate": "held" if message.held else "sent",
            **common.fields_of(message, "route", "kind", "commitment"),
            "transitions": [_transition_values(t, result.parties) for t in message.transitions],
        }
    yield {
        "what": "summary",
        "old": result.before.version,
        "new": result.after.version,
        "stories": result.stories,
        "rules": len(rules),
        "redefined": sorted(redefined_commitments(result.before, result.after)),
        "changes": counts_by_type(result.changes),
        "transitions": len(transitions),
        "sent": len(result.messages(held=False)),
        "held": len(result.messages(held=True)),
        "differs": result.differs,
    }


def _transition_values(t: Transition, parties: Parties) -> dict[str, Any]:
    was, now = notation(t.change)
    moved = {"from": was, "to": now, "cause": t.cause, "reason": detail_text(t.reason.detail, parties)}
    return {**common.fields_of(t, "at", "commitment", "kind", "way"), **moved}


# ---------------------------------------------------------------- text


def diff_text(result: RulesDiff, limit: int) -> Iterator[str]:
    """The differences as text: rules, stories by commitment (`limit` of each), verdicts and messages."""
    yield from _rules_text(result.before, result.after)
    since = f" since {result.start:%-d %b %Y}" if result.start else ""
    differing = common.pluralised(len({change.id for change in result.changes}), "is", "are")
    yield ""
    yield f"{common.pluralised(result.stories, 'story', 'stories')}{since}, {differing} read differently"
    for commitment, counts in counts_by_type(result.changes).items():
        own = [change for change in result.changes if change.commitment == commitment]
        yield ""
        yield f"{commitment}: {', '.join(f'{count} {how}' for how, count in counts.items() if count)}"
        for change in own[:limit]:
            yield from _story_text(change)
        if len(own) > limit:
            yield f"    … and {common.pluralised(len(own) - limit, 'more story', 'more stories')}"
    if result.verdicts is not None:
        yield from _verdicts_text(result.verdicts, result.parties)
    if result.review is not None:
        # The changes that the running monitor would record, and the messages that it would send and hold.
        groups = {
            "SENT: pending news, decided by the new rules": result.messages(held=False),
            "HELD: caused by the rules alone; `outbox release` sends them, else they expire": result.messages(
                held=True
            ),
        }
        yield ""
        yield f"with the new rules: {common.pluralised(len(result.review.transitions), 'change')} of verdicts recorded"
        for title, messages in groups.items():
            yield f"{len(messages)} {title}"
            for message in messages:
                yield f"  to {route_config_name(message.route)}, {message.to} ({message.kind})"
                for transition in message.transitions:
                    yield from _transition_text("   ", transition, result.parties)
        announced = {t.id for messages in groups.values() for message in messages for t in message.transitions}
        others = [t for t in result.review.transitions if t.id not in announced]
        if others:
            yield f"{len(others)} recorded without a message"
        for transition in others:
            yield from _transition_text(" ", transition, result.parties)
        yield from (f"could not be decided: {problem}" for problem in result.review.problems)
    if not result.differs:
        pending = result.review is not None and result.review.transitions
        yield "nothing differs" + (": the old rules would decide the pending news in the same way" if pending else "")


def _rules_text(before: Rulebook, after: Rulebook) -> Iterator[str]:
    changes, redefined = rule_changes(before, after), redefined_commitments(before, after)
    own = [rule for rule in changes if rule.how != "depends on it"]
    counts = Counter(rule.how for rule in own)
    tally = ", ".join(f"{counts[how]} {how}" for how in ("added", "removed", "changed"))
    yield f"rules {before.version} -> {after.version}: {tally}"
    depending = Counter(rule.rule.partition("/")[0] for rule in changes if rule.how == "depends on it")
    for rule in own[:MAX_RULES_SHOWN]:
        commitment, _, name = rule.rule.partition("/")
        acts = ""
        if name == "about" and depending[commitment]:
            acts = f"  ({common.pluralised(depending[commitment], 'act depends', 'acts depend')} on it)"
        yield f"  {rule.how:<8} {rule.rule:<44} {rule.path}:{rule.line}{acts}"
    if len(own) > MAX_RULES_SHOWN:
        yield f"    … and {common.pluralised(len(own) - MAX_RULES_SHOWN, 'more rule')}"
    if redefined:
        yield f"  definition changed: {', '.join(sorted(redefined))}"


def _story_text(change: StoryChange) -> Iterator[str]:
    """One story: its effects under both rulebooks, then the rules and fields that differ."""

    def shown(signal: Signal | None, name: str) -> str:
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
        yield f"      also: {', '.join(f'{name} {shown(old, name)} -> {shown(new, name)}' for name in change.facts)}"


def _verdicts_text(verdicts: VerdictDiff, parties: Parties) -> Iterator[str]:
    """The changes that only one of two rulebooks sends."""
    yield ""
    if not (verdicts.only_old or verdicts.only_new):
        yield "verdicts: the same changes are sent at the same times"
        return
    gone = common.pluralised(len(verdicts.only_old), "change")
    yield f"verdicts: {gone} no longer sent, {len(verdicts.only_new)} new"
    pairs = [("-", t) for t in verdicts.only_old] + [("+", t) for t in verdicts.only_new]
    for mark, transition in sorted(pairs, key=lambda pair: (pair[1].at, pair[1].commitment, pair[0] == "+")):
        yield from _transition_text(mark, transition, parties)
    yield "(as if the rules had always been so; use the database to see the messages that would be held)"


def _transition_text(mark: str, t: Transition, parties: Parties) -> Iterator[str]:
    yield f"  {mark} {t.at:%Y-%m-%d %H:%M}  {t.commitment}: {moved_text(t)}  ({t.kind}, {t.cause})"
    yield f"      {detail_text(t.reason.detail, parties)}"
