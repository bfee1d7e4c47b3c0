"""`rules test`: the examples that rules carry and the scenarios beside them, and how much of the rules they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.common import echo_json, pluralised
from monitor.cli.match_replay import rules_folder

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.rulebook import ExampleResult
    from monitor.rulebook.testing.scenarios import Scenario
    from monitor.workbench.testing.coverage import Coverage, CoverageItem
    from monitor.workbench.testing.mutation import Mutation
    from monitor.workbench.testing.scenario_runner import ScenarioResult
    from monitor.workbench.testing.selection import Selection

Result = TypeVar("Result", "ExampleResult", "ScenarioResult")


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--only",
    metavar="PATTERN",
    help="Only what has this in the name of its rule, commitment, scenario or test file (without .yaml); * and ? as in a shell.",
)
@click.option("--coverage", is_flag=True, help="List what no test exercises: rules, patterns, exclusions, words.")
@click.option("--mutation", is_flag=True, help="List the clauses that can be dropped or changed and no test fails.")
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT",
    help="With --mutation: exit code 1 if fewer of the changes are noticed.",
)  # fmt: skip
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a report for a CI system."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object an example, scenario, idle clause or change.")
def test(
    folder: Path | None, only: str | None, fail_under: float | None, junit: Path | None,
    *, coverage: bool, mutation: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run the examples that the rules carry, and the scenarios of FOLDER/tests.

    Exit code 1 if one fails, 2 if the rules cannot be loaded. --coverage and --mutation tell how much of the rules the
    tests hold: what they do not reach is found only by those who read the alerts.
    """
    from monitor.workbench.testing.selection import Selection

    if fail_under is not None and not mutation:
        raise click.UsageError("--fail-under is a bar for --mutation")
    desk = _TestRun(rules_folder(folder), Selection(only or "*"), as_json=as_json)
    passed = desk.run_tests(junit)
    if coverage:
        desk.show_coverage()
    if mutation and not passed:
        raise click.ClickException("--mutation needs tests that all pass: mend the rules or the tests first")
    held = desk.show_mutation(fail_under) if mutation else True
    if not (passed and held):
        raise SystemExit(1)


class _TestRun:
    """One folder of rules with its tests, as one run looks at them."""

    def __init__(self, folder: Path, selection: Selection, *, as_json: bool) -> None:
        from monitor.rulebook import load_rulebook
        from monitor.rulebook.testing.scenarios import load_scenarios

        self.folder, self.selection, self.as_json = folder, selection, as_json
        self.rulebook: Rulebook = load_rulebook(folder)
        self.scenarios: Sequence[Scenario] = load_scenarios(folder, self.rulebook)

    def run_tests(self, junit: Path | None) -> bool:
        """Runs what is selected, shows what fails, and says whether nothing did."""
        from monitor.workbench.testing import failure_text

        examples, scenarios = self._examples(), self._scenarios()
        if not examples and not scenarios:
            raise click.UsageError(f"no rule and no scenario is called {self.selection.pattern!r}")
        if junit is not None:
            _write_junit(junit, examples, scenarios)
        self._show(examples, failure_text.example_failure, _example)
        self._show(scenarios, failure_text.scenario_failure, _scenario)
        self._sum_up(examples, scenarios)
        return not _failed(examples, scenarios)

    def _examples(self) -> list[ExampleResult]:
        from time import perf_counter

        from monitor.rulebook.testing.examples import run_example

        wanted = (one for one in self.rulebook.examples if self.selection.rule(one.rule))
        return [run_example(one, self.rulebook, perf_counter) for one in wanted]

    def _scenarios(self) -> list[ScenarioResult]:
        from time import perf_counter

        from monitor.workbench.testing.scenario_runner import run_scenario

        return [run_scenario(s, self.rulebook, perf_counter) for s in self.scenarios if self.selection.scenario(s)]

    def _show(
        self, results: list[Result], failure: Callable[[Result], str], fields: Callable[[Result], dict[str, Any]]
    ) -> None:
        for result in results:
            if self.as_json:
                echo_json(fields(result))
            elif not result.passed:
                click.echo(failure(result))

    def _sum_up(self, examples: list[ExampleResult], scenarios: list[ScenarioResult]) -> None:
        rules = len({result.rule for result in examples})
        failed = _failed(examples, scenarios)
        passed = len(examples) + len(scenarios) - failed
        sizes = ((rules, "rule"), (len(examples), "example"), (len(scenarios), "scenario"))
        sums = ", ".join(pluralised(size, noun) for size, noun in sizes)
        click.echo(f"{sums}: {passed} passed, {failed} failed", err=self.as_json)

    # ------------------------------------------------------------ how much the tests hold

    def show_coverage(self) -> None:
        from monitor.workbench.rule_clauses import sources_of
        from monitor.workbench.testing.coverage import measure_coverage

        whole = measure_coverage(self.folder, self.rulebook, sources_of(self.folder, self.rulebook), self.scenarios)
        found = whole.of(self.selection.rule)
        if self.as_json:
            for item in found.unexercised:
                echo_json(_item_values(item))
            echo_json({"test": "coverage_total", "share": found.share, "files": found.by_file()})
        else:
            for line in _idle_lines(found.unexercised):
                click.echo(line)
            for line in _by_file(found):
                click.echo(line)
        click.echo(f"exercised: {found.share:.0%} of {len(found.items)}", err=self.as_json)

    def show_mutation(self, least: float | None) -> bool:
        """Shows the changes that no test notices; says whether enough are noticed."""
        from monitor.workbench.rule_clauses import sources_of
        from monitor.workbench.testing.mutation import mutate

        sources = sources_of(self.folder, self.rulebook)
        found = mutate(self.rulebook, sources, self.scenarios, self.selection.rule, _progress)
        for survivor in found.survivors:
            if self.as_json:
                fields = ("path", "line", "rule", "kind", "what", "tests")
                echo_json({"test": "mutation"} | {name: getattr(survivor, name) for name in fields})
            else:
                click.echo(str(survivor))
        if self.as_json:
            echo_json(
                {"test": "mutation_total", "share": found.share, "kinds": {k: found.of_kind(k) for k in found.changed}}
            )
        click.echo(_mutation_summary(found), err=self.as_json)
        if least is None or 100 * found.share >= least:
            return True
        click.echo(f"{found.share:.1%} of the changes are noticed, fewer than {least:g}%", err=True)
        return False


def _failed(examples: Sequence[ExampleResult], scenarios: Sequence[ScenarioResult]) -> int:
    return sum(not one.passed for one in examples) + sum(not one.passed for one in scenarios)


def _progress(commitment: str, so_far: Mutation) -> None:
    click.echo(f"changing {commitment} ({so_far.tried} changes so far)", err=True)


def _mutation_summary(found: Mutation) -> str:
    kinds = (f"{kind} {noticed} of {tried}" for kind in found.changed for noticed, tried in [found.of_kind(kind)])
    noticed, idle = found.tried - len(found.survivors), sum(not survivor.tests for survivor in found.survivors)
    return (
        f"{found.tried} changes, {noticed} noticed by a test ({found.share:.0%}), {idle} in no test: "
        f"{', '.join(kinds) or 'none'}"
    )


def _idle_lines(idle: Iterable[CoverageItem]) -> Iterable[str]:
    """A line an item; the words of one list on one line."""
    for (path, line, owner, kind), items in groupby(
        idle, key=lambda item: (item.path, item.line, item.owner, item.kind)
    ):
        own = list(items)
        if kind == "word":
            yield f"{path}:{line}: {owner}: {len(own)} in no test: {', '.join(item.text for item in own)}"
        else:
            yield from map(str, own)


def _by_file(found: Coverage) -> Iterable[str]:
    from monitor.workbench.testing.coverage import KINDS

    files = found.by_file()
    width = max(map(len, files), default=0)
    yield f"{'exercised':{width}}" + "".join(f"{kind + 's':>14}" for kind in KINDS)
    for path, kinds in files.items():
        cells = (f"{done} of {of}" if of else "-" for done, of in (kinds[kind] for kind in KINDS))
        yield f"{path:{width}}" + "".join(f"{cell:>14}" for cell in cells)


def _write_junit(path: Path, examples: list[ExampleResult], scenarios: list[ScenarioResult]) -> None:
    from monitor.workbench.testing.junit import junit_report

    try:
        path.write_text(junit_report(examples, scenarios), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


# ---------------------------------------------------------------- JSON lines


def _example(result: ExampleResult) -> dict[str, Any]:
    return {
        "test": "example", "path": result.path, "line": result.line, "rule": result.rule, "text": result.text,
        "expected": result.expected, "got": result.got, "passed": result.passed, "decided": result.decided,
        "matched": result.matched, "blocked": result.blocked,
    }  # fmt: skip


def _scenario(result: ScenarioResult) -> dict[str, Any]:
    faults = [
        {
            "line": f.line, "commitment": f.commitment, "expected": f.expected, "got": f.got, "words": f.words,
        }
        for f in result.faults
    ]  # fmt: skip
    return {
        "test": "scenario", "path": result.path, "line": result.line, "name": result.name,
        "commitments": result.commitments, "passed": result.passed, "faults": faults, "read": result.read,
    }  # fmt: skip


def _item_values(item: CoverageItem) -> dict[str, Any]:
    return {
        "test": "coverage", "path": item.path, "line": item.line, "kind": item.kind, "owner": item.owner,
        "text": item.text,
    }  # fmt: skip
