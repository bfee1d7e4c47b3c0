"""Broken rule files in the command line and in an editor: both must show the same fault in the same place.

The editor is Visual Studio Code's YAML server, with the schemas that `rules schema` writes. Every file here has
one fault; each side may say more of it, but what it says first stands in the same line and column.
"""

# ruff: noqa: S603, T201 - our own commands, and figures for whoever reads the run's output

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from monitor.rulebook.json_schema import write_schema_files
from monitor.rulebook.load import check_rulebook
from monitor.workbench.new_deal import NewCommitment, NewDeal, NewParty, write_deal

AT_ONCE = 2
MOST_SECONDS = 60
NODE = shutil.which("node") or "node"
TOLD = re.compile(r"^[^:]+:(?P<line>\d+):(?P<column>\d+) \[1\] (?P<message>.*)$", re.MULTILINE)
"""An error as yls.mjs prints it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One fault: what to change in a good file, and how both sides call it."""

    old: str
    new: str
    code: str
    editor: str

    def text(self, good: str) -> str:
        assert self.old in good, f"{self.old!r} is not in the file"
        return good.replace(self.old, self.new, 1)


FAULTS = (
    Broken("    not: {}", "    nott: {}", "unknown_key", "is not allowed"),
    Broken("kind: milestone", "kind: milestne", "unknown_value", "Valid values"),
    Broken("polarity: good", "polarity: god", "unknown_value", "Valid values"),
    Broken("owed_by: both", "# owed_by: both", "missing_key", "Missing property"),
    Broken("    polarity: good", "    # polarity: good", "value_error", "Missing property"),
    Broken("name: '", "name: [a] # '", "not_text", "Incorrect type"),
    Broken("steps: [agreed, signed, closed]", "steps: signed", "not_a_list", "Incorrect type"),
    Broken("subject: ['steel quota']", "subject: ['steel', 2025]", "not_text", "Incorrect type"),
    Broken("use: []", "use:", "not_a_list", "Incorrect type"),
    Broken("as_of: 20", "as_of: the day 20", "not_a_date", "date"),
    Broken("short: ", "short: Steel\nshort: ", "duplicate_key", "must be unique"),
    Broken("kind: ", "grace: some time\nkind: ", "value_error", "Incorrect type|pattern"),
    Broken("id: steel-quota", "id: Steel_Quota", "bad_name", "pattern"),
    Broken("short: '", "short: 'a name far too long for a table or an alert ", "too_long", "longer"),
    Broken("  any: ['{subject}']", "  unless: []", "value_error", "Missing property"),
    Broken("polarity: good", "effect: pledge", "value_error", "Missing property"),
    Broken("polarity: good", "polarity: good\n    effect: pledge", "value_error", "not allowed"),
    Broken("name: '", "name: Steel: a quota # '", "syntax", "Nested mappings"),
    Broken("kind: milestone", "kind milestone", "syntax", "Implicit keys"),
    Broken("  - id: signed", "  - id: signed\n  polarity: x", "syntax", "same column"),
    Broken("    polarity: good", "     polarity: good", "syntax", "Implicit keys"),
    Broken("name: '", "name: !!python/name:os.system x # '", "tag", "Unresolved tag"),
    Broken("name: '", 'name: "\\steel" # \'', "syntax", "Invalid escape"),
    Broken("  subject: [", "\tsubject: [", "tab", "Tabs"),
    Broken("not: {}", "not: {", "syntax", "must be sufficiently indented|end with a }"),
)


def main(tools: Path, node: Path) -> int:
    """Compare every fault; the number of those that the two sides do not agree on."""
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(AT_ONCE) as pool:
        folders = [Path(work) / str(number) / "rules" for number in range(len(FAULTS))]
        wrong = [line for line in pool.map(partial(compared, tools, node), FAULTS, folders) if line]
    print(
        *wrong,
        f"{len(FAULTS) - len(wrong)} of {len(FAULTS)} broken files: the same place in editor and command line",
        sep="\n",
    )
    return len(wrong)


def compared(tools: Path, node: Path, fault: Broken, rules: Path) -> str:
    """What differs between the two sides on a file with this fault, or ''."""
    parties = (NewParty("us"), NewParty("eu"))
    deal = NewDeal("uk-india", "UK India", parties, (NewCommitment("steel-quota"),), date(2026, 1, 5))
    _, path, *_ = write_deal(rules, deal, Path(__file__).parent.parent / "rules")
    write_schema_files(rules)
    path.write_text(fault.text(path.read_text(encoding="utf-8")), encoding="utf-8")
    issues, told = check_rulebook(rules)[1], list(diagnostics(path, tools, node))
    ours = [(issue.line, issue.column, issue.code) for issue in issues if issue.code == fault.code]
    theirs = [found for found in told if re.search(fault.editor, found[2])]
    if ours and theirs and ours[0][:2] == theirs[0][:2]:
        return ""
    said = [(issue.line, issue.column, issue.code) for issue in issues]
    return f"{fault.new!r}:\n  command line: {ours or said}\n  editor:       {theirs or told}"


def diagnostics(path: Path, tools: Path, node: Path) -> Iterator[tuple[int, int, str]]:
    """What the editor shows for a file, in order of place."""
    done = subprocess.run(
        [NODE, str(tools / "yls.mjs"), str(path)],
        cwd=node,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=True,
    )
    found = [(int(told["line"]), int(told["column"]), told["message"]) for told in TOLD.finditer(done.stdout)]
    yield from sorted(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()) > 0)
