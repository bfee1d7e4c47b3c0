"""The question for a reader, filled into its template."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.domain.reading.question import QuestionBrief, ReaderQuestion, asked_commitments, question_brief, versioned
from monitor.render.jinja_env import Templates

TEMPLATE = "reader.txt.j2"


def reader_question(rulebook: Rulebook, templates: Path) -> ReaderQuestion:
    """The question about all deals of a rulebook, by the template of a folder.

    Raises RuleError if no commitment has an `about`, and RenderError with file and line of the template.
    """
    brief = question_brief(rulebook)
    return versioned(question_text(brief, Templates(templates)), asked_commitments(rulebook), brief)


def question_text(brief: QuestionBrief, templates: Templates) -> str:
    """The template filled in. Raises RenderError."""
    return templates.render(TEMPLATE, {"question": brief}).strip() + "\n"
