"""`gives_way_to` of the commitments as the table `precedence` of their deal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from monitor.rulebook.compile.sets import sets_named, terms_of
from monitor.rulebook.lint.pattern_lists import parse_or_none
from monitor.rulebook.source.layout import Item, Node, node_of

_SET = re.compile(r"\{([^{}|()]+)\}")
_LONGEST_ROW = 120
"""Characters of an entry on one line, an estimate of what is read with ease."""
_KEYS = ("when", "unless", "since")


@dataclass
class _Row:
    """An entry of the table. of: the commitments that give way; says: the rest of it; node: where it stands, `of` first."""

    of: list[str]
    says: str
    node: Node


@dataclass
class PrecedenceTable:
    """The table of one deal. vocabulary: the names of the sets that every file of the older syntax sees."""

    deal: Node
    vocabulary: Collection[str]
    rows: list[_Row] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """(Commitment, set of its own) -> the name of the set in the deal."""

    def take(self, commitment: Node) -> Iterator[str]:
        """Move the entries of a commitment into the table. Yields where one goes that has to stay."""
        about = commitment.get("about") or Node()
        listed = about.get("gives_way_to")
        if listed is None:
            return
        own = {entry.key: entry for entry in (commitment.get("sets") or Node()).entries()}
        entries = listed.entries()
        bound = [number for number, item in enumerate(entries) if self._sees_others(item.value, own)]
        # What stays goes before the table, so all before it stays too.
        stay = bound[-1] + 1 if bound else 0
        for item in entries[stay:]:
            self._take(item, commitment, own)
        for item in entries[:stay]:
            yield str((item.value.get("commitment") or Node()).text)
        listed.items = entries[:stay]
        if not stay:
            about.remove("gives_way_to")

    def _sees_others(self, row: Node, own: Mapping[str, Item]) -> bool:
        """Whether its patterns name a set of the vocabulary that the deal has another of."""
        theirs = {entry.key for entry in (self.deal.get("sets") or Node()).entries()}
        return not theirs.isdisjoint((self._reached(row, own) - own.keys()) & set(self.vocabulary))

    def _take(self, item: Item, commitment: Node, own: Mapping[str, Item]) -> None:
        """Move one entry."""
        names = self._reached(item.value, own)
        owner = str((commitment.get("id") or Node()).text)
        called = self._copied({name: own[name] for name in own if name in names}, owner)
        row = {key: deepcopy(value) for key in _KEYS if (value := item.value.get(key)) is not None}
        for value in row.values():
            _rename(value, called)
        self._add(owner, str((item.value.get("commitment") or Node()).text), row, item.above)

    def _reached(self, node: Node, own: Mapping[str, Item]) -> set[str]:
        """The sets that patterns name, and those which the commitment's own among them name in turn."""
        found: set[str] = set()
        waiting = set(_names_in(node))
        while waiting:
            name = waiting.pop()
            found.add(name)
            if name in own:
                waiting |= set(_names_in(own[name].value)) - found
        return found

    def _copied(self, sets: Mapping[str, Item], owner: str) -> dict[str, str]:
        """Copy these sets to the deal. Returns what each of them is called there."""
        if not sets:
            return {}
        target = self.deal.get("sets")
        if target is None:
            target = self.deal.put("sets", Node(items=[], mapping=True), ("parties", "gate", "precedence")).value
        new = [name for name in sets if (owner, name) not in self.names]
        for name in new:
            self.names[owner, name] = self._name_there(sets, name, owner, target)
        called = {name: self.names[owner, name] for name in sets}
        for name in new:
            if target.get(called[name]) is None:
                copy = deepcopy(sets[name])
                copy.key, copy.lines = called[name], []
                _rename(copy.value, called)
                target.entries().append(copy)
        return called

    def _name_there(self, sets: Mapping[str, Item], name: str, owner: str, target: Node) -> str:
        """The name of a set in the deal: its own, if that is free there or means the same."""
        known, words = target.get(name), sets[name].value
        same = known is not None and known.plain() == words.plain() and sets.keys().isdisjoint(_names_in(words))
        if same or (known is None and name not in self.vocabulary):
            return name
        other = f"{name}_of_{owner.replace('-', '_')}"
        while target.get(other) is not None or other in self.vocabulary:
            other += "_"
        return other

    def _add(self, owner: str, to: str, row: Mapping[str, Node], above: list[str]) -> None:
        """Write a row, or have the commitment join one that says the same, if its own rows keep their order."""
        table = self.deal.get("precedence")
        if table is None:
            table = self.deal.put("precedence", Node(items=[]), ("reader", "effects", "rulings")).value
        says = repr((to, {key: value.plain() for key, value in row.items()}))
        last = max((number for number, known in enumerate(self.rows) if owner in known.of), default=-1)
        for known in self.rows[last + 1 :]:
            if known.says == says:
                known.of.append(owner)
                known.node.entries()[0].value = node_of(list(known.of), flow=True)
                return
        comment = " ".join(line.lstrip("# ").strip() for line in above if line).strip().rstrip(".")
        kind = {"kind": node_of(comment)} if comment else {}
        values = {"of": node_of([owner], flow=True), "to": node_of(to), **row, **kind}
        node = Node(items=[Item(value, key) for key, value in values.items()], mapping=True)
        node.flow = len(repr(node.plain())) <= _LONGEST_ROW
        # Before the rows that the deal has: a commitment's own went before those.
        table.entries().insert(len(self.rows), Item(node))
        self.rows.append(_Row([owner], says, node))


def _names_in(node: Node) -> Iterator[str]:
    if node.items is not None:
        for item in node.items:
            yield from _names_in(item.value)
    elif isinstance(node.text, str) and "{" in node.text and (pattern := parse_or_none(node.text)) is not None:
        yield from sets_named(pattern)


def _rename(node: Node, called: Mapping[str, str]) -> None:
    """Have the patterns name these sets by their other names."""
    for item in node.entries():
        item.lines = []
        _rename(item.value, called)
    if isinstance(node.text, str) and any(f"{{{name}" in node.text or f" {name}" in node.text for name in called):
        node.text, node.written = _SET.sub(lambda match: _renamed(match[1], called), node.text), ""


def _renamed(reference: str, called: Mapping[str, str]) -> str:
    (_, first), *others = terms_of(reference)
    rest = "".join(f" {sign} {called.get(name, name)}" for sign, name in others)
    return f"{{{called.get(first, first)}{rest}}}"
