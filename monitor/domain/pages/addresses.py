"""The addresses of pages and files below the root of the site. They never change, because others store them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.domain.messages.briefs import Brief, DigestBrief
from monitor.domain.model import NOTICE

BOARD = "index.html"
TIMELINE = "timeline.html"
DIGESTS = "digests/index.html"
GLOSSARY = "glossary.html"
ABOUT = "about.html"
NOT_FOUND = "404.html"
STYLE = "site.css"
FILTER = "filter.js"
ICON = "favicon.svg"
ALL_CHANGES = "feed.atom"
ALL_DATES = "deadlines.ics"
ALL_STATUSES = "api/v1/index.json"
SCHEMA = "api/v1/schema.json"
AUTHORITY = "deal-monitor.invalid"
"""The authority of all ids. They must not change with `base_url`, because a reader takes an entry with a new id for a
new entry. RFC 2606 reserves this name, so it can never belong to anyone."""
NAVIGATION = (
    (BOARD, "Board"),
    (TIMELINE, "Timeline"),
    (DIGESTS, "Digests"),
    (GLOSSARY, "Glossary"),
    (ABOUT, "How verdicts are reached"),
)
"""Address and name of the pages in the header of every page."""


def commitment_page(commitment: str) -> str:
    return f"c/{commitment}.html"


def change_anchor(transition: str) -> str:
    """The anchor of a recorded change on the page of its commitment, without '#'."""
    return f"change-{transition}"


def as_of_page(commitment: str, day: date) -> str:
    """The published verdict from this day on."""
    return f"c/{commitment}/{day.isoformat()}.html"


def data_file(commitment: str, kind: Literal["atom", "ics", "json"]) -> str:
    """Its changes, its dates, or everything about it."""
    return f"{'api/v1' if kind == 'json' else 'c'}/{commitment}.{kind}"


def digest_page(route: str, slot: str) -> str:
    """route: its name as a file name; slot: '2026-11-23T0800'."""
    return f"digests/{route}/{slot}.html"


def tag(name: str) -> str:
    """A permanent id (RFC 4151)."""
    return f"tag:{AUTHORITY},2026:{name}"


def way_up(address: str) -> str:
    """The relative path from a page to the root: '', '../'. So the site works in any folder and from a disk."""
    return "../" * address.count("/")


def link_from(address: str, target: str, base_url: str) -> str:
    """The link from one file to another: absolute with a `base_url`, else relative."""
    return f"{base_url}/{target}" if base_url else f"{way_up(address)}{target}"


@dataclass(frozen=True, slots=True)
class PageLink:
    """The full address of a page, and the label of the link."""

    url: str
    label: str


def page_link(brief: Brief, base_url: str) -> PageLink | None:
    """The page that a message links to: the first change of an alert, or the kept copy of a digest. None if `base_url`
    is '', for a notice about the program, and for a digest without a kept copy."""
    if not base_url:
        return None
    if isinstance(brief, DigestBrief):
        return PageLink(f"{base_url}/{brief.page}", "Read this digest as a page") if brief.page else None
    if brief.kind == NOTICE or not brief.commitment:
        return None
    page = commitment_page(brief.commitment)
    place = f"{page}#{change_anchor(brief.changes[0].id)}" if brief.changes else page
    return PageLink(f"{base_url}/{place}", "Read the whole history")


def board_link(base_url: str) -> PageLink | None:
    """The link to the board; None if `base_url` is ''."""
    return PageLink(f"{base_url}/", "Every status today, on the board") if base_url else None
