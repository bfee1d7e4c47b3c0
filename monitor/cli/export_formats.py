"""Rows of evidence as Markdown, CSV or JSON. Foreign text is escaped, so that it stays text."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from monitor.domain.messages.citations import COLUMNS, CitationRow, format_timestamp
from monitor.domain.model import ReaderKind
from monitor.domain.text.labels import capitalised, label_of, status_caps
from monitor.domain.text.plain import one_line, printable

FORMAT_NAME: Final = "deal-monitor evidence"
FORMAT_VERSION: Final = 1

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
"""Characters with which a formula of a spreadsheet begins."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~^&#$@!])")
_LINKED: Final = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
"""Places where some Markdown programs make links automatically."""
_ISOLATE: Final = ("\u2068", "\u2069")


def as_csv(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """RFC 4180: CRLF, quotes as needed. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    del since, until

    def cell(text: str) -> str:
        return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(getattr(row, name)) for name in COLUMNS] for row in rows)
    return out.getvalue()


def as_json(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """One object: format, period, and the rows with all columns and the readers as a list."""
    start, end = (format_timestamp(moment) if moment else None for moment in (since, until))
    envelope = {"format": FORMAT_NAME, "version": FORMAT_VERSION, "since": start, "until": end}
    values = [{name: getattr(row, name) for name in (*COLUMNS, "read_by")} for row in rows]
    return json.dumps({**envelope, "rows": values}, ensure_ascii=False, indent=1) + "\n"


def as_markdown(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """A list of changes for each commitment, with a footnote for each sentence. Footnotes are named after signals, so
    that pieces of several exports can be pasted together."""
    start = f" from {format_timestamp(since)}" if since else ""
    end = f" to {format_timestamp(until)}" if until else ""
    period = f"Changes recorded{start}{end}" if start or end else "All recorded changes"
    lines = ["# Evidence", "", f"{period}. Times are UTC.", ""]
    for name, group in groupby(rows, key=lambda row: row.commitment):
        own = list(group)
        lines += [f"## {escape_markdown(own[0].commitment_name)} ({escape_markdown(name)})", ""]
        changes = [row for row in own if row.record == "change"]
        lines += [change_line(list(change)) for _, change in groupby(changes, key=lambda row: row.change)]
        for row in own:
            if row.record == "signal":
                quotation = f"“{escape_markdown(row.quotation)}”[^dm-{row.signal}]"
                lines.append(f"- {row.happened}, {row.effect}, {row.state}: {quotation}")
        lines.append("")
    messages = defaultdict[str, set[int]](set)
    for row in rows:
        messages[row.signal] |= set(map(int, row.messages.split()))
    cited = {row.signal: row for row in rows if row.signal}
    for signal, row in cited.items():
        lines.append(f"[^dm-{signal}]: {footnote(row, ', '.join(map(str, sorted(messages[signal]))))}")
    return "\n".join(lines).rstrip("\n") + "\n"


def change_line(rows: list[CitationRow]) -> str:
    """One change with the footnotes of its signals, or the source of the pin."""
    row = rows[0]
    label = status_caps if row.kind == "status" else label_of
    notes = "".join(f"[^dm-{cited.signal}]" for cited in rows if cited.signal)
    tail = f" Sent in message {row.messages.replace(' ', ', ')}." if row.messages else ""
    if row.url and not row.signal:
        quotation = f"“{escape_markdown(row.quotation)}” <{row.url}>"
        tail = f" By {escape_markdown(row.outlet)} of {row.published}: {quotation}.{tail}"
    moved = f"{escape_markdown(label(row.before)) or 'none'} → **{escape_markdown(label(row.after))}**"
    reason = escape_markdown(row.reason).rstrip(".")
    return f"- {row.changed_at}, {row.kind}: {moved} ({row.cause}). {reason}{notes}.{tail}"


def footnote(row: CitationRow, messages: str) -> str:
    speaker = f" ({escape_markdown(row.origin)})" if row.origin else ""
    reader = capitalised(escape_markdown(row.who_read))
    if [each["kind"] for each in row.read_by] == [ReaderKind.RULE]:
        reader = f"Rule {escape_markdown(row.rule)}, version {escape_markdown(row.rule_version)}"
    parts = [
        f"“{escape_markdown(row.quotation)}”",
        f"{escape_markdown(row.outlet)}, “{escape_markdown(row.title)}”",
        f"<{row.url}>" if row.url else "no address",
        f"Published {row.published}, first seen {row.first_seen}, retrieved {row.retrieved}",
        f"Actor: {row.acts}. Speaker: {row.says}{speaker}",
        reader,
    ]
    if row.state != "live":
        parts.append(f"{row.state.replace('_', ' ').capitalize()}: {escape_markdown(row.state_reason)}")
    if messages:
        parts.append(f"Sent in message {messages}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def escape_markdown(raw: str) -> str:
    """Foreign text as plain Markdown: one line, special characters escaped, right-to-left text isolated."""
    line = one_line(printable(raw), 1000)
    escaped = _LINKED.sub(lambda match: f"\\{match.group()}", _SPECIAL.sub(r"\\\1", line))
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return escaped.join(_ISOLATE)
    return escaped


Export = Callable[[Sequence[CitationRow], datetime | None, datetime | None], str]
FORMATS: Final[Mapping[str, Export]] = {"md": as_markdown, "csv": as_csv, "json": as_json}
