"""The pages of a site as a browser would read them: their links, anchors, headings and what they may not have."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit


@dataclass(slots=True)
class Link:
    """href or src of an element, as it stands there; rel: '' without."""

    tag: str
    target: str
    rel: str


@dataclass(slots=True)
class WebPage:
    links: list[Link] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    metas: dict[str, str] = field(default_factory=dict)
    language: str = ""
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = WebPage()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said, page = {name: value or "" for name, value in attrs}, self.page
        page.tags[tag] += 1
        page.attributes.update(said.keys())
        if "id" in said:
            page.ids[said["id"]] += 1
        if tag == "html":
            page.language = said.get("lang", "")
        if tag == "meta":
            page.metas[said.get("name") or said.get("http-equiv", "")] = said.get("content", "")
        if (target := said.get("href") or said.get("src")) is not None:
            page.links.append(Link(tag, target, said.get("rel", "")))

    def handle_data(self, data: str) -> None:
        self.page.text += data


def read_page(html: str) -> WebPage:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def broken_links(files: Mapping[str, bytes], pages: Mapping[str, WebPage]) -> Iterator[str]:
    """The links within the site that lead to no file or to no place in one: 'page: link'."""
    for address, page in pages.items():
        for link in page.links:
            parts = urlsplit(link.target)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            folder = "" if path.startswith("/") else str(PurePosixPath(address).parent)
            target = normpath(f"{folder}/{path}".lstrip("/")) if path else address
            lost = parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids
            if target not in files or lost:
                yield f"{address}: {link.target}"
