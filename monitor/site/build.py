"""The whole site as files: pages for people, Atom feeds, calendars and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from monitor.domain.messages.briefs import DigestBrief, ProgressLine, StatusTimeline
from monitor.domain.pages import addresses
from monitor.domain.pages.about_page import about_page, glossary_page
from monitor.domain.pages.board import board
from monitor.domain.pages.calendar_dates import CalendarDate, calendar_dates
from monitor.domain.pages.change_entries import ChangeEntry, change_entries, newest_first
from monitor.domain.pages.commitment_page import as_of_pages, commitment_page
from monitor.domain.pages.material import OwnMaterial, SiteMaterial, with_parts
from monitor.domain.pages.unnamed import people_in, without_names, without_names_in
from monitor.domain.text.labels import format_date, label_of
from monitor.errors import RenderError
from monitor.render import charts
from monitor.render.jinja_env import Templates
from monitor.render.status_style import STATUS_STYLES
from monitor.site.atom import atom_file
from monitor.site.calendar import calendar_file
from monitor.site.digest_pages import digest_files
from monitor.site.documents import commitment_file, index_file, schema_file
from monitor.site.page_templates import PageTemplates, frame_values

SHEETS = ("site/site.css", "site/pages.css", "site/forms.css")
"""Joined into one style sheet; later ones override earlier ones."""
ICON = "site/favicon.svg"
SCRIPT = "site/filter.js"
NARROW = 328
"""Pixels of a drawing for a phone: a screen of 375 without the margins of page and card."""
SETTLED = timedelta(days=60)
"""After a due date, counts of its period still arrive for this long (estimate)."""


def site_files(
    material: SiteMaterial, templates: Templates, digests: Mapping[str, DigestBrief]
) -> Iterator[tuple[str, bytes]]:
    """(address below the root, content) of each file. digests: by the address of the page. People are unnamed first,
    because the pages may be public. Raises RenderError."""
    people = people_in(material)
    material = without_names(material)
    pages = PageTemplates(templates, frame_values(material))
    # The board, the page of each commitment, and a page for each day on which its published verdict changed.
    shown = board(material)
    rows = [row for deal in shown.deals for row in deal.rows if row.year is not None]
    years = {row.commitment.id: charts.year_svg(row.year, shown.begin, material.now) for row in rows if row.year}
    # (tone, statuses drawn in it) of the strips, in the order of the styles.
    drawn, toned = {span.status for row in rows if row.year for span in row.year.spans}, dict[str, list[str]]()
    for status, style in STATUS_STYLES.items():
        if status in drawn:
            toned.setdefault(style.tone, []).append(label_of(status))
    legend = tuple((tone, ", ".join(of)) for tone, of in toned.items())
    strips = {"years": years, "legend": legend, "stripes": charts.stripes_svg()}
    yield pages.page(addresses.BOARD, "board.html.j2", board=shown, **strips)
    yield pages.page(addresses.TIMELINE, "timeline.html.j2", board=shown)
    for name in material.context.commitments:
        own = OwnMaterial.of(material, name)
        page = commitment_page(own)
        pictures = _pictures(page.standing.progress, material.now, page.statuses)
        yield pages.page(addresses.commitment_page(name), "commitment.html.j2", page=page, pictures=pictures)
        for day in as_of_pages(own):
            pictures = _pictures(day.standing.progress, day.end, today_is=format_date(day.day))
            yield pages.page(addresses.as_of_page(name, day.day), "as_of.html.j2", page=day, pictures=pictures)
    yield from digest_files(pages, digests, partial(without_names_in, people=people), material)
    yield pages.page(addresses.ABOUT, "about.html.j2", page=about_page(material))
    yield pages.page(addresses.GLOSSARY, "glossary.html.j2", page=glossary_page(material))
    # A server shows it at any address, however deep: so its links start at the root of the server.
    root = f"{urlsplit(material.base_url).path}/"
    yield pages.page(addresses.NOT_FOUND, "not_found.html.j2", root=root)
    yield addresses.STYLE, "\n".join(map(templates.text_of, SHEETS)).encode()
    yield addresses.ICON, templates.text_of(ICON).encode()
    yield addresses.FILTER, templates.text_of(SCRIPT).encode()
    yield from _machine_files(material)


def _pictures(
    progress: ProgressLine | None, now: datetime, statuses: StatusTimeline | None = None, today_is: str = "today"
) -> dict[str, tuple[str, ...]]:
    """Drawings for a desk and for a phone: the statuses, and the counts against the planned path, where known."""
    drawn: dict[str, tuple[str, ...]] = {"statuses": (), "progress": ()}
    if statuses is not None:
        begin, end = statuses.spans[0].start, statuses.spans[-1].end
        drawn["statuses"] = tuple(
            charts.timeline_svg((statuses,), begin, end, width=width, named=False, prefix=prefix)
            for prefix, width in (("s", charts.WIDTH), ("n", NARROW))
        )
    if progress is not None:
        # A period that is over is drawn up to its last count, or the time since then would fill most of the picture.
        ended = progress.due is not None and now.date() - progress.due > SETTLED
        until = None if ended else now
        drawings = (
            charts.progress_svg(progress, until, width=width, today_is=today_is) for width in (charts.WIDTH, NARROW)
        )
        drawn["progress"] = tuple(svg for svg in drawings if svg is not None)
    return drawn


def _machine_files(material: SiteMaterial) -> Iterator[tuple[str, bytes]]:
    """Atom, iCalendar and JSON files of each promise and of all. Raises RenderError that names a promise."""
    commitments = material.context.commitments
    entries: dict[str, Sequence[ChangeEntry]] = {}
    dates: dict[str, Sequence[CalendarDate]] = {}
    name = ""
    try:
        for name in commitments:
            entries[name], dates[name] = change_entries(name, material), calendar_dates(name, material)
        for name, commitment in commitments.items():
            family, title = with_parts(name, commitments), f"{material.title}: {commitment.short}"
            changes = newest_first(entry for each in family for entry in entries[each])
            feed, page = addresses.data_file(name, "atom"), addresses.commitment_page(name)
            yield feed, atom_file(title, feed, page, changes, material)
            calendar = addresses.data_file(name, "ics")
            yield calendar, calendar_file(title, calendar, [date for each in family for date in dates[each]], material)
            yield addresses.data_file(name, "json"), commitment_file(name, entries[name], material)
    except Exception as error:
        problem = f"the files of {name} cannot be written: {type(error).__name__}: {error}"
        raise RenderError(problem, subject=name) from error
    changes = newest_first(entry for each in entries.values() for entry in each)
    yield addresses.ALL_CHANGES, atom_file(material.title, addresses.ALL_CHANGES, addresses.BOARD, changes, material)
    every = [date for name in sorted(dates) for date in dates[name]]
    yield addresses.ALL_DATES, calendar_file(f"{material.title}: dates", addresses.ALL_DATES, every, material)
    yield addresses.ALL_STATUSES, index_file(material)
    yield addresses.SCHEMA, schema_file()
