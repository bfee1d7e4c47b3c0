"""Patterns written anew: several forms of a verb as `<verb>`, and Chinese in simplified characters, each entry once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from monitor.domain.text.chinese_script import is_traditional, simplified
from monitor.domain.text.inflection import participles, verb_forms
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.word_regex import PatternError

_PIECE = re.compile(r"/(?:[^/\\\s]|\\.)+/(?=[\s()|~.]|$)|\{[^{}]*\}|<[^<>]*>|[()|]|[^()|{}<>/]+|.", re.DOTALL)
_PLAIN_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*(?: [a-z]+)*")
_ONE_THING = re.compile(r"<[^<>]*>|\{[^{}]*\}|[\w\-*]+")
_LONGEST_RUN = 80
"""Characters without a blank, at which a line could be broken, an estimate of what fits beside any key."""


class Forms(IntEnum):
    """Which forms of a verb must be listed before `<verb>` stands for them."""

    ALL = 0
    """All that it stands for: the same words are read."""
    FINITE = 1
    """Base form, third person and past, as in headlines: participles may come in."""
    SOME = 2
    """Two of them, one that no noun has."""


@dataclass
class Wording:
    """How patterns are to be written. known: words that stand in the folder by themselves, among which are the base forms of verbs;
    spared: verbs that need all their forms in any case; widened: verb -> the forms that came in with it."""

    forms: Forms
    known: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    widened: dict[str, set[str]] = field(default_factory=dict)

    def pattern(self, text: str) -> str:
        """One pattern; as it is, if it has a fault or none of this in it."""
        found = self._of_pieces(text)
        if found == text:
            return text
        try:
            parse_pattern(found)
        except PatternError:
            return text
        return found

    def entries(self, texts: Sequence[str]) -> list[tuple[int, str]]:
        """The entries of a list, with the number of the one that each of them comes from."""
        written = [self.pattern(text) for text in texts]
        return list(self._collapsed(written))

    def _collapsed(self, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """These with verbs in place of their forms, and each entry once."""
        verb_of = self._verbs_in([text for text in texts if _PLAIN_WORDS.fullmatch(text)])
        seen: set[str] = set()
        for number, text in enumerate(texts):
            entry = f"<{verb_of[text]}>" if text in verb_of else text
            if entry not in seen:
                seen.add(entry)
                yield number, entry

    def _verbs_in(self, words: Collection[str]) -> dict[str, str]:
        """Form -> its verb, for the verbs of which enough is listed."""
        found: dict[str, str] = {}
        listed = set(words)
        for base in [*words, *self._bases_elsewhere(listed)]:
            forms = _forms_of(base)
            if base not in found and forms and self._enough(base, forms, listed):
                found |= {form: base for form in forms if form in listed and form not in found}
                if added := {form for form in forms if form not in listed}:
                    self.widened.setdefault(base, set()).update(added)
        return found

    def _bases_elsewhere(self, listed: Collection[str]) -> list[str]:
        """Verbs that could have one of these forms, and whose base form stands somewhere else in the folder."""
        if self.forms is not Forms.SOME:
            return []
        return sorted({base for word in listed for base in _maybe_bases(word)} & self.known - set(listed))

    def _enough(self, base: str, forms: Sequence[str], listed: Collection[str]) -> bool:
        if all(form in listed for form in forms):
            return True
        if self.forms is Forms.ALL or base in self.spared:
            return False
        of_verb = _Classed.of(base, forms)
        if self.forms is Forms.SOME:
            named = [form for form in forms if form in listed]
            return len(named) > 1 and any(form in listed for form in (*of_verb.past, *of_verb.ing) if form != base)
        finite = base in listed and any(form in listed for form in of_verb.third)
        # Of "cut" and "put" the forms without -ing are those of a noun too.
        told_apart = base not in of_verb.past or any(form in listed for form in of_verb.ing)
        return finite and told_apart and any(form in listed for form in of_verb.past)

    # ------------------------------------------------------------ groups

    def _of_pieces(self, text: str) -> str:
        """A pattern with its groups written anew."""
        folded = simplified(text) if is_traditional(text) else text
        pieces = _PIECE.findall(folded)
        at = 0

        def options() -> list[str]:
            """The options up to the end of the group, or of the pattern."""
            nonlocal at
            found = [""]
            while at < len(pieces) and pieces[at] != ")":
                piece = pieces[at]
                at += 1
                if piece == "|":
                    found.append("")
                elif piece == "(":
                    inner = options()
                    at += 1
                    found[-1] += self._group(inner)
                else:
                    found[-1] += piece
            return found

        if folded.count("(") != folded.count(")"):
            return text
        whole = "|".join(options())
        return _breakable(whole)

    def _group(self, options: list[str]) -> str:
        bare = [option.strip() for option in options]
        found = [text for _, text in self._collapsed(bare)]
        if found == bare:
            return f"({'|'.join(options)})"
        verbs = [text[1:-1] for text in found if text.startswith("<") and text not in bare]
        if verbs:
            first = found.index(f"<{verbs[0]}>")
            found[first] = f"<{'/'.join(verbs)}>"
            found = [text for number, text in enumerate(found) if number <= first or text[1:-1] not in verbs]
        return found[0] if len(found) == 1 and _ONE_THING.fullmatch(found[0]) else f"({'|'.join(found)})"


@dataclass(frozen=True)
class _Classed:
    """The forms of a verb by what they are."""

    third: tuple[str, ...]
    past: tuple[str, ...]
    ing: tuple[str, ...]

    @classmethod
    def of(cls, base: str, forms: Sequence[str]) -> _Classed:
        passive = participles(base)
        first = {form: form.partition(" ")[0] for form in forms}
        ing = tuple(form for form in forms if first[form].endswith("ing") and form != base and form not in passive)
        third = tuple(form for form in forms if first[form].endswith("s") and form != base and form not in passive)
        rest = tuple(form for form in forms if form not in (*ing, *third, base))
        past = tuple(form for form in rest if form not in passive) or passive
        return cls(third, past, ing)


def _breakable(text: str) -> str:
    """A pattern in which a long group has blanks here and there, at which a line may end. Between options they mean nothing."""
    if all(len(run) <= _LONGEST_RUN for run in text.split()):
        return text
    written, run = "", 0
    for piece in (part for found in _PIECE.findall(text) for part in re.split(r"(?<=\s)", found)):
        if written.endswith("|") and run + len(piece) > _LONGEST_RUN:
            written, run = f"{written} ", 0
        written += piece
        run = 0 if piece[-1:].isspace() else run + len(piece)
    return written


def _forms_of(base: str) -> tuple[str, ...]:
    """All forms of a verb in its base form; none of what is no verb in its base form."""
    try:
        return verb_forms(base)
    except ValueError:
        return ()


def _maybe_bases(form: str) -> Iterator[str]:
    """What a form could come from, by its ending."""
    first, blank, particle = form.partition(" ")
    for cut in (1, 2, 3, 4):
        for ending in ("", "e", "y"):
            yield f"{first[:-cut]}{ending}{blank}{particle}"
