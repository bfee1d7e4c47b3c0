"""`rules diff`: what an edit of the rules does to the stories there are, before it is taken into use."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, settings_of
from monitor.cli.match_replay import read_entries, rules_folder, without_underscores
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
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import route_config_name
from monitor.domain.model.notation import notation

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Entry, Message, Signal, Story, Transition
    from monitor.pipeline.review import ReviewReport
    from monitor.workbench.comparing.diff import MatchedText, ReplayOutcome, StoryChange, VerdictDiff
    from monitor.workbench.comparing.rule_changes import RuleChange

FOLDER_TYPE = click.Path(exists=True, file_okay=False, path_type=Path)
PARALLEL_THRESHOLD = 8_000
"""Stories from which on the two rulebooks are played side by side."""
MAX_RULES_SHOWN = 20
MAX_TITLE = 140
CHANGE_SIGNS = {
    "new match": "+", "lost": "-", "effect changed": "~", "facts changed": "~", "only the rule or quote": " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RulesDiff:
    """All that differs between two rulebooks. verdicts: of given stories; review: what the database would do."""

    versions: tuple[str, str]
    rules: tuple[RuleChange, ...]
    redefined: frozenset[str]
    stories: int
    read: int
    """Stories that could concern a commitment touched; all others need not be read again."""
    changes: tuple[StoryChange, ...]
    start: datetime | None = None
    """The stories of the database are those first seen since then."""
    verdicts: VerdictDiff | None = None
    review: ReviewReport | None = None

    @property
    def differs(self) -> bool:
        told = self.verdicts is not None and self.verdicts.differ
        caused = self.review is not None and any(t.cause == "rules" for t in self.review.transitions)
        return bool(self.rules or self.redefined or self.changes) or told or caused


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER_TYPE, metavar="[OLD] NEW")
@STORIES_OPTION
@SINCE_OPTION
@NOW_OPTION
@click.option("--limit", default=10, show_default=True, help="Stories shown of each commitment, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every rule, story, transition and message.")
@click.pass_context
def diff(
    ctx: click.Context, folders: tuple[Path, ...], stories: Path | None, since: timedelta | datetime | None,
    now: datetime | None, *, limit: int, as_json: bool,
) -> None:  # fmt: skip
    """What the rules in NEW read otherwise than those in OLD (the configured ones), and what would be sent and held.

    Nothing is written and nothing is sent. Exit code 3 if anything differs.
    """
    if len(folders) > 2:
        raise click.UsageError("name one folder of rules, or two: [OLD] NEW")
    if stories is not None:
        found = diff_over_file(folders[0] if len(folders) == 2 else rules_folder(None), folders[-1], stories, since)
    else:
        settings = settings_of(ctx)
        old = folders[0] if len(folders) == 2 else settings.rules
        found = diff_over_database(settings, old, folders[-1], since, current_time(ctx, now))
    for line in as_lines(found):
        if as_json:
            echo_json(line)
    if not as_json:
        for text in as_text(found, limit):
            click.echo(text)
    if found.differs:
        raise SystemExit(3)


# ---------------------------------------------------------------- reading


def diff_over_file(old: Path, new: Path, stories: Path, since: timedelta | datetime | None) -> RulesDiff:
    """Two rulebooks over given stories, each through the whole verdict."""
    from monitor.workbench.comparing.diff import story_changes, verdict_diff
    from monitor.workbench.comparing.rule_changes import about_phrases, texts_concerning

    before, after, names = restricted_to_affected(old, new)
    entries = entries_since(read_entries(stories), since)
    index = about_phrases((before, after), names)
    kept = texts_concerning(entries, index, progress_counter("looking through")) if names else []
    runs = [(old, names, kept, "old rules"), (new, names, kept, "new rules")]
    if len(kept) >= PARALLEL_THRESHOLD and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(2) as pool:
            first, second = pool.map(replay_rulebook, *zip(*runs, strict=True))
    else:
        first, second = (replay_rulebook(*run) for run in runs)
    end_progress()
    return RulesDiff(
        (before.version, after.version), *_rules(before, after), len(entries), len(kept),
        story_changes(first.found, second.found), verdicts=verdict_diff(first.told, second.told),
    )  # fmt: skip


def replay_rulebook(folder: Path, names: frozenset[str], entries: Iterable[Entry], what: str) -> ReplayOutcome:
    """One rulebook over dated stories; in a process of its own where that is worth it."""
    from monitor.rulebook import load_rulebook
    from monitor.workbench.comparing.diff import replay_outcome

    return replay_outcome(load_rulebook(folder), entries, names, progress_counter(what))


def diff_over_database(
    settings: Settings, old: Path, new: Path, since: timedelta | datetime | None, now: datetime
) -> RulesDiff:  # fmt: skip
    """Two rulebooks over the stories of the database, and what the running monitor would make of the new one."""
    from monitor.config import check_routes
    from monitor.pipeline import review
    from monitor.runtime.session import open_database, routes_of
    from monitor.workbench.comparing.diff import story_changes
    from monitor.workbench.comparing.rule_changes import about_phrases, texts_concerning

    before, after, names = restricted_to_affected(old, new)
    routes = tuple(routes_of(settings))
    check_routes(settings, after.commitments)
    with closing(open_database(settings)) as store:
        start = now - timedelta(days=after.policy.live_days) if since is None else start_time(since, now)
        stories = stored_stories(store, start)
        index = about_phrases((before, after), names)
        kept = texts_concerning(stories, index, progress_counter("looking through")) if names else []
        pairs = [match_all(book, kept, names, f"{which} rules") for which, book in (("old", before), ("new", after))]
        end_progress()
        report = review.preview_activation(store, after, routes, now)
    return RulesDiff(
        (before.version, after.version), *_rules(before, after), len(stories), len(kept), story_changes(*pairs), start,
        review=report,
    )  # fmt: skip


def match_all(
    rulebook: Rulebook, stories: Iterable[Story], names: frozenset[str], what: str
) -> Mapping[str, MatchedText]:
    from monitor.workbench.comparing.diff import RecordingMatcher
    from monitor.workbench.comparing.rule_changes import restricted_to

    reader, book = RecordingMatcher(names, progress_counter(what)), restricted_to(rulebook, names)
    for story in stories:
        reader(story, book)
    return {name: read for (name, _), read in reader.found.items()}


def restricted_to_affected(old: Path, new: Path) -> tuple[Rulebook, Rulebook, frozenset[str]]:
    """The two rulebooks, and the commitments that could come out otherwise under them."""
    from monitor.rulebook import load_rulebook
    from monitor.workbench.comparing.rule_changes import affected_commitments

    before, after = load_rulebook(old), load_rulebook(new)
    same = before.version == after.version
    return before, after, frozenset() if same else affected_commitments(before, after)


def _rules(before: Rulebook, after: Rulebook) -> tuple[tuple[RuleChange, ...], frozenset[str]]:
    from monitor.workbench.comparing.rule_changes import redefined_commitments, rule_changes

    return rule_changes(before, after), redefined_commitments(before, after)


# ---------------------------------------------------------------- JSON


def as_lines(found: RulesDiff) -> Iterator[dict[str, Any]]:
    """Every difference as plain values; the last line counts them."""
    from monitor.workbench.comparing.diff import counts_by_type

    for rule in found.rules:
        yield {"what": "rule", "rule": rule.rule, "how": rule.how, "path": rule.path, "line": rule.line}
    for change in found.changes:
        yield _story_line(change)
    for how, transition in _transitions(found):
        yield {"what": "transition", "how": how, **_transition_values(transition)}
    for message in found.review.messages if found.review else ():
        yield _message_line(message)
    yield {
        "what": "summary", "old": found.versions[0], "new": found.versions[1], "stories": found.stories, "read": found.read,
        "rules": len(found.rules), "redefined": sorted(found.redefined), "changes": counts_by_type(found.changes),
        "transitions": sum(1 for _ in _transitions(found)), "sent": len(_messages(found, held=False)),
        "held": len(_messages(found, held=True)), "differs": found.differs,
    }  # fmt: skip


def _story_line(change: StoryChange) -> dict[str, Any]:
    return {
        "what": "story", "commitment": change.commitment, "how": change.how, "id": change.id,
        "published": change.story.published_at, "source": change.story.source, "title": change.story.title,
        "old": _signal_values(change.old), "new": _signal_values(change.new), "facts": list(change.facts),
    }  # fmt: skip


def _signal_values(signal: Signal | None) -> dict[str, Any] | None:
    if signal is None:
        return None
    return {
        "effect": signal.effect.value, "by": signal.by.value, "says": signal.says.value, "rule": signal.rule,
        "quote": signal.quote,
    }  # fmt: skip


def _transition_values(t: Transition) -> dict[str, Any]:
    was, now = notation(t.change)
    return {
        "at": t.at, "commitment": t.commitment, "kind": t.kind.value, "way": t.way.value, "from": was, "to": now,
        "cause": t.cause.value, "reason": reason_text(t.reason),
    }  # fmt: skip


def _message_line(message: Message) -> dict[str, Any]:
    return {
        "what": "message", "fate": "held" if message.held else "sent", "route": message.route, "kind": message.kind,
        "commitment": message.commitment, "transitions": [_transition_values(t) for t in message.transitions],
    }  # fmt: skip


def _transitions(found: RulesDiff) -> Iterator[tuple[str, Transition]]:
    if found.verdicts is not None:
        yield from (("only old", t) for t in found.verdicts.only_old)
        yield from (("only new", t) for t in found.verdicts.only_new)
        yield from (("at another time", t) for _, t in found.verdicts.moved)
    if found.review is not None:
        yield from (("would be recorded", t) for t in found.review.transitions)


def _messages(found: RulesDiff, *, held: bool) -> list[Message]:
    return [message for message in (found.review.messages if found.review else ()) if message.held is held]


# ---------------------------------------------------------------- text


def as_text(found: RulesDiff, limit: int) -> Iterator[str]:
    """The same for people: rules, stories by commitment, and at the end what it comes to."""
    yield from _rules_text(found)
    yield from _stories_text(found, limit)
    if found.verdicts is not None:
        yield from _verdicts_text(found.verdicts)
    if found.review is not None:
        yield from _review_text(found)
    if not found.differs:
        waits = found.review is not None and found.review.transitions
        yield "nothing differs" + (": what waits would be decided so by the old rules, too" if waits else "")


def _rules_text(found: RulesDiff) -> Iterator[str]:
    own = [rule for rule in found.rules if rule.how != "leans on it"]
    tally = ", ".join(f"{sum(rule.how == how for rule in own)} {how}" for how in ("added", "removed", "changed"))
    yield f"rules {found.versions[0]} -> {found.versions[1]}: {tally}"
    leaning = Counter(rule.rule.partition("/")[0] for rule in found.rules if rule.how == "leans on it")
    for rule in own[:MAX_RULES_SHOWN]:
        commitment, _, name = rule.rule.partition("/")
        acts = f"  ({leaning[commitment]} acts lean on it)" if name == "about" and leaning[commitment] else ""
        yield f"  {rule.how:<8} {rule.rule:<44} {rule.path}:{rule.line}{acts}"
    yield from _more_line(len(own) - MAX_RULES_SHOWN, "rules")
    if found.redefined:
        yield f"  defined otherwise: {', '.join(sorted(found.redefined))}"


def _stories_text(found: RulesDiff, limit: int) -> Iterator[str]:
    from monitor.workbench.comparing.diff import counts_by_type

    differing = len({change.id for change in found.changes})
    yield ""
    since = f" since {found.start:%-d %b %Y}" if found.start else ""
    yield f"{found.stories:,} stories{since}, {found.read:,} could be concerned, {differing:,} are read otherwise"
    for commitment, counts in counts_by_type(found.changes).items():
        own = [change for change in found.changes if change.commitment == commitment]
        yield ""
        yield f"{commitment}: {', '.join(f'{count} {how}' for how, count in counts.items() if count)}"
        for change in own[:limit]:
            yield from _story_text(change)
        yield from _more_line(len(own) - limit, "stories")


def _story_text(change: StoryChange) -> Iterator[str]:
    story = change.story
    title = shorten(story.title, MAX_TITLE, placeholder=" …")
    yield f"  {CHANGE_SIGNS[change.how]} {story.published_at:%Y-%m-%d}  {_moved_text(change):<24} {title}  ({story.source})"
    old, new = change.old, change.new
    if old is not None and new is not None and old.rule != new.rule:
        yield f"      rule: {old.rule} -> {new.rule}"
    if change.facts:
        yield f"      also: {', '.join(f'{name} {_fact(old, name)} -> {_fact(new, name)}' for name in change.facts)}"


def _moved_text(change: StoryChange) -> str:
    old, new = (signal.effect.value if signal else "nothing" for signal in (change.old, change.new))
    return f"{old} -> {new}" if old != new else old


def _fact(signal: Signal | None, name: str) -> str:
    value = getattr(signal, name)
    return str(getattr(value, "text", "") or getattr(value, "value", None) or value or "nothing")


def _verdicts_text(differing: VerdictDiff) -> Iterator[str]:
    yield ""
    if not differing.differ:
        yield "verdicts: the same changes are told at the same times"
        return
    yield (
        f"verdicts: {len(differing.only_old)} changes no longer told, {len(differing.only_new)} told anew, "
        f"{len(differing.moved)} at another time"
    )
    pairs = [("-", t) for t in differing.only_old] + [("+", t) for t in differing.only_new]
    pairs += [(f"~ {old.at:%Y-%m-%d %H:%M} ->", new) for old, new in differing.moved]
    for mark, transition in sorted(pairs, key=lambda pair: (pair[1].at, pair[1].commitment, pair[0] == "+")):
        yield from _transition_text(mark, transition)
    yield "(news under other rules; what would be held is shown when the stories come from the database)"


def _review_text(found: RulesDiff) -> Iterator[str]:
    assert found.review is not None
    sent, held = _messages(found, held=False), _messages(found, held=True)
    told = {t.id for message in (*sent, *held) for t in message.transitions}
    yield ""
    yield f"taken into use now: {len(found.review.transitions)} changes of verdicts recorded"
    for title, messages in (
        ("SENT: news that waits to be decided, under the new rules", sent),
        ("HELD: only the rules changed; `outbox release` sends them, else they expire", held),
    ):
        yield f"{len(messages)} {title}"
        for message in messages:
            yield f"  to {route_config_name(message.route)}, {message.to} ({message.kind})"
            for transition in message.transitions:
                yield from _transition_text("   ", transition)
    untold = [t for t in found.review.transitions if t.id not in told]
    if untold:
        yield f"{len(untold)} recorded and told to nobody"
        for transition in untold:
            yield from _transition_text(" ", transition)
    yield from (f"could not be decided: {problem}" for problem in found.review.problems)


def _transition_text(mark: str, t: Transition) -> Iterator[str]:
    was, now = map(without_underscores, notation(t.change))
    moved = f"{was or '-'} -> {now}"
    yield f"  {mark} {t.at:%Y-%m-%d %H:%M}  {t.commitment}: {moved}  ({t.kind.value}, {t.cause.value})"
    yield f"      {reason_text(t.reason)}"


def _more_line(count: int, what: str) -> Sequence[str]:
    return (f"    … and {count} more {what}",) if count > 0 else ()
