"""The pages of signed links. GET shows what a link will do; only a POST does it, so that no scanner of mails can."""

from __future__ import annotations

import email.policy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from monitor.domain.pages.link_page import LinkPage
from monitor.errors import RenderError, StoreError
from monitor.logs import get_logger
from monitor.render.jinja_env import Templates
from monitor.site.server.guards import MAX_BODY_BYTES
from monitor.site.server.turns import Turns

TEMPLATE = "site/link.html.j2"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    # The token must not stand in the Referer of the style sheet, which web servers log. With no-referrer a browser would send its own form
    # with `Origin: null`, and that could be anybody's.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
STATUS = {"unknown": 404, "expired": 410, "mismatch": 400}
"""State of a page -> status; every other one is 200."""
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""The field that a mail program sends (RFC 8058)."""
MAX_FIELDS = 10
MOST_AT_ONCE = 4
"""Links that are looked up or pressed at a time: one press may wait for the database, and the server has 40 threads for all it does."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """What was pressed. do, undo: which button; one_click: a mail program's own "Unsubscribe"; reason: the line beside the button."""

    do: bool = False
    undo: bool = False
    one_click: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkPages:
    """look: the page of a token; press: does what was pressed, and the page of how it stands then; both may raise StoreError."""

    look: Callable[[str], LinkPage]
    press: Callable[[str, Form], LinkPage]
    templates: Templates
    title: str
    _turns: Turns = field(default_factory=lambda: Turns(MOST_AT_ONCE))

    async def answer(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        try:
            if request.method != "POST":
                return self._page(await self._turns.run(self.look, token))
            form = await read_form(request)
            if form is None:
                return PlainTextResponse("Nothing was pressed, and nothing was done.\n", 400, HEADERS)
            page = await self._turns.run(self.press, token, form)
        except StoreError as error:
            log.warning("a link could not be followed", error=str(error))
            text = "This cannot be done at the moment, and nothing was done. Try again in a minute.\n"
            return PlainTextResponse(text, 503, {**HEADERS, "Retry-After": "60"})
        except _TooLargeError:
            return PlainTextResponse("The body is too large.\n", 413, {**HEADERS, "Connection": "close"})
        except ClientDisconnect:
            return PlainTextResponse("", 400, HEADERS)
        if form.one_click:
            return PlainTextResponse(f"{page.heading}.\n", STATUS.get(page.state, 200), HEADERS)
        return self._page(page)

    def _page(self, page: LinkPage) -> Response:
        """As HTML; where the template cannot be used, as text, for what was done must be told."""
        status = STATUS.get(page.state, 200)
        try:
            html = self.templates.render(TEMPLATE, {"page": page, "title": self.title, "root": "../"})
        except RenderError as error:
            log.error("the page of a link could not be made", error=str(error))
            return PlainTextResponse("\n".join((page.heading, *page.lines, "")), max(status, 500), HEADERS)
        return HTMLResponse(html, status, HEADERS)


class _TooLargeError(Exception):
    """A body without a stated length went on for too long."""


async def read_form(request: Request) -> Form | None:
    """The form of a POST; None where no button of ours was pressed. A mail program may send its one field either way."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise _TooLargeError
    fields = read_fields(body, request.headers.get("content-type", ""))
    form = Form(
        do=fields.get("act") == "do",
        undo=fields.get("act") == "undo",
        one_click=fields.get(ONE_CLICK[0]) == ONE_CLICK[1],
        reason=fields.get("reason", ""),
    )
    return form if form.do or form.undo or form.one_click else None


def read_fields(body: bytes, content_type: str) -> dict[str, str]:
    """The fields of a form, urlencoded or multipart; empty for whatever is neither."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MAX_FIELDS))
        if kind == "multipart/form-data":
            return _parts(body, content_type)
    except ValueError:
        pass
    return {}


def _parts(body: bytes, content_type: str) -> dict[str, str]:
    head = content_type.encode("ascii", "replace").replace(b"\r", b"").replace(b"\n", b"")
    message = BytesParser(EmailMessage, policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + head + b"\r\n\r\n" + body
    )
    fields = {}
    for part in list(message.iter_parts())[:MAX_FIELDS]:
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload.decode("utf-8", "replace").strip()
    return fields
