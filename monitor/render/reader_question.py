"""The questions for a reader, one for each deal, filled into their template."""

from __future__ import annotations

import hashlib
from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.domain.reading.question import ReaderQuestion, question_briefs, question_of
from monitor.render.jinja_env import Templates

TEMPLATE = "reader.txt.j2"


def template_version(templates: Path) -> str:
    """The version of the question's template: the first 12 hex digits of its hash. Raises RenderError."""
    return hashlib.sha256(Templates(templates).text_of(TEMPLATE).encode()).hexdigest()[:12]


def reader_questions(rulebook: Rulebook, templates: Path) -> dict[str, ReaderQuestion]:
    """The question about each deal of a rulebook, by the template of a folder. Raises RuleError if no commitment has an
    `about`, and RenderError with file and line of the template."""
    shown, questions = Templates(templates), dict[str, ReaderQuestion]()
    for deal, brief in question_briefs(rulebook).items():
        text = shown.render(TEMPLATE, {"question": brief}).strip() + "\n"
        questions[deal] = question_of(rulebook, deal, text, brief)
    return questions
