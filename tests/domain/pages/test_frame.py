"""Every page says of when and from what it is."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.domain.pages.frame import Moment, frame_of

from tests.builders.published_material import material


def test_the_frame_names_the_moment_of_the_data_and_the_last_answer_of_a_source() -> None:
    frame = frame_of(material(last_read=datetime(2026, 3, 13, 23, 5, 7, tzinfo=UTC)))
    assert frame.data == Moment("14 Mar 2026 09:30 UTC", "2026-03-14T09:30:00+00:00")
    assert frame.read == Moment("13 Mar 2026 23:05 UTC", "2026-03-13T23:05:07+00:00")
    assert (frame.title, frame.rules, frame.program) == ("Deals", "3f9c1a", "1.0")


def test_where_no_source_was_ever_read_none_is_named() -> None:
    assert frame_of(material(last_read=None)).read is None
