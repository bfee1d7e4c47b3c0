"""The board, the pages of commitments and of days as HTML: their links lead somewhere, and nothing from outside becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from monitor.domain.pages.frame import frame_of
from monitor.site.commitment_pages import commitment_pages

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import Deadline, Flag, FlagKind, Intervention, ReadBy, ReaderKind, Says
from monitor.domain.model.enums import Effect
from monitor.domain.model.reasons import Disputed
from monitor.domain.pages.material import Retired, SiteMaterial
from monitor.render.jinja_env import Templates
from monitor.site.page_templates import PageTemplates
from tests.builders.hostile_messages import TITLES
from tests.builders.message_values import NOW, commitment, counts, story, verdict
from tests.builders.page_material import PART, SOY, TRUCE, history, material, published, signals, unconfirmed
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.web_pages import broken_links, read_page

SHARED = Templates(TEMPLATES)


def rendered(site: SiteMaterial) -> dict[str, str]:
    site = replace(site, context=site.context.cleaned(site.context.commitments))
    pages = PageTemplates(SHARED, frame_of(site))
    return {address: content.decode() for address, content in commitment_pages(site, pages)}


@cache
def sample() -> dict[str, str]:
    return rendered(material())


# ---------------------------------------------------------------- pages


def test_there_is_a_board_a_page_a_commitment_and_a_page_a_day_of_change() -> None:
    assert set(sample()) == {
        "index.html",
        *(f"c/{name}.html" for name in (SOY, PART, TRUCE)),
        f"c/{SOY}/2026-01-13.html",
        f"c/{SOY}/2026-03-14.html",
    }


FROM_OTHERS = re.compile(
    r": (\.\./)*(digests/index\.html|sources\.html|how\.html(#words)?|glossary\.html(#word-.*)?|site\.css|favicon\.svg|.*\.(atom|ics|json)|badge/.*)$"
)
"""Links to what other parts of the site fill."""


def test_every_link_within_the_site_leads_to_a_page_and_a_place_on_it() -> None:
    pages = {address: read_page(page) for address, page in sample().items()}
    files = dict.fromkeys(sample(), b"")
    assert [link for link in broken_links(files, pages) if not FROM_OTHERS.search(link)] == []


@pytest.mark.parametrize("address", sorted(sample()))
def test_no_place_of_a_page_has_the_name_of_another(address: str) -> None:
    assert max(read_page(sample()[address]).ids.values()) == 1


def test_every_recorded_change_has_its_place_on_the_page() -> None:
    assert {"change-t0", "change-t1", "change-t2"} <= set(read_page(sample()[f"c/{SOY}.html"]).ids)


def test_a_report_opens_without_telling_whence() -> None:
    out = [link for link in read_page(sample()[f"c/{SOY}.html"]).links if link.target.startswith("http")]
    assert out
    assert {link.rel for link in out} == {"noreferrer noopener"}


def test_a_status_is_a_word_with_a_shape_and_never_a_colour_alone() -> None:
    """The strip of a year too: its title tells it, and trouble is striped."""
    board = sample()["index.html"]
    assert '<span class="status tone-warn"><span aria-hidden="true">▲</span> AT RISK (in progress)</span>' in board
    assert "<title>pledged, in progress from 13 Jan 2026, at risk from 14 Mar 2026</title>" in board
    assert 'fill="url(#y-at_risk)"' in board
    assert 'id="y-at_risk"' in board


def test_blindness_stands_before_everything_else() -> None:
    blind = rendered(material(sources=(SourceHealth("Wire", "failing", NOW),), last_read=NOW))["index.html"]
    assert blind.index("No source has been read since 14 Mar 2026") < blind.index("promises is in trouble")


def test_what_no_longer_counts_is_struck_and_says_why() -> None:
    page = rendered(material(retired={"s2": Retired(NOW, "withdrawn")}))[f"c/{SOY}.html"]
    assert "<strong>No longer counts:</strong> withdrawn by its publisher on 14 Mar 2026." in page
    assert "<s>“Buyers have put off two cargoes”</s>" in page


def test_both_sides_of_a_contradiction_have_a_column_each() -> None:
    told = Disputed("US Treasury", "two are put off", "MOFCOM", "all sail")
    flag = Flag(FlagKind.CONTESTED, "orders", NOW, told)
    page = rendered(material(verdicts={**material().context.verdicts, SOY: verdict(flags=(flag,))}))[f"c/{SOY}.html"]
    sides = page.partition('<div class="sides">')[2].partition("</section>")[0]
    assert sides.count('<div class="side">') == 2
    assert sides.index("two are put off") < sides.index("Against it:") < sides.index("all sail")


def test_a_promise_without_a_record_names_its_baseline_and_leads_to_its_source() -> None:
    bare = verdict(last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0), flags=(), deadlines=())
    site = material(verdicts={**material().context.verdicts, SOY: bare}, history={}, published={})
    page = rendered(site)[f"c/{SOY}.html"]
    assert "Nothing has been recorded yet" not in page, "the baseline says so"
    assert 'href="https://example.org/text"' in page
    assert "There is no record of a day yet." in page


def test_the_board_names_the_colours_of_its_strips_each_once() -> None:
    legend = sample()["index.html"].partition('<ul class="legend"')[2].partition("</ul>")[0]
    assert [part.partition("<")[0] for part in legend.split("</span>")[1:]] == [
        "pledged",
        "in progress",
        "in force",
        "at risk",
    ]


def test_a_baseline_ends_with_one_full_stop() -> None:
    bare = replace(
        verdict(flags=(), deadlines=()), last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0)
    )
    page = rendered(material(verdicts={**material().context.verdicts, SOY: bare}, history={}, published={}))
    (line,) = [line for line in page[f"c/{SOY}.html"].splitlines() if "No report has moved" in line]
    assert line.endswith(".</p>")
    assert not line.endswith("..</p>")


def test_a_page_of_a_day_does_not_call_it_today() -> None:
    page = sample()[f"c/{SOY}/2026-03-14.html"]
    assert ">14 Mar 2026</text>" in page
    assert ">today</text>" not in page
    assert ">today</text>" in sample()[f"c/{SOY}.html"]


# ---------------------------------------------------------------- hostile texts

ALLOWED_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "div",
        "p",
        "nav",
        "ul",
        "li",
        "ol",
        "main",
        "h1",
        "h2",
        "h3",
        "section",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "time",
        "span",
        "strong",
        "br",
        "footer",
        "code",
        "details",
        "summary",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "s",
        "figure",
        "figcaption",
        "svg",
        "g",
        "rect",
        "line",
        "path",
        "circle",
        "text",
        "pattern",
    ]
)
ALLOWED_ATTRIBUTES = frozenset(
    [
        "abbr",
        "anchor",
        "aria-current",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "charset",
        "class",
        "content",
        "cx",
        "cy",
        "d",
        "data-label",
        "datetime",
        "dir",
        "fill",
        "fill-opacity",
        "focusable",
        "font-family",
        "font-size",
        "height",
        "href",
        "http-equiv",
        "id",
        "lang",
        "name",
        "open",
        "paint-order",
        "patterntransform",
        "patternunits",
        "preserveaspectratio",
        "r",
        "rel",
        "role",
        "rx",
        "scope",
        "stroke",
        "stroke-dasharray",
        "stroke-width",
        "tabindex",
        "text-anchor",
        "title",
        "type",
        "viewbox",
        "width",
        "x",
        "x1",
        "x2",
        "xmlns",
        "y",
        "y1",
        "y2",
    ]
)


def hostile(title: str) -> SiteMaterial:
    """The material in which every text from outside is this title."""
    readers = (ReadBy(ReaderKind.MODEL, title, title, Effect.SETBACK),)
    texts: dict[str, Any] = {"quote": title, "origin": title, "rule": title, "rule_version": title, "read_by": readers}
    found = {key: replace(each, says=Says.CN if key == "s2" else Says.US, **texts) for key, each in signals().items()}
    stories = {
        each.story: story(each.story, title, (title,), title=title, lang=title, url=f"javascript:{title}")
        for each in found.values()
    }
    flags = (Flag(FlagKind.CONTESTED, title, NOW, Disputed(title, title, title, title), ("s1", "s2")), unconfirmed())
    soy = verdict(
        flags=(*flags, Flag(FlagKind.CONTESTED, title, NOW, Disputed(title, title, title, title))),
        deadlines=(Deadline(title, "due", NOW.date(), title), Deadline(title, "due", NOW.date(), title, "superseded")),
        progress=replace(counts((title, 4e6, 4e6), ("customs", 3e6, 3e6)), label=title),
        outlook_evidence=("s2",),
    )
    known = material().context
    promise = commitment(name=title, short=title, topic=title, criteria=(("at_risk", title),), deal=title)
    interventions = (
        Intervention("p", "pin", SOY, "", title, f"javascript:{title}", NOW, None, f"{title}/steady", title),
        Intervention("r", "reject", SOY, "s1", title, title, NOW, by=title),
    )
    return material(
        signals=found,
        stories=stories,
        commitments={**known.commitments, SOY: promise},
        verdicts={**known.verdicts, SOY: soy},
        history={SOY: history()},
        published={SOY: published((0, soy))},
        interventions={
            SOY: interventions,
            "": (Intervention("m", "mute", "", "soybean-*", title, title, NOW, by=title),),
        },
        retired={"s2": Retired(NOW, title)},
        sources=(SourceHealth(title, "failing", NOW, title),),
        deals={title: title},
        title=title[:200],
        rulebook=title[:200],
        program=title[:200],
    )


@pytest.mark.parametrize("name", TITLES)
def test_no_text_from_outside_becomes_markup(name: str) -> None:
    for address, page in rendered(hostile(TITLES[name])).items():
        found = read_page(page)
        assert found.tags.keys() <= ALLOWED_TAGS, address
        assert found.attributes.keys() <= ALLOWED_ATTRIBUTES, address
        targets = [link.target.lower().lstrip() for link in found.links]
        assert not any(target.startswith(("javascript:", "data:")) for target in targets), address
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page), address
        assert len(page) < 400_000, address
