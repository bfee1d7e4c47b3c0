"""Messages to render whose texts are hostile, and checks of what Slack allows."""

import email
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from monitor.domain.messages.briefs import EvidenceSection, OutboundMessage, ReportLink
from monitor.render import Renderer
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, EVIDENCE, PARCELS

TEMPLATES = Path(__file__).parents[2] / "templates"
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<!channel> & <@U123>",
    "\u202edesrever\u202c and \u2067more",
    "one\r\nBcc: all@example.org\r\n\r\ntwo",
    "nul \x00 bell \x07 escape \x1b[31m",
    "lone \ud800 surrogate",
    "🚢🌱 采购",
    "{{ 7 * 7 }}{% raw %}",
    "x" * 200_000,
)


def saying(text: str) -> OutboundMessage:
    """An alert whose every text from outside is `text`, as it comes from a story that nobody cleaned."""
    line = replace(EVIDENCE[0], quote=text, outlet=text, says=text, read_by=text)
    evidence = EvidenceSection((line,), ReportLink(line.url, text, text))
    return replace(ALERT_PARCEL, brief=replace(ALERT, promise=text, note=text, evidence=evidence))


RENDERER = Renderer(TEMPLATES, sender="Deal monitor <monitor@deals.example>", list_domain="deals.example")


def read_mail(raw: bytes) -> EmailMessage:
    """The mail, which has no defect."""
    mail = email.message_from_bytes(raw, policy=SMTP.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    """The content of its part `plain` or `html`."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def marked(files: Iterable[Path]) -> dict[str, str]:
    """Writes a mark before each expression of these templates; returns the expressions by mark."""
    marks: dict[str, str] = {}
    for file in files:
        text, *expressions = file.read_text(encoding="utf-8").split("{{")
        for expression in expressions:
            mark = f"Q{len(marks)}Q"
            marks[mark] = f"{file.name}: {expression.partition('}}')[0]}"
            text += f"{mark}{{{{{expression}"
        file.write_text(text, encoding="utf-8")
    return marks


@cache
def sample_text(kind: str) -> str:
    """The text of the sample of this kind, rendered once however many tests look at it."""
    return RENDERER.text(PARCELS[kind])


@cache
def sample_mail(kind: str) -> bytes:
    """The mail of the sample of this kind, rendered once however many tests look at it."""
    return RENDERER.mail(PARCELS[kind])


def texts(value: Any) -> Iterator[str]:
    """All texts of the blocks."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts(item)


def check_limits(payload: dict[str, Any]) -> None:
    assert 1 <= len(payload["blocks"]) <= 50
    assert 1 <= len(payload["text"]) <= 3000
    for block in payload["blocks"]:
        if block["type"] == "header":
            assert 1 <= len(block["text"]["text"]) <= 150
        if block["type"] == "section":
            assert all(1 <= len(text) <= 3000 for text in texts(block.get("text", {})))
        if block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10
    assert sum(map(len, texts(payload["blocks"]))) <= 13_000


def check_harmless(payload: dict[str, Any]) -> None:
    for text in [payload["text"], *texts([block for block in payload["blocks"] if block["type"] != "header"])]:
        assert not re.search(r"<(!channel|!here|!everyone|!subteam|@|#)", text)
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
        tags = re.findall(r"<([^<>]*)>", text)
        assert all(re.match(r"https?://|!date\^", tag) for tag in tags)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
