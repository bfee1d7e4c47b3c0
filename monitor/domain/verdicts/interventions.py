"""Interventions: what people do about verdicts, who did it, and for which signals a rejection holds.

A rejection says that one text does not report this effect for this commitment. So it holds for the signal it names, for
every other rule that reads the same effect in the same text (a rule may be renamed), and for the same sentence in a later
text of the same story. Another effect, or another sentence of a changed text, is another reading and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model import Intervention, Kind, Outlook, Signal, Standing


def suppression_payload(signal: Signal) -> str:
    """What a rejection stores of the signal that it names, as JSON."""
    payload = {"story": signal.story, "text": signal.revision, "effect": signal.effect.value}
    payload |= {"sentence": normalised_sentence(signal), "happened": signal.happened.end.isoformat()}
    return json.dumps(payload, sort_keys=True)


def normalised_sentence(signal: Signal) -> str:
    """The quoted sentence with single spaces."""
    return " ".join(signal.quote.split())


def in_force(acts: Iterable[Intervention], kind: str, taken_back: str) -> tuple[Intervention, ...]:
    """The acts of one kind that no act of the kind `taken_back` has reversed."""
    known = tuple(acts)
    reversed_ids = {act.subject for act in known if act.kind == taken_back}
    return tuple(act for act in known if act.kind == kind and act.id not in reversed_ids)


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The rejections in force, by what they hold for: a signal, an effect in a text, an effect in a sentence of a story."""

    by_key: dict[tuple[str, ...], Intervention]

    def of(self, signal: Signal) -> Intervention | None:
        """The rejection that holds for this signal; None if there is none."""
        if not self.by_key:
            return None
        place = (signal.commitment, signal.story, signal.effect.value)
        keys = ((signal.id,), ("text", *place, signal.revision), ("sentence", *place, normalised_sentence(signal)))
        return next((self.by_key[key] for key in keys if key in self.by_key), None)


def suppressions(acts: Iterable[Intervention]) -> Suppressions:
    by_key: dict[tuple[str, ...], Intervention] = {}
    for act in in_force(acts, "reject", "restore"):
        by_key[(act.subject,)] = act
        if act.payload:
            payload = json.loads(act.payload)
            place = (act.commitment, payload["story"], payload["effect"])
            by_key[("text", *place, payload["text"])] = act
            by_key[("sentence", *place, payload["sentence"])] = act
    return Suppressions(by_key)


def affects_before(acts: Sequence[Intervention], since: datetime, edge: datetime) -> bool:
    """Whether a rejection or its reversal, recorded at or after `since`, concerns what had happened by `edge`."""
    named = {act.id: act for act in acts if act.kind == "reject"}
    recent = (act for act in acts if act.at >= since and act.kind in ("reject", "restore"))
    rejections = (named.get(act.subject) if act.kind == "restore" else act for act in recent)
    payloads = (json.loads(act.payload) for act in rejections if act is not None and act.payload)
    return any(datetime.fromisoformat(payload["happened"]) <= edge for payload in payloads)


def pinnable_statuses(kind: Kind) -> tuple[str, ...]:
    """The statuses that a pin can hold for a commitment of this kind, standings first."""
    others = {Standing.MET, Standing.PARTLY_MET} if kind is Kind.STANDING else {Standing.IN_FORCE}
    standings = (word.value for word in Standing if word not in others)
    return (*standings, Outlook.AT_RISK.value, Outlook.STALLED.value)


def author_of(act: Intervention) -> str:
    return act.by or "a person"
