"""`poll --once` with a model: it reads what the round has brought before anything is decided."""

from __future__ import annotations

import json

import pytest

from tests.builders.chat_server import ChatModel, Reply
from tests.builders.feed_publisher import Item, publisher, rss
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk

SNAPS = "China snaps up two cargoes of soybeans from the United States"
OLD = Item("1", "A museum opens a new wing", "https://herald.example/1", "Mon, 02 Mar 2026 07:00:00 GMT")
NEWS = Item("2", SNAPS, "https://herald.example/2", "Mon, 02 Mar 2026 08:30:00 GMT")
NOW = ("--now", "2026-03-02T09:00Z")


def round_with(desk: Desk, *items: Item) -> list[tuple[str, str]]:
    """The changes of a round in which the feed shows these items, after one in which it showed an old one."""
    with publisher({"/herald": rss(OLD)}) as wire:
        desk.edit("http://127.0.0.1:9/herald", wire.url("/herald"))
        assert desk.run("poll", *NOW, "--json").exit_code == 0
        wire.documents["/herald"] = rss(*items, OLD)
        result = json.loads(desk.run("poll", *NOW, "--json").stdout)
    return [(change["commitment"], change["kind"]) for change in result["transitions"]]


def test_a_round_tells_what_the_model_alone_reads(reading: Desk, model: ChatModel) -> None:
    model.reads(SNAPS, "soy", "setback", "soybeans")
    assert ("soy", "status") in round_with(reading, NEWS)
    assert model.asked() == {SNAPS: 1}


@pytest.mark.slow
def test_a_round_whose_model_fails_tells_what_the_rules_alone_read(reading: Desk, model: ChatModel) -> None:
    model.script.append(Reply(500))
    assert ("soy", "status") in round_with(reading, Item("3", BUYS, "https://herald.example/3", NEWS.published))
    said = "failing, the rules speak alone: 127.0.0.1: HTTP 500"
    assert said in reading.run("doctor", "--offline").stdout
    assert f"reader: {said}" in reading.run("poll", *NOW).stdout
