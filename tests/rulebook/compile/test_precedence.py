"""The table of a deal that says which of two commitments takes a story."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import Rulebook
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder
from tests.builders.rules_folder import COMMITMENT, story

ENTRY = (
    "{of: [beans], to: talks, when: ['{after} ..2 (call|talks)'], unless: [gossip], since: 2026-02-01, kind: "
    "outcomes of a call}"
)
DEAL = (
    f"id: deal\nname: A deal\nuse: [words]\nsets: {{after: [after, following]}}\nprecedence:\n  - {ENTRY}\n"
    f"{rules_folder.PARTIES}"
)
TITLE = "China buys soybeans after talks"


def why(rules: Rulebook, title: str = TITLE, day: str = "2026-02-01") -> str:
    told = replace(story(title), published_at=datetime.fromisoformat(day).replace(tzinfo=UTC))
    (result,) = (result for result in trace(told, rules) if result.commitment == "beans")
    return rejection_text(result.rejection)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rules_folder.load(tmp_path_factory.mktemp("rules"), deal=DEAL)


def test_a_story_about_two_commitments_counts_for_one(rules: Rulebook) -> None:
    other = TITLE.replace("after", "following")
    assert why(rules) == "gives way to talks (outcomes of a call): after … talks"
    assert why(rules, other) == "gives way to talks (outcomes of a call): following … talks"
    assert (
        why(rules, day="2026-01-31") == why(rules, f"{TITLE}, gossip says") == why(rules, "China buys soybeans") == ""
    )
    (topic,) = (topic for topic in rules.matcher.topics if topic.commitment == "beans")
    patterns = (pattern for rule in topic.gives_way for pattern in (*rule.when, *rule.unless))
    assert [(p.path, p.line) for p in patterns] == [("rules/deal/deal.yaml", 6)] * 2


def test_an_entry_belongs_to_the_version_of_each_commitment_that_gives_way(tmp_path: Path) -> None:
    corn = COMMITMENT.replace("id: beans", "id: corn")
    deal = DEAL.replace("of: [beans]", "of: [beans, corn]")
    both = rules_folder.load(tmp_path, corn=corn, deal=deal)
    assert {t.commitment: len(t.gives_way) for t in both.matcher.topics} == {"beans": 1, "corn": 1, "talks": 0}
    deals = (DEAL, DEAL.replace("outcomes of a call", "talks"), DEAL.replace("gossip", "rumour"))
    loaded = [rules_folder.load(tmp_path / "b" / str(n), deal=deal) for n, deal in enumerate(deals)]
    first, named, meant = (rules.rules["beans/bought"].version for rules in loaded)
    assert (first == named, first == meant) == (True, False)
    assert len({rules.rules["talks/held"].version for rules in loaded}) == 1


FAULTS = [
    ("of: [beans]", "of: [bean]", "unknown_commitment"),
    ("to: talks", "to: talk", "unknown_commitment"),
    ("to: talks", "to: beans", "gives_way_to_itself"),
    ("of: [beans], ", "", "missing_key"),
    ("when: ['{after} ..2", "when: ['{aftr} ..2", "unknown_set"),
]


def test_an_invalid_row_is_reported(tmp_path: Path) -> None:
    for number, (old, new, code) in enumerate(FAULTS):
        issues = check_rulebook(rules_folder.write(tmp_path / str(number), deal=DEAL.replace(old, new)))[1]
        assert [(issue.code, issue.path, issue.line) for issue in issues] == [(code, "rules/deal/deal.yaml", 6)]
