"""Two pictures as SVG: the statuses over time, and progress against the path. One drawing serves mail (as PNG) and web.

Sizes are in CSS pixels. Words in a picture are drawn in DejaVu Sans, which travels with the package, so that the pixels
are the same on every machine.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import resvg_py

from monitor.domain.extract.date_ranges import add_months
from monitor.domain.messages.models import ChartPoint, ProgressLine, StatusTimeline
from monitor.domain.text.labels import format_amount, format_date, label_of
from monitor.domain.text.plain import printable, truncated
from monitor.render.status_style import colors_of, style_of

WIDTH = 536
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
BACKGROUND = "#ffffff"
INK, MUTED, LINE, ACCENT = "#1c2530", "#55606e", "#ccd3db", "#0d4f98"
CHAR_WIDTH = 0.62
"""Width of an average letter of DejaVu Sans, in parts of its size."""

LABEL_WIDTHS = (150, 200)
"""Least and most width of the column of names; one that does not fit into the most takes two lines."""
ROW_HEIGHT = 26
PADDING = 8
BAR_HEIGHT = 19
AXIS_HEIGHT = 22
LEGEND_HEIGHT = 20
MIN_BAR_WIDTH = 5
"""A status of a few hours must still be seen."""

log = logging.getLogger(__name__)


def png(svg: str, *, zoom: int = 2) -> bytes | None:
    """The drawing as PNG at `zoom` times its size, on an opaque ground; None when it cannot be drawn.

    A message never waits for its picture: a failure is logged and the message goes out without.
    """
    try:
        return _drawn(svg, zoom)
    except (ValueError, OSError, RuntimeError, TypeError) as error:
        log.warning("a chart is left out: %s", error)
        return None


@lru_cache(maxsize=32)
def _drawn(svg: str, zoom: int) -> bytes:
    """One change goes to several people with the same picture: it is drawn once."""
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=zoom, background=BACKGROUND, font_files=[str(FONT)], skip_system_fonts=True
    )
    return bytes(drawn)


# ---------------------------------------------------------------- drawing


def _text(x: float, y: float, words_: str, *, size: int = 12, fill: str = INK, anchor: str = "start") -> str:
    shown = escape(printable(words_))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{shown}</text>'


def _haloed(text: str) -> str:
    """A text with a rim of the ground colour, readable across lines."""
    return text.replace("<text ", f'<text stroke="{BACKGROUND}" stroke-width="5" paint-order="stroke" ', 1)


def _line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, dash: str = "", width: float = 1) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{width:g}"{dashes}/>'
    )


def _picture(height: float, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" role="img" font-family="DejaVu Sans, Verdana, sans-serif">'
        f"<title>{escape(printable(title))}</title>{''.join(parts)}</svg>"
    )


def _fits(words_: str, width: float, size: int) -> bool:
    return len(words_) * size * CHAR_WIDTH + 8 <= width


# ---------------------------------------------------------------- statuses over time


def timeline_svg(strips: Sequence[StatusTimeline], start: datetime, end: datetime) -> str:
    """One row a commitment, one bar a status; bad news is striped, so that it shows without colour."""
    bottom = len(strips) * ROW_HEIGHT + PADDING
    statuses = list(dict.fromkeys(span.status for strip in strips for span in strip.spans))
    parts = [_stripes(status) for status in statuses if style_of(status).hatched]
    axis = _Axis(start, end, _column([strip.short for strip in strips]))
    parts += _months(axis, bottom)
    for number, strip in enumerate(strips):
        parts += _row(strip, number * ROW_HEIGHT + PADDING, axis)
    legend, rows = _legend(statuses, bottom + AXIS_HEIGHT + LEGEND_HEIGHT)
    title = f"Status of {len(strips)} commitments from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return _picture(bottom + AXIS_HEIGHT + LEGEND_HEIGHT * rows + 10, title, parts + legend)


def _stripes(status: str) -> str:
    colour = colors_of(status)
    return (
        f'<pattern id="s-{escape(status)}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="7" height="7" fill="{colour.fill}"/>'
        f'<rect width="2" height="7" fill="{colour.ink}" fill-opacity="0.28"/></pattern>'
    )


def _fill(status: str) -> str:
    return f"url(#s-{escape(status)})" if style_of(status).hatched else colors_of(status).fill


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where days lie right of the column of names."""

    start: datetime
    end: datetime
    left: float

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start) if self.end > self.start else 0.0
        return self.left + min(max(share, 0.0), 1.0) * (WIDTH - self.left - PADDING)


def _column(names: Sequence[str]) -> float:
    """As wide as the longest name needs, within bounds: what names take, the bars lack."""
    least, most = LABEL_WIDTHS
    return min(max(least, *(len(name) * 12 * CHAR_WIDTH + 2 * PADDING for name in names)), most)


def _name(name: str, top: float, width: float) -> list[str]:
    """In one line; in two smaller ones where it needs them."""
    if _fits(name, width - PADDING, 12):
        return [_text(PADDING, top + BAR_HEIGHT / 2 + 4, name)]
    letters = int((width - 2 * PADDING) / (10 * CHAR_WIDTH))
    first, *rest = textwrap.wrap(name, letters, break_on_hyphens=False) or [""]
    lines = [first, truncated(" ".join(rest), letters)] if rest else [first]
    return [_text(PADDING, top + 8 + 11 * number, line, size=10) for number, line in enumerate(lines)]


def _row(strip: StatusTimeline, top: float, axis: _Axis) -> list[str]:
    parts = _name(strip.short, top, axis.left)
    for span in strip.spans:
        right = axis.x(span.end)
        left = min(axis.x(span.start), right - MIN_BAR_WIDTH)
        shape = f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{BAR_HEIGHT}" rx="2" '
        parts.append(f'{shape}fill="{_fill(span.status)}" stroke="#ffffff"/>')
        label = label_of(span.status)
        if _fits(label, right - left, 11):
            parts += _bar_label(left, top, label, span.status)
    return parts


def _bar_label(left: float, top: float, label: str, status: str) -> list[str]:
    """The word on its bar; on stripes it gets a plain ground, to stay readable."""
    width = len(label) * 11 * CHAR_WIDTH + 6
    ground = f'<rect x="{left + 3:.1f}" y="{top + 2:.1f}" width="{width:.1f}" height="{BAR_HEIGHT - 4}" rx="2" '
    plate = [f'{ground}fill="{colors_of(status).fill}"/>'] if style_of(status).hatched else []
    return [*plate, _text(left + 6, top + BAR_HEIGHT / 2 + 4, label, size=11, fill=colors_of(status).ink)]


def _months(axis: _Axis, bottom: float) -> list[str]:
    parts = []
    first = axis.start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    marks = [moment for moment in _month_starts(first, axis.end) if moment >= axis.start]
    for moment in marks:
        x = axis.x(moment)
        parts.append(_line(x, 0, x, bottom))
        if x < WIDTH - 50:
            parts.append(_text(x + 3, bottom + 13, f"{moment:%b %Y}", size=11, fill=MUTED))
    return parts


def _month_starts(first: datetime, end: datetime) -> list[datetime]:
    found = [first]
    while found[-1] < end:
        found.append(datetime.combine(add_months(found[-1].date(), 1), time(), first.tzinfo))
    return found[:-1]


def _legend(statuses: Sequence[str], top: float) -> tuple[list[str], int]:
    """Swatch and word for each status in the picture; returns the shapes and how many lines they took."""
    parts: list[str] = []
    x, line = float(PADDING), 0
    for status in statuses:
        label = label_of(status)
        width = 18 + len(label) * 11 * CHAR_WIDTH + 14
        if x + width > WIDTH - PADDING:
            x, line = float(PADDING), line + 1
        y = top + line * LEGEND_HEIGHT
        parts.append(f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="12" height="10" rx="2" fill="{_fill(status)}"/>')
        parts.append(_text(x + 17, y, label, size=11, fill=MUTED))
        x += width
    return parts, line + 1


# ---------------------------------------------------------------- progress against the path

HEIGHT = 196
LEFT, RIGHT, TOP, BOTTOM = 12, WIDTH - 64, 24, HEIGHT - 26
GAP = 14
COUNTER_NAMES_WIDTH = 210
"""Room that the counters' names need to the right of today."""


def progress_svg(line: ProgressLine, now: datetime) -> str | None:
    """Each counter's counts against the straight path to the target; None when there is no path to draw."""
    if line.start is None or line.due is None or not line.points or line.target <= 0:
        return None
    frame = _ChartFrame(line, now)
    title = f"{line.counted_text} against the path to {line.target_text} by {format_date(line.due)}"
    return _picture(HEIGHT, title, [*frame.axes(), *frame.path(), *frame.counts()])


class _ChartFrame:
    """Where days and amounts lie in the picture."""

    def __init__(self, line: ProgressLine, now: datetime) -> None:
        assert line.start is not None
        assert line.due is not None
        self.line = line
        self.now = now
        self.start = _midnight(min(line.start, *(point.at.date() for point in line.points)))
        self.due = _midnight(line.due)
        self.end = max(self.due, now, *(point.at for point in line.points)) + timedelta(days=1)
        self.most = max(line.target, *(point.amount for point in line.points)) * 1.08

    def x(self, at: datetime) -> float:
        return LEFT + (at - self.start) / (self.end - self.start) * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        return BOTTOM - value / self.most * (BOTTOM - TOP)

    def axes(self) -> list[str]:
        today = self.x(self.now)
        target = self.y(self.line.target)
        return [
            _line(LEFT, BOTTOM, RIGHT, BOTTOM),
            _line(LEFT, target, RIGHT, target, stroke=MUTED),
            _text(RIGHT + 5, target + 4, self.line.target_text, size=11, fill=MUTED),
            _text(LEFT, HEIGHT - 10, format_date(self.start.date()), size=11, fill=MUTED),
            _text(
                self.x(self.due), HEIGHT - 10, f"due {format_date(self.due.date())}", size=11, fill=MUTED, anchor="end"
            ),
            _line(today, TOP - 6, today, BOTTOM, stroke=INK, dash="2 3"),
            _text(today, TOP - 8, "today", size=11, fill=MUTED, anchor="end" if today > RIGHT - 30 else "middle"),
        ]

    def path(self) -> list[str]:
        begin, end = self.x(_midnight(self.line.start or self.start.date())), self.x(self.due)
        return [_line(begin, BOTTOM, end, self.y(self.line.target), stroke=MUTED, dash="6 4", width=1.5)]

    def counts(self) -> list[str]:
        counters = dict.fromkeys(point.counter for point in self.line.points)
        series = [[point for point in self.line.points if point.counter == name] for name in counters]
        steps = [self._steps(points) for points in series if len(points) > 1]
        dots = [
            f'<circle cx="{self.x(point.at):.1f}" cy="{self.y(point.amount):.1f}" r="4" fill="{ACCENT}" '
            f'stroke="{BACKGROUND}"/>'
            for point in self.line.points
        ]
        return steps + self._names([points[-1] for points in series]) + dots

    def _steps(self, points: Sequence[ChartPoint]) -> str:
        corners = f"M{self.x(points[0].at):.1f} {self.y(points[0].amount):.1f}" + "".join(
            f"H{self.x(after.at):.1f}V{self.y(after.amount):.1f}" for _, after in pairwise(points)
        )
        return f'<path d="{corners}" fill="none" stroke="{ACCENT}" stroke-width="2"/>'

    def _names(self, last: Sequence[ChartPoint]) -> list[str]:
        """Each counter's name with a thread to its latest dot; the names are pushed apart where they would overlap."""
        parts: list[str] = []
        today = self.x(self.now)
        room = RIGHT - today > COUNTER_NAMES_WIDTH
        above = float(BOTTOM + GAP)
        for point in sorted(last, key=lambda item: item.amount):
            above = min(self.y(point.amount) + 4, above - GAP, BOTTOM - 3)
            x, y = self.x(point.at), self.y(point.amount)
            label = f"{truncated(point.counter, 24)} {format_amount(point.amount, self.line.unit, like=point.amount or self.line.target)}"
            # Without room beside today a name stands left of its dot, unless it would leave the picture there.
            left = not room and x - 8 > len(label) * 11 * CHAR_WIDTH
            at = x - 8 if left else (max(x, today) + 10 if room else x + 8)
            if room or y - above > GAP / 2:
                parts.append(_line(x, y, at + (2 if left else -3), above - 4, stroke=ACCENT, width=0.8))
            parts.append(_haloed(_text(at, above, label, size=11, anchor="end" if left else "start")))
        return parts


def _midnight(value: date) -> datetime:
    return datetime.combine(value, time(), tzinfo=UTC)


def alt_text(strip: StatusTimeline) -> str:
    """A strip in words, for those who do not see it: 'pledged, in progress from 31 Dec 2025, at risk from …'."""
    return ", ".join(
        label_of(span.status) + (f" from {format_date(span.start.date())}" if number else "")
        for number, span in enumerate(strip.spans)
    )
