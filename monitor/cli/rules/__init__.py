"""`rules`: check and test what analysts write."""

from __future__ import annotations

import click

from monitor.cli.common import Entry, ListedGroup

COMMANDS = {
    "check": Entry(
        "rules.check:check", "Read every file of FOLDER and print all problems at once, each with its place."
    ),
    "diff": Entry(
        "rules.diff:diff",
        "What the rules in NEW read otherwise than those in OLD (the configured ones), and what would be sent and held.",
    ),
    "drift": Entry(
        "rules.drift:drift",
        "Hits and shares of each commitment by month, what to read next, and rules and exclusions that never fire.",
    ),
    "example": Entry(
        "rules.example:example",
        "Append an example to RULE (commitment/act), in the file of examples beside its commitment, and show what the rules say of it now.",
    ),
    "explain": Entry(
        "rules.explain:explain",
        "Show what the rules of FOLDER see in STORY: which commitments it concerns, by which words; each act with its clause, its hedges, what blocked it and what won.",
    ),
    "lint": Entry("rules.lint:lint", "Show what in the files of FOLDER could be shorter, wider or clearer."),
    "new": Entry("rules.new:new", "Write the file of a new commitment, and its deal's if it is new too."),
    "schema": Entry(
        "rules.schema:schema",
        "Print the JSON Schema of the rule files: of the file kind NAME, or of all kinds by name.",
    ),
    "suggest": Entry(
        "rules.suggest:suggest_",
        "Words and short phrases that stand in texts which readers read as ACT (commitment/act) means, and that ACT lacks.",
    ),
    "test": Entry("rules.run_tests:test", "Run the examples that the rules carry, and the scenarios of FOLDER/tests."),
    "try": Entry(
        "rules.try_file:try_",
        "Run one commitment's FILE, which need not be part of the rules yet, over stored stories.",
    ),
}


@click.group(cls=ListedGroup, table=COMMANDS)
def rules() -> None:
    """Check the rule files, and run the examples they carry."""
