"""Asking a model's server: what counts as an answer, what each failure means, and what never leaves the program."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.errors import ReaderError, ReaderRefusedError
from monitor.readers.chat import MAX_ANSWER, THOUGHT_TOKENS, ChatAnswer, ChatServer
from tests.builders.chat_server import MODEL, ChatModel, Reply, chat_model, stop_when_asked
from tests.builders.golden_wording import GoldenWording

KEY = "sk-reader-key-that-nobody-may-see"
STORY = json.dumps({"id": "1", "title": "China buys soybeans"})


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        yield running


def ask(model: ChatModel, *, key: str = "", **how: Any) -> ChatAnswer:
    return ChatServer(model.url, MODEL, key, 5.0).ask("the question", STORY, {"type": "object"}, 300, **how)


def failure(model: ChatModel, reply: Reply, *, key: str = "") -> ReaderError:
    model.script.append(reply)
    with pytest.raises(ReaderError) as caught:
        ask(model, key=key)
    return caught.value


def test_a_request_names_model_and_question_asks_for_json_by_schema_and_gives_no_tools(model: ChatModel) -> None:
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


SCHEMA = {"type": "object", "properties": {"stories": {"type": "array", "items": {"type": "object"}, "maxItems": 1}}}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "response_format json_schema is not supported"),
        (422, "Invalid schema: 'maxItems' is not permitted"),
        (500, "Failed to parse grammar"),
    ],
)
def test_a_server_that_refuses_a_form_is_asked_for_a_looser_one_from_then_on(
    model: ChatModel, status: int, words: str
) -> None:
    model.script += [Reply(status, error={"message": words})] * 3
    server = ChatServer(model.url, MODEL)
    for _ in range(2):
        server.ask("the question", STORY, SCHEMA, 300)
    forms = [request.get("response_format", {}) for request in model.requests]
    assert [form.get("type") for form in forms] == ["json_schema", "json_schema", "json_object", None, None]
    assert ["maxItems" in json.dumps(form) for form in forms[:2]] == [True, False], "lengths are given up first"


def sent(model: ChatModel) -> list[set[str]]:
    """The parameters of each request beside model, messages and form."""
    return [set(request) - {"model", "messages", "response_format"} for request in model.requests]


TEMPERATURE = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
MAX_TOKENS = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."


def test_a_parameter_that_the_server_refuses_is_left_out_or_renamed_from_then_on(model: ChatModel) -> None:
    model.script += [
        Reply(400, error={"message": TEMPERATURE, "param": "temperature"}),
        Reply(422, raw=json.dumps({"detail": [{"loc": ["body", "max_tokens"], "msg": "extra fields"}]}).encode()),
        Reply(400, raw=json.dumps({"object": "error", "message": "max_completion_tokens is unknown"}).encode()),
    ]
    server = ChatServer(model.url, MODEL)
    for _ in range(2):
        server.ask("the question", STORY, SCHEMA, 300)
    assert sent(model) == [{"temperature", "max_tokens"}, {"max_tokens"}, {"max_completion_tokens"}, set(), set()]
    assert model.requests[2]["max_completion_tokens"] == 300


def test_a_parameter_that_is_refused_again_is_an_error(model: ChatModel) -> None:
    model.script += [Reply(400, error={"message": TEMPERATURE})] * 2
    with pytest.raises(ReaderError, match="temperature"):
        ask(model)
    assert len(model.requests) == 2


def test_a_context_too_small_for_several_stories_is_no_matter_for_a_person(model: ChatModel) -> None:
    long = Reply(400, error={"message": "the request exceeds the context size by the schema"})
    model.script += [long]
    server = ChatServer(model.url, MODEL)
    with pytest.raises(ReaderError, match="context size") as caught:
        server.ask("the question", f"{STORY}\n{STORY}", SCHEMA, 300)
    assert (caught.value.unusable, isinstance(caught.value, ReaderRefusedError)) == (True, False)
    server.ask("the question", STORY, SCHEMA, 300)
    assert model.requests[-1]["response_format"]["type"] == "json_schema", "the schema is not to blame"


ANSWER = '{"stories": []}'
PLACES: dict[str, dict[str, Any]] = {
    "after a thought": {"content": f"<think>Maybe {{}}, no.</think>\n{ANSWER}"},
    "after a thought without its beginning": {"content": f"Maybe {{}}, no.</think>{ANSWER}"},
    "in parts": {"content": [{"type": "text", "text": ANSWER[:5]}, {"type": "text", "text": ANSWER[5:]}, "odd"]},
    "in a tool call": {"content": None, "tool_calls": [{"function": {"arguments": ANSWER}}]},
    "in the reasoning": {"content": "", "reasoning_content": ANSWER, "tool_calls": None},
    "in another field for the reasoning": {"reasoning": ANSWER},
}


@pytest.mark.parametrize("message", PLACES.values(), ids=PLACES)
def test_an_answer_is_read_wherever_the_server_puts_it(model: ChatModel, message: dict[str, Any]) -> None:
    model.script.append(Reply(message=message))
    assert ask(model).content.strip() == ANSWER


def test_a_thought_that_does_not_end_is_no_answer(model: ChatModel) -> None:
    assert "empty" in str(failure(model, Reply(message={"content": f"<think>{ANSWER} or"})))
    assert "empty" in str(failure(model, Reply(message={"tool_calls": ["odd", {"function": {}}]})))


def test_a_model_whose_thoughts_fill_the_answer_gets_more_room(model: ChatModel) -> None:
    cut = Reply(finish="length", message={"content": None, "reasoning_content": "Maybe soybeans, or"})
    model.script += [Reply(finish="length"), cut]
    server = ChatServer(model.url, MODEL)
    for _ in range(2):
        with pytest.raises(ReaderError, match="cut off"):
            server.ask("the question", STORY, SCHEMA, 300)
    server.ask("the question", STORY, SCHEMA, 300)
    assert [request["max_tokens"] for request in model.requests] == [300, 300, 300 + THOUGHT_TOKENS]


NOT_ANSWERED = (
    Reply(500, error={"message": "out of memory"}),
    Reply(500, error="model runner has stopped"),
    Reply(503, raw=b""),
    Reply(raw=b"<html>Log in to the hotel</html>"),
    Reply(raw=b"[]"),
    Reply(raw=b'{"choices": [7]}'),
    Reply(raw=b" " * (MAX_ANSWER + 1)),
    Reply(cut=True),
)
UNUSABLE = (
    Reply(content=""),
    Reply(refusal="I cannot help with that."),
    Reply(finish="length"),
    Reply(400, error={"message": "the stories are odd"}),
)
NEEDS_PERSON = (
    Reply(401),
    Reply(403),
    Reply(402),
    Reply(404, error={"message": "model not found"}),
    Reply(429, error={"code": "insufficient_quota"}),
    Reply(400, error={"message": "API key not valid. Please pass a valid API key."}),
    Reply(400, error={"message": "The model `qwen` does not exist"}),
    Reply(400, error={"message": "maximum context length is 1024 tokens, and your messages have 6543 tokens"}),
    Reply(raw=b'{"error": {"message": "no such model"}}'),
    Reply(307, headers={"Location": "http://127.0.0.1:9/elsewhere"}),
)


def test_a_failed_request_is_an_error_that_names_the_cause(model: ChatModel, wording: GoldenWording) -> None:
    errors = [failure(model, reply) for reply in NOT_ANSWERED]
    assert not any(error.unusable or isinstance(error, ReaderRefusedError) for error in errors)
    wording(map(str, errors))


def test_an_unusable_answer_to_this_request_costs_its_tokens(model: ChatModel, wording: GoldenWording) -> None:
    errors = [failure(model, reply) for reply in UNUSABLE]
    assert all(error.unusable for error in errors)
    assert [error.tokens for error in errors] == [100, 100, 100, None]
    wording(map(str, errors))


def test_a_refusal_that_needs_a_person_names_the_remedy(model: ChatModel, wording: GoldenWording) -> None:
    errors = [failure(model, reply) for reply in NEEDS_PERSON]
    assert all(isinstance(error, ReaderRefusedError) and not error.spent for error in errors)
    assert len(model.requests) == len(errors)
    wording(map(str, errors))


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
    with pytest.raises(ReaderError, match=r"0\.2 s") as caught:
        ask(model, timeout_s=0.2)
    assert (caught.value.spent, caught.value.slow, caught.value.unusable) == (True, True, False)


def test_a_slow_server_gets_more_time_if_it_is_given(model: ChatModel) -> None:
    model.script.append(Reply(wait=0.6))
    assert ChatServer(model.url, MODEL, "", 0.3).ask("the question", STORY, {}, 300, patience=4).tokens == 100


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
        ChatServer(f"http://127.0.0.1:{port}/v1", MODEL).ask("the question", STORY, {}, 300)
    assert not caught.value.spent


def test_the_models_of_a_server_are_listed_where_it_keeps_a_list(model: ChatModel) -> None:
    model.listed = ("one", "two\a\x1b]0;x\x07")
    assert ChatServer(model.url, MODEL).models(2.0) == ("one", "two  ]0;x "), "nothing that a terminal would obey"
    assert ChatServer(f"{model.url}/", MODEL).place == f"{MODEL} at 127.0.0.1:{model.port}"
