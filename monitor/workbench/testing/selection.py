"""Which rules and scenarios a pattern such as `soybean*` selects."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from monitor.rulebook.testing.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything, or what one pattern selects. It may stand anywhere in a name; case does not count."""

    pattern: str = "*"

    def rule(self, rule: str) -> bool:
        """Whether a rule is selected: by its id or that of its commitment."""
        return self._fits(rule) or self._fits(rule.rpartition("/")[0])

    def scenario(self, scenario: Scenario) -> bool:
        """Whether a scenario is selected: by its name, its file or a commitment that it is about."""
        return any(map(self._fits, (scenario.name, PurePosixPath(scenario.path).stem, *scenario.commitments)))

    def _fits(self, name: str) -> bool:
        return fnmatchcase(name.casefold(), f"*{self.pattern.casefold()}*")
