"""Sentences that tests expect, kept in golden files: one file a test module, one section a test.

A test passes the text that it received; only the golden file knows how it reads. After a change of wording, run
`pytest --update-golden` on the tests and read the difference.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

SECTION = re.compile(r"^==== (.+)\n", re.MULTILINE)
BETWEEN = "\n----\n"
VARIES = (
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:PORT"),
    (re.compile(r"\bprocess \d+"), "process N"),
    (re.compile(r"\bTODAY \d\d:\d\d UTC"), "NOW"),
    (re.compile(r"\bintervention [0-9a-f]{12}\b"), "intervention ID"),
    (re.compile(r"/(?:dev/shm|tmp)/pytest-of-[^/\s]+/pytest-\d+"), "BASE"),
)
"""What differs from run to run in nearly every text; a test names the rest in `hide`."""


def read_sections(file: Path) -> dict[str, list[str]]:
    """The texts of each test, in the order in which it passes them. A file that is not there has none."""
    if not file.exists():
        return {}
    _, *parts = SECTION.split(file.read_text(encoding="utf-8"))
    return {name: body.removesuffix("\n").split(BETWEEN) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _written(sections: Mapping[str, Iterable[str]]) -> str:
    return "".join(f"==== {name}\n{BETWEEN.join(texts)}\n" for name, texts in sorted(sections.items()))


class GoldenWording:
    """The section of one test. Call it with each text that the test received."""

    def __init__(self, file: Path, test: str, folder: Path | None, *, update: bool) -> None:
        self.file, self.test, self.folder, self.update = file, test, folder, update
        self.texts: list[str] = []

    def __call__(self, text: str | Iterable[str], *, hide: Mapping[str, str] | None = None) -> None:
        """Compares `text`, or several as lines, with the golden file. `hide` maps what varies to what stands for it."""
        shown = text if isinstance(text, str) else "\n".join(text)
        for varying, stand_in in (hide or {}).items():
            shown = shown.replace(varying, stand_in)
        if self.folder is not None:
            shown = shown.replace(str(self.folder), "FOLDER")
        for pattern, stand_in in VARIES:
            shown = pattern.sub(stand_in, shown)
        shown = "\n".join(line.rstrip() for line in shown.strip("\n").split("\n"))
        self.texts.append(shown)
        if self.update:
            self._write()
            return
        expected = read_sections(self.file).get(self.test, [])
        number = len(self.texts) - 1
        assert number < len(expected), f"{self.file} has no text for {self.test}: run pytest --update-golden"
        assert shown == expected[number], f"{self.file} differs; if that is intended, run pytest --update-golden"

    def _write(self) -> None:
        """Replaces this test's section; workers take turns."""
        self.file.parent.mkdir(exist_ok=True)
        with (self.file.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            sections = read_sections(self.file) | {self.test: self.texts}
            partial = self.file.with_suffix(f".{os.getpid()}")
            partial.write_text(_written(sections), encoding="utf-8")
            partial.replace(self.file)
