"""The steps by which the file of a commitment becomes one of the new syntax."""

from __future__ import annotations

from textwrap import dedent

from monitor.rulebook.source.example_lines import ExampleLine
from monitor.rulebook.source.layout import Layout, read_layout
from monitor.workbench.authoring.migration.commitment_steps import (
    examples_apart,
    kinds_of_exclusions,
    named_phases,
    shared_defaults,
)


def layout(text: str) -> Layout:
    return read_layout(dedent(text))


def acts(*keys: str) -> Layout:
    """Acts with these keys, one act for each."""
    return layout(
        "acts:\n" + "".join(f"  - id: act{number}\n" + f"    {own}\n" * bool(own) for number, own in enumerate(keys))
    )


def test_examples_leave_their_acts_with_the_comments_above_them() -> None:
    file = layout("""\
        acts:
          - id: bought
            examples:
              # Near.
              - {text: A, effect: none}
              - {text: B, effect: progress, summary: More, published: 2026-03-01}
          # The next act.
          - id: sold
        """)
    found: list[tuple[str, str]] = []
    examples_apart(file.root, lambda comments, line: found.append((comments, f"{line.act}: {line}")))
    assert found == [("# Near.", "bought: none | | A"), ("", "bought: progress | 2026-03-01 | B | More")]
    assert str(file) == "acts:\n  - id: bought\n  # The next act.\n  - id: sold\n"


def test_a_comment_names_the_kind_of_what_stands_below_it() -> None:
    file = layout("""\
        about:
          any: [x]
          none:
            - first
            # Other sellers.
            - Brazil
            - Argentina
            # Prices: what a market does.
            - futures
            - shares  # also of banks
        """)
    kinds_of_exclusions(file.root)
    assert file.root.plain()["about"]["not"] == {
        "unsorted": "first",
        "Other sellers": ["Brazil", "Argentina"],
        "Prices": ["futures", "shares"],
    }
    assert "# Other sellers" not in str(file)
    assert "# Prices: what a market does." in str(file), "a comment that says more than the kind stays"
    assert "- shares  # also of banks\n" in str(file)


def test_a_long_comment_is_cut_where_a_part_of_it_ends() -> None:
    file = layout("""\
        about:
          any: [x]
          none:
            # Duties that China drops for the whole world, money that such duties bring to anybody in it.
            - refund
        """)
    kinds_of_exclusions(file.root)
    assert list(file.root.plain()["about"]["not"]) == ["Duties that China drops for the whole world"]


def test_exclusions_join_those_that_have_kinds() -> None:
    file = layout("""\
        about: {any: [x], never: [recipe]}
        acts:
          - id: bought
            not: {other sellers: Brazil}
            none:
              # other sellers
              - Argentina
        """)
    kinds_of_exclusions(file.root)
    assert file.root.plain()["about"]["never"] == {"unsorted": "recipe"}
    assert file.root.plain()["acts"] == [{"id": "bought", "not": {"other sellers": ["Brazil", "Argentina"]}}]


FEBRUARY = "only_if: {published: {from: 2026-02-01}}"


def test_days_of_several_acts_are_a_phase() -> None:
    file = acts(FEBRUARY, FEBRUARY, "only_if: {field: [title], published: {from: 2026-01-01, until: 2026-05-01}}")
    named_phases(file.root)
    first, second, third = file.root.plain()["acts"]
    assert file.root.plain()["phases"] == {"from 2026-02-01": {"from": "2026-02-01"}}
    assert first == {"id": "act0", "in": "from 2026-02-01"}
    assert second == {"id": "act1", "in": "from 2026-02-01"}
    assert third["only_if"]["published"] == {"from": "2026-01-01", "until": "2026-05-01"}, (
        "days of one act stay with it"
    )


def test_other_conditions_of_such_an_act_stay() -> None:
    file = acts(
        "only_if: {document: [news], published: {until: 2026-05-01}}", "only_if: {published: {until: 2026-05-01}}"
    )
    named_phases(file.root)
    assert file.root.plain()["acts"][0] == {"id": "act0", "in": "until 2026-05-01", "only_if": {"document": ["news"]}}


def test_what_most_acts_say_is_said_once() -> None:
    file = acts("by: cn", "by: cn", "by: us", "by: cn", "by: cn", "")
    shared_defaults(file.root)
    assert file.root.plain()["defaults"] == {"by": "cn"}
    assert [act.get("by") for act in file.root.plain()["acts"]] == [None, None, "us", None, None, "unknown"]


def test_documents_of_most_acts_are_said_once_and_the_others_take_all() -> None:
    file = acts(*["only_if: {document: [news]}"] * 3, "only_if: {field: [title]}")
    shared_defaults(file.root)
    assert file.root.plain()["defaults"] == {"document": ["news"]}
    assert [act.get("only_if") for act in file.root.plain()["acts"]] == [
        None,
        None,
        None,
        {"field": ["title"], "document": []},
    ]


def test_a_phase_of_most_acts_is_said_once() -> None:
    file = acts("in: own", "in: own", "in: own", "")
    shared_defaults(file.root)
    assert file.root.plain()["defaults"] == {"in": "own"}
    assert file.root.plain()["acts"][3] == {"id": "act3", "in": "any"}


def test_what_half_of_the_acts_say_stays_with_them() -> None:
    file = acts("by: cn", "by: cn", "", "")
    before = str(file)
    shared_defaults(file.root)
    assert str(file) == before


def test_an_example_line_keeps_what_a_line_could_not_hold() -> None:
    file = acts('examples: [{text: "a | b", effect: none, summary: "one\\ntwo"}]')
    found: list[ExampleLine] = []
    examples_apart(file.root, lambda _, line: found.append(line))
    assert str(found[0]) == r"none | | a \| b | one\ntwo"
