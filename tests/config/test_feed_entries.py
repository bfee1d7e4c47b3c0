"""Feeds are written into config.toml whole or not at all, and everything else in it stays as it was."""

import tomllib
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.config.feed_entries import LONGEST_NAME, FeedEntry, add_feeds, feed_name, with_feeds
from monitor.errors import ConfigError
from tests.builders.golden_wording import GoldenWording

NEW = FeedEntry("paper", "https://paper.example/rss", 'The "Paper"', 900, "en", "Europe/Paris")
OTHER = FeedEntry("wire", "https://wire.example/rss?a=1&b=2", "Wire", 3600)
BLOCK = """[[feeds]]
name = "paper"
url = "https://paper.example/rss"
publisher = "The \\"Paper\\""
interval = "15m"
lang = "en"
zone = "Europe/Paris"
"""
CONFIG = """# head
[poll] # of polls
per_host = 1

[[feeds]] # the first
name = "herald"
url = "https://herald.example/rss"
interval = "10m" # be polite
[feeds.tz_names]
CST = "Asia/Shanghai"
"""
TAIL = """
# about messages
[owner]
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "config.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def added(file: Path, *feeds: FeedEntry) -> Settings:
    add_feeds(file, feeds or (NEW,), environ={})
    return load_settings(file, environ={})


def test_a_feed_goes_behind_the_last_one_and_every_comment_stays(tmp_path: Path) -> None:
    file = written(tmp_path, CONFIG + TAIL)
    settings = added(file)
    assert file.read_text(encoding="utf-8") == f"{CONFIG}\n{BLOCK}{TAIL}"
    feed = settings.feeds[1]
    assert (feed.name, feed.url, feed.publisher) == ("paper", NEW.url, 'The "Paper"')
    assert (feed.interval, feed.lang, feed.zone) == (900, "en", "Europe/Paris")


def test_the_first_feed_goes_to_the_end_of_the_file_and_a_section_behind_feeds_is_parted_by_a_blank_line() -> None:
    assert with_feeds(f"{CONFIG}[owner]\n", [NEW]) == f"{CONFIG}\n{BLOCK}\n[owner]\n"
    cases = [("", f"\n{BLOCK}"), ("[poll]", f"[poll]\n\n{BLOCK}"), (CONFIG[:-1], f"{CONFIG}\n{BLOCK}")]
    assert [(text, with_feeds(text, [NEW])) for text, _ in cases] == [(text, end) for text, end in cases]


def test_line_ends_and_the_byte_order_mark_stay_as_they_are(tmp_path: Path) -> None:
    old = b"\xef\xbb\xbf" + CONFIG.replace("\n", "\r\n").encode()
    file = written(tmp_path, old)
    added(file)
    data = file.read_bytes()
    assert data.startswith(old)
    assert data.count(b"\n") == data.count(b"\r\n")


def test_several_feeds_are_written_together_and_their_lines_told(tmp_path: Path) -> None:
    file = written(tmp_path, CONFIG + TAIL)
    assert add_feeds(file, [NEW, OTHER], environ={}) == (12, 20)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (lines[11], lines[19], lines[23]) == ("[[feeds]]", "[[feeds]]", 'interval = "1h"')


@pytest.mark.parametrize(
    "feeds",
    [
        [FeedEntry("herald", "https://other.example/rss", "X", 900)],
        [NEW, FeedEntry("bad", "ftp://other.example/rss", "X", 900)],
        [FeedEntry("line\nbreak", "https://other.example/rss", "X", 900)],
    ],
    ids=["taken", "ftp", "control"],
)
def test_unusable_feeds_leave_the_file_as_it_is(tmp_path: Path, feeds: list[FeedEntry], wording: GoldenWording) -> None:
    file = written(tmp_path, CONFIG)
    with pytest.raises(ConfigError) as refused:
        add_feeds(file, feeds, environ={})
    assert str(refused.value).startswith(f"{file}:")
    wording(str(refused.value))
    assert file.read_text(encoding="utf-8") == CONFIG
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link_and_mode_and_relative_paths_stay_good(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "rules").mkdir()
    file = written(tmp_path / "real", '[monitor]\nrules = "rules"\n')
    file.chmod(0o640)
    link = tmp_path / "config.toml"
    link.symlink_to("real/config.toml")
    assert added(link).feeds[0].name == "paper"
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in file.parent.iterdir()) == ["config.toml", "rules"]


def test_a_file_that_cannot_be_replaced_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        add_feeds(tmp_path / "config.toml", [NEW], environ={})
    assert "No such file" in str(refused.value)


def test_a_name_is_made_from_the_title_else_from_the_host_and_is_new() -> None:
    cases = [
        ("Top News – The Herald", "", (), "top-news-the-herald"),
        ("新华", "www.herald.example", (), "herald-example"),
        ("", "ustr.gov", (), "ustr-gov"),
        ("", "127.0.0.1", (), "127-0-0-1"),
        ("", "", (), "feed"),
        ("Herald", "", ("herald", "herald-2"), "herald-3"),
    ]
    assert [(name, feed_name(name, host, taken)) for name, host, taken, _ in cases] == [
        (name, made) for name, _, _, made in cases
    ]


def test_names_and_intervals_are_written_short() -> None:
    made = feed_name("one two three four five six seven eight nine ten", "", ())
    assert made == "one-two-three-four-five-six-seven-eight"
    assert len(feed_name("x" * 300, "", ())) == LONGEST_NAME
    cases = [(90, "90s"), (900, "15m"), (5400, "90m"), (3600, "1h"), (172_800, "2d")]
    entries = [FeedEntry("a", "https://a.example/", "A", seconds) for seconds, _ in cases]
    assert [entry.lines()[4] for entry in entries] == [f'interval = "{text}"' for _, text in cases]


def test_every_text_is_read_back_as_it_was() -> None:
    cases = ['"', "\\", "x\x7fy", "中文", "a # b", "\U0001f600", "'''"]
    for value in cases:
        (feed,) = tomllib.loads(with_feeds("", [FeedEntry(value, "https://a.example/", value, 60)]))["feeds"]
        assert (feed["name"], feed["publisher"]) == (value, value), value
