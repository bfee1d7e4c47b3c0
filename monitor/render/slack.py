"""Briefs as Slack messages in Block Kit, within every limit that Slack states and the one on the whole that it does not.

Text from outside is escaped, its mark-up broken, and sent `verbatim`, so that no headline can ping a channel, forge a
link or turn bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.domain.messages.action_links import NO_LINKS, MessageLinks
from monitor.domain.messages.main_link import outlet_credits
from monitor.domain.messages.models import (
    AlertBrief,
    ChangeLine,
    DigestBlock,
    DigestBrief,
    EvidenceLine,
    OutboundMessage,
    ReaderCounts,
)
from monitor.domain.messages.thread_card import StatusCard
from monitor.domain.pages.addresses import PageLink
from monitor.domain.text.plain import printable, truncated, web_link
from monitor.render.status_style import style_of

# Slack's own limits are 50 blocks, 3,000 characters a text, 2,000 a field and 150 a header; these stay a little below.
MAX_BLOCKS = 48
MAX_TEXT = 2900
MAX_FIELD = 1900
MAX_HEADER = 150
MAX_CHARACTERS = 12_000
"""Slack refuses a message somewhere above 13,000 characters; it does not document where."""
CLOSING_RESERVE, CLOSING_BLOCKS = 1500, 6
"""Characters and blocks kept free for the closing lines while lists are filled."""
LAST_LINE_RESERVE = 700
"""Characters kept free for the very last line: the route and the time of the data."""
LIST_TEXT_RESERVE, LIST_BLOCKS_RESERVE = 900, 3
"""Kept free for each list that is still to come: its title, a block of items, the number of those left out."""
MAX_FALLBACK = 1000
MAX_CARD_LINES, MAX_CARD_LINE = 10, 200
ITEMS_PER_BLOCK = 5
MAX_BLOCK_EVENTS = 6
"""Events of one commitment that a digest shows; the others are counted."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
ZERO_WIDTH_SPACE = "\u200b"
FOREIGN_ESCAPES = ESCAPES | str.maketrans({mark: f"{ZERO_WIDTH_SPACE}{mark}{ZERO_WIDTH_SPACE}" for mark in "*_~`"})

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a message links to. page: ours on what it tells, None without one; links: by which its readers act."""

    page: PageLink | None = None
    links: MessageLinks = NO_LINKS


def payload(parcel: OutboundMessage, repeat: str = "", beside: Beside | None = None) -> dict[str, Any]:
    """The arguments of chat.postMessage. repeat: the remark on a copy that may have arrived before, '' for a first one; beside: None
    for a message that links to nothing of ours."""
    beside = beside or Beside()
    brief, page = parcel.brief, _BlockBuilder()
    if isinstance(brief, AlertBrief):
        _alert(page, brief, repeat, beside)
        fallback = brief.first_line
    else:
        _digest(page, brief, repeat, beside.page)
        fallback = brief.subject
    text = truncated_markup(escape(fallback), MAX_FALLBACK)
    event = {
        "message_id": parcel.message_id,
        "number": parcel.number,
        "kind": parcel.kind,
        "commitment": parcel.commitment,
    }
    metadata = {"event_type": "deal_monitor_message", "event_payload": event}
    message: dict[str, Any] = {"channel": parcel.to, "text": text, "blocks": page.blocks, "metadata": metadata}
    message |= {"unfurl_links": False, "unfurl_media": False}
    if parcel.thread:
        message["thread_ts"] = parcel.thread
        # Bad news is shown in the channel too: a reply in an old thread is easily missed.
        message["reply_broadcast"] = isinstance(brief, AlertBrief) and brief.way == "down"
    return message


def status_card(card: StatusCard, ours: PageLink | None = None) -> dict[str, Any]:
    """The arguments of chat.update for a thread header: how it stands now, the messages of the thread, how it began. ours: our page on
    it, None without one.

    Without metadata: Slack keeps those that the message was posted with, by which it can still be looked up.
    """
    now, first, page = card.now, card.first, _BlockBuilder()
    page.header(f"{style_of(now.status).emoji} {now.first_line}")
    page.section(f"*{escape_foreign(now.shown)}*")
    page.context(*_remarks(now, ""))
    foreign = escape_foreign
    beside = [f"{style_of(item.status).emoji} {foreign(item.name)}: {foreign(item.shown)}" for item in card.beside]
    page.items("Also in this thread", beside, ITEMS_PER_BLOCK, behind=2)
    page.context(_promise(now))
    page.fields(_facts(now))
    told = [
        f"{date_token(item.at, f'{item.at:%-d %b %Y}')} · {escape_foreign(truncated(item.line, MAX_CARD_LINE))}"
        for item in reversed(card.told[-MAX_CARD_LINES:])
    ]
    page.items("Told in this thread, the latest first", told)
    page.items("How this thread began", [_change(change) for change in first.changes], ITEMS_PER_BLOCK, behind=1)
    page.items("Evidence then", [_evidence(line) for line in first.evidence], source=first.evidence)
    page.context(_our_page(ours), reserve=LAST_LINE_RESERVE)
    page.context(*_actions(now), reserve=LAST_LINE_RESERVE)
    page.context(escape(now.route), f"Data as of {date_token(now.as_of, now.data_time)}")
    text = truncated_markup(escape(now.first_line), MAX_FALLBACK)
    return {"channel": card.to, "ts": card.ref, "text": text, "blocks": page.blocks}


# ---------------------------------------------------------------- text


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


# ---------------------------------------------------------------- blocks


class _BlockBuilder:
    """Blocks in order, counted against the limits; a block that does not fit is left out whole."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.used = 0

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
        return self._take({"type": "section", "text": _markdown(shown)}, len(shown), reserve)

    def fields(self, pairs: Iterable[tuple[str, str]]) -> None:
        texts = [truncated_markup(f"*{label}*\n{text}", MAX_FIELD) for label, text in pairs if text][:10]
        if texts:
            self._take({"type": "section", "fields": [_markdown(text) for text in texts]}, sum(map(len, texts)))

    def context(self, *texts: str, reserve: int = 0) -> None:
        shown = [truncated_markup(text, MAX_TEXT) for text in texts if text.strip()]
        if shown:
            block = {"type": "context", "elements": [_markdown(text) for text in shown[:10]]}
            self._take(block, sum(map(len, shown)), reserve)

    def items(
        self, title: str, texts: Sequence[str], size: int = 1, behind: int = 0, source: Sequence[EvidenceLine] = ()
    ) -> None:
        """A titled list, `size` items a block (fifty are soon used up), ending in '+7 more' when the rest has no room.

        behind: the number of lists that follow; each keeps room for something. source: the evidence of the items, one each,
        from which the outlets of the rest are named.
        """
        if not texts:
            return
        self.section(f"*{title}*" if title else "")
        most_blocks = MAX_BLOCKS - CLOSING_BLOCKS - behind * LIST_BLOCKS_RESERVE
        reserve = CLOSING_RESERVE + behind * LIST_TEXT_RESERVE
        for start in range(0, len(texts), size):
            last = start + size >= len(texts)
            block = "\n".join(texts[start : start + size])
            if len(self.blocks) >= most_blocks - (not last) or not self.section(block, reserve):
                others = outlet_credits(source[start:])
                self.section(f"_+{len(texts) - start} more_" + (f", from {escape_foreign(others)}" if others else ""))
                return


def _markdown(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


# ---------------------------------------------------------------- alert


def _alert(page: _BlockBuilder, brief: AlertBrief, repeat: str, beside: Beside) -> None:
    page.header(f"{style_of(brief.status).emoji} {brief.first_line}")
    when = f" ({escape(brief.when_moved)})" if brief.when_moved else ""
    page.section(f"*{escape_foreign(brief.was_and_is)}*{when}" if brief.was_and_is else "")
    page.context(*_remarks(brief, repeat))
    page.section(escape_foreign(brief.why))
    page.section(_evidence(brief.evidence[0]))
    report = brief.main_report
    if report and web_link(report.url):  # a link and no button: Slack reports a click that nobody listens for as failed
        page.section(f"*{link(report.url, truncated(report.label, MAX_HEADER))}*")
    page.items("", [_quote_line(line) for line in brief.evidence[1:]], source=brief.evidence[1:])
    page.section(_first_lines((f"Also: {_change(change)}" for change in brief.changes[1:]), 8))
    page.context(_promise(brief))
    page.fields(_facts(brief))
    page.context(_our_page(beside.page), _offers(beside.links), reserve=LAST_LINE_RESERVE)
    page.context(
        *_actions(brief, "For the operator of the monitor:" if beside.links.wrong else ""), reserve=LAST_LINE_RESERVE
    )
    page.context(escape_foreign(brief.read), reserve=LAST_LINE_RESERVE)
    events = f" · event {escape_foreign(', '.join(brief.events[:3]))}" if brief.events else ""
    page.context(f"{escape(brief.route)}", f"Data as of {date_token(brief.as_of, brief.data_time)}{events}")


def _our_page(ours: PageLink | None) -> str:
    return link(ours.url, ours.label) if ours else ""


def _offers(links: MessageLinks) -> str:
    """The link to report the message. It only opens a page, because Slack itself fetches links."""
    return link(links.wrong, "This is wrong") if links.wrong else ""


def _promise(brief: AlertBrief) -> str:
    return f"The promise: {escape_foreign(brief.promise)}." if brief.promise else ""


def _actions(brief: AlertBrief, heading: str = "") -> list[str]:
    """What can be done, as commands that can be copied. heading: for whom they are, '' where they are all there is."""
    lines = [f"{escape(action.what)}? `{escape(action.command)}`" for action in brief.actions]
    return ["\n".join([heading, *lines] if heading and lines else lines)]


def _first_lines(lines: Iterable[str], most: int) -> str:
    """At most so many lines, and the number of the others."""
    known = list(lines)
    return "\n".join([*known[:most], *([f"_+{len(known) - most} more_"] if len(known) > most else [])])


def _change(change: ChangeLine) -> str:
    return f"*{escape_foreign(change.line_within)}*" + (" (late)" if change.late else "")


def _remarks(brief: AlertBrief, repeat: str) -> list[str]:
    flags = [word for word, raised in (("contested", brief.contested), ("unconfirmed", brief.unconfirmed)) if raised]
    parts = [f"*{' and '.join(flags)}*" if flags else "", escape_foreign(brief.sure)]
    return [" · ".join(filter(None, parts)), escape(brief.note), escape(repeat)]


def _evidence(line: EvidenceLine) -> str:
    """The best quote, in full."""
    return f"> {_against(line)}{_quoted(line)}\n{_source(line)}"


def _quote_line(line: EvidenceLine) -> str:
    """Any other: source, time and quote in one line."""
    return f"• {_against(line)}{_source(line)}: {_quoted(line)}"


def _against(line: EvidenceLine) -> str:
    return "_no longer counts:_ " if line.gone else "_against:_ " if line.against else ""


def _quoted(line: EvidenceLine) -> str:
    quote = f"“{escape_foreign(line.quote)}”" if line.basis == "quote" else escape_foreign(line.quote)
    return quote + (f" ({escape_foreign(line.gloss)})" if line.gloss else "")


def _source(line: EvidenceLine) -> str:
    others = f" and {line.others} other{'s' if line.others > 1 else ''}" if line.others else ""
    speaker = f"{escape_foreign(line.speaker)}, in " if line.speaker else ""
    return " · ".join(filter(None, (f"{speaker}{link(line.url, line.outlet)}{others}", escape(line.when))))


def _facts(brief: AlertBrief) -> list[tuple[str, str]]:
    progress = brief.progress
    counts = [progress.counted_text, progress.bar.partition(" ")[0], progress.text] if progress else []
    return [
        (
            escape_foreign(progress.heading) if progress else "Progress",
            "\n".join(escape_foreign(text) for text in counts if text),
        ),
        ("Dates", _first_lines((escape_foreign(line.text) for line in brief.deadlines), 6)),
        (brief.headings.back, escape_foreign(brief.back)),
    ]


# ---------------------------------------------------------------- digest


def _digest(page: _BlockBuilder, brief: DigestBrief, remark: str, ours: PageLink | None) -> None:
    foreign = escape_foreign
    page.header(f"Deal digest · {brief.period}")
    page.section(f"*{foreign(brief.opening[0])}*" + "".join(f" {foreign(text)}" for text in brief.opening[1:]))
    page.context(escape(remark))
    stands = []
    for line in brief.stands:
        extras = "; ".join(filter(None, (line.next, line.progress, line.flags)))
        text = f"{style_of(line.status).emoji} *{foreign(line.short)}* {foreign(line.shown)}, since {line.since}"
        stands.append(text + (f" · {foreign(extras)}" if extras else ""))
    unchecked = [f"• {foreign(line.name)} {foreign(line.text)}" for line in brief.unchecked]
    readers = _reader_lines(brief.readers) if brief.readers else []
    lists = [
        ("What moved", [_digest_block(block) for block in brief.blocks], 1),
        ("Nothing new" if brief.blocks else "Where each stands", stands, ITEMS_PER_BLOCK),
        ("Not checked", unchecked, ITEMS_PER_BLOCK),
        ("Where readers and rules differ", readers, ITEMS_PER_BLOCK),
    ]
    filled = [entry for entry in lists if entry[1]]
    for behind, (title, texts, size) in zip(reversed(range(len(filled))), filled, strict=True):
        page.items(title, texts, size, behind)
    page.context(_our_page(ours), reserve=LAST_LINE_RESERVE)
    page.context(f"In figures: {foreign(brief.counts)}", reserve=LAST_LINE_RESERVE)
    page.context(escape(brief.route), f"Data as of {date_token(brief.end, brief.data_time)}")


def _digest_block(block: DigestBlock) -> str:
    """What the period brought for one commitment: its most important events by day, the quote and the report under the first."""
    foreign = escape_foreign
    lines = [
        f"{style_of(block.status).emoji} *{foreign(block.short)}*: {foreign(block.standing)}",
        foreign(block.between),
    ]
    shown = replace(block, events=block.events[:MAX_BLOCK_EVENTS])
    for event in shown.in_order:
        report = f" · {link(block.report.url, block.report.label)}" if event.lead and block.report else ""
        lines.append(f"• {foreign(event.line)}{report}")
        lines += [f"> {foreign(block.quote)}"] if event.lead and block.quote else []
    hidden = block.more + len(block.events) - len(shown.events)
    lines += [f"_and {hidden} more_"] if hidden else []
    return "\n".join(filter(None, (*lines, foreign(" ".join((*block.doubts, *block.facts))))))


def _reader_lines(readers: ReaderCounts) -> list[str]:
    """Where readers and rules differ, and the command that shows more."""
    lines = [escape_foreign(readers.counts), *(f"• {escape_foreign(line)}" for line in readers.lines)]
    lines += [f"• rule {escape_foreign(line)}" for line in readers.acts]
    for story in readers.stories:
        heading = escape_foreign(f"{story.when} {story.outlet}: {story.title}")
        lines.append(f"• {heading}\n{escape_foreign(story.differ)}\n`{escape(story.command)}`")
    return [*lines, f"More: `{escape(readers.command)}`"]
