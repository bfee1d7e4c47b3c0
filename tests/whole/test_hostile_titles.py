"""One sweep: twenty hostile titles through every output. None becomes markup, a header or a link, and none breaks a
format."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from monitor.domain.matching.rules import Deal
from monitor.domain.messages.briefs import DigestBrief, SourceHealth
from monitor.domain.model import Deadline, Flag, FlagKind, Intervention, ReadBy, ReaderKind, Says
from monitor.domain.model.enums import Effect
from monitor.domain.model.reasons import Disputed
from monitor.domain.pages.material import Retired, SiteMaterial
from monitor.domain.text.plain import one_line
from monitor.render.jinja_env import Templates
from monitor.site.build import site_files
from tests.builders.hostile_messages import MILLION, TITLES, alert_about, digest_about
from tests.builders.machine_files import check_json
from tests.builders.message_values import NOW, commitment, counts, story, verdict
from tests.builders.page_material import SOY, history, material, published, signals, unconfirmed
from tests.builders.rendered_messages import RENDERER, TEMPLATES
from tests.builders.tables import table
from tests.builders.web_pages import read_page

SHARED = Templates(TEMPLATES)
TAGS = frozenset(table("hostile_titles", "tags"))
FILTERS = {"script", "label", "select", "option", "input"}
FILTER_ATTRIBUTES = {f"data-{name}" for name in ("item", "group", "state", "owes", "kind", "of")} | {
    *("defer", "hidden", "for", "name", "value", "type", "autocomplete")
}
"""Of the board and the timeline."""
ATTRIBUTES = frozenset(table("hostile_titles", "attributes"))
"""Everything that our templates and drawings write; anything else has come from a title."""
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def hostile(title: str) -> SiteMaterial:
    """The material in which every text from outside is this title."""
    readers = (ReadBy(ReaderKind.MODEL, title, title, Effect.SETBACK),)
    changed: dict[str, Any] = {
        "quote": title,
        "origin": title,
        "rule": title,
        "rule_version": title,
        "read_by": readers,
    }
    found = {
        key: replace(each, says=Says("cn") if key == "s2" else Says("us"), **changed) for key, each in signals().items()
    }
    stories = {
        each.story: story(each.story, title, (title,), title=title, lang=title, url=f"javascript:{title}")
        for each in found.values()
    }
    disputed = Disputed(title, title, title, title)
    soy = verdict(
        flags=(
            Flag(FlagKind.CONTESTED, title, NOW, disputed, ("s1", "s2")),
            unconfirmed(),
            Flag(FlagKind.CONTESTED, title, NOW, disputed),
        ),
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
        deals={title: Deal(title, title, glossary={title: title})},
        title=one_line(title, 200),
    )


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a Slack message."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts_of(inner)


def files_about(title: str) -> dict[str, bytes]:
    """A whole site with one digest, all about this title."""
    brief = digest_about(title).brief
    assert isinstance(brief, DigestBrief)
    site = hostile(title)
    site = replace(site, context=site.context.cleaned(site.context.commitments))
    return dict(site_files(site, SHARED, {"digests/desk/2026-03-09T0800.html": brief}))


SWEPT = ("script", "style", "quotes", "header", "surrogate", "override", "encoded", "wide")
"""The titles of most harm; the others take the same ways in `make slow`."""
ALL_TITLES = [name if name in SWEPT else pytest.param(name, marks=pytest.mark.slow) for name in TITLES]


@pytest.mark.parametrize("name", ALL_TITLES)
def test_a_hostile_title_stays_text_on_all_pages_and_in_all_files(name: str) -> None:
    files = files_about(TITLES[name][:20_000])
    for address, content in files.items():
        text = content.decode("utf-8")
        assert not STEERING.search(text.replace("\r\n", "\n")), address
        if address.endswith(".html"):
            page = read_page(text)
            own = FILTERS if "filters" in text else set()
            allowed = {*TAGS, *own}
            assert page.tags.keys() <= allowed, address
            of_filters = FILTER_ATTRIBUTES if own == FILTERS else set()
            assert page.attributes.keys() <= {*ATTRIBUTES, *of_filters, "src", "colspan", "rowspan"}, address
            targets = [
                link.target.lower().lstrip() for link in page.links if not link.target.startswith("data:image/png;")
            ]
            assert not [t for t in targets if ":" in t and not t.startswith(("http://", "https://"))], address
            assert len(text) < 500_000, address
        elif address.endswith(".atom"):
            feed = feedparser.parse(content)
            assert (bool(feed.bozo), feed.version) == (False, "atom10"), address
            contents = [entry.content[0].value for entry in feed.entries]
            assert not [c for c in contents if re.search(r"<(script|img|svg|style)|<a [^>]*javascript:", c)], address
        elif address.endswith(".ics"):
            calendar = Calendar.from_ical(content)
            assert [error for part in calendar.walk() for error in part.errors] == [], address
            assert not {"ATTACH", "ORGANIZER", "ATTENDEE"} & {key for part in calendar.walk() for key in part}, address
    documents = check_json(files)
    assert [s["url"] for s in documents[f"api/v1/{SOY}.json"]["sentences"]] == [None] * 3


@pytest.mark.parametrize("name", [name for name, title in TITLES.items() if len(title) < MILLION])
def test_a_hostile_title_stays_text_in_mail_and_slack(name: str) -> None:
    for message in (alert_about(TITLES[name]), digest_about(TITLES[name])):
        mail = message_from_bytes(RENDERER.mail(message), policy=policy.SMTP.clone(raise_on_defect=True))
        assert not {"bcc", "cc"} & {header.lower() for header in mail}
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert not re.search(r"<\s*(script|iframe|object|embed|form|base)\b", html, re.IGNORECASE)
        assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", html), re.IGNORECASE)
        assert "javascript:" not in " ".join(re.findall(r'href="([^"]*)"', html)).lower()
        payload = RENDERER.slack(message)
        json.dumps(payload)
        marked = [str(payload["text"]), *(part["text"] for part in parts_of(payload) if part.get("type") == "mrkdwn")]
        pinged = [text for text in marked if re.search(r"<(!(?!date)|@|https://a\.example)", text)]
        assert pinged == []
