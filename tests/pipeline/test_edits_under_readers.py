"""An edit of the rules under sentences that a model or a person has read too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.domain.model import Effect
from monitor.pipeline.readings import ReadText, record_readings
from monitor.store import rematch, signals, stories
from tests.builders.databases import NOW, later
from tests.builders.pipeline_steps import Monitor
from tests.builders.reading_values import read, reading
from tests.builders.small_rulebook import BUYS, CANCELS, SOY, rulebook

READ = later(hours=1)


def read_news(monitor: Monitor) -> None:
    """A purchase that a model reads as the rule does, and a cancellation that it reads as a threat."""
    monitor.begin()
    said = {BUYS: ("progress", "buys two cargoes"), CANCELS: ("threat", "cancels three orders")}
    for title in said:
        monitor.news(title, NOW)
    with monitor.store.begin() as conn:
        for story in stories.first_seen_since(conn, NOW - timedelta(days=1)):
            own = reading(read("soy", *said[story.title]), text=story.revision)
            record_readings(conn, monitor.rules, [ReadText(story.id, own, story.seen_at)], READ)


def test_an_edit_that_only_renews_the_version_of_a_rule_that_read_along_needs_no_review(
    monitor: Monitor, tmp_path: Path
) -> None:
    read_news(monitor)
    edited = rulebook(tmp_path, soy=SOY.replace("[buys]", "[buys, procures]").replace("[cancels]", "[cancels, voids]"))
    with monitor.store.begin() as conn:
        preview = rematch.preview_activation(conn, edited, READ)
    assert {signal.effect for signal in preview.changed} == {Effect.PROGRESS, Effect.THREAT}, "their versions are new"
    assert preview.touched == frozenset()


def test_a_rule_that_a_reader_contradicts_has_matched_all_the_same(monitor: Monitor) -> None:
    read_news(monitor)
    with monitor.store.read() as conn:
        matched = {match.rule for match in signals.matches(conn, NOW - timedelta(days=1), READ)}
    assert matched == {"soy/bought", "soy/reader", "soy/cancelled"}
