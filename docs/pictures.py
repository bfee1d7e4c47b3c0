"""Pictures for the README: an alert and a digest of the demo, as a browser shows the mail. Run by `make pictures`.

Needs Chromium (Debian: apt-get install chromium fonts-noto-cjk), found on the PATH or named by $CHROMIUM.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from monitor.render.pages import page_of

DEMO = Path("var/demo")
PICTURES = Path(__file__).parent / "pictures"
WINDOW = {"alert": (680, 1180), "digest": (680, 1500)}
DARK = "--blink-settings=preferredColorScheme=0"


def main() -> None:
    browser = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("chromium is missing: see this file's head")
    )
    subject = sys.argv[1] if len(sys.argv) > 1 else "PARTLY MET"
    shoot(browser, newest("alerts", subject), "alert", "alert")
    shoot(browser, newest("alerts", subject), "alert", "alert-dark", DARK)
    shoot(browser, newest("digests", ""), "digest", "digest")


def newest(folder: str, subject: str) -> Path:
    """The latest mail in a folder of the demo whose subject holds these words."""
    mails = sorted((DEMO / folder).glob("*.eml"))
    found = [mail for mail in mails if subject in mail.read_text(encoding="utf-8", errors="replace")]
    if not found:
        sys.exit(f"no mail about {subject!r} in {DEMO / folder}: run `make demo` first")
    return found[-1]


def shoot(browser: str, mail: Path, kind: str, name: str, *flags: str) -> None:
    width, height = WINDOW[kind]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "mail.html"
        page.write_text(page_of(mail.read_bytes()), encoding="utf-8")
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile", *flags,
            f"--window-size={width},{height}", f"--screenshot={PICTURES / (name + '.png')}", page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    print(f"{PICTURES / (name + '.png')}  from {mail.name}")  # noqa: T201


if __name__ == "__main__":
    main()
