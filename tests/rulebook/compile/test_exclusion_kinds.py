"""Exclusions by the kind of news that they keep out."""

from pathlib import Path

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import Rulebook
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder
from tests.builders.rules_folder import COMMITMENT, story

BY_KIND = COMMITMENT.replace("{oil: 'soybean oil'}", "{kitchen oils: soybean oil}").replace(
    "  not: {other sellers: '(Brazil*|巴西)'}\n", "  not:\n    other sellers: ['(Brazil*|巴西)']\n"
)
NEVER = BY_KIND.replace("  not:\n", "  never: {films: [film festival], games: game show}\n  not:\n")


def why(rules: Rulebook, title: str) -> str:
    """Why the beans are not read in a title."""
    (result,) = (result for result in trace(story(title), rules) if result.commitment == "beans")
    acts = [candidate.rejection for candidate in result.candidates]
    return rejection_text(result.rejection or next(filter(None, acts), None))


def test_an_exclusion_is_reported_with_its_kind_and_its_line(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path, beans=NEVER)
    assert why(rules, "China takes soybeans of Brazil") == "kept out as other sellers: Brazil"
    assert why(rules, "China buys soybean oil") == "kept out as kitchen oils: soybean oil"
    assert why(rules, "China shows soybeans at a film festival") == "kept out as films: film festival"
    assert why(rules, "China shows soybeans in a game show") == "kept out as games: game show"
    assert why(rules_folder.load(tmp_path / "b", beans=BY_KIND), "China buys US soybeans, not those of Brazil") == ""
    rules = rules_folder.load(tmp_path / "c", beans=BY_KIND)
    topic = next(topic for topic in rules.matcher.topics if topic.commitment == "beans")
    (pattern,) = topic.excluded
    line = BY_KIND[: BY_KIND.index("(Brazil")].count("\n") + 1
    assert (pattern.kind, pattern.path, pattern.line) == ("other sellers", "rules/deal/beans.yaml", line)


def test_kinds_are_a_mapping_of_patterns_and_no_part_of_a_version(tmp_path: Path) -> None:
    texts = (
        BY_KIND,
        BY_KIND.replace("kitchen oils", "cooking"),
        BY_KIND.replace("soybean oil", "soybean oils"),
        COMMITMENT,
    )
    versions = [rules_folder.load(tmp_path / str(n), beans=text).version for n, text in enumerate(texts)]
    assert (versions[0] == versions[1], versions[0] == versions[2], versions[0] == versions[3]) == (True, False, True)
    for number, written in enumerate(("5", "[soybean oil]", "{oils: 5}", "{oils: {}}", "{oils: [5]}")):
        text = BY_KIND.replace("{kitchen oils: soybean oil}", written)
        loaded, issues = check_rulebook(rules_folder.write(tmp_path / "b" / str(number), beans=text))
        assert (loaded, len(issues)) == (None, 1), written
