"""What the world may read of a trouble: what is wrong and since when, and no name of a machine."""

from __future__ import annotations

import pytest
from monitor.pipeline.site.vitals import public_words, read_vitals

from monitor.pipeline.health import Trouble
from monitor.store import outbox as outbox_store
from tests.builders.databases import later
from tests.builders.pipeline_steps import HERALD, MINISTRY, Monitor

SINCE = "2 Mar 2026 09:00 UTC"


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (
            Trouble("channel", f"nothing is sent through email since {SINCE}: refused (mail.company.org, connecting)"),
            f"nothing is sent through email since {SINCE}",
        ),
        (
            Trouble("blind", f"no source answers since {SINCE}: no such host name. Is there a network?"),
            f"no source answers since {SINCE}",
        ),
        (
            Trouble("stale", f"no monitor is running: the last one ended on {SINCE}"),
            f"no monitor is running: the last one ended on {SINCE}",
        ),
    ],
    ids=["channel", "blind", "stale"],
)
def test_a_trouble_is_told_without_names_of_machines(trouble: Trouble, said: str) -> None:
    assert public_words(trouble) == said


def test_a_channel_out_of_order_is_a_trouble_and_dead_messages_are_a_figure(monitor: Monitor) -> None:
    monitor.begin()
    with monitor.store.begin() as conn:
        outbox_store.open_circuit(conn, "email", "refused (mail.company.org)", later(hours=1), later(hours=2))
    with monitor.store.read() as conn:
        vitals = read_vitals(conn, [HERALD, MINISTRY], later(hours=2), built=None, builds=False)
    assert "nothing is sent through email since 2 Mar 2026 10:00 UTC" in vitals.troubles
    assert vitals.broken == ("email",)
    assert vitals.polled == vitals.read == later(days=-1)
    assert {source.state for source in vitals.sources} == {"ok"}
