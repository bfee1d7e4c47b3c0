"""The clauses of rules: what several acts share is one clause."""

from __future__ import annotations

from pathlib import Path

from monitor.workbench.rule_clauses import rule_clauses

from tests.builders import rules_folder
from tests.builders.rules_folder import COMMITMENT

SHARED = COMMITMENT.replace("acts:\n", "defaults: {not: {rumours: gossip}}\nacts:\n", 1)


def test_what_the_defaults_keep_out_is_one_clause_of_all_acts(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path, beans=SHARED)
    (topic,) = (topic for topic in rules.matcher.topics if topic.commitment == "beans")
    (clause,) = (clause for clause in rule_clauses(topic) if clause.text == "gossip")
    line = SHARED[: SHARED.index("defaults:")].count("\n") + 1
    assert (clause.kind, clause.rule, clause.line, clause.is_exclusion) == ("not", "beans/about", line, True)
    without = clause.address.put(topic, None)
    assert {len(act.excluded) for act in without.acts} == {0, 1}, "the first act has one of its own"
    assert all(clause.pattern in act.excluded for act in clause.address.put(topic, clause.pattern).acts)
