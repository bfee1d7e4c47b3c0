"""How a status looks: always a word with a shape, never a colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusStyle:
    """tone: the class in mail.css; shape: a glyph of DejaVu Sans; emoji: Slack's; hatched: drawn with stripes."""

    tone: str
    shape: str
    emoji: str
    hatched: bool = False


STATUS_STYLES: Mapping[str, StatusStyle] = {
    "unpledged": StatusStyle("quiet", "□", ":white_circle:"),
    "pledged": StatusStyle("word", "○", ":white_circle:"),
    "in_progress": StatusStyle("busy", "▶", ":large_blue_circle:"),
    "partly_met": StatusStyle("half", "◐", ":large_blue_circle:"),
    "met": StatusStyle("good", "✔", ":large_green_circle:"),
    "in_force": StatusStyle("good", "●", ":large_green_circle:"),
    "at_risk": StatusStyle("warn", "▼", ":warning:", hatched=True),
    "stalled": StatusStyle("warn", "■", ":warning:", hatched=True),
    "breached": StatusStyle("bad", "✖", ":red_circle:", hatched=True),
    "lapsed": StatusStyle("bad", "◆", ":red_circle:", hatched=True),
}
NOTICE_STYLES: Mapping[str, StatusStyle] = {
    "trouble": StatusStyle("warn", "!", ":wrench:"),
    "mended": StatusStyle("good", "✓", ":white_check_mark:"),
}
"""A notice has no status; its subject takes the place of one."""
UNKNOWN_STYLE = StatusStyle("quiet", "?", ":grey_question:")


@dataclass(frozen=True, slots=True)
class ChartColors:
    """fill: of a bar; ink: of the words on it (contrast at least 4.5, by WCAG 2 level AA)."""

    fill: str
    ink: str


CHART_COLORS: Mapping[str, ChartColors] = {
    "good": ChartColors("#bfe6cb", "#0f4a25"),
    "half": ChartColors("#bfe3e6", "#0b4a50"),
    "busy": ChartColors("#c3dbf8", "#0d3d73"),
    "word": ChartColors("#dcd7f5", "#3d2f80"),
    "warn": ChartColors("#ffd989", "#553400"),
    "bad": ChartColors("#f5b5b5", "#701010"),
    "quiet": ChartColors("#dde2e8", "#37404b"),
}


def style_of(status: str) -> StatusStyle:
    return STATUS_STYLES.get(status) or NOTICE_STYLES.get(status, UNKNOWN_STYLE)
