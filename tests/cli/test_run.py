"""`run` as a real process: it shows what it sees, survives dead feeds, and ends in order when asked."""

import json
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.run_commands import dashboard
from monitor.feeds.worker import ParseWorker
from monitor.runtime.app import App, recover_and_catch_up
from monitor.runtime.poller import poll
from monitor.store import feeds
from tests.builders.feed_publisher import publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import SOY, write
from tests.builders.spoken_processes import LIMIT_S, Spoken, spoken
from tests.builders.working_folder import Desk


@pytest.mark.slow
def test_off_a_terminal_there_is_no_table_and_sigterm_ends_it(desk: Desk) -> None:
    with spoken("--config", desk.config, "run", terminal=False) as running:
        assert running.says(r"watching 2 feeds for 2 commitments")
        assert running.says(r"herald")
        assert not {"\x1b", "│"} & set(running.text)
        refused = desk.run("poll")
        assert refused.exit_code == 2
        assert f"in use by a running instance (process {running.process.pid})" in refused.stderr
        asked = time.monotonic()
        assert running.ends(signal.SIGTERM) == 0
        assert time.monotonic() - asked < 10
    assert "stopped" in running.text
    assert "Traceback" not in running.text
    assert "in use" not in desk.run("poll").stderr, "the database is free again"


@pytest.mark.slow
def test_sighup_restarts_it_with_a_valid_edit_and_keeps_the_old_configuration_otherwise(desk: Desk) -> None:
    with spoken("--config", desk.config, "run", terminal=False) as running:
        assert running.says(r"watching 2 feeds for 2 commitments")
        assert running.says(r"herald")
        good = desk.config.read_text(encoding="utf-8")
        desk.config.write_text(good + "\n[[feeds]]\nname = 7\n", encoding="utf-8")
        running.process.send_signal(signal.SIGHUP)
        assert running.says(r"the edited configuration is refused")
        third = '\n[[feeds]]\nname = "third"\nurl = "http://127.0.0.1:9/third"\npublisher = "Herald"\ninterval = "5m"\n'
        desk.config.write_text(good + third, encoding="utf-8")
        running.process.send_signal(signal.SIGHUP)
        assert running.says(r"restarting with the edited configuration")
        assert running.says(r"watching 3 feeds for 2 commitments")
        assert running.ends(signal.SIGTERM) == 0


@pytest.mark.slow
def test_a_sighup_or_sigterm_within_a_restart_is_not_lost_and_no_crash(desk: Desk) -> None:
    with spoken("--config", desk.config, "run", terminal=False) as running:
        assert running.says(r"watching.*herald")
        running.process.send_signal(signal.SIGHUP)
        without_handlers(running)
        running.process.send_signal(signal.SIGHUP)
        assert running.says(r"watching.*restarting.*watching"), "it waits until the program can take it"
        running.process.send_signal(signal.SIGHUP)
        without_handlers(running)
        assert running.ends(signal.SIGTERM) == -signal.SIGTERM
    assert running.text.count("restarting") == 2, "the second SIGHUP came before the files were read"


@pytest.mark.slow
def test_sigterm_while_the_jobs_end_for_a_restart_ends_the_program(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desk.edit("127.0.0.1:9/herald", f"127.0.0.1:{mute.getsockname()[1]}/herald")
        with spoken("--config", desk.config, "run", terminal=False) as running:
            assert running.says(r"watching.*ministry")
            running.process.send_signal(signal.SIGHUP)
            assert running.says(r"restarting")
            asked = time.monotonic()
            assert running.ends(signal.SIGTERM) in (0, -signal.SIGTERM)
            assert time.monotonic() - asked < 10
    assert running.text.count("watching") == 1


def without_handlers(running: Spoken) -> None:
    """Waits until the program has become a new one that handles no signal yet: `proc(5)` lists those it catches."""
    status = Path(f"/proc/{running.process.pid}/status")
    if not status.exists():
        pytest.skip("this system does not show which signals a process catches")
    while any(number in caught(status) for number in (signal.SIGHUP, signal.SIGTERM)):
        assert running.process.poll() is None


def caught(status: Path) -> set[int]:
    """The signals that a process catches."""
    mask = int(status.read_text().partition("SigCgt:")[2].split()[0], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


@pytest.mark.slow
def test_on_a_terminal_the_table_is_kept_in_place_and_ctrl_c_ends_it(desk: Desk) -> None:
    with spoken("--config", desk.config, "run", terminal=True) as running:
        assert running.says(r"Soybeans.*PLEDGED.*failing")
        assert running.ends(signal.SIGINT) == 0
    assert "stopped" in running.text
    assert "Traceback" not in running.text


@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_it_in_order(desk: Desk) -> None:
    with spoken("--config", desk.config, "run", terminal=True) as running:
        assert running.says(r"Soybeans.*PLEDGED.*failing")
        assert running.ends(signal.SIGHUP) == 0
    assert "stopped" in running.text


@pytest.mark.slow
def test_a_feed_that_never_answers_does_not_hold_up_the_end(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desk.edit("127.0.0.1:9/herald", f"127.0.0.1:{mute.getsockname()[1]}/herald")
        desk.edit("total_seconds = 3\ntimeout_seconds = 2", "total_seconds = 300\ntimeout_seconds = 200")
        with spoken("--config", desk.config, "run", terminal=False) as running:
            mute.settimeout(LIMIT_S)
            connection, _ = mute.accept()
            with connection:
                asked = time.monotonic()
                assert running.ends(signal.SIGTERM) == 0
                assert time.monotonic() - asked < 10
    assert "stopped" in running.text


FIFTEEN = {
    f"c{number:02}": SOY.replace("id: soy", f"id: c{number:02}")
    .replace("short: Soybeans", f"short: Commitment {number:02} of the long deal")
    .replace("standing: pledged, outlook: steady", "standing: in_progress, outlook: stalled")
    for number in range(15)
}


@pytest.fixture
def fifteen(desk: Desk) -> Iterator[App]:
    """A monitor of fifteen commitments and two feeds, none of which answers."""
    shutil.rmtree(desk.folder / "rules")
    write(desk.folder / "rules", **FIFTEEN)
    with desk.opened() as app, ParseWorker() as worker:
        recover_and_catch_up(app)
        poll(app, worker, everything=True)
        yield app


def test_the_live_view_starts_with_the_sources_and_keeps_statuses_whole(fifteen: App) -> None:
    screen = Console(width=80, force_terminal=False, no_color=True)
    with screen.capture() as captured:
        screen.print(dashboard(fifteen, 80, live=True))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("NO SOURCE")
    assert sum("STALLED" in line and "5 Jan 2026" in line for line in lines) == 15
    assert sum("failing" in line for line in lines) >= 2


def test_a_round_without_any_answer_exits_with_1_and_a_remedy(desk: Desk, wording: GoldenWording) -> None:
    result = desk.run("poll", "--json")
    assert result.exit_code == 1
    wording(result.stderr.splitlines()[-1])
    assert json.loads(result.stdout)["feeds"][0]["error"]


@pytest.mark.parametrize("name", ["Herald Wire", "A blog"])
def test_a_round_in_which_one_feed_answers_is_fine_and_a_listed_publisher_is_an_eye(desk: Desk, name: str) -> None:
    desk.edit('publisher = "Herald Wire"', f'publisher = "{name}"')
    with publisher({"/herald": rss()}) as running:
        desk.edit("http://127.0.0.1:9/herald", running.url("/herald"))
        result = desk.run("poll")
    assert result.exit_code == 0
    assert ("warning: feed herald: publisher 'A blog' is not in sources.yaml" in result.stderr) is (name == "A blog")
    with desk.reading() as conn:
        assert (feeds.last_read(conn) is not None) is (name == "Herald Wire")
