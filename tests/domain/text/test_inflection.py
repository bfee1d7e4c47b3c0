import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from monitor.domain.text.inflection import agreeing, noun_forms, participles, verb_forms
from monitor.domain.text.pattern_syntax import PatternError, read_angle
from monitor.domain.text.patterns import Inflected, WordClass
from tests.builders.tables import table

RULES = Path(__file__).parents[3] / "rules"
SLIPS = frozenset({"gone", "lower", "playing", "skies", "swinging", "swore"})
"""Forms that the dictionary leads to a word of another kind or to none."""


def file_of(name: str) -> str:
    """A file of words beside this module."""
    return (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")


# ---------------------------------------------------------------- verbs


def test_a_verb_has_base_third_person_past_participle_and_ing_form() -> None:
    given = [line.split(": ") for line in file_of("verb_forms").splitlines()]
    assert [(verb, verb_forms(verb)) for verb, _ in given] == [
        (verb, tuple(forms.split(", "))) for verb, forms in given
    ]


def test_participles_are_what_a_passive_takes() -> None:
    cases = [
        ("tear up", "torn up"),
        ("put", "put"),
        ("prove", "proved, proven"),
        ("ban", "banned"),
        ("undercut", "undercut"),
    ]
    assert [(verb, participles(verb)) for verb, _ in cases] == [(verb, tuple(past.split(", "))) for verb, past in cases]


def test_british_and_american_spellings_of_a_verb_are_one() -> None:
    for british, american, some in table("inflection", "british_and_american_spellings_of_a_verb_are_one"):
        assert set(verb_forms(british)) == set(verb_forms(american)), british
        assert verb_forms(british)[0] == british, british
        assert {british, american, *some.split()} <= set(verb_forms(american)), british
    others = ["cancel", "travel", "level", "label", "signal", "fuel", "dial", "equal", "unravel"]
    assert [(verb, set(verb_forms(verb))) for verb in others] == [
        (verb, {verb, f"{verb}s"} | {f"{verb}{ending}" for ending in ("ed", "led", "ing", "ling")}) for verb in others
    ]
    further = ["rise", "advise", "compromise", "franchise", "seize", "promise", "surprise", "size"]
    for verb in further:
        other = verb[:-2] + ("ze" if verb.endswith("se") else "se")
        assert other not in verb_forms(verb), verb


# ---------------------------------------------------------------- nouns


def test_a_noun_has_singular_and_plural_in_all_spellings() -> None:
    given = [line.split(": ") for line in file_of("noun_forms").splitlines()]
    assert [(noun, noun_forms(noun)) for noun, _ in given] == [
        (noun, tuple(forms.split(", "))) for noun, forms in given
    ]


def test_a_noun_has_the_other_spelling_too_where_there_is_one() -> None:
    for noun, other in table("inflection", "a_noun_has_the_other_spelling_too_where_there_is_one"):
        assert other in noun_forms(noun), noun
    others = ["four", "hour", "tour", "exercise", "advertiser", "visa", "prize", "minor", "check"]
    for noun in others:
        assert {form[:3] for form in noun_forms(noun)} == {noun[:3]}, noun
        assert len(noun_forms(noun)) == 2, noun


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(("text", "says"), table("inflection", "what_is_no_verb_in_its_base_form_is_refused"))
def test_what_is_no_verb_in_its_base_form_is_refused(text: str, says: str) -> None:
    for forms in (verb_forms, participles):
        with pytest.raises(ValueError, match=says):
            forms(text)


@pytest.mark.parametrize(("text", "says"), table("inflection", "what_is_no_noun_in_the_singular_is_refused"))
def test_what_is_no_noun_in_the_singular_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        noun_forms(text)


# ---------------------------------------------------------------- against a dictionary


@pytest.fixture(scope="module")
def dictionary() -> Mapping[str, str]:
    """A form -> the base form that a dictionary gives it."""
    return DefaultDictionaryFactory().get_dictionary("en")


@cache
def named_in_the_rules(word_class: WordClass) -> frozenset[str]:
    """The verbs or nouns that stand in angle brackets in the shipped rules."""
    found = set[str]()
    for file in sorted(RULES.rglob("*.yaml")):
        for angle in re.findall(r"<([^<>]+)>", file.read_text(encoding="utf-8")):
            try:
                node = read_angle(angle, 1)
            except PatternError:  # such as "<" and ">" of a comment
                continue
            if isinstance(node, Inflected) and node.word_class is word_class:
                found.update(node.lemmas)
    return frozenset(found)


def has_form(base: str, form: str) -> bool:
    """Whether a form is also one of another word, as "leaves" of leave and leaf."""
    for forms in (verb_forms, noun_forms):
        try:
            if form in forms(base):
                return True
        except ValueError:
            continue
    return False


def strange(forms: tuple[str, ...], known: Mapping[str, str]) -> set[str]:
    """The forms of one word that the dictionary does not know, or knows as another word's alone."""
    bases = {form: known.get(form) or known.get(form.replace("-", "")) for form in forms}
    return {
        form
        for form, base in bases.items()
        if form not in SLIPS and not (base and (base.lower() in forms or has_form(base, form)))
    }


def is_missing(word: str, forms: tuple[str, ...], known: Mapping[str, str]) -> bool:
    """Whether a dictionary lacks a word, or has it only as a form of another one: snapback, a carve-out, a signing."""
    return known.get(word) != word or not any(form in known for form in forms[1:])


@pytest.mark.parametrize(
    ("news", "word_class", "forms_of", "place"),
    [(file_of("news_verbs"), WordClass.VERB, verb_forms, 0), (file_of("news_nouns"), WordClass.NOUN, noun_forms, -1)],
)
def test_a_dictionary_knows_every_form_of_the_words_of_news_and_of_the_rules(
    dictionary: Mapping[str, str],
    news: str,
    word_class: WordClass,
    forms_of: Callable[[str], tuple[str, ...]],
    place: int,
) -> None:
    words = {word: forms_of(word) for word in news.split()}
    for word in (phrase.split()[place].lower() for phrase in named_in_the_rules(word_class)):
        if not is_missing(word, forms := forms_of(word), dictionary):
            words[word] = forms
    assert len(words) > 150
    assert set().union(*(strange(forms, dictionary) for forms in words.values())) == set()


def test_a_verb_agrees_with_its_subject_and_words_that_are_no_verb_take_an_s() -> None:
    assert [agreeing("be", plural=True), agreeing("say", plural=False), agreeing("x9", plural=False)] == [
        "are",
        "says",
        "x9s",
    ]
