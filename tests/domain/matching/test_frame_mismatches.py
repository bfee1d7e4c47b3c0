"""Frames that almost stand: which role is missing, or that all stand in no order that the frame reads."""

from pathlib import Path

import pytest

from monitor.domain.matching.document import Document
from monitor.domain.matching.near_misses import Mismatch, MismatchKind, mismatches, pattern_parts
from monitor.domain.matching.rules import Rulebook
from monitor.domain.text.pattern_syntax import written_groups
from monitor.domain.text.patterns import RoleFrame
from tests.builders import rules_folder

TAXED = """\
  - id: taxed
    polarity: bad
    event: <tax>
    agent: '{cn}'
    patient: '{beans}'
  - id: shipped
    polarity: good
    event: <ship>
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder: Path = tmp_path_factory.mktemp("frames")
    return rules_folder.load(folder, beans=rules_folder.COMMITMENT + TAXED)


def missed(rules: Rulebook, title: str, act: str = "beans/taxed", least: int = 2) -> list[Mismatch]:
    document = Document(rules_folder.story(title), rules)
    (pattern,) = next(rule for topic in rules.matcher.topics for rule in topic.acts if rule.rule == act).any
    return list(mismatches(document.title, pattern, least))


def test_the_roles_that_are_missing_or_in_no_order_are_named(rules: Rulebook) -> None:
    (mismatch,) = missed(rules, "Soybeans are taxed by Japan")
    assert (mismatch.kind, mismatch.groups, mismatch.standing) == (MismatchKind.ROLE, ("agent {cn}",), 2)
    (mismatch,) = missed(rules, "Soybeans wait, China says; Japan taxes corn")
    assert mismatch.kind is MismatchKind.ROLES
    assert len(mismatch.groups) == 3


def test_a_frame_that_stands_or_of_which_too_little_stands_lacks_nothing(rules: Rulebook) -> None:
    assert missed(rules, "Japan taxes corn") == []
    assert missed(rules, "China waits for rain", least=1) == []
    assert missed(rules, "China taxes soybeans") == []
    assert missed(rules, "Japan buys corn", "beans/shipped", least=1) == []


def test_what_fills_each_role_of_a_sentence_is_found(rules: Rulebook) -> None:
    document = Document(rules_folder.story("China again taxes US soybeans"), rules)
    act = next(rule for topic in rules.matcher.topics for rule in topic.acts if rule.rule == "beans/taxed")
    (pattern,) = act.any
    assert isinstance(pattern.node, RoleFrame)
    view = document.title
    found = pattern_parts(view, pattern.node, pattern.source, view.text.sentences[0])
    assert {part.name: view.words(part.places[0]) for part in found} == {
        "event": ("taxes",),
        "agent": ("China",),
        "patient": ("soybeans",),
    }


def test_marks_in_angle_brackets_are_groups_of_their_own() -> None:
    assert written_groups("<tear up> ..near deal ~near <25 Mt>") == ("<tear up>", "deal", "<25 Mt>")
