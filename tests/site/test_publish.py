"""A site is put in place whole, or the one before stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import RenderError
from monitor.site.publish import KEEP, MARKER, publish
from tests.builders.golden_wording import GoldenWording

PAGES = [("index.html", b"one"), ("c/soy.html", b"soy")]


def test_a_new_site_takes_the_place_of_the_old_one_and_lacks_what_it_lacks(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert publish(PAGES, site) == 2
    assert publish([("index.html", b"two")], site) == 1
    assert (site / "index.html").read_bytes() == b"two"
    assert not (site / "c/soy.html").exists()


def test_a_site_that_breaks_off_leaves_the_one_before(tmp_path: Path) -> None:
    def breaking() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"half"
        raise RenderError("a template is broken", subject="x")

    site = tmp_path / "site"
    publish(PAGES, site)
    with pytest.raises(RenderError, match="a template is broken"):
        publish(breaking(), site)
    assert (site / "index.html").read_bytes() == b"one"
    assert len(list((tmp_path / "site-versions").glob("v*"))) == 1


def test_older_versions_are_removed_and_nothing_else(tmp_path: Path) -> None:
    site, foreign = tmp_path / "site", tmp_path / "site-versions" / "mine"
    foreign.mkdir(parents=True)
    (foreign / "notes.txt").write_text("keep me")
    for number in range(4):
        publish([("index.html", str(number).encode())], site)
    assert (foreign / "notes.txt").exists()
    assert len(list((tmp_path / "site-versions").glob(f"*/{MARKER}"))) == KEEP


def test_what_cannot_be_published_is_an_error_with_the_remedy(tmp_path: Path, wording: GoldenWording) -> None:
    """A folder that is no site, files of one name, and a folder that cannot be written."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "full-versions").write_text("in the way")
    twice = [("api/v1/index.json", b"{}"), ("api/v1/index.json", b"[]")]
    for name, files in (("folder", PAGES), ("site", twice), ("full", PAGES)):
        with pytest.raises(RenderError) as refused:
            publish(files, tmp_path / name)
        wording(str(refused.value))


def test_no_file_is_written_outside_the_site(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as refused:
        publish([("../outside.html", b"x")], tmp_path / "site")
    assert refused.value.subject == "../outside.html"
    assert not (tmp_path / "site-versions" / "outside.html").exists()
