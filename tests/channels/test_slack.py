"""Slack: what each answer means for the outbox, and that a channel never sends twice on its own."""

from typing import Any

import pytest

from monitor.channels.slack import CHANNEL_BROKEN_CODES, REMEDIES, SlackChannel, SlackWebhook
from monitor.errors import ChannelError
from tests.builders.channel_servers import Answer, Slack, closed_port, kind, slack
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

TOKEN = "xoxb-secret-token"
HOOK = "services/T0/B0/secretpath"
PAYLOAD: dict[str, Any] = {
    "channel": "C1",
    "text": "AT RISK · Soybeans 12 Mt",
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
    "metadata": {"event_type": "deal_monitor_message", "event_payload": {"message_id": "m1"}},
    "unfurl_links": False,
}
DONE = Answer(body={"ok": True, "channel": "C1", "ts": "1700000000.000200"})


def refused(code: str) -> Answer:
    return Answer(body={"ok": False, "error": code})


def bot(server: Slack, timeout: int = 5) -> SlackChannel:
    return SlackChannel(TOKEN, base_url=f"{server.url}api/", timeout=timeout)


def hook(server: Slack) -> SlackWebhook:
    return SlackWebhook(server.url + HOOK, timeout=5)


def failure(channel: SlackChannel | SlackWebhook, payload: dict[str, Any] | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(payload or PAYLOAD)
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert "secretpath" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_a_post_returns_its_stamp_and_stays_in_its_thread() -> None:
    with slack(DONE) as server:
        receipt = bot(server).send(PAYLOAD)
    assert (receipt.ref, receipt.thread) == ("1700000000.000200", "1700000000.000200")
    path, sent = server.heard[0]
    assert path == "/api/chat.postMessage"
    assert sent["metadata"]["event_payload"]["message_id"] == "m1"
    with slack(DONE) as server:
        assert bot(server).send({**PAYLOAD, "thread_ts": "1.5"}).thread == "1.5"


def test_a_refusal_is_classified() -> None:
    kinds = {
        "broken": ("invalid_auth", "token_revoked", "account_inactive", "missing_scope"),
        "permanent": ("channel_not_found", "is_archived", "not_in_channel"),
        "retry": ("internal_error", "fatal_error", "a new code", "ratelimited"),
    }
    for means, codes in kinds.items():
        for code in codes:
            with slack(refused(code)) as server:
                assert kind(failure(bot(server))) == means, code
            assert len(server.heard) == 1


def test_a_refusal_names_the_cause_and_the_remedy(wording: GoldenWording) -> None:
    for answer in table("slack", "a_refusal_names_the_cause_and_the_remedy"):
        with slack(Answer(body={"ok": False, **answer})) as server:
            wording(str(failure(bot(server))))
    assert [code for code in CHANNEL_BROKEN_CODES if code not in REMEDIES] == []


def test_a_requested_delay_is_kept_within_bounds() -> None:
    for value, seconds in (("7", 7), ("999999", 3600), ("-5", 30), (None, 30), ("soon", 30), ("0", 1), ("nan", 30)):
        header = {"Retry-After": value} if value else {}
        with slack(Answer(429, {"ok": False, "error": "ratelimited"}, header)) as server:
            error = failure(bot(server))
        assert (kind(error), error.retry_after) == ("retry", seconds), value
        assert len(server.heard) == 1


def test_an_answer_that_is_not_from_slack_is_retried_later() -> None:
    for answer in (Answer(503, "<html>upstream</html>"), Answer(200, "<!doctype html>"), Answer(500, "")):
        with slack(answer) as server:
            assert kind(failure(bot(server))) == "retry", answer
        assert len(server.heard) == 1


def test_a_message_whose_answer_is_lost_is_uncertain_and_not_sent_again() -> None:
    for fault in ("drop", "reset", "half"):
        with slack(Answer(fault=fault)) as server:
            assert kind(failure(bot(server))) == "uncertain", fault
        assert len(server.heard) == 1


@pytest.mark.slow
def test_a_timeout_is_uncertain_and_bounded() -> None:
    with slack(Answer(fault="hang")) as server:
        assert kind(failure(bot(server, timeout=1))) == "uncertain"


def test_a_refused_connection_has_sent_nothing() -> None:
    nobody = SlackChannel(TOKEN, base_url=f"http://127.0.0.1:{closed_port()}/api/", timeout=5)
    error = failure(nobody)
    assert kind(error) == "retry"
    assert "slack.api_url" in str(error)


def test_a_refused_layout_thread_or_metadata_is_left_out_once() -> None:
    for code in ("invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text"):
        with slack(refused(code), DONE) as server:
            assert bot(server).send({**PAYLOAD, "text": "w" * 9000}).ref
        again = server.heard[1][1]
        assert "blocks" not in again
        assert len(again["text"]) == 3000
    with slack(refused("invalid_blocks"), refused("no_text")) as server:
        assert kind(failure(bot(server))) == "permanent"
    assert len(server.heard) == 2
    with slack(refused("invalid_blocks"), refused("thread_not_found"), DONE) as server:
        receipt = bot(server).send({**PAYLOAD, "thread_ts": "1.5"})
    assert receipt.thread == "1700000000.000200"
    assert set(server.heard[2][1]) == {"channel", "text", "metadata", "unfurl_links"}
    with slack(refused("metadata_too_large"), DONE) as server:
        bot(server).send(PAYLOAD)
    assert "metadata" not in server.heard[1][1]
    assert server.heard[1][1]["blocks"] == PAYLOAD["blocks"]


def test_the_check_names_the_account_of_the_token() -> None:
    with slack(Answer(body={"ok": True, "team": "Desk", "user": "monitor"})) as server:
        assert bot(server).check() == "Desk/monitor"
    with slack(refused("invalid_auth")) as server, pytest.raises(ChannelError) as caught:
        bot(server).check()
    assert caught.value.broken


def test_the_answer_of_a_webhook_is_classified() -> None:
    for answer, means in (
        (Answer(404, "no_service"), "broken"),
        (Answer(403, "invalid_token"), "broken"),
        (Answer(404, "channel_not_found"), "permanent"),
        (Answer(410, "channel_is_archived"), "permanent"),
        (Answer(429, "rate_limited"), "retry"),
        (Answer(503, "<html>"), "retry"),
        (Answer(200, "<!doctype html>"), "retry"),
        (Answer(fault="drop"), "uncertain"),
    ):
        with slack(answer) as server:
            assert kind(failure(hook(server))) == means, answer
        assert len(server.heard) == 1


def test_a_webhook_sends_text_and_layout_but_no_channel() -> None:
    with slack(Answer(body="ok")) as server:
        receipt = hook(server).send({**PAYLOAD, "thread_ts": "1.5"})
    assert receipt.thread is None
    assert set(server.heard[0][1]) == {"text", "blocks", "metadata", "unfurl_links"}
    with slack(Answer(400, "invalid_blocks"), Answer(body="ok")) as server:
        hook(server).send(PAYLOAD)
    assert "blocks" not in server.heard[1][1]
