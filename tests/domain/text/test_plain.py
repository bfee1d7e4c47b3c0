"""What is taken out of a text before it is printed, and that nothing else is."""

import sys

from monitor.domain.text.plain import FORBIDDEN_CHARACTERS, SURROGATE, printable, whole_characters


def test_no_character_that_can_be_printed_is_forbidden() -> None:
    """So a text of such characters alone needs no cleaning."""
    every = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert FORBIDDEN_CHARACTERS.search(every) is None
    assert SURROGATE.search(every) is None
    assert printable(every) == every


def test_half_a_character_becomes_the_sign_for_what_cannot_be_read_and_whole_ones_stay() -> None:
    assert whole_characters("fees \ud83d on \U0001f6a2 ships \udc80") == "fees \ufffd on \U0001f6a2 ships \ufffd"


def test_what_steers_a_terminal_or_the_direction_of_text_is_taken_out() -> None:
    cases = [
        ("nul \x00 bell \x07", "nul  bell "),
        ("\u202edesrever\u202c", "desrever"),
        ("a\u2028b\nc", "a\nb\nc"),
        ("\ud800", "\ufffd"),
    ]
    assert [(text, printable(text)) for text, _ in cases] == cases
