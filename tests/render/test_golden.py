"""The wording and layout of the text mail of every kind of message, kept in golden/ and written by --update-golden."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders.rendered_messages import sample_text
from tests.builders.sample_messages import PARCELS

KINDS = sorted(PARCELS.keys() - {"busy digest"})
"""The busy digest is the digest five hundred times."""
WITH_LINKS = ("alert_with_links", "digest_with_links")
"""The messages of an installation whose messages have links that act (`test_action_links.py`)."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_mail_of_each_kind_reads_as_it_did(kind: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{kind.replace(' ', '_')}.txt", sample_text(kind))


def test_no_golden_file_is_left_without_its_kind() -> None:
    files = {file.stem for file in (Path(__file__).parent / "golden").iterdir()}
    assert files == {kind.replace(" ", "_") for kind in KINDS} | {*WITH_LINKS}
