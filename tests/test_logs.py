"""What the log shows, and what it must never show."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from monitor.logs import MAX_TEXT, REDACTED, Redactor, bound, get_logger, setup_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _log_as_found() -> Iterator[None]:
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_off_a_terminal_each_event_is_one_json_line_with_time_level_and_logger() -> None:
    stream = io.StringIO()
    setup_logging(stream=stream)
    get_logger("monitor.runtime.scheduler").info("poll done", feed="新华社", stories=3)
    (line,) = lines(stream)
    assert list(line)[:4] == ["timestamp", "level", "event", "logger"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "poll done",
        "feed": "新华社",
        "stories": 3,
        "level": "info",
        "logger": "monitor.runtime.scheduler",
    }


def test_on_a_terminal_events_are_written_for_people() -> None:
    stream = Terminal()
    setup_logging(stream=stream)
    get_logger("monitor.runtime.scheduler").warning("poll failed")
    assert "poll failed" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_libraries_log_in_the_same_form_and_only_what_matters() -> None:
    stream = io.StringIO()
    setup_logging(stream=stream)
    logging.getLogger("apscheduler.scheduler").info("chatter")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("apscheduler.scheduler").error("job %s failed", "poll")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("job poll failed", "error", "apscheduler.scheduler")


def test_a_line_on_a_terminal_has_the_time_to_the_second_and_no_name_of_a_module_of_ours() -> None:
    stream = Terminal()
    setup_logging(stream=stream)
    get_logger("monitor.runtime.app").warning("feed failed", feed="herald")
    logging.getLogger("apscheduler").error("job failed")
    ours, theirs = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in stream.getvalue().splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \[warning  ] feed failed +feed=herald", ours)
    assert "[apscheduler]" in theirs


def test_setting_up_again_replaces_the_first_set_up() -> None:
    first, second = io.StringIO(), io.StringIO()
    setup_logging(stream=first)
    setup_logging(stream=second, level="warning")
    get_logger("x").info("quiet")
    get_logger("x").warning("loud")
    assert first.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["loud"]


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "terminal"])
def test_a_known_secret_shows_neither_in_events_nor_in_tracebacks(stream: io.StringIO) -> None:
    setup_logging(stream=stream, secrets=["hunter22"])
    local_only = "hunter22"
    try:
        raise ValueError(f"refused {local_only}")
    except ValueError:
        get_logger("x").exception("login as hunter22", deep={"list": ["a hunter22 b"]})
        logging.getLogger("lib").exception("login as %s", local_only)
    assert "ValueError: refused" in stream.getvalue()
    assert "hunter22" not in stream.getvalue()


@pytest.mark.parametrize("key", ["password", "smtp_password", "Authorization", "api_key", "token", "Set-Cookie"])
def test_a_value_under_a_telling_key_is_hidden(key: str) -> None:
    assert Redactor().value({key: "s3"}) == {key: REDACTED}


def test_how_many_tokens_a_model_took_is_no_secret() -> None:
    assert Redactor().value({"tokens": 7103}) == {"tokens": 7103}
    assert Redactor().value({"tokens": ["s3"]}) == {"tokens": REDACTED}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent with xoxb-12-ab-Cd.", f"sent with {REDACTED}."),
        ("https://hooks.example/services/T01/B02/x1y2", f"https://hooks.example/services/{REDACTED}"),
        ("postgresql://me:hunter22@db/x", f"postgresql://me:{REDACTED}@db/x"),
        ("at 12:30 mail to:desk@company.org", "at 12:30 mail to:desk@company.org"),
        ("https://news.example:8080/a@b", "https://news.example:8080/a@b"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


def test_a_title_cannot_steer_the_terminal() -> None:
    assert Redactor().text("\x1b[2JGone\x07\nnext") == "\N{REPLACEMENT CHARACTER}[2JGone\N{REPLACEMENT CHARACTER}\nnext"


PING = "https://checks.example/ping/3f0c7d1e-secret?rid=77aa88bb99"
PHONE = "pover://u5er4321name@t0ken9876word/phone"


@pytest.mark.parametrize(
    "said",
    [
        f"GET {PING} failed",
        "HTTPSConnectionPool(host='checks.example'): url: /ping/3f0c7d1e-secret?rid=77aa88bb99",
        "/ping/3f0c7d1e-secret was not found",
        "https%3A%2F%2Fchecks.example%2Fping%2F3f0c7d1e-secret%3Frid%3D77aa88bb99",
        "rid 77aa88bb99 is unknown",
        "user u5er4321name refused",
    ],
)
def test_a_secret_address_shows_in_none_of_the_forms_in_which_libraries_write_it(said: str) -> None:
    shown = Redactor([PING, PHONE]).text(said)
    assert not any(part in shown for part in ("3f0c7d1e", "77aa88bb99", "u5er4321name"))


def test_the_host_of_a_secret_address_is_no_secret() -> None:
    assert Redactor([PING]).text("checks.example: no answer") == "checks.example: no answer"


def test_a_secret_with_odd_signs_is_hidden_in_the_words_of_python_too() -> None:
    secret = "it's\\a 'pass' word"
    assert Redactor([secret]).text(f"refused {secret!r} and {secret}").count(REDACTED) == 2


def test_a_long_text_is_cut_so_that_no_document_is_logged_whole() -> None:
    stream = io.StringIO()
    setup_logging(stream=stream)
    get_logger("x").warning("strange answer", body="x" * 50_000, deep={"parts": ["y" * 5_000]})
    (line,) = lines(stream)
    assert line["body"] == f"{'x' * MAX_TEXT}… (50,000 characters)"
    assert len(line["deep"]["parts"][0]) < MAX_TEXT + 30


def test_lines_of_a_block_bear_its_ids_those_of_libraries_too() -> None:
    stream = io.StringIO()
    setup_logging(stream=stream)
    with bound(job="review"):
        get_logger("x").info("inside")
        logging.getLogger("lib").warning("inside too")
    get_logger("x").info("outside")
    assert [line.get("job") for line in lines(stream)] == ["review", "review", None]
