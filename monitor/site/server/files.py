"""The pages and files of the site, and nothing else of the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from monitor.domain.pages import addresses

CONTENT_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".ico": "image/x-icon",
}
"""What is served, by the end of its name. A file of another kind is not there."""
CACHE_SECONDS = 60
"""How long a page may be shown without asking again: what is news is seen within a minute."""
SHOWN_ELSEWHERE = ".svg"
"""Badges may be shown by pages elsewhere. No file may be read by them: a site of this machine, or of a company's network, would be open to
every page that its readers visit."""
MAX_PATH = 1000
"""Characters; our own addresses are far shorter."""
_STRICT = "default-src 'none'; style-src 'self'{}; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_POLICY = _STRICT.format("")
STYLED_POLICY = _STRICT.format(" 'unsafe-inline'")
"""For what carries its style in its elements: kept mails, and drawings."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the site as it is sent."""

    content: bytes
    modified: float
    kind: str

    @property
    def etag(self) -> str:
        """By content: a new build of the same page is the same page."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files below a folder, or below the one that a link leads to at the moment."""

    root: Path

    async def answer(self, request: Request) -> Response:
        """The file of an address, or the page that says that there is none."""
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Only GET and HEAD.\n", 405, {"Allow": "GET, HEAD"})
        path = request.scope["path"]
        found = await run_in_threadpool(self.read, path)
        if found is not None:
            return file_response(path, found, request.headers)
        missing = await run_in_threadpool(self.read, f"/{addresses.NOT_FOUND}")
        if missing is not None:
            return Response(missing.content, 404, {"Content-Security-Policy": PAGE_POLICY}, missing.kind)
        return PlainTextResponse("There is no such page.\n", 404)

    def read(self, path: str) -> StoredFile | None:
        """The file at an address ('/' and 'folder/' mean its index.html); None where there is none that may be seen."""
        parts = path.removeprefix("/").split("/")
        parts[-1] = parts[-1] or addresses.BOARD
        if len(path) > MAX_PATH or not all(map(_is_plain, parts)):
            return None
        kind = CONTENT_TYPES.get(Path(parts[-1]).suffix)
        try:
            root = self.root.resolve(strict=True)
            target = root.joinpath(*parts).resolve(strict=True)
            if kind is None or not target.is_relative_to(root) or not target.is_file():
                return None
            return StoredFile(target.read_bytes(), target.stat().st_mtime, kind)
        except (
            OSError,
            RuntimeError,
        ):  # not there, not ours to read, a ring of links, or swapped for a newer site just now
            return None


def _is_plain(part: str) -> bool:
    """Whether a part of an address can be the name of a file of the site: none begins with a dot, or holds a sign that a file system
    reads otherwise."""
    return bool(part) and not part.startswith(".") and part.isprintable() and "\\" not in part


def file_response(path: str, file: StoredFile, asked: Headers) -> Response:
    """The answer with a file, or that the reader's copy is still good."""
    styled = path.startswith("/digests/") or file.kind.startswith("image/svg")
    headers = {
        "ETag": file.etag,
        "Last-Modified": formatdate(file.modified, usegmt=True),
        "Cache-Control": f"public, max-age={CACHE_SECONDS}",
        "Content-Security-Policy": STYLED_POLICY if styled else PAGE_POLICY,
    }
    if path.endswith(SHOWN_ELSEWHERE):
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if is_current(file, asked):
        return Response(status_code=304, headers=headers)
    return Response(file.content, 200, headers, file.kind)


def is_current(file: StoredFile, asked: Headers) -> bool:
    """Whether the copy that a reader names is this file: by its tag where one is given, else by its time."""
    tags = asked.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or file.etag in known
    try:
        since = parsedate_to_datetime(asked.get("if-modified-since", ""))
        return int(file.modified) <= since.timestamp()
    except (ValueError, TypeError, OverflowError):
        return False
