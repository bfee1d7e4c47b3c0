"""Interventions of people: rejections and the signals that they cover, pins, readings and reports.

A rejection states that a text does not report this effect for this commitment. It covers the named signal, every other
rule that reads the same effect in the same text (rules may be renamed), and the same sentence in a later text of the
story. Another effect, or another sentence of a changed text, still counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.model import Effect, Intervention, Kind, Outlook, ReadMatch, Says, Signal, Standing


def suppression_payload(signal: Signal) -> str:
    """The stored part of a rejection's signal, as JSON."""
    payload = {"story": signal.story, "text": signal.revision, "effect": signal.effect.value}
    payload |= {"sentence": normalised_sentence(signal), "happened": signal.happened.end.isoformat()}
    return json.dumps(payload, sort_keys=True)


def normalised_sentence(signal: Signal) -> str:
    """The quoted sentence with single spaces."""
    return " ".join(signal.quote.split())


def in_force(interventions: Iterable[Intervention], kind: str, taken_back: str) -> tuple[Intervention, ...]:
    """The interventions of one kind that no intervention of the kind `taken_back` has undone."""
    known = tuple(interventions)
    undone = {each.subject for each in known if each.kind == taken_back}
    return tuple(each for each in known if each.kind == kind and each.id not in undone)


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The rejections in force, by signal, by effect in a text, and by effect in a sentence of a story."""

    by_key: dict[tuple[str, ...], Intervention]

    def of(self, signal: Signal) -> Intervention | None:
        """The rejection that covers this signal; None if there is none."""
        if not self.by_key:
            return None
        place = (signal.commitment, signal.story, signal.effect.value)
        keys = ((signal.id,), ("text", *place, signal.revision), ("sentence", *place, normalised_sentence(signal)))
        return next((self.by_key[key] for key in keys if key in self.by_key), None)


def suppressions(interventions: Iterable[Intervention]) -> Suppressions:
    by_key: dict[tuple[str, ...], Intervention] = {}
    for intervention in in_force(interventions, "reject", "restore"):
        by_key[(intervention.subject,)] = intervention
        if intervention.payload:
            payload = json.loads(intervention.payload)
            place = (intervention.commitment, payload["story"], payload["effect"])
            by_key[("text", *place, payload["text"])] = intervention
            by_key[("sentence", *place, payload["sentence"])] = intervention
    return Suppressions(by_key)


def affects_before(interventions: Sequence[Intervention], since: datetime, edge: datetime) -> bool:
    """Whether a rejection or restoration since `since` concerns signals up to `edge`."""
    named = {each.id: each for each in interventions if each.kind == "reject"}
    recent = (each for each in interventions if each.at >= since and each.kind in ("reject", "restore"))
    rejections = (named.get(each.subject) if each.kind == "restore" else each for each in recent)
    payloads = (json.loads(each.payload) for each in rejections if each is not None and each.payload)
    return any(datetime.fromisoformat(payload["happened"]) <= edge for payload in payloads)


def pinnable_statuses(kind: Kind) -> tuple[str, ...]:
    """The statuses that a pin can hold for a commitment of this kind, standings first."""
    others = {Standing.MET, Standing.PARTLY_MET} if kind is Kind.STANDING else {Standing.IN_FORCE}
    standings = (word.value for word in Standing if word not in others)
    return (*standings, Outlook.AT_RISK.value, Outlook.STALLED.value)


def author_of(intervention: Intervention) -> str:
    return intervention.by or "a person"


KEEP = "keep"
"""Kind of a decision for the board's status, against an answer of the weekly review. It changes no verdict."""
READ, TAKEN_BACK = "read", "unread"
"""Kinds of interventions. The subject of the first is a story, the subject of the second is the first."""


@dataclass(frozen=True, slots=True)
class PersonReading:
    """A person's reading. texts: their hashes; concerned: the commitments with signals in them before or after it."""

    title: str
    texts: frozenset[str]
    matches: tuple[ReadMatch, ...]
    concerned: frozenset[str]


def reading_payload(read: PersonReading) -> str:
    """The stored form of a reading, as JSON."""
    matches = [[m.commitment, m.effect.value, m.says.value, m.quote] for m in read.matches]
    payload = {"title": read.title, "texts": sorted(read.texts), "matches": matches}
    return json.dumps(payload | {"concerned": sorted(read.concerned)}, ensure_ascii=True, sort_keys=True)


def reading_of(intervention: Intervention) -> PersonReading:
    """The reading of an intervention of the kind `read`."""
    stored = json.loads(intervention.payload)
    matches = (ReadMatch(name, Effect(effect), Says(says), quote) for name, effect, says, quote in stored["matches"])
    return PersonReading(stored["title"], frozenset(stored["texts"]), tuple(matches), frozenset(stored["concerned"]))


def reading_interventions(interventions: Iterable[Intervention], story: str | None = None) -> tuple[Intervention, ...]:
    """The readings that were not undone, of one story or of all, oldest first."""
    left = in_force(interventions, READ, TAKEN_BACK)
    return tuple(sorted((i for i in left if story in (None, i.subject)), key=lambda i: (i.at, i.id)))


def effective_readings(interventions: Sequence[Intervention]) -> tuple[Intervention, ...]:
    """The readings that count: not undone and not replaced by a later reading of the same text."""
    left = reading_interventions(interventions)
    texts = [reading_of(each).texts for each in left]
    replaced = (any(own & later for later in texts[number:]) for number, own in enumerate(texts, 1))
    return tuple(each for each, is_replaced in zip(left, replaced, strict=True) if not is_replaced)


def read_by_people(interventions: Sequence[Intervention]) -> dict[str, Intervention]:
    """By text: a person's last reading of it."""
    return {text: each for each in reading_interventions(interventions) for text in reading_of(each).texts}


REPORT = "report"
"""Kind of a report that a message is wrong. Its subject is the message's number, its payload the signals behind it."""
LISTED = timedelta(days=30)
"""How long a report is listed as open (an estimate): evidence lives 45 days, and the owner was notified at once."""


def open_reports(interventions: Iterable[Intervention], now: datetime) -> tuple[Intervention, ...]:
    """The reports that are still listed."""
    return tuple(each for each in interventions if each.kind == REPORT and now < each.at + LISTED)
