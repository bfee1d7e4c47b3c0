"""Briefs as Slack messages in Block Kit, within every limit Slack states and the one on the whole that it does not.

Text from outside is escaped, its mark-up broken, and sent `verbatim`, so that no headline can ping a channel, forge a
link or turn bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from monitor.domain.messages.main_link import outlet_credits
from monitor.domain.messages.models import (
    AlertBrief,
    ChangeLine,
    CorroborationLine,
    DigestBrief,
    EvidenceLine,
    MessageSection,
    OpenIssueLine,
    OutboundMessage,
    StatusLine,
)
from monitor.domain.messages.thread_card import StatusCard, ThreadMessage
from monitor.domain.text.labels import join_few, status_caps
from monitor.domain.text.plain import printable, truncated, web_link
from monitor.render.status_style import style_of

MAX_BLOCKS = 48
MAX_TEXT = 2900
MAX_FIELD = 1900
MAX_HEADER = 150
MAX_CHARACTERS = 12_000
"""Slack refuses a message somewhere above 13,000 characters; it does not say where."""
CLOSING_RESERVE = 1500
"""Kept free for the closing lines while lists are filled."""
CLOSING_BLOCKS = 6
"""Blocks kept free for them."""
LAST_LINE_RESERVE = 700
"""Kept free for the very last: why one gets this, and as of when it holds."""
LIST_TEXT_RESERVE, LIST_BLOCKS_RESERVE = 900, 3
"""Kept free for each list that is still to come: its title, a block of items, how many more there are."""
MAX_FALLBACK = 1000
MAX_CARD_LINES, MAX_CARD_LINE = 10, 200
ITEMS_PER_BLOCK = 5
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
MARKUP = re.compile(r"[*_~`]")
ZERO_WIDTH_SPACE = "\u200b"
WORSE_DIRECTIONS = ("down",)

Block = dict[str, Any]


def payload(parcel: OutboundMessage, repeat: str = "") -> dict[str, Any]:
    """The arguments of chat.postMessage. `repeat` is the remark on a copy that may have arrived before."""
    brief = parcel.brief
    page = _BlockBuilder()
    if isinstance(brief, AlertBrief):
        _alert(page, brief, repeat)
        fallback = brief.first_line
    else:
        _digest(page, brief, repeat)
        fallback = f"Digest: {brief.subject}"
    message: dict[str, Any] = {
        "channel": parcel.to,
        "text": truncated_markup(escape(fallback), MAX_FALLBACK),
        "blocks": page.blocks,
        "metadata": {
            "event_type": "deal_monitor_message",
            "event_payload": {
                "message_id": parcel.message_id, "number": parcel.number, "kind": parcel.kind,
                "commitment": parcel.commitment,
            },
        },
        "unfurl_links": False,
        "unfurl_media": False,
    }  # fmt: skip
    if parcel.thread:
        message["thread_ts"] = parcel.thread
        # Bad news is shown in the channel too: a reply in an old thread is easily missed.
        message["reply_broadcast"] = isinstance(brief, AlertBrief) and brief.way in WORSE_DIRECTIONS
    return message


# ---------------------------------------------------------------- text


def escape(text: str) -> str:
    """Our own words: `& < >` escaped, control and direction characters gone."""
    return printable(text).translate(ESCAPES)


def escape_foreign(text: str) -> str:
    """Words from outside: escaped, and their mark-up broken by a character without width."""
    return MARKUP.sub(lambda match: f"{ZERO_WIDTH_SPACE}{match.group()}{ZERO_WIDTH_SPACE}", escape(text))


def link(url: str, label: str) -> str:
    """A link, or its label alone when the address is none we follow."""
    shown = escape_foreign(label).replace("|", "/") or "link"
    address = escape(web_link(url)).replace("|", "%7C")
    return f"<{address}|{shown}>" if address else shown


def date_token(at: datetime, words: str) -> str:
    """A time in the reader's own zone, with our wording for clients that cannot."""
    fallback = escape(words).replace("|", "/").replace("^", "")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


# ---------------------------------------------------------------- blocks


class _BlockBuilder:
    """Blocks in order, counted against the limits; what does not fit is left out whole."""

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
        """One paragraph; False when the message has no room for it."""
        if not text.strip():
            return True
        shown = truncated_markup(text, MAX_TEXT)
        return self._take({"type": "section", "text": _words(shown)}, len(shown), reserve)

    def fields(self, pairs: Iterable[tuple[str, str]]) -> None:
        texts = [truncated_markup(f"*{label}*\n{text}", MAX_FIELD) for label, text in pairs if text][:10]
        if texts:
            self._take({"type": "section", "fields": [_words(text) for text in texts]}, sum(map(len, texts)))

    def context(self, *texts: str, reserve: int = 0) -> None:
        shown = [truncated_markup(text, MAX_TEXT) for text in texts if text.strip()]
        if shown:
            block = {"type": "context", "elements": [_words(text) for text in shown[:10]]}
            self._take(block, sum(map(len, shown)), reserve)

    def items(
        self, title: str, texts: Sequence[str], size: int = 1, behind: int = 0, source: Sequence[EvidenceLine] = ()
    ) -> None:
        """A titled list, `size` items a block (fifty are soon used up), ending in '+7 more' when the rest has no room.

        behind: so many lists follow, and each of them shall be able to show something too. source: the evidence that the
        items show, one each: of the rest it is said who told it.
        """
        if not texts:
            return
        self.section(f"*{title}*")
        most, reserve = (
            MAX_BLOCKS - CLOSING_BLOCKS - behind * LIST_BLOCKS_RESERVE,
            CLOSING_RESERVE + behind * LIST_TEXT_RESERVE,
        )
        for start in range(0, len(texts), size):
            last = start + size >= len(texts)
            block = "\n".join(texts[start : start + size])
            if len(self.blocks) >= most - (not last) or not self.section(block, reserve):
                others = outlet_credits(source[start:])
                self.section(f"_+{len(texts) - start} more_" + (f", from {escape_foreign(others)}" if others else ""))
                return


def _words(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def truncated_markup(text: str, limit: int) -> str:
    """At most `limit` characters, without half an escape or half a link at the end."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    head = head[: head.rfind("<")] if head.rfind("<") > head.rfind(">") else head
    return re.sub(r"&[a-z]{0,3}$", "", head).rstrip() + "…"


# ---------------------------------------------------------------- alert


def _alert(page: _BlockBuilder, brief: AlertBrief, repeat: str) -> None:
    page.header(_title(brief))
    for text in (_moves(brief), escape_foreign(brief.why))[:: -1 if brief.headings.told else 1]:
        page.section(text)
    page.section(_main_link(brief))
    page.context(*_remarks(brief, repeat))
    page.items(brief.headings.evidence, [_evidence(line) for line in brief.evidence], source=brief.evidence)
    page.fields(_facts(brief))
    events = f" · event {escape_foreign(', '.join(brief.events[:3]))}" if brief.events else ""
    page.context(f"{escape(brief.route)}", f"Data as of {date_token(brief.as_of, brief.data_time)}{events}")


def _title(brief: AlertBrief) -> str:
    return f"{style_of(brief.status).emoji} {brief.title}"


def _moves(brief: AlertBrief) -> str:
    """The changes; of those told before it is said, lest a reply on further evidence reads as news."""
    told = brief.headings.told and brief.changes
    head = [f"_{brief.headings.changes} ({escape(brief.changes[0].when)}):_"] if told else []
    return "\n".join([*head, _first_lines(map(_change, brief.changes), 5)])


def _first_lines(lines: Iterable[str], most: int) -> str:
    """At most so many lines, and how many there are besides."""
    known = list(lines)
    return "\n".join([*known[:most], *([f"_+{len(known) - most} more_"] if len(known) > most else [])])


def _change(change: ChangeLine) -> str:
    late = " (late)" if change.late else ""
    return f"*{escape_foreign(change.line_within)}*{late}"


def _main_link(brief: AlertBrief) -> str:
    """The report to read first: a link and no button, which Slack marks as failed where nothing listens for its clicks."""
    report = brief.main_report
    return f"*{link(report.url, truncated(report.label, MAX_HEADER))}*" if report and web_link(report.url) else ""


def _remarks(brief: AlertBrief, repeat: str) -> list[str]:
    marks = [word for word, holds in (("contested", brief.contested), ("unconfirmed", brief.unconfirmed)) if holds]
    flags = f"*{' and '.join(marks)}*" if marks else ""
    return [" · ".join(filter(None, (flags, escape_foreign(brief.sure)))), escape(brief.note), escape(repeat)]


def _evidence(line: EvidenceLine) -> str:
    others = f" and {line.others} other{'s' if line.others > 1 else ''}" if line.others else ""
    says = f"{escape_foreign(line.says)}: " if line.says else ""
    against = "_no longer counts:_ " if line.gone else "_against:_ " if line.against else ""
    rule = f" · rule {escape_foreign(line.rule)} {escape_foreign(line.version)}" if line.rule else ""
    teller = f"{link(line.url, line.outlet)}{others} · {escape(line.when)}{rule}"
    return f"> {against}{says}“{escape_foreign(line.quote)}”\n{teller}"


def _facts(brief: AlertBrief) -> list[tuple[str, str]]:
    progress = brief.progress
    done = [progress.counted_text, progress.bar, progress.text] if progress else []
    return [
        (brief.headings.status, escape_foreign(brief.shown)),
        ("Progress", "\n".join(escape_foreign(text) for text in done if text)),
        ("Dates", _first_lines((escape_foreign(line.text) for line in brief.deadlines), 6)),
        (f"When it counts as {status_caps(brief.status)}", escape_foreign(brief.criteria)),
        (brief.headings.back, escape(brief.back)),
        (
            "Also in this message",
            _first_lines((f"{escape_foreign(item.name)}: {escape_foreign(item.shown)}" for item in brief.sections), 8),
        ),
    ]


# ---------------------------------------------------------------- the first message of a thread


def status_card(card: StatusCard) -> dict[str, Any]:
    """The arguments of chat.update: how it stands now, what the thread told, and how it began.

    Without metadata: Slack keeps those that the message was posted with, by which it can still be looked up.
    """
    now, page = card.now, _BlockBuilder()
    page.header(_title(now))
    page.section(escape_foreign(now.first_line))
    page.context(*_remarks(now, ""))
    page.items("Also in this thread", [_beside(one) for one in card.beside], ITEMS_PER_BLOCK, behind=2)
    page.fields(_facts(now))
    page.items("Told in this thread, the latest first", [_told(one) for one in reversed(card.told[-MAX_CARD_LINES:])])
    page.items("How this thread began", [_change(one) for one in card.first.changes], ITEMS_PER_BLOCK, behind=1)
    page.section(escape_foreign(card.first.why), CLOSING_RESERVE)
    then = card.first.evidence
    page.items("Evidence then", [_evidence(line) for line in then], source=then)
    page.context(escape(now.route), f"Data as of {date_token(now.as_of, now.data_time)}")
    return {
        "channel": card.to,
        "ts": card.ref,
        "text": truncated_markup(escape(now.first_line), MAX_FALLBACK),
        "blocks": page.blocks,
    }


def _beside(one: MessageSection) -> str:
    return f"{style_of(one.status).emoji} {escape_foreign(one.name)}: {escape_foreign(one.shown)}"


def _told(one: ThreadMessage) -> str:
    return f"{date_token(one.at, f'{one.at:%-d %b %Y}')} · {escape_foreign(truncated(one.line, MAX_CARD_LINE))}"


# ---------------------------------------------------------------- digest


def _digest(page: _BlockBuilder, brief: DigestBrief, repeat: str) -> None:
    page.header(f"Digest · {brief.period}")
    page.section(escape(brief.counts))
    page.context(escape(repeat))
    if brief.quiet:
        page.section("*Nothing changed in this period.* Every commitment stands where it stood.")
    lists: list[tuple[str, list[str], int]] = [
        ("What changed", [_moved(*row) for row in _changed(brief)], 1),
        ("Further evidence", [_further(line) for line in brief.further], ITEMS_PER_BLOCK),
        ("Where each stands", [_stand(line) for line in brief.stands], ITEMS_PER_BLOCK),
        (
            "Dates within 30 days",
            [f"• {escape_foreign(d.subject)}: {escape_foreign(d.text)}" for d in brief.deadlines],
            ITEMS_PER_BLOCK,
        ),
        ("Contested and unconfirmed", [_open(line) for line in brief.open], ITEMS_PER_BLOCK),
        (
            "What we could not check",
            [f"• {escape_foreign(line.name)} {escape_foreign(line.text)}" for line in brief.unchecked],
            ITEMS_PER_BLOCK,
        ),
    ]
    filled = [one for one in lists if one[1]]
    for behind, (title, texts, size) in zip(reversed(range(len(filled))), filled, strict=True):
        page.items(title, texts, size, behind)
    if brief.page:
        page.context(f"This digest is kept as a page: {_place(brief.page)}", reserve=LAST_LINE_RESERVE)
    page.context(
        f"{escape(brief.sources)} {escape(brief.route)}", f"Data as of {date_token(brief.end, brief.data_time)}"
    )


def _place(page: str) -> str:
    """A page's address as a link; a path of a file as code, in which no mark-up holds and from which it can be copied."""
    if web_link(page):
        return link(page, truncated(page, MAX_HEADER))
    return escape_foreign(page) if "`" in page else f"`{escape(page)}`"


def _open(line: OpenIssueLine) -> str:
    return f"• {escape_foreign(line.short)}, {line.kind} since {line.since}: {escape_foreign(line.text)}"


def _further(line: CorroborationLine) -> str:
    sources = join_few([link(one.url, one.outlet) for one in line.outlets])
    return f"• {escape_foreign(line.short)}: {escape_foreign(line.text)}" + (f": {sources}" if sources else "")


def _changed(brief: DigestBrief) -> Iterable[tuple[ChangeLine, Sequence[EvidenceLine], int]]:
    """Each change with the evidence shown and the number of what is not; a row stored before there was one has none."""
    return zip(brief.changes, brief.evidence, chain(brief.unquoted, repeat(0)), strict=False)


def _moved(change: ChangeLine, evidence: Sequence[EvidenceLine], more: int) -> str:
    sources = " ".join([*(link(line.url, line.outlet) for line in evidence), *([f"+{more} more"] if more else [])])
    return f"{_change(change)}\n{escape_foreign(change.why)}" + (f"\n{sources}" if sources else "")


def _stand(line: StatusLine) -> str:
    extras = [part for part in (line.progress, line.deadline, line.flags) if part]
    tail = f" · {escape_foreign('; '.join(extras))}" if extras else ""
    return f"{style_of(line.status).emoji} *{escape_foreign(line.short)}* {escape_foreign(line.shown)}, since {line.since}{tail}"
