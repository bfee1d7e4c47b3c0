"""`inbox`: list the stories in doubt, review them at a terminal, record a reading of one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import fields_of, format_utc, named_commitment, pluralised, session
from monitor.cli.record_intervention import BY_OPTION, MATCH_FIELDS, author_name, outcome_since, print_outcome, snapshot
from monitor.cli.screen import echo_lines, shortened_pattern, wrapped
from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import is_outside
from monitor.domain.messages.board_question import both_words
from monitor.domain.model import Effect, Outlook, ReaderKind, ReaderMode, Reading, ReadMatch, Says, day_of
from monitor.domain.reading.inbox import Doubt, inbox, rule_signals
from monitor.domain.reading.join import in_family, place_of, reading_that_counts
from monitor.domain.reading.question import speakers
from monitor.domain.text.labels import format_date
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import author_of, reading_of
from monitor.pipeline.apply_readings import ReadingInput, record_reading, undo_readings
from monitor.pipeline.weekly_review import keep_board, open_disagreements
from monitor.rulebook.source.rule_source import closest_word
from monitor.store import reading_store, signals, stories, verdict_records

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Story
    from monitor.domain.reading.inbox import InboxItem
    from monitor.pipeline.weekly_review import Disagreement
    from monitor.runtime.session import Session
    from monitor.store import Store

READING = "COMMITMENT=EFFECT"
STOP_KEYS = ("q", "\x03", "\x04", "\x1b", "")
"""Keys that end a review: q, Ctrl-C, Ctrl-D, Escape, and the end of the input."""
INDENT, LABEL_INDENT, DOUBT_INDENT = 6, 13, 20
"""Columns at which the title and the labelled texts begin, of stories and of statuses."""
BOARD = "board"
"""Instead of a reading: `inbox record COMMITMENT board` keeps the board's status."""
SIGNAL_SHOWN = 10
"""Digits of a signal's id, which `evidence reject` accepts: unique among millions."""
TITLE_LENGTH, QUOTE_LENGTH, SUMMARY_LENGTH = 240, 120, 420
"""Characters shown, enough to judge a report. Estimates."""
DOUBT_TEXT = {
    Doubt.DIFFER: "rules and model differ",
    Doubt.CONFLICT: "acts of the rules disagree",
    Doubt.NEAR_MISS: "an act almost matches",
    Doubt.WEAK: "weak acts only",
    Doubt.ABOUT: "on topic, no act",
    Doubt.UNREADABLE: "the model failed on it three times",
    Doubt.SILENT: "nothing found",
}


def inbox_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--all", "everything", is_flag=True, help="Include stories in which rules and model find nothing."
        ),
        click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Maximum number."),
        click.option("--commitment", help="Only stories about this commitment or a part of it."),
        click.option(
            "--days", type=click.IntRange(1, 3660), default=7, show_default=True, help="First seen in the last N days."
        ),
    ):
        command = option(command)
    return command


def selected(
    app: Session, days: int, commitment: str | None, limit: int, *, everything: bool
) -> tuple[Sequence[InboxItem], Mapping[str, str], int]:
    """The inbox of the last days, the most useful story first; short ids; and the number of near stories without
    findings, which --all shows. Warns of stories that the rules could not read."""
    if commitment is not None:
        commitment = named_commitment(app.rulebook.commitments, commitment, "--commitment")
    with app.store.read() as conn:
        seen = stories.first_seen_since(conn, app.clock() - timedelta(days=days))
        read = reading_store.of_texts(conn, {story.revision for story in seen})
        box = inbox(seen, app.rulebook, read, reading_store.unreadable(conn))
        for story, error in box.failed.items():
            click.echo(f"warning: story {story} could not be read by the rules: {error}", err=True)
        items = sorted((*box.items, *(box.quiet if everything else ())), key=lambda item: item.order, reverse=True)
        if commitment is not None:
            items = [item for item in items if any(in_family(name, commitment) for name in item.commitments)]
        left_out = 0 if everything or commitment is not None else len(box.quiet)
        return items, stories.short_names(conn, [item.story.id for item in items[:limit]]), left_out


@click.command("list")
@inbox_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per story.")
def list_inbox(*, days: int, commitment: str | None, limit: int, everything: bool, as_json: bool) -> None:
    """List the stories that may concern the deal and are in doubt: rules and model differ, or neither finds anything
    certain; then the statuses on which the weekly review differs from the board.

    The newest day comes first; within a day, stories that may move a verdict come first.

    \b
    Example:
      deal-monitor inbox list --days 3 --commitment soybean-purchases
    """
    with session(rules=True) as app:
        found, ids, left_out = selected(app, days, commitment, limit, everything=everything)
        family = named_commitment(app.rulebook.commitments, commitment) if commitment else None
        doubts, cited = disagreements(app, family)
    items = found[:limit]
    texts = ("\n".join(item_lines(item, ids[item.story.id])) for item in items)
    echo_lines(as_json=as_json, values=(item_values(item, ids[item.story.id]) for item in items), text=texts)
    if as_json:
        echo_lines(as_json=True, values=map(disagreement_values, doubts), text=())
        return
    if not found and not doubts:
        click.echo(f"The inbox of the last {pluralised(days, 'day')} is empty.")
    if (more := len(found) - limit) > 0:
        click.echo(f"{pluralised(more, 'more story', 'more stories')}; --limit {len(found)} lists all.")
    if left_out:
        quiet = pluralised(left_out, "story", "stories")
        click.echo(f"Rules and model find nothing in {quiet} near the deal; --all lists them.")
    if items:
        click.echo(f"Next: `deal-monitor inbox review`, or `inbox record ID {READING}`")
    if doubts:
        click.echo(
            "\n" * bool(items) + f"The weekly review differs on {pluralised(len(doubts), 'status', 'statuses')}:"
        )
        echo_lines(as_json=False, values=(), text=(line for each in doubts for line in disagreement_lines(each, cited)))


def item_lines(item: InboxItem, short_id: str, *, summary: bool = False) -> Iterator[str]:
    """A story of the inbox: id, day, outlet, reason; title; readings. summary: also its first lines."""
    why = DOUBT_TEXT[item.doubt]
    if item.doubt is Doubt.SILENT and item.reading is None:
        why = "not read by the model"
    label = f"{short_id}  {item.story.published_at:%-d %b}  "
    yield f"{click.style(label, bold=True)}{one_line(item.story.source, 24)}  {click.style(why, dim=True)}"
    yield from wrapped(one_line(item.story.title, TITLE_LENGTH), INDENT)
    if summary and item.story.summary:
        yield from wrapped(one_line(item.story.summary, SUMMARY_LENGTH), INDENT)
    yield from labelled("rules", [f"{signal.rule}: {signal.effect}" for signal in item.rules] or ["nothing"])
    if item.reading is not None:
        yield from labelled("model", match_texts(item.reading.matches))
    for act in item.conflict:
        yield from labelled("act", [f"{act.rule}: {act.effect}"])
    if item.near_miss is not None:
        near = item.near_miss
        missing = one_line(shortened_pattern(near_miss_text(near)), QUOTE_LENGTH)
        yield from labelled("nearly", [f"{near.rule}: {near.effect}; {missing}"])


def match_texts(matches: Sequence[ReadMatch]) -> list[str]:
    """A reading, one text per commitment: "soybean-purchases: pledge “words”"."""
    return [
        f"{m.commitment}: {m.effect}" + (f" “{one_line(m.quote, QUOTE_LENGTH)}”" if m.quote else "") for m in matches
    ] or ["about no commitment"]


def labelled(label: str, texts: Sequence[str]) -> Iterator[str]:
    """Texts behind one label, each on lines of its own."""
    for number, text in enumerate(texts):
        first, *others = wrapped(text, LABEL_INDENT)
        yield (" " * INDENT + (label if number == 0 else "")).ljust(LABEL_INDENT) + first.lstrip()
        yield from others


def item_values(item: InboxItem, short_id: str) -> dict[str, Any]:
    """A story of the inbox as JSON. model, near_miss: None if there is none."""
    near, reading = item.near_miss, item.reading
    model = None
    if reading is not None:
        matches = [fields_of(match, *MATCH_FIELDS) for match in reading.matches]
        model = {**fields_of(reading, "name", "version", "at"), "matches": matches}
    return {
        "id": short_id,
        **fields_of(item.story, "story=id", "published=published_at", "source", "title", "url"),
        "why": item.doubt,
        "rules": [fields_of(signal, "commitment", "rule", "effect", "quote") for signal in item.rules],
        "model": model,
        "conflict": [fields_of(act, "rule", "effect") for act in item.conflict],
        "near_miss": {**fields_of(near, "rule", "effect"), "lacks": near_miss_text(near)} if near else None,
    }


def disagreements(app: Session, commitment: str | None) -> tuple[Sequence[Disagreement], Mapping[str, str]]:
    """Where the weekly review differs, on one family or all, and the short ids of the cited stories."""
    with app.store.read() as conn:
        found = open_disagreements(conn, app.rulebook)
        shown = [each for each in found if commitment is None or in_family(each.commitment.id, commitment)]
        ids = stories.short_names(conn, {cited.story.id for each in shown for cited in each.reports})
    return shown, ids


def disagreement_lines(each: Disagreement, ids: Mapping[str, str]) -> Iterator[str]:
    """A disagreement: both statuses, the model's reason, the cited reports, and the commands that settle it."""
    name, row = each.commitment.id, each.review
    ours, theirs = both_words(each.board.standing, each.board.outlook), both_words(row.standing, row.outlook)
    day = f"  {format_date(day_of(row.at))}" if row.at else ""
    yield from wrapped(f"{name}{day}  {ours} on the board, {theirs} for {one_line(row.model, 60)}", 0, INDENT)
    yield from wrapped(one_line(each.commitment.name, QUOTE_LENGTH), INDENT)
    yield from wrapped(f"reason        “{one_line(row.reason)}”" if row.reason else "", INDENT, DOUBT_INDENT)
    for cited in each.reports:
        signal, story = cited.signal, cited.story
        source = f"{format_date(day_of(signal.happened.end))}, {one_line(story.source, 40)}"
        quote = one_line(signal.quote or story.title, QUOTE_LENGTH)
        keys = f"[evidence {signal.id[:SIGNAL_SHOWN]}, story {ids[story.id]}]"
        yield from wrapped(f"cites         {source}: {signal.effect} “{quote}” {keys}", INDENT, DOUBT_INDENT)
    status = row.standing if row.standing != each.board.standing or row.outlook == Outlook.STEADY else row.outlook
    yield from wrapped(f"model right   commitment pin {name} {status} REASON SOURCE", INDENT, DOUBT_INDENT)
    yield from wrapped(f"board right   inbox record {name} {BOARD}", INDENT, DOUBT_INDENT)
    misread = f"evidence reject ID REASON, or inbox record STORY {name}=EFFECT"
    yield from wrapped(f"misread       {misread}", INDENT, DOUBT_INDENT)


def disagreement_values(each: Disagreement) -> dict[str, Any]:
    model = fields_of(each.review, "name=model", "at", "standing", "outlook", "reason")
    reports = [
        fields_of(cited.story, "story=id", "published=published_at", "source", "title", "url")
        | fields_of(cited.signal, "signal=id", "effect", "quote")
        for cited in each.reports
    ]
    board = fields_of(each.board, "standing", "outlook")
    return {"why": BOARD, "commitment": each.commitment.id, "board": board, "model": model, "reports": reports}


def keep_status(app: Session, word: str, author: str, reason: str) -> str:
    """Keep the board's status against the weekly review, and say so. Raises BadParameter if they do not differ."""
    name = named_commitment(app.rulebook.commitments, word, "STORY", whole=True)
    with app.store.begin() as conn:
        found = next((d for d in open_disagreements(conn, app.rulebook) if d.commitment.id == name), None)
        if found is None:
            message = f"the weekly review does not differ from the status of {name}; see deal-monitor inbox list"
            raise click.BadParameter(message, param_hint="STORY")
        keep_board(conn, name, author, reason, app.clock())
    return f"kept {name} as {both_words(found.board.standing, found.board.outlook)}, by {author}"


@click.command()
@click.argument("story")
@click.argument("reading", nargs=-1, metavar=f"[{READING}]...")
@click.option(
    "--quote", default="", help="Words in the title or summary that support the reading [the matching sentence]."
)
@click.option("--says", default="", help="Speaker: both, company, data, press, or a party of the deal.")
@click.option("--reason", default="", help="A sentence that `commitment log` shows.")
@BY_OPTION
@click.option("--undo", is_flag=True, help="Withdraw every reading that a person recorded for this story.")
def record(
    *, story: str, reading: tuple[str, ...], quote: str, says: str, reason: str, by: str | None, undo: bool
) -> None:
    """Record your reading of STORY: one or more COMMITMENT=EFFECT, or `none`, or `model` or `rules` to adopt theirs.

    STORY is an id of `inbox list`, or any unique prefix of one. Your reading covers the whole text: the story then
    counts for no other commitment. It outranks the model and the rules and survives rule edits. A later version of the
    text is read again.

    With a commitment and `board` it keeps the board's status against the weekly review, and changes nothing else.

    \b
    Examples:
      deal-monitor inbox record a3f2 soybean-purchases=pledge --reason "the ministry names no amount"
      deal-monitor inbox record a3f2 none
      deal-monitor inbox record soybean-purchases board
    """
    if undo == bool(reading):
        raise click.UsageError(f"give the reading: {READING} ..., none, model or rules; or --undo")
    if quote and "=" not in reading[0]:
        raise click.UsageError(f"--quote needs a {READING}")
    with session(rules=True) as app:
        if reading == (BOARD,):
            click.echo(keep_status(app, story, author_name(by), reason.strip()))
            return
        found = story_beginning(app.store, story)
        if undo:
            undo_reading(app, found, author_name(by), reason.strip())
            return
        if found.withdrawn:
            raise click.BadParameter("the outlet has withdrawn this story; nothing in it counts", param_hint="STORY")
        known = known_readings(app, found)
        matches = (
            known.adopted(reading[0]) if reading in (("model",), ("rules",)) else known.matches(reading, quote, says)
        )
        record_story(app, found, ReadingInput(matches, author_name(by), reason.strip()))


def record_story(app: Session, story: Story, reads: ReadingInput) -> None:
    past = snapshot(app, app.rulebook.commitments)
    with app.store.begin() as conn:
        before = signals.of_stories(conn, [story.id])
        recorded = record_reading(conn, app.rulebook, story, reads, app.clock())
        after = {(signal.commitment, signal.effect) for signal in signals.of_stories(conn, [story.id])}
    outcome = outcome_since(app, past, recorded.concerned)
    ended = [signal for signal in before if (signal.commitment, signal.effect) not in after]
    click.echo(f"recorded {story_line(story)}, by {reads.by}")
    lines = match_texts(reads.matches)
    lines += [f"no longer: {signal.commitment} {signal.effect} ({signal.rule})" for signal in ended]
    lines += [f"not covered, another version: {one_line(other.title, 100)}" for other in recorded.uncovered]
    with app.store.read() as conn:
        records = verdict_records.verdict_records(conn, recorded.concerned)
    for name, verdict in records.items():
        if story.published_at <= verdict.folded_to:
            moment = format_utc(verdict.folded_to)
            lines.append(f"{name}: this story is from before {moment}; older news is settled")
    for line in lines:
        click.echo(f"  {line}")
    print_outcome(app, outcome)


def undo_reading(app: Session, story: Story, by: str, reason: str) -> None:
    """Withdraws what people recorded for a story. Raises BadParameter if there is nothing."""
    past = snapshot(app, app.rulebook.commitments)
    with app.store.begin() as conn:
        undone = undo_readings(conn, app.rulebook, story, by, reason, app.clock())
    if not undone:
        raise click.BadParameter("no person has recorded a reading of this story", param_hint="STORY")
    concerned = frozenset[str]().union(*(reading_of(intervention).concerned for intervention in undone))
    readers = ", ".join(dict.fromkeys(author_of(intervention) for intervention in undone))
    click.echo(f"withdrawn, by {by}: the reading of {story_line(story)} by {readers}")
    print_outcome(app, outcome_since(app, past, concerned))


def story_line(story: Story) -> str:
    """ "“title” (outlet, day)"."""
    return f"“{one_line(story.title, 100)}” ({one_line(story.source, 40)}, {story.published_at:%-d %b %Y})"


def story_beginning(store: Store, start: str) -> Story:
    """The story whose id begins with `start`. Raises BadParameter if there is none or more than one."""
    with store.read() as conn:
        fitting = stories.beginning_with(conn, start.strip().casefold())
        names = stories.short_names(conn, fitting)
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    message = f"no story id begins with {start!r}; deal-monitor inbox list shows the ids"
    if fitting:
        shown = "\n".join(f"  {names[key]}  {one_line(story.title, 70)}" for key, story in fitting.items())
        message = f"{len(fitting)} or more story ids begin with {start!r}; give more of it:\n{shown}"
    raise click.BadParameter(message, param_hint="STORY")


@dataclass(frozen=True, slots=True)
class KnownReadings:
    """A story with the readings of rules and model. model: None if no model has read it."""

    story: Story
    text: Document
    rulebook: Rulebook
    rules: tuple[ReadMatch, ...]
    model: Reading | None

    def adopted(self, reader: str) -> tuple[ReadMatch, ...]:
        """The reading of "model" or "rules". Raises UsageError if no model has read the story."""
        if reader == "rules":
            return self.rules
        if self.model is None:
            raise click.UsageError("no model has read this story")
        known = [match for match in self.model.matches if match.commitment in self.rulebook.commitments]
        return tuple(match for match in known if place_of(match.quote, self.text))

    def matches(self, words: Sequence[str], quote: str = "", says: str = "") -> tuple[ReadMatch, ...]:
        """The matches of "COMMITMENT=EFFECT" words, or of "none".

        Without a quote: that of another reader of the commitment, preferably with the same effect, else the title.
        Without a speaker: the same reader's, else the press. Raises BadParameter for an unknown word, with the
        nearest one.
        """
        pairs = {} if tuple(words) == ("none",) else parse_pairs(words, self.rulebook)
        if says and says not in (known := speakers(self.rulebook)):
            raise click.BadParameter(f"{says!r} is not one of: {', '.join(sorted(known))}", param_hint="--says")
        if quote and place_of(quote, self.text) is None:
            problem = f"these words are not in the title or the summary. The title is: {self.story.title}"
            raise click.BadParameter(problem, param_hint="--quote")
        found = []
        for name, effect in pairs.items():
            others = (*(self.model.matches if self.model else ()), *self.rules)
            family = [o for o in others if in_family(o.commitment, name) or in_family(name, o.commitment)]
            family = sorted((o for o in family if place_of(o.quote, self.text)), key=lambda o: o.effect is not effect)
            title = self.story.title if place_of(self.story.title, self.text) else ""
            speaker = Says(says) if says else family[0].says if family else Says.PRESS
            found.append(ReadMatch(name, effect, speaker, quote or (family[0].quote if family else title)))
        return tuple(found)


def known_readings(app: Session, story: Story) -> KnownReadings:
    """The readings of the rules and of the model, without acts from outside: no reader is asked about those."""
    with app.store.read() as conn:
        stored = reading_store.of_text(conn, story.revision)
    found = [signal for signal in rule_signals(trace(story, app.rulebook)) if not is_outside(signal, app.rulebook)]
    rules = tuple(ReadMatch(signal.commitment, signal.effect, signal.says, signal.quote) for signal in found)
    models = [reading for reading in stored if reading.kind is ReaderKind.MODEL]
    model, text = reading_that_counts(models, ReaderMode.LEADS), Document(story, app.rulebook)
    return KnownReadings(story, text, app.rulebook, rules, model)


def parse_pairs(words: Iterable[str], rulebook: Rulebook) -> dict[str, Effect]:
    """ "soybean-purchases=pledge" as commitment and effect; a unique beginning suffices. Raises BadParameter."""
    pairs: dict[str, Effect] = {}
    for word in words:
        name, equals, typed = word.partition("=")
        if not equals:
            raise click.BadParameter(f"{word!r} has no effect; write {name}=EFFECT", param_hint=READING)
        commitment = named_commitment(rulebook.commitments, name, READING)
        if commitment in pairs:
            raise click.BadParameter(f"{commitment} is given twice", param_hint=READING)
        typed = typed.strip().casefold()
        fitting = [effect for effect in Effect if typed and effect.startswith(typed)]
        if len(fitting) != 1:
            near = [*map(str, fitting)] or [closest_word(typed, [effect.value for effect in Effect])]
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if all(near) else "."
            message = f"no effect is called {typed!r}{hint} Effects: {', '.join(Effect)}"
            raise click.BadParameter(message, param_hint=READING)
        pairs[commitment] = fitting[0]
    return pairs


@click.command()
@inbox_options
@BY_OPTION
def review(*, days: int, commitment: str | None, limit: int, everything: bool, by: str | None) -> None:
    """Go through the inbox at a terminal, one key per story.

    Each answer is stored at once; the verdicts are decided at the end.

    \b
    Example:
      deal-monitor inbox review --days 3 --commitment soybean-purchases
    """
    if not sys.stdin.isatty():
        raise click.UsageError("a review needs a terminal; `inbox record` records one reading without one")
    with session(rules=True) as app:
        items, short_ids, _ = selected(app, days, commitment, limit, everything=everything)
        if not items:
            click.echo(f"The inbox of the last {pluralised(days, 'day')} is empty.")
            return
        past = snapshot(app, app.rulebook.commitments)
        review = Review(app, author_name(by), click.getchar, input)
        try:
            review.go_through(items[:limit], short_ids)
        except (KeyboardInterrupt, EOFError):
            click.echo()
        click.echo(f"\n{pluralised(len(review.recorded), 'reading')} recorded, by {review.by}")
        if review.concerned:
            print_outcome(app, outcome_since(app, past, review.concerned))


@dataclass(slots=True)
class Review:
    """One review. key, line: functions that wait for a key and for a line of input. Each reading is stored at once.
    recorded: the stories, in order. concerned: the commitments that the readings may move."""

    app: Session
    by: str
    key: Callable[[], str]
    line: Callable[[], str]
    recorded: list[Story] = field(default_factory=list)
    concerned: set[str] = field(default_factory=set)

    def go_through(self, items: Sequence[InboxItem], short_ids: Mapping[str, str]) -> None:
        """Shows the stories and stores the answers, until the last story or a key that stops."""
        for number, item in enumerate(items, 1):
            click.echo(f"\n{click.style(f'{number} of {len(items)}', dim=True)}")
            for line in item_lines(item, short_ids[item.story.id], summary=True):
                click.echo(line)
            if not self._answered(item.story):
                return

    def _answered(self, story: Story) -> bool:
        """Asks about one story until a key settles it. Returns whether to go on."""
        known = known_readings(self.app, story)
        own = ["[m]odel"] * (known.model is not None) + ["[r]ules"] * bool(known.rules)
        while True:
            click.echo(f"      {' '.join((*own, '[n]one', '[e]dit', '[s]kip', '[u]ndo', '[q]uit'))} ", nl=False)
            pressed = self.key().casefold()
            click.echo(pressed if pressed.isprintable() else "")
            if pressed in ("s", *STOP_KEYS):
                return pressed == "s"
            matches: tuple[ReadMatch, ...] | None = None
            if pressed == "u" and not self.recorded:
                click.echo("      nothing to undo")
            elif pressed == "u":
                last = self.recorded.pop()
                with self.app.store.begin() as conn:
                    undo_readings(conn, self.app.rulebook, last, self.by, "", self.app.clock())
                click.echo(f"      withdrawn: {one_line(last.title, 60)}")
            elif pressed == "n":
                matches = ()
            elif pressed == "m" and known.model is not None:
                matches = known.adopted("model")
            elif pressed == "r" and known.rules:
                matches = known.rules
            elif pressed == "e":
                click.echo(f"      {READING} …: ", nl=False)
                try:
                    matches = known.matches(self.line().split()) or None
                except click.BadParameter as error:
                    click.echo(f"      {error.message}")
            if matches is not None:
                break
        with self.app.store.begin() as conn:
            reads = ReadingInput(matches, self.by)
            self.concerned |= record_reading(conn, self.app.rulebook, story, reads, self.app.clock()).concerned
        self.recorded.append(story)
        for line in labelled("read", match_texts(matches)):
            click.secho(line, fg="green")
        return True
