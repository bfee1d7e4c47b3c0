"""Two pictures as SVG, for mail (as PNG) and web: the statuses over time, and progress against the path.

Sizes are in CSS pixels. Texts are drawn in DejaVu Sans from the package, so that the pixels are the same on every
machine. Each shape has its colour as an attribute, for mails, and as a class, so that the style sheet of the pages
can change it in the dark: a style sheet overrides an attribute, and resvg ignores classes.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import resvg_py

from monitor.domain.extract.date_ranges import add_months
from monitor.domain.messages.briefs import ChartPoint, ProgressLine, StatusSpan, StatusTimeline
from monitor.domain.text.labels import format_amount, format_date, label_of
from monitor.domain.text.plain import printable, truncated
from monitor.render.status_style import CHART_COLORS, STATUS_STYLES, style_of

WIDTH = 536
"""Pixels of the text column in a mail; `parts.html.j2` shows pictures at this width."""
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
BACKGROUND = "#ffffff"
INK, MUTED, LINE, ACCENT = "#1c2530", "#55606e", "#ccd3db", "#0d4f98"
CLASSES = {BACKGROUND: "ground", INK: "ink", MUTED: "muted", LINE: "line", ACCENT: "accent"}
"""The classes of the plain colours; statuses have their tones."""
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
    """The drawing as PNG at twice its size, on an opaque ground; None if it cannot be drawn. Cached, because one change
    goes to several readers with the same picture. A failure is logged and the message is sent without its picture."""
    try:
        fonts: dict[str, Any] = {"font_files": [str(FONT)], "skip_system_fonts": True}
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2, background=BACKGROUND, **fonts))
    except (ValueError, OSError, RuntimeError, TypeError) as error:
        log.warning("a chart is left out: %s", error)
        return None


def alt_text(strip: StatusTimeline) -> str:
    """A timeline in words, for readers who do not see it: 'pledged, in progress from 31 Dec 2025, at risk from …', of
    each day the last status."""
    days = {span.start.date(): span for span in strip.spans}
    first, *later = days.values()
    spans = (f"{label_of(span.status)} from {format_date(span.start.date())}" for span in later)
    return ", ".join((label_of(first.status), *spans))


def _paint(**colours: str) -> str:
    """The attributes of a shape in plain colours. colours: fill, stroke or both."""
    classes = " ".join(f"{name}-{CLASSES[colour]}" for name, colour in colours.items())
    return " ".join((f'class="{classes}"', *(f'{name}="{colour}"' for name, colour in colours.items())))


def _text(
    x: float, y: float, text: str, *, size: int = 12, fill: str = "", anchor: str = "start", rim: bool = False
) -> str:
    """fill: the attributes of its colour, '' for ink; rim: a line in the ground's colour keeps it readable."""
    shown, colour = escape(printable(text)), fill or _paint(fill=INK)
    if rim:
        colour = f'{_paint(fill=INK, stroke=BACKGROUND)} stroke-width="5" paint-order="stroke"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {colour} text-anchor="{anchor}">{shown}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, dash: str = "", width: float = 1) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} {_paint(stroke=stroke)} stroke-width="{width:g}"{dashes}/>'


def _picture(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" font-family="DejaVu Sans, Verdana, sans-serif">'
        f"<title>{escape(printable(title))}</title>{''.join(parts)}</svg>"
    )


def _text_width(text: str, size: int) -> float:
    return len(text) * size * CHAR_WIDTH


def _place(at: datetime, *, start: datetime, end: datetime, left: float, width: float) -> float:
    """The x of a moment on an axis from start to end; of one outside it, the nearest end."""
    share = (at - start) / (end - start) if end > start else 0.0
    return left + min(max(share, 0.0), 1.0) * width


def timeline_svg(
    strips: Sequence[StatusTimeline],
    start: datetime,
    end: datetime,
    *,
    width: int = WIDTH,
    named: bool = True,
    prefix: str = "s",
) -> str:
    """One row a commitment, one bar a status; bad news is striped, so that it shows without colour. named: each row
    begins with the name of its commitment; prefix: for the ids of its stripes, unique on the page."""
    statuses = list(dict.fromkeys(span.status for strip in strips for span in strip.spans))
    least, most = LABEL_WIDTHS
    # The column is as wide as the longest name, within bounds, and leaves the rest to the bars.
    column = min(max(least, *(_text_width(strip.short, 12) + 2 * PADDING for strip in strips)), most) if named else 0.0
    x_of = partial(_place, start=start, end=end, left=column, width=width - column - PADDING * named)
    bottom = len(strips) * ROW_HEIGHT + PADDING
    parts = [_stripes(status, prefix) for status in statuses if style_of(status).hatched]
    free = 0.0
    for month in _months_between(start, end):  # a line for each month, and its name where there is room for it
        x, label = x_of(month), f"{month:%b %Y}"
        parts.append(_line(x, 0, x, bottom))
        right = x + 3 + _text_width(label, 11)
        if free <= x and right <= width:
            parts.append(_text(x + 3, bottom + 13, label, size=11, fill=_paint(fill=MUTED)))
            free = right
    for number, strip in enumerate(strips):
        top = number * ROW_HEIGHT + PADDING
        # A name takes one line, or two smaller ones.
        if not named:
            pass
        elif _text_width(strip.short, 12) + 8 <= column - PADDING:
            parts.append(_text(PADDING, top + BAR_HEIGHT / 2 + 4, strip.short))
        else:
            letters = int((column - 2 * PADDING) / (10 * CHAR_WIDTH))
            first, *rest = textwrap.wrap(strip.short, letters, break_on_hyphens=False) or [""]
            parts.append(_text(PADDING, top + 8, first, size=10))
            parts += [_text(PADDING, top + 19, truncated(" ".join(rest), letters), size=10)] if rest else []
        parts += _bars(strip, top, x_of, prefix)
    legend, rows = _legend(statuses, bottom + AXIS_HEIGHT + LEGEND_HEIGHT, width, prefix)
    title = f"Status of {len(strips)} commitments from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    if not named:
        title = alt_text(strips[0])
    return _picture(width, bottom + AXIS_HEIGHT + LEGEND_HEIGHT * rows + 10, title, parts + legend)


STRIP_SIZE = (160, 28)
"""Pixels of the strip of a year, for a row of a table."""
STRIP_BAR = 15
"""Pixels of its height above the initials of the months."""
LEAST_IN_YEAR = 3
"""Pixels of a status of a day or two, which must still be visible there."""


def year_svg(strip: StatusTimeline, start: datetime, end: datetime) -> str:
    """The statuses of one commitment between two moments as a strip over the initials of the months; its titles have
    the words. The page must contain `stripes_svg` once."""
    width, height = STRIP_SIZE
    x_of = partial(_place, start=start, end=end, left=0.0, width=width)
    parts = [f'<rect width="{width}" height="{STRIP_BAR}" {_paint(fill=LINE)}/>']  # the time before the first record
    for span in strip.spans:
        right = x_of(span.end)
        left = min(x_of(span.start), right - LEAST_IN_YEAR)
        box = f'x="{left:.1f}" y="0" width="{right - left:.1f}" height="{STRIP_BAR}"'
        parts.append(f"<rect {box} {_status_fill(span.status, YEAR_PREFIX)}>{_days_of(span)}</rect>")
    for month in _months_between(start, end):
        x = x_of(month)
        parts.append(_line(x, STRIP_BAR, x, STRIP_BAR + 4, stroke=MUTED))
        if x + 10 <= width:
            parts.append(_text(x + 2, height - 3, f"{month:%b}"[0], size=10, fill=_paint(fill=MUTED)))
    return _picture(width, height, alt_text(strip), parts)


YEAR_PREFIX = "y"


def _days_of(span: StatusSpan) -> str:
    """The title of a status in a picture, which a pointer shows: 'at risk, 10 Oct 2025 to 30 Oct 2025'."""
    first, last = (format_date(moment.date()) for moment in (span.start, span.end))
    return f"<title>{escape(label_of(span.status))}, {first if first == last else f'{first} to {last}'}</title>"


def stripes_svg() -> str:
    """The stripes of every status of trouble, for the strips of one page; invisible itself."""
    hatched = [status for status, style in STATUS_STYLES.items() if style.hatched]
    stripes = "".join(_stripes(status, YEAR_PREFIX) for status in hatched)
    return f'<svg class="chart stripes" width="0" height="0" aria-hidden="true" focusable="false">{stripes}</svg>'


def _months_between(start: datetime, end: datetime) -> Iterator[datetime]:
    """The beginnings of the months between two moments."""
    month = datetime.combine(start.date().replace(day=1), time(), start.tzinfo)
    while month < end:
        if month >= start:
            yield month
        month = datetime.combine(add_months(month.date(), 1), time(), month.tzinfo)


def _stripes(status: str, prefix: str) -> str:
    tone = style_of(status).tone
    colour = CHART_COLORS[tone]
    return (
        f'<pattern id="{prefix}-{escape(status)}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="7" height="7" class="fill-{tone}" fill="{colour.fill}"/>'
        f'<rect width="2" height="7" class="fill-{tone}-ink" fill="{colour.ink}" fill-opacity="0.28"/></pattern>'
    )


def _status_fill(status: str, prefix: str, *, rim: bool = False) -> str:
    """The colour or the stripes of a status. rim: with a line of the ground's colour."""
    style = style_of(status)
    fill = f"url(#{prefix}-{escape(status)})" if style.hatched else CHART_COLORS[style.tone].fill
    classes = " ".join(([] if style.hatched else [f"fill-{style.tone}"]) + (["stroke-ground"] if rim else []))
    return (f'class="{classes}" ' if classes else "") + f'fill="{fill}"' + (f' stroke="{BACKGROUND}"' if rim else "")


def _bars(strip: StatusTimeline, top: float, x_of: Callable[[datetime], float], prefix: str) -> list[str]:
    parts = []
    for span in strip.spans:
        right, style = x_of(span.end), style_of(span.status)
        tone, colours = style.tone, CHART_COLORS[style.tone]
        left = min(x_of(span.start), right - MIN_BAR_WIDTH)
        shape = f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{BAR_HEIGHT}" rx="2" '
        parts.append(f"{shape}{_status_fill(span.status, prefix, rim=True)}>{_days_of(span)}</rect>")
        label = label_of(span.status)
        width = _text_width(label, 11)
        if width + 8 > right - left:
            continue
        ink = f'class="fill-{tone}-ink" fill="{colours.ink}"'
        if style.hatched:  # a rim keeps a word readable on stripes without hiding them
            ink = f'class="fill-{tone}-ink stroke-{tone}" fill="{colours.ink}" stroke="{colours.fill}"'
            ink += ' stroke-width="4" paint-order="stroke"'
        parts.append(_text(left + 6, top + BAR_HEIGHT / 2 + 4, label, size=11, fill=ink))
    return parts


def _legend(statuses: Sequence[str], top: float, width: float, prefix: str) -> tuple[list[str], int]:
    """A swatch and a word for each status in the picture; returns the shapes and the number of lines."""
    parts: list[str] = []
    x, line = float(PADDING), 0
    for status in statuses:
        label = label_of(status)
        wide = 18 + _text_width(label, 11) + 14
        if x + wide > width - PADDING:
            x, line = float(PADDING), line + 1
        y = top + line * LEGEND_HEIGHT
        swatch = f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="12" height="10" rx="2"'
        parts.append(f"{swatch} {_status_fill(status, prefix)}/>")
        parts.append(_text(x + 17, y, label, size=11, fill=_paint(fill=MUTED)))
        x += wide
    return parts, line + 1


HEIGHT = 220
LEFT, MARGIN, TOP, BOTTOM = 56, 16, 24, HEIGHT - 26
"""Pixels from the edges of the picture; left of LEFT stand the amounts of the axis."""
GAP = 14
COUNTER_NAMES_WIDTH = 210
"""Room for a counter's name to the right of today: 24 letters and an amount."""


def progress_svg(
    line: ProgressLine, now: datetime | None, *, width: int = WIDTH, today_is: str = "today"
) -> str | None:
    """Each counter's counts against the straight path to the target; None without a path. now: the time of today's
    line, None for no line; today_is: the word above that line. A count above the confirmed one is a ring with a
    question mark, so that picture and figure agree."""
    if line.start is None or line.due is None or not line.points or line.target <= 0:
        return None
    days = (line.start, line.due, min(line.start, *(point.at.date() for point in line.points)))
    begin, due, first = (datetime.combine(day, time(), tzinfo=UTC) for day in days)
    counted = max(due, *(point.at for point in line.points))
    last = max(counted, now or counted) + timedelta(days=1)
    right = width - MARGIN
    most = max(line.target, *(point.amount for point in line.points)) * 1.25  # room for names above the target
    x_of = partial(_place, start=first, end=last, left=LEFT, width=right - LEFT)

    def y_of(amount: float) -> float:
        return BOTTOM - amount / most * (BOTTOM - TOP)

    today, target, muted = x_of(now or last), y_of(line.target), _paint(fill=MUTED)
    axes = [_line(LEFT, target, right, target, stroke=MUTED), _text(LEFT, target - 5, "target", size=11, fill=muted)]
    for amount in (0.0, line.target / 2, line.target):
        label = format_amount(amount, line.unit, like=line.target)
        axes.append(_text(LEFT - 6, y_of(amount) + 4, label, size=11, fill=muted, anchor="end"))
        axes.append(_line(LEFT, y_of(amount), right if amount < line.target else LEFT, y_of(amount)))
    # The first day at the left and the due date at its place; where both have no room, the due date alone.
    begins, ends = format_date(first.date()), f"due {format_date(line.due)}"
    room = x_of(due) - _text_width(ends, 11)
    if room > LEFT + _text_width(begins, 11):
        axes.append(_text(LEFT, HEIGHT - 10, begins, size=11, fill=muted))
    at, anchor = (x_of(due), "end") if room > 0 else (float(LEFT), "start")
    axes.append(_text(at, HEIGHT - 10, ends, size=11, fill=muted, anchor=anchor))
    if now is not None:
        anchor = "end" if today > right - 30 else "middle"
        axes.append(_line(today, TOP - 6, today, BOTTOM, stroke=INK, dash="2 3"))
        axes.append(_text(today, TOP - 8, today_is, size=11, fill=muted, anchor=anchor))
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
            steps.append(f'<path d="{corners}" fill="none" {_paint(stroke=ACCENT)} stroke-width="2"/>')
    latest = [points[-1] for points in series.values()]
    names = _counter_names([(x_of(p.at), y_of(p.amount), p) for p in latest], today, right, line, target)
    confirmed, doubtful = _paint(fill=ACCENT, stroke=BACKGROUND), _paint(fill=BACKGROUND, stroke=ACCENT)
    dots = [
        f'<circle cx="{x_of(p.at):.1f}" cy="{y_of(p.amount):.1f}" r="4" {confirmed if p.confirmed else doubtful}>'
        f"<title>{escape(printable(f'{_named(p, line)}, {format_date(p.at.date())}'))}</title></circle>"
        for p in line.points
    ]
    title = f"{line.counted_text} against the path to {line.target_text} by {format_date(line.due)}"
    return _picture(width, HEIGHT, title, [*axes, path, *steps, *names, *dots])


def _named(point: ChartPoint, line: ProgressLine) -> str:
    """'USDA 4 Mt'; a count above the confirmed one with a question mark."""
    amount = format_amount(point.amount, line.unit, like=point.amount or line.target)
    return f"{truncated(point.counter, 24)} {amount}{'' if point.confirmed else '?'}"


def _counter_names(
    dots: Iterable[tuple[float, float, ChartPoint]], today: float, right: float, line: ProgressLine, target: float
) -> list[str]:
    """Each counter's name with a line to its latest dot; names that would overlap each other or the line of the target
    are pushed apart upwards."""
    parts: list[str] = []
    room = right - today > COUNTER_NAMES_WIDTH
    above = float(BOTTOM + GAP)
    for x, y, point in sorted(dots, key=lambda dot: dot[2].amount):
        above, label = min(y + 4, above - GAP, BOTTOM - 3), _named(point, line)
        if target - 4 < above < target + 12:
            above = target - 5
        # Without room to the right of today a name is drawn left of its dot, if it fits there.
        left = not room and x - 8 - LEFT > _text_width(label, 11)
        at = x - 8 if left else (max(x, today) + 10 if room else x + 8)
        if room or y - above > GAP / 2:
            parts.append(_line(x, y, at + (2 if left else -3), above - 4, stroke=ACCENT, width=0.8))
        parts.append(_text(at, above, label, size=11, anchor="end" if left else "start", rim=True))
    return parts
