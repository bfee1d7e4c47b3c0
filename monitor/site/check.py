"""Every page's template filled in with made-up values, so that a mistake in one shows before it meets a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from monitor.domain.pages import addresses
from monitor.domain.pages.digests_page import DigestsPage, KeptDigest, Neighbours
from monitor.domain.pages.frame import Frame
from monitor.domain.pages.glossary_page import GlossaryPage
from monitor.domain.pages.how_page import HowPage
from monitor.domain.pages.sources_page import SourcesPage
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.render.sample_messages import filled
from monitor.site.page_templates import PageTemplates
from monitor.site.pages import DRAWN_WITH

VIEW_MODELS: Mapping[str, Mapping[str, Any]] = {
    "digests.html.j2": {"page": DigestsPage},
    "digest.html.j2": {"digest": KeptDigest, "beside": Neighbours, "content": str},
    "sources.html.j2": {"page": SourcesPage},
    "how.html.j2": {"page": HowPage},
    "glossary.html.j2": {"page": GlossaryPage},
    "not_found.html.j2": {},
}
"""What each template is given, by name."""


def check_templates(templates: Templates) -> list[str]:
    """The problems found, empty without any."""
    problems: dict[str, None] = {}
    for render in renderings(templates):
        try:
            render()
        except RenderError as error:
            problems[str(error)] = None
    return list(problems)


def renderings(templates: Templates) -> Iterator[Callable[[], object]]:
    """Each template once with all that a page may have and once with as little, then what the pages are drawn with."""
    pages = PageTemplates(templates, filled(Frame))
    for template, models in VIEW_MODELS.items():
        for sparse in (False, True):
            values = {name: filled(model, name, sparse=sparse) for name, model in models.items()}
            yield partial(pages.page, addresses.BOARD, template, **values)
    for name in DRAWN_WITH:
        yield partial(templates.text_of, name)
