"""Asking a model's server: what counts as an answer, what each failure means, and what never leaves the program."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.errors import ReaderError, ReaderRefusedError
from monitor.readers.chat import MAX_ANSWER, ChatAnswer, ChatServer
from tests.builders.chat_server import MODEL, ChatModel, Reply, chat_model, stop_when_asked

KEY = "sk-reader-key-that-nobody-may-see"
STORY = json.dumps({"id": "1", "title": "China buys soybeans"})


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        yield running


def ask(model: ChatModel, *, key: str = "", **how: Any) -> ChatAnswer:
    return ChatServer(model.url, MODEL, key, 5.0).ask("the question", STORY, {"type": "object"}, **how)


def failure(model: ChatModel, reply: Reply, *, key: str = "") -> ReaderError:
    model.script.append(reply)
    with pytest.raises(ReaderError) as caught:
        ask(model, key=key)
    return caught.value


def test_a_request_names_model_and_question_asks_for_json_by_schema_at_temperature_0_and_gives_no_tools(
    model: ChatModel,
) -> None:
    assert json.loads(ask(model).content) == {"stories": [{"id": "1", "matches": []}]}
    (request,) = model.requests
    assert (request["model"], request["temperature"]) == (MODEL, 0)
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["messages"][0]["content"] == "the question"
    form = request["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert "tools" not in request


def test_a_key_is_sent_where_there_is_one(model: ChatModel) -> None:
    ask(model, key=KEY)
    ask(model)
    assert [headers.get("Authorization") for headers in model.headers] == [f"Bearer {KEY}", None]


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"total_tokens": 120, "prompt_tokens": 1}, 120),
        ({"prompt_tokens": 100, "completion_tokens": 7}, 107),
        ({"total_tokens": 10**18}, None),
        ({"total_tokens": -5}, None),
        ({"total_tokens": 0, "prompt_tokens": 0, "completion_tokens": 0}, None),
        ({}, None),
        (None, None),
    ],
)
def test_tokens_are_those_that_the_server_counts_if_it_counts_any(
    model: ChatModel, usage: dict[str, int] | None, tokens: int | None
) -> None:
    model.script.append(Reply(usage=usage))
    assert ask(model).tokens == tokens


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_a_schema_is_asked_for_plain_json_from_then_on(model: ChatModel, status: int) -> None:
    model.script.append(Reply(status, error={"message": "response_format json_schema is not supported"}))
    server = ChatServer(model.url, MODEL)
    for _ in range(2):
        server.ask("the question", STORY, {})
    assert [r["response_format"]["type"] for r in model.requests] == ["json_schema", "json_object", "json_object"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(500, error={"message": "out of memory"}), "HTTP 500: out of memory"),
        (Reply(500, error="model runner has stopped"), "HTTP 500: model runner has stopped"),
        (Reply(503, raw=b""), "HTTP 503"),
        (Reply(raw=b"<html>Log in to the hotel</html>"), "no chat completion"),
        (Reply(raw=b"[]"), "no chat completion"),
        (Reply(raw=b'{"choices": [7]}'), "no chat completion"),
        (Reply(raw=b" " * (MAX_ANSWER + 1)), "limit"),
        (Reply(cut=True), "cut off"),
    ],
)
def test_what_is_no_answer_is_an_error_in_plain_words(model: ChatModel, reply: Reply, words: str) -> None:
    error = failure(model, reply)
    assert words in str(error)
    assert not error.unusable
    assert not isinstance(error, ReaderRefusedError)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(content=""), "empty"),
        (Reply(refusal="I cannot help with that."), "refused to answer: I cannot help with that."),
        (Reply(finish="length"), "cut off"),
        (Reply(400, error={"message": "maximum context length is 4096 tokens"}), "maximum context length"),
    ],
)
def test_an_answer_to_this_request_that_cannot_be_used_says_so(model: ChatModel, reply: Reply, words: str) -> None:
    error = failure(model, reply)
    assert words in str(error)
    assert error.unusable
    assert error.tokens == (100 if reply.status == 200 else None)


@pytest.mark.parametrize(
    ("reply", "remedy"),
    [
        (Reply(401), "DEAL_MONITOR_READER__KEY"),
        (Reply(403), "DEAL_MONITOR_READER__KEY"),
        (Reply(402), "credit"),
        (Reply(404, error={"message": "model not found"}), "check model and base_url"),
        (Reply(429, error={"code": "insufficient_quota"}), "credit"),
        (Reply(307, headers={"Location": "http://127.0.0.1:9/elsewhere"}), "base_url"),
    ],
)
def test_what_only_a_person_can_mend_names_the_remedy(model: ChatModel, reply: Reply, remedy: str) -> None:
    error = failure(model, reply)
    assert isinstance(error, ReaderRefusedError)
    assert remedy in str(error)
    assert not error.spent
    assert len(model.requests) == 1


def test_a_server_may_say_how_long_to_wait(model: ChatModel) -> None:
    error = failure(model, Reply(429, headers={"Retry-After": "37"}))
    assert (error.retry_after, error.spent) == (37, False)


def test_a_server_that_repeats_the_key_in_its_error_does_not_get_it_shown(model: ChatModel) -> None:
    model.key = "another"
    with pytest.raises(ReaderRefusedError) as caught:
        ask(model, key=KEY)
    assert KEY not in str(caught.value)
    assert "[redacted]" in str(caught.value)
    assert caught.value.__cause__ is None


def test_control_characters_of_a_server_reach_no_log(model: ChatModel) -> None:
    assert "\x1b" not in str(failure(model, Reply(500, error="\x1b[31mred\nline")))


def test_a_whole_request_has_a_deadline(model: ChatModel) -> None:
    model.script.append(Reply(hang=True))
    with pytest.raises(ReaderError, match=r"no whole answer within 0\.2 s") as caught:
        ask(model, timeout_s=0.2)
    assert caught.value.spent


def test_a_request_that_hangs_is_given_up_when_the_program_stops(model: ChatModel) -> None:
    model.script.append(Reply(hang=True))
    stop = threading.Event()
    stop_when_asked(model, stop)
    with pytest.raises(ReaderError, match="stopped"):
        ask(model, stop=stop)


def test_a_server_that_is_not_there_costs_no_tokens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ReaderError, match="refused") as caught:
        ChatServer(f"http://127.0.0.1:{port}/v1", MODEL).ask("the question", STORY, {})
    assert not caught.value.spent


def test_the_models_of_a_server_are_listed_where_it_keeps_a_list(model: ChatModel) -> None:
    model.listed = ("one", "two")
    assert ChatServer(model.url, MODEL).models(2.0) == ("one", "two")
    assert ChatServer(f"{model.url}/", MODEL).place == f"{MODEL} at 127.0.0.1:{model.port}"
