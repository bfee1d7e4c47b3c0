"""Recorded changes as Atom 1.0 (RFC 4287), written with the standard library. feedgen, the usual writer, had its last
release in December 2023 and needs lxml."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.domain.messages.briefs import EvidenceLine
from monitor.domain.pages import addresses
from monitor.domain.pages.change_entries import NEWEST, ChangeEntry
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import sentence
from monitor.domain.text.plain import xml_text

NAMESPACE = "http://www.w3.org/2005/Atom"


def atom_file(title: str, address: str, page: str, entries: Sequence[ChangeEntry], material: SiteMaterial) -> bytes:
    """A feed of the newest entries. address: of the file below the root; page: for people; entries: newest first."""
    linked = partial(addresses.link_from, address, base_url=material.base_url)
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _text(feed, "id", addresses.tag(address))
    _text(feed, "title", title)
    began = min((record[0].at for record in material.published.values() if record), default=material.now)
    _text(feed, "updated", _moment(max((entry.at for entry in entries), default=began)))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": linked(address)})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": linked(page)})
    _text(SubElement(feed, "author"), "name", material.title)
    _text(feed, "generator", "deal-monitor", **({"version": material.program} if material.program else {}))
    for entry in entries[:NEWEST]:
        change = entry.text
        commitment = material.context.commitments[change.commitment]
        element = SubElement(feed, "entry")
        _text(element, "id", addresses.tag(f"change/{change.id}"))
        _text(element, "title", entry.title)
        _text(element, "updated", _moment(entry.at))
        _text(element, "published", _moment(entry.at))
        place = f"{addresses.commitment_page(commitment.id)}#{addresses.change_anchor(change.id)}"
        SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": linked(place)})
        for scheme, term, label in (
            ("commitment", commitment.id, commitment.short),
            ("kind", change.kind, change.kind),
            ("status", change.status, change.status.replace("_", " ")),
        ):
            SubElement(element, "category", {"term": term, "scheme": addresses.tag(scheme), "label": xml_text(label)})
        # The change with its time, and how certain it is: with quotes, who reports it; else the reason, which says what
        # caused the change.
        dated = "" if change.when in change.text else f" ({change.when}{', first seen late' if change.late else ''})"
        said = f"{change.text}{dated}."
        sentences = list(filter(None, (said, entry.confidence or sentence(change.reason))))
        _text(element, "summary", " ".join(sentences))
        # The sentences and the quotes with their outlets. All texts are escaped; links lead only to reports.
        parts = [f"<p>{html.escape(text)}</p>" for text in sentences]
        distinct: Mapping[tuple[str, str], EvidenceLine] = {(line.quote, line.outlet): line for line in entry.evidence}
        for line in distinct.values():
            outlet = html.escape(line.outlet)
            source = f'<a href="{html.escape(line.url)}">{outlet}</a>' if line.url else outlet
            others = f" and {line.others} more" if line.others else ""
            speaker = f"{html.escape(line.speaker)}, " if line.speaker else ""
            remarks = "; ".join(filter(None, (line.when, line.gloss, "no longer counts" if line.retracted else "")))
            credit = f"<p>{speaker}{source}{others} ({html.escape(remarks)})</p>"
            parts.append(f"<blockquote><p>{html.escape(line.quote)}</p>{credit}</blockquote>")
        _text(element, "content", "\n".join(parts), type="html")
    indent(feed, space=" ")
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = xml_text(text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
