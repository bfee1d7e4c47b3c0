"""From a difference between readers and rules to the example that shows it: which act it belongs to, what it must read."""

from __future__ import annotations

from collections import Counter

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect
from monitor.domain.reading.drift import Compared
from monitor.domain.reading.parts import in_family
from monitor.rulebook.testing.examples import NOT_ABOUT
from monitor.workbench.authoring.add_example import rules_with_examples


def expected_of(own: Compared) -> str:
    """What an example must read by the reader: an effect, or `not_about` where it does not see the commitment."""
    return own.effect.value if own.effect is not None else NOT_ABOUT


def act_of(own: Compared, rulebook: Rulebook) -> str:
    """The act that an example of a difference belongs to: the one that read it, else the one of the same part with the most
    examples of the reader's effect, else the first act of the promise. '' if it has none."""
    known = rules_with_examples(rulebook)
    if own.rule in known:
        return own.rule
    of_effect = _examples_of(own.effect, rulebook)
    acts = [name for name, info in known.items() if in_family(info.commitment, own.commitment) and not info.outside]
    return min(
        acts,
        key=lambda name: (known[name].commitment != own.part, known[name].weak, -of_effect[name], known[name].line),
        default="",
    )


def _examples_of(effect: Effect | None, rulebook: Rulebook) -> Counter[str]:
    """Act -> its examples of an effect."""
    return Counter(example.rule for example in rulebook.examples if example.effect is effect)
