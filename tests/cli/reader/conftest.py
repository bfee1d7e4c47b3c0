"""A working folder whose monitor has a model to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.chat_server import MODEL, ChatModel, chat_model
from tests.builders.small_rulebook import SHIPS, SOY
from tests.builders.working_folder import Desk


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        yield running


@pytest.fixture
def reading(desk: Desk, model: ChatModel) -> Desk:
    """A working folder with a model."""
    for name, text in {"soy": SOY, "ships": SHIPS}.items():
        told = f"{text}reads: {{about: what China buys}}\n"
        (desk.folder / "rules" / "deal" / f"{name}.yaml").write_text(told, encoding="utf-8")
    desk.edit("[[routes]]", f'[reader]\nbase_url = "{model.url}"\nmodel = "{MODEL}"\nbatch = 2\n\n[[routes]]')
    return desk
