"""What is due is decided once, written in one piece, and told in the same write."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Intervention, Outlook, Standing
from monitor.domain.model.changes import notation
from monitor.domain.verdicts.review_requests import ReviewRequest
from monitor.errors import StoreError
from monitor.pipeline import review
from monitor.pipeline.review import ReviewReport
from monitor.store import as_of, problems_and_runs, signals, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.tables import VERDICT
from tests.builders.databases import BACKENDS, NOW, ask, do, failing, later, stores
from tests.builders.pipeline_steps import DESK, Monitor
from tests.builders.small_rulebook import BOTH, BUYS, CANCELS, OF_PARTS, SHIPS, SOY, TANKERS, rulebook


def test_at_first_the_baseline_is_published_and_nobody_is_told(monitor: Monitor) -> None:
    report = monitor.review(NOW)
    assert report.decided == ("ships", "soy")
    assert monitor.published().published.standing is Standing.PLEDGED
    assert monitor.rows() == []
    assert monitor.review(NOW) == ReviewReport(), "then nothing is due"


def test_a_change_is_recorded_and_queued_in_one_write(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    report = monitor.review(later(seconds=90))
    (transition,) = monitor.transitions()
    assert notation(transition.change) == ("pledged", "in_progress")
    assert report.transitions == (transition,)
    assert monitor.rows() == ["soy waiting"]
    (row,) = ask(monitor.store, outbox_store.items)
    assert ask(monitor.store, verdict_records.review_requests) == {}
    assert row.transitions == (transition.id,)
    assert row.evidence == transition.evidence
    assert "buys two cargoes" in row.payload


@pytest.mark.parametrize("backend", BACKENDS)
def test_whichever_statement_fails_the_news_is_told_once_when_the_database_works_again(
    backend: str, rules: Rulebook, tmp_path: Path
) -> None:
    for place in count():
        (folder := tmp_path / str(place)).mkdir()
        with contextmanager(stores)(backend, folder) as store:
            monitor = Monitor(store, rules)
            monitor.begin()
            with failing(store, place) as failed, suppress(StoreError):
                hear_and_review(monitor)
            hear_and_review(monitor)
            assert monitor.rows() == ["soy waiting"], failed
        if not failed:
            break


def hear_and_review(monitor: Monitor) -> None:
    monitor.poll(NOW, monitor.entry(BUYS, 1, NOW))
    monitor.review(later(seconds=90))


def test_reviewing_again_records_and_tells_nothing_new(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    monitor.review(later(seconds=90))
    do(monitor.store, verdict_records.request_reviews, [ReviewRequest("soy", NOW)])
    assert monitor.review(later(minutes=10)).transitions == ()
    assert (len(monitor.transitions()), monitor.rows()) == (1, ["soy waiting"])


@pytest.mark.parametrize("fate", ["withdrawn", "edited", "rejected"])
def test_an_alert_whose_evidence_falls_is_corrected_where_it_went_and_never_unsaid(monitor: Monitor, fate: str) -> None:
    monitor.routes = (DESK, replace(DESK, name="second desk", to="C2"))
    monitor.begin()
    monitor.poll(NOW, monitor.entry(BUYS, 7, NOW))
    monitor.review(later(seconds=90))
    told, recorded = ask(monitor.store, outbox_store.items), monitor.transitions()
    assert [row.kind for row in told] == ["alert", "alert"]
    if fate == "rejected":
        act = Intervention("a1", "reject", "soy", told[0].evidence[0], "a satire page", "desk", later(hours=1))
        do(monitor.store, verdict_records.add_intervention, act, later(hours=1))
    else:
        title = f"WITHDRAWN: {BUYS}" if fate == "withdrawn" else "China takes stock of soybeans from the United States"
        monitor.poll(later(hours=1), monitor.entry(title, 7, NOW))
    monitor.review(later(hours=2))
    rows = ask(monitor.store, outbox_store.items)
    assert rows[:2] == told, "what was sent stays as it was sent"
    assert [(row.kind, row.route, row.to) for row in rows[2:]] == [
        ("correction", "desk", "C1"),
        ("correction", "second desk", "C2"),
    ]
    assert {row.evidence for row in rows[2:]} == {told[0].evidence}, "of that very evidence"
    assert monitor.transitions()[: len(recorded)] == recorded
    assert monitor.published().published.standing is Standing.PLEDGED


def test_a_verdict_that_time_alone_may_change_is_due_then(monitor: Monitor) -> None:
    monitor.begin()
    due = monitor.published().next_due
    assert due is not None
    assert ask(monitor.store, verdict_records.next_review_at, monitor.rules.policy) == due
    assert monitor.review(due - timedelta(seconds=1)).decided == ()
    report = monitor.review(due)
    assert "soy" in report.decided
    assert {transition.cause for transition in report.transitions} <= {Cause.CLOCK}


def test_reviews_at_the_same_time_record_and_tell_a_change_once(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    monitor.news(TANKERS, NOW)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: monitor.review(later(seconds=90)), range(4)))
    assert sorted(t.commitment for report in reports for t in report.transitions) == ["ships", "soy"]
    assert sorted(monitor.rows()) == ["ships waiting", "soy waiting"]


def test_news_that_comes_while_a_verdict_is_decided_is_weighed_next(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    read = ask(monitor.store, verdict_records.review_requests)["soy"]
    monitor.news(CANCELS, later(seconds=30))
    with monitor.store.begin() as conn:
        verdict_records.clear_review_requests(conn, [read])
        assert "soy" in verdict_records.review_requests(conn)


def test_a_commitment_that_cannot_be_decided_stops_only_itself_and_stays_due(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    monitor.news(TANKERS, NOW)
    sound = monitor.rules
    broken = replace(sound.commitments["soy"], targets=(None,))  # type: ignore[arg-type]
    monitor.rules = replace(sound, commitments={**sound.commitments, "soy": broken})
    report = monitor.review(later(seconds=90))
    assert report.decided == ("ships",)
    assert report.problems[0].startswith("soy: ")
    assert monitor.review(later(seconds=100)).problems == (), "not tried again in a tight loop"
    monitor.rules = sound
    assert monitor.review(later(minutes=5)).decided == ("soy",)
    assert ask(monitor.store, problems_and_runs.problems) == ()


def test_a_commitment_without_a_first_record_stops_only_itself_and_is_tried_again(monitor: Monitor) -> None:
    sound = monitor.rules
    unreadable = replace(sound.commitments["soy"], baselines=())
    monitor.rules = replace(sound, commitments={**sound.commitments, "soy": unreadable})
    report = monitor.review(NOW)
    assert report.decided == ("ships",)
    assert report.problems == ("soy: IndexError: tuple index out of range",)
    assert monitor.review(later(seconds=1)) == ReviewReport(), "not tried again in a tight loop"
    assert monitor.review(later(minutes=5)).problems == report.problems, "though nothing else is due"
    monitor.rules = sound
    assert monitor.review(later(minutes=30)).decided == ("soy",)
    assert ask(monitor.store, problems_and_runs.problems) == ()


def test_an_edit_that_changes_nothing_found_touches_nothing(monitor: Monitor, tmp_path: Path) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    monitor.review(later(seconds=90))
    before = monitor.published().published
    monitor.rules = rulebook(tmp_path / "edited", soy=SOY.replace("any: [buys]", "any: [buys, hoards]"), ships=SHIPS)
    assert review.activate_rulebook(monitor.store, monitor.rules, later(hours=1)) == frozenset()
    ((signal,),) = ask(monitor.store, signals.by_commitment_after, {"soy": NOW - timedelta(days=1)}).values()
    assert signal.id in before.evidence


def test_a_baseline_corrected_after_months_is_weighed_with_all_news_since(monitor: Monitor, tmp_path: Path) -> None:
    monitor.begin()
    monitor.news(CANCELS, NOW)
    monitor.review(later(seconds=90))
    monitor.news(TANKERS, later(days=90))
    monitor.review(later(days=90, seconds=90))
    assert (monitor.published().published.standing, monitor.published().published.outlook) == (
        Standing.PLEDGED,
        Outlook.AT_RISK,
    )
    corrected = SOY.replace("standing: pledged", "standing: in_progress")
    monitor.rules = rulebook(tmp_path / "edited", soy=corrected, ships=SHIPS)
    monitor.review(later(days=91))
    monitor.review(later(days=91, hours=1))
    verdict = monitor.published().published
    assert (verdict.standing, verdict.outlook) == (Standing.IN_PROGRESS, Outlook.AT_RISK), "the news of March counts"
    assert {t.cause for t in monitor.transitions()[-1:]} == {Cause.RULES}


def test_what_a_rulebook_would_do_is_foreseen_and_nothing_is_written(monitor: Monitor, tmp_path: Path) -> None:
    monitor.begin()
    monitor.news("China snaps up two cargoes of soybeans from the United States", NOW)
    monitor.news(TANKERS, NOW)
    edited = rulebook(tmp_path / "edited", soy=SOY.replace("any: [buys]", "any: [buys, snaps up]"), ships=SHIPS)
    report = review.preview_activation(monitor.store, edited, monitor.routes, later(minutes=1))
    assert {(t.commitment, t.cause) for t in report.transitions} == {("soy", Cause.RULES), ("ships", Cause.NEWS)}
    assert {(m.commitment, m.held) for m in report.messages} == {("soy", True), ("ships", False)}
    assert (monitor.transitions(), monitor.rows()) == ((), [])
    assert ask(monitor.store, verdict_records.review_requests).keys() == {"ships"}
    assert {
        signal.commitment for signal in ask(monitor.store, signals.latest, "soy", 9) if signal.effect != "none"
    } == set()


def test_a_review_reads_the_verdict_of_what_is_due_alone(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BUYS, NOW)
    with monitor.store.begin() as conn:
        conn.execute(
            update(VERDICT).where(VERDICT.c.commitment == "ships").values(folded="no verdict", published="none")
        )
    report = monitor.review(later(seconds=90))
    assert (report.decided, report.problems) == (("soy",), ())
    assert monitor.rows() == ["soy waiting"]


def test_a_commitment_that_cannot_be_told_of_keeps_no_other_of_the_event_from_being_told(monitor: Monitor) -> None:
    monitor.begin()
    monitor.news(BOTH, NOW)
    broken = replace(monitor.rules.commitments["soy"], name=None)  # type: ignore[arg-type]
    rules = replace(monitor.rules, commitments={"ships": monitor.rules.commitments["ships"], "soy": broken})
    report = review.review(monitor.store, rules, (DESK,), later(seconds=90))
    assert (report.decided, monitor.rows()) == (("ships",), ["ships waiting"])
    assert [problem.partition(":")[0] for problem in report.problems] == ["soy"]


def test_a_whole_is_decided_as_soon_as_one_of_its_parts_has_moved(monitor: Monitor, tmp_path: Path) -> None:
    rules = rulebook(tmp_path / "parts", **OF_PARTS)
    monitor.rules = replace(rules, policy=replace(rules.policy, kept_days=7))
    monitor.begin()
    monitor.news(TANKERS, NOW)
    monitor.news(TANKERS.replace("tankers", "wagons"), NOW)
    report = monitor.review(later(minutes=5))
    assert report.decided == ("soy-ships", "soy-trains", "soy")
    assert {move.commitment for move in report.transitions} == {"soy-ships", "soy-trains"}, "they are in progress"
    whole = monitor.review(later(days=8)).transitions[-1]
    assert (whole.commitment, whole.standing, whole.cause) == ("soy", Standing.IN_FORCE, Cause.CLOCK)
    assert ask(monitor.store, verdict_records.review_requests) == {}
    view = ask(monitor.store, as_of.view_as_of, monitor.rules, later(days=9), ["soy"])
    assert view.verdicts["soy"].standing is Standing.IN_FORCE
