"""Upgrades rows that hold a change as two words, reasons and the details of flags as sentences, and digests change by change.

A change becomes its typed value. A sentence stays the sentence that it is. The changes of a digest become blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from monitor.domain.messages.models import Brief
from monitor.domain.model import FlagKind, FlagState, ReasonCode, Signal, Transition, TransitionKind, Verdict

Plain = dict[str, Any]
_HELD = re.compile(r"\AHeld back in quiet hours, [^()]*\([^()]*\)\. ?")
_CODES = frozenset(ReasonCode)


def change(kind: str, old: str, new: str, subject: str = "") -> Plain:
    """The change that was written as two words: ("deadline", "2025-11-10", "withdrawn"). subject: of the flag it raised."""
    present = None if new == "withdrawn" else new
    match TransitionKind(kind):
        case TransitionKind.STATUS:
            return {"is": "status", "old": old, "new": new}
        case TransitionKind.TERMS:
            return {"is": "terms", "old": [old] if old else [], "new": present}
        case TransitionKind.FLAG:
            flag, state = old or new, new if new in (FlagState.CONFIRMED, FlagState.WITHDRAWN) else FlagState.RAISED
            before = FlagState.RAISED if old else None
            return {"is": "flag", "flag": FlagKind(flag), "subject": subject, "old": before, "new": state}
        case TransitionKind.PROGRESS if new.endswith("%"):
            return {"is": "share", "old": _share(old), "new": _share(new)}
        case TransitionKind.PROGRESS:
            return {"is": "step", "old": old or None, "new": present}
        case TransitionKind.DEADLINE if new == "missed":
            return {"is": "missed", "what": "", "date": old}
        case TransitionKind.DEADLINE if new.startswith("due in "):
            return {"is": "notice", "what": "", "date": old, "days_left": int(new.split()[2])}
        case TransitionKind.DEADLINE:
            return {"is": "deadline", "what": "", "old": old or None, "new": present}
        case TransitionKind.EVENT:
            raise ValueError("no older version stored events of note")


def _share(percent: str) -> float:
    return float(percent.removesuffix("%")) / 100 if percent else 0.0


def _sentence(text: str) -> Plain:
    return {"is": "text", "text": text}


def _flags(plain: Plain) -> list[Plain]:
    return [flag | {"detail": _sentence(flag.get("detail", ""))} for flag in plain.get("flags", [])]


def _transition(plain: Plain) -> Plain:
    flags, reason = _flags(plain), plain["reason"]
    subject = flags[0]["subject"] if plain["kind"] == TransitionKind.FLAG and flags else ""
    code = reason["code"] if reason["code"] in _CODES else ReasonCode.RECORDED
    typed = {"code": code, "detail": _sentence(reason["text"]), "signals": reason.get("signals", [])}
    moved = change(plain["kind"], plain["frm"], plain["to"], subject)
    return plain | {"change": moved, "reason": typed, "flags": flags}


def _verdict(plain: Plain) -> Plain:
    why = {"code": ReasonCode.RECORDED, "detail": _sentence(plain.get("why", ""))}
    return plain | {"why": why, "flags": _flags(plain)}


def _signal(plain: Plain) -> Plain:
    """An act that stops the thing was known by what its rule named as its object."""
    return plain | {"stalls": plain.get("object", "").startswith("stall")}


def _brief(plain: Plain) -> Plain:
    """The note of a message held back in quiet hours begins with a sentence that says this."""
    changes = [{**c, "more": "" if c["why"] in c.get("text", "") else c["why"]} for c in plain["changes"]]
    return plain | {"is": plain["brief"], "changes": changes, "own_note": _HELD.sub("", plain.get("note", ""))}


def _blocks(plain: Plain) -> Plain:
    """A digest listed its changes by time, then the further evidence, where each commitment stands, and what is open."""
    if plain["is"] != "digest":
        return plain
    stands = {row["commitment"]: row for row in plain["stands"]}
    told: dict[str, Plain] = {}

    def block(row: Plain, short: str) -> Plain:
        own = stands.get(key := row.get("commitment", ""), {"status": "", "shown": ""})
        new = {"commitment": key, "short": short, "status": own["status"], "standing": own["shown"], "events": []}
        return told.setdefault(short, new | {"doubts": [], "facts": []})

    for change, evidence in zip(plain["changes"], plain["evidence"], strict=False):
        own = block(change, change["subject"])
        own["events"].append(_digest_event(change, evidence, plain["end"], lead=not own["events"]))
        if evidence and "report" not in own:
            own |= {
                "quote": evidence[0]["quote"],
                "report": {"url": evidence[0]["url"], "outlet": evidence[0]["outlet"]},
            }
    for row in plain.get("further", []):
        names = ", ".join(row.get("names", ()))
        block(row, row["short"])["facts"].append(f"{row['text']}: {names}." if names else f"{row['text']}.")
    for row in plain["open"]:
        if row["short"] in told:
            told[row["short"]]["doubts"].append(f"{row['kind'].capitalize()} since {row['since']}: {row['text']}")
    rest = [row | {"next": row["deadline"]} for row in plain["stands"] if row["short"] not in told]
    unchecked = [row | {"kind": row["state"]} for row in plain["unchecked"]]
    counts = " ".join(filter(None, (plain["counts"], plain["sources"])))
    return plain | {
        "opening": [plain["counts"]],
        "blocks": list(told.values()),
        "stands": rest,
        "unchecked": unchecked,
        "counts": counts,
    }


def _digest_event(change: Plain, evidence: list[Plain], end: str, *, lead: bool) -> Plain:
    """A change of an older digest as a line of its block. All have the end of the period as their time and so keep their order."""
    was_now = f"{change['what'].capitalize()}: was {change['was']}, now {change['now']}"
    text = ": ".join(filter(None, (change.get("text") or was_now, change.get("more", "").rstrip("."))))
    note = "first seen late" if change.get("late") else ""
    outlets = evidence[0]["outlet"] if evidence else ""
    told = {"day": change["when"], "at": end, "text": text, "outlets": outlets, "note": note, "way": change["way"]}
    return told | {"lead": lead}


Upgrade = Callable[[Plain], Plain]
UPGRADES: Final[Mapping[Any, tuple[Upgrade, ...]]] = {
    Brief: (_brief, _blocks),
    Signal: (_signal,),
    Transition: (_transition,),
    Verdict: (_verdict,),
}
"""By kind: what makes a row of the first version, which bore no number, one of the second, that one of the third, and so on."""
