"""The content of the pages and the state of the program, as read from a database."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.pages.material import SiteMaterial
from monitor.pipeline.health import Trouble, public_text, read_vitals
from monitor.pipeline.site_material import content_stamp, read_material
from monitor.store import outbox as outbox_store
from monitor.store import signals
from tests.builders.databases import ask, do, later
from tests.builders.pipeline_steps import HERALD, MINISTRY, Monitor
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk, laid_out


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A monitor that read of a purchase and of a cancellation."""
    desk = laid_out(tmp_path_factory.mktemp("pages"))
    desk.hear(BUYS, CANCELS)
    return desk


def read(desk: Desk, *, retire: bool = False) -> SiteMaterial:
    """The material three hours later; retire: after the publisher withdrew all reports."""
    with desk.opened() as app, app.store.begin() as conn:
        known = signals.seen_since(conn, later(days=-1))
        if retire:
            signals.retire(conn, [signal.id for signal in known], later(hours=2), "withdrawn")
        return read_material(conn, app.rulebook, (), later(hours=3), title="Deals")


def test_the_material_has_names_of_deals_and_all_evidence(desk: Desk) -> None:
    found = read(desk)
    assert found.deal_name("deal") == "A deal"
    verdicts = [each.verdict for each in found.published["soy"]]
    behind = {key for verdict in verdicts for key in (*verdict.evidence, *verdict.outlook_evidence)}
    assert behind
    assert behind <= set(found.context.signals)
    assert found.retired == {}


def test_retired_evidence_has_its_time_and_reason(tmp_path: Path, desk: Desk) -> None:
    for name in ("config.toml", "monitor.db"):
        (tmp_path / name).write_bytes((desk.folder / name).read_bytes())
    (tmp_path / "rules").symlink_to(desk.folder / "rules")
    found = read(Desk(tmp_path), retire=True)
    assert {(of.at, of.why) for of in found.retired.values()} == {(later(hours=2), "withdrawn")}
    assert set(found.retired) == set(found.context.signals)


def test_the_stamp_changes_with_the_content_and_not_with_another_answer_on_the_same_day(desk: Desk) -> None:
    def of(source: SourceHealth, hours: int) -> str:
        return content_stamp(conn, app.rulebook, (source,), later(hours=hours))

    morning = SourceHealth("herald", "ok", later(hours=1), "", later(hours=1))
    noon = replace(morning, since=later(hours=2), newest=later(hours=2))
    with desk.opened() as app, app.store.read() as conn:
        assert of(morning, 3) == of(noon, 4)
        assert of(morning, 3) != of(morning, 27), "another day"
        assert of(morning, 3) != of(replace(morning, state="silent"), 3)
        assert of(morning, 3) != of(replace(morning, newest=later(hours=26)), 3)


def test_a_public_trouble_names_no_machine() -> None:
    since = "2 Mar 2026 09:00 UTC"
    channel = Trouble("channel", f"email has sent no message since {since}: refused (mail.company.org, connecting)")
    blind = Trouble("blind", f"no source answers since {since}: no such host name. Is there a network?")
    stale = Trouble("stale", f"no monitor is running: the last one ended on {since}")
    assert public_text(channel) == f"email has sent no message since {since}"
    assert public_text(blind) == f"no source answers since {since}"
    assert public_text(stale) == stale.text


def test_a_broken_channel_is_a_trouble(monitor: Monitor) -> None:
    monitor.begin()
    do(monitor.store, outbox_store.open_circuit, "email", "refused (mail.company.org)", later(hours=1), later(hours=2))
    vitals = ask(monitor.store, read_vitals, [HERALD, MINISTRY], later(hours=2), built=None, builds=False)
    assert any("2 Mar 2026 10:00 UTC" in trouble for trouble in vitals.troubles)
    assert "company.org" not in str(vitals.troubles)
    assert vitals.broken == ("email",)
    assert vitals.polled == vitals.read == later(days=-1)
    assert {source.state for source in vitals.sources} == {"ok"}
