"""`model`: scores the configured model on labelled examples, compares stored readings with the rules, reads files of
stories."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FILE, FILE, echo_json, echo_lines, fields_of, pluralised, session, settings_of
from monitor.cli.match_replay import StoriesParam, numbered_lines, read_recorded
from monitor.cli.rules.story_text import title_and_source, wrapped
from monitor.errors import ConfigError, ReaderError, ReaderRefusedError
from monitor.long_work import long_work

if TYPE_CHECKING:
    from monitor.domain.model import Effect, Reading, Story
    from monitor.domain.reading.agreement import Agreement, ReaderAgreement
    from monitor.domain.reading.score import Hits
    from monitor.rulebook.testing.reader_examples import ReaderExample
    from monitor.runtime.model_reader import ModelReader
    from monitor.runtime.session import Session
    from monitor.workbench.reader_check import CheckedReader

TRIES = 4
"""Attempts at one request before the command gives up; the next call continues."""
PAUSE_SECONDS = 5.0
"""Before the second attempt; longer before each further one, unless the server names a time."""
MOST_PAUSE_SECONDS = 120.0
"""A server that asks for a longer wait ends the command."""
LABEL_WIDTH = 32
MONTHS_SHOWN = 6


@click.command()
@click.option("--readings", type=EXISTING_FILE, help="Score recorded answers, by the ids that --stories prints.")
@click.option("--stories", "as_stories", is_flag=True, help="Print the examples as story lines, for another reader.")
@click.option("--table", is_flag=True, help="Only compare stored readings with the rules, by month.")
@click.option("--show-prompt", is_flag=True, help="Only print the question for the model, its version and length.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def check(*, readings: Path | None, as_stories: bool, table: bool, show_prompt: bool, as_json: bool) -> None:
    """Score the configured model on the labelled examples of the deal.

    Scores are F1 values at three levels: about (the right commitment), direction (good or bad) and effect. Exit code 1
    below 0.90, 0.85 and 0.85, or if more than one example in twenty gets no usable answer. No answer becomes news; the
    tokens count in the day's budget, and the result is stored for doctor.

    A table compares the stored readings with the rules, by month. Stored readings are kept, even with a new
    model or prompt.
    """
    if show_prompt:
        print_question(as_json=as_json)
    elif table:
        compared = stored_agreement()
        if compared.texts == 0:
            raise click.UsageError("no story in the database has been read by a model or a person yet")
        echo_lines(as_json=as_json, values=agreement_values(compared), text=agreement_text(compared))
    else:
        check_examples(readings, as_stories=as_stories, as_json=as_json)


def print_question(*, as_json: bool) -> None:
    from monitor.domain.reading.question import asked_commitments
    from monitor.render.reader_question import reader_question
    from monitor.rulebook import load_rulebook
    from monitor.runtime.session import rule_cache

    settings = settings_of()
    rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
    question, commitments = reader_question(rulebook, settings.templates), asked_commitments(rulebook)
    if as_json:
        echo_json(fields_of(question, "version", "tokens") | {"commitments": commitments, "text": question.text})
        return
    click.echo(question.text, nl=False)
    count = pluralised(len(commitments), "commitment")
    click.echo(f"version {question.version}, about {question.tokens:,} tokens, {count}", err=True)


def check_examples(readings: Path | None, *, as_stories: bool, as_json: bool) -> None:
    from monitor.rulebook import load_rulebook
    from monitor.rulebook.testing.reader_examples import load_reader_examples
    from monitor.workbench.reader_check import LastCheck, check_readings

    settings = settings_of()
    rulebook = load_rulebook(settings.rules)
    examples = load_reader_examples(settings.rules, rulebook)
    if not examples:
        raise click.UsageError(f"{settings.rules} has no examples for a reader: add <deal>/reader-examples.yaml")
    if as_stories:
        for example in examples:
            texts = fields_of(example.story(), "id", "source", "url", "title", "summary", "lang")
            echo_json(texts | {"published": f"{example.published}"})
        return
    asking = None
    if (recorded := read_recorded(readings, rulebook)) is not None:
        found = {example.name: own[0] for example in examples if (own := recorded.of_line(example.story().id))}
    else:
        with session() as opened:
            asking = Asking.of(opened, rulebook)
            stories = [example.story() for example in examples]
            found = ask_examples(asking, stories)
    checked = check_readings(examples, found, rulebook.commitments)
    if asking is not None:
        setup, at = asking.reader.setup, asking.opened.clock()
        f1 = {level.value: round(hits.f1, 4) for level, hits in checked.score.whole.items()}
        LastCheck(setup.name, setup.question.version, at, len(examples), **f1).write(settings.data_dir)
    echo_lines(as_json=as_json, values=check_values(checked), text=check_text(checked))
    if not checked.passed:
        raise SystemExit(1)


def ask_examples(asking: Asking, stories: Sequence[Story]) -> dict[str, Reading]:
    """The model's readings of the examples, by text. Raises UsageError if the day's tokens do not suffice, and
    ReaderError."""
    setup, batch = asking.reader.setup, asking.reader.setup.batch
    cost = sum(setup.cost_of(stories[start : start + batch]) for start in range(0, len(stories), batch))
    left = max(setup.daily_tokens - asking.used_today(), 0)
    requests = pluralised(-(-len(stories) // batch), "request")
    price = f"{len(stories):,} examples in {requests}, at most about {cost:,} tokens of the {left:,} left today"
    if cost > left:
        raise click.UsageError(
            f"{setup.place} is not asked: {price}. Raise daily_tokens in [reader], or check tomorrow"
        )
    click.echo(f"asking {setup.place}: {price}", err=True)
    found: dict[str, Reading] = {}
    _, error = asking.ask(stories, found.__setitem__)
    if error is not None:
        raise error
    return found


# ---------------------------------------------------------------- the results of a check


def check_values(checked: CheckedReader) -> Iterator[dict[str, Any]]:
    """Scores, commitments, and every misread or unread example as JSON."""
    score = checked.score
    counts = {"examples": len(checked.examples), "read": score.texts, "misread": len(score.misread)}
    rest = {"unread": len(checked.unread), "refused": checked.refused, "passed": checked.passed, "below": checked.below}
    yield {"what": "score", **counts, **rest, **{level: _hit_values(hits) for level, hits in score.whole.items()}}
    for name, by_level in score.commitments.items():
        yield {"what": "commitment", "commitment": name, **{lv: _hit_values(hits) for lv, hits in by_level.items()}}
    for example, one in checked.misread():
        yield {"what": "misread", **_example_values(example), **fields_of(one, "expected", "read")}
    for example in checked.unread:
        yield {"what": "unread", **_example_values(example)}


def _example_values(example: ReaderExample) -> dict[str, Any]:
    return {"id": example.story().id, **fields_of(example, "kind", "text", "path", "line")}


def _hit_values(hits: Hits) -> dict[str, float]:
    scores = {"f1": hits.f1, "precision": hits.precision, "recall": hits.recall}
    return {name: round(value, 4) for name, value in scores.items()} | fields_of(hits, "right", "extra", "missed")


def check_text(checked: CheckedReader) -> Iterator[str]:
    """The same for people, 80 columns wide."""
    from monitor.workbench.reader_check import BARS

    def judgments(of_text: Mapping[str, Effect]) -> str:
        return ", ".join(f"{name}: {effect}" for name, effect in of_text.items()) or "about none"

    score = checked.score
    counts = f"{pluralised(len(checked.examples), 'example')}, {score.texts:,} read, {len(score.misread):,} misread"
    yield from (counts, "")
    yield " " * LABEL_WIDTH + "".join(f"{heading:>11}" for heading in ("precision", "recall", "F1", "required"))
    for level, hits in score.whole.items():
        figures = (hits.precision, hits.recall, hits.f1, BARS[level])
        yield f"{level:<{LABEL_WIDTH}}" + "".join(f"{figure:>11.2f}" for figure in figures)
    yield ""
    yield "F1 by commitment".ljust(LABEL_WIDTH) + "".join(f"{level:>11}" for level in score.whole)
    for name, by_level in score.commitments.items():
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{hits.f1:>11.2f}" for hits in by_level.values())
    kinds = [f"{kind} {wrong} of {of}" for kind, (wrong, of) in checked.misread_by_kind().items() if wrong]
    if kinds:
        yield ""
        yield from wrapped(f"misread by kind of text: {', '.join(kinds)}", 0, 2)
    for example, one in checked.misread():
        yield from ("", *wrapped(f"{example.path}:{example.line}", 2), *wrapped(example.text, 4))
        yield from wrapped(f"expected {judgments(one.expected)}; read {judgments(one.read)}", 4)
    if checked.refused:
        refused = pluralised(checked.refused, "match was", "matches were")
        reason = "an unknown commitment, or a quote that is not in the text"
        yield from ("", *wrapped(f"{refused} refused: {reason}", 0, 2))
    if checked.unread:
        yield from ("", f"{pluralised(len(checked.unread), 'example')} got no usable answer:")
        for example in checked.unread:
            yield from wrapped(f"{example.path}:{example.line} {example.text}", 2, 4)
    for level in checked.below:
        low = f"{level} {score.whole[level].f1:.2f} is below {BARS[level]:.2f}"
        advice = "do not let this model lead with this question (policy `reader: confirms`, or another model)"
        yield from ("", *wrapped(f"warning: {low}: {advice}", 0, 2))


# ---------------------------------------------------------------- rules against stored readings


def stored_agreement() -> ReaderAgreement:
    """Agreement of the rules with all stored readings."""
    from monitor.domain.reading.agreement import reader_agreement
    from monitor.store import reading_store

    with session(rules=True) as opened, opened.store.read() as conn, long_work("comparing readings with the rules"):
        return reader_agreement(reading_store.read_stories(conn, datetime.min.replace(tzinfo=UTC)), opened.rulebook)


def agreement_values(compared: ReaderAgreement) -> Iterator[dict[str, Any]]:
    """The counts in total and by month, and the most telling disagreements, as JSON."""
    counts = ("same", "other_effect", "reader_alone", "rule_alone", "share")
    yield {"what": "readers", "texts": compared.texts, **fields_of(compared.whole, *counts)}
    for month, by_name in compared.months.items():
        for name, own in by_name.items():
            yield {"what": "readers_month", "month": month, "commitment": name, **fields_of(own, *counts)}
    for each in compared.telling:
        read = fields_of(each, "commitment", "outcome", "rule", "rule_effect", "effect", "quote")
        yield {"what": "readers_story", "id": each.story.id, "title": each.story.title, **read}


def agreement_text(compared: ReaderAgreement) -> Iterator[str]:
    """The same as one table: a row per commitment, a column per month with the share on which rules and readers
    agree."""
    from monitor.domain.messages.digest.reader_counts import difference_text

    def share(own: Agreement | None) -> str:
        return "-" if own is None or own.share is None else f"{own.share:.0%}"

    months = list(compared.months)[-MONTHS_SHOWN:]
    yield f"Rules and readers agree, by month ({pluralised(compared.texts, 'story', 'stories')} read by both)"
    yield " " * LABEL_WIDTH + "".join(f"{month:>9}" for month in (*months, "all"))
    for name, whole in compared.commitments.items():
        own = [compared.months[month].get(name) for month in months]
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{share(each):>9}" for each in (*own, whole))
    for each in compared.telling:
        yield from ("", *wrapped(f"{each.story.published_at:%Y-%m-%d}  {title_and_source(each.story)}", 2, 6))
        yield from wrapped(f"{difference_text(each)}  [{each.story.id}]", 6)


# ---------------------------------------------------------------- reading files


@click.command()
@click.argument("stories", type=StoriesParam("r", encoding="utf-8"))
@click.argument("out", type=FILE)
@click.option("--all", "everything", is_flag=True, help="Also read stories that are not near the deal.")
def read(stories: IO[str], out: Path, *, everything: bool) -> None:
    """Let the model read story lines into file OUT, for `match --readings` and `replay --readings`.

    Each text is read once, and texts in OUT are skipped. The tokens count in the day's budget. Exit code 1 if stories
    are left unread; run the command again to continue.
    """
    from monitor.domain.reading.question import is_near
    from monitor.replay import reading_line

    with session(rules=True) as opened:
        asking = Asking.of(opened, opened.rulebook)
        setup = asking.reader.setup
        done, given = _ids_in(out), list(_stories(stories))
        near = [(line, story) for line, story in given if everything or is_near(story, opened.rulebook)]
        lines: dict[str, list[str]] = {}  # of each text: several lines may have the same
        todo = [(line, story) for line, story in near if line not in done]
        for line, story in todo:
            lines.setdefault(story.revision, []).append(line)
        counts = f"{pluralised(len(given), 'story', 'stories')}: {len(near)}{'' if everything else ' near the deal'}"
        version = f"{setup.place}, question {setup.question.version}"
        click.echo(f"{counts}, {len(near) - len(todo)} read before; {version}", err=True)
        with out.open("a", encoding="utf-8") as file:

            def write(text: str, reading: Reading) -> None:
                for line in lines.pop(text):
                    file.write(json.dumps(reading_line(line, reading), ensure_ascii=False) + "\n")
                file.flush()

            texts = {story.revision: story for _, story in todo}
            left, error = asking.ask(list(texts.values()), write)
        click.echo(f"{pluralised(len(texts) - len(left), 'text')} read, {asking.tokens:,} tokens", err=True)
    if left:
        unread = pluralised(sum(map(len, lines.values())), "story", "stories")
        click.echo(f"{unread} left unread ({error or 'no usable answer'}); call again to continue", err=True)
        raise SystemExit(1)


def _ids_in(out: Path) -> frozenset[str]:
    """The ids of the stories in a file of readings. Removes a last line that a crash cut off."""
    if not out.exists():
        return frozenset()
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    try:
        rows: Iterable[Mapping[str, Any]] = (json.loads(line) for line in whole.decode().splitlines() if line.strip())
        found = frozenset(row["id"] for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{out} is not a file of readings ({error}); name another one", subject=str(out)) from error
    if len(whole) < len(content):
        with out.open("r+b") as file:
            file.truncate(len(whole))
    return found


def _stories(stream: IO[str]) -> Iterator[tuple[str, Story]]:
    """The stories of a file with their ids; the same words have the same revision."""
    from monitor.domain.stories.entry_keys import revision_hash
    from monitor.replay import as_entry, line_as_story, read_story

    for number, line in numbered_lines(stream, stream.name):
        written = read_story(line, number, stream.name)
        story = line_as_story(as_entry(written, number, stream.name))
        yield written["id"], replace(story, revision=revision_hash(story.title, story.summary))


# ---------------------------------------------------------------- requests


@dataclass(slots=True)
class Asking:
    """Requests to the model within the day's budget, outside the reading queue. wait: sleeps, in seconds."""

    opened: Session
    reader: ModelReader
    wait: Callable[[float], object] = sleep
    tokens: int = 0

    @classmethod
    def of(cls, opened: Session, rulebook: Any) -> Asking:
        """Raises ConfigError without a configured model."""
        from monitor.runtime.wiring import make_reader

        reader = make_reader(opened.settings, rulebook)
        if reader is None:
            remedy = "give base_url and model in [reader] of config.toml"
            raise ConfigError(f"no model is configured: {remedy}", subject="reader")
        return cls(opened, reader)

    def ask(
        self, texts: Sequence[Story], keep: Callable[[str, Reading], object]
    ) -> tuple[list[Story], ReaderError | None]:
        """Ask about these texts, and once more about those without a usable answer. keep: receives each reading.

        Returns the texts left unread, and the error that ended the command early.
        """
        batch, unusable, left = self.reader.setup.batch, 0, list(texts)
        with long_work("the model reads", len(texts), "texts") as step:
            for _ in range(2):
                waiting, left = left, []
                for start in range(0, len(waiting), batch):
                    asked, answered = waiting[start : start + batch], {}
                    try:
                        answered = self._request(asked)
                    except ReaderError as error:
                        unusable += error.unusable
                        if not error.unusable or unusable == TRIES:
                            return [*left, *waiting[start:]], error
                    for text, reading in answered.items():
                        keep(text, reading)
                    left += [story for story in asked if story.revision not in answered]
                    step(len(texts) - len(left) - len(waiting[start + batch :]))
        return left, None

    def used_today(self) -> int:
        from monitor.store import reading_store

        with self.opened.store.read() as conn:
            return reading_store.use_of(conn, f"{self.opened.clock():%Y-%m-%d}").tokens

    def _request(self, texts: Sequence[Story]) -> dict[str, Reading]:
        """One request, repeated where waiting can help. Raises ReaderError."""
        setup, cost = self.reader.setup, self.reader.setup.cost_of(texts)
        for attempt in range(1, TRIES + 1):
            if (used := self.used_today()) + cost > setup.daily_tokens:
                spent = f"{used:,} of {setup.daily_tokens:,} tokens are used today (UTC)"
                raise ReaderError(f"{spent}; continue tomorrow, or raise daily_tokens in [reader]")
            try:
                answer = self.reader.ask(texts)
            except ReaderError as error:
                self._count(texts, error.tokens if error.tokens is not None else cost if error.spent else 0)
                pause = error.retry_after if error.retry_after is not None else PAUSE_SECONDS * attempt
                hopeless = error.unusable or isinstance(error, ReaderRefusedError) or attempt == TRIES
                if hopeless or pause > MOST_PAUSE_SECONDS:
                    raise
                click.echo(f"{error}; next attempt in {pause:g} s", err=True)
                self.wait(pause)
            else:
                self._count(texts, answer.tokens)
                answered, now = answer.checked.answered.items(), self.opened.clock()
                return {text: setup.reading_of(text, read, now) for text, read in answered}
        raise AssertionError("the last attempt returns or raises")

    def _count(self, texts: Sequence[Story], tokens: int) -> None:
        from monitor.store import reading_store

        self.tokens += tokens
        with self.opened.store.begin() as conn:
            reading_store.add_use(conn, self.opened.clock(), requests=1, texts=len(texts), tokens=tokens)
