"""The pages of sources, words and verdicts, and what a server shows for an address that is not there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from monitor.domain.pages.frame import frame_of
from monitor.site.pages import not_found_page, page_files

from monitor.domain.messages.briefs import SourceHealth
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.site.digest_pages import KeptDigests
from monitor.site.page_templates import CONTENT_SECURITY_POLICY, PageTemplates
from tests.builders.hostile_messages import TITLES
from tests.builders.message_values import NOW
from tests.builders.published_material import material
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.web_pages import read_page

ROOT = TEMPLATES.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
HOSTILE = tuple(
    SourceHealth(title[:300], "failing" if number % 2 else "frozen", NOW, title[:300])
    for number, title in enumerate(TITLES.values())
)


@cache
def page(address: str) -> str:
    kept = KeptDigests(Path("nowhere"), str)
    made = page_files(material(sources=HOSTILE), Templates(TEMPLATES), kept, GLOSSARY)
    return {name: content.decode() for name, content in made}[address]


def test_names_and_errors_of_sources_are_inert() -> None:
    shown = read_page(page("sources.html"))
    assert not {"script", "style", "svg", "img", "form"} & set(shown.tags)
    assert not {name for name in shown.attributes if name.startswith("on") or name == "style"}
    assert shown.tags["tr"] == len(HOSTILE) + 1


def test_how_verdicts_are_reached_has_no_figure_of_its_own() -> None:
    """Every number on the page comes from the policy; the template spells none."""
    text = (TEMPLATES / "site" / "how.html.j2").read_text(encoding="utf-8")
    said = read_page(re.sub(r"\{[{%].*?[}%]\}", "", text)).text
    words = {"two", "three", "four", "five", "six", "seven", "eight", "nine"}
    assert not words & set(said.lower().replace(".", " ").split())
    assert not any(letter.isdigit() for letter in said)
    assert "two independent sources within seven days" in page("how.html")


def test_every_word_of_the_glossary_can_be_linked_to() -> None:
    assert {"word-evidence-threshold", "word-baseline"} <= set(read_page(page("glossary.html")).ids)


@pytest.mark.parametrize(("base_url", "root"), [("", "/"), ("https://a.example", "/"), ("https://a.example/b", "/b/")])
def test_the_page_for_what_is_not_there_works_at_any_depth(base_url: str, root: str) -> None:
    pages = PageTemplates(Templates(TEMPLATES), frame_of(material()))
    shown = read_page(not_found_page(pages, base_url)[1].decode())
    assert all(link.target.startswith((root, "#")) for link in shown.links)


def test_a_missing_guide_is_named() -> None:
    made = page_files(material(), Templates(TEMPLATES), KeptDigests(Path("nowhere"), str), Path("gone/glossary.md"))
    with pytest.raises(RenderError, match=r"gone/glossary\.md cannot be read"):
        list(made)


def test_the_guide_names_the_policy_that_the_pages_carry() -> None:
    guide = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
    assert f"\n{CONTENT_SECURITY_POLICY}\n" in guide
    assert f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'" in guide
