"""Stories as the lines of an archive."""

import json
from pathlib import Path

STORY_KEYS = ("id", "published", "source", "url", "title", "summary", "lang")


def story(name: str, published: str, title: str, source: str = "Herald Wire") -> str:
    """One story as a line of JSON."""
    url = f"https://{'ministry' if source == 'Ministry' else 'herald'}.example/{name}"
    return json.dumps(dict(zip(STORY_KEYS, (name, published, source, url, title, "", "en"), strict=True)))


def saved(tmp_path: Path, *lines: str, name: str = "stories.jsonl") -> Path:
    """An archive of these lines."""
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
