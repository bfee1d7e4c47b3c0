"""Checks of the rules and the templates."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.cli.common import describe_rulebook, pluralised
from monitor.cli.doctor.findings import Examination, Finding, told_apart
from monitor.domain.text.labels import join_list


def check_rules(patient: Examination) -> Iterator[Finding]:
    """That the rules can be used, that their examples hold, and that every route fits one of their commitments."""
    from monitor.config import check_routes
    from monitor.errors import ConfigError
    from monitor.rulebook import load_rulebook, test_rulebook
    from monitor.runtime.session import rule_cache

    settings = patient.settings
    rulebook = patient.rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
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
    """That every message, the reader's question and the pages can be made from the templates, and which templates the pages have."""
    from monitor.runtime.site import has_site_templates, site_templates
    from monitor.runtime.wiring import make_renderer
    from monitor.site.check import check_templates as check_site_templates

    settings = patient.settings
    asks = settings.reader.configured  # a folder of before there was a reader has no template for its question
    problems = [*make_renderer(settings).check(question=asks)]
    if settings.site.build:
        pages = site_templates(settings)
        problems += check_site_templates(pages)
        if not has_site_templates(settings):
            text = f"{settings.templates} has no folder site: the pages are made from the shipped templates"
            yield Finding("ok", "templates", text, f"to change how they look, copy {pages.folder / 'site'} there")
    for problem in dict.fromkeys(problems):
        yield Finding("FAIL", "templates", *told_apart(problem))
    if not problems:
        parts = [
            "every message",
            *(["the reader's question"] if asks else []),
            *(["every page"] if settings.site.build else []),
        ]
        what = f"{join_list(parts)} render{'' if len(parts) > 1 else 's'}"
        yield Finding("ok", "templates", f"{what} from {settings.templates}")
