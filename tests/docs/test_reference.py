"""The reference pages are those that the code makes now."""

import re
from pathlib import Path

import pytest

from docs import make_reference

PAGES = make_reference.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_makes_it(name: str, root: Path) -> None:
    kept = (root / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert kept == PAGES[name], "`make reference` makes it again"


def test_no_reference_page_is_left_from_before(root: Path) -> None:
    assert {path.name for path in (root / "docs" / "reference").iterdir()} == set(PAGES)


def test_every_key_and_option_has_a_meaning() -> None:
    lines = [line for page in PAGES.values() for line in page.splitlines()]
    keys = [line for line in lines if re.match(r"(\| |\* )`", line)]
    assert len(keys) > 300
    assert [line for line in keys if not re.search(r"`(: | \| )[^\s|[]", line)] == []
