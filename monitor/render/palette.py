"""How a status looks: always a word with a shape, never a colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """tone: the class in mail.css; shape: a glyph of DejaVu Sans; emoji: Slack's; hatched: drawn with stripes."""

    tone: str
    shape: str
    emoji: str
    hatched: bool = False


LOOKS: Mapping[str, Look] = {
    "unpledged": Look("quiet", "–", ":white_circle:"),
    "pledged": Look("word", "○", ":white_circle:"),
    "in_progress": Look("busy", "▶", ":large_blue_circle:"),
    "partly_met": Look("half", "◐", ":large_blue_circle:"),
    "met": Look("good", "✔", ":large_green_circle:"),
    "in_force": Look("good", "●", ":large_green_circle:"),
    "at_risk": Look("warn", "▲", ":warning:", hatched=True),
    "stalled": Look("warn", "■", ":warning:", hatched=True),
    "breached": Look("bad", "✖", ":red_circle:", hatched=True),
    "lapsed": Look("bad", "◆", ":red_circle:", hatched=True),
}
NOTICES: Mapping[str, Look] = {
    "trouble": Look("warn", "!", ":wrench:"),
    "mended": Look("good", "✓", ":white_check_mark:"),
    "trial": Look("word", "◌", ":test_tube:"),
}
"""What a notice is about, in place of the status that it has not."""
UNKNOWN = Look("quiet", "?", ":grey_question:")


@dataclass(frozen=True, slots=True)
class Tone:
    """Chart colours: `fill` of a bar and `ink` of the words on it (contrast at least 4.5)."""

    fill: str
    ink: str


TONES: Mapping[str, Tone] = {
    "good": Tone("#bfe6cb", "#0f4a25"),
    "half": Tone("#bfe3e6", "#0b4a50"),
    "busy": Tone("#c3dbf8", "#0d3d73"),
    "word": Tone("#dcd7f5", "#3d2f80"),
    "warn": Tone("#ffd989", "#553400"),
    "bad": Tone("#f5b5b5", "#701010"),
    "quiet": Tone("#dde2e8", "#37404b"),
}


def look(status: str) -> Look:
    return LOOKS.get(status) or NOTICES.get(status, UNKNOWN)


def tone(status: str) -> Tone:
    return TONES[look(status).tone]
