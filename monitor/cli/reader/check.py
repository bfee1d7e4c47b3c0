"""`reader check`: how well the configured model reads, by the labelled examples of the deal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FILE, EXISTING_FOLDER, echo_json, echo_lines, fields_of, pluralised, settings_of
from monitor.cli.match_replay import read_recorded
from monitor.cli.rules.story_text import wrapped

if TYPE_CHECKING:
    from monitor.domain.model import Effect
    from monitor.domain.reading.score import Hits
    from monitor.rulebook.testing.reader_examples import ReaderExample
    from monitor.workbench.testing.reader_check import CheckedReader

LABEL_WIDTH = 32


@click.command()
@click.option("--rules", "folder", type=EXISTING_FOLDER, help="Folder of rules [the configured one].")
@click.option(
    "--readings",
    type=EXISTING_FILE,
    help="Score recorded answers (.jsonl or .jsonl.gz), by the ids that --stories prints, and ask nobody.",
)
@click.option("--stories", "as_stories", is_flag=True, help="Print the examples as story lines, for another reader.")
@click.option(
    "--json", "as_json", is_flag=True, help="A JSON line of scores, one a commitment and one a misread example."
)
def check(*, folder: Path | None, readings: Path | None, as_stories: bool, as_json: bool) -> None:
    """Ask the configured model about the labelled examples of the deal, and score its answers.

    Scores are F1 values: about (the commitment is named), direction (as good or as bad) and effect (the same). Exit code 1 below
    0.90, 0.85 and 0.85, or if more than one example in twenty gets no usable answer. Nothing of it becomes news: the tokens
    count in the day's budget, and the result is kept in the data folder, for doctor. Texts that were read before are not read
    again by a new model or question.
    """
    from monitor.rulebook import load_rulebook
    from monitor.rulebook.testing.reader_examples import load_reader_examples
    from monitor.workbench.testing.reader_check import LastCheck, check_readings

    root = folder or settings_of().rules
    rulebook = load_rulebook(root)
    examples = load_reader_examples(root, rulebook)
    if not examples:
        raise click.UsageError(f"{root} has no examples for a reader: write them to <deal>/reader-examples.yaml")
    if as_stories:
        for example in examples:
            echo_json(story_line(example))
        return
    recorded, asked = read_recorded(readings, rulebook), None
    if recorded is not None:
        found = {example.name: own[0] for example in examples if (own := recorded.of_line(example.story().id))}
    else:
        from monitor.cli.reader.asking import ask_model

        asked = ask_model(rulebook, [example.story() for example in examples])
        found = asked.readings
    checked = check_readings(examples, found, rulebook.commitments)
    if asked is not None:
        scores = {level.value: round(hits.f1, 4) for level, hits in checked.score.whole.items()}
        last = LastCheck(asked.model, asked.question, asked.at, len(examples), **scores)
        last.write(settings_of().data_dir)
    echo_lines(as_json=as_json, values=check_values(checked), text=check_text(checked))
    if not checked.passed:
        raise SystemExit(1)


def story_line(example: ReaderExample) -> dict[str, str]:
    """An example as a story line."""
    story = example.story()
    texts = fields_of(story, "id", "source", "url", "title", "summary", "lang")
    return texts | {"published": f"{example.published}"}


# ---------------------------------------------------------------- shown


def check_values(checked: CheckedReader) -> Iterator[dict[str, Any]]:
    """Scores, commitments, and each misread or unread example as JSON."""
    score = checked.score
    counts = {"examples": len(checked.examples), "read": score.texts, "misread": len(score.misread)}
    rest = {"unread": len(checked.unread), "refused": checked.refused, "passed": checked.passed, "below": checked.below}
    yield {"what": "score", **counts, **rest, **{level: _hit_values(hits) for level, hits in score.whole.items()}}
    for name, by_level in score.commitments.items():
        yield {"what": "commitment", "commitment": name, **{lv: _hit_values(hits) for lv, hits in by_level.items()}}
    for example, one in checked.misread():
        place = fields_of(example, "kind", "text", "path", "line")
        yield {"what": "misread", "id": example.story().id, **place, **fields_of(one, "expected", "read")}
    for example in checked.unread:
        yield {"what": "unread", "id": example.story().id, **fields_of(example, "kind", "text", "path", "line")}


def _hit_values(hits: Hits) -> dict[str, float]:
    scores = {"f1": hits.f1, "precision": hits.precision, "recall": hits.recall}
    return {name: round(value, 4) for name, value in scores.items()} | fields_of(hits, "right", "extra", "missed")


def check_text(checked: CheckedReader) -> Iterator[str]:
    """The same for people, 80 columns wide."""
    from monitor.workbench.testing.reader_check import BARS

    score = checked.score
    wrong = f"{len(score.misread):,} read otherwise than labelled"
    yield from wrapped(f"{pluralised(len(checked.examples), 'example')}, {score.texts:,} read, {wrong}")
    yield ""
    yield " " * LABEL_WIDTH + "".join(f"{head:>11}" for head in ("precision", "recall", "F1", "bar"))
    for level, hits in score.whole.items():
        figures = (hits.precision, hits.recall, hits.f1, BARS[level])
        yield f"{level:<{LABEL_WIDTH}}" + "".join(f"{figure:>11.2f}" for figure in figures)
    yield ""
    yield "F1 by commitment".ljust(LABEL_WIDTH) + "".join(f"{level:>11}" for level in score.whole)
    for name, by_level in score.commitments.items():
        yield f"{name:<{LABEL_WIDTH}}" + "".join(f"{hits.f1:>11.2f}" for hits in by_level.values())
    by_kind = checked.misread_by_kind()
    if any(wrong for wrong, _ in by_kind.values()):
        yield ""
        kinds = (f"{kind} {wrong} of {of}" for kind, (wrong, of) in by_kind.items() if wrong)
        yield from wrapped(f"misread by kind of text: {', '.join(kinds)}", 0, 2)
    for example, one in checked.misread():
        yield ""
        yield from wrapped(f"{example.path}:{example.line}", 2)
        yield from wrapped(example.text, 4)
        yield from wrapped(f"expected {_said(one.expected)}; read {_said(one.read)}", 4)
    yield from _remarks(checked)


def _said(judgments: Mapping[str, Effect]) -> str:
    return ", ".join(f"{name}: {effect}" for name, effect in judgments.items()) or "about none"


def _remarks(checked: CheckedReader) -> Iterator[str]:
    from monitor.workbench.testing.reader_check import BARS

    if checked.refused:
        yield ""
        refused = pluralised(checked.refused, "match was", "matches were")
        yield from wrapped(
            f"{refused} refused: the commitment is unknown, or the quote does not stand in the text", 0, 2
        )
    if checked.unread:
        yield ""
        yield f"{pluralised(len(checked.unread), 'example')} got no usable answer:"
        for example in checked.unread:
            yield from wrapped(f"{example.path}:{example.line} {example.text}", 2, 4)
    for level in checked.below:
        f1 = checked.score.whole[level].f1
        yield ""
        yield from wrapped(
            f"warning: {level} {f1:.2f} is below {BARS[level]:.2f}: do not let this model lead with this question "
            "(policy `reader: confirms`, or another model)",
            0,
            2,
        )
