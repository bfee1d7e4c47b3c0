"""What is probably wrong with a line that is no TOML, in words that help.

Of the line itself only its key is repeated: the rest may be a secret.
"""

from __future__ import annotations

import re

_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_PAIR = re.compile(r"\s*([\w.-]+)[ \t]*=[ \t]*(.*)")
_DECLARED_TWICE = re.compile(r"Cannot declare \('(.+)',\) twice")
_ODD_BLANKS = r"\u00a0\u2000-\u200b\u202f\u3000\ufeff"
"""Characters that look like a blank, and are none to TOML."""
_LINES = (
    (re.compile(r"[^#]*[“”„‘’«»]"), 'quotes must be straight: "…"'),
    (re.compile(rf"[^#]*[{_ODD_BLANKS}]"), "a blank in it is none, but only looks so; type it anew"),
    (re.compile(r"\s*(//|;|/\*)"), "a comment begins with #"),
    (re.compile(r"\s*[{}]"), "write sections as [name] and settings as key = value, not JSON"),
    (re.compile(r"\s*-?\s*[\w.-]+:(\s|$)"), "write key = value, with '=' in place of ':'"),
    (re.compile(r"\s*[\w-]+(\s+[\w-]+)+\s*="), "the name of a setting has no blanks; most have '_' there"),
)
_VALUES = (
    (re.compile(r"(#.*)?$"), "the value is missing; give one, or leave '{key}' out"),
    (re.compile(r"(?i)(true|false|yes|no|on|off)\b"), "write true or false, in small letters and without quotes"),
    (re.compile(r"(?i)(none|null|nil)\b"), "leave '{key}' out where it has no value"),
    (re.compile(r"\["), 'write a list as ["one", "two"]: each text in quotes, commas between, one ] at the end'),
    (re.compile(r"[^\"'{]"), 'a text needs quotes: {key} = "…"'),
)
_MESSAGES = (
    (re.compile(r"Illegal character"), "a text that begins with a quote must end with one, on the same line"),
    (re.compile(r"Unescaped|escape"), r"write \\ for each \, or put the text in single quotes"),
    (re.compile(r"Expected newline"), "one value only: a list stands in [brackets], several addresses in one text"),
    (re.compile(r"Cannot overwrite"), "it stands twice in this table; remove one, or begin the next [[…]] before it"),
    (re.compile(r"Expected '\]+' at the end of a"), "write [name], or [[name]] for each of several"),
)


def explain_toml_error(error: str, text: str) -> tuple[int, str]:
    """The message of tomllib about `text` as the number of the line, and as words with the column and the remedy."""
    position = _POSITION.fullmatch(error)
    lines = text.split("\n")
    number = int(position[2] or len(lines)) if position else 1
    message = position[1] if position else error
    column = f" in column {position[3]}" if position and position[3] else ""
    line = lines[number - 1].rstrip("\r")
    pair = _PAIR.fullmatch(line)
    # What to do: by the line as a whole, else by the value in it, else by the message; '' if nothing fits.
    if twice := _DECLARED_TWICE.fullmatch(message):
        name = twice[1]
        remedy = f"write [[{name}]] for each" if name in ("routes", "feeds") else f"join both [{name}] into one"
    else:
        remedy = _first(_LINES, line)
        if not remedy and pair is not None and "overwrite" not in message:
            remedy = _first(_VALUES, pair[2]).replace("{key}", pair[1])
        remedy = remedy or _first(_MESSAGES, message)
        if not remedy and message == "Invalid value":
            remedy = 'a text needs quotes, and the list above it a ] at its end: ["one", "two"]'
    return number, f"is no valid TOML: {message}{column}{f'; {remedy}' if remedy else ''}"


def _first(table: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    return next((remedy for pattern, remedy in table if pattern.match(text)), "")
