"""The pages of signed links. GET shows what a link will do; only POST does it, so that a mail scanner cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from monitor.domain.pages.link_page import CHOICES, LinkPage, Press
from monitor.errors import RenderError, StoreError
from monitor.logs import get_logger
from monitor.render.jinja_env import Templates

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    # The default, no-referrer, would do; strict-origin keeps the token out of the log of the style sheet just as well.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
STATUS = {"unknown": 404, "expired": 410, "mismatch": 400}
"""State of a page -> HTTP status; any other is 200."""
MAX_BODY_BYTES = 8 * 1024
"""A form with one line of text needs a tenth of it."""
ONE_CLICK = re.compile(rb'List-Unsubscribe(?:=|"\r?\n\r?\n)One-Click')
"""The field that a mail program sends (RFC 8058), urlencoded or as a part of a multipart form."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LinkPages:
    """show: the page of a token; press: does what the link says. Both may raise StoreError."""

    show: Callable[[str], LinkPage]
    press: Callable[[str, Press], LinkPage]
    templates: Templates
    title: str

    async def answer(self, request: Request) -> Response:
        """The page as HTML; as plain text for a mail program, and if the template fails: the reader must learn what was
        done."""
        token = str(request.path_params["token"])
        one_click = False
        try:
            if request.method != "POST":
                page = await run_in_threadpool(self.show, token)
            else:
                body = b""
                async for part in request.stream():
                    body += part
                    if len(body) > MAX_BODY_BYTES:
                        return PlainTextResponse("The body is too large.\n", 413, {**HEADERS, "Connection": "close"})
                fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
                one_click = ONE_CLICK.search(body) is not None
                choice, *others = fields.get("press", [""])
                if not one_click and (others or choice not in CHOICES):
                    return PlainTextResponse("The form is incomplete. Nothing has changed.\n", 400, HEADERS)
                comment, name = (fields.get(key, [""])[0] for key in ("comment", "name"))
                page = await run_in_threadpool(self.press, token, Press(choice, one_click, comment, name))
        except StoreError as error:
            log.warning("a signed link failed", error=str(error))
            text = "This is not possible at the moment. Nothing has changed. Try again in a minute.\n"
            return PlainTextResponse(text, 503, {**HEADERS, "Retry-After": "60"})
        except (ClientDisconnect, ValueError):  # ValueError: too many fields
            return PlainTextResponse("The form cannot be read. Nothing has changed.\n", 400, HEADERS)
        status = STATUS.get(page.state, 200)
        if one_click:
            return PlainTextResponse(f"{page.heading}.\n", status, HEADERS)
        try:
            html = self.templates.render("site/link.html.j2", {"page": page, "title": self.title, "root": "../"})
        except RenderError as error:
            log.error("the page of a link could not be rendered", error=str(error))
            return PlainTextResponse("\n".join((page.heading, *page.lines, "")), max(status, 500), HEADERS)
        return HTMLResponse(html, status, HEADERS)
