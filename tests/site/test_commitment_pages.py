"""The board, the pages of commitments, of days and about the site, as HTML: links lead somewhere, and figures are
right."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import Deadline, Flag, FlagKind, Kind, Outlook
from monitor.domain.model.changes import NoticeDue
from monitor.domain.model.reasons import Disputed
from monitor.domain.pages.material import Retired, SiteMaterial
from monitor.render.jinja_env import Templates
from monitor.site.build import site_files
from monitor.site.page_templates import CONTENT_SECURITY_POLICY
from tests.builders.message_values import NOW, commitment, move, verdict
from tests.builders.page_material import PART, SOY, TRUCE, history, material
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.web_pages import read_page

ROOT = TEMPLATES.parent
SHARED = Templates(TEMPLATES)


def files_of(site: SiteMaterial) -> dict[str, bytes]:
    site = replace(site, context=site.context.cleaned(site.context.commitments))
    return dict(site_files(site, SHARED, {}))


def rendered(site: SiteMaterial) -> dict[str, str]:
    return {address: content.decode() for address, content in files_of(site).items() if address.endswith(".html")}


@cache
def sample() -> dict[str, str]:
    return rendered(material())


# ---------------------------------------------------------------- pages


def test_there_is_a_board_a_page_a_commitment_and_a_page_a_day_of_change() -> None:
    assert set(sample()) - {"about.html", "glossary.html", "timeline.html", "404.html", "digests/index.html"} == {
        "index.html",
        *(f"c/{name}.html" for name in (SOY, PART, TRUCE)),
        f"c/{SOY}/2026-01-13.html",
        f"c/{SOY}/2026-03-14.html",
    }


def test_every_recorded_change_has_its_place_on_the_page() -> None:
    due = replace(move("t9"), change=NoticeDue("12 Mt", NOW.date(), 30))
    page = rendered(material(history={SOY: (*history(), due)}))[f"c/{SOY}.html"]
    assert {"change-t0", "change-t1", "change-t2", "change-t9"} <= set(read_page(page).ids)


def test_a_status_is_a_word_with_a_shape_and_never_a_colour_alone() -> None:
    """The strip of a year too: its title tells it, and trouble is striped."""
    board = sample()["index.html"]
    assert '<span class="status tone-warn"><span aria-hidden="true">▼</span> IN PROGRESS, AT RISK</span>' in board
    assert "<title>at risk, 14 Mar 2026</title></rect>" in board
    assert "<title>pledged, in progress from 13 Jan 2026, at risk from 14 Mar 2026</title>" in board
    assert 'fill="url(#y-at_risk)"' in board
    assert 'id="y-at_risk"' in board


def test_blindness_stands_before_everything_else() -> None:
    blind = rendered(material(sources=(SourceHealth("Wire", "failing", NOW),), last_read=NOW))["index.html"]
    assert blind.index('<p class="notice">') < blind.index('<p class="lead">')


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


def test_a_commitment_without_a_record_names_its_baseline_and_leads_to_its_source() -> None:
    bare = verdict(last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0), flags=(), deadlines=())
    site = material(verdicts={**material().context.verdicts, SOY: bare}, history={}, published={})
    page = rendered(site)[f"c/{SOY}.html"]
    assert "Nothing has been recorded yet" not in page, "the baseline says so"
    assert 'href="https://example.org/text"' in page
    began = page.partition("<dt>Starting point</dt>")[2].partition("</dd>")[0]
    assert began.endswith(".")
    assert not began.endswith("..")


def test_an_announced_day_is_told_once_on_the_page() -> None:
    talks = commitment(kind=Kind.SERIES, owed_by="cn+us", targets=())
    day = Deadline("leaders' meeting", "", date(2026, 9, 1), "cn+us", "announced")
    dated = verdict(outlook=Outlook.STEADY, flags=(), deadlines=(day,))
    known = material().context
    site = material(
        commitments={**known.commitments, SOY: talks}, verdicts={**known.verdicts, SOY: dated}, history={}, published={}
    )
    assert read_page(rendered(site)[f"c/{SOY}.html"]).text.casefold().count("leaders' meeting on 1 sep 2026") == 1


def test_the_board_names_the_colours_of_its_strips_each_once() -> None:
    legend = sample()["index.html"].partition('<ul class="legend"')[2].partition("</ul>")[0]
    words = [part.partition("<")[0] for part in legend.split("</span>")[1:]]
    assert words == ["pledged", "in progress", "in force", "at risk"]


def test_a_page_of_a_day_does_not_call_it_today() -> None:
    page = sample()[f"c/{SOY}/2026-03-14.html"]
    assert ">14 Mar 2026</text>" in page
    assert ">today</text>" not in page
    assert ">today</text>" in sample()[f"c/{SOY}.html"]


# ---------------------------------------------------------------- about, and addresses that are not there


def test_the_page_about_the_site_has_no_figure_of_its_own() -> None:
    """Every number on it comes from the policy; the template contains none."""
    text = (TEMPLATES / "site" / "about.html.j2").read_text(encoding="utf-8")
    said = read_page(re.sub(r"\{[{%].*?[}%]\}", "", text)).text
    words = {"two", "three", "four", "five", "six", "seven", "eight", "nine"}
    assert not words & set(said.lower().replace(".", " ").split())
    assert not any(letter.isdigit() for letter in said)
    assert "two independent sources within seven days" in sample()["about.html"]
    assert {"word-a-pact", "word-b-list", "word-contested"} <= set(read_page(sample()["glossary.html"]).ids)


def test_the_page_for_a_missing_address_works_at_any_depth() -> None:
    cases = [("", "/"), ("https://a.example", "/"), ("https://a.example/b", "/b/")]
    for base_url, root in cases:
        shown = read_page(rendered(material(base_url=base_url))["404.html"])
        assert all(link.target.startswith((root, "#")) for link in shown.links), base_url


def test_errors_can_be_reported_where_there_is_an_address() -> None:
    assert "Report an error" not in sample()["index.html"]
    link = '<a href="mailto:desk@deals.example">Report an error</a>'
    assert link in rendered(material(contact="desk@deals.example"))[f"c/{SOY}.html"]


def test_the_guide_has_the_policy_of_the_pages() -> None:
    guide = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
    assert f"\n{CONTENT_SECURITY_POLICY}\n" in guide
