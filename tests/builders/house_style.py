"""The house style of messages as checks: the rules of docs/messages.md that a program can test."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MAX_SUBJECT = 78
FORBIDDEN = re.compile(
    r"\b(so many|bears? out|borne out|carried by|told (of|anew)|once more|voices?|(is|are) silent|never by silence"
    r"|cleared by|stands? behind|nobody extended|unmet|no second source yet|a further blow)\b"
)
"""Words that readers did not understand, or that claim more than was seen."""
MONTHS = "January|February|March|April|June|July|August|September|October|November|December"
"""Months whose name and short form differ."""
DATE = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
WEB = re.compile(r"https?://[^\s()“”]+")
QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|`[^`]*`")
WRONG_DATES = re.compile(rf"\b\d{{1,2}} (?:{MONTHS}) \d{{4}}\b|\b(?:{MONTHS}) \d{{1,2}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b")
WRONG_NUMBERS = re.compile(r"\b\d[\d.,]*(?:Mt|kt)\b|\b\d[\d.,]* %|\d-\d[\d.,]* (?:Mt|kt|bn|m)\b|\b\d+\.0 (?:Mt|kt)\b")
WRONG_PLURALS = re.compile(r"\b1 (?:changes|sources|days|reports|others|deadlines|stories|messages|dates)\b")
RELATIVE_DAYS = re.compile(r"\b(?:in \d+ days?|\d+ days? ago)\b")
SNAKE_CASE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
RULE_ID = re.compile(r"\b[a-z]+(?:-[a-z]+)+[./][a-z-]+\b")
OF_NEWS = 12
"""Characters before a number that show it to be part of a headline."""
FOOTER = "\n--\n"
"""The line above the small print."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A received message: subject and plain text. news: published texts that it may repeat without quotation marks."""

    subject: str
    text: str
    news: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        return self.text.partition(FOOTER)[0]

    def own_words(self, text: str | None = None) -> list[str]:
        """The whole lines of the text (or of this one) without what they quote and without addresses."""
        found = [QUOTED.sub("“”", item) for item in items(self.text if text is None else text)]
        for words in self.news:
            found = [line.replace(words, "“”") for line in found]
        return found


def items(text: str) -> list[str]:
    """The lines of a wrapped text, each whole again, without addresses."""
    found: list[str] = []
    goes_on = False
    for line in text.splitlines():
        words = line.strip()
        if not words or WEB.fullmatch(words):
            goes_on = False
        elif goes_on and not words.startswith(("- ", "* ", "[")):
            found[-1] += f" {words}"
        else:
            found.append(words)
            goes_on = not words.isupper()  # a heading stands alone
    return [WEB.sub("", item) for item in found]


def _forbidden(letter: Letter) -> list[str]:
    return [found.group() for found in FORBIDDEN.finditer(" ".join(letter.own_words()).lower())]


def _cut(letter: Letter) -> list[str]:
    """Cut sentences. A quote may leave something out, and a subject may end in … (+2 more); our own words may not."""
    title, _, rest = letter.text.partition("\n[")  # an alert begins with its title, and then the status
    own = letter.own_words(letter.text if not rest or "\n\n" in title else rest)
    cut = [line for line in own if "…" in line or "..." in line]
    cut += [letter.subject] if "…" in re.sub(r" \(\+\d+ more\)$", "", letter.subject)[:-1] else []
    lines = (letter.subject, *own)
    return cut + [line for line in lines if any(line.count(a) != line.count(b) for a, b in ("()", "“”"))]


def _doubled(letter: Letter) -> list[str]:
    """'the the', 'failing: failing', and one word (not a status) before two colons of a line."""
    found = []
    for line in letter.own_words(letter.body.partition("\n")[2]):
        found += [match.group() for match in re.finditer(r"\b([A-Za-z]+)(?: |: |, )\1\b", line, re.IGNORECASE)]
        found += [match.group(1) for match in re.finditer(r"\b([A-Za-z][a-z]{3,}):.*\b\1:", line)]
    return found


def _two_scripts(letter: Letter) -> list[str]:
    scripts = (
        re.search(r"[A-Za-z]", letter.subject),
        re.search(r"[\u3400-\u9fff\u0400-\u04ff\u0600-\u06ff]", letter.subject),
    )
    return [letter.subject] if all(scripts) else []


def _too_long(letter: Letter) -> list[str]:
    return [letter.subject] if len(letter.subject) > MAX_SUBJECT or "\n" in letter.subject else []


def _numbers(letter: Letter) -> list[str]:
    """Wrong forms; a part of a headline that the message repeats keeps the form that it has there."""
    found = []
    for line in (letter.subject, *letter.own_words()):
        for match in (m for wrong in (WRONG_DATES, WRONG_NUMBERS) for m in wrong.finditer(line)):
            around = line[max(0, match.start() - OF_NEWS) : match.end()]
            found += [] if any(around in words for words in letter.news) else [match.group()]
    return found


def _plurals(letter: Letter) -> list[str]:
    return [match.group() for match in WRONG_PLURALS.finditer(" ".join((letter.subject, *letter.own_words())))]


def _bare_days(letter: Letter) -> list[str]:
    return [line for line in letter.own_words(letter.body) if RELATIVE_DAYS.search(line) and not DATE.search(line)]


def _raw_ids(letter: Letter) -> list[str]:
    body = [letter.subject, *letter.own_words(letter.body)]
    found = [match.group() for line in (*body, *letter.own_words()) for match in SNAKE_CASE.finditer(line)]
    return found + [match.group() for line in body for match in RULE_ID.finditer(line)]


def _statuses(letter: Letter) -> list[str]:
    return ["UNPLEDGED"] if re.search(r"\bunpledged\b", f"{letter.subject} {letter.text}", re.IGNORECASE) else []


RULES: Mapping[str, Callable[[Letter], list[str]]] = {
    "uses no word that readers did not understand": _forbidden,
    "cuts no sentence": _cut,
    "says no word twice in a row": _doubled,
    "has one script in its subject": _two_scripts,
    f"fits its subject into {MAX_SUBJECT} characters": _too_long,
    "prints each number and date in one form": _numbers,
    "counts one thing in the singular": _plurals,
    "counts days only beside their date": _bare_days,
    "names no key or rule of the program above its last lines": _raw_ids,
    "has one name for each status": _statuses,
}
