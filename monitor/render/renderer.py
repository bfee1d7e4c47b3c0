"""Outbound messages as mail, plain text and Slack payload, in one renderer for sending, previews and checks."""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import css_inline

from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.messages.briefs import AlertBrief, DigestBrief, OutboundMessage
from monitor.domain.messages.digest.brief import TIMELINE_DAYS
from monitor.domain.messages.evidence_lines import outlet_credits
from monitor.domain.messages.thread_card import StatusCard
from monitor.domain.pages.addresses import board_link, page_link
from monitor.domain.reading.question import QuestionBrief
from monitor.domain.text.labels import pluralised
from monitor.domain.text.plain import truncated
from monitor.errors import RenderError
from monitor.render import charts, mail, slack_blocks
from monitor.render.jinja_env import Templates
from monitor.render.reader_question import TEMPLATE
from monitor.render.sample_messages import SAMPLE_SITE, filled, sample_messages
from monitor.render.size_limits import BUDGETS, FULL_BUDGET, Budget, trimmed_to_budget

HTML_BUDGET = 89_000
"""Bytes on the wire without the part's few headers. Gmail clips a mail's HTML near 102 KB, and 90 KB are promised."""
MAX_DIGEST_LINES = 120
"""Lines of a digest's text that people still read to the end (estimate)."""
MAX_CHART_ROWS = 25
"""Commitments in a digest's picture: more would be taller than a screen."""
REPEAT_NOTE = "An earlier copy of this message may have reached you: the answer to it was lost."

MAX_UNBROKEN = 24
"""Longest word that is left alone: no name of a rule and hardly a word of a language is longer."""
BREAK_EVERY = 12
BREAK_ENTITY = "&#8203;"
_LETTER = r"(?:&(?:lt|gt|amp|#34|#39);|[!-%'-,.-;=?-~\u00a1-\u0dff\u0f00-\u0fff\u10a0-\u177f\u1800-\u1fff])"
"""A letter in HTML. Hyphens, Chinese, Japanese, Korean, Thai and emoji already break."""
_LONG = re.compile(rf"{_LETTER}{{{MAX_UNBROKEN + 1},}}")
_PIECE = re.compile(rf"{_LETTER}{{{BREAK_EVERY}}}(?!$)")
_PARTS = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL)
_TEXT_ATTRIBUTE = re.compile(r'(?<=\s)(alt|title|aria-label)="([^"]*)"')
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;", "=": "&#61;"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart in a mail: its content id, its PNG, and the finding it shows, in words."""

    cid: str
    data: bytes
    alt: str


class Renderer:
    """Renders with the templates of one folder. sender: 'Name <address>'; list_domain: the domain of message ids;
    unsubscribe: an address, '' for the sender; base_url: of our pages, '' for messages without links to them; links:
    makes the signed links, None for messages without."""

    def __init__(
        self,
        templates: Path,
        *,
        sender: str,
        list_domain: str,
        unsubscribe: str = "",
        base_url: str = "",
        links: LinkMaker | None = None,
    ) -> None:
        self._templates, self._base_url, self._links = Templates(templates), base_url, links or LinkMaker("", b"")
        self._identity = mail.MailIdentity(sender, list_domain, unsubscribe)

    def mail(self, message: OutboundMessage) -> bytes:
        """The message in RFC 5322 form with CRLF line ends. Raises RenderError.

        1. Draw the charts of the brief.
        2. Try the budgets, the largest first, until the HTML fits (of a digest the text too).
        3. Build the mail from text, HTML and charts, all for the same budget.
        """
        pictures, sent_id = {}, mail.message_id(message, self._identity)
        brief, drawings = trimmed_to_budget(message.brief, FULL_BUDGET)[0], list[tuple[str, str, str]]()
        if isinstance(brief, AlertBrief):
            progress, timeline = brief.progress, brief.timeline
            if progress and (svg := charts.progress_svg(progress, brief.as_of)):
                drawings.append(("progress", svg, f"Progress against the path: {progress.counted_text}."))
            if timeline and len(timeline.spans) > 1:
                svg = charts.timeline_svg((timeline,), timeline.spans[0].start, timeline.spans[-1].end)
                drawings.append(("timeline", svg, f"Status so far: {charts.alt_text(timeline)}."))
        elif brief.timelines:
            timelines = brief.timelines[:MAX_CHART_ROWS]
            svg = charts.timeline_svg(timelines, brief.end - timedelta(days=TIMELINE_DAYS), brief.end)
            moved = [strip.short for strip in timelines if strip.spans[-1].start >= brief.start]
            said = f"changed in this period: {', '.join(moved)}" if moved else "none changed in this period"
            days = pluralised(TIMELINE_DAYS, "day")
            alt = f"The statuses of {pluralised(len(timelines), 'commitment')} over {days}; {said}."
            drawings.append(("timeline", svg, alt))
        for name, svg, alt in drawings:  # the drawing, and its finding in words
            if data := charts.png(svg):
                cid = f"{name}.{mail.digest(sent_id)[:12]}@{self._identity.domain}"
                pictures[name] = Picture(cid, data, truncated(alt, FULL_BUDGET.letters))
        for budget in self._budgets(message):
            html = add_break_opportunities(self._filled("html", message, budget, pictures))
            try:
                inliner = css_inline.CSSInliner(
                    extra_css=self._templates.text_of("mail.css"),
                    keep_style_tags=True,
                    load_remote_stylesheets=False,
                    minify_css=True,
                )
                # All ASCII: the mail needs no <meta>, which careful mail filters take for an active element.
                html = inliner.inline(html).encode("ascii", "xmlcharrefreplace").decode("ascii")
            except (css_inline.InlineError, ValueError) as error:
                raise RenderError(f"mail.css cannot be written into the HTML: {error}", subject="mail.css") from error
            # A careless mail filter takes '<script>' in the text of a picture for an element.
            html = _TEXT_ATTRIBUTE.sub(lambda found: f'{found[1]}="{found[2].translate(_ENTITIES)}"', html)
            coded = quopri.encodestring(html.encode("ascii"))
            if len(coded) + coded.count(b"\n") <= HTML_BUDGET:  # as it travels, with CRLF line ends
                break
        attached = {picture.cid: picture.data for picture in pictures.values()}
        text, unsubscribe = self.text(message, budget), self._links.links(message).unsubscribe
        return mail.build_mail(message, self._identity, text, html, attached, unsubscribe)

    def text(self, message: OutboundMessage, budget: Budget | None = None) -> str:
        """The message as plain text. budget: None for the largest that fits. Raises RenderError."""
        return self._filled("txt", message, budget or self._budgets(message)[0], {}).strip() + "\n"

    def _budgets(self, message: OutboundMessage) -> Sequence[Budget]:
        """The budgets to try, the largest first; of a digest only those whose text is short enough to read."""
        if not isinstance(message.brief, DigestBrief):
            return BUDGETS
        for at, budget in enumerate(BUDGETS):
            if self.text(message, budget).count("\n") <= MAX_DIGEST_LINES:
                return BUDGETS[at:]
        return BUDGETS[-1:]

    def slack(self, shown: OutboundMessage | StatusCard) -> dict[str, Any]:
        """A message as arguments of chat.postMessage, or the header of a thread as arguments of chat.update; within
        all of Slack's limits."""
        if isinstance(shown, StatusCard):
            return slack_blocks.status_card(shown, page_link(shown.now, self._base_url))
        page, repeat = page_link(shown.brief, self._base_url), REPEAT_NOTE if shown.repeat else ""
        return slack_blocks.payload(shown, repeat, page, self._links.links(shown), board_link(self._base_url))

    def check(self, *, question: bool = True) -> list[str]:
        """Render sample messages of every layout; returns the problems. question: a question to the model too."""
        linking = copy(self)  # so that the links to our pages are rendered too
        linking._base_url = self._base_url or SAMPLE_SITE
        linking._links = LinkMaker(linking._base_url, b"only for samples")
        renderings: list[Callable[[], object]] = [partial(linking.mail, message) for message in sample_messages()]
        if question:
            renderings.append(partial(self._templates.render, TEMPLATE, {"question": filled(QuestionBrief)}))
        problems: dict[str, None] = {}
        for render in renderings:
            try:
                render()
            except RenderError as error:
                problems[str(error)] = None
        return list(problems)

    def _filled(self, form: str, message: OutboundMessage, budget: Budget, pictures: Mapping[str, Picture]) -> str:
        """The template of this form (html or txt), with the brief cut to the budget."""
        brief, more = trimmed_to_budget(message.brief, budget)
        template, others, links = "digest", "", self._links.links(message)
        if isinstance(message.brief, AlertBrief) and isinstance(brief, AlertBrief):
            template, others = "alert", outlet_credits(message.brief.evidence.lines[len(brief.evidence.lines) :])
        values: dict[str, Any] = {
            "brief": brief,
            "more": more,
            "others": others,
            "pictures": pictures,
            "message_id": message.message_id,
            "page": page_link(message.brief, self._base_url),
            "board": board_link(self._base_url),
            "links": links,
            "write_to": self._identity.contact if message.channel == "email" and not links.unsubscribe else "",
            "subject": mail.subject(message),
            "repeat": REPEAT_NOTE if message.repeat else "",
        }
        return self._templates.render(f"{template}.{form}.j2", values)


def add_break_opportunities(html: str) -> str:
    """The HTML with zero-width spaces inside its long words, at which all mail programs break; its tags stay. A long
    address in a title must not make a mail wider than a phone."""
    broken = partial(_LONG.sub, lambda word: _PIECE.sub(rf"\g<0>{BREAK_ENTITY}", word.group()))
    return _PARTS.sub(lambda part: broken(part["text"]) if part["text"] else part.group(), html)
