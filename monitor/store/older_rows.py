"""Upgrades rows that hold a change as two words, and reasons and the details of flags as sentences.

A change becomes its typed value. A sentence stays the sentence that it is.
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


Upgrade = Callable[[Plain], Plain]
UPGRADES: Final[Mapping[Any, Upgrade]] = {Brief: _brief, Signal: _signal, Transition: _transition, Verdict: _verdict}
"""By kind: what makes a row without a version one of the present."""
