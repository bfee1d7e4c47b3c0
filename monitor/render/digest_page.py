"""A kept digest as content of a page of the site.

A kept digest is the HTML of a mail: tables for layout and inline styles, which the strict Content-Security-Policy of
the site forbids. So the mail is parsed and written again from a short list of elements. Its classes keep their
meaning under other names; tables for layout become plain boxes; scripts, styles and all other elements of a template
are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from markupsafe import Markup, escape

from monitor.domain.text.plain import one_line, printable, web_link

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL | re.IGNORECASE)
LEFT_OUT = frozenset(
    {"head", "title", "style", "script", "template", "iframe", "object", "svg", "math", "form", "noscript"}
)
"""Elements that are left out with their content."""
KEPT = frozenset(
    {"h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "strong", "em", "b", "i", "code", "span"}
    | {"table", "caption", "thead", "tbody", "tr", "th", "td"}
)
"""Elements that stay; of any other only the content stays."""
LAYOUT = {"table": "div", "tr": "div", "td": "div", "th": "div", "thead": None, "tbody": None, "caption": None}
"""Elements of a table for layout: a box, or only the content (None)."""
CELLS = frozenset({"th", "td"})
"""Elements that stay even if they are empty."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
OWN_CLASSES = {"muted": "muted", "lead": "lead", "nowrap": "nowrap", "pill": "status"}
"""Classes of a mail that the site styles already."""
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]+")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
NUMBER = re.compile(r"[1-9]\d{0,3}")
BREAK_OPPORTUNITY = "\u200b"
"""The break opportunity in long words of mails; the pages break them by style."""
ACTIONS = "links/"
"""The folder of links for the one recipient of a mail; no page repeats them."""
FOR_READER = "for-reader"
"""The class of lines for the one recipient of a mail, such as why it came; no page repeats them."""


def digest_title(html: str) -> str:
    """The subject of the mail, on one line; 'Digest' for a page without one."""
    found = TITLE.search(html)
    return one_line(unescape(found[1]) if found else "", 200) or "Digest"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site around the digests. base_url: '' if unknown; public: removes private names from a text; pages: the
    addresses of pages, by the name that a digest prints in bold."""

    base_url: str
    public: Callable[[str], str]
    pages: Mapping[str, str]


def digest_page(html: str, site: Surroundings, root: str) -> Markup:
    """The mail as content of a page. root: the path from the page to the root of the site."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return Markup("").join(_Writer(site, root).written(tree.top, in_layout=False))


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: dict[str, str]
    children: list[_Element | str] = field(default_factory=list)


class _Tree(HTMLParser):
    """The elements of a document; an unclosed element ends with its parent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = _Element("body", {})
        self._open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass(frozen=True, slots=True)
class _Writer:
    site: Surroundings
    root: str

    def written(self, element: _Element, *, in_layout: bool) -> Iterator[Markup]:
        """The content of an element. in_layout: within a table for layout."""
        for child in element.children:
            if isinstance(child, str):
                yield escape(self.site.public(printable(child).replace(BREAK_OPPORTUNITY, "")))
                continue
            unseen = "display:none" in child.attributes.get("style", "").replace(" ", "").lower()
            if not unseen and FOR_READER not in child.attributes.get("class", "").split() and child.tag not in LEFT_OUT:
                yield self._element(child, in_layout=in_layout)

    def _element(self, element: _Element, *, in_layout: bool) -> Markup:
        if element.tag == "br":
            return Markup("<br>")
        if element.tag == "img":
            return self._picture(element)
        is_layout = element.attributes.get("role") == "presentation"
        in_layout = is_layout if element.tag == "table" else in_layout
        content = Markup("").join(self.written(element, in_layout=in_layout))
        if element.tag == "a":
            return self._link(element, content)
        tag: str | None = element.tag if element.tag in KEPT else None
        if in_layout and element.tag in LAYOUT:
            tag = LAYOUT[element.tag]
        # The classes under their names on the site, and attributes for screen readers.
        said = element.attributes
        names = filter(NAME.fullmatch, said.get("class", "").split())
        own = (name if name.startswith("tone-") else OWN_CLASSES.get(name, f"mail-{name}") for name in names)
        kept = {"class": " ".join(own)}
        if said.get("aria-hidden") == "true":
            kept["aria-hidden"] = "true"
        if element.tag == "th" and said.get("scope") in ("row", "col"):
            kept["scope"] = said["scope"]
        if NAME.fullmatch(said.get("lang", "")):
            kept["lang"] = said["lang"]
        written = (Markup(' {}="{}"').format(Markup(name), value) for name, value in kept.items() if value)  # noqa: S704
        attributes = Markup("").join(written)
        if not content.strip() and tag not in CELLS:  # a coloured stripe, a gap, an empty line
            return Markup()
        if tag is None or (tag == "div" and not attributes):
            return content
        shown = Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), attributes, content)  # noqa: S704 - of KEPT
        only = element.children[0] if tag == "strong" and len(element.children) == 1 else None
        named = printable(only).replace(BREAK_OPPORTUNITY, "") if isinstance(only, str) else ""
        page = self.site.pages.get(named)
        return Markup('<a href="{}{}">{}</a>').format(self.root, page, shown) if page else shown

    def _link(self, element: _Element, content: Markup) -> Markup:
        url = web_link(element.attributes.get("href", ""))
        base = f"{self.site.base_url}/"
        if self.site.base_url and url.startswith(base):
            address = url.removeprefix(base)
            if address.startswith(ACTIONS):
                return Markup()
            return Markup('<a href="{}{}">{}</a>').format(self.root, address or "index.html", content)
        if not url:
            return content
        return Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(url, content)

    def _picture(self, element: _Element) -> Markup:
        """A picture within the page itself; any other is left out."""
        said = element.attributes
        if not PICTURE.fullmatch(said.get("src", "")):
            return Markup()
        sizes = {name: said[name] for name in ("width", "height") if NUMBER.fullmatch(said.get(name, ""))}
        given = {"src": said["src"], "alt": self.site.public(printable(said.get("alt", ""))), **sizes}
        return Markup("<img{}>").format(
            Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in given.items())
        )
