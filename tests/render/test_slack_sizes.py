"""Slack's limits hold whatever is put into a message: a megabyte for a title, a week of 500 changes, any script."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from monitor.domain.messages.briefs import AlertBrief, DigestBrief
from monitor.domain.messages.thread_card import StatusCard, ThreadMessage
from monitor.render.slack_blocks import payload, status_card
from tests.builders.rendered_messages import check_harmless, check_limits, texts
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, DIGEST_PARCEL

MEGABYTE = 1_000_000
TEXTS = {
    "a title of a megabyte": "soybean " * (MEGABYTE // 8),
    "a word without end": "x" * 50_000,
    "escapes without end": "<&>" * 4000,
    "mark-up without end": "*_~`" * 4000,
    "right to left": "الصين تشتري فول الصويا من الولايات المتحدة " * 200 + "\u202e\u2067 סין קונה פולי סויה",
    "chinese": "中国从美国购买大豆，并承诺在年底前再买一千二百万吨。" * 300,
    "emoji": "🇨🇳👩‍🌾🚢" * 1500,
}
KEEP = frozenset(
    {"status", "direction", "kind", "basis", "message_id", "counter", "zone", "state", "cause", "commitment", "signal"}
)


def filled(value: Any, text: str) -> Any:
    """A brief whose every sentence is this text."""
    if isinstance(value, tuple):
        return tuple(filled(item, text) for item in value)
    if not hasattr(value, "__dataclass_fields__"):
        return value
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    return replace(
        value,
        **{
            name: text if isinstance(old, str) and old and name not in KEEP and name != "url" else filled(old, text)
            for name, old in given.items()
            if name != "progress" or old is not None
        },
    )


def alert(text: str) -> dict[str, Any]:
    return payload(
        replace(ALERT_PARCEL, brief=filled(ALERT, text), thread="1.5"), "An earlier copy may have reached you."
    )


def digest(text: str) -> dict[str, Any]:
    return payload(replace(DIGEST_PARCEL, brief=filled(DIGEST, text)), "An earlier copy may have reached you.")


def card(text: str) -> dict[str, Any]:
    brief = filled(ALERT, text)
    assert isinstance(brief, AlertBrief)
    return status_card(
        StatusCard("slack", "C1", "1.5", brief, brief, tuple(ThreadMessage(n, brief.at, text) for n in range(500)))
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("message", [alert, digest, card])
def test_no_text_breaks_a_limit(message: Callable[[str], dict[str, Any]], text: str) -> None:
    made = message(text)
    check_limits(made)
    check_harmless(made)
    assert len(made["text"]) <= 1000
    assert len(made["blocks"]) > 3, "and something is left to read"


def week(changes: int, size: int = 60) -> DigestBrief:
    """A digest of a week with so many blocks, rows and so on."""
    said = "China buys soybeans " * (size // 20)
    every = range(changes)
    return replace(
        DIGEST,
        events=tuple(replace(DIGEST.events[0], text=f"change {n}", effect=said) for n in every),
        unmoved=tuple(replace(DIGEST.unmoved[0], short=f"commitment {n}") for n in every),
        unchecked=tuple(replace(DIGEST.unchecked[0], name=f"source {n}") for n in every),
    )


@pytest.mark.parametrize("changes", [1, 6, 20, 45, 500])
@pytest.mark.parametrize("size", [20, 600, 5000])
def test_a_week_of_any_length_is_within_all_limits_and_says_how_much_is_left_out(changes: int, size: int) -> None:
    made = payload(replace(DIGEST_PARCEL, brief=week(changes, size)))
    check_limits(made)
    shown = list(texts(made["blocks"]))
    told = len({match[0] for text in shown for match in re.finditer(r"\bchange \d+", text)})
    heads = [text for text in shown if re.fullmatch(r"\*[^*]+\*|_\+\d+ more_", text)]
    more = [re.fullmatch(r"_\+(\d+) more_", head) for head in heads[: heads.index("*Dates*")]]
    assert told + sum(int(found[1]) for found in more if found) == changes
    assert told > 0


@pytest.mark.parametrize(("size", "cut"), [(20, 3), (600, 4)])
def test_a_long_list_leaves_room_for_something_of_each_list_behind_it(size: int, cut: int) -> None:
    shown = list(texts(payload(replace(DIGEST_PARCEL, brief=week(500, size)))["blocks"]))
    for word in ("change", "commitment", "source"):
        assert any(re.search(rf"\b{word} 0\b", text) for text in shown), word
    assert sum(bool(re.fullmatch(r"_\+\d+ more_", text)) for text in shown) == cut


@pytest.mark.parametrize("lines", [4, 5, 6, 31, 500])
def test_lines_that_share_a_block_are_counted_one_by_one(lines: int) -> None:
    brief = replace(week(lines), events=(), unmoved=())
    shown = list(texts(payload(replace(DIGEST_PARCEL, brief=brief))["blocks"]))
    told = sum(len(re.findall(r"\bsource \d+", text)) for text in shown)
    more = sum(int(found[1]) for text in shown if (found := re.fullmatch(r"_\+(\d+) more_", text)))
    assert told + more == lines
