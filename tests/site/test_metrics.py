"""The figures for Prometheus: read back by its own parser, and past its linter where that is installed."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import Deadline, Flag, FlagKind, Outlook
from monitor.domain.pages.vitals import Vitals
from monitor.site.metrics import metrics_text
from tests.builders.message_values import counts, verdict
from tests.builders.site_servers import NOW

SOY = replace(
    verdict("soy"),
    outlook=Outlook.AT_RISK,
    outlook_since=NOW,
    progress=counts(("USDA", 3e6, None)),
    deadlines=(
        Deadline("met", "due", date(2026, 1, 1), "us", state="met"),
        Deadline("25 Mt", "due", date(2026, 12, 31), "us"),
        Deadline("12 Mt", "due", date(2026, 6, 30), "us"),
    ),
    flags=(Flag(FlagKind.UNCONFIRMED, "cn", NOW),),
)
VITALS = Vitals(
    NOW,
    (),
    {"soy": SOY, 'odd"\n\\name': verdict("odd")},
    (SourceHealth('Wire "x"\n', "ok"), SourceHealth("herald", "failing", NOW, "refused")),
    {'Wire "x"\n': NOW - timedelta(minutes=5), "herald": None},
    polled=NOW,
    read=NOW - timedelta(minutes=5),
    decided=NOW,
    changed=NOW,
    messages={("email", "sent"): 7, ("email", "waiting"): 2},
    broken=("slack",),
    problems=3,
    rules="3f9c1a",
    program="0.1.0",
    built=NOW,
)


def figures(vitals: Vitals = VITALS) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics_text(vitals).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def named(name: str, **wanted: Any) -> dict[tuple[str, ...], float]:
    return {key[1:]: value for key, value in figures(**wanted).items() if key[0] == f"deal_monitor_{name}"}


def test_each_status_and_outlook_is_one_or_nought() -> None:
    status = {key[1]: value for key, value in named("commitment_status").items() if key[0] == "soy"}
    assert status.pop("at_risk") == 1
    assert len(status) == 9
    assert set(status.values()) == {0}
    assert named("commitment_outlook")[("soy", "at_risk")] == 1
    assert named("commitment_outlook")[("soy", "steady")] == 0


def test_progress_is_a_share_and_the_next_date_that_counts_a_moment() -> None:
    assert named("commitment_progress_ratio") == {("soy",): pytest.approx(SOY.progress.share if SOY.progress else 0)}
    dates = {key: value for key, value in named("commitment_deadline_timestamp_seconds").items() if key[0] == "soy"}
    assert dates == {("soy", "12 Mt"): datetime(2026, 7, 1, tzinfo=UTC).timestamp()}
    assert named("commitment_flags")[("soy", "unconfirmed")] == 1


def test_sources_messages_and_channels_are_counted_by_state() -> None:
    assert named("source_state")[("herald", "failing")] == 1
    assert named("source_state")[("herald", "ok")] == 0
    assert named("source_last_success_timestamp_seconds") == {('Wire "x"\n',): (NOW - timedelta(minutes=5)).timestamp()}
    assert named("outbox_messages") == {("email", "sent"): 7, ("email", "waiting"): 2}
    assert named("channel_broken") == {("email",): 0, ("slack",): 1}
    assert named("problems") == {(): 3}


def test_versions_moments_and_health_are_there() -> None:
    assert named("rules_info") == {("3f9c1a",): 1}
    assert named("build_info") == {("0.1.0",): 1}
    assert named("last_read_timestamp_seconds") == {(): (NOW - timedelta(minutes=5)).timestamp()}
    assert named("site_built_timestamp_seconds") == {(): NOW.timestamp()}
    assert named("healthy") == {(): 1}
    assert ("process_open_fds",) in figures()


def test_what_is_not_known_yet_is_left_out_and_nothing_breaks() -> None:
    bare = {key[0] for key in figures(Vitals(NOW))}
    assert "deal_monitor_last_read_timestamp_seconds" not in bare
    assert figures(Vitals(NOW))[("deal_monitor_healthy",)] == 0


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_finds_nothing_to_say() -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics_text(VITALS), capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
