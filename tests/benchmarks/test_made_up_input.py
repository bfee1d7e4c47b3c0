"""Made-up input of benches: headlines, rules and altered copies."""

import random
from pathlib import Path

from benchmarks.archive import every, headlines, read_lines
from benchmarks.bench_recall import why_held_back
from benchmarks.bench_rules import expressions, found_by_loop, sentences, story
from benchmarks.made_up_rules import MadeUpRule, invented_rules, rulebook_of, rules_from, words_between
from benchmarks.measure import SAMPLE
from monitor.domain.matching.match import match

TEXTS = [
    "China buys soybeans\nPorts reopen after the strike.",
    "China waits. Brazil buys soybeans",
    "Soybeans fall as China buys elsewhere",
    "中国采购大豆 after China signs; ports reopen",
    "Chinaware sells; a buyer of soybeans buys",
]


def test_headlines_are_different_however_many_are_asked_for() -> None:
    lines = every(read_lines(SAMPLE), 30)
    found = headlines(lines, 200, random.Random(1))
    assert len(found) == len(set(found)) == 200


def test_the_matcher_and_the_loop_read_a_made_up_rule_alike(tmp_path: Path) -> None:
    rules = [
        MadeUpRule("buys", ((("china", "中国"), ("buys", "采购")),)),
        MadeUpRule("buys-beans", ((("china", "中国"), ("buys", "采购"), ("soybeans", "大豆")),), vetoes=("ports",)),
        MadeUpRule("either", ((("brazil",), ("buys",)), (("signs",), ("ports",)))),
    ]
    rulebook, loop = rulebook_of(tmp_path, rules), [expressions(rule) for rule in rules]
    found = [found_by_loop(sentences(text), loop) for text in TEXTS]
    assert found == [frozenset(signal.commitment for signal in match(story(text), rulebook)) for text in TEXTS]
    assert found == [{"buys"}, {"either"}, {"buys"}, {"buys", "either"}, set()]


def test_rules_are_the_same_for_the_same_seed_and_use_words_of_the_texts() -> None:
    rules = rules_from(TEXTS * 3, 20, random.Random(7))
    assert rules == rules_from(TEXTS * 3, 20, random.Random(7))
    words = {phrase for rule in rules for groups in rule.patterns for group in groups for phrase in group}
    assert words <= set(words_between(TEXTS * 3, 0, 1))


def test_invented_rules_share_no_subject() -> None:
    subjects = [word for rule in invented_rules(200, random.Random(3)) for word in rule.patterns[0][0]]
    assert len(subjects) == len(set(subjects)) == 400


def test_an_altered_copy_is_judged_by_its_words_as_the_program_reads_them() -> None:
    title = "Canada, U.S. send ten new envoys to Brazil for talks on grain"
    swaps = {
        "to Brazil": "Brazil to",
        "new envoys": "envoys new",
        "Canada, U.S.": "U.S. Canada,",
        "for talks": "talks for",
    }
    held = [swap for swap, made in swaps.items() if why_held_back(title, title.replace(swap, made))]
    assert held == ["Canada, U.S."]
