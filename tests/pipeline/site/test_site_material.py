"""What the pages show is read in one go: evidence of every verdict that was published, what became of it, and how often acts spoke."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from monitor.pipeline.site.material import read_material, stamp

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.pages.material import SiteMaterial
from monitor.store import signals
from tests.builders.databases import later
from tests.builders.small_rulebook import BUYS, CANCELS, rulebook
from tests.builders.working_folder import CONFIG, Desk


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A monitor that heard of a purchase and of a cancellation."""
    folder = tmp_path_factory.mktemp("pages")
    rulebook(folder / "rules")
    (folder / "config.toml").write_text(CONFIG.format(templates='"templates"'), encoding="utf-8")
    desk = Desk(folder)
    desk.hear(BUYS, CANCELS)
    return desk


def read(desk: Desk, *, retire: bool = False) -> SiteMaterial:
    """The material three hours later; retire: after the publisher of all reports has withdrawn them."""
    with desk.opened() as app, app.store.begin() as conn:
        known = signals.seen_since(conn, later(days=-1))
        if retire:
            signals.retire(conn, [signal.id for signal in known], later(hours=2), "withdrawn")
        return read_material(conn, app.rulebook, (), later(hours=3), title="Deals")


def test_deals_go_by_name_and_acts_say_how_often_they_were_read(heard: Desk) -> None:
    found = read(heard)
    assert found.deals == {"deal": "A deal"}
    spoken = {rule: (of.stories, of.last) for rule, of in found.spoken.items() if not rule.endswith("/about")}
    assert spoken == {"soy/bought": (1, later(hours=1)), "soy/cancelled": (1, later(hours=2))}


def test_the_evidence_of_every_published_verdict_is_there(heard: Desk) -> None:
    found = read(heard)
    behind = {
        key for each in found.published["soy"] for key in (*each.verdict.evidence, *each.verdict.outlook_evidence)
    }
    assert behind
    assert behind <= set(found.context.signals)
    assert found.retired == {}


def test_evidence_that_no_longer_counts_is_told_with_when_and_why(tmp_path: Path, heard: Desk) -> None:
    for name in ("config.toml", "monitor.db"):
        (tmp_path / name).write_bytes((heard.folder / name).read_bytes())
    (tmp_path / "rules").symlink_to(heard.folder / "rules")
    found = read(Desk(tmp_path), retire=True)
    assert {(of.at, of.why) for of in found.retired.values()} == {(later(hours=2), "withdrawn")}
    assert set(found.retired) == set(found.context.signals)


def test_pages_stay_as_they_are_while_a_source_brings_more_of_the_same_day(heard: Desk) -> None:
    def of(source: SourceHealth, hours: int) -> str:
        return stamp(conn, app.rulebook, (source,), later(hours=hours))

    morning = SourceHealth("herald", "ok", later(hours=1), "", later(hours=1))
    noon = replace(morning, since=later(hours=2), newest=later(hours=2))
    with heard.opened() as app, app.store.read() as conn:
        assert of(morning, 3) == of(noon, 4)
        assert of(morning, 3) != of(morning, 27), "another day"
        assert of(morning, 3) != of(replace(morning, state="silent"), 3)
        assert of(morning, 3) != of(replace(morning, newest=later(hours=26)), 3)
