"""Deadlines as iCalendar (RFC 5545 and 7986), for a calendar program to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from monitor.domain.pages import addresses
from monitor.domain.pages.calendar_dates import CalendarDate, date_description, date_title
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.plain import xml_text

REFRESH = timedelta(hours=6)
"""How often a program should refresh: dates move a few times a year, and the last alarm is a day before."""
REMINDER_HOUR = timedelta(hours=9)
"""The hour of the subscriber's day at which a reminder appears, because an all-day date begins at midnight."""


def calendar_file(name: str, address: str, dates: Iterable[CalendarDate], material: SiteMaterial) -> bytes:
    """A calendar of these dates. name: its title; address: of the file below the root."""
    dates = tuple(dates)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//deal-monitor//deadlines//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("uid", f"{address}@{addresses.AUTHORITY}")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, xml_text(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    if dates:
        calendar.add("last-modified", _moment(max(each.changed for each in dates)))
    if material.base_url:
        calendar.add("source", f"{material.base_url}/{address}", parameters={"VALUE": "URI"})
        calendar.add("url", f"{material.base_url}/{addresses.BOARD}")
    for each in dates:
        commitment, day = material.context.commitments[each.commitment], each.record.date
        title = xml_text(date_title(each, commitment, material.context.parties))
        event = Event()
        event.add("uid", f"{each.identity}@{addresses.AUTHORITY}")
        event.add("sequence", each.sequence)
        event.add("dtstamp", _moment(each.changed))  # without METHOD this is the time of the last change
        event.add("created", _moment(each.created))
        event.add("last-modified", _moment(each.changed))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", title)
        event.add("description", xml_text("\n\n".join(date_description(each, commitment, material.context))))
        event.add("status", each.status.value)
        event.add("transp", "TRANSPARENT")
        kind = {"due": "Due date", "expiry": "End date"}.get(each.record.kind, each.record.kind)
        deal = material.context.deal_of(commitment)
        event.add("categories", [xml_text(each) for each in (commitment.short, kind, deal) if each])
        if material.base_url:
            event.add("url", f"{material.base_url}/{addresses.commitment_page(each.commitment)}")
        for days in material.context.policy.due_notices if each.is_open else ():  # reminders in the morning
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", title)
            alarm.add("trigger", REMINDER_HOUR - timedelta(days=days))
            event.add_component(alarm)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _moment(at: datetime) -> datetime:
    """Whole seconds in UTC, as the format requires."""
    return at.astimezone(UTC).replace(microsecond=0)
