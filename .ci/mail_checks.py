"""Mails of every kind and from hostile titles before four checkers; a mail broken on purpose must fail each of them.

emlcheck reads the message as it travels, vnu its HTML and CSS, axe (in Chromium, light and dark, wide and narrow) what
people with a screen reader or weak eyes meet, caniemail what mail programs do not know.
"""

# ruff: noqa: S603, T201 - our own commands, and figures for whoever reads the run's output

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from mail_samples import RENDERER, parcels

from docs.pictures import html_page

MOST_SECONDS = 1800
FAULTY = b"""\
<div style=3D"display:flex;colour:red;color:#eeeeee;background-color:#ffffff">\r
pale<img src=3D"https://a.example/x.png"></div>\r
"""
"""A remote picture without a text for it, in a layout that Outlook lacks, a property that does not exist, pale
words."""


@dataclass(frozen=True, slots=True)
class Checker:
    """A command over files with this ending; `finds`: what it must say of the broken mail."""

    name: str
    command: tuple[str, ...]
    folder: Path
    ending: str
    finds: str
    silent: bool = False

    def faults(self, mails: Sequence[Path]) -> str:
        """What it says of these mails, '' when they are clean."""
        done = subprocess.run(
            [*self.command, *(str(mail.with_suffix(self.ending)) for mail in mails)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
            env=environment(),
        )
        said = done.stdout + done.stderr
        return said if done.returncode or (self.silent and said.strip()) else ""


def main(tools: Path, node: Path) -> int:
    """Run all checkers; the number of those that found a fault, or missed the broken mail's."""
    with tempfile.TemporaryDirectory() as work:
        mails = [write(Path(work), name, RENDERER.mail(parcel)) for name, parcel in parcels().items()]
        broken = write(Path(work), "broken", spoilt(mails[0].read_bytes()))
        wrong = [line for checker in checkers(tools, node) for line in judged(checker, mails, broken)]
    print(*wrong, sep="\n")
    return len(wrong)


def judged(checker: Checker, mails: Sequence[Path], broken: Path) -> Iterator[str]:
    said = checker.faults(mails)
    if said:
        yield f"{checker.name}:\n{complaints(said)}"
    missed = [part for part in checker.finds.split(", ") if part not in checker.faults([broken])]
    if missed:
        yield f"{checker.name} does not see what is broken: {missed}"
    clean = "with faults" if said else "clean"
    print(f"{checker.name}: {len(mails)} mails {clean}, a broken one {'not ' if missed else ''}found out", flush=True)


def checkers(tools: Path, node: Path) -> tuple[Checker, ...]:
    vnu = node / "node_modules/vnu-jar/build/dist/vnu.jar"
    return (
        Checker(
            "emlcheck",
            (sys.executable, str(tools / "emlcheck.py")),
            node,
            ".eml",
            "missing header Message-ID, remote images, img without alt",
        ),
        Checker(
            "vnu",
            ("java", "-jar", str(vnu), "--errors-only", "--format", "gnu", "--stdout"),
            node,
            ".html",
            "“colour”",
            silent=True,
        ),
        Checker("caniemail", ("sh", str(tools / "cie.sh")), node, ".html", "ERROR display:flex"),
        Checker("axe", ("node", str(tools / "axe.mjs")), node, ".page.html", "image-alt, color-contrast"),
    )


def environment() -> Mapping[str, str]:
    browser = shutil.which(os.environ.get("CHROMIUM", "chromium")) or ""
    return {**os.environ, "CHROMIUM": browser, "PYTHONIOENCODING": "utf-8"}


def complaints(said: str) -> str:
    """What was said without the lines on what is well."""
    fine = re.compile(r": OK |^ +(?:allowed|warn|\(incomplete\))|success \w+ errors")
    return "\n".join(line for line in said.splitlines() if not fine.search(line) and not _fits(line))


def _fits(line: str) -> bool:
    """A line of axe on a page without violations that is no wider than its window."""
    page = re.search(r" (\d+)px: 0 violations, .* scrollWidth (\d+)$", line)
    return page is not None and int(page[2]) <= int(page[1])


def write(folder: Path, name: str, raw: bytes) -> Path:
    """The message, its HTML part, and that part as a page with its pictures, side by side."""
    mail = folder / f"{name}.eml"
    mail.write_bytes(raw)
    mail.with_suffix(".html").write_text(html_of(raw), encoding="utf-8")
    mail.with_suffix(".page.html").write_text(html_page(raw), encoding="utf-8")
    return mail


def html_of(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    return str(body.get_content()) if body is not None else ""


def spoilt(raw: bytes) -> bytes:
    """The mail with a fault for each checker."""
    without_id = re.sub(rb"\r\nMessage-ID: [^\r]*", b"", raw, count=1)
    spoilt_html = without_id.replace(b"</body>", FAULTY + b"</body>", 1)
    assert len(raw) > len(without_id) < len(spoilt_html)
    return spoilt_html


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()) > 0)
