"""Which rules and scenarios a pattern such as `soybean*` means."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from monitor.rulebook.testing.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything, or what one pattern means. It may stand anywhere in a name; case does not count."""

    pattern: str = "*"

    def rule(self, rule: str) -> bool:
        """Whether a rule is meant: by its id or that of its commitment."""
        return self._means(rule) or self._means(rule.rpartition("/")[0])

    def scenario(self, scenario: Scenario) -> bool:
        """Whether a scenario is meant: by its name, its file or a commitment that it looks at."""
        names = (scenario.name, PurePosixPath(scenario.path).stem, *scenario.commitments)
        return any(map(self._means, names))

    def _means(self, name: str) -> bool:
        return fnmatchcase(name.casefold(), f"*{self.pattern.casefold()}*")
