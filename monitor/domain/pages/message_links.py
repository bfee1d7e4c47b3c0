"""The page that a message leads to: the whole history behind an alert, a digest as it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.domain.messages.models import AlertBrief, Brief, DigestBrief
from monitor.domain.model import NOTICE
from monitor.domain.pages import addresses


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of ours, by its whole address, and what to call it."""

    url: str
    label: str


def page_link(brief: Brief, base_url: str) -> PageLink | None:
    """Where a reader goes on. None where nobody said where the pages are (base_url is ''), for a notice, which is about the program, and
    for a digest that is not kept. An alert leads to its first change on the page of its commitment."""
    if not base_url:
        return None
    if isinstance(brief, DigestBrief):
        return PageLink(f"{base_url}/{brief.page}", "Read this digest as a page") if brief.page else None
    if brief.kind == NOTICE or not brief.commitment:
        return None
    return PageLink(f"{base_url}/{_place(brief)}", "Read the whole history")


def _place(brief: AlertBrief) -> str:
    """The page of the commitment, at the change that the message leads with."""
    page = addresses.commitment_page(brief.commitment)
    return f"{page}#{addresses.change_anchor(brief.events[0])}" if brief.events else page
