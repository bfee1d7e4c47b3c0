"""Checks of the rules and the templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from monitor.cli.common import describe_rulebook, pluralised
from monitor.cli.doctor.findings import Examination, Finding, told_apart


def check_rules(patient: Examination) -> Iterator[Finding]:
    """That the rules can be used, that their examples hold, and that every route fits one of their commitments."""
    from monitor.config import check_routes
    from monitor.errors import ConfigError
    from monitor.rulebook import load_rulebook, test_rulebook
    from monitor.runtime.session import rule_cache

    settings = patient.settings
    rulebook = patient.rulebook = load_rulebook(settings.rules, cache=rule_cache(settings), examples=True)
    failed = [result for result in test_rulebook(rulebook) if not result.passed]
    yield Finding("ok", "rules", describe_rulebook(rulebook))
    if failed:
        one = pluralised(len(failed), "example fails", "examples fail")
        yield Finding("warn", "rules", one, "`deal-monitor rules test` tells what is read instead")
    try:
        check_routes(settings, rulebook.commitments)
    except ConfigError as error:
        for line in str(error).splitlines():
            yield Finding("FAIL", "route", *told_apart(line))


def check_templates(patient: Examination) -> Iterator[Finding]:
    """That every message, and the reader's question, can be made from the templates."""
    from monitor.runtime.link_keys import link_maker
    from monitor.runtime.wiring import make_renderer

    settings = patient.settings
    asks = settings.reader.configured  # a folder of before there was a reader has no template for its question
    problems = make_renderer(settings, partial(link_maker, trial=True)).check(question=asks)
    for problem in problems:
        yield Finding("FAIL", "templates", *told_apart(problem))
    if not problems:
        what = "every message and the reader's question render" if asks else "every message renders"
        yield Finding("ok", "templates", f"{what} from {settings.templates}")


def check_page_templates(patient: Examination) -> Iterator[Finding]:
    """Whether every page renders from its template."""
    from monitor.render.jinja_env import Templates
    from monitor.site.template_check import check_templates as check_pages

    problems = check_pages(Templates(patient.settings.templates))
    for problem in problems:
        yield Finding("FAIL", "templates", *told_apart(problem))
    if not problems:
        yield Finding("ok", "templates", f"every page renders from {patient.settings.templates / 'site'}")
