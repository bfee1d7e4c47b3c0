"""The model at work: when it is asked, what its answers change, and that whatever it does the rules go on alone."""

import io
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import FeedSettings
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Entry
from monitor.domain.reading.inbox import Doubt, inbox
from monitor.pipeline.ingest import FetchedDocument
from monitor.pipeline.reader_lead import PROBLEM_KIND as LEAD_KIND
from monitor.pipeline.reading_queue import PROBLEM_KIND, reader_state
from monitor.runtime.app import App, run_reviews
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.poller import DueFeed, Poller, take_document
from monitor.runtime.reading_job import read_next, read_round, release_late
from monitor.runtime.rule_reload import reload_rules
from monitor.runtime.scheduler import start_jobs, stop_jobs
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs, reading_store, signals, stories
from monitor.store.json_codec import from_json
from monitor.store.tables import ReaderUse, UnreadText
from tests.builders import reading_desk
from tests.builders.chat_server import ChatModel, Reply, stop_when_asked, stories_in
from tests.builders.databases import NOW, ask, later, polled_feed
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import HERALD, MINISTRY
from tests.builders.reading_desk import KEY, configured, earn_lead, notices
from tests.builders.rules_folder import lay
from tests.builders.small_rulebook import BUYS, CANCELS, OTHER_DEAL, TANKERS

SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)
SECONDS_TO_GATHER = 15
QUIET = "Soybeans and orders of China: a quiet day"
"""Near the deal, and no act of the rules."""


@dataclass(slots=True)
class Desk:
    """A monitor with a model, and its clock."""

    app: App
    clock: SimulatedClock
    model: ChatModel
    number: int = 0
    told: list[datetime] = field(default_factory=list)

    def hear(self, *titles: str, feed: FeedSettings = HERALD) -> None:
        """These reports come in now."""
        entries = []
        for title in titles:
            self.number += 1
            page = feed.url.replace("rss", str(self.number))
            entries.append(Entry(page, title, page, self.clock.now, "", feed.publisher))
        take_document(self.app, DueFeed.of(feed, None, NOW), FetchedDocument(tuple(entries)), later(days=1))

    def after(self, **wait: float) -> bool:
        """What the clock does at that time from now; returns whether the model was asked."""
        self.clock.move(self.clock.now + timedelta(**wait))
        release_late(self.app)
        asked = read_next(self.app)
        run_reviews(self.app)
        return asked

    def goes_on(self, seconds: int, step: int = 2) -> int:
        """So many seconds pass, tick by tick; returns how often the model was asked."""
        return sum(self.after(seconds=step) for _ in range(0, seconds, step))

    def alerts(self) -> list[tuple[str, str]]:
        """Commitment and kind of what goes to the desk."""
        return [(row.commitment, row.kind) for row in ask(self.app.store, outbox_store.items) if row.route == "desk"]

    def waiting(self) -> dict[str, UnreadText]:
        """By title, the texts that wait."""
        return {row.text: row for row in ask(self.app.store, reading_store.unread)}

    def use(self) -> ReaderUse:
        return ask(self.app.store, reading_store.use_of, f"{self.clock.now:%Y-%m-%d}")


@pytest.fixture
def folder(tmp_path: Path, model: ChatModel) -> Path:
    configure(tmp_path, model)
    return tmp_path


def configure(folder: Path, model: ChatModel, more: str = "") -> None:
    configured(folder, model, more, desk='least_severity = "routine"', boss='commitments = ["ships"]')


@contextmanager
def opened(folder: Path, model: ChatModel, clock: SimulatedClock | None = None, key: str = "") -> Iterator[Desk]:
    clock = clock or SimulatedClock(NOW)
    with reading_desk.opened(folder, clock, key, HERALD, SECOND, MINISTRY) as app:
        yield Desk(app, clock, model)


@pytest.fixture
def desk(folder: Path, model: ChatModel) -> Iterator[Desk]:
    with opened(folder, model) as running:
        yield running


# ---------------------------------------------------------------- when it is asked


def test_the_texts_of_one_event_are_gathered_and_asked_about_in_one_request(desk: Desk) -> None:
    desk.hear(BUYS)
    assert not desk.after(seconds=10)
    desk.hear(TANKERS, feed=SECOND)
    assert not desk.after(seconds=4)
    assert desk.after(seconds=1)
    assert desk.model.asked() == {BUYS: 1, TANKERS: 1}
    assert len(desk.model.requests) == 1
    assert desk.waiting() == {}


def test_a_request_holds_no_more_stories_than_the_settings_say_the_newest_first(folder: Path, model: ChatModel) -> None:
    configure(folder, model, "batch = 2")
    with opened(folder, model) as desk:
        for title in (BUYS, TANKERS, CANCELS):
            desk.hear(title)
            desk.clock.move(desk.clock.now + timedelta(seconds=1))
        assert [desk.after(seconds=2) for _ in range(3)] == [True, False, False]
        assert [story["title"] for story in stories_in(model.requests[0])] == [CANCELS, TANKERS]
        desk.goes_on(SECONDS_TO_GATHER)
        assert [story["title"] for story in stories_in(model.requests[1])] == [BUYS]


def test_nothing_is_asked_twice_however_often_it_comes_and_whoever_shows_it(folder: Path, model: ChatModel) -> None:
    clock = SimulatedClock(NOW)
    with opened(folder, model, clock) as desk:
        desk.hear(BUYS)
        desk.goes_on(30)
        desk.hear(BUYS, feed=SECOND)
        desk.goes_on(30)
    with opened(folder, model, clock) as desk:
        desk.hear(BUYS, feed=MINISTRY)
        desk.goes_on(60)
    assert model.asked() == {BUYS: 1}


def test_a_policy_that_leaves_the_model_out_asks_it_nothing(folder: Path, model: ChatModel) -> None:
    (folder / "rules" / "policy.yaml").write_text("{press_origins: 1, reader: off}", encoding="utf-8")
    with opened(folder, model) as desk:
        desk.hear(BUYS)
        desk.goes_on(30)
        assert desk.waiting() == {}
    assert model.requests == []


# ---------------------------------------------------------------- answers that are not whole


def test_a_story_left_out_of_an_answer_is_asked_again_and_the_answered_ones_never(desk: Desk) -> None:
    desk.hear(BUYS, TANKERS)
    desk.model.script.append(Reply(content=json.dumps({"stories": [{"id": "2", "matches": []}]})))
    desk.goes_on(30)
    (left,) = desk.waiting().values()
    assert (left.tries, left.error) == (1, "no answer")
    desk.goes_on(70)
    assert sorted(desk.model.asked().values()) == [1, 2]
    assert desk.waiting() == {}
    assert notices(desk.app) == []


def test_a_text_that_spoils_every_answer_is_soon_asked_about_alone(desk: Desk) -> None:
    """A server that refuses whatever request holds one headline."""
    desk.model.spoils = "Soybeans that no model may read"
    desk.hear(desk.model.spoils, BUYS, TANKERS, CANCELS)
    for _ in range(40):
        desk.after(minutes=1)
    (left,) = desk.waiting().values()
    assert left.tries > 2
    asked = desk.model.asked()
    assert max(asked[title] for title in (BUYS, TANKERS, CANCELS)) <= 3


def sizes(model: ChatModel) -> list[int]:
    """The number of stories in each request."""
    return [len(stories_in(request)) for request in model.requests]


def test_a_request_whose_answer_is_cut_off_is_halved_and_asked_again(desk: Desk) -> None:
    desk.model.cuts = 2
    desk.hear(BUYS, TANKERS, CANCELS, QUIET)
    desk.goes_on(100)
    assert sizes(desk.model) == [4, 2, 2]
    assert desk.waiting() == {}


def test_a_text_that_fails_three_times_alone_goes_to_a_person(desk: Desk, logged: io.StringIO) -> None:
    desk.model.spoils = QUIET
    desk.hear(QUIET, TANKERS)
    for _ in range(60):
        desk.after(minutes=1)
    assert sizes(desk.model) == [2, 1, 1, 1, 1]
    assert desk.model.asked()[QUIET] == 4
    (left,) = desk.waiting().values()
    assert (left.alone, left.given_up) == (3, True)
    assert "left to a person" in logged.getvalue()
    found = desk.app.store
    seen = ask(found, stories.first_seen_since, NOW)
    box = inbox(seen, desk.app.rulebook, {}, ask(found, reading_store.unreadable))
    assert [item.story.title for item in box.items if item.doubt is Doubt.UNREADABLE] == [QUIET]
    with found.read() as conn:
        assert desk.app.reader is not None
        assert reader_state(conn, desk.app.rulebook, desk.app.reader.setup, desk.clock.now).waiting == 0


def test_a_slow_server_gets_fewer_stories_in_a_request_and_more_again_when_it_is_quick(
    folder: Path, model: ChatModel
) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("timeout_seconds = 5", "timeout_seconds = 0.5"))
    model.seconds_each = 0.2
    with opened(folder, model) as desk:
        desk.hear(BUYS, TANKERS, CANCELS, QUIET)
        desk.goes_on(40)
        assert sizes(model) == [4, 2, 2]
        assert desk.waiting() == {}
        assert notices(desk.app) == []
        model.seconds_each = 0
        for number in range(3):
            desk.hear(*(f"{BUYS}, lot {number} {part}" for part in range(5)))
            desk.goes_on(20)
        assert sizes(model)[3:] == [2, 3, 4, 1, 5]


def test_what_is_known_of_a_server_outlives_a_rule_edit(desk: Desk) -> None:
    desk.model.script.append(Reply(400, error={"message": "temperature is not supported"}))
    desk.hear(BUYS)
    desk.goes_on(20)
    deal = desk.app.settings.monitor.rules / "deal" / "deal.yaml"
    deal.write_text(deal.read_text(encoding="utf-8").replace("id: deal", "id: deal "), encoding="utf-8")
    assert any(reload_rules(desk.app) for _ in range(3))
    desk.hear(TANKERS)
    desk.goes_on(20)
    assert ["temperature" in request for request in desk.model.requests] == [True, False, False]


def test_what_was_not_read_in_a_week_is_given_up_with_a_word(desk: Desk, logged: io.StringIO) -> None:
    desk.model.script += [Reply(500)] * 9
    desk.hear(BUYS)
    desk.goes_on(20)
    desk.after(days=8)
    assert desk.waiting() == {}
    assert "never read by the model: too old" in logged.getvalue()


# ---------------------------------------------------------------- several deals

CUPS = "China buys nine crates of teacups from the United States"
BOTH_DEALS = "China buys two cargoes of soybeans and buys nine crates of teacups"


@pytest.fixture
def two_deals(folder: Path, model: ChatModel) -> Iterator[Desk]:
    lay(folder / "rules", OTHER_DEAL)
    with opened(folder, model) as running:
        yield running


def asked_by_deal(model: ChatModel) -> dict[str, set[str]]:
    """By deal, the titles that its questions came with."""
    asked: dict[str, set[str]] = {}
    for request in model.requests:
        deal = "tea" if "China buying teacups" in request["messages"][0]["content"] else "deal"
        asked.setdefault(deal, set()).update(story["title"] for story in stories_in(request))
    return asked


def test_each_deal_is_asked_about_in_one_request_with_the_stories_near_it(two_deals: Desk) -> None:
    two_deals.hear(BUYS, CUPS, BOTH_DEALS)
    two_deals.model.together = 2  # neither is answered before both have come
    two_deals.model.reads(BOTH_DEALS, "cups", "setback", "nine crates")
    assert two_deals.goes_on(20) == 1
    assert asked_by_deal(two_deals.model) == {"deal": {BUYS, BOTH_DEALS}, "tea": {CUPS, BOTH_DEALS}}
    assert two_deals.waiting() == {}
    for request in two_deals.model.requests:
        (named,) = re.findall('"commitment": ({.*?})', json.dumps(request["response_format"]))
        assert ("cups" in named) != ("soy" in named)


def test_a_question_that_the_server_cannot_answer_stops_no_other_deal(two_deals: Desk) -> None:
    two_deals.model.refuses = "China buying teacups"
    for number in range(4):
        two_deals.hear(f"{CUPS}, lot {number}", f"{BUYS}, lot {number}")
        two_deals.after(seconds=20)
    assert len(asked_by_deal(two_deals.model)["deal"]) == 4
    assert {(row.deal, row.error != "") for row in two_deals.waiting().values()} == {("tea", True)}
    (problem,) = ask(two_deals.app.store, problems_and_runs.problems, PROBLEM_KIND)
    assert problem.subject.endswith("question on tea")
    two_deals.after(seconds=1)
    assert [row.released for row in two_deals.waiting().values()] == [True] * 4, "the rules decide on it meanwhile"
    two_deals.model.refuses = ""
    two_deals.after(hours=2)
    two_deals.goes_on(120)
    assert two_deals.waiting() == {}
    assert ask(two_deals.app.store, problems_and_runs.problems, PROBLEM_KIND) == ()


def test_requests_that_fail_together_are_one_failure(two_deals: Desk) -> None:
    two_deals.model.script += [Reply(500), Reply(500)]
    two_deals.hear(BUYS, CUPS)
    two_deals.goes_on(16)
    (problem,) = ask(two_deals.app.store, problems_and_runs.problems, PROBLEM_KIND)
    assert (problem.count, len(two_deals.model.requests)) == (1, 2)


def test_all_deals_spend_from_one_budget(folder: Path, model: ChatModel) -> None:
    configure(folder, model, "daily_tokens = 2000")
    lay(folder / "rules", OTHER_DEAL)
    with opened(folder, model) as desk:
        desk.hear(BUYS, CUPS)
        assert [desk.after(seconds=16), len(model.requests)] == [True, 1]
        assert [desk.after(seconds=2), len(model.requests)] == [True, 2], (
            "what the first did not use is left for the second"
        )


def test_a_deal_that_is_no_longer_in_the_rules_is_not_asked_about(two_deals: Desk) -> None:
    two_deals.hear(CUPS)
    shutil.rmtree(two_deals.app.settings.monitor.rules / "tea")
    assert any(reload_rules(two_deals.app) for _ in range(3))
    two_deals.hear(BUYS)
    two_deals.goes_on(20)
    assert asked_by_deal(two_deals.model) == {"deal": {BUYS}}
    assert two_deals.waiting() == {}


# ---------------------------------------------------------------- the breaker


def asked_at(desk: Desk, minutes: int) -> list[float]:
    """The minutes from now at which the model is asked, of so many that pass in steps of ten seconds."""
    start = desk.clock.now
    return [
        round((desk.clock.now - start).total_seconds() / 60, 1) for _ in range(minutes * 6) if desk.after(seconds=10)
    ]


@pytest.mark.slow
def test_three_failures_open_the_breaker_for_longer_and_longer(desk: Desk) -> None:
    desk.model.script += [Reply(500)] * 20
    desk.hear(BUYS)
    assert asked_at(desk, 65) == [0.3, 0.5, 0.8, 1.8, 3.8, 7.8, 15.8, 31.8, 61.8]


@pytest.mark.slow
def test_the_owner_hears_once_of_a_failure_that_lasts_and_once_of_its_end(desk: Desk) -> None:
    desk.model.script += [Reply(500, error={"message": "out of memory"})] * 8
    desk.hear(BUYS)
    asked_at(desk, 15)
    assert notices(desk.app) == []
    asked_at(desk, 30)
    (failing,) = notices(desk.app)
    assert failing.startswith("READER FAILING")
    asked_at(desk, 60)
    failing, again = notices(desk.app)
    assert again.startswith("READER WORKS AGAIN")
    assert desk.waiting() == {}


def test_a_refused_key_opens_the_breaker_at_once_and_is_told_at_once(folder: Path, model: ChatModel) -> None:
    model.key = "another key"
    clock = SimulatedClock(NOW)
    with opened(folder, model, clock, KEY) as desk:
        desk.hear(BUYS)
        assert asked_at(desk, 6) == [0.3, 1.3, 3.3]
        assert len(notices(desk.app)) == 1
        assert desk.use().tokens == 0
    model.key = KEY
    with opened(folder, model, clock, KEY) as desk:
        assert asked_at(desk, 1) == [0.2], "a start tries at once: somebody may have given a better key"
        assert notices(desk.app)[1].startswith("READER WORKS AGAIN")
    assert KEY.encode() not in (folder / "monitor.db").read_bytes()


def test_the_breaker_outlives_a_restart(folder: Path, model: ChatModel) -> None:
    model.script += [Reply(500)] * 5
    clock = SimulatedClock(NOW)
    with opened(folder, model, clock) as desk:
        desk.hear(BUYS)
        assert asked_at(desk, 3) == [0.3, 0.5, 0.8, 1.8]
    with opened(folder, model, clock) as desk:
        assert asked_at(desk, 5) == [0.8, 4.8]


def test_the_wait_that_a_server_asks_for_is_kept(desk: Desk) -> None:
    desk.model.script.append(Reply(429, headers={"Retry-After": "600"}))
    desk.hear(BUYS)
    assert asked_at(desk, 15) == [0.3, 10.3]


# ---------------------------------------------------------------- the lead


def signals_of(desk: Desk, commitment: str) -> dict[str, str]:
    """By rule, the effects of the live signals of a commitment."""
    return {signal.rule: signal.effect.value for signal in ask(desk.app.store, signals.latest, commitment, 99)}


def test_an_unchecked_model_moves_and_silences_nothing_and_the_owner_hears_of_it_once(
    folder: Path, model: ChatModel, wording: GoldenWording
) -> None:
    clock = SimulatedClock(NOW)
    model.reads(QUIET, "soy", "breach", "Soybeans")
    with reading_desk.opened(folder, clock, "", HERALD, SECOND, MINISTRY, lead=False) as app:
        desk = Desk(app, clock, model)
        desk.hear(QUIET, CANCELS)
        desk.goes_on(30)
        assert signals_of(desk, "soy") == {"soy/about": "none", "soy/cancelled": "setback"}
        desk.hear(TANKERS)
        desk.goes_on(30)
        (notice,) = [row for row in ask(app.store, outbox_store.items) if row.kind == "notice"]
        brief = from_json(notice.payload)
        assert isinstance(brief, AlertBrief)
        words = (brief.subject, brief.note, *(line.quote for line in brief.evidence.lines), brief.next)
        wording(words, hide={str(model.port): "PORT"})
        assert ask(app.store, problems_and_runs.problems, LEAD_KIND) != ()
        earn_lead(app)
        desk.hear("Soybeans of a quiet day, again")
        model.reads("Soybeans of a quiet day, again", "soy", "breach", "Soybeans")
        desk.goes_on(30)
        assert signals_of(desk, "soy") == {"soy/about": "none", "soy/cancelled": "setback", "soy/reader": "breach"}
        assert ask(app.store, problems_and_runs.problems, LEAD_KIND) == ()
        assert len(notices(app)) == 1


def test_a_leading_model_that_reads_nonsense_loses_the_lead_and_is_corrected(desk: Desk) -> None:
    titles = [f"China buys {number} cargoes of soybeans from the United States" for number in range(10, 40)]
    for title in titles[:10]:
        desk.model.reads(title, "ships", "breach", "China")
    desk.hear(*titles[:10])
    desk.goes_on(30)
    assert signals_of(desk, "soy") == {}
    assert signals_of(desk, "ships") == {"ships/reader": "breach"}
    for title in titles[10:]:
        desk.model.reads(title, "ships", "breach", "China")
        desk.hear(title)
        desk.goes_on(20, step=10)
    assert signals_of(desk, "ships") == {}
    assert signals_of(desk, "soy") == {"soy/bought": "progress"}
    (notice,) = notices(desk.app)
    assert notice.startswith("READER ONLY CONFIRMS")
    assert any(kind == "correction" for _, kind in desk.alerts())


# ---------------------------------------------------------------- the budget


def test_a_day_costs_no_more_than_its_budget_and_the_next_day_reads_on(
    folder: Path, model: ChatModel, wording: GoldenWording
) -> None:
    configure(folder, model, "daily_tokens = 4000")
    model.script += [Reply(usage={"total_tokens": 1900})] * 3
    with opened(folder, model) as desk:
        for title in (BUYS, TANKERS, CANCELS):
            desk.hear(title)
            desk.goes_on(20)
        assert desk.use().tokens == 3800
        wording(notices(desk.app))
        assert len(desk.waiting()) == 1
        assert desk.after(hours=15)
        assert model.asked() == {BUYS: 1, TANKERS: 1, CANCELS: 1}
        assert len(notices(desk.app)) == 1


def test_tokens_are_set_aside_before_a_request_so_that_a_crash_cannot_spend_them_again(desk: Desk) -> None:
    desk.model.script.append(Reply(hang=True))
    desk.hear(BUYS)
    desk.clock.move(later(seconds=20))
    stop_when_asked(desk.model, desk.app.stop)
    assert read_next(desk.app)
    use = desk.use()
    assert (use.requests, use.texts) == (1, 1)
    assert use.tokens > 500


def test_a_text_that_one_program_asks_about_is_not_asked_about_by_another(desk: Desk) -> None:
    desk.model.script.append(Reply(hang=True))
    desk.hear(BUYS)
    desk.clock.move(later(seconds=20))
    asking = threading.Thread(target=read_next, args=(desk.app,))
    asking.start()
    assert desk.model.came.wait(20)
    assert not desk.after(seconds=2)
    desk.app.stop.set()
    asking.join()
    assert desk.use().requests == 1


# ---------------------------------------------------------------- the end, and a round


def test_a_program_that_stops_gives_up_a_hanging_request_and_notes_no_failure(desk: Desk) -> None:
    desk.model.script.append(Reply(hang=True))
    desk.hear(BUYS)
    desk.clock.move(later(seconds=20))
    stop_when_asked(desk.model, desk.app.stop)
    read_next(desk.app)
    assert [row.tries for row in desk.waiting().values()] == [0]
    desk.app.stop.clear()
    assert desk.after(seconds=2)
    assert desk.waiting() == {}


def test_a_round_reads_all_that_waits_and_then_lets_the_rules_speak(folder: Path, model: ChatModel) -> None:
    configure(folder, model, "batch = 1")
    with opened(folder, model) as desk:
        model.script = [Reply(), Reply(500)]
        desk.hear(BUYS, TANKERS, CANCELS)
        read_round(desk.app)
        assert len(model.requests) == 2
        assert [row.released for row in desk.waiting().values()] == [True, True]


# ---------------------------------------------------------------- in the whole program


def test_an_edit_of_the_rules_changes_the_question_and_rereads_nothing(desk: Desk) -> None:
    desk.hear(BUYS)
    desk.goes_on(30)
    assert desk.app.reader is not None
    before = desk.app.reader.setup.version
    soy = desk.app.settings.monitor.rules / "deal" / "soy.yaml"
    soy.write_text(soy.read_text(encoding="utf-8").replace("China buying", "a promise of"), encoding="utf-8")
    assert any(reload_rules(desk.app) for _ in range(3))
    assert desk.app.reader.setup.version != before
    desk.hear(BUYS, feed=SECOND)
    desk.goes_on(30)
    assert desk.model.asked() == {BUYS: 1}


READING = {"read", "release unread"}


@pytest.mark.parametrize(
    ("more", "with_model", "expected"),
    [("", True, READING), ("", False, set()), ("weekly_review = true", True, {*READING, "weekly review"})],
)
def test_the_model_has_jobs_of_its_own_where_one_is_set_up(
    folder: Path, model: ChatModel, more: str, expected: set[str], *, with_model: bool
) -> None:
    configure(folder, model, more)
    with opened(folder, model) as desk:
        desk.app.reader = desk.app.reader if with_model else None
        desk.app.clock = utc_now
        with Poller(desk.app) as poller:
            scheduler = start_jobs(desk.app, poller, HealthRecorder(desk.app, desk.app.clock()), lambda: None)
            jobs = {job.id for job in scheduler.get_jobs()}
            desk.app.stop.set()
            assert stop_jobs(scheduler, 5)
    assert jobs & {*READING, "weekly review"} == expected
