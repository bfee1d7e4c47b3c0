"""Parcels in, messages out: mail as bytes, Slack as a payload. One renderer serves sending, previews and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import css_inline

from monitor.domain.messages.digest import TIMELINE_DAYS
from monitor.domain.messages.main_link import outlet_credits
from monitor.domain.messages.models import AlertBrief, OutboundMessage
from monitor.domain.text.plain import truncated
from monitor.errors import RenderError
from monitor.render import charts, mail, slack
from monitor.render.html_fixes import add_break_opportunities, escape_in_alt
from monitor.render.jinja_env import Templates
from monitor.render.sample_messages import PARCELS
from monitor.render.size_limits import BUDGETS, FULL_BUDGET, Budget, trimmed_to_budget

HTML_BUDGET = 89_000
"""Bytes on the wire, without the part's few headers; Gmail clips a mail's HTML near 102 KB, and 90 KB are promised."""
MAX_CHART_ROWS = 25
"""Commitments in a digest's picture."""

REPEAT_NOTE = "An earlier copy of this message may have reached you: the answer to it was lost."


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart in a mail: its content id, its drawing, and the finding it shows, in words."""

    cid: str
    data: bytes
    alt: str


class Renderer:
    """Renders with the templates of one folder. sender: 'Name <address>'; list_domain: the domain of message ids.

    unsubscribe: where readers write who want no more mail, if not to the sender.
    """

    def __init__(
        self, templates: Path, *, sender: str, list_domain: str, list_name: str = "Deal monitor", unsubscribe: str = ""
    ) -> None:
        self._templates = Templates(templates)
        self._post = mail.MailIdentity(sender, list_domain, list_name, unsubscribe)

    def mail(self, parcel: OutboundMessage) -> bytes:
        """The parcel as an RFC 5322 message with CRLF line ends. Raises RenderError."""
        pictures = self._pictures(replace(parcel, brief=trimmed_to_budget(parcel.brief, FULL_BUDGET)[0]))
        html, room = self._fitting(parcel, pictures)
        text = self.text(parcel, room)
        return mail.build_mail(parcel, self._post, text, html, {item.cid: item.data for item in pictures.values()})

    def text(self, parcel: OutboundMessage, room: Budget = FULL_BUDGET) -> str:
        """The parcel as plain text: the mail's text part, and what a terminal shows."""
        values = self._values(parcel, room, {})
        return self._templates.render(f"{_template(parcel)}.txt.j2", values).strip() + "\n"

    def slack(self, parcel: OutboundMessage) -> dict[str, Any]:
        """The parcel as arguments of chat.postMessage, within all of Slack's limits."""
        return slack.payload(parcel, REPEAT_NOTE if parcel.repeat else "")

    def check(self) -> list[str]:
        """Render every kind of message with sample values; returns the problems found, none when all is well."""
        problems = []
        for parcel in PARCELS.values():
            for render in (self.mail, self.slack):
                try:
                    render(parcel)
                except RenderError as error:
                    problems.append(str(error))
        return list(dict.fromkeys(problems))

    # ------------------------------------------------------------ parts

    def _values(self, parcel: OutboundMessage, room: Budget, pictures: Mapping[str, Picture]) -> dict[str, Any]:
        brief, more = trimmed_to_budget(parcel.brief, room)
        return {
            "brief": brief,
            "more": more,
            "others": outlet_credits(parcel.brief.evidence[room.items :])
            if isinstance(parcel.brief, AlertBrief)
            else "",
            "subject": mail.subject(parcel),
            "pictures": pictures,
            "repeat": REPEAT_NOTE if parcel.repeat else "",
            "message_id": parcel.message_id,
        }

    def _fitting(self, parcel: OutboundMessage, pictures: Mapping[str, Picture]) -> tuple[str, Budget]:
        """The HTML with as much of the brief as the budget allows, and how much that is."""
        for room in BUDGETS:
            html = self._html(parcel, self._values(parcel, room, pictures))
            if mail.encoded_size(html) <= HTML_BUDGET:
                break
        return html, room

    def _html(self, parcel: OutboundMessage, values: Mapping[str, Any]) -> str:
        html = add_break_opportunities(self._templates.render(f"{_template(parcel)}.html.j2", values))
        try:
            inliner = css_inline.CSSInliner(
                extra_css=self._templates.css(), keep_style_tags=True, load_remote_stylesheets=False, minify_css=True
            )
            # All ASCII: the mail needs no <meta>, which careful mail filters take for an active element.
            return escape_in_alt(inliner.inline(html)).encode("ascii", "xmlcharrefreplace").decode("ascii")
        except (css_inline.InlineError, ValueError) as error:
            raise RenderError(f"mail.css cannot be written into the HTML: {error}", subject="mail.css") from error

    def _pictures(self, parcel: OutboundMessage) -> dict[str, Picture]:
        drawn = _alert_charts(parcel.brief) if isinstance(parcel.brief, AlertBrief) else _digest_charts(parcel)
        found = {}
        for name, (svg, alt) in drawn.items():
            data = charts.png(svg)
            if data is not None:
                found[name] = Picture(
                    mail.picture_id(name, parcel, self._post), data, truncated(alt, FULL_BUDGET.letters)
                )
        return found


def _template(parcel: OutboundMessage) -> str:
    return "alert" if isinstance(parcel.brief, AlertBrief) else "digest"


def _alert_charts(brief: AlertBrief) -> dict[str, tuple[str, str]]:
    found = {}
    drawing = charts.progress_svg(brief.progress, brief.as_of) if brief.progress else None
    if brief.progress and drawing:
        found["progress"] = (drawing, f"Progress against the path: {brief.progress.counted_text}.")
    if brief.strip and len(brief.strip.spans) > 1:
        first, last = brief.strip.spans[0].start, brief.strip.spans[-1].end
        found["timeline"] = (
            charts.timeline_svg((brief.strip,), first, last),
            f"Status so far: {charts.alt_text(brief.strip)}.",
        )
    return found


def _digest_charts(parcel: OutboundMessage) -> dict[str, tuple[str, str]]:
    brief = parcel.brief
    if isinstance(brief, AlertBrief) or not brief.strips:
        return {}
    strips = brief.strips[:MAX_CHART_ROWS]
    told = "; ".join(f"{strip.short}: {charts.alt_text(strip)}" for strip in strips[:6])
    return {"timeline": (charts.timeline_svg(strips, brief.end - timedelta(days=TIMELINE_DAYS), brief.end), f"{told}.")}
