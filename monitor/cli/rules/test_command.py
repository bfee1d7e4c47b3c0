"""`rules test`: runs the examples and scenarios of rules, and measures how much of the rules they cover."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FOLDER, FILE, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.long_work import counted, long_work
from monitor.rulebook import load_rulebook
from monitor.rulebook.testing.examples import run_example
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.rule_test_reports import example_failure, junit_report, scenario_failure
from monitor.workbench.scenario_runner import run_scenario, selects

if TYPE_CHECKING:
    from monitor.workbench.coverage import CoverageItem

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option(
    "--only",
    metavar="PATTERN",
    help="Run only tests whose rule, commitment, scenario or file name contains this; * and ? work as in a shell.",
)
@click.option("--coverage", is_flag=True, help="List rules, patterns and exclusions without a test.")
@click.option("--junit", type=FILE, metavar="FILE", help="Write a JUnit report for a CI system.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per result.")
def test(folder: Path | None, only: str | None, junit: Path | None, *, coverage: bool, as_json: bool) -> None:
    """Run the examples of the rules in FOLDER, and the scenarios of FOLDER/tests.

    Exit code 1 if a test fails, 2 if the rules cannot be loaded.
    """
    folder, pattern = rules_folder(folder), only or "*"
    rulebook = load_rulebook(folder, examples=True)
    with long_work("reading the tests"):
        scenarios = load_scenarios(folder, rulebook)
    chosen = [example for example in rulebook.examples if selects(pattern, example.rule)]
    played = [
        scenario
        for scenario in scenarios
        if selects(pattern, scenario.shape.name, Path(scenario.source.path).stem, *scenario.commitments)
    ]
    if not chosen and not played:
        raise click.UsageError(f"no rule and no scenario is called {pattern!r}")
    results = [run_example(e, rulebook, perf_counter) for e in counted(chosen, "running", len(chosen), "examples")]
    runs = [run_scenario(s, rulebook, perf_counter) for s in counted(played, "playing", len(played), "scenarios")]
    if junit is not None:
        try:
            junit.write_text(junit_report(results, runs), encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{junit} cannot be written: {error.strerror}") from error
    failures = [example_failure(result) for result in results if not result.passed]
    failures += [scenario_failure(result) for result in runs if not result.passed]
    if as_json:
        names = ("path", "line", "rule", "text", "expected", "got", "passed", "decided", "matched", "blocked")
        for result in results:
            echo_json({"test": "example", **fields_of(result, *names)})
        for run in runs:
            faults = [fields_of(fault, "line", "commitment", "expected", "got", "words") for fault in run.faults]
            values = fields_of(run, "path", "line", "name", "commitments", "passed")
            echo_json({"test": "scenario", **values, "faults": faults, "read": run.read})
    else:
        for failure in failures:
            click.echo(failure)
    rules, total = len({result.rule for result in results}), len(results) + len(runs)
    sizes = ((rules, "rule"), (len(results), "example"), (len(runs), "scenario"))
    counts = ", ".join(pluralised(size, noun) for size, noun in sizes)
    click.echo(f"{counts}: {total - len(failures)} passed, {len(failures)} failed", err=as_json)
    if coverage:
        from monitor.workbench.coverage import measure_coverage

        with long_work("measuring the coverage"):
            items = measure_coverage(rulebook, scenarios, pattern)
        _show_coverage(items, as_json=as_json)
    if failures:
        raise SystemExit(1)


def _show_coverage(items: Sequence[CoverageItem], *, as_json: bool) -> None:
    missing = [item for item in items if not item.exercised]
    share = 1 - len(missing) / len(items) if items else 1.0
    for item in missing:
        if as_json:
            echo_json({"test": "coverage", **fields_of(item, "path", "line", "kind", "owner", "text")})
        else:
            what = "the rule" if item.kind == "rule" else f"{item.kind} {item.text!r}"
            click.echo(f"{item.path}:{item.line}: {item.owner}: {what} is in no test")
    if as_json:
        echo_json({"test": "coverage_total", "share": share, "items": len(items)})
    click.echo(f"exercised: {share:.0%} of {len(items)}", err=as_json)
