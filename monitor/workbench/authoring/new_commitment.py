"""A new commitment: a rule file that can be used as it is and shows how to complete it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.domain.model import Effect, Kind
from monitor.rulebook.compile.example_files import ENDING
from monitor.rulebook.json_schema import FOLDER, modeline, write_schemas
from monitor.rulebook.load import DEAL, POLICY, READER_EXAMPLES, TESTS, VOCABULARY, yaml_files
from monitor.rulebook.publishers import SOURCES
from monitor.rulebook.source.example_lines import FIELDS, ExampleLine

ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_SHORT_NAME = 40
"""Characters: the most that the schema allows for `short`."""
DANGLING = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "no",
        "of",
        "on",
        "or",
        "per",
        "that",
        "the",
        "to",
        "until",
        "which",
        "with",
        "within",
    ]
)
"""Words that a name does not end with: they lead to what was cut off."""


def short_name(name: str) -> str:
    """The first words of a name that fit, up to one that a name may end with."""
    kept = " ".join(name.split())
    if len(kept) <= MAX_SHORT_NAME:
        return kept
    words = kept[: MAX_SHORT_NAME + 1].rpartition(" ")[0].split()
    while words and words[-1].casefold() in DANGLING:
        words.pop()
    return " ".join(words).rstrip(",;:") or kept[:MAX_SHORT_NAME]


class StartError(ValueError):
    """A commitment cannot be created here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """What the author knows of a new commitment."""

    deal: str
    commitment: str
    kind: Kind
    name: str
    today: date

    @property
    def subject(self) -> str:
        """The words that stand for it in the news, until the author has better ones."""
        return self.commitment.replace("-", " ")


@dataclass(frozen=True, slots=True)
class _FirstAct:
    """The act that a commitment of one kind begins with, and its example."""

    id: str
    verbs: str
    text: str
    about: str
    polarity: str = "good"
    effect: str = "progress"


_KEEPS = "is in keeping with the promise"
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
# What a reader is told of it, in words: what is about it, and what is near and yet is not.
reads:
  about: 'what is done about {subject}, promised or threatened'
  not_about: '{subject} of other countries, prices'
"""
_STANDINGS = {Kind.STANDING: "in_force", Kind.SERIES: "in_progress"}


def write_commitment(rules: Path, begun: NewCommitment, words: Mapping[str, str]) -> list[Path]:
    """Writes the files that a new commitment needs and that are not there; returns them.

    Raises StartError if the names cannot be used, or are in use.
    words: files of vocabulary by name, for a folder that has none: without them nothing hedges, denies or asks.
    """
    for word in (begun.deal, begun.commitment):
        if not ID_PATTERN.fullmatch(word):
            raise StartError(f"{word!r} is no id: lower-case letters and digits, joined by single hyphens")
    if begun.deal in (VOCABULARY, TESTS):
        raise StartError(f"the folder {begun.deal!r} is not for deals; choose another name")
    if f"{begun.commitment}.yaml" == DEAL:
        raise StartError("'deal' is the name of the deal's own file; choose another id")
    if f"{begun.commitment}.yaml" == READER_EXAMPLES:
        raise StartError(f"{READER_EXAMPLES} holds what a reader is checked with; choose another id")
    there = next(iter(sorted(rules.glob(f"*/{begun.commitment}.yaml"))), None)
    if there is not None:
        raise StartError(f"{there} is there already; choose another id, or edit that file")
    # us-japan -> US Japan: words so short are nearly always initials.
    deal_words = (word.upper() if len(word) < 3 else word.capitalize() for word in begun.deal.split("-"))
    texts = {
        f"{begun.deal}/{begun.commitment}.yaml": commitment_file(begun, asked=_reader_is_asked(rules / begun.deal)),
        f"{begun.deal}/{begun.commitment}{ENDING}": examples_file(begun),
        f"{begun.deal}/{DEAL}": deal_file(begun, " ".join(deal_words)),
        SOURCES: "# Who is known by name, and how far each one's word carries.\npublishers: []\n",
        POLICY: "# Weights and windows; what is not set here has its default.\n",
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


def _reader_is_asked(deal: Path) -> bool:
    """Whether a deal tells a reader of its commitments: a new one does, another one if a commitment of it does."""
    files = [path for path in yaml_files(deal) if path.name not in (DEAL, READER_EXAMPLES)] if deal.is_dir() else []
    return not files or any("\nreads:" in path.read_text(encoding="utf-8", errors="replace") for path in files)


def deal_file(begun: NewCommitment, name: str) -> str:
    """The text of the file of the commitment's deal."""
    return f"""\
id: {begun.deal}
name: {_quoted(name)}
description: ''
# Which stories a reader (a language model or a person) is asked about: one entry of `any` stands in them, or every pattern of one
# entry of `together`, as in [party, topic].
gate:
  any: ['{begun.subject}']
  together: []
"""


def commitment_file(begun: NewCommitment, *, asked: bool = True) -> str:
    """The text of the commitment's file. asked: with what a reader is told of it."""
    reads = _READS.format(subject=begun.subject) if asked else ""
    act = _ACTS[begun.kind]
    # What a commitment of this kind, and its act, need besides.
    besides, step = "", ""
    if begun.kind is Kind.MILESTONE:
        besides, step = "steps: [agreed, signed, closed]\n", "    step: signed\n"
    elif begun.kind is Kind.QUANTITY:
        due = begun.today.replace(month=12, day=31)
        target = f"{{amount: 1 Mt, basis: booked, start: {begun.today}, due: {due}}}"
        besides = f"targets:  # an amount with its unit: 12 Mt, $30 billion, 100 units\n  - {target}\n"
    return f"""\
# The promise, as alerts and pages name it.
id: {begun.commitment}
name: {_quoted(begun.name)}
short: {_quoted(short_name(begun.name))}
kind: {begun.kind.value}
owed_by: both  # us, cn, both, company, or a party that deal.yaml declares; [us, eu] for several together
{besides}criteria:
  met: The promise is kept in full.  # alerts quote this sentence
{reads}# Where it stands today, with a page on which a reader can see it. Nothing before this day moves the verdict.
baselines:
  - as_of: {begun.today}
    standing: {_STANDINGS.get(begun.kind, "pledged")}
    source: 'https://example.org/where-it-says-so'
# The files of vocabulary, without .yaml, whose sets the patterns below name: with [meanings], '{{buy}}' is every word for it.
use: []
# Words for one thing, of any language; {{subject}} in a pattern is any of them. <cargo+> is singular and plural.
sets:
  subject: ['{begun.subject}']
# Which stories concern it. ..near is up to four words between, a + b both in one sentence, (a|b) one of these.
about:
  any: ['{{subject}}']  # safer: two things that stand together, as in '{{cn}} + {{subject}}'
  not: {{}}  # what shuts a story out, by the kind of news: {{prices: <price+>}}
# What a story can report: an event, and who does what to whom. <buy> is every form of a verb, and the passive too. The clause decides
# how it is meant: planned, denied and called off need no acts of their own.
acts:
  - id: {act.id}
    polarity: {act.polarity}  # {act.about}
{step}    event: <{act.verbs}>
    patient: '{{subject}}'  # agent: who does it, where that matters
    not: {{}}  # words in the same sentence on which it does not count, by the kind of news
"""


def examples_file(begun: NewCommitment) -> str:
    """The text of the file of its examples."""
    act = _ACTS[begun.kind]
    matches = ExampleLine(0, act.id, act.effect, None, act.text.format(subject=begun.subject))
    near_miss = ExampleLine(0, act.id, Effect.NONE.value, None, f"Museum explains {begun.subject} to visitors")
    return f"""\
# What each act matches, and a near miss, one a line: {FIELDS}.
# Write your own sentences: news belongs to its publisher.
[{act.id}]
{matches}
{near_miss}
"""


def default_name(commitment: str) -> str:
    """The words of an id as a name: soybean-purchases -> Soybean purchases."""
    return commitment.replace("-", " ").capitalize()


def _quoted(text: str) -> str:
    """A text as a YAML string on one line, in single quotes."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
