"""The question for a reader, filled into its template."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.domain.reading.question import ReaderQuestion, asked_commitments, question_brief, versioned
from monitor.render.jinja_env import Templates

TEMPLATE = "reader.txt.j2"


def reader_question(rulebook: Rulebook, templates: Path) -> ReaderQuestion:
    """The question about all deals of a rulebook, by the template of a folder. Raises RuleError if no commitment has an
    `about`, and RenderError with file and line of the template."""
    brief = question_brief(rulebook)
    text = Templates(templates).render(TEMPLATE, {"question": brief}).strip() + "\n"
    return versioned(text, asked_commitments(rulebook), brief)
