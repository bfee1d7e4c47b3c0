"""Rules edited under a running monitor: good ones are taken over and held back, bad ones are refused and said so."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.domain.model import Cause, Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.folder_watch import FolderWatch
from monitor.runtime.rule_reload import reload_rules
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs, verdict_records
from monitor.store.tables import Problem
from tests.builders.databases import NOW, ask, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import HERALD
from tests.builders.reading_desk import notices
from tests.builders.small_rulebook import BUYS, SOY
from tests.builders.working_folder import laid_out

CONFIG = """
routes = [
  {name = "desk", channel = "file", to = "desk@deals.example", commitments = ["*"], least_severity = "routine"},
  {name = "boss", channel = "file", to = "boss@deals.example", commitments = ["ships"]},
]
owner = {route = "boss"}
"""
SNAPS = "China snaps up two cargoes of soybeans from the United States"
WIDER = SOY.replace("any: [buys]", "any: [buys, snaps up]")
UNKNOWN = SOY.replace("polarity: good", "polarity: splendid")


@dataclass(slots=True)
class Desk:
    """A running monitor, and the hand that edits its rules."""

    app: App
    clock: SimulatedClock
    folder: Path
    number: int = 0

    def write(self, text: str, name: str = "deal/soy.yaml") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def look(self) -> bool:
        """The looks that an edit needs to be seen, and one more."""
        looks = [reload_rules(self.app) for _ in range(3)]
        return any(looks)

    def edit(self, text: str, name: str = "deal/soy.yaml") -> bool:
        self.write(text, name)
        return self.look()

    def hear(self, title: str) -> None:
        self.number += 1
        page = f"https://herald.example/{self.number}"
        entry = Entry(page, title, page, self.clock.now, "", HERALD.publisher)
        ingest(self.app.store, self.app.rulebook, HERALD, FetchedDocument((entry,)), self.clock.now)

    def settle(self) -> None:
        self.clock.move(self.clock.now + timedelta(seconds=90))
        run_reviews(self.app)

    def rows(self) -> list[tuple[str, str, str]]:
        return [(row.kind, row.route, row.state) for row in ask(self.app.store, outbox_store.items)]

    def causes(self) -> list[Cause]:
        return [t.cause for t in ask(self.app.store, verdict_records.transitions)]

    def problems(self) -> tuple[Problem, ...]:
        return ask(self.app.store, problems_and_runs.problems, "rules")


@pytest.fixture
def desk(tmp_path: Path, clock: SimulatedClock) -> Iterator[Desk]:
    working = laid_out(tmp_path, CONFIG)
    working.lay_database()
    with closing(open_app(load_settings(working.config, environ={}), exclusive=True, clock=clock)) as app:
        recover_and_catch_up(app)
        ingest(app.store, app.rulebook, HERALD, FetchedDocument(()), NOW)
        yield Desk(app, clock, tmp_path / "rules")


def test_a_folder_that_nobody_edits_is_never_read_again(desk: Desk) -> None:
    before = desk.app.rulebook
    assert not desk.look()
    assert desk.app.rulebook is before


def test_an_edit_counts_once_the_files_have_come_to_rest(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    assert not watch.edited(), "it may still be written to"
    (tmp_path / "a.yaml").write_text("a: 12", encoding="utf-8")
    assert not watch.edited(), "and it was"
    assert watch.edited()
    assert not watch.edited(), "once"


def test_files_that_come_go_or_move_are_edits(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path)
    for change in (
        lambda: (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8"),
        lambda: (tmp_path / "a.yaml").rename(tmp_path / "b.yaml"),
        lambda: (tmp_path / "b.yaml").unlink(),
    ):
        change()
        assert [watch.edited() for _ in range(3)] == [False, True, False]


def test_a_file_that_cannot_be_examined_stops_no_start(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("x" * 300)  # the system refuses even to look
    watch = FolderWatch(tmp_path)
    assert not watch.edited()


def test_a_good_edit_is_taken_over_whole_and_what_it_alone_changes_is_held(desk: Desk) -> None:
    desk.hear(SNAPS)
    desk.settle()
    assert desk.rows() == []
    before = desk.app.rulebook.version
    assert desk.edit(WIDER)
    assert desk.app.rulebook.version != before
    assert desk.causes() == [Cause.RULES]
    assert desk.rows() == [("alert", "desk", "held")]
    assert deliver_due(desk.app).sent == [], "held until a person releases it"


def test_what_was_told_before_an_edit_is_not_told_again(desk: Desk) -> None:
    desk.hear(BUYS)
    desk.settle()
    assert len(deliver_due(desk.app).sent) == 1
    assert desk.edit(WIDER)
    assert desk.edit(SOY + "# a remark\n")
    assert desk.edit(SOY)
    desk.settle()
    assert desk.rows() == [("alert", "desk", "sent")]
    assert desk.causes() == [Cause.NEWS]


def test_news_that_waits_while_an_edit_is_taken_over_is_decided_under_the_old_rules(desk: Desk) -> None:
    desk.hear(BUYS)
    assert desk.edit(SOY.replace("any: [buys]", "any: [purchases]"))
    assert set(desk.causes()) == {Cause.NEWS, Cause.RULES}
    assert sorted(desk.rows()) == [("alert", "desk", "held"), ("alert", "desk", "waiting")]


def test_a_bad_edit_keeps_the_last_good_rules_loudly(desk: Desk, logged: io.StringIO, wording: GoldenWording) -> None:
    before = desk.app.rulebook
    assert not desk.edit(UNKNOWN)
    assert desk.app.rulebook is before
    first, second = (json.loads(line) for line in logged.getvalue().splitlines())
    assert (first["level"], first["event"]) == ("error", "rules refused; the last good version stays in use")
    assert (second["level"], second["at"]) == ("error", "rules/deal/soy.yaml:13:15")
    (problem,) = desk.problems()
    assert "rules/deal/soy.yaml:13:15" in problem.error.text
    wording(notices(desk.app))
    assert desk.rows() == [("notice", "boss", "waiting")], "it goes where the owner reads"
    desk.hear(BUYS)
    desk.settle()
    assert desk.rows()[-1] == ("alert", "desk", "waiting"), "and the news goes on under the old rules"


def test_when_the_rules_are_good_again_the_owner_hears_it_once_and_a_new_fault_anew(desk: Desk) -> None:
    desk.edit(UNKNOWN)
    desk.clock.move(later(minutes=5))
    assert desk.edit(SOY), "also if it only takes the fault back"
    assert desk.app.refused == ""
    assert desk.problems() == ()
    desk.look()
    assert [line[:16] for line in notices(desk.app)] == ["RULES REFUSED · ", "RULES GOOD AGAIN"]
    desk.edit(UNKNOWN)
    assert len(notices(desk.app)) == 3


def test_of_several_routes_that_an_edit_leaves_without_a_commitment_the_first_is_told_in_one_line(
    desk: Desk, wording: GoldenWording
) -> None:
    both = tuple(route.model_copy(update={"commitments": ("ships",)}) for route in desk.app.settings.routes)
    desk.app.settings = desk.app.settings.model_copy(update={"routes": both})
    (desk.folder / "deal" / "ships.yaml").unlink()
    assert not desk.look()
    wording(desk.app.refused)


def test_a_start_with_good_rules_ends_the_fault_that_the_last_run_left(desk: Desk) -> None:
    desk.edit(UNKNOWN)
    desk.app.close()
    desk.write(SOY)
    with closing(open_app(desk.app.settings, exclusive=True, clock=desk.clock)) as app:
        assert not reload_rules(app)
        again = Desk(app, desk.clock, desk.folder)
        assert again.problems() == ()
        assert notices(again.app)[-1].startswith("RULES GOOD AGAIN")


def test_doctor_and_the_live_view_show_the_refused_edit(desk: Desk) -> None:
    from monitor.cli.doctor import Examination
    from monitor.cli.doctor.work_checks import check_problem
    from monitor.cli.run_commands import dashboard
    from monitor.cli.status_tables import wide_console

    desk.edit(UNKNOWN)
    examination = Examination(desk.app.settings, NOW, offline=True, store=desk.app.store)
    (finding,) = (finding for finding in check_problem(examination) if finding.what == "reload")
    assert "rules/deal/soy.yaml:13:15" in finding.text
    assert f"version {desk.app.rulebook.version} of 2 Mar 2026 stays in use" in finding.text
    screen = wide_console()
    with screen.capture() as captured:
        screen.print(dashboard(desk.app))
    refused = f"rules refused, version {desk.app.rulebook.version} stays in use: rules/deal/soy"
    assert any(line.startswith(refused) for line in captured.get().splitlines()[:3]), "above the tables"
    desk.edit(SOY)
    with screen.capture() as captured:
        screen.print(dashboard(desk.app))
    assert "refused" not in captured.get()
