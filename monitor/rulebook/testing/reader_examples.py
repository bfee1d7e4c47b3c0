"""Labelled examples for readers, rules/<deal>/reader-examples.yaml: texts with expected readings, for `model check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from pydantic import Field

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Story
from monitor.domain.stories.entry_keys import revision_hash
from monitor.domain.text.writing_systems import language_of
from monitor.errors import Issue, RuleError
from monitor.rulebook.load import READER_EXAMPLES, VOCABULARY, read_rule_file
from monitor.rulebook.schema.models import Day, RuleShape
from monitor.rulebook.source.rule_source import did_you_mean

UNDATED = date(2026, 1, 1)
"""The day of an undated example, as for the examples of rules."""
SOURCE = "Reader example"
"""The publisher in the question to a reader."""


class ReaderExampleShape(RuleShape):
    text: str = Field(min_length=1, description="A title in your own words.")
    summary: str = Field("", description="The text below the title.")
    reads: dict[str, Effect] = Field({}, description="Effect by commitment; empty if the text is about none.")
    published: Day | None = Field(None, description="Its day [1 January 2026].")


class ReaderExamplesShape(RuleShape):
    """A file of examples for a reader."""

    examples: dict[str, list[ReaderExampleShape]] = Field(
        description="Examples by kind of text, as `model check` reports them."
    )


@dataclass(frozen=True, slots=True)
class ReaderExample:
    """An example with its place. `kind` is the kind of text in the file; deal: the one of its folder."""

    deal: str
    kind: str
    text: str
    summary: str
    reads: Mapping[str, Effect]
    published: date
    path: str
    line: int

    @property
    def name(self) -> str:
        """The hash of its text, which identifies its readings."""
        return revision_hash(self.text, self.summary)

    def story(self) -> Story:
        """The example as a story for a reader."""
        at = datetime.combine(self.published, time(), UTC)
        lang = language_of(self.text)
        return Story(self.name[:16], at, at, SOURCE, "", self.text, self.summary, lang, self.name, date_only=True)


def load_reader_examples(folder: Path, rulebook: Rulebook) -> tuple[ReaderExample, ...]:
    """The examples of a folder of rules. Raises RuleError with every error in their files."""
    examples, issues = check_reader_examples(folder, rulebook)
    if issues:
        raise RuleError(issues, subject=str(folder))
    return examples


def check_reader_examples(folder: Path, rulebook: Rulebook) -> tuple[tuple[ReaderExample, ...], tuple[Issue, ...]]:
    """The examples of every deal, and every issue of their files."""
    issues: list[Issue] = []
    examples: dict[str, ReaderExample] = {}
    named = {name: own.deal for name, own in rulebook.commitments.items()}
    deals = {Path(info.path).parent.name: named[info.commitment] for info in rulebook.rules.values()}
    for path in sorted(folder.glob(f"*/{READER_EXAMPLES}")):
        if path.parent.name == VOCABULARY or path.parent.name.startswith("."):
            continue
        if (file := read_rule_file(folder, path, ReaderExamplesShape, issues)) is None:
            continue
        (source, whole), deal = file, deals.get(path.parent.name, "")
        numbered = [(kind, number, each) for kind, own in whole.examples.items() for number, each in enumerate(own)]
        for kind, number, shape in numbered:
            where = ("examples", kind, number)
            for name in shape.reads.keys() - rulebook.commitments.keys():
                hint, place = did_you_mean(name, rulebook.commitments), (*where, "reads", name)
                message = f"there is no commitment {name!r}"
                issues.append(source.issue("unknown_commitment", message, place, hint, key=True))
            day, line = shape.published or UNDATED, source.place(where)[0]
            example = ReaderExample(deal, kind, shape.text, shape.summary, shape.reads, day, source.path, line)
            # A reader reads a text once.
            first = examples.setdefault(example.name, example)
            if first is not example:
                message = f"repeats the text in line {first.line} of {first.path}"
                issues.append(source.issue("duplicate_example", message, where))
    return tuple(examples.values()), tuple(sorted(issues))
