"""Two pictures as SVG: the statuses over time, and progress against the path. One drawing serves mail (as PNG) and web.

Sizes are in CSS pixels. Texts are drawn in DejaVu Sans, which travels with the package, so that the pixels are the same on
every machine.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import resvg_py

from monitor.domain.extract.date_ranges import add_months
from monitor.domain.messages.models import ChartPoint, ProgressLine, StatusTimeline
from monitor.domain.text.labels import format_amount, format_date, label_of
from monitor.domain.text.plain import printable, truncated
from monitor.render.status_style import colors_of, style_of

WIDTH = 536
"""Pixels of the text column in a mail; `parts.html.j2` shows pictures at this width."""
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
BACKGROUND = "#ffffff"
INK, MUTED, LINE, ACCENT = "#1c2530", "#55606e", "#ccd3db", "#0d4f98"
CHAR_WIDTH = 0.62
"""Width of an average letter of DejaVu Sans, in parts of its size (estimate)."""
LABEL_WIDTHS = (150, 200)
"""Least and most width of the column of names; a name that needs more takes two lines."""
ROW_HEIGHT = 26
PADDING = 8
BAR_HEIGHT = 19
AXIS_HEIGHT = 22
LEGEND_HEIGHT = 20
MIN_BAR_WIDTH = 5
"""A status of a few hours must still be visible."""

log = logging.getLogger(__name__)


@lru_cache(maxsize=32)
def png(svg: str) -> bytes | None:
    """The drawing as PNG at twice its size, on an opaque ground; None when it cannot be drawn.

    Cached, because one change goes to several readers with the same picture. A message never waits for its picture: a
    failure is logged and the message goes out without it.
    """
    try:
        fonts: dict[str, Any] = {"font_files": [str(FONT)], "skip_system_fonts": True}
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2, background=BACKGROUND, **fonts))
    except (ValueError, OSError, RuntimeError, TypeError) as error:
        log.warning("a chart is left out: %s", error)
        return None


def alt_text(strip: StatusTimeline) -> str:
    """A timeline in words, for readers who do not see it: 'pledged, in progress from 31 Dec 2025, at risk from …'."""
    first, *later = strip.spans
    spans = (f"{label_of(span.status)} from {format_date(span.start.date())}" for span in later)
    return ", ".join((label_of(first.status), *spans))


# ---------------------------------------------------------------- shapes


def _text(x: float, y: float, text: str, *, size: int = 12, fill: str = INK, anchor: str = "start") -> str:
    shown = escape(printable(text))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{shown}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, dash: str = "", width: float = 1) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{width:g}"{dashes}/>'


def _picture(height: float, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" role="img" font-family="DejaVu Sans, Verdana, sans-serif">'
        f"<title>{escape(printable(title))}</title>{''.join(parts)}</svg>"
    )


def _text_width(text: str, size: int) -> float:
    return len(text) * size * CHAR_WIDTH


# ---------------------------------------------------------------- statuses over time


def timeline_svg(strips: Sequence[StatusTimeline], start: datetime, end: datetime) -> str:
    """One row a commitment, one bar a status; bad news is striped, so that it shows without colour."""
    statuses = list(dict.fromkeys(span.status for strip in strips for span in strip.spans))
    least, most = LABEL_WIDTHS
    # What the names take, the bars lack: the column is as wide as the longest name needs, within its bounds.
    column = min(max(least, *(_text_width(strip.short, 12) + 2 * PADDING for strip in strips)), most)

    def x_of(at: datetime) -> float:
        share = (at - start) / (end - start) if end > start else 0.0
        return column + min(max(share, 0.0), 1.0) * (WIDTH - column - PADDING)

    bottom = len(strips) * ROW_HEIGHT + PADDING
    parts = []
    for status in statuses:
        if style_of(status).hatched:
            colour = colors_of(status)
            parts.append(
                f'<pattern id="s-{escape(status)}" width="7" height="7" patternUnits="userSpaceOnUse" '
                f'patternTransform="rotate(45)"><rect width="7" height="7" fill="{colour.fill}"/>'
                f'<rect width="2" height="7" fill="{colour.ink}" fill-opacity="0.28"/></pattern>'
            )
    month = datetime.combine(start.date().replace(day=1), time(), start.tzinfo)
    while month < end:
        if month >= start:
            x = x_of(month)
            parts.append(_line(x, 0, x, bottom))
            label = f"{month:%b %Y}"
            if x + 3 + _text_width(label, 11) <= WIDTH:
                parts.append(_text(x + 3, bottom + 13, label, size=11, fill=MUTED))
        month = datetime.combine(add_months(month.date(), 1), time(), month.tzinfo)
    for number, strip in enumerate(strips):
        top = number * ROW_HEIGHT + PADDING
        # A name stands on one line, or on two smaller ones where it needs them.
        if _text_width(strip.short, 12) + 8 <= column - PADDING:
            parts.append(_text(PADDING, top + BAR_HEIGHT / 2 + 4, strip.short))
        else:
            letters = int((column - 2 * PADDING) / (10 * CHAR_WIDTH))
            first, *rest = textwrap.wrap(strip.short, letters, break_on_hyphens=False) or [""]
            parts.append(_text(PADDING, top + 8, first, size=10))
            parts += [_text(PADDING, top + 19, truncated(" ".join(rest), letters), size=10)] if rest else []
        parts += _bars(strip, top, x_of)
    legend, rows = _legend(statuses, bottom + AXIS_HEIGHT + LEGEND_HEIGHT)
    title = f"Status of {len(strips)} commitments from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return _picture(bottom + AXIS_HEIGHT + LEGEND_HEIGHT * rows + 10, title, parts + legend)


def _fill(status: str) -> str:
    return f"url(#s-{escape(status)})" if style_of(status).hatched else colors_of(status).fill


def _bars(strip: StatusTimeline, top: float, x_of: Callable[[datetime], float]) -> list[str]:
    parts = []
    for span in strip.spans:
        right, colours = x_of(span.end), colors_of(span.status)
        left = min(x_of(span.start), right - MIN_BAR_WIDTH)
        shape = f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{BAR_HEIGHT}" rx="2" '
        parts.append(f'{shape}fill="{_fill(span.status)}" stroke="#ffffff"/>')
        label = label_of(span.status)
        width = _text_width(label, 11)
        if width + 8 > right - left:
            continue
        if style_of(span.status).hatched:  # on stripes a word needs a plain ground to stay readable
            ground = f'x="{left + 3:.1f}" y="{top + 2:.1f}" width="{width + 6:.1f}" height="{BAR_HEIGHT - 4}"'
            parts.append(f'<rect {ground} rx="2" fill="{colours.fill}"/>')
        parts.append(_text(left + 6, top + BAR_HEIGHT / 2 + 4, label, size=11, fill=colours.ink))
    return parts


def _legend(statuses: Sequence[str], top: float) -> tuple[list[str], int]:
    """A swatch and a word for each status in the picture; returns the shapes and the number of lines."""
    parts: list[str] = []
    x, line = float(PADDING), 0
    for status in statuses:
        label = label_of(status)
        width = 18 + _text_width(label, 11) + 14
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
"""Room that the counters' names need to the right of today: 24 letters and an amount."""


def progress_svg(line: ProgressLine, now: datetime) -> str | None:
    """Each counter's counts against the straight path to the target; None when there is no path to draw.

    A count above the confirmed one is a ring with a question mark, so that the picture and the figure beside it agree.
    """
    if line.start is None or line.due is None or not line.points or line.target <= 0:
        return None
    begin, due = _midnight(line.start), _midnight(line.due)
    first = min(begin, *(_midnight(point.at.date()) for point in line.points))
    last = max(due, now, *(point.at for point in line.points)) + timedelta(days=1)
    most = max(line.target, *(point.amount for point in line.points)) * 1.08  # room above the highest line

    def x_of(at: datetime) -> float:
        return LEFT + (at - first) / (last - first) * (RIGHT - LEFT)

    def y_of(amount: float) -> float:
        return BOTTOM - amount / most * (BOTTOM - TOP)

    today, target, label_y = x_of(now), y_of(line.target), HEIGHT - 10
    axes = [
        _line(LEFT, BOTTOM, RIGHT, BOTTOM),
        _line(LEFT, target, RIGHT, target, stroke=MUTED),
        _text(RIGHT + 5, target + 4, line.target_text, size=11, fill=MUTED),
        _text(LEFT, label_y, format_date(first.date()), size=11, fill=MUTED),
        _text(x_of(due), label_y, f"due {format_date(line.due)}", size=11, fill=MUTED, anchor="end"),
        _line(today, TOP - 6, today, BOTTOM, stroke=INK, dash="2 3"),
        _text(today, TOP - 8, "today", size=11, fill=MUTED, anchor="end" if today > RIGHT - 30 else "middle"),
    ]
    path = _line(x_of(begin), BOTTOM, x_of(due), target, stroke=MUTED, dash="6 4", width=1.5)
    series: dict[str, list[ChartPoint]] = {}
    for point in line.points:
        series.setdefault(point.counter, []).append(point)
    steps = []
    for points in series.values():
        if len(points) > 1:
            corners = f"M{x_of(points[0].at):.1f} {y_of(points[0].amount):.1f}" + "".join(
                f"H{x_of(after.at):.1f}V{y_of(after.amount):.1f}" for _, after in pairwise(points)
            )
            steps.append(f'<path d="{corners}" fill="none" stroke="{ACCENT}" stroke-width="2"/>')
    latest = [points[-1] for points in series.values()]
    names = _counter_names([(x_of(p.at), y_of(p.amount), p) for p in latest], today, line)
    dots = [
        f'<circle cx="{x_of(p.at):.1f}" cy="{y_of(p.amount):.1f}" r="4" '
        + (f'fill="{ACCENT}" stroke="{BACKGROUND}"/>' if p.confirmed else f'fill="{BACKGROUND}" stroke="{ACCENT}"/>')
        for p in line.points
    ]
    title = f"{line.counted_text} against the path to {line.target_text} by {format_date(line.due)}"
    return _picture(HEIGHT, title, [*axes, path, *steps, *names, *dots])


def _counter_names(dots: Iterable[tuple[float, float, ChartPoint]], today: float, line: ProgressLine) -> list[str]:
    """Each counter's name with a line to its latest dot; names that would overlap are pushed apart upwards."""
    parts: list[str] = []
    room = RIGHT - today > COUNTER_NAMES_WIDTH
    above = float(BOTTOM + GAP)
    for x, y, point in sorted(dots, key=lambda dot: dot[2].amount):
        above = min(y + 4, above - GAP, BOTTOM - 3)
        amount = format_amount(point.amount, line.unit, like=point.amount or line.target)
        label = f"{truncated(point.counter, 24)} {amount}{'' if point.confirmed else '?'}"
        # Without room beside today a name stands left of its dot, unless it would leave the picture there.
        left = not room and x - 8 > _text_width(label, 11)
        at = x - 8 if left else (max(x, today) + 10 if room else x + 8)
        if room or y - above > GAP / 2:
            parts.append(_line(x, y, at + (2 if left else -3), above - 4, stroke=ACCENT, width=0.8))
        name = _text(at, above, label, size=11, anchor="end" if left else "start")
        # A rim of the ground colour keeps the name readable across lines.
        rim = f'<text stroke="{BACKGROUND}" stroke-width="5" paint-order="stroke" '
        parts.append(name.replace("<text ", rim, 1))
    return parts


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
