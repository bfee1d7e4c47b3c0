"""Pictures for the README: an alert, a digest, the board and the page of a commitment of the demo, light, dark and on
a phone.

Run by `make pictures` after `make demo`. Needs Chromium (Debian: apt-get install chromium fonts-noto-cjk), found on the
PATH or named by $CHROMIUM.
"""

from __future__ import annotations

import base64
import email
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

DEMO = Path("var/demo")
PICTURES = Path(__file__).parent / "pictures"
DARK = "--blink-settings=preferredColorScheme=0"
WIDTH, PHONE = 680, 390
FRAME = """\
<!doctype html><html><body style="margin:0;overflow:hidden"><iframe src="{page}" style="border:0;display:block;\
width:{width}px;height:{height}px"></iframe></body></html>
"""
"""A headless window is never as narrow as a phone; a frame is."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture: its name and its size in CSS pixels."""

    name: str
    width: int
    height: int
    dark: bool = False


def views(name: str, height: int, phone_height: int, width: int = WIDTH) -> tuple[View, View, View]:
    return (
        View(name, width, height),
        View(f"{name}-dark", width, height, dark=True),
        View(f"{name}-phone", PHONE, phone_height),
    )


MAILS = {
    "alerts": ("China meets pledge to buy 12 million tons", views("alert", 1180, 1450)),
    "digests": ("27 Oct - 2 Nov", views("digest", 1720, 1720)),
}
"""For each folder of the demo: words in the subject of the mail to show, and how it is shown."""
PAGES = {
    "index.html": views("board", 1350, 1720, width=1040),
    "c/soybean-purchases.html": views("commitment", 1500, 1720, width=1040),
}
"""For each page of the demo's site, how it is shown."""


def main() -> None:
    browser = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("chromium is missing: see this file's head")
    )
    for folder, (subject, shown) in MAILS.items():
        mail = newest(folder, subject)
        with tempfile.TemporaryDirectory() as place:
            page = Path(place) / "mail.html"
            page.write_text(html_page(mail.read_bytes()), encoding="utf-8")
            for view in shown:
                shoot(browser, page, view)
    for address, shown in PAGES.items():
        page = DEMO / "site" / address
        if not page.is_file():
            sys.exit(f"{page} is missing: run `make demo` first")
        for view in shown:
            shoot(browser, page, view)


def newest(folder: str, subject: str) -> Path:
    """The latest mail in a folder of the demo whose subject holds these words."""
    found = [mail for mail in sorted((DEMO / folder).glob("*.eml")) if subject in subject_of(mail)]
    if not found:
        sys.exit(f"no mail about {subject!r} in {DEMO / folder}: run `make demo` first")
    return found[-1]


def subject_of(mail: Path) -> str:
    return str(email.message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"])


def html_page(raw: bytes) -> str:
    """The HTML part of a mail as a page of its own: its pictures become data addresses."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    html = str(body.get_content()) if body is not None else ""
    for part in message.walk():
        name = str(part.get("Content-ID", "")).strip("<>")
        data = part.get_payload(decode=True)
        if name and isinstance(data, bytes):
            address = f"data:{part.get_content_type()};base64,{base64.b64encode(data).decode()}"
            html = html.replace(f"cid:{name}", address)
    return html


def shoot(browser: str, page: Path, view: View) -> None:
    picture = PICTURES / f"{view.name}.png"
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.html"
        address = page.resolve().as_uri()
        frame.write_text(FRAME.format(page=address, width=view.width, height=view.height), encoding="utf-8")
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            *([DARK] if view.dark else []),
            f"--window-size={view.width},{view.height}",
            f"--screenshot={picture}",
            frame.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    print(f"{picture}  from {page.name}")  # noqa: T201


if __name__ == "__main__":
    main()
