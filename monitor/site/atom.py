"""Recorded changes as Atom 1.0 (RFC 4287), written by the standard library.

There is no well-kept Atom writer: feedgen had its last release in December 2023 and pulls lxml, which a small server can do without.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.domain.messages.models import EvidenceLine
from monitor.domain.pages import addresses
from monitor.domain.pages.data_files.change_entries import NEWEST, ChangeEntry
from monitor.domain.pages.material import SiteMaterial
from monitor.site.names import cleaned, tag

NAMESPACE = "http://www.w3.org/2005/Atom"


def atom_file(
    title: str, address: str, page: str, entries: Sequence[ChangeEntry], material: SiteMaterial, *, began: datetime
) -> bytes:
    """A feed of the newest of these entries. address: of the file below the root; page: the one for people; entries: newest first;
    began: the moment of a feed that has none yet. Links are absolute where `base_url` is known, else relative to the file."""
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _text(feed, "id", tag(address))
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((entry.at for entry in entries), default=began)))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": _link(address, address, material)})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": _link(page, address, material)})
    _text(SubElement(feed, "author"), "name", material.title)
    _text(feed, "generator", "deal-monitor", **({"version": material.program} if material.program else {}))
    for entry in entries[:NEWEST]:
        _entry(feed, entry, address, material)
    indent(feed, space=" ")
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(feed: Element, entry: ChangeEntry, address: str, material: SiteMaterial) -> None:
    commitment = material.context.commitments[entry.commitment]
    element = SubElement(feed, "entry")
    _text(element, "id", tag(f"change/{entry.id}"))
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.at))
    _text(element, "published", _moment(entry.at))
    page = f"{addresses.commitment_page(entry.commitment)}#{addresses.change_anchor(entry.id)}"
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": _link(page, address, material)})
    for scheme, term, label in (
        ("commitment", entry.commitment, commitment.short),
        ("kind", entry.kind, entry.kind),
        ("status", entry.status, entry.status.replace("_", " ")),
    ):
        SubElement(element, "category", {"term": term, "scheme": tag(scheme), "label": cleaned(label)})
    _text(element, "summary", " ".join(_sentences(entry)))
    _text(element, "content", _as_html(entry), type="html")


def _link(target: str, address: str, material: SiteMaterial) -> str:
    return f"{material.base_url}/{target}" if material.base_url else f"{addresses.way_up(address)}{target}"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = cleaned(text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


# ---------------------------------------------------------------- what an entry says


def _sentences(entry: ChangeEntry) -> Iterator[str]:
    """What moved and when, why, and how sure it is."""
    yield f"{entry.moved.rstrip('.')}{f' ({entry.when})' if entry.when else ''}."
    yield from filter(None, (entry.why, entry.sure))


def _as_html(entry: ChangeEntry) -> str:
    """The sentences, then the quotes with their outlets. Every text is escaped; a link leads to a report alone."""
    parts = [f"<p>{html.escape(text)}</p>" for text in _sentences(entry)]
    return "\n".join((*parts, *map(_quote, _distinct(entry.evidence))))


def _distinct(lines: Iterable[EvidenceLine]) -> Iterable[EvidenceLine]:
    known: Mapping[tuple[str, str], EvidenceLine] = {(line.quote, line.outlet): line for line in lines}
    return known.values()


def _quote(line: EvidenceLine) -> str:
    """A quote with whose word it is, the outlet, the day, its report, and what it says in English."""
    outlet = html.escape(line.outlet)
    source = f'<a href="{html.escape(line.url)}">{outlet}</a>' if line.url else outlet
    others = f" and {line.others} more" if line.others else ""
    who = f"{html.escape(line.speaker)}, " if line.speaker else ""
    behind = "; ".join(filter(None, (line.when, line.gloss, "no longer counts" if line.gone else "")))
    return (
        f"<blockquote><p>{html.escape(line.quote)}</p><p>{who}{source}{others} ({html.escape(behind)})</p></blockquote>"
    )
