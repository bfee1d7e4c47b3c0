"""The lessons work as they are written: their files are laid, their commands run in order, their outputs compared."""

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.builders.working_folder import command

BLOCK = re.compile(r"^```(\w+)(?: (file|end)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVED = "http://127.0.0.1:8000/"
TITLE = "EU lawmakers ratify India pact"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of this folder on a free port of this machine."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name of the library
        """Nobody reads the log."""


def fits(shown: str, printed: str) -> bool:
    """Whether an output is as the lesson shows it; '…' on a line of its own stands for any lines, and in a line for
    any text."""
    lines = [
        ".*" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*") for line in shown.splitlines()
    ]
    return (
        re.fullmatch(r"\n".join(lines), "\n".join(map(str.rstrip, printed.strip("\n").splitlines())), re.DOTALL)
        is not None
    )


class Lesson:
    """Plays a lesson in a folder. codes: the exit codes of its commands that are not 0."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.printed, self.codes = "", dict[str, int]()

    def play(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(self.folder)
        for language, kind, name, content in BLOCK.findall(text):
            if kind == "file":
                self.lay(name, content)
            elif kind == "end":
                self.replace_end(name, content)
            elif language == "sh":
                for line in content.splitlines():
                    self.do(line, monkeypatch)
            elif language == "text":
                assert fits(content, self.printed), f"the lesson shows\n{content}\nand this was printed\n{self.printed}"

    def lay(self, name: str, content: str) -> None:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content.replace(SERVED, self.address), encoding="utf-8")

    def replace_end(self, name: str, content: str) -> None:
        """The file from the first line of the block on."""
        text, first = Path(name).read_text(encoding="utf-8"), content.splitlines()[0]
        assert text.count(f"\n{first}") == 1, f"{first!r} does not stand once in {name}"
        Path(name).write_text(text[: text.index(f"\n{first}") + 1] + content, encoding="utf-8")

    def do(self, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
        words = shlex.split(line, comments=True)
        if not words or words[:3] == ["python3", "-m", "http.server"]:
            return  # served already
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
            return
        if words[:2] == ["cp", "-r"]:
            shutil.copytree(words[2], words[3])
            return
        assert words[0] == "deal-monitor", line
        done = command(*words[1:])
        self.printed = done.output
        assert done.exit_code in (0, 1, 3), f"{line}\n{done.output}"
        if done.exit_code:
            self.codes[line] = done.exit_code


@pytest.mark.slow
def test_from_nothing_to_the_first_alert(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (root / "docs" / "first-alert.md").read_text(encoding="utf-8")
    with served(tmp_path / "desk") as address:
        lesson = Lesson(tmp_path, address)
        lesson.play(text, monkeypatch)
    assert lesson.codes == {}
    (mail,) = (tmp_path / "desk" / "var" / "outbox").glob("*.eml")
    assert b"White House" in mail.read_bytes()
    assert (tmp_path / "desk" / "var" / "site" / "index.html").is_file()


@pytest.mark.slow
def test_from_a_headline_to_a_rule(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = Lesson(tmp_path, SERVED)
    lesson.play((root / "docs" / "first-rule.md").read_text(encoding="utf-8"), monkeypatch)
    assert set(lesson.codes.values()) == {3}, "the rules differ, and nothing fails"


@pytest.mark.slow
def test_from_a_headline_to_a_deal_of_your_own(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = Lesson(tmp_path, SERVED)
    lesson.play((root / "docs" / "your-deal.md").read_text(encoding="utf-8"), monkeypatch)
    assert lesson.codes == {"deal-monitor rules test rules --only deal.examples": 1}


@pytest.mark.slow
def test_a_deal_of_your_own_sends_its_first_alert_offline(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = root / "docs"
    Lesson(tmp_path, SERVED).play((docs / "your-deal.md").read_text(encoding="utf-8"), monkeypatch)
    text = (docs / "first-alert.md").read_text(encoding="utf-8")
    for shown, own in (
        ("deal-monitor init desk\ncd desk", "deal-monitor init rehearsal\ncd rehearsal"),
        ("[monitor]\n", '[monitor]\nrules = "../desk/rules"\n'),
        ('publisher = "White House"', 'publisher = "European Parliament"'),
        ("<title>United States and China extend tariff truce until November 10, 2027", f"<title>{TITLE}"),
        ("status tariff-truce", "status ratification"),
        ("1 new story; 2 changes;", "1 new story; 1 change;"),
    ):
        assert text.count(shown) == 1, shown
        text = text.replace(shown, own)
    with served(tmp_path / "rehearsal") as address:
        Lesson(tmp_path, address).play(text, monkeypatch)
    (mail,) = (tmp_path / "rehearsal" / "var" / "outbox").glob("*.eml")
    assert b"European Parliament" in mail.read_bytes()


def test_a_command_that_prints_something_else_is_noticed() -> None:
    assert fits("one\n…\n3 of … done", "one\ntwo\n2a\n3 of 4 done")
    assert not fits("one\n…\nthree", "one\ntwo")
