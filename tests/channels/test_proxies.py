"""Proxies of the environment: no connection of the program uses one."""

import pytest

from monitor.channels.apprise import AppriseChannel
from monitor.channels.outside_check import call_outside_check
from monitor.channels.slack import SlackChannel, SlackWebhook
from tests.builders.channel_servers import Answer, closed_port, slack
from tests.builders.outside_check import outside_check


@pytest.fixture(autouse=True)
def _dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{closed_port()}")


def test_slack_is_posted_to_directly() -> None:
    with slack(Answer(200, {"ok": True, "ts": "1.2", "channel": "C1"})) as far:
        SlackChannel("xoxb-1", base_url=f"http://127.0.0.1:{far.port}/").send({"channel": "#desk", "text": "x"})
    assert len(far.heard) == 1
    with slack(Answer(200, "ok")) as far:
        SlackWebhook(f"http://127.0.0.1:{far.port}/hook").send({"text": "x"})
    assert len(far.heard) == 1


def test_other_services_and_the_outside_check_are_called_directly() -> None:
    with slack(Answer(200)) as far:
        AppriseChannel({"phone": f"json://127.0.0.1:{far.port}/x"}).send("title", "text", "phone")
    assert len(far.heard) == 1
    with outside_check() as check:
        call_outside_check(check.url("/ping"))
    assert check.calls == ["/ping"]
