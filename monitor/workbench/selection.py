"""Which rules and scenarios a pattern such as `soybean*` means."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from monitor.rulebook.scenario_shape import Scenario

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything, or what one pattern means. Without a wildcard it may stand anywhere in a name; case does not count."""

    pattern: str = "*"

    def rule(self, rule: str) -> bool:
        """Whether a rule is meant: by its id or that of its commitment."""
        return self._means(rule) or self._means(rule.rpartition("/")[0])

    def scenario(self, scenario: Scenario) -> bool:
        """Whether a scenario is meant: by its name, its file or a commitment that it looks at."""
        names = (scenario.name, PurePosixPath(scenario.path).stem, *scenario.commitments)
        return any(map(self._means, names))

    def _means(self, name: str) -> bool:
        pattern = self.pattern.casefold()
        wild = pattern if _WILD & set(pattern) else f"*{pattern}*"
        return fnmatchcase(name.casefold(), wild)
