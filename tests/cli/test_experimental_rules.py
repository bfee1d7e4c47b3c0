"""Rules on trial: a route of stage `experimental` hears what they match, no other route does, and no verdict moves."""

import email
import email.policy
from pathlib import Path

import pytest

from monitor.runtime.app import deliver_due
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from tests.builders.databases import ask, later
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

LAB = """
[[routes]]
name = "lab"
channel = "file"
to = "lab@deals.example"
stage = "experimental"
"""


@pytest.fixture
def lab(desk: Desk) -> Desk:
    """A desk beside which an author watches a rule on trial, that of cancelled orders."""
    desk.config.write_text(desk.config.read_text(encoding="utf-8") + LAB, encoding="utf-8")
    soy = next(desk.folder.rglob("soy.yaml"))
    text = soy.read_text(encoding="utf-8").replace(
        "  - id: cancelled\n", "  - id: cancelled\n    stage: experimental\n"
    )
    soy.write_text(text, encoding="utf-8")
    return desk


def told(desk: Desk, route: str) -> list[str]:
    with desk.opened() as app:
        return [row.kind for row in reversed(ask(app.store, outbox_store.items)) if row.route == route]


def status(desk: Desk) -> str:
    return desk.run("--now", "2026-03-02T12:00", "status", "soy").stdout.splitlines()[1]


def test_matches_of_a_rule_on_trial_are_sent_once_to_the_experimental_route_only(lab: Desk) -> None:
    lab.hear(CANCELS)
    assert (told(lab, "lab"), told(lab, "desk")) == (["notice"], [])
    assert "AT RISK" not in status(lab).upper()
    lab.hear(BUYS)
    assert (told(lab, "lab"), told(lab, "desk")) == (["notice"], ["alert"])


def test_the_message_quotes_the_report_names_the_rule_and_says_how_to_put_it_into_service(lab: Desk) -> None:
    lab.hear(CANCELS)
    with lab.opened(SimulatedClock(later(hours=2))) as app:
        deliver_due(app)
    (raw,) = (path.read_bytes() for path in Path(lab.folder / "outbox").glob("*.eml"))
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, email.message.EmailMessage)
    assert str(mail["Subject"]).startswith("Soybeans: 1 match of rules on trial")
    body = mail.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    for part in (CANCELS, "soy/cancelled", "https://herald.example/1"):
        assert part in text


def test_a_muted_commitment_is_quiet_there_too_and_a_digest_is_refused(lab: Desk) -> None:
    assert (
        lab.run("--now", "2026-03-01T09:00", "commitment", "mute", "soy", "holiday", "--until", "2027-01-01").exit_code
        == 0
    )
    lab.hear(CANCELS)
    assert told(lab, "lab") == []
    assert "experimental rules only" in lab.run("routes", "try", "soy").stdout
    lab.edit('stage = "experimental"', 'stage = "experimental"\ndigest = "mon 08:00"')
    refused = lab.run("status")
    assert refused.exit_code == 2
    assert "routes[2].digest" in refused.stderr
