"""`rules test`: runs the examples and scenarios of rules."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import click

from monitor.cli.common import EXISTING_FOLDER, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.long_work import counted, long_work
from monitor.rulebook import load_rulebook
from monitor.rulebook.testing.examples import ExampleResult, run_example
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.scenario_runner import ScenarioResult, run_scenario

INDENT = " " * 5


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option(
    "--only",
    metavar="PATTERN",
    help="Run only tests whose rule, commitment, scenario or file name contains this; * and ? work as in a shell.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per result.")
def test(folder: Path | None, only: str | None, *, as_json: bool) -> None:
    """Run the examples of the rules in FOLDER, and the scenarios of FOLDER/tests.

    Exit code 1 if a test fails, 2 if the rules cannot be loaded.
    """
    folder, pattern = rules_folder(folder), only or "*"
    rulebook = load_rulebook(folder, examples=True)
    with long_work("reading the tests"):
        scenarios = load_scenarios(folder, rulebook)
    chosen = [example for example in rulebook.examples if selects(pattern, example.rule, Path(example.path).name)]
    played = [
        scenario
        for scenario in scenarios
        if selects(pattern, scenario.shape.name, Path(scenario.source.path).stem, *scenario.commitments)
    ]
    if not chosen and not played:
        raise click.UsageError(f"no rule and no scenario is called {pattern!r}")
    results = [run_example(example, rulebook) for example in counted(chosen, "running", len(chosen), "examples")]
    runs = [run_scenario(scenario, rulebook) for scenario in counted(played, "playing", len(played), "scenarios")]
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
    if failures:
        raise SystemExit(1)


def selects(pattern: str, *names: str) -> bool:
    """Whether one of these names contains a pattern such as `soybean*`, ignoring case."""
    return any(fnmatchcase(name.casefold(), f"*{pattern.casefold()}*") for name in names)


def example_failure(result: ExampleResult) -> str:
    """The failure of one example, with the act that decided and the other acts that matched or were blocked."""
    decided = result.decided.partition(": ")[0] if result.decided else ""
    others = [match for match in result.matched if match.partition(": ")[0] not in ("about", decided)]
    lines = [
        f"FAIL {result.path}:{result.line} rule {result.rule} example {result.number}: "
        f"expected {result.expected}, got {result.got}",
        f"{INDENT}text:    {result.text}",
        *([f"{INDENT}decided: {result.decided}"] if result.decided else []),
        *(f"{INDENT}matched: {match}" for match in (others if decided else result.matched or ["nothing"])),
        *(f"{INDENT}blocked: {act}" for act in result.blocked),
        *([f"{INDENT}hint:    {result.hint}"] if result.hint else []),
    ]
    return "\n".join(lines)


def scenario_failure(result: ScenarioResult) -> str:
    lines = [f"FAIL {result.path}:{result.line} scenario: {result.name}"]
    for fault in result.faults:
        lines.append(f"{INDENT}{result.path}:{fault.line} {fault.commitment}: expected {fault.expected}")
        lines += (f"{INDENT}{text}" for text in (f"got:     {fault.got}", *fault.words))
    lines += (f"{INDENT}read:    {line}" for line in result.read)
    return "\n".join(lines)
