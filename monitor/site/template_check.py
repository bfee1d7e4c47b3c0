"""Renders every page template with made-up values, so that a mistake is found before readers see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.domain.pages import addresses
from monitor.domain.pages.about_page import AboutPage, GlossaryPage
from monitor.domain.pages.board import Board
from monitor.domain.pages.commitment_page import AsOfPage, CommitmentPage
from monitor.domain.pages.link_page import LinkPage
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.render.sample_messages import filled
from monitor.site.build import ICON, SCRIPT, SHEETS
from monitor.site.digest_pages import KeptDigest
from monitor.site.page_templates import PageTemplates

DRAWINGS = ("<svg></svg>", "<svg></svg>")
FRAME: Mapping[str, Any] = {
    "title": str,
    "now": datetime,
    "last_read": datetime | None,
    "rules": str,
    "program": str,
    "contact": str,
    "navigation": addresses.NAVIGATION,
}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "board.html.j2": {
        "board": Board,
        "years": {"id": DRAWINGS[0]},
        "legend": [("good", "met")],
        "stripes": DRAWINGS[0],
    },
    "commitment.html.j2": {"page": CommitmentPage, "pictures": {"statuses": DRAWINGS, "progress": DRAWINGS}},
    "as_of.html.j2": {"page": AsOfPage, "pictures": {"progress": DRAWINGS}},
    "digests.html.j2": {"routes": {"desk": (filled(KeptDigest),)}},
    "digest.html.j2": {
        "digest": KeptDigest,
        "earlier": KeptDigest | None,
        "later": KeptDigest | None,
        "picture": DRAWINGS[0],
        "known": ("commitment",),
    },
    "timeline.html.j2": {"board": Board},
    "about.html.j2": {"page": AboutPage},
    "glossary.html.j2": {"page": GlossaryPage},
    "not_found.html.j2": {},
    "link.html.j2": {"page": LinkPage, "title": str},
}
"""By template, its values: a type to fill, or the value itself."""
AMOUNTS: Sequence[Mapping[str, Any]] = (
    {},
    {"sparse": True},
    {"lacking": None},
    {"lacking": {"last", "held", "url", "why"}},
)
"""How much of the values is filled in."""


def check_templates(templates: Templates) -> list[str]:
    """The problems of all page templates and of their style sheets; empty without any."""
    return list(dict.fromkeys(str(each) for each in renderings(templates) if isinstance(each, RenderError)))


def renderings(templates: Templates) -> Iterator[bytes | RenderError]:
    """Each template rendered with all values, with ever fewer of them, and the style sheets; or the error."""
    tries: list[tuple[str, Mapping[str, Any]]] = []
    for template, values in VALUES.items():
        for amount in AMOUNTS:
            # A type is filled with made-up values; any other value is used as it is.
            given = {
                name: value if isinstance(value, (str, tuple, list, dict)) else filled(value, name, **amount)
                for name, value in {**FRAME, **values}.items()
            }
            tries.append((template, given))
    digest, last = filled(KeptDigest), dict(tries)["digest.html.j2"]
    for events in ((), digest.brief.events * 9):  # none, and more than are told in full
        whole = replace(digest, brief=replace(digest.brief, events=events))
        tries += [("digest.html.j2", {**last, "digest": whole})]
    for template, values in tries:
        try:
            yield PageTemplates(templates, values).page(addresses.BOARD, template)[1]
        except RenderError as error:
            yield error
    for name in (*SHEETS, ICON, SCRIPT):
        try:
            yield templates.text_of(name).encode()
        except RenderError as error:
            yield error
