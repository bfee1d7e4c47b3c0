"""What is taken out of a text before it is printed, and that nothing else is."""

import sys

from monitor.domain.text.plain import FORBIDDEN_CHARACTERS, SURROGATE, printable, whole_characters, without_escapes


def test_no_character_that_can_be_printed_is_forbidden() -> None:
    """So a text of such characters alone needs no cleaning."""
    every = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert FORBIDDEN_CHARACTERS.search(every) is None
    assert SURROGATE.search(every) is None
    assert printable(every) == every


def test_half_a_character_becomes_the_sign_for_what_cannot_be_read_and_whole_ones_stay() -> None:
    assert whole_characters("fees \ud83d on \U0001f6a2 ships \udc80") == "fees \ufffd on \U0001f6a2 ships \ufffd"


def test_escapes_that_a_page_left_become_their_characters_and_no_other_sign_is_made() -> None:
    cases = [
        (r"the People\u2019\ s\ \ law", "the People\u2019s  law"),
        (r"a \u201Cdeal\u201d", "a \u201cdeal\u201d"),
        (r"\ud83d \u0000 \u202e \n", r"\ud83d \u0000 \u202e \n"),
    ]
    assert [without_escapes(text) for text, _ in cases] == [clean for _, clean in cases]


def test_what_steers_a_terminal_or_the_direction_of_text_is_taken_out() -> None:
    cases = [
        ("nul \x00 bell \x07", "nul  bell "),
        ("\u202edesrever\u202c", "desrever"),
        ("a\u2028b\nc", "a\nb\nc"),
        ("\ud800", "\ufffd"),
    ]
    assert [(text, printable(text)) for text, _ in cases] == cases
