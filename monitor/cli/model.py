"""`model`: scores the model on labelled examples, compares stored readings with the rules, reads files of stories."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import FILE, echo_json, fields_of, pluralised, session, settings_of
from monitor.cli.match_replay import STORIES
from monitor.cli.model_asking import Asking
from monitor.cli.screen import echo_lines, title_and_source, wrapped
from monitor.domain.messages.digest.reader_counts import difference_text
from monitor.domain.model import ReaderMode
from monitor.domain.reading.agreement import reader_agreement
from monitor.domain.reading.join import reading_that_counts
from monitor.domain.reading.lead import BARS, ReaderCheck, lead_refused, reading_shares
from monitor.domain.reading.question import near_deals
from monitor.domain.stories.entry_keys import revision_hash
from monitor.errors import ConfigError, ReaderError
from monitor.long_work import long_work
from monitor.pipeline.reader_lead import ReaderLead
from monitor.render.reader_question import reader_questions
from monitor.replay import line_as_story, numbered_stories, read_recorded, reading_line
from monitor.rulebook import load_rulebook
from monitor.rulebook.testing.reader_examples import load_reader_examples
from monitor.runtime.session import rule_cache
from monitor.store import reading_store
from monitor.workbench.reader_check import check_readings

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Reading, Story
    from monitor.domain.reading.agreement import ReaderAgreement
    from monitor.runtime.model_reader import ModelReader
    from monitor.workbench.reader_check import CheckedReader

UNFINISHED = "model-check.jsonl"
"""In the data folder: the answers of a check that was broken off."""
LABEL_WIDTH = 32
MONTHS_SHOWN = 6


@click.command()
@click.option("--table", is_flag=True, help="Only compare stored readings with the rules, by month.")
@click.option("--show-prompt", is_flag=True, help="Only print the question for the model, its version and length.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only ask about N examples; earns no lead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def check(*, table: bool, show_prompt: bool, sample: int | None, as_json: bool) -> None:
    """Score the configured model on the labelled examples of the deal.

    Scores are F1 values at three levels: about (the right commitment), direction (good or bad) and effect. Exit code 1
    below 0.90, 0.85 and 0.85, or if more than one example in twenty gets no usable answer. Only a model that has passed
    leads. The answers never count as news; the tokens count towards the day's budget. Called again, the command
    continues a check that was broken off.

    A table compares the stored readings with the rules, by month. Stored readings are kept, even with a new
    model or prompt.
    """
    if table and not show_prompt:
        with session(rules=True) as opened, opened.store.read() as conn, long_work("comparing readings with the rules"):
            texts = reading_store.read_stories(conn, datetime.min.replace(tzinfo=UTC))
            compared = reader_agreement(texts, opened.rulebook)
        if compared.texts == 0:
            raise click.UsageError("no story in the database has been read by a model or a person yet")
        echo_lines(as_json=as_json, values=agreement_values(compared), text=agreement_text(compared))
    elif not show_prompt:
        check_examples(sample, as_json=as_json)
    else:
        settings = settings_of()
        rulebook = load_rulebook(settings.monitor.rules, cache=rule_cache(settings))
        for question in reader_questions(rulebook, settings.monitor.templates).values():
            if as_json:
                echo_json(fields_of(question, "deal", "version", "tokens", "commitments", "text"))
                continue
            click.echo(question.text, nl=False)
            count = pluralised(len(question.commitments), "commitment")
            about = f"{question.deal}: version {question.version}, about {question.tokens:,} tokens"
            click.echo(f"{about}, {count}", err=True)


def check_examples(sample: int | None, *, as_json: bool) -> None:
    """Asks the model about the examples, scores its answers and, unless it is a sample, records the result."""
    settings = settings_of()
    rulebook = load_rulebook(settings.monitor.rules)
    examples = load_reader_examples(settings.monitor.rules, rulebook)
    if not examples:
        raise click.UsageError(
            f"{settings.monitor.rules} has no examples for a reader: add <deal>/reader-examples.yaml"
        )
    with session() as opened:
        asking = Asking.of(opened, rulebook)
        setup = asking.reader.setup
        examples = tuple(example for example in examples if example.deal in setup.questions)
        if sample is not None:  # from the whole file, which is ordered by kind
            examples = tuple(examples[number * len(examples) // sample] for number in range(min(sample, len(examples))))
        unfinished = None if sample is not None else settings.monitor.data / UNFINISHED
        answers = earlier_answers(unfinished, asking.reader, rulebook)
        error = asking.ask_examples(examples, answers, unfinished)
        if error is not None:
            read = f"{len(answers):,} of {pluralised(len(examples), 'example')} read"
            how = "Run the command again to continue" if unfinished else "Run the command again"
            raise ReaderError(f"{read}; {error}. {how}")
        checked = check_readings(examples, answers, rulebook.commitments)
        texts = [(example.story(), answers[example.name]) for example in examples if example.name in answers]
        counts, shares = (len(examples), len(checked.unread)), reading_shares(texts, rulebook)
        last = ReaderCheck(setup.name, setup.template, opened.clock(), *counts, checked.f1, shares)
        refused = "a sample earns no lead" if sample is not None else lead_refused(last)
        if unfinished is not None:
            with opened.store.begin() as conn:
                reading_store.save_check(conn, last)
                ReaderLead(conn, rulebook, setup, opened.clock()).note(())
            unfinished.unlink(missing_ok=True)
    echo_lines(as_json=as_json, values=check_values(checked), text=check_text(checked))
    click.echo(f"{asking.tokens:,} tokens used", err=True)
    click.echo(f"{setup.name} {f'only confirms, because {refused}' if refused else 'may lead'}", err=True)
    if not checked.passed:
        raise SystemExit(1)


def earlier_answers(unfinished: Path | None, reader: ModelReader, rulebook: Rulebook) -> dict[str, Reading]:
    """The answers of an unfinished check with this model and question, by example."""
    kept = read_recorded(unfinished if unfinished is not None and ids_in(unfinished) else None, rulebook)
    setup = reader.setup
    asked = {(setup.name, question.version) for question in setup.questions.values()}
    return {
        name: reading
        for name, reading in (kept.by_line if kept else {}).items()
        if (reading.name, reading.version) in asked
    }


def check_values(checked: CheckedReader) -> Iterator[dict[str, Any]]:
    """Scores, commitments, and every misread or unread example as JSON."""
    score = checked.score

    def rounded(level_hits: Any) -> dict[str, Any]:
        return {
            str(level): {name: round(getattr(hits, name), 4) for name in ("f1", "precision", "recall")}
            | fields_of(hits, "right", "extra", "missed")
            for level, hits in level_hits.items()
        }

    counts = {"examples": len(checked.examples), "read": score.texts, "misread": len(score.misread)}
    rest = {"unread": len(checked.unread), **fields_of(checked, "refused", "passed", "below")}
    yield {"what": "score", **counts, **rest, **rounded(score.whole)}
    for name, by_level in score.commitments.items():
        yield {"what": "commitment", "commitment": name, **rounded(by_level)}
    wrong = [
        ("misread", checked.examples[one.name], fields_of(one, "expected", "read")) for one in checked.score.misread
    ]
    for what, example, judged in (*wrong, *(("unread", example, {}) for example in checked.unread)):
        place = fields_of(example, "kind", "text", "path", "line")
        yield {"what": what, "id": example.story().id, **place, **judged}


def check_text(checked: CheckedReader) -> Iterator[str]:
    """The same for people, 80 columns wide."""
    score = checked.score
    yield f"{pluralised(len(checked.examples), 'example')}, {score.texts:,} read, {len(score.misread):,} misread"
    yield "\n" + " " * LABEL_WIDTH + "".join(f"{heading:>11}" for heading in ("precision", "recall", "F1", "required"))
    for level, hits in score.whole.items():
        figures = (hits.precision, hits.recall, hits.f1, BARS[level])
        yield f"{level:<{LABEL_WIDTH}}" + "".join(f"{figure:>11.2f}" for figure in figures)
    yield "\n" + "F1 by commitment".ljust(LABEL_WIDTH) + "".join(f"{level:>11}" for level in score.whole)
    for name, by_level in score.commitments.items():
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{hits.f1:>11.2f}" for hits in by_level.values())
    for one in checked.score.misread:
        example = checked.examples[one.name]
        expected, actual = (
            ", ".join(f"{name}: {effect}" for name, effect in judged.items()) or "about none"
            for judged in (one.expected, one.read)
        )
        yield from ("", *wrapped(f"{example.path}:{example.line}", 2), *wrapped(example.text, 4))
        yield from wrapped(f"expected {expected}; read {actual}", 4)
    if checked.refused:
        refused = pluralised(checked.refused, "match was", "matches were")
        reason = "an unknown commitment, or a quote that is not in the text"
        yield from ("", *wrapped(f"{refused} refused: {reason}", 0, 2))
    if checked.unread:
        yield f"\n{pluralised(len(checked.unread), 'example')} got no usable answer:"
        for example in checked.unread:
            yield from wrapped(f"{example.path}:{example.line} {example.text}", 2, 4)
    if checked.below:
        low = ", ".join(f"{level} {score.whole[level].f1:.2f}" for level in checked.below)
        yield from ("", *wrapped(f"warning: below the required F1: {low}: this model only confirms", 0, 2))


def agreement_values(compared: ReaderAgreement) -> Iterator[dict[str, Any]]:
    """The counts in total and by month, and the most telling disagreements, as JSON."""
    counts = ("same", "other_effect", "reader_alone", "rule_alone", "share")
    yield {"what": "readers", "texts": compared.texts, **fields_of(compared.whole, *counts)}
    for month, by_name in compared.months.items():
        for name, own in by_name.items():
            yield {"what": "readers_month", "month": month, "commitment": name, **fields_of(own, *counts)}
    for each in compared.telling:
        read = fields_of(each, "commitment", "outcome", "rule", "rule_effect", "effect", "quote")
        yield {"what": "readers_story", **fields_of(each.story, "id", "title"), **read}


def agreement_text(compared: ReaderAgreement) -> Iterator[str]:
    """A table of the shares on which rules and readers agree: a row per commitment, a column per month."""
    months = list(compared.months)[-MONTHS_SHOWN:]
    yield f"Rules and readers agree, by month ({pluralised(compared.texts, 'story', 'stories')} read by both)"
    yield " " * LABEL_WIDTH + "".join(f"{month:>9}" for month in (*months, "all"))
    for name, whole in compared.commitments.items():
        own = (*(compared.months[month].get(name) for month in months), whole)
        shares = ("-" if each is None or each.share is None else f"{each.share:.0%}" for each in own)
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{share:>9}" for share in shares)
    for each in compared.telling:
        yield from ("", *wrapped(f"{each.story.published_at:%Y-%m-%d}  {title_and_source(each.story)}", 2, 6))
        yield from wrapped(f"{difference_text(each)}  [{each.story.id}]", 6)


@click.command()
@click.argument("stories", type=STORIES)
@click.argument("out", type=FILE)
@click.option("--all", "everything", is_flag=True, help="Also read stories that do not seem to concern the deal.")
def read(stories: Path, out: Path, *, everything: bool) -> None:
    """Have the model read the stories in STORIES and write its readings to OUT, for `match --readings` and `replay
    --readings`.

    Each text is read once, and texts in OUT are skipped. The tokens count towards the day's budget. Exit code 1 if
    stories are left unread; run the command again to continue.
    """
    with session(rules=True) as opened:
        asking, rulebook = Asking.of(opened, opened.rulebook), opened.rulebook
        done, given = ids_in(out), [(line, line_as_story(entry)) for line, entry in numbered_stories(stories)]
        asked = rulebook.deals_read
        deals = (asked if everything else asked & near_deals(story, rulebook) for _, story in given)
        near = [(line, story, own) for (line, story), own in zip(given, deals, strict=True) if own]
        # The same words have the same revision: they are read once, for several lines.
        texts: dict[str, frozenset[str]] = {}
        todo: defaultdict[str, dict[str, Story]] = defaultdict(dict)
        lines: dict[str, list[str]] = {}
        for line, story, own in near:
            if line not in done:
                text = replace(story, revision=revision_hash(story.title, story.summary))
                texts[text.revision] = own
                lines.setdefault(text.revision, []).append(line)
                for deal in own:
                    todo[deal][text.revision] = text
        counts = f"{pluralised(len(given), 'story', 'stories')}: {len(near)}{'' if everything else ' near the deal'}"
        known, setup = len(near) - sum(map(len, lines.values())), asking.reader.setup
        click.echo(f"{counts}, {known} read before; {setup.place}, question {setup.version}", err=True)
        with out.open("a", encoding="utf-8") as file:
            read_so_far: defaultdict[str, list[Reading]] = defaultdict(list)

            def write(text: str, reading: Reading) -> None:
                """A line for the answers on all deals that a text is near."""
                read_so_far[text].append(reading)
                whole = reading_that_counts(read_so_far[text], ReaderMode.LEADS)
                if whole is not None and texts[text].issubset(whole.deals):
                    for line in lines.pop(text):
                        file.write(json.dumps(reading_line(line, whole), ensure_ascii=False) + "\n")
                    file.flush()

            error = asking.ask({deal: list(own.values()) for deal, own in todo.items()}, write)
        click.echo(f"{pluralised(len(texts) - len(lines), 'text')} read, {asking.tokens:,} tokens", err=True)
    if lines:
        unread = pluralised(sum(map(len, lines.values())), "story", "stories")
        click.echo(f"{unread} left unread ({error or 'no usable answer'}); call again to continue", err=True)
        raise SystemExit(1)


def ids_in(out: Path) -> frozenset[str]:
    """The ids of the stories in a file of readings. Removes a last line that a crash cut off."""
    if not out.exists():
        return frozenset()
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    try:
        found = frozenset(json.loads(line)["id"] for line in whole.decode().splitlines() if line.strip())
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{out} is not a file of readings ({error}); name another one", subject=str(out)) from error
    if len(whole) < len(content):
        out.write_bytes(whole)
    return found
