"""`read`: a person says what a story reports, or takes that back."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_json, fields_of, format_utc, pluralised, session
from monitor.cli.people.actions import (
    BY_OPTION,
    InterventionResult,
    author_name,
    decide_undecided,
    decided_since,
    noted_before,
    print_result,
)
from monitor.cli.people.reading_lines import match_parts, match_values, story_head
from monitor.cli.people.reading_words import PAIR, parse_pairs, parse_says, read_so_far
from monitor.cli.people.story_choice import (
    COMMITMENT_OPTION,
    DAYS_OPTION,
    LIMIT_OPTION,
    short_names,
    story_beginning,
    waiting_stories,
)
from monitor.cli.people.walk import Walk, require_terminal
from monitor.cli.rules.example import make_example, require_rule
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import author_of, reading_of
from monitor.pipeline.people_readings import PersonReads, record_reading, take_back
from monitor.store import readings, signals, verdict_records

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from monitor.domain.model import Signal, Story
    from monitor.pipeline.people_readings import ReadStory
    from monitor.runtime.session import Opened


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a story on the command line. taken_over: whose reading, 'model' or 'rules', '' for none."""

    pairs: tuple[str, ...]
    about_none: bool
    taken_over: str
    quote: str
    says: str
    by: str
    why: str


@click.command()
@click.argument("story")
@click.argument("pairs", nargs=-1, metavar=f"[{PAIR}]...")
@click.option("--none", "about_none", is_flag=True, help="It is about no commitment.")
@click.option("--as", "taken_over", type=click.Choice(["model", "rules"]), help="Read it as the model or the rules do.")
@click.option("--quote", default="", help="The words that say so, as they stand in title or summary [their sentence].")
@click.option(
    "--says",
    help="Whose word it is: us, cn, both, company, data, press, or a party of the deal [as the model or the rules say, else "
    "press].",
)
@click.option("--why", default="", help="Why, in a sentence; deal-monitor commitment log shows it.")
@BY_OPTION
@click.option("--undo", is_flag=True, help="Take back what people have read in it.")
@click.option("--example", "rule", metavar="ACT", help="Make it an example of this act (commitment/act) too.")
@click.option("--text", help="With --example: your own words in place of the headline.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, and one of the example.")
def read(
    *,
    story: str,
    pairs: tuple[str, ...],
    about_none: bool,
    taken_over: str | None,
    quote: str,
    says: str | None,
    why: str,
    by: str | None,
    undo: bool,
    rule: str | None,
    text: str | None,
    as_json: bool,
) -> None:
    """Record what STORY reports: COMMITMENT=EFFECT pairs, --none, or --as.

    STORY is the id that `inbox list` shows, or any unique beginning of it. Your reading covers the whole text: a
    commitment that you do not name is not in it. It outranks the model and the rules, survives rule edits, and applies to
    this text; a later text of the story is read again.

    \b
    Example:
      deal-monitor inbox record a3f2 soybean-purchases=pledge --why "the ministry names no amount"
    """
    said = Said(pairs, about_none, taken_over or "", quote, says or "", author_name(by), why.strip())
    _check_usage(said, rule, text, undo=undo)
    with session(rules=True) as app:
        found = story_beginning(app.store, story)
        if undo:
            undo_reading(app, found, said, as_json=as_json)
        elif rule is None:
            read_story(app, found, said, as_json=as_json)
        else:
            require_rule(app.rulebook, rule)
            read_story(app, found, said, as_json=as_json)
            make_example(app.settings.rules, rule, found, app.store, text=text, as_json=as_json)


def _check_usage(said: Said, rule: str | None, text: str | None, *, undo: bool) -> None:
    """Raises UsageError for options that do not go together."""
    ways = [bool(said.pairs), said.about_none, bool(said.taken_over), undo]
    if sum(ways) != 1:
        raise click.UsageError(f"say what the story reports: {PAIR} …, or --none, or --as model|rules; or --undo")
    if said.quote and not said.pairs:
        raise click.UsageError(f"--quote belongs to {PAIR}")
    if text is not None and rule is None:
        raise click.UsageError("--text belongs to --example")
    if undo and rule is not None:
        raise click.UsageError("--undo takes a reading back and makes no example")


# ---------------------------------------------------------------- one story


def read_story(app: Opened, story: Story, said: Said, *, as_json: bool) -> None:
    """Records what a person reads in a story, decides what that changes, and prints both."""
    if story.withdrawn:
        raise click.BadParameter("its outlet has withdrawn this story: nothing in it counts", param_hint="STORY")
    with app.store.read() as conn:
        so_far = read_so_far(story, app.rulebook, readings.of_text(conn, story.revision))
    if said.taken_over:
        matches = so_far.taken_over(said.taken_over)
    else:
        matches = so_far.matches(parse_pairs(said.pairs, app.rulebook), said.quote, parse_says(said.says, app.rulebook))
    decide_undecided(app, app.rulebook.commitments)
    with app.store.begin() as conn:
        before, past = signals.of_stories(conn, [story.id]), noted_before(conn, app.rulebook.commitments)
        recorded = record_reading(conn, app.rulebook, story, PersonReads(matches, said.by, said.why), app.clock())
        after = signals.of_stories(conn, [story.id])
    outcome = decided_since(app, replace(past, concerned=recorded.concerned))
    lost = lost_signals(before, after)
    if as_json:
        echo_json(read_values(story, recorded, lost, outcome))
        if outcome.undecided:
            sys.exit(1)
        return
    click.echo(f"read {story_head(story)}, by {said.by} (intervention {recorded.intervention.id})")
    for part in match_parts(matches) or ["about no commitment"]:
        click.echo(f"  {part}")
    for signal in lost:
        click.echo(f"  no longer: {signal.commitment} {signal.effect} ({signal.rule})")
    for text in recorded.uncovered:
        click.echo(f"  not covered, another text of it: {one_line(text.title, 100)}")
    for name, start in verdict_starts(app, recorded.concerned).items():
        if story.published_at <= start:
            click.echo(f"  {name}: the verdict counts what happened after {format_utc(start)}, and this is older")
    print_result(only_changed(outcome))


def verdict_starts(app: Opened, names: Collection[str]) -> dict[str, datetime]:
    """By commitment: from when on its verdict weighs signals; what happened before is settled."""
    with app.store.read() as conn:
        return {name: record.folded_to for name, record in verdict_records.verdict_records(conn, names).items()}


def lost_signals(before: Sequence[Signal], after: Sequence[Signal]) -> list[Signal]:
    """What a story said before and says no more."""
    said = {(signal.commitment, signal.effect) for signal in after}
    return [signal for signal in before if (signal.commitment, signal.effect) not in said]


def only_changed(outcome: InterventionResult) -> InterventionResult:
    """The outcome for the commitments of which something was recorded, told, or left undecided."""
    changed = {t.commitment for t in outcome.transitions} | {item.commitment for item in outcome.messages}
    changed |= set(outcome.undecided)
    return replace(outcome, after={name: verdict for name, verdict in outcome.after.items() if name in changed})


def read_values(
    story: Story, recorded: ReadStory, lost: Sequence[Signal], outcome: InterventionResult
) -> dict[str, object]:
    """A recorded reading as JSON."""
    intervention = reading_of(recorded.intervention)
    return {
        "story": story.id,
        "title": story.title,
        "intervention": recorded.intervention.id,
        **fields_of(recorded.intervention, "by", "at"),
        "why": recorded.intervention.reason,
        "matches": [match_values(match) for match in intervention.matches],
        "texts": sorted(intervention.texts),
        "not_covered": [text.title for text in recorded.uncovered],
        "no_longer": [fields_of(signal, "commitment", "effect", "rule") for signal in lost],
        **outcome_values(outcome),
    }


def outcome_values(outcome: InterventionResult) -> dict[str, object]:
    """What an intervention changed, as JSON."""
    return {
        "changes": [fields_of(t, "id", "commitment", "kind", "cause") for t in outcome.transitions],
        "messages": [fields_of(item, "number", "kind", "route", "to", "state") for item in outcome.messages],
        "undecided": list(outcome.undecided),
    }


def undo_reading(app: Opened, story: Story, said: Said, *, as_json: bool) -> None:
    """Takes back what people have read in a story. Raises BadParameter where nobody has."""
    with app.store.begin() as conn:
        past = noted_before(conn, app.rulebook.commitments)
        undone = take_back(conn, app.rulebook, story, said.by, said.why, app.clock())
    if not undone:
        raise click.BadParameter("no person has read this story", param_hint="STORY")
    concerned = frozenset[str]().union(*(reading_of(intervention).concerned for intervention in undone))
    outcome = decided_since(app, replace(past, concerned=concerned))
    if as_json:
        values = {"story": story.id, "title": story.title, "taken_back": [intervention.id for intervention in undone]}
        echo_json({**values, "by": said.by, "why": said.why, **outcome_values(outcome)})
        return
    readers = ", ".join(dict.fromkeys(author_of(intervention) for intervention in undone))
    click.echo(f"taken back, by {said.by}: what {readers} read in {story_head(story)}")
    print_result(only_changed(outcome))


# ---------------------------------------------------------------- the inbox


@click.command()
@DAYS_OPTION
@COMMITMENT_OPTION
@LIMIT_OPTION
@click.option(
    "--all", "everything", is_flag=True, help="Also stories in which neither the rules nor a model find anything."
)
@BY_OPTION
def review(*, days: int, commitment: str | None, limit: int, everything: bool, by: str | None) -> None:
    """Go through the inbox at a terminal, one key for each story. Every answer is stored at once.

    \b
    Example:
      deal-monitor inbox review --days 3 --commitment soybean-purchases
    """
    require_terminal()
    walk_through_inbox(author_name(by), days, commitment, limit, quiet=everything)


def walk_through_inbox(by: str, days: int, commitment: str | None, limit: int, *, quiet: bool) -> None:
    """Walks through the inbox at a terminal; decides at the end what the readings change."""
    with session(rules=True) as app:
        items, _ = waiting_stories(app, days, commitment, quiet=quiet)
        shown = items[:limit]
        if not shown:
            click.echo(f"Nothing to read in the last {pluralised(days, 'day')}.")
            return
        decide_undecided(app, app.rulebook.commitments)
        with app.store.read() as conn:
            past = noted_before(conn, app.rulebook.commitments)
        walk = Walk(app, by, click.getchar, input)
        try:
            walk.through(shown, short_names(app, shown))
        except (KeyboardInterrupt, EOFError):
            click.echo()
        click.echo(f"\n{pluralised(len(walk.said), 'story', 'stories')} read, by {by}")
        if walk.concerned:
            print_result(only_changed(decided_since(app, replace(past, concerned=frozenset(walk.concerned)))))
