"""A new commitment: a rule file that can be used as it is and shows how to go on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.domain.model import Kind
from monitor.rulebook.json_schema import FOLDER, modeline, write_schemas
from monitor.rulebook.load import DEAL, POLICY, SOURCES, TESTS, VOCABULARY

ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_SHORT_NAME = 40


class StartError(ValueError):
    """A commitment cannot be begun here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """What its author knows of a new commitment."""

    deal: str
    commitment: str
    kind: Kind
    name: str
    today: date

    @property
    def subject(self) -> str:
        """The words that stand for it in the news, until its author knows better ones."""
        return self.commitment.replace("-", " ")


@dataclass(frozen=True, slots=True)
class _FirstAct:
    """The act that a commitment of one kind begins with, and its example."""

    id: str
    polarity: str
    words: str
    text: str
    effect: str
    about: str
    more: str = ""
    """Lines that the kind needs besides."""


_ACTS: Mapping[Kind, _FirstAct] = {
    Kind.QUANTITY: _FirstAct(
        "bought", "good", "buys|bought|orders|ordered|imports|imported", "Importer buys more {subject}", "progress",
        "buying is in keeping with the promise",
    ),
    Kind.MILESTONE: _FirstAct(
        "signed", "good", "sign|signs|signed", "Ministers sign the {subject} papers", "progress",
        "signing is in keeping with the promise, and one of its steps", "    step: signed\n",
    ),
    Kind.STANDING: _FirstAct(
        "broken", "break", "breaks|broke|violates|violated", "Minister breaks the {subject} rules", "breach",
        "it breaks the promise",
    ),
    Kind.SERIES: _FirstAct(
        "held", "good", "hold|holds|held|host|hosts|hosted", "Ministers hold {subject} talks", "progress",
        "a meeting is in keeping with the promise",
    ),
}  # fmt: skip
_STANDINGS = {Kind.STANDING: "in_force", Kind.SERIES: "in_progress"}


def write_commitment(rules: Path, begun: NewCommitment, words: Mapping[str, str]) -> list[Path]:
    """Write the files that a new commitment needs and that are not there; returns them. Raises StartError.

    words: files of vocabulary by name, for a folder that has none: without them nothing hedges, denies or asks.
    """
    validate_names(rules, begun)
    texts = {
        f"{begun.deal}/{begun.commitment}.yaml": commitment_file(begun),
        f"{begun.deal}/{DEAL}": f"id: {begun.deal}\nname: {_quoted(_deal_name(begun.deal))}\ndescription: ''\n",
        SOURCES: "# Who is known by name, and how far each one's word carries.\npublishers: []\n",
        POLICY: "# Weights and windows; what is not set here has its default.\n",
    }
    if not (rules / VOCABULARY).is_dir():
        texts |= {f"{VOCABULARY}/{name}": text for name, text in words.items()}
    missing = [(inner, text) for inner, text in texts.items() if not (rules / inner).exists()]
    if not rules.is_dir():
        write_schemas(rules / FOLDER)
    lines = (rules / FOLDER).is_dir()
    return [_written(rules / inner, (modeline(inner) if lines else "") + text) for inner, text in missing]


def validate_names(rules: Path, begun: NewCommitment) -> None:
    """Raise StartError if the names cannot be used, or are."""
    for word in (begun.deal, begun.commitment):
        if not ID_PATTERN.fullmatch(word):
            raise StartError(f"{word!r} is no id: lower-case letters and digits, joined by single hyphens")
    if begun.deal in (VOCABULARY, TESTS):
        raise StartError(f"the folder {begun.deal!r} is not for deals; choose another name")
    if f"{begun.commitment}.yaml" == DEAL:
        raise StartError("'deal' is the name of the deal's own file; choose another id")
    there = next(iter(sorted(rules.glob(f"*/{begun.commitment}.yaml"))), None)
    if there is not None:
        raise StartError(f"{there} is there already; choose another id, or edit that file")


def commitment_file(begun: NewCommitment) -> str:
    """The text of the commitment's file."""
    act = _ACTS[begun.kind]
    text = act.text.format(subject=begun.subject)
    return f"""\
# The promise, as alerts and pages name it.
id: {begun.commitment}
name: {_quoted(begun.name)}
short: {_quoted(begun.name[:MAX_SHORT_NAME].strip())}
kind: {begun.kind.value}
owed_by: both  # us, cn, both or company; others for parties that are none of these
{_kind_lines(begun)}criteria:
  met: The promise is kept in full.  # alerts quote this sentence
# Where it stands today, with a page on which a reader can see it. Nothing before this day moves the verdict.
baselines:
  - as_of: {begun.today}
    standing: {_STANDINGS.get(begun.kind, "pledged")}
    source: 'https://example.org/where-it-says-so'
# Words for one thing, by language; {{subject}} in a pattern is any of them.
sets:
  subject:
    en: ['{begun.subject}']
    zh: []
# Which stories concern it. ..6 is up to six words between, word* a word with its endings, (a|b) one of these.
about:
  any: ['{{subject}}']  # safer: two things that stand together, as in '{{cn}} ..8 {{subject}}'
  never: []  # shuts a story out, whatever else matches
# What a story can report. The clause decides how it is meant: planned, denied and called off need no acts of their own.
acts:
  - id: {act.id}
    polarity: {act.polarity}  # {act.about}
{act.more}    any: ['({act.words}) ..8 {{subject}}']
    none: []  # words in the same sentence on which it does not count
    # Each act shows what it matches, and a near miss. Write your own sentences: news belongs to its publisher.
    examples:
      - {{text: {_quoted(text)}, effect: {act.effect}}}
      - {{text: {_quoted(f"Museum explains {begun.subject} to visitors")}, effect: none}}
"""


def _kind_lines(begun: NewCommitment) -> str:
    """What the kind of commitment needs."""
    if begun.kind is Kind.QUANTITY:
        due = begun.today.replace(month=12, day=31)
        return f"targets:  # an amount with its unit: 12 Mt, $30 billion, 100 units\n  - {{amount: 1 Mt, basis: booked, start: {begun.today}, due: {due}}}\n"
    if begun.kind is Kind.MILESTONE:
        return "steps: [agreed, signed, closed]\n"
    return ""


def _deal_name(words: str) -> str:
    """us-japan -> US Japan: words so short are nearly always initials."""
    return " ".join(word.upper() if len(word) < 3 else word.capitalize() for word in words.split("-"))


def _capitalised_words(words: str) -> str:
    return words.replace("-", " ").capitalize()


def _quoted(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def default_name(commitment: str) -> str:
    return _capitalised_words(commitment)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
