"""Health and metrics over HTTP: what they say, when they fail, and how often the database is asked."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from monitor.site.server.app import Kept, Services, listen, make_app
from monitor.site.server.guards import Names

from monitor.domain.pages.vitals import Vitals
from monitor.errors import StoreError
from tests.builders.site_servers import NOW, Site, app_of, running

WELL = Vitals(NOW, polled=NOW, read=NOW, built=NOW, changed=NOW)


def served(vitals: Vitals, folder: Path) -> Iterator[Site]:
    with running(app_of(folder, vitals=vitals)) as site:
        yield site


def test_health_is_200_while_all_is_well_and_503_with_the_reasons(tmp_path: Path) -> None:
    for site in served(WELL, tmp_path):
        answer = site.ask("/healthz")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        assert json.loads(answer.body) == {
            "status": "ok",
            "reasons": [],
            "read": "2026-03-02T09:00:00+00:00",
            "decided": None,
            "built": "2026-03-02T09:00:00+00:00",
        }
        assert site.ask("/healthz", "HEAD").status == 200
    for site in served(replace(WELL, troubles=("no monitor is running: the last one ended on 2 Mar 2026",)), tmp_path):
        answer = site.ask("/healthz")
        assert answer.status == 503
        assert answer.headers["cache-control"] == "no-store"
        assert json.loads(answer.body)["reasons"] == ["No monitor is running: the last one ended on 2 Mar 2026."]


def test_a_database_that_cannot_be_read_is_told_without_its_path(tmp_path: Path) -> None:
    def broken() -> Vitals:
        raise StoreError("database sqlite:////home/desk/monitor.db: it is damaged")

    with running(make_app(Services(tmp_path, broken, None, True, 0), Names())) as site:
        for path in ("/healthz", "/metrics"):
            answer = site.ask(path)
            assert answer.status == 503
            assert "The database cannot be read." in answer.text
            assert "monitor.db" not in answer.text


def test_metrics_can_be_left_out(tmp_path: Path) -> None:
    with running(app_of(tmp_path, metrics=False)) as site:
        assert site.ask("/metrics").status == 404
    with running(app_of(tmp_path)) as site:
        answer = site.ask("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "deal_monitor_healthy 1.0" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/links/abc", "/links/", "/healthz/", "/docs", "/api", "/admin"])
def test_there_is_no_other_route(tmp_path: Path, path: str) -> None:
    with running(app_of(tmp_path)) as site:
        assert site.ask(path).status == 404


def test_the_database_is_asked_once_in_a_few_seconds_and_an_error_is_not_kept_for_longer() -> None:
    seconds, asked = [0.0], list[float]()

    def make() -> int:
        asked.append(seconds[0])
        if len(asked) == 2:
            raise StoreError("locked")
        return len(asked)

    kept = Kept(make, 5, lambda: seconds[0])
    assert [kept.get(), kept.get()] == [1, 1]
    seconds[0] = 5
    for _ in range(2):
        with pytest.raises(StoreError):
            kept.get()
    seconds[0] = 10
    assert (kept.get(), asked) == (3, [0, 5, 10])


def test_a_port_that_is_taken_is_named_with_the_remedy() -> None:
    with listen("127.0.0.1", 0) as sock, pytest.raises(Exception, match=r"port \d+ cannot be listened at: .*--port"):
        listen("127.0.0.1", sock.getsockname()[1])


def test_small_answers_do_not_wait_for_the_receipt_of_their_head() -> None:
    with listen("127.0.0.1", 0) as sock, socket.create_connection(sock.getsockname()):
        accepted, _ = sock.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
