"""Checks of the rules and the templates."""

from __future__ import annotations

from collections.abc import Iterator

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
    from monitor.runtime.site.keys import trial_link_maker
    from monitor.runtime.wiring import make_renderer

    settings = patient.settings
    asks = settings.reader.configured  # a folder of before there was a reader has no template for its question
    problems = make_renderer(settings, trial_link_maker).check(question=asks)
    for problem in problems:
        yield Finding("FAIL", "templates", *told_apart(problem))
    if not problems:
        what = "every message and the reader's question render" if asks else "every message renders"
        yield Finding("ok", "templates", f"{what} from {settings.templates}")


def check_page_templates(patient: Examination) -> Iterator[Finding]:
    """That every page can be made from the templates, and which ones are used."""
    from monitor.runtime.site.builder import has_site_templates, site_templates
    from monitor.site.check import check_templates as faults_of

    settings = patient.settings
    templates = site_templates(settings)
    problems = faults_of(templates)
    for problem in problems:
        yield Finding("FAIL", "templates", *told_apart(problem))
    if problems:
        return
    shipped = (
        "" if has_site_templates(settings) else f", as {settings.templates} has no folder site: copy it there to edit"
    )
    yield Finding("ok", "templates", f"every page renders from {templates.folder / 'site'}{shipped}")
