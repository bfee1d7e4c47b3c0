"""What people do about verdicts: who did it, and for what a rejection holds.

A rejection says that one text does not report this effect for this commitment. So it holds for the signal it names, for
whatever other rule reads the same effect in the same text (a rule may be renamed), and for the same sentence in a later
text of the same story. Another effect, or another sentence of a changed text, is another reading and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.model import Intervention, Kind, Outlook, Signal, Standing

SuppressionKey = tuple[str, str, str, str]
"""(commitment, story, effect, text or sentence)."""


def suppression_payload(signal: Signal) -> str:
    """What a rejection remembers of the signal that it names."""
    kept = {
        "story": signal.story, "text": signal.revision, "effect": signal.effect.value,
        "sentence": normalised_sentence(signal), "happened": signal.happened.end.isoformat(),
    }  # fmt: skip
    return json.dumps(kept, sort_keys=True)


def normalised_sentence(signal: Signal) -> str:
    """The quoted sentence, however it is spaced."""
    return " ".join(signal.quote.split())


def in_force(acts: Iterable[Intervention], kind: str, taken_back: str) -> tuple[Intervention, ...]:
    """The acts of one kind that no act of the other kind has taken back."""
    known = tuple(acts)
    gone = {act.subject for act in known if act.kind == taken_back}
    return tuple(act for act in known if act.kind == kind and act.id not in gone)


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The rejections in force, ready to be asked about any signal."""

    by_signal: dict[str, Intervention] = field(default_factory=dict)
    by_text: dict[SuppressionKey, Intervention] = field(default_factory=dict)
    by_sentence: dict[SuppressionKey, Intervention] = field(default_factory=dict)

    def of(self, signal: Signal) -> Intervention | None:
        """The rejection that holds for this signal, if one does."""
        place = (signal.commitment, signal.story, signal.effect.value)
        return (
            self.by_signal.get(signal.id)
            or self.by_text.get((*place, signal.revision))
            or (self.by_sentence.get((*place, normalised_sentence(signal))) if self.by_sentence else None)
        )


def suppressions(acts: Iterable[Intervention]) -> Suppressions:
    found = Suppressions()
    for act in in_force(acts, "reject", "restore"):
        found.by_signal[act.subject] = act
        if act.payload:
            said = json.loads(act.payload)
            place = (act.commitment, said["story"], said["effect"])
            found.by_text[(*place, said["text"])] = act
            found.by_sentence[(*place, said["sentence"])] = act
    return found


def affects_before(acts: Sequence[Intervention], since: datetime, edge: datetime) -> bool:
    """Whether a rejection or its restoring, recorded since then, concerns what had happened by `edge`."""
    named = {act.id: act for act in acts if act.kind == "reject"}
    recent = (act for act in acts if act.at >= since and act.kind in ("reject", "restore"))
    rejected = (named.get(act.subject) if act.kind == "restore" else act for act in recent)
    return any(act is not None and act.payload and _event_end(act) <= edge for act in rejected)


def _event_end(act: Intervention) -> datetime:
    return datetime.fromisoformat(json.loads(act.payload)["happened"])


def pinnable_statuses(kind: Kind) -> tuple[str, ...]:
    """The words that a pin can hold for a commitment of this kind, standings first."""
    others = {Standing.MET, Standing.PARTLY_MET} if kind is Kind.STANDING else {Standing.IN_FORCE}
    standings = (word.value for word in Standing if word not in others)
    return (*standings, Outlook.AT_RISK.value, Outlook.STALLED.value)


def author_of(act: Intervention) -> str:
    return act.by or "a person"
