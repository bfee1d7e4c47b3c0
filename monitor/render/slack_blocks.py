"""Briefs as Slack messages in Block Kit, within all limits of Slack, documented or not. Text from outside is escaped,
its mark-up broken, and sent `verbatim`, so that no headline can ping a channel, forge a link or turn bold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from monitor.domain.messages.action_links import NO_LINKS, MessageLinks
from monitor.domain.messages.briefs import AlertBrief, DigestBrief, EvidenceLine, OutboundMessage
from monitor.domain.messages.evidence_lines import outlet_credits
from monitor.domain.messages.thread_card import StatusCard
from monitor.domain.model import NOTICE
from monitor.domain.pages.addresses import PageLink
from monitor.domain.text.labels import status_caps
from monitor.domain.text.plain import printable, truncated, web_link
from monitor.render.status_style import style_of

# Slack's own limits are 50 blocks, 3,000 characters a text and 150 a header; these stay a little below.
MAX_BLOCKS = 48
MAX_TEXT = 2900
MAX_HELD = 2500
"""Characters of a message to decide on, whose block also has its link."""
MAX_HEADER = 150
MAX_CHARACTERS = 12_000
"""Slack refuses a message somewhere above 13,000 characters; it does not document where."""
CLOSING_RESERVE, CLOSING_BLOCKS = 1500, 6
"""Characters and blocks kept free for the closing lines while lists are filled."""
LAST_LINE_RESERVE = 700
"""Characters kept free for the very last line: the route and the time of the data."""
LIST_TEXT_RESERVE, LIST_BLOCKS_RESERVE = 900, 3
"""Kept free for each further list: its title, a block of items, the number of items left out."""
MAX_FALLBACK = 1000
MAX_CARD_LINES, MAX_CARD_LINE = 10, 200
ITEMS_PER_BLOCK = 5
MAX_FURTHER = 2
"""Quotes below the best one: people read a channel between other things (estimate)."""
NEWS_MARKS = {"up": ":large_green_circle:", "down": ":red_circle:"}
"""Which way the status moved; a message that leaves it has no mark. The status stands below in words."""
MAX_STATUS_LINE = 600
_BEHIND_STATUS = re.compile("(?=;|: | over )")
"""Where a sentence about a status goes on to the reason."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
ZERO_WIDTH_SPACE = "\u200b"
FOREIGN_ESCAPES = ESCAPES | str.maketrans({mark: f"{ZERO_WIDTH_SPACE}{mark}{ZERO_WIDTH_SPACE}" for mark in "*_~`"})

Block = dict[str, Any]
MARKDOWN: Block = {"type": "mrkdwn", "text": "", "verbatim": True}


def payload(
    message: OutboundMessage,
    repeat: str = "",
    page: PageLink | None = None,
    links: MessageLinks = NO_LINKS,
    board: PageLink | None = None,
) -> dict[str, Any]:
    """The arguments of chat.postMessage. repeat: the remark on a copy that may have arrived before, '' for none; board:
    for a digest."""
    brief, blocks = message.brief, _BlockBuilder()
    if isinstance(brief, DigestBrief):
        _digest(blocks, brief, repeat, page, board)
    else:  # the sections of an alert, in the order of a mail
        lines, report = brief.evidence.lines, brief.evidence.report
        own = style_of(brief.headline.status).emoji if brief.kind == NOTICE else ""
        moves = any(change.now for change in brief.changes[:1])
        blocks.header(f"{own or (NEWS_MARKS.get(brief.direction, '') if moves else '')} {brief.title}".strip())
        blocks.section(_status(brief, moves=moves))
        _remarks(blocks, brief, repeat)
        blocks.section(_quote(lines[0], best=True, title=brief.title))
        # A link and no button: Slack reports a click without a listener as failed.
        if report and web_link(report.url) and not lines[0].url:
            blocks.section(f"*{link(report.url, truncated(report.label, MAX_HEADER))}*")
        blocks.section(f"*{brief.next_title}:* {escape_foreign(brief.next)}" if brief.next else "")
        most = len(lines) if brief.kind == NOTICE else MAX_FURTHER
        blocks.items("", [_quote(line) for line in lines[1:]], source=lines[1:], most=most)
        others = []
        for other in brief.others:
            quote = f"\n{_quote(other.line)}" if other.line else ""
            sure = f" *How sure:* {escape_foreign(other.sure)}" if other.sure else ""
            others += [f"*{escape_foreign(other.text)}.*{sure}{quote}"] if other.text else []
        blocks.items("", others)
        _state(blocks, brief)
        for held, url in zip_longest(brief.held, links.decide):
            text = truncated_markup(escape("\n".join(held.lines)).replace("`", "\u02cb"), MAX_HELD)
            decide = f" {link(url, 'Approve, reject or mute')}" if url else ""
            blocks.section(f"*Message {held.number}*{decide}\n```{text}```")
        _close(blocks, brief, page, links.wrong)
    title = brief.subject if isinstance(brief, DigestBrief) else brief.title
    event = {name: getattr(message, name) for name in ("message_id", "number", "kind", "commitment")}
    arguments: dict[str, Any] = {
        "channel": message.to,
        "text": truncated_markup(escape(title), MAX_FALLBACK),
        "blocks": blocks.blocks,
        "metadata": {"event_type": "deal_monitor_message", "event_payload": event},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if message.thread:
        arguments["thread_ts"] = message.thread
        # Bad news is shown in the channel too: a reply in an old thread is easily missed.
        arguments["reply_broadcast"] = isinstance(brief, AlertBrief) and brief.direction == "down"
    return arguments


def status_card(card: StatusCard, page: PageLink | None = None) -> dict[str, Any]:
    """The arguments of chat.update for a thread header: the present state, the messages, and how the thread began.
    Without metadata: Slack keeps the metadata of the original message, by which it can still be found."""
    now, first, blocks = card.now, card.first, _BlockBuilder()
    blocks.header(f"{style_of(now.headline.status).emoji} {now.title}")
    blocks.section(_status(replace(now, moved=""), moves=False))
    _remarks(blocks, now, "", card.further)
    if now.confidence:  # else its report is not that of the present status
        blocks.section(_quote(now.evidence.lines[0], best=True, title=now.title))
    blocks.section(f"*{now.next_title}:* {escape_foreign(now.next)}" if now.next else "")
    others = [f"{style_of(o.status).emoji} {escape_foreign(o.name)}: {escape_foreign(o.shown)}" for o in card.others]
    blocks.items("Also in this thread", others, ITEMS_PER_BLOCK, behind=2)
    _state(blocks, now)
    messages = [
        f"{date_token(item.at, f'{item.at:%-d %b %Y}')} · {escape_foreign(truncated(item.line, MAX_CARD_LINE))}"
        for item in reversed(card.messages[-MAX_CARD_LINES:])
    ]
    if {item.line for item in card.messages} != {now.subject}:
        blocks.items("Messages in this thread, the latest first", messages, ITEMS_PER_BLOCK, behind=1)
    evidence = first.evidence.lines[bool(now.confidence) and not messages[1:] :]
    quotes = [_quote(line) for line in evidence]
    blocks.items("How this thread began", quotes, source=evidence, most=MAX_FURTHER + 1)
    _close(blocks, now, page)
    text = truncated_markup(escape(now.subject), MAX_FALLBACK)
    return {"channel": card.to, "ts": card.ref, "text": text, "blocks": blocks.blocks}


def escape(text: str) -> str:
    """Our own words: `& < >` escaped, control and direction characters removed."""
    return printable(text).translate(ESCAPES)


def escape_foreign(text: str) -> str:
    """Words from outside: escaped, and their mark-up broken by a character without width."""
    return printable(text).translate(FOREIGN_ESCAPES)


def link(url: str, label: str) -> str:
    """A link, or its label alone when the address is no plain web address."""
    shown = escape_foreign(label).replace("|", "/") or "link"
    address = escape(web_link(url)).replace("|", "%7C")
    return f"<{address}|{shown}>" if address else shown


def date_token(at: datetime, words: str) -> str:
    """A time in the reader's own zone, with our wording for clients that cannot show it."""
    fallback = escape(words).replace("|", "/").replace("^", "")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def truncated_markup(text: str, limit: int) -> str:
    """At most `limit` characters, without half an escape or half a link at the end."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    head = head[: head.rfind("<")] if head.rfind("<") > head.rfind(">") else head
    return re.sub(r"&[a-z]{0,3}$", "", head).rstrip() + "…"


@dataclass(slots=True)
class _BlockBuilder:
    """Blocks in order, counted against the limits; a block that does not fit is left out whole."""

    blocks: list[Block] = field(default_factory=list)
    used: int = 0

    def _take(self, block: Block, size: int, reserve: int = 0) -> bool:
        if len(self.blocks) >= MAX_BLOCKS or self.used + size > MAX_CHARACTERS - reserve:
            return False
        self.blocks.append(block)
        self.used += size
        return True

    def header(self, text: str) -> None:
        shown = truncated(printable(text), MAX_HEADER)
        self._take({"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": True}}, len(shown))

    def section(self, text: str, reserve: int = 0) -> bool:
        """One paragraph; False when the message has no room for it. reserve: characters to keep free behind it."""
        if not text.strip():
            return True
        shown = truncated_markup(text, MAX_TEXT)
        return self._take({"type": "section", "text": MARKDOWN | {"text": shown}}, len(shown), reserve)

    def context(self, *texts: str, reserve: int = 0) -> None:
        shown = [truncated_markup(text, MAX_TEXT) for text in texts if text.strip()]
        if shown:
            block = {"type": "context", "elements": [MARKDOWN | {"text": text} for text in shown[:10]]}
            self._take(block, sum(map(len, shown)), reserve)

    def items(
        self,
        title: str,
        texts: Sequence[str],
        size: int = 1,
        behind: int = 0,
        source: Sequence[EvidenceLine] = (),
        most: int = MAX_CHARACTERS,
    ) -> None:
        """A titled list, `size` items a block (fifty are soon used up), ending in '+7 more' if the rest has no room or
        is more than `most`. behind: the number of lists that follow; each keeps room for something. source: the
        evidence of the items, one each, from which the outlets of the rest are named."""
        if not texts:
            return
        self.section(f"*{title}*" if title else "")
        most_blocks = MAX_BLOCKS - CLOSING_BLOCKS - behind * LIST_BLOCKS_RESERVE
        reserve = CLOSING_RESERVE + behind * LIST_TEXT_RESERVE
        for start in range(0, len(texts), size):
            last = start + size >= len(texts)
            block = "\n".join(texts[start : start + size])
            full = start >= most or len(self.blocks) >= most_blocks - (not last)
            if full or not self.section(block, reserve):
                others = outlet_credits(source[start:])
                left = len(texts) - start
                noun = f" report{'s' if left > 1 else ''}" if others else ""
                self.section(f"_+{left} more{noun}_" + (f", from {escape_foreign(others)}" if others else ""))
                return


def _close(blocks: _BlockBuilder, brief: AlertBrief, page: PageLink | None, wrong: str = "") -> None:
    """The last lines: links and the time of the data; for the owner commands to copy. wrong: the signed link. Members
    of a channel know why they read it."""
    # The link only opens a page, because Slack itself fetches links.
    links = (link(page.url, page.label) if page else "", link(wrong, "Report this message as wrong") if wrong else "")
    blocks.context(*links, reserve=LAST_LINE_RESERVE)
    blocks.context(f"Data as of {date_token(brief.as_of, brief.footer.data_time)}")
    blocks.context("\n".join(f"{escape(item.purpose)}? `{escape(item.command)}`" for item in brief.footer.commands))
    blocks.context(escape_foreign(brief.footer.sources))


def _status(brief: AlertBrief, *, moves: bool) -> str:
    """The status and what happened to it. 'Still IN FORCE, now AT RISK' names it already, so that it stands once."""
    shown, marks = brief.headline.shown, brief.headline.marks
    standing, comma, last = shown.rpartition(", ")
    told, more = shown, brief.moved and f". {brief.moved}"
    if brief.moved and (moves or brief.moved.startswith("Was ")):
        told, more = (*_BEHIND_STATUS.split(brief.moved, maxsplit=1), "")[:2]
        marks = replace(brief.headline, unconfirmed=False).marks  # a change in doubt is "subject to confirmation"
    elif brief.moved.startswith(f"Still {last}"):
        told = f"{standing}{comma}{'still' if comma else 'Still'} {last}"
        more = brief.moved.removeprefix(f"Still {last}")
    elif brief.moved.startswith(f"A pledge is still {last}"):
        told = f"{standing}{comma}and a pledge is still {last}"
        more = brief.moved.removeprefix(f"A pledge is still {last}")
    if "until this is confirmed" in brief.moved:  # how sure it is says what waits
        marks = replace(brief.headline, unconfirmed=False).marks
    status = f"*{escape_foreign(' · '.join((told, *marks)))}*{escape_foreign(more)}"
    when = f" ({escape(brief.moved_when)})" if brief.moved_when else ""
    return f"{status}{when}." if brief.moved else status


def _remarks(blocks: _BlockBuilder, brief: AlertBrief, *remarks: str) -> None:
    blocks.section(f"*{brief.confidence_title}:* {escape_foreign(brief.confidence)}" if brief.confidence else "")
    blocks.context(*map(escape_foreign, (brief.note, *remarks)))


def _quote(line: EvidenceLine, *, best: bool = False, title: str = "") -> str:
    """A piece of evidence: the best one above its source, any other before it in one line. title: of the message; a
    quote that it has already is not repeated."""
    if line.basis == "calendar":
        return f"{'> ' if best else '• '}{escape_foreign(line.quote)}."
    mark = "_no longer counts:_ " if line.retracted else "_against:_ " if line.against else ""
    quote = f"“{escape_foreign(line.quote)}”" if line.basis == "quote" else escape_foreign(line.quote)
    quote += f" ({escape_foreign(line.gloss)})" if line.gloss else ""
    others = f" and {line.others} other{'s' if line.others > 1 else ''}" if line.others else ""
    speaker = f"{escape_foreign(line.speaker)}, in " if line.speaker else ""
    source = " · ".join(filter(None, (f"{speaker}{link(line.url, line.outlet)}{others}", escape(line.when))))
    told = title.casefold().endswith(line.quote.casefold()) and not (mark or line.gloss)
    if best:
        return f"*Source:* {source}" if told else f"> {mark}{quote}\n{source}"
    return f"• {mark}{quote} — {source}"


def _state(blocks: _BlockBuilder, brief: AlertBrief) -> None:
    blocks.context(f"The commitment: {escape_foreign(brief.promise)}." if brief.promise else "")
    if progress := brief.progress:
        counts = "\n".join(filter(None, (progress.counted_text, progress.text)))
        blocks.section(f"*{escape_foreign(progress.heading)}*\n{escape_foreign(counts)}")


def _digest(
    blocks: _BlockBuilder, brief: DigestBrief, repeat: str, page: PageLink | None, board: PageLink | None
) -> None:
    """The parts of a digest; lists that do not fit end in the number of items left out."""
    foreign = escape_foreign
    blocks.header(f"Deal digest · {brief.period}")
    blocks.section("" if brief.events else "\n".join(f"*{foreign(sentence)}*" for sentence in brief.statuses))
    blocks.context(escape(repeat))
    week = []
    for event in brief.leading:
        source = link(event.report.url, event.source) if event.report else foreign(event.source)
        told = f"{style_of(event.status).emoji} *{foreign(event.title)}*\n{source}. {foreign(event.behind)}"
        week.append("\n".join((told, *(f"• {foreign(line)}" for line in event.agreed))))
    moved = [f"{style_of(event.status).emoji} {foreign(event.line)}" for event in brief.others]
    unmoved = list[str]()
    for deal, lines in brief.by_status:
        unmoved += [f"*{foreign(deal)}*"] if deal else []
        for key, name in lines:
            unmoved.append(f"{style_of(key).emoji} *{status_caps(key)}*: {foreign(truncated(name, MAX_STATUS_LINE))}")
    readers: list[str] = []
    if brief.readers:
        counts = brief.readers
        readers = [foreign(counts.counts), *(f"• {foreign(line)}" for line in counts.lines)]
        readers += [f"• rule {foreign(line)}" for line in counts.acts]
        for story in counts.stories:
            heading = foreign(f"{story.when} {story.outlet}: {story.title}")
            readers.append(f"• {heading}\n{foreign(story.differ)}\n`{escape(story.command)}`")
        readers.append(f"More: `{escape(counts.command)}`")
    lists = [
        ("", week, 1),
        ("Statuses", list(map(foreign, brief.statuses)) if brief.events else [], ITEMS_PER_BLOCK),
        ("Also moved", moved, ITEMS_PER_BLOCK),
        ("Also reported", [f"• {foreign(line)}" for line in brief.also], ITEMS_PER_BLOCK),
        ("Also in trouble", [f"• {foreign(line)}" for line in brief.troubled], ITEMS_PER_BLOCK),
        ("Dates", [f"• {foreign(line)}" for line in brief.dates], ITEMS_PER_BLOCK),
        ("Unchanged", unmoved, ITEMS_PER_BLOCK),
        ("Notes", [f"• {foreign(line)}" for line in brief.remarks], ITEMS_PER_BLOCK),
        ("Not checked", [f"• {foreign(line.name)} {foreign(line.text)}" for line in brief.unchecked], ITEMS_PER_BLOCK),
        ("Where readers and rules differ", readers, ITEMS_PER_BLOCK),
    ]
    filled = [entry for entry in lists if entry[1]]
    for behind, (title, texts, size) in zip(reversed(range(len(filled))), filled, strict=True):
        blocks.items(title, texts, size, behind)
    blocks.context(*(link(to.url, to.label) for to in (board, page) if to), reserve=LAST_LINE_RESERVE)
    blocks.context(escape(brief.route), f"Data as of {date_token(brief.end, brief.data_time)}")
