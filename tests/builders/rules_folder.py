"""A small folder of rules for tests, with one place to change any of its files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from monitor import rulebook
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Signal, Story

AT = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)


def rule_files(name: str) -> dict[str, str]:
    """The files of a folder beside this module, by path."""
    folder = Path(__file__).parent / "rules" / name
    files = sorted(path for path in folder.rglob("*.*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


FILES = rule_files("beans")
SOURCES, POLICY, VOCABULARY = FILES["sources.yaml"], FILES["policy.yaml"], FILES["vocabulary/words.yaml"]
COMMITMENT, BEANS_EXAMPLES = FILES["deal/beans.yaml"], FILES["deal/beans.examples"]
TALKS, TALKS_EXAMPLES = FILES["deal/talks.yaml"], FILES["deal/talks.examples"]
DEAL = FILES["deal/deal.yaml"]
PARTIES = next(line for line in DEAL.splitlines(keepends=True) if line.startswith("parties:"))


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files: a known one by its stem, its examples by `<stem>_examples`, or a further
    commitment."""
    root, known = folder / "rules", {key_of(name) for name in FILES}
    added = {
        f"deal/{stem.removesuffix('_examples')}.{'examples' if stem.endswith('_examples') else 'yaml'}": text
        for stem, text in changed.items()
        if stem not in known
    }
    return lay(root, {name: changed.get(key_of(name), text) for name, text in {**FILES, **added}.items()})


def lay(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder with these files, by path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def key_of(name: str) -> str:
    """The name of a file as an argument of `write`."""
    return Path(name).stem + ("_examples" if name.endswith(".examples") else "")


def load(folder: Path, **changed: str) -> Rulebook:
    return rulebook.load_rulebook(write(folder, **changed))


def story(title: str, summary: str = "", *, source: str = "Somebody", url: str = "", lang: str = "en") -> Story:
    return Story(
        id="s1",
        published_at=AT,
        seen_at=AT,
        source=source,
        url=url,
        title=title,
        summary=summary,
        lang=lang,
        revision="r1",
    )


def only(signals: tuple[Signal, ...], commitment: str = "beans") -> Signal:
    (signal,) = (signal for signal in signals if signal.commitment == commitment)
    return signal
