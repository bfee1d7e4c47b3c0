"""A new deal, or new commitments of one: complete rule files whose comments show how to adapt them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import shorten
from urllib.parse import quote_plus

from monitor.domain.model import Effect, Kind
from monitor.domain.model.sides import BOTH, meant
from monitor.domain.verdicts.standing import FULFILLED
from monitor.errors import Issue
from monitor.rulebook.compile.example_files import ENDING
from monitor.rulebook.json_schema import FOLDER, MODELINE, modeline, write_schemas
from monitor.rulebook.load import DEAL, POLICY, READER_EXAMPLES, VOCABULARY, read_rule_file, yaml_files
from monitor.rulebook.publisher_file import SOURCES
from monitor.rulebook.schema.models import DealShape, VocabularyShape
from monitor.rulebook.source.example_lines import FIELDS, ExampleLine

ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_SHORT_NAME = 40
"""Characters that the schema allows for `short`."""
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class StartError(ValueError):
    """The deal cannot be created; the message has a remedy."""


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party. words: its names in the news, the first one its name in messages; none if the vocabulary has them.
    domains: the web addresses of its government."""

    id: str
    words: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name without the article."""
        return (self.words or (self.id,))[0].removeprefix("the ")

    @classmethod
    def read(cls, text: str) -> NewParty:
        """Reads "india=India, New Delhi, commerce.gov.in"; an entry with a dot is a web address. Raises StartError."""
        party, _, rest = text.partition("=")
        named = [" ".join(word.split()) for word in rest.split(",") if word.strip()]
        domains = tuple(word for word in named if _DOMAIN.fullmatch(word))
        return cls(_checked_id(party.strip()), tuple(word for word in named if word not in domains), domains)


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """A commitment of the new kind."""

    id: str
    kind: Kind = Kind.MILESTONE

    @classmethod
    def read(cls, text: str) -> NewCommitment:
        """Reads "steel-quota" or "steel-quota:standing". Raises StartError."""
        name, _, kind = text.partition(":")
        if kind and kind not in [*Kind]:
            raise StartError(f"{kind!r} is no kind of commitment; one of {', '.join(Kind)}")
        return cls(_checked_id(name.strip()), Kind(kind) if kind else Kind.MILESTONE)

    @property
    def subject(self) -> str:
        """The words for it in the news, until the author finds better ones: soybean-purchases -> soybean purchases."""
        return self.id.replace("-", " ")


@dataclass(frozen=True, slots=True)
class NewDeal:
    """What `rules new` creates. parties: none for a deal that exists. today: the day of the first baselines."""

    id: str
    name: str
    parties: tuple[NewParty, ...]
    commitments: tuple[NewCommitment, ...]
    today: date


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a kind's first acts and examples: who does it; what they are done to, after the subject; and of a
    good, a fulfilling, a bad and a breaking act the verb of its example, its event, and what the subject does by
    itself."""

    who: str
    what: str
    events: tuple[tuple[str, str, str], ...]


_UNDO = "<scrap/cancel/abandon>"
_WORDS: Mapping[Kind, _Words] = {
    Kind.QUANTITY: _Words(
        "Importers",
        "orders",
        (
            ("buy", "buy + open_up + begin + raise + announce + <invest>", "begin + rise"),
            ("complete", "fulfil", ""),
            ("cut", "cut + delay", "fall"),
            ("scrap", f"{_UNDO} + refuse", ""),
        ),
    ),
    Kind.MILESTONE: _Words(
        "Ministers",
        "papers",
        (
            ("sign", "sign + approve", ""),
            ("complete", "finalise", "take_effect"),
            ("delay", "delay + suspend", "<stall/falter>"),
            ("reject", f"{_UNDO} + refuse", ""),
        ),
    ),
    Kind.STANDING: _Words(
        "Ministers",
        "rules",
        (
            ("sign", "sign + approve", ""),
            ("apply", "<apply/enact/implement>", "take_effect"),
            ("delay", "delay + suspend", "<stall/falter>"),
            ("break", f"{_UNDO} + violate", ""),
        ),
    ),
    Kind.SERIES: _Words(
        "Ministers",
        "talks",
        (
            ("hold", "meet + resume", "begin + resume"),
            ("conclude", "finalise", "end"),
            ("suspend", "suspend + delay", "<stall/falter>"),
            ("quit", f"{_UNDO} + withdraw + refuse", ""),
        ),
    ),
}
_ACTS = (
    (
        "step",
        "good",
        "a step towards it",
        {Effect.PROGRESS: "{who} {verb} {thing}", Effect.PLEDGE: "{who} to {verb} {thing}"},
    ),
    ("fulfilled", "done", "it is fulfilled", {Effect.DELIVERED: "{who} {verb} {thing}"}),
    ("held-up", "bad", "a blow against it", {Effect.SETBACK: "{who} {verb} {thing}"}),
    (
        "broken",
        "break",
        "the opposite of the promise",
        {Effect.BREACH: "{who} {verb} {thing}", Effect.THREAT: "{who} threaten to {verb} {thing}"},
    ),
    ("promised", "pledge", "so far only words", {Effect.PLEDGE: "{who} {verb} {thing}"}),
    ("moved", "deadline", "its date is moved", {Effect.DEADLINE: "{who} {verb} {thing} to next June"}),
)
"""The first acts of every commitment: id, polarity, its meaning, and an example for each effect that it can have."""
_STANDINGS = {Kind.STANDING: "in_force", Kind.SERIES: "in_progress"}


# ---------------------------------------------------------------- files


def write_deal(rules: Path, new: NewDeal, shipped: Path) -> list[Path]:
    """Writes the missing files of a deal, adds its governments to the publishers, and returns the written files.
    shipped: the rules of the program, whose vocabulary, publishers and policy a new folder takes. Raises StartError if
    a name is invalid or taken."""
    _check(rules, new, shipped)
    texts, issues = {f"{new.id}/{DEAL}": deal_file(new)} if new.parties else {}, list[Issue]()
    known = None if new.parties else read_rule_file(rules, rules / new.id / DEAL, DealShape, issues)
    owing = meant(BOTH, known[1].parties if known else [party.id for party in new.parties])
    for commitment in new.commitments:
        texts[f"{new.id}/{commitment.id}.yaml"] = commitment_file(
            commitment, new.today, BOTH if owing != BOTH else "others"
        )
        texts[f"{new.id}/{commitment.id}{ENDING}"] = examples_file(commitment)
    shared = yaml_files(shipped / VOCABULARY)
    if (rules / VOCABULARY).is_dir():
        shared = [path for path in shared if path.stem == "meanings"]
    for source in (shipped / POLICY, *shared):
        inner = source.relative_to(shipped).as_posix()
        if not (rules / inner).exists():
            texts[inner] = source.read_text(encoding="utf-8")
    publishers = next(path for path in (rules / SOURCES, shipped / SOURCES) if path.exists())
    if (lines := _governments(new)) or publishers != rules / SOURCES:
        texts[SOURCES] = _with_lines(publishers.read_text(encoding="utf-8"), lines)
    if not rules.is_dir():
        write_schemas(rules / FOLDER)
    with_schemas = (rules / FOLDER).is_dir()
    written = []
    for inner, text in texts.items():
        path = rules / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        head = modeline(inner) if with_schemas and inner.endswith(".yaml") and MODELINE not in text else ""
        path.write_text(head + text, encoding="utf-8")
        written.append(path)
    return written


def _governments(new: NewDeal) -> list[str]:
    """The publishers of the governments whose addresses are given, as lines of sources.yaml."""
    return [
        f"  - {{name: {_quoted(f'Government of {party.name}')}, aliases: [], domains: [{', '.join(party.domains)}], "
        f"tier: official, side: {party.id}, zone: UTC, lang: en}}  # TODO: aliases (names in feeds), zone, language"
        for party in new.parties
        if party.domains
    ]


def _with_lines(text: str, lines: list[str]) -> str:
    """The text of sources.yaml with these publishers at its end. Raises StartError if its list has another form."""
    text = text.rstrip()
    if lines and not text.rpartition("\n")[2].startswith("  - {"):
        raise StartError(f"add this to {SOURCES}, and leave out the web address:\n" + "\n".join(lines))
    return "\n".join((text, *lines)) + "\n"


def _check(rules: Path, new: NewDeal, shipped: Path) -> None:
    """Raises StartError if an id is invalid or taken, or a party needs words."""
    _checked_id(new.id)
    there = rules / new.id / DEAL
    if there.exists() and new.parties:
        raise StartError(f"{there} exists: declare further parties there, and leave out --party")
    if not there.exists() and len(new.parties) < 2:
        raise StartError("a new deal needs its parties: --party us --party 'india=India, New Delhi'")
    words = rules if (rules / VOCABULARY).is_dir() else shipped
    files = (read_rule_file(words, path, VocabularyShape, []) for path in yaml_files(words / VOCABULARY))
    named = {party for file in files if file is not None for party in file[1].parties}
    for party in new.parties:
        if not party.words and party.id not in named:
            raise StartError(f"the vocabulary has no party {party.id!r}: add its names, --party '{party.id}=Name, …'")
    if new.id == VOCABULARY:
        raise StartError(f"the folder {new.id!r} is not for deals; choose another name")
    names = [commitment.id for commitment in new.commitments]
    for name in names:
        if f"{name}.yaml" in (DEAL, READER_EXAMPLES):
            raise StartError(f"{name}.yaml is a file with a meaning of its own; choose another id")
        if taken := sorted(rules.glob(f"*/{name}.yaml")):
            raise StartError(f"{taken[0]} exists; choose another id, or edit that file")
    if len({*names}) < len(names):
        raise StartError("two commitments have the same id")


def _checked_id(word: str) -> str:
    if not ID_PATTERN.fullmatch(word):
        raise StartError(f"{word!r} is no id: lower-case letters and digits, joined by single hyphens")
    return word


def deal_file(new: NewDeal) -> str:
    """The text of deal.yaml."""
    parties = "".join(
        f"  {party.id}: {{name: {_quoted(party.words[0])}, words: [{', '.join(map(_quoted, party.words))}]}}\n"
        if party.words
        else f"  {party.id}: {{}}  # with the words of rules/vocabulary/people.yaml\n"
        for party in new.parties
    )
    subjects = ", ".join(_quoted(commitment.subject) for commitment in new.commitments)
    return f"""\
id: {new.id}
name: {_quoted(new.name)}
description: ''
parties:
{parties}# The stories that a reader (a language model or a person) is asked about: those with one entry of `any`,
# or with every pattern of one entry of `together`, as in [party, topic].
gate:
  any: [{subjects}]
  together: []
"""


def commitment_file(commitment: NewCommitment, today: date, owed_by: str) -> str:
    """The text of the commitment's file, with a baseline of today."""
    subject, kind = commitment.subject, commitment.kind
    besides = ""
    if kind is Kind.MILESTONE:
        besides = "steps: [agreed, signed, closed]  # TODO: its steps, up to the one that fulfils it\n"
    elif kind is Kind.QUANTITY:
        due = today.replace(month=12, day=31)
        target = f"{{amount: 1 Mt, basis: booked, start: {today}, due: {due}}}"
        besides = f"targets:  # TODO: an amount with its unit: 12 Mt, $30 billion, 100 units\n  - {target}\n"
    acts = "".join(f"  - id: {act}\n{lines}" for act, lines, _, _ in _acts(kind))
    return f"""\
# The promise, with its names in alerts and pages.
id: {commitment.id}
name: {_quoted(subject.capitalize())}
short: {_quoted(shorten(subject.capitalize(), MAX_SHORT_NAME, placeholder=""))}
kind: {kind.value}
owed_by: {owed_by}  # TODO: a party, both, company, or a list such as [eu, us]
{besides}criteria:
  {FULFILLED[kind].value}: 'TODO: what fulfils the promise.'  # alerts quote this sentence
# The definition for readers (models and people): what is about it, and what is similar but not about it.
reads:
  about: 'what is done about {subject}, promised or threatened'
  not_about: '{subject} of other countries, prices'
# TODO: its status today, with a page that shows it. Earlier news moves nothing.
baselines:
  - as_of: {today}
    standing: {_STANDINGS.get(kind, "pledged")}
    source: 'https://example.org/where-it-says-so'
# The vocabulary files (without .yaml) whose sets the patterns below use: {{buy}} of meanings matches every word for it.
use: [meanings]
# Words for one thing, in any language; {{subject}} in a pattern matches any of them. <cargo+> is singular and plural.
sets:
  subject: ['{subject}']
# The stories about it. ..near is up to four words between, a + b both in one sentence, (a|b) one of these.
about:
  any: ['{{subject}}']  # safer: two things in one sentence, as in '(China|Chinese|Beijing) + {{subject}}'
  not: {{}}  # excludes stories, by kind of news: {{prices: <price+>}}
# The events that a story can report: who does what to whom, in verbs such as <buy> (every form, also the passive) and
# sets of meanings.yaml. agent says who does it, where that matters. Plans, denials and cancellations need no acts of
# their own: the clause decides. If the promise eases a burden (a duty, a curb), make the burden the patient and the
# goods via: '{{cut + lift}}' is good, '{{raise + impose}}' breaks it, and no act that breaks it scraps or cancels.
acts:
{acts}"""


def examples_file(commitment: NewCommitment) -> str:
    """The examples of the commitment: for every act its effects and a near miss."""
    words, subject = _WORDS[commitment.kind], commitment.subject
    lines = []
    for act, _, verb, examples in _acts(commitment.kind):
        told = {"who": words.who, "verb": verb, "thing": f"{subject} {words.what}"}
        matches = [ExampleLine(0, act, effect.value, None, text.format(**told)) for effect, text in examples.items()]
        near_miss = ExampleLine(0, act, Effect.NONE.value, None, f"Museum explains {subject} to visitors")
        lines += [f"[{act}]", *map(str, (*matches, near_miss))]
    return (
        f"""\
# Matches and a near miss of each act, one a line: {FIELDS}.
# Write your own sentences: news belongs to its publisher.
"""
        + "\n".join(lines)
        + "\n"
    )


def _acts(kind: Kind) -> Iterator[tuple[str, str, str, Mapping[Effect, str]]]:
    """The first acts: id, its lines in the file, the verb of its examples, and an example for each effect."""
    events = (*_WORDS[kind].events, ("promise", "pledge + <plan>", ""), ("postpone", "<postpone/extend>", ""))
    for (act, polarity, means, told), (verb, event, alone) in zip(_ACTS, events, strict=True):
        if act == "promised" and kind is Kind.STANDING:
            continue  # a state is often a limit on a burden, and who promises a burden threatens
        lines = [f"polarity: {polarity}  # {means}", f"event: '{{{event}}}'", "patient: '{subject}'"]
        if alone:
            lines.append(f"frames: [{{event: '{{{alone}}}', agent: '{{subject}}'}}]  # what it does by itself")
        yield act, "".join(f"    {line}\n" for line in lines), verb, told


def search_feed(new: NewDeal) -> str:
    """A block of config.toml: a news search for the deal, through an aggregator."""
    return f"""\
[[feeds]]
name = "{new.id}-news"
url = "https://news.google.com/rss/search?q={quote_plus(f"{new.name} trade when:7d")}&hl=en-US&gl=US&ceid=US:en"
publisher = "Google News"
aggregator = true
interval = "15m"
lang = "en"
"""


def _quoted(text: str) -> str:
    """A text as a YAML string on one line, in single quotes."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
