"""`rules test`: the examples that rules carry and the scenarios beside them, and how much of the rules they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FOLDER, FILE, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.long_work import counted, long_work
from monitor.rulebook import load_rulebook
from monitor.rulebook.cache import keep_tests, kept_tests, key_of
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.testing.failure_text import example_failure, scenario_failure
from monitor.workbench.testing.kept_results import standing_results
from monitor.workbench.testing.scenario_runner import Selection

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.rulebook import ExampleResult
    from monitor.rulebook.testing.scenarios import Scenario
    from monitor.workbench.testing.coverage import Coverage, CoverageItem
    from monitor.workbench.testing.scenario_runner import ScenarioResult


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option(
    "--only",
    metavar="PATTERN",
    help="Only what has this in the name of its rule, commitment, scenario or test file (without .yaml); * and ? as in a shell.",
)
@click.option("--coverage", is_flag=True, help="List what no test exercises: rules, patterns, exclusions, words.")
@click.option("--mutation", is_flag=True, help="List the clauses that can be dropped or changed and no test fails.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="With --mutation: exit code 1 if fewer of the changes are noticed.",
)
@click.option("--junit", type=FILE, metavar="FILE", help="Write a report for a CI system.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an example, scenario, idle clause or change.")
def test(
    folder: Path | None,
    only: str | None,
    fail_under: float | None,
    junit: Path | None,
    *,
    coverage: bool,
    mutation: bool,
    as_json: bool,
) -> None:
    """Run the examples that the rules carry, and the scenarios of FOLDER/tests.

    Exit code 1 if one fails, 2 if the rules cannot be loaded. --coverage and --mutation tell how much of the rules the
    tests hold: what they do not reach is found only by those who read the alerts.
    """
    if fail_under is not None and not mutation:
        raise click.UsageError("--fail-under is a bar for --mutation")
    folder = rules_folder(folder)
    key = key_of(folder)
    rulebook = load_rulebook(folder, examples=True)
    with long_work("reading the tests"):
        scenarios = load_scenarios(folder, rulebook)
    run = _TestRun(folder, key, rulebook, scenarios, Selection(only or "*"), as_json)
    passed = run.run_tests(junit)
    if coverage:
        run.show_coverage()
    if mutation and not passed:
        raise click.ClickException("--mutation needs tests that all pass: mend the rules or the tests first")
    noticed = run.show_mutation(fail_under) if mutation else True
    if not (passed and noticed):
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _TestRun:
    """One folder of rules with its tests, and what of it one run looks at."""

    folder: Path
    key: str | None
    """That of the folder in the cache, when its rules were read."""
    rulebook: Rulebook
    scenarios: Sequence[Scenario]
    selection: Selection
    as_json: bool

    def run_tests(self, junit: Path | None) -> bool:
        """Runs the selected tests and shows each failure (as JSON each result); whether all passed. Raises UsageError if the
        selection holds none."""
        kept, selection = kept_tests(self.folder, self.key), self.selection
        with long_work("looking which results stand"):
            results = standing_results(kept, self.rulebook, self.scenarios, perf_counter)
        chosen = [example for example in self.rulebook.examples if selection.rule(example.rule)]
        played = [scenario for scenario in self.scenarios if selection.scenario(scenario)]
        examples = [results.of_example(e) for e in counted(chosen, "running", len(chosen), "examples")]
        scenarios = [results.of_scenario(s) for s in counted(played, "playing", len(played), "scenarios")]
        if results.ran or kept is None or kept.rulebook is not None:
            keep_tests(self.folder, self.key, results.as_json())
        if not examples and not scenarios:
            raise click.UsageError(f"no rule and no scenario is called {selection.pattern!r}")
        if junit is not None:
            from monitor.workbench.testing.junit import junit_report

            try:
                junit.write_text(junit_report(examples, scenarios), encoding="utf-8")
            except OSError as error:
                raise click.UsageError(f"{junit} cannot be written: {error.strerror}") from error
        failures = [example_failure(result) for result in examples if not result.passed]
        failures += [scenario_failure(result) for result in scenarios if not result.passed]
        if self.as_json:
            for values in (*map(_example_values, examples), *map(_scenario_values, scenarios)):
                echo_json(values)
        else:
            for failure in failures:
                click.echo(failure)
        rules, total = len({result.rule for result in examples}), len(examples) + len(scenarios)
        sizes = ((rules, "rule"), (len(examples), "example"), (len(scenarios), "scenario"))
        counts = ", ".join(pluralised(size, noun) for size, noun in sizes)
        click.echo(f"{counts}: {total - len(failures)} passed, {len(failures)} failed", err=self.as_json)
        return not failures

    def show_coverage(self) -> None:
        """Shows what no test exercises, and the share that is exercised."""

        from monitor.workbench.testing.coverage import measure_coverage

        with long_work("measuring what the tests exercise"):
            whole = measure_coverage(self.folder, self.rulebook, self.scenarios)
        coverage = whole.of(self.selection.rule)
        if self.as_json:
            for item in coverage.unexercised:
                echo_json({"test": "coverage", **fields_of(item, "path", "line", "kind", "owner", "text")})
            echo_json({"test": "coverage_total", "share": coverage.share, "files": coverage.by_file()})
        else:
            for line in (*_unexercised_lines(coverage.unexercised), *_file_lines(coverage)):
                click.echo(line)
        click.echo(f"exercised: {coverage.share:.0%} of {len(coverage.items)}", err=self.as_json)

    def show_mutation(self, least: float | None) -> bool:
        """Shows the changes that no test notices; whether at least `least` percent are noticed (None: no bar)."""

        from monitor.workbench.rule_clauses import sources_of
        from monitor.workbench.testing.mutation import mutate

        sources = sources_of(self.folder, self.rulebook)
        result = mutate(self.rulebook, sources, self.scenarios, self.selection.rule)
        for survivor in result.survivors:
            if self.as_json:
                echo_json({"test": "mutation", **asdict(survivor)})
            else:
                click.echo(str(survivor))
        kinds = {kind: result.of_kind(kind) for kind in result.changed}
        if self.as_json:
            echo_json({"test": "mutation_total", "share": result.share, "kinds": kinds})
        by_kind = ", ".join(f"{kind} {noticed} of {tried}" for kind, (noticed, tried) in kinds.items()) or "none"
        noticed = f"{result.tried - len(result.survivors)} noticed by a test ({result.share:.0%})"
        idle = sum(not survivor.tests for survivor in result.survivors)
        click.echo(f"{pluralised(result.tried, 'change')}, {noticed}, {idle} in no test: {by_kind}", err=self.as_json)
        if least is None or 100 * result.share >= least:
            return True
        click.echo(f"{result.share:.1%} of the changes are noticed, fewer than {least:g}%", err=True)
        return False


def _unexercised_lines(items: Iterable[CoverageItem]) -> Iterable[str]:
    """A line an item; the words of one list on one line."""
    for (path, line, owner, kind), group in groupby(items, lambda item: (item.path, item.line, item.owner, item.kind)):
        own = list(group)
        if kind == "word":
            yield f"{path}:{line}: {owner}: {len(own)} in no test: {', '.join(item.text for item in own)}"
        else:
            yield from map(str, own)


def _file_lines(coverage: Coverage) -> Iterable[str]:
    """A table of what is exercised: a row a file, a column a kind."""

    from monitor.workbench.testing.coverage import KINDS

    files = coverage.by_file()
    width = max(map(len, files), default=0)
    yield f"{'exercised':{width}}" + "".join(f"{kind + 's':>14}" for kind in KINDS)
    for path, kinds in files.items():
        cells = (f"{done} of {of}" if of else "-" for done, of in (kinds[kind] for kind in KINDS))
        yield f"{path:{width}}" + "".join(f"{cell:>14}" for cell in cells)


def _example_values(result: ExampleResult) -> dict[str, Any]:
    names = ("path", "line", "rule", "text", "expected", "got", "passed", "decided", "matched", "blocked")
    return {"test": "example", **fields_of(result, *names)}


def _scenario_values(result: ScenarioResult) -> dict[str, Any]:
    faults = [fields_of(fault, "line", "commitment", "expected", "got", "words") for fault in result.faults]
    values = fields_of(result, "path", "line", "name", "commitments", "passed")
    return {"test": "scenario", **values, "faults": faults, "read": result.read}
