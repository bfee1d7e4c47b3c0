"""What each file sees of the sets: its own, and those of the files of vocabulary that it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import WordSets, pattern_entries
from monitor.rulebook.schema.models import SetWords
from monitor.rulebook.source.source_map import RuleSource, did_you_mean


class Scopes:
    """The sets of a folder of rules, each file with its own view of them. What is wrong goes to `issues`."""

    def __init__(self, files: RuleFiles, issues: list[Issue]) -> None:
        self._issues, self._faulty = issues, files.faulty_vocabulary
        self.vocabulary: dict[str, WordSets] = {}
        """By the name of the file without .yaml."""
        for source, shape in files.vocabulary:
            self.vocabulary[stem_of(source)] = self._file(source, shape.use, shape.sets)
        for (source, shape), sets in zip(files.vocabulary, self.vocabulary.values(), strict=True):
            self._check_use(source, shape.use)
            sets.resolve_all()

    def of_vocabulary(self, source: RuleSource) -> WordSets:
        """The sets that a file of vocabulary sees."""
        return self.vocabulary[stem_of(source)]

    def of_file(self, source: RuleSource, use: Sequence[str] | None, sets: Mapping[str, SetWords]) -> WordSets:
        """The sets that the file of a commitment or a deal sees."""
        self._check_use(source, use)
        own = self._file(source, use, sets)
        own.resolve_all()
        return own

    def _file(self, source: RuleSource, use: Sequence[str] | None, sets: Mapping[str, SetWords]) -> WordSets:
        entries = {name: pattern_entries(source, ("sets", name), words) for name, words in sets.items()}
        partial = bool(self._faulty if use is None else self._faulty.intersection(use))
        return WordSets(entries, self._issues, self.vocabulary, use, partial)

    def _check_use(self, source: RuleSource, use: Sequence[str] | None) -> None:
        for number, name in enumerate(use or ()):
            if name not in self.vocabulary and name not in self._faulty:
                hint = did_you_mean(name, self.vocabulary)
                message = f"there is no file {name}.yaml in the vocabulary"
                self._issues.append(source.issue("unknown_vocabulary", message, ("use", number), hint))


def stem_of(source: RuleSource) -> str:
    """The name of a file without its folder and ending."""
    return PurePosixPath(source.path).stem
