"""SMTP: before the final dot nothing was accepted, after it the result is uncertain; a password is sent only through
TLS."""

import tracemalloc
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from monitor.channels.email import EmailChannel
from monitor.errors import ChannelError, ConfigError
from tests.builders.channel_servers import DRIP, DROP, FLOOD, HANG, Smtp, certificate, closed_port, kind, smtp

RAW = b"Message-ID: <ev.m1.abc@deals.example>\r\nSubject: x\r\n\r\nline\r\n.dotted\r\nlast\r\n"
TO = "desk@example.org"
PASSWORD = "open-sesame-1"


def channel(server: Smtp, **options: Any) -> EmailChannel:
    given: dict[str, Any] = {"sender": "monitor@deals.example", "mode": "plain", "timeout": 5}
    return EmailChannel("127.0.0.1", server.port, **{**given, **options})


def failure(server: Smtp, **options: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(server, **options).send(RAW, TO)
    assert PASSWORD not in str(caught.value)
    return caught.value


def test_a_mail_arrives_byte_for_byte_and_its_id_is_the_receipt() -> None:
    with smtp() as server:
        receipt = channel(server).send(RAW, TO)
    assert receipt.ref == "<ev.m1.abc@deals.example>"
    assert server.accepted == [RAW.replace(b"\r\n.dotted", b"\r\n..dotted")]
    assert "rcpt TO:<desk@example.org>" in server.heard


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "means"),
    [
        ({"banner": "421 busy"}, "retry"),
        ({"banner": "554 go away"}, "broken"),
        ({"banner": DROP}, "retry"),
        ({"mail": "451 later"}, "retry"),
        ({"mail": "550 no"}, "permanent"),
        ({"mail": "530 log in"}, "broken"),
        ({"rcpt": "450 busy"}, "retry"),
        ({"rcpt": "550 unknown"}, "permanent"),
        ({"rcpt": DROP}, "retry"),
        ({"data": "451 later"}, "retry"),
        ({"data": "554 no"}, "permanent"),
        ({"data": DROP}, "retry"),
        ({"dot": "451 later"}, "retry"),
        ({"dot": "552 too big"}, "permanent"),
        ({"dot": DROP}, "uncertain"),
        ({"body": DROP}, "retry"),
    ],
)
def test_the_failure_of_each_step_is_classified(script: dict[str, str], means: str) -> None:
    with smtp(script=script) as server:
        assert kind(failure(server)) == means


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "means"), [("banner", "retry"), ("ehlo", "retry"), ("rcpt", "retry"), ("dot", "uncertain")]
)
def test_a_server_that_hangs_is_left_after_the_timeout(step: str, means: str) -> None:
    with smtp(script={step: HANG}) as server:
        assert kind(failure(server, timeout=0.3)) == means


def test_all_steps_together_keep_the_deadline() -> None:
    with smtp() as server:
        error = failure(server, deadline=0.0001)
    assert kind(error) == "retry"
    assert server.accepted == []


@pytest.mark.parametrize(
    ("step", "means"), [("banner", "retry"), ("ehlo", "retry"), ("rcpt", "retry"), ("dot", "uncertain")]
)
def test_a_reply_without_end_is_left_at_the_deadline(step: str, means: str) -> None:
    with smtp(script={step: DRIP}) as server:
        began = monotonic()
        error = failure(server, deadline=0.5)
    assert kind(error) == means
    assert monotonic() - began < 3


@pytest.mark.parametrize("step", ["banner", "ehlo", "quit"])
def test_a_flood_of_reply_lines_fills_no_memory(step: str) -> None:
    with smtp(script={step: FLOOD}) as server:
        tracemalloc.start()
        try:
            if step == "quit":
                assert channel(server).send(RAW, TO).ref
            else:
                assert "do not end" in str(failure(server))
            assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
        finally:
            tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("answer", [DROP, HANG, "421 closing", "500 what"])
def test_a_failed_quit_changes_nothing(answer: str) -> None:
    with smtp(script={"quit": answer}) as server:
        assert channel(server, timeout=0.5).send(RAW, TO).ref
    assert len(server.accepted) == 1


def test_a_server_without_ehlo_gets_helo() -> None:
    with smtp(script={"ehlo": "502 no"}) as server:
        assert channel(server).send(RAW, TO).ref


def test_a_refused_connection_is_retried_and_names_the_settings() -> None:
    port = closed_port()
    error = failure(Smtp(port=port))
    assert kind(error) == "retry"
    place = f"127.0.0.1:{port}, connecting"
    assert str(error) == f"the connection was refused ({place}); check smtp.host, smtp.port and smtp.security"


def test_an_error_names_the_setting_that_can_fix_it() -> None:
    for step, answer, setting in (
        ("banner", "554 go away", "smtp.host"),
        ("banner", "421 busy", ""),
        ("mail", "550 no", "smtp.sender"),
        ("mail", "530 log in", "smtp.username"),
        ("rcpt", "550 unknown", ""),
        ("data", "554 no", ""),
    ):
        with smtp(script={step: answer}) as server:
            text = str(failure(server))
        assert (f"; check {setting}" in text) if setting else ("; check" not in text)


def test_an_address_with_smtp_commands_in_it_is_refused_before_connecting() -> None:
    for to in ("a@b\r\nRCPT TO:<c@d>", "ä@example.org", "a b@example.org", "<a@b>"):
        with pytest.raises(ChannelError) as caught:
            channel(Smtp(port=closed_port())).send(RAW, to)
        assert caught.value.permanent, to


@pytest.mark.parametrize("script", [{}, {"starttls": "454 not now"}])
def test_without_tls_neither_password_nor_mail_is_sent(script: dict[str, str]) -> None:
    offered = ("STARTTLS", "AUTH PLAIN") if script else ("AUTH PLAIN",)
    with smtp(script=script, extensions=offered) as server:
        error = failure(server, mode="starttls", username="u", password=PASSWORD)
    assert kind(error) == ("retry" if script else "broken")
    assert not [line for line in server.heard if line.lower().startswith(("auth", "mail"))]


def test_the_answer_of_the_server_is_quoted_with_its_step() -> None:
    with smtp(script={"rcpt": "550 5.1.1 User unknown"}) as server:
        error = failure(server)
    assert str(error).startswith("550 5.1.1 User unknown (")
    assert str(error).endswith(", naming the recipient)")


@pytest.mark.parametrize(
    ("answer", "means"),
    [("535 wrong", "broken"), (f"535 wrong: {PASSWORD}", "broken"), ("454 not now", "retry"), (DROP, "retry")],
)
def test_a_refused_password_breaks_the_channel_and_a_busy_server_not(tmp_path: Path, answer: str, means: str) -> None:
    context, trust = certificate(tmp_path)
    with smtp(tls=context, extensions=("STARTTLS", "AUTH PLAIN"), script={"auth": answer}) as server:
        error = failure(server, mode="starttls", username="u", password=PASSWORD, ca_file=str(trust))
    assert kind(error) == means


def test_a_password_is_sent_only_through_tls(tmp_path: Path) -> None:
    context, trust = certificate(tmp_path)
    with smtp(tls=context, extensions=("STARTTLS", "AUTH PLAIN")) as server:
        channel(server, mode="starttls", username="u", password=PASSWORD, ca_file=str(trust)).send(RAW, TO)
    verbs = [line.split()[0].lower() for line in server.heard]
    assert verbs.index("starttls") < verbs.index("auth")
    assert len(server.accepted) == 1
    context, _ = certificate(tmp_path)
    with smtp(tls=context, extensions=("STARTTLS", "AUTH PLAIN")) as server:
        error = failure(server, mode="starttls", username="u", password=PASSWORD)
    assert kind(error) == "broken"
    assert "smtp.ca_file" in str(error)
    assert not [line for line in server.heard if line.lower().startswith("auth")]
    with pytest.raises(ConfigError, match="starttls"):
        EmailChannel("127.0.0.1", sender="a@b", mode="plain", password=PASSWORD)


def test_the_check_tests_the_sender_and_sends_nothing() -> None:
    with smtp(script={"mail": "451 busy"}) as server, pytest.raises(ChannelError, match="451 busy"):
        channel(server).check()
    with smtp() as server:
        assert channel(server).check() == f"127.0.0.1:{server.port}"
    assert [line.split()[0].lower() for line in server.heard] == ["ehlo", "mail", "quit"]
    with smtp(script={"mail": "553 not your domain"}) as server, pytest.raises(ChannelError) as caught:
        channel(server).check()
    assert str(caught.value).endswith("naming the sender); check smtp.sender")
