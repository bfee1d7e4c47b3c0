"""The board, the page of each commitment, and how it stood on each day on which its published verdict changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.domain.messages.models import ProgressLine, StatusTimeline
from monitor.domain.pages import addresses
from monitor.domain.pages.board import Board, board
from monitor.domain.pages.commitment.as_of_page import as_of_pages
from monitor.domain.pages.commitment.commitment_page import commitment_page
from monitor.domain.pages.commitment.own_material import own_material
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import label_of
from monitor.render import charts
from monitor.render.status_style import STATUS_STYLES
from monitor.site.page_templates import PageTemplates

NARROW = 328
"""Pixels of a drawing for a phone: a screen of 375 without the margins of the page and of a card. A wide one would be shrunk until
nobody can read it."""

SETTLED = timedelta(days=60)
"""Time after a due date in which counts of its period still come in (estimate)."""


def commitment_pages(material: SiteMaterial, pages: PageTemplates) -> Iterator[tuple[str, bytes]]:
    """(address, content) of each of these pages. Raises RenderError."""
    shown = board(material)
    drawn = {"years": _years(shown), "legend": _legend(shown), "stripes": charts.stripes_svg()}
    yield pages.page(addresses.BOARD, "board.html.j2", board=shown, **drawn)
    for name in material.context.commitments:
        own = own_material(material, name)
        page = commitment_page(own)
        pictures = {"statuses": _statuses(page.statuses, page.begin, page.end)}
        pictures |= {"progress": _progress(page.standing.progress, material.now)}
        yield pages.page(addresses.commitment_page(name), "commitment.html.j2", page=page, pictures=pictures)
        for day in as_of_pages(own):
            pictures = {"progress": _progress(day.standing.progress, day.end, day.day)}
            yield pages.page(day.address, "as_of.html.j2", page=day, pictures=pictures)


def _years(shown: Board) -> dict[str, str]:
    """By commitment: its year as a strip; one whose statuses are not known has none."""
    rows = (row for deal in shown.deals for row in deal.rows)
    return {row.id: charts.year_svg(row.year, shown.begin, shown.end) for row in rows if row.year is not None}


def _legend(shown: Board) -> tuple[tuple[str, str], ...]:
    """(tone, the statuses that are drawn so) of the strips, in the order of the styles: trouble shares its stripes."""
    spans = (span for deal in shown.deals for row in deal.rows if row.year is not None for span in row.year.spans)
    drawn, words = {span.status for span in spans}, dict[str, list[str]]()
    for status, style in STATUS_STYLES.items():
        if status in drawn:
            words.setdefault(style.tone, []).append(label_of(status))
    return tuple((tone, ", ".join(of)) for tone, of in words.items())


def _statuses(statuses: StatusTimeline | None, begin: datetime, end: datetime) -> tuple[str, ...]:
    """The statuses as a picture, for a desk and for a phone; none where they are not known."""
    if statuses is None:
        return ()
    drawn = (("s", charts.WIDTH), ("n", NARROW))
    return tuple(
        charts.timeline_svg((statuses,), begin, end, width=width, named=False, prefix=prefix) for prefix, width in drawn
    )


def _progress(progress: ProgressLine | None, now: datetime, today_is: str = "today") -> tuple[str, ...]:
    """The counts against the path, for a desk and for a phone; none where there is no path to draw. Of a period that has ended the
    picture ends with its counts, or the time since would take most of it."""
    if progress is None:
        return ()
    ended = progress.due is not None and now.date() - progress.due > SETTLED
    at, widths = None if ended else now, (charts.WIDTH, NARROW)
    drawn = (charts.progress_svg(progress, at, width=width, today_is=today_is) for width in widths)
    return tuple(svg for svg in drawn if svg is not None)
