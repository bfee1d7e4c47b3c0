"""Chooses the report that an alert sends its reader to first, and names the outlets that a message has no room for."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.domain.messages.context import LANGUAGES, RenderContext, language_of
from monitor.domain.messages.models import EvidenceLine, ReportLink
from monitor.domain.model import Signal, Transition
from monitor.domain.text.labels import join_list, pluralised
from monitor.domain.text.plain import truncated, web_link

MAX_OUTLETS_NAMED, MAX_OUTLET_LENGTH = 4, 40
"""Outlets named where a message has no room for their reports, and characters of each name (both estimates)."""


def choose_main_report(lead: Transition, quoted: Sequence[Signal], context: RenderContext) -> ReportLink | None:
    """The report to open first: in the reader's language, then by the best tier of publisher, then the earliest.

    Reports behind the leading change come first; if none of them has an address, all quoted ones. None without any address.
    """
    own = {*lead.evidence, *lead.reason.signals}
    first = dict.fromkeys(signal.story for signal in quoted if signal.id in own)
    ranked = []
    for key in dict.fromkeys((*first, *(signal.story for signal in quoted))):
        story = context.stories[key]
        lang = language_of(story)
        # The messages are in English, so their readers know it; a language that may be English is the next best.
        language_rank = {"en": 0, "": 1}.get(lang, 2)
        remark = f"in {LANGUAGES[lang]}" if lang in LANGUAGES else "not in English" if language_rank == 2 else ""
        # An aggregator may have brought the story before its source, so every outlet is a candidate.
        later = sorted(story.outlets, key=lambda outlet: outlet.published_at)
        for source, url in ((story.source, story.url), *((outlet.source, outlet.url) for outlet in later)):
            if address := web_link(url):
                rank = key not in first, language_rank, context.publishers.find(source, url).tier.value
                ranked.append((rank, ReportLink(address, context.outlet(source, url), remark)))
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def outlet_credits(left_out: Sequence[EvidenceLine]) -> str:
    """The outlets of evidence that is not shown: 'Reuters, Xinhua and 3 other outlets'; '' without a quote."""
    outlets = dict.fromkeys(line.outlet for line in left_out if line.basis == "quote" and line.outlet)
    names = [truncated(outlet, MAX_OUTLET_LENGTH) for outlet in outlets]
    if len(names) <= MAX_OUTLETS_NAMED:
        return join_list(names)
    further = pluralised(len(names) - MAX_OUTLETS_NAMED, "other outlet")
    return f"{', '.join(names[:MAX_OUTLETS_NAMED])} and {further}"
