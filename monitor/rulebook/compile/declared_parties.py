"""The parties that rule files declare, with their names and words, and issues for every undeclared one.

A deal declares its parties, mostly with the words of the vocabulary: `parties: {eu: {}, us: {}}`. Publishers and
speakers can speak for any of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from monitor.domain.model import sides
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import pattern_entries
from monitor.rulebook.schema.models import CommitmentShape, DeadlineShape, PartyShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath, closest_word

WORDS_OF_ALL = frozenset({sides.BOTH, sides.COMPANY, "third"})
"""Those who act in every deal: the vocabulary has their words, and no file declares them."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9. -]*")
"""English words without pattern syntax."""
_SPEAKING = frozenset({sides.COMPANY, "data", "press"})
_ACTING = frozenset({sides.COMPANY, "third", "unknown"})
_HINT = "declare it in deal.yaml: parties: {eu: {}} if the vocabulary names it, else {eu: {name: the EU, words: [EU]}}"
Declaration = tuple[RuleSource, PartyShape]


def declared_names(files: RuleFiles) -> sides.Parties:
    """The names of all declared parties."""
    named, words = dict[str, str](), dict[str, dict[str, None]]()
    for party, (source, shape) in _declarations(files, files.deals):
        if shape.name:
            named[party] = " ".join(shape.name.split())
        texts = (entry.text for entry in pattern_entries(source, ("parties", party), shape))
        words.setdefault(party, {}).update(dict.fromkeys(filter(_PLAIN.fullmatch, texts)))
    return sides.Parties(
        {party: sides.Side(name, words=tuple(words[party])) for party, name in sorted(named.items())},
        frozenset(sides.parties_in(pair) for deal in files.deals if (pair := sides.pair_of(of_deal(files, deal)))),
    )


def words_of(party: str, own: Declaration, files: RuleFiles) -> Declaration:
    """The declaration with the words of a party: the one of the deal, or of the vocabulary."""
    shared = dict(_declarations(files, ())).get(party)
    return own if shared is None or pattern_entries(own[0], (), own[1]) else shared


def of_deal(files: RuleFiles, deal: str) -> Mapping[str, Declaration]:
    """The parties of a deal, declared or taken from the vocabulary, in file order."""
    if deal not in files.deals:
        return {}
    source, shape = files.deals[deal]
    return {party: (source, words) for party, words in shape.parties.items()}


def _declarations(files: RuleFiles, deals: Collection[str]) -> Iterator[tuple[str, Declaration]]:
    """The parties of the vocabulary, then those of these deals."""
    shared = dict[str, Declaration]()
    for source, shape in files.vocabulary:
        own = ((party, words) for party, words in shape.parties.items() if party not in WORDS_OF_ALL)
        shared |= {party: (source, words if isinstance(words, PartyShape) else PartyShape()) for party, words in own}
    yield from shared.items()
    for deal in deals:
        yield from of_deal(files, deal).items()


# ---------------------------------------------------------------- issues


def party_issues(files: RuleFiles) -> Iterator[Issue]:
    """An issue for every declaration without name or words, and for every undeclared party."""
    if files.faulty_vocabulary:
        return  # the declarations of an invalid file are unknown
    yield from _declared(files)
    if any(deal not in files.deals for _, _, deal in files.commitments):
        return
    everywhere = {party for party, _ in _declarations(files, files.deals)}
    if files.sources is not None:
        source, sources = files.sources
        for number, publisher in enumerate(sources.publishers):
            known = {"", sides.COMPANY, *everywhere}
            yield from _unknown(source, publisher.side, known, ("publishers", number, "side"))
    for source, vocabulary in files.vocabulary:
        for number, speaker in enumerate(vocabulary.speakers):
            known = {*_SPEAKING, *everywhere}
            yield from _unknown(source, speaker.side, known, ("speakers", number, "side"))
    for source, commitment, deal in files.commitments:
        yield from _of_commitment(source, commitment, {*of_deal(files, deal)})


def _of_commitment(source: RuleSource, commitment: CommitmentShape, declared: set[str]) -> Iterator[Issue]:
    """Issues of the parties that one commitment names. declared: those of its deal."""
    together = sides.JOINT in commitment.owed_by
    declared |= {sides.BOTH} if sides.pair_of(declared) else set()
    owing = declared - {sides.BOTH} if together else declared | sides.NEED_NO_DECLARATION
    yield from _unknown(source, commitment.owed_by, owing, ("owed_by",))
    acting = {*_ACTING, *declared}
    yield from _unknown(source, commitment.defaults.by.value, acting, ("defaults", "by"))
    for number, act in enumerate(commitment.acts):
        yield from _unknown(source, act.by.value, acting, ("acts", number, "by"))
    saying = {*sides.NEED_NO_DECLARATION, *_SPEAKING, *declared}
    for number, baseline in enumerate(commitment.baselines):
        for at, side in enumerate(baseline.unconfirmed):
            yield from _unknown(source, side, saying, ("baselines", number, "unconfirmed", at))
    for where, said_by in _named_dates(commitment):
        yield from _unknown(source, said_by, saying, where)


def _named_dates(commitment: CommitmentShape) -> Iterator[tuple[ValuePath, str]]:
    """Where a date of the commitment says who names it, and who that is."""
    lists: list[tuple[ValuePath, list[DeadlineShape]]] = [(("related",), commitment.related)]
    lists += [(("baselines", nth, "deadlines"), each.deadlines) for nth, each in enumerate(commitment.baselines)]
    for where, dates in lists:
        yield from (((*where, at, "said_by"), date.said_by) for at, date in enumerate(dates))


def _declared(files: RuleFiles) -> Iterator[Issue]:
    """Issues of the declarations. The vocabulary comes first, because deals can take its names."""
    named: dict[str, tuple[str, str]] = {}
    for source, vocabulary in files.vocabulary:
        for party in WORDS_OF_ALL & vocabulary.parties.keys():
            if isinstance(shape := vocabulary.parties[party], PartyShape) and shape.name:
                yield source.issue(
                    "party_name", f"{party!r} cannot be renamed", ("parties", party, "name"), "delete it"
                )
        yield from _own(source, vocabulary.parties.keys() - WORDS_OF_ALL)
    for source, deal in files.deals.values():
        yield from _own(source, deal.parties.keys())
    for party, own in _declarations(files, files.deals):
        source, shape = own
        yield from _name(party, source, shape, named)
        if not pattern_entries(source, (), words_of(party, own, files)[1]):
            message, hint = f"the party {party!r} has no words", f"{party}: {{name: …, words: [EU, Brussels]}}"
            yield source.issue("party_words", message, ("parties", party), hint, key=True)


def _own(source: RuleSource, declared: Collection[str]) -> Iterator[Issue]:
    """Issues of the ids of one file: each must be an id, and each part of `eu+us` a party."""
    for party in declared:
        where, apart = ("parties", party), sides.parties_in(party)
        if not sides.is_party(party):
            message = f"{party!r} cannot be declared: it has a meaning in every deal, or is no id"
            yield source.issue("party_id", message, where, "an id is one word in small letters, such as eu", key=True)
        elif sides.joint(apart) != party:
            yield source.issue(
                "party_id", f"{party!r} is not in order", where, f"write {sides.joint(apart)!r}", key=True
            )
        for part in sorted(apart - {*declared}):
            message = f"there is no party {part!r}"
            yield source.issue("unknown_party", message, where, f"declare it too: {part}: {{…}}", key=True)


def _name(party: str, source: RuleSource, shape: PartyShape, named: dict[str, tuple[str, str]]) -> Iterator[Issue]:
    """Issues of the name of one party. `named` has the names found so far, each with its file."""
    where = ("parties", party)
    if sides.JOINT in party:
        if shape.name:
            message = "several parties together have no name of their own"
            yield source.issue("party_name", message, (*where, "name"), "delete it")
        return
    if not shape.name and party not in named:
        message, hint = f"the party {party!r} has no name", f"{party}: {{name: …, words: […]}}"
        yield source.issue("party_name", message, where, hint, key=True)
    if shape.name:
        name, path = named.setdefault(party, (shape.name, source.path))
        if name != shape.name:
            yield source.issue("party_name", f"the party {party!r} is called {name!r} in {path}", (*where, "name"))


def _unknown(source: RuleSource, word: str, known: Collection[str], where: ValuePath) -> Iterator[Issue]:
    """An issue for each unknown party in a word."""
    for party in word.split(sides.JOINT):
        if party == sides.BOTH and party not in known:
            message, hint = "'both' needs a deal that declares two parties", "write a list of parties, such as [eu, us]"
            yield source.issue("unknown_party", message, where, hint)
        elif party not in known:
            near = closest_word(party, known)
            hint = f"did you mean {near!r}?" if near else _HINT
            yield source.issue("unknown_party", f"there is no party {party!r}", where, hint)
