"""Sentences that a model or a person has read too: what an edit of the rules renews, and who is named when what was
told falls."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Effect, ReaderKind, ReadMatch
from monitor.domain.model.news import READ_OTHERWISE
from monitor.pipeline.apply_readings import ReadText, current_readers, record_readings
from monitor.store import rematch, signals, stories
from monitor.store.tables import READING
from tests.builders.databases import NOW, ask, do, later
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import Monitor
from tests.builders.reading_values import read, reading
from tests.builders.small_rulebook import BUYS, CANCELS, SOY, TANKERS, rulebook

READ = later(hours=1)


def record(monitor: Monitor, title: str, now: datetime, *matches: ReadMatch, **said: Any) -> None:
    """Somebody reads the text with this title, and what that changes is decided."""
    with monitor.store.begin() as conn:
        story = next(s for s in stories.first_seen_since(conn, NOW - timedelta(days=1)) if s.title == title)
        own = reading(*matches, text=story.revision, at=now, **said)
        record_readings(conn, monitor.rules, [ReadText(story.id, own, story.seen_at)], now)


def read_news(monitor: Monitor) -> None:
    """A purchase that a model reads as the rule does, and a cancellation that it reads as a threat."""
    monitor.begin()
    said = {BUYS: ("progress", "buys two cargoes"), CANCELS: ("threat", "cancels three orders")}
    for title in said:
        monitor.news(title, NOW)
    for title, words in said.items():
        record(monitor, title, READ, read("soy", *words))


def test_an_edit_that_only_renews_the_version_of_a_rule_that_read_along_needs_no_review(
    monitor: Monitor, tmp_path: Path
) -> None:
    read_news(monitor)
    edited = rulebook(tmp_path, soy=SOY.replace("[buys]", "[buys, procures]").replace("[cancels]", "[cancels, voids]"))
    preview = do(monitor.store, rematch.preview_activation, edited, READ)
    assert {signal.effect for signal in preview.changed} == {Effect.PROGRESS, Effect.THREAT}, "their versions are new"
    assert preview.touched == frozenset()


def test_a_rule_that_a_reader_contradicts_has_matched_all_the_same(monitor: Monitor) -> None:
    read_news(monitor)
    matched = {match.rule for match in ask(monitor.store, signals.matches, NOW - timedelta(days=1), READ)}
    assert matched == {"soy/bought", "soy/reader", "soy/cancelled"}


def test_a_correction_names_the_model_that_reads_nothing_of_it(monitor: Monitor, wording: GoldenWording) -> None:
    monitor.begin()
    monitor.news(CANCELS, NOW)
    monitor.review(READ)
    record(monitor, CANCELS, later(hours=2))
    monitor.review(later(hours=3))
    assert monitor.published().published.status == "pledged"
    wording(detail_text(monitor.transitions()[-1].reason.detail, PARTIES))


@pytest.mark.parametrize(
    ("title", "said", "now"),
    [
        (CANCELS, read("soy", "threat", "cancels three orders"), ("soy/cancelled", Effect.SETBACK)),
        (TANKERS, read("soy", "pledge", "buys six tankers"), ("soy/person", Effect.NONE)),
    ],
)
def test_where_a_reading_was_taken_back_the_rules_are_who_reads_it_now(
    monitor: Monitor, title: str, said: ReadMatch, now: tuple[str, Effect]
) -> None:
    monitor.begin()
    monitor.news(title, NOW)
    record(monitor, title, READ, said, kind=ReaderKind.PERSON, name="Ann Lee", version="")
    with monitor.store.begin() as conn:
        (lost,) = (s for s in signals.latest(conn, "soy", 9) if s.rule == "soy/person")
        conn.execute(delete(READING))
        signals.retire(conn, [lost.id], later(hours=2), READ_OTHERWISE)
        batch = stories.by_ids(conn, [lost.story])
        signals.save(conn, rematch.signals_of_texts(conn, batch, monitor.rules)[0].values())
        (reader,) = current_readers(conn, monitor.rules, [lost.id]).values()
    assert (reader.kind, reader.name, reader.effect) == (ReaderKind.RULE, *now)
