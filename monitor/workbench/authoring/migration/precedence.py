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
class PrecedenceTable:
    """The table of one deal. vocabulary: the names of the sets that every file of the older syntax sees."""

    deal: Node
    vocabulary: Collection[str]
    rows: list[tuple[list[str], str]] = field(default_factory=list)
    """Of each entry: the commitments that give way, and what else it says."""

    def take(self, commitment: Node) -> Iterator[str]:
        """Move the entries of a commitment into the table. Yields where one goes that has to stay."""
        about = commitment.get("about") or Node()
        listed = about.get("gives_way_to")
        if listed is None:
            return
        left: list[Item] = []
        for item in listed.entries():
            # The first entry that fits decides: what follows one that stays has to stay too.
            if left or not self._take(item, commitment):
                left.append(item)
                yield str((item.value.get("commitment") or Node()).text)
        listed.items = left
        if not left:
            about.remove("gives_way_to")

    def _take(self, item: Item, commitment: Node) -> bool:
        """Move one entry; False if its patterns name a set that the deal has another of."""
        own = {entry.key: entry for entry in (commitment.get("sets") or Node()).entries()}
        names = self._reached(item.value, own)
        theirs = {entry.key for entry in (self.deal.get("sets") or Node()).entries()}
        if any(name in theirs for name in names - own.keys() if name in self.vocabulary):
            return False
        owner = str((commitment.get("id") or Node()).text)
        called = self._copied({name: own[name] for name in own if name in names}, owner)
        row = {key: deepcopy(value) for key in _KEYS if (value := item.value.get(key)) is not None}
        for value in row.values():
            _rename(value, called)
        self._add(owner, str((item.value.get("commitment") or Node()).text), row, item.above)
        return True

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
        """Copy these sets to the deal. Returns the names of those that it has to call otherwise."""
        if not sets:
            return {}
        target = self.deal.get("sets")
        if target is None:
            target = self.deal.put("sets", Node(items=[], mapping=True), ("parties", "gate", "precedence")).value
        suffix = f"_of_{owner.replace('-', '_')}"
        called = {}
        for name, item in sets.items():
            known = target.get(name)
            if known is not None and known.plain() != item.value.plain():
                called[name] = name + suffix
        for name, item in sets.items():
            if target.get(called.get(name, name)) is None:
                copy = deepcopy(item)
                copy.key, copy.lines = called.get(name, name), []
                _rename(copy.value, called)
                target.entries().append(copy)
        return called

    def _add(self, owner: str, to: str, row: Mapping[str, Node], above: list[str]) -> None:
        comment = " ".join(line.lstrip("# ").strip() for line in above if line).strip().rstrip(".")
        says = repr((to, {key: value.plain() for key, value in row.items()}))
        table = self.deal.get("precedence")
        if table is None:
            table = self.deal.put("precedence", Node(items=[]), ("reader", "effects", "rulings")).value
            self.rows = []
        offset = len(table.entries()) - len(self.rows)
        last = max((number for number, (of, _) in enumerate(self.rows) if owner in of), default=-1)
        for number, (of, known) in enumerate(self.rows):
            if known == says and number > last:
                of.append(owner)
                entry = table.entries()[offset + number].value.item("of")
                if entry is not None:
                    entry.value = node_of(list(of), flow=True)
                return
        values = {"of": node_of([owner], flow=True), "to": node_of(to), **row}
        if comment:
            values["kind"] = node_of(comment)
        entry_node = Node(items=[Item(value, key) for key, value in values.items()], mapping=True)
        entry_node.flow = len(repr(entry_node.plain())) <= _LONGEST_ROW and "#" not in repr(entry_node.plain())
        table.entries().append(Item(entry_node))
        self.rows.append(([owner], says))


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
