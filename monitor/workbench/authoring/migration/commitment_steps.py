"""One file of a commitment from the older syntax to the new one, step by step: each changes its tree, and none what it reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date

from monitor.rulebook.compile.defaults import ANY_PHASE
from monitor.rulebook.source.example_lines import ExampleLine
from monitor.rulebook.source.layout import Item, Node, node_of

UNSORTED = "unsorted"
"""The kind of news that an exclusion keeps out, where no comment names one."""
_LONGEST_KIND = 70
"""Characters: as long as a key reads with ease. A longer comment is cut where a part of it ends."""
_PART_ENDS = (re.compile(r", "), re.compile(r" (?:and|or|that|which|but|than|on|of|for) "), re.compile(" "))
"""Where it may be cut, the best first."""
_CLAUSE_END = re.compile(r"[:;.(]\s|[:;.]$|\s[-\u2013\u2014]\s")
_BEFORE_ACTS = ("acts",)
_AFTER_CONDITIONS = ("when_status", "by", "object", "stalls", "step", "terms", "notes", "references")


def examples_apart(commitment: Node, example_file: Callable[[str, ExampleLine], None]) -> None:
    """Take the examples out of every act. example_file: gets the comments above each of them, and the line that it becomes."""
    for act in _acts(commitment):
        found = act.remove("examples")
        for item in found.value.entries() if found is not None else ():
            fields = {name: item.value.get(name) for name in ("text", "effect", "summary", "published")}
            text, effect, summary, day = (_text(field) for field in fields.values())
            comments = "\n".join([*(line for line in item.above if line), *filter(None, [item.beside])])
            example_file(comments, ExampleLine(0, _text(act.get("id")), effect, _day(day), text, summary))


def kinds_of_exclusions(commitment: Node) -> None:
    """`none` becomes `not`, by kind of news; `never` gets kinds too."""
    about = commitment.get("about")
    for node in (*([about] if about is not None else []), *_acts(commitment)):
        older = node.item("none")
        if older is not None:
            by_kind = _by_kind(older.value, node.get("not"))
            if node.get("not") is not None:
                node.remove("none")
            else:
                older.key, older.value = "not", by_kind
    never = about.item("never") if about is not None else None
    if never is not None and not never.value.mapping:
        never.value = _by_kind(never.value, None)


def _by_kind(listed: Node, known: Node | None) -> Node:
    """A list of patterns as a mapping: the comment above a pattern names the kind of it and of those below it."""
    kinds = known if known is not None else Node(items=[], mapping=True)
    kind, comment = UNSORTED, list[str]()
    for item in listed.entries():
        told = [line for line in item.above if line]
        if told:
            kind, whole = _kind_of(told)
            comment = [] if whole else told
        item.above = []
        own = kinds.item(kind)
        if own is None:
            own = kinds.put(kind, Node(items=[]))
            own.above = comment
        elif own.value.items is None:
            own.value = Node(items=[Item(own.value)])
        own.value.entries().append(item)
    for own in kinds.entries():
        if len(own.value.entries()) == 1 and not own.value.entries()[0].beside:
            own.value = own.value.entries()[0].value
    kinds.flow = len(kinds.entries()) == 1 and kinds.entries()[0].value.items is None
    return kinds


def _kind_of(comment: list[str]) -> tuple[str, bool]:
    """The kind of news that a comment names, and whether that is all it says."""
    text = " ".join(line.lstrip("# ").strip() for line in comment).strip()
    end = _CLAUSE_END.search(text)
    kind = text[: end.start()] if end is not None else text
    if len(kind) > _LONGEST_KIND:
        kind = next(filter(None, (_up_to(end, kind) for end in _PART_ENDS)), kind[:_LONGEST_KIND])
    kind = re.sub(r"[\"`]", "", kind).strip()
    return kind or UNSORTED, kind == text.rstrip(".")


def _up_to(end: re.Pattern[str], text: str) -> str:
    """A text up to the last of these ends within the longest kind; '' if there is none."""
    return max((text[: found.start()] for found in end.finditer(text, 0, _LONGEST_KIND)), key=len, default="")


def named_phases(commitment: Node) -> None:
    """The same days of several acts become a phase, named after them."""
    days = [(act, own) for act in _acts(commitment) if (own := _days(act)) is not None]
    counts = Counter(own for _, own in days)
    repeated = {own: _phase_name(*own) for own, count in counts.items() if count > 1}
    if not repeated:
        return
    phases = commitment.get("phases")
    if phases is None:
        phases = commitment.put("phases", Node(items=[], mapping=True), _BEFORE_ACTS).value
    for own, name in repeated.items():
        if phases.get(name) is None:
            phases.put(
                name, node_of({key: day for key, day in zip(("from", "until"), own, strict=True) if day}, flow=True)
            )
    for act, own in days:
        if own in repeated and act.get("in") is None:
            act.put("in", node_of(repeated[own]), ("only_if",))
            _remove_condition(act, "published")


def _phase_name(first: str, last: str) -> str:
    return f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"


def _days(act: Node) -> tuple[str, str] | None:
    published = (act.get("only_if") or Node()).get("published")
    if published is None or not published.mapping:
        return None
    return _text(published.get("from")), _text(published.get("until"))


def shared_defaults(commitment: Node) -> None:
    """What most acts say alike is said once; an act that says nothing of it says so."""
    acts = _acts(commitment)
    _default(commitment, "by", [act.get("by") for act in acts], _own_by)
    _default(commitment, "in", [act.get("in") for act in acts], _own_phase)
    documents = [(act.get("only_if") or Node()).get("document") for act in acts]
    _default(commitment, "document", documents, _own_document)


def _default(commitment: Node, key: str, values: list[Node | None], own: Callable[[Node, bool], None]) -> None:
    """Make the most frequent of these values the default. own: takes it out of an act that has it, or keeps it from one."""
    defaults = commitment.get("defaults")
    if defaults is not None and defaults.get(key) is not None:
        return
    told = Counter(repr(value.plain()) for value in values if value is not None)
    most, count = told.most_common(1)[0] if told else ("", 0)
    lacking = sum(value is None for value in values)
    if 2 * count <= len(values) or count < lacking + 2:
        return
    if defaults is None:
        defaults = commitment.put("defaults", Node(items=[], mapping=True, flow=True), _BEFORE_ACTS).value
    example = next(value for value in values if value is not None and repr(value.plain()) == most)
    defaults.put(key, node_of(example.plain(), flow=True))
    for act, value in zip(_acts(commitment), values, strict=True):
        if value is None or repr(value.plain()) == most:
            own(act, value is not None)


def _own_by(act: Node, has: bool) -> None:
    if has:
        act.remove("by")
    else:
        act.put("by", node_of("unknown"), ("object", "terms", "step", "notes"))


def _own_phase(act: Node, has: bool) -> None:
    if has:
        act.remove("in")
    else:
        act.put("in", node_of(ANY_PHASE), ("only_if", "by"))


def _own_document(act: Node, has: bool) -> None:
    if has:
        _remove_condition(act, "document")
        return
    only = act.get("only_if")
    if only is None:
        only = act.put("only_if", Node(items=[], mapping=True, flow=True), _AFTER_CONDITIONS).value
    only.put("document", node_of([], flow=True))


def _remove_condition(act: Node, key: str) -> None:
    only = act.get("only_if")
    if only is not None:
        only.remove(key)
        if not only.entries():
            act.remove("only_if")


def _acts(commitment: Node) -> list[Node]:
    return [item.value for item in (commitment.get("acts") or Node()).entries()]


def _text(node: Node | None) -> str:
    return str(node.text) if node is not None and node.text is not None else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
