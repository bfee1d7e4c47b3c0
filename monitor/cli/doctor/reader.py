"""Checks of the model that reads beside the rules."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from monitor.cli.common import pluralised
from monitor.cli.doctor.findings import MOST_LISTED, Examination, Finding, told_apart
from monitor.errors import ReaderError

GREETING_SECONDS = 5.0
"""How long the server of a model may take to list its models, an estimate: it need not think about it."""


def check_reader(patient: Examination) -> Iterator[Finding]:
    """That the server of the model answers and has the model, and that model and question are those of the last `reader check`; the
    tokens of the day, and what waits to be read."""
    from monitor.domain.model import ReaderMode
    from monitor.pipeline.reader_health import state_of
    from monitor.runtime.wiring import make_reader
    from monitor.workbench.testing.reader_check import advice, last_check

    settings, rulebook = patient.settings, patient.rulebook
    if not settings.reader.configured:
        yield Finding("ok", "reader", "off: the rules read alone. [reader] in config.toml can name a model")
        return
    if rulebook is None:
        yield Finding(
            "warn", "reader", "not checked, as its question is made from the rules", "correct the rules first"
        )
        return
    reader = make_reader(settings, rulebook)
    assert reader is not None
    setup = reader.setup
    if rulebook.policy.reader is ReaderMode.OFF:
        remedy = "write another mode there, or take [reader] out of config.toml"
        yield Finding("warn", "reader", f"{setup.place} is never asked: policy.yaml says reader: off", remedy)
        return
    if unchecked := advice(last_check(settings.data_dir), setup.name, setup.question.version):
        yield Finding("warn", "examples", unchecked)
    if not patient.offline:
        try:
            listed = reader.server.models(GREETING_SECONDS)
        except ReaderError as error:
            text, remedy = told_apart(str(error))
            yield Finding(
                "FAIL", "reader", text, remedy or "check base_url in [reader], and that the server there runs"
            )
            return
        if listed and setup.name not in listed:
            some = ", ".join(listed[:MOST_LISTED])
            text = f"{setup.place} is not among the models that the server lists: {some}"
            yield Finding("warn", "reader", text, "write one of these names as model in [reader]")
        if not listed and not urlsplit(settings.reader.base_url).path:
            told = "base_url often ends in /v1, and at this address the server lists no models"
            yield Finding(
                "warn", "reader", f"{setup.place} may not be found: {told}", "add what is missing to base_url"
            )
    if patient.store is None:
        yield Finding("ok", "reader", f"{setup.place}, question {setup.question.version}")
        return
    with patient.store.read() as conn:
        state = state_of(conn, setup.place, setup.daily_tokens, setup.least_cost, patient.now)
    spent = f"{state.tokens:,} of {setup.daily_tokens:,} tokens used today (UTC)"
    text = f"{setup.place}, question {setup.question.version}; {spent}; {pluralised(state.waiting, 'text')} waiting"
    if state.state == "reading":
        yield Finding("ok", "reader", text)
    else:
        yield Finding("warn", "reader", f"{text}. {state.state}, the rules speak alone: {state.trouble}")
