"""The files for machines: Atom, iCalendar, JSON and badges, of all promises and of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from monitor.domain.pages import addresses
from monitor.domain.pages.data_files.calendar_dates import CalendarDate, calendar_dates
from monitor.domain.pages.data_files.change_entries import ChangeEntry, change_entries, newest_first
from monitor.domain.pages.data_files.file_documents import commitment_file, index_file
from monitor.domain.pages.families import with_parts
from monitor.domain.pages.material import SiteMaterial
from monitor.errors import RenderError
from monitor.site.atom import atom_file
from monitor.site.badges import badge_file
from monitor.site.calendar import calendar_file
from monitor.site.json_files import document_file, schema_file


def machine_files(material: SiteMaterial) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every such file. Raises RenderError that names the promise whose files cannot be written."""
    entries: dict[str, Sequence[ChangeEntry]] = {}
    dates: dict[str, Sequence[CalendarDate]] = {}
    for name in material.context.commitments:
        try:
            entries[name], dates[name] = change_entries(name, material), calendar_dates(name, material)
        except Exception as error:
            raise _named(error, name) from error
    for name in material.context.commitments:
        try:
            yield from _files_of(name, entries, dates, material)
        except Exception as error:
            raise _named(error, name) from error
    changes = newest_first(entry for each in entries.values() for entry in each)
    page, title = addresses.BOARD, material.title
    yield addresses.ALL_CHANGES, atom_file(title, addresses.ALL_CHANGES, page, changes, material, began=began(material))
    every = [date for name in sorted(dates) for date in dates[name]]
    yield addresses.ALL_DATES, calendar_file(f"{title}: dates", addresses.ALL_DATES, every, material)
    yield addresses.ALL_STATUSES, document_file(index_file(material))
    yield addresses.SCHEMA, schema_file()


def _named(error: Exception, name: str) -> RenderError:
    return RenderError(f"the files of {name} cannot be written: {type(error).__name__}: {error}", subject=name)


def _files_of(
    name: str,
    entries: Mapping[str, Sequence[ChangeEntry]],
    dates: Mapping[str, Sequence[CalendarDate]],
    material: SiteMaterial,
) -> Iterator[tuple[str, bytes]]:
    """The files of one promise: its feed and its calendar with those of its parts, its JSON file and its badge."""
    commitment, family = material.context.commitments[name], with_parts(name, material.context.commitments)
    changes = newest_first(entry for each in family for entry in entries[each])
    page, feed, calendar = (
        of(name) for of in (addresses.commitment_page, addresses.commitment_changes, addresses.commitment_dates)
    )
    title = f"{material.title}: {commitment.short}"
    yield feed, atom_file(title, feed, page, changes, material, began=began(material))
    yield calendar, calendar_file(title, calendar, [date for each in family for date in dates[each]], material)
    yield addresses.commitment_json(name), document_file(commitment_file(name, entries[name], material))
    yield addresses.badge(name), badge_file(commitment, material.context.verdicts[name])


def began(material: SiteMaterial) -> datetime:
    """When the record of the site begins: the moment of a feed that has no change yet."""
    return min((record[0].at for record in material.published.values() if record), default=material.now)
