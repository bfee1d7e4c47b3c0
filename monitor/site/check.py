"""Every page's template filled in with made-up values, so that a mistake in one shows before it meets a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from monitor.domain.pages import addresses
from monitor.domain.pages.board import Board
from monitor.domain.pages.commitment.as_of_page import AsOfPage
from monitor.domain.pages.commitment.commitment_page import CommitmentPage
from monitor.domain.pages.digests_page import DigestsPage, KeptDigest, Neighbours
from monitor.domain.pages.frame import Frame
from monitor.domain.pages.glossary_page import GlossaryPage
from monitor.domain.pages.how_page import HowPage
from monitor.domain.pages.link_page import LinkPage
from monitor.domain.pages.sources_page import SourcesPage
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.render.sample_messages import Everything, filled
from monitor.site.page_templates import PageTemplates
from monitor.site.pages import DRAWN_WITH

DRAWINGS = ("<svg></svg>", "<svg></svg>")
VIEW_MODELS: Mapping[str, Mapping[str, Any]] = {
    "board.html.j2": {
        "board": Board,
        "years": {"id": DRAWINGS[0]},
        "legend": [("good", "met")],
        "stripes": DRAWINGS[0],
    },
    "commitment.html.j2": {"page": CommitmentPage, "pictures": {"statuses": DRAWINGS, "progress": DRAWINGS}},
    "as_of.html.j2": {"page": AsOfPage, "pictures": {"progress": DRAWINGS}},
    "digests.html.j2": {"page": DigestsPage},
    "digest.html.j2": {"digest": KeptDigest, "beside": Neighbours, "content": str},
    "sources.html.j2": {"page": SourcesPage},
    "how.html.j2": {"page": HowPage},
    "glossary.html.j2": {"page": GlossaryPage},
    "not_found.html.j2": {},
    "link.html.j2": {"page": LinkPage, "title": str},
}
"""What each template is given, by name: the type of a view model, or a value as it is."""


def check_templates(templates: Templates) -> list[str]:
    """The problems found, empty without any."""
    problems: dict[str, None] = {}
    for render in renderings(templates):
        try:
            render()
        except RenderError as error:
            problems[str(error)] = None
    return list(problems)


LITTLE: Sequence[Mapping[str, Any]] = (
    {},
    {"sparse": True},
    {"lacking": Everything()},
    {"lacking": {"last", "address", "url"}},
)
"""How much of a view model is there."""


def renderings(templates: Templates) -> Iterator[Callable[[], object]]:
    """Each template with all that a page may have, and with ever less; then what the pages are drawn with."""
    pages = PageTemplates(templates, filled(Frame))
    for template, models in VIEW_MODELS.items():
        for little in LITTLE:
            values = {
                name: filled(model, name, **little) if isinstance(model, type) else model
                for name, model in models.items()
            }
            yield partial(pages.page, addresses.BOARD, template, **values)
    yield partial(pages.page, addresses.BOARD, "commitment.html.j2", **_with_much_evidence())
    for name in DRAWN_WITH:
        yield partial(templates.text_of, name)


def _with_much_evidence() -> Mapping[str, Any]:
    """A commitment with more reports of one change than its page shows at once."""
    page: CommitmentPage = filled(CommitmentPage)
    month = page.months[0]
    entry = replace(month.entries[0], evidence=month.entries[0].evidence * 2)
    return {**VIEW_MODELS["commitment.html.j2"], "page": replace(page, months=(replace(month, entries=(entry,)),))}
