"""Where each page and file lies below the root of the site. Readers, calendars and programs keep these: they never change."""

from __future__ import annotations

from datetime import date

BOARD = "index.html"
DIGESTS = "digests/index.html"
SOURCES = "sources.html"
HOW = "how.html"
GLOSSARY = "glossary.html"
NOT_FOUND = "404.html"
STYLE = "site.css"
ICON = "favicon.svg"
ALL_CHANGES = "feed.atom"
ALL_DATES = "deadlines.ics"
ALL_STATUSES = "api/v1/index.json"
SCHEMA = "api/v1/schema.json"


def commitment_page(commitment: str) -> str:
    return f"c/{commitment}.html"


def change_anchor(transition: str) -> str:
    """The place of one recorded change on the page of its commitment, without the '#'."""
    return f"change-{transition}"


def as_of_page(commitment: str, day: date) -> str:
    """How a commitment stood from this day on, as it was published then."""
    return f"c/{commitment}/{day.isoformat()}.html"


def commitment_changes(commitment: str) -> str:
    return f"c/{commitment}.atom"


def commitment_dates(commitment: str) -> str:
    return f"c/{commitment}.ics"


def commitment_json(commitment: str) -> str:
    return f"api/v1/{commitment}.json"


def badge(commitment: str) -> str:
    return f"badge/{commitment}.svg"


def digest_page(route: str, slot: str) -> str:
    """route: its name as a file name; slot: '2026-11-23T0800'."""
    return f"digests/{route}/{slot}.html"


def way_up(address: str) -> str:
    """The way from a page to the root: '' for one at the root, '../' for one in a folder. Links are relative, so the pages work
    from any folder and from a disk."""
    return "../" * address.count("/")
