"""The shipped rules tell their acts in plain words that are short enough for a subject, and the verb goes with who acts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from monitor.domain.messages.headlines.news_verbs import BASES

from monitor.domain.messages.headline import act_sentence
from monitor.domain.messages.subject import room_for, topic_of
from monitor.domain.model import By, Effect
from tests.builders.domain_values import NONE_DECLARED
from tests.builders.message_values import signal
from tests.builders.shipped_rules import checked


def test_every_act_of_the_shipped_rules_has_words_that_fit_a_subject_in_every_sense() -> None:
    rulebook, _ = checked()
    acts = [info for name, info in rulebook.rules.items() if not name.endswith("/about")]
    assert [info.id for info in acts if not info.tells] == []
    for info in acts:
        room = room_for(topic_of(rulebook.commitments[info.commitment]), unconfirmed=False)
        verb = f" {info.tells}".partition(" to ")[2].split()[0]
        assert verb in BASES | {"be"}, f"{info.id}: {verb!r} is no verb that headlines use"
        told = [
            act_sentence(signal("s1", "a", effect=effect, by=by), info, NONE_DECLARED) for effect in Effect for by in By
        ]
        assert max(map(len, told)) <= room, (info.id, max(told, key=len))


@pytest.mark.parametrize(
    ("by", "tells", "told"),
    [
        (By.CN, "to extend its pause", "China extends its pause"),
        (By.BOTH, "to extend its pause", "the two sides extend their pause"),
        (By.UNKNOWN, "to extend its pause", "one side extends its pause"),
        (By.CN, "the talks to be put off", "the talks are put off"),
        (By.CN, "a court to uphold it", "a court upholds it"),
    ],
)
def test_the_verb_goes_with_who_acts(by: By, tells: str, told: str) -> None:
    rulebook, _ = checked()
    info = next(iter(rulebook.rules.values()))
    own = replace(info, tells=tells, effect=Effect.SETBACK)
    assert act_sentence(signal("s1", "a", by=by), own, NONE_DECLARED) == told


@pytest.mark.parametrize(
    ("own", "read", "told"),
    [
        (Effect.SETBACK, Effect.THREAT, "China may extend its pause"),
        (Effect.PROGRESS, Effect.THREAT, "China may not extend its pause"),
        (Effect.PROGRESS, Effect.SETBACK, "China does not extend its pause"),
        (Effect.DEADLINE, Effect.SETBACK, "China has yet to extend its pause"),
        (Effect.PROGRESS, Effect.PLEDGE, "China is to extend its pause"),
        (Effect.SETBACK, Effect.PROGRESS, "China is not to extend its pause"),
    ],
)
def test_what_a_sentence_plans_fears_or_denies_is_told_so(own: Effect, read: Effect, told: str) -> None:
    rulebook, _ = checked()
    info = replace(next(iter(rulebook.rules.values())), tells="to extend its pause", effect=own)
    assert act_sentence(signal("s1", "a", by=By.CN, effect=read), info, NONE_DECLARED) == told
