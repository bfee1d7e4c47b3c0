"""The guide to messages names every kind of message and every state that one can be in."""

from pathlib import Path

import pytest

from monitor.cli.outbox_commands import STATES
from monitor.config.settings import RouteSettings
from tests.builders.sample_messages import PARCELS


@pytest.fixture
def guide(root: Path) -> str:
    return (root / "docs" / "messages.md").read_text(encoding="utf-8")


def test_it_names_every_kind_of_message(guide: str) -> None:
    assert [kind for kind in {parcel.kind for parcel in PARCELS.values()} if f"\n| {kind} |" not in guide] == []


def test_it_names_every_state_of_the_outbox(guide: str) -> None:
    named = {state for state in STATES if f"\n| {state} |" in guide}
    assert named == {*STATES}
    assert "expired" in guide


def test_it_names_every_setting_that_decides_who_hears_of_what(guide: str) -> None:
    deciding = RouteSettings.model_fields.keys() - {"name", "channel", "to", "commitments", "stage"}
    assert [setting for setting in deciding if f"`{setting}" not in guide] == []
