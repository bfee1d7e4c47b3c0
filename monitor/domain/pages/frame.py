"""What stands around every page: its title, the navigation, and of when and from what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.pages import addresses
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_time

NAVIGATION = (
    (addresses.BOARD, "Board"),
    (addresses.DIGESTS, "Digests"),
    (addresses.SOURCES, "Sources"),
    (addresses.HOW, "How verdicts are reached"),
    (addresses.GLOSSARY, "Glossary"),
)
"""Address and name of each page that every page leads to."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time for people, and for a machine in ISO 8601."""

    text: str
    iso: str


def moment(at: datetime, zone: str) -> Moment:
    """Day, time and zone: '27 Nov 2026, 14:05 UTC'."""
    return Moment(format_time(at, zone), at.isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class Frame:
    """title: of the site; data: the moment of its data; read: the last answer of a source, None if there was none; rules, program:
    their versions, '' if unknown."""

    title: str
    data: Moment
    read: Moment | None
    rules: str
    program: str
    navigation: tuple[tuple[str, str], ...] = NAVIGATION


def frame_of(material: SiteMaterial) -> Frame:
    zone = material.context.zone
    read = moment(material.last_read, zone) if material.last_read else None
    return Frame(material.title, moment(material.now, zone), read, material.rules, material.program)
