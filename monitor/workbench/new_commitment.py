"""A new commitment: a complete rule file whose comments show how to adapt it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import shorten

from monitor.domain.model import Effect, Kind
from monitor.domain.verdicts.standing import FULFILLED
from monitor.rulebook.compile.example_files import ENDING
from monitor.rulebook.json_schema import FOLDER, modeline, write_schemas
from monitor.rulebook.load import DEAL, POLICY, READER_EXAMPLES, TESTS, VOCABULARY, yaml_files
from monitor.rulebook.publisher_file import SOURCES
from monitor.rulebook.source.example_lines import FIELDS, ExampleLine

ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_SHORT_NAME = 40
"""Characters that the schema allows for `short`."""


class StartError(ValueError):
    """The commitment cannot be created; the message has a remedy."""


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """A new commitment: its deal, id and kind, and the day of its first baseline."""

    deal: str
    commitment: str
    kind: Kind
    today: date

    @property
    def subject(self) -> str:
        """The words for it in the news, until the author finds better ones: soybean-purchases -> soybean purchases."""
        return self.commitment.replace("-", " ")


@dataclass(frozen=True, slots=True)
class _FirstAct:
    """The first act of a commitment of one kind, with its example."""

    id: str
    verbs: str
    text: str
    about: str
    polarity: str = "good"
    effect: str = "progress"


_KEEPS = "follows the promise"
_ACTS: Mapping[Kind, _FirstAct] = {
    Kind.QUANTITY: _FirstAct("bought", "buy/order/import", "Importer buys more {subject}", f"buying {_KEEPS}"),
    Kind.MILESTONE: _FirstAct(
        "signed", "sign", "Ministers sign the {subject} papers", f"signing {_KEEPS}, and one of its steps"
    ),
    Kind.STANDING: _FirstAct(
        "broken",
        "break/violate",
        "Minister breaks the {subject} rules",
        "it breaks the promise",
        polarity="break",
        effect="breach",
    ),
    Kind.SERIES: _FirstAct("held", "hold/host", "Ministers hold {subject} talks", f"a meeting {_KEEPS}"),
}
_READS = """\
# The definition for readers (models and people): what is about it, and what is similar but not about it.
reads:
  about: 'what is done about {subject}, promised or threatened'
  not_about: '{subject} of other countries, prices'
"""
_STANDINGS = {Kind.STANDING: "in_force", Kind.SERIES: "in_progress"}


def write_commitment(rules: Path, begun: NewCommitment, words: Mapping[str, str]) -> list[Path]:
    """Writes the missing files of a new commitment, and returns them. Raises StartError if a name is invalid or taken.
    `words` are vocabulary files by name, for a folder without vocabulary: without them, plans and denials would count
    as done."""
    for word in (begun.deal, begun.commitment):
        if not ID_PATTERN.fullmatch(word):
            raise StartError(f"{word!r} is no id: lower-case letters and digits, joined by single hyphens")
    if begun.deal in (VOCABULARY, TESTS):
        raise StartError(f"the folder {begun.deal!r} is not for deals; choose another name")
    if f"{begun.commitment}.yaml" == DEAL:
        raise StartError("'deal' is the name of the deal's own file; choose another id")
    if f"{begun.commitment}.yaml" == READER_EXAMPLES:
        raise StartError(f"{READER_EXAMPLES} is the file of examples for readers; choose another id")
    there = next(iter(sorted(rules.glob(f"*/{begun.commitment}.yaml"))), None)
    if there is not None:
        raise StartError(f"{there} exists; choose another id, or edit that file")
    # us-japan -> US Japan: such short words are nearly always initials.
    deal_words = (word.upper() if len(word) < 3 else word.capitalize() for word in begun.deal.split("-"))
    # It needs `reads` in a new deal, and in one with a commitment that has it.
    others = [path for path in yaml_files(rules / begun.deal) if path.name not in (DEAL, READER_EXAMPLES)]
    asked = not others or any("\nreads:" in path.read_text("utf-8", "replace") for path in others)
    texts = {
        f"{begun.deal}/{begun.commitment}.yaml": commitment_file(begun, asked=asked),
        f"{begun.deal}/{begun.commitment}{ENDING}": examples_file(begun),
        f"{begun.deal}/{DEAL}": deal_file(begun, " ".join(deal_words)),
        SOURCES: "# The known publishers.\npublishers: []\n",
        POLICY: "# Weights and time windows; keys that are left out have defaults.\n",
    }
    if not (rules / VOCABULARY).is_dir():
        texts |= {f"{VOCABULARY}/{name}": text for name, text in words.items()}
    if not rules.is_dir():
        write_schemas(rules / FOLDER)
    with_schemas = (rules / FOLDER).is_dir()
    written = []
    for inner, text in texts.items():
        path = rules / inner
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            head = modeline(inner) if with_schemas and inner.endswith(".yaml") else ""
            path.write_text(head + text, encoding="utf-8")
            written.append(path)
    return written


def deal_file(begun: NewCommitment, name: str) -> str:
    return f"""\
id: {begun.deal}
name: {_quoted(name)}
description: ''
# The stories that a reader (a language model or a person) is asked about: those with one entry of `any`, or with every
# pattern of one entry of `together`, as in [party, topic].
gate:
  any: ['{begun.subject}']
  together: []
"""


def commitment_file(begun: NewCommitment, *, asked: bool = True) -> str:
    """The text of the commitment's file. `asked`: with a definition for readers."""
    reads = _READS.format(subject=begun.subject) if asked else ""
    act = _ACTS[begun.kind]
    # Keys of this kind of commitment, and of its act.
    besides, step = "", ""
    if begun.kind is Kind.MILESTONE:
        besides, step = "steps: [agreed, signed, closed]\n", "    step: signed\n"
    elif begun.kind is Kind.QUANTITY:
        due = begun.today.replace(month=12, day=31)
        target = f"{{amount: 1 Mt, basis: booked, start: {begun.today}, due: {due}}}"
        besides = f"targets:  # an amount with its unit: 12 Mt, $30 billion, 100 units\n  - {target}\n"
    return f"""\
# The promise, with its names in alerts and pages.
id: {begun.commitment}
name: {_quoted(begun.subject.capitalize())}
short: {_quoted(shorten(begun.subject.capitalize(), MAX_SHORT_NAME, placeholder=""))}
kind: {begun.kind.value}
owed_by: both  # us, cn, both, company, or a party that deal.yaml declares; [us, eu] for several together
{besides}criteria:
  {FULFILLED[begun.kind].value}: The promise is kept in full.  # alerts quote this sentence
{reads}# Its status today, with a page that shows it. Earlier news moves nothing.
baselines:
  - as_of: {begun.today}
    standing: {_STANDINGS.get(begun.kind, "pledged")}
    source: 'https://example.org/where-it-says-so'
# The vocabulary files (without .yaml) whose sets the patterns below use: with [meanings], '{{buy}}' matches every
# word for it.
use: []
# Words for one thing, in any language; {{subject}} in a pattern matches any of them. <cargo+> is singular and plural.
sets:
  subject: ['{begun.subject}']
# The stories about it. ..near is up to four words between, a + b both in one sentence, (a|b) one of these.
about:
  any: ['{{subject}}']  # safer: two things in one sentence, as in '{{cn}} + {{subject}}'
  not: {{}}  # excludes stories, by kind of news: {{prices: <price+>}}
# The events that a story can report: who does what to whom. <buy> matches every form of the verb, also the passive.
# Plans, denials and cancellations need no acts of their own: the clause decides.
acts:
  - id: {act.id}
    polarity: {act.polarity}  # {act.about}
{step}    event: <{act.verbs}>
    patient: '{{subject}}'  # agent: who does it, where that matters
    not: {{}}  # words in the same sentence that exclude it, by kind of news
"""


def examples_file(begun: NewCommitment) -> str:
    act = _ACTS[begun.kind]
    matches = ExampleLine(0, act.id, act.effect, None, act.text.format(subject=begun.subject))
    near_miss = ExampleLine(0, act.id, Effect.NONE.value, None, f"Museum explains {begun.subject} to visitors")
    return f"""\
# A match and a near miss of each act, one a line: {FIELDS}.
# Write your own sentences: news belongs to its publisher.
[{act.id}]
{matches}
{near_miss}
"""


def _quoted(text: str) -> str:
    """A text as a YAML string on one line, in single quotes."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
