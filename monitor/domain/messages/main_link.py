"""The one report that an alert sends its reader to first: one that they can read, by whoever is nearest to the act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.messages.models import EvidenceLine, ReportLink
from monitor.domain.model import Signal, Story, Transition
from monitor.domain.text.labels import join_list, pluralised
from monitor.domain.text.plain import truncated, web_link
from monitor.domain.text.writing_systems import HAN_CHAR, HANGUL_RANGE, THAI_RANGE

READER_LANGUAGE = "en"
"""The language that messages are written in, and so the one that their readers know."""
LANGUAGES: Mapping[str, str] = {
    "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "th": "Thai", "vi": "Vietnamese", "ru": "Russian", "de": "German",
    "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "ar": "Arabic", "hi": "Hindi",
}  # fmt: skip
SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")), ("ko", re.compile(f"[{HANGUL_RANGE}]")),
    ("th", re.compile(f"[{THAI_RANGE}]")), ("zh", HAN_CHAR),
)  # fmt: skip
"""What shows the language of a title. Japanese and Korean are written with Han letters, too: only where no others stand are they
Chinese."""
MAX_OUTLETS_NAMED, MAX_OUTLET_LENGTH = 4, 40
"""So many outlets are named, and so much of each, where there is only room to say who else told it."""
Rank = tuple[int, int]


def choose_main_report(lead: Transition, used: Sequence[Signal], facts: RenderContext) -> ReportLink | None:
    """Of the reports that the leading change rests on (if none of them has an address, of all those quoted) the one to open
    first: in the reader's language, then by the best kind of publisher, then the first."""
    own = {*lead.evidence, *lead.reason.signals}
    first = (signal.story for signal in used if signal.id in own)
    return _best(first, facts) or _best((signal.story for signal in used), facts)


def outlet_credits(left_out: Sequence[EvidenceLine]) -> str:
    """Who told what a message has no room for: 'Reuters, Xinhua and 3 other outlets'; '' where it is nobody's report."""
    names = [
        truncated(name, MAX_OUTLET_LENGTH)
        for name in dict.fromkeys(line.outlet for line in left_out if line.basis == "quote")
        if name
    ]
    return (
        join_list(names)
        if len(names) <= MAX_OUTLETS_NAMED
        else f"{', '.join(names[:MAX_OUTLETS_NAMED])} and {pluralised(len(names) - MAX_OUTLETS_NAMED, 'other outlet')}"
    )


def _best(stories: Iterable[str], facts: RenderContext) -> ReportLink | None:
    found = [one for key in dict.fromkeys(stories) for one in _reports(facts.stories[key], facts)]
    return min(found, key=lambda one: one[0])[1] if found else None


def _reports(story: Story, facts: RenderContext) -> Iterator[tuple[Rank, ReportLink]]:
    """The pages at which a story can be read, the first teller's first: an aggregator may have shown it to us before its source."""
    lang = _language(story)
    told = sorted(story.outlets, key=lambda outlet: outlet.published_at)
    for source, url in ((story.source, story.url), *((outlet.source, outlet.url) for outlet in told)):
        if web_link(url):
            rank = _language_rank(lang), facts.publishers.find(source, url).tier.value
            yield rank, ReportLink(web_link(url), facts.outlet(source, url), _language_remark(lang))


def _language(story: Story) -> str:
    """The code of the language; '' where the feed does not say and the letters do not show which other one it is."""
    said = story.lang.partition("-")[0].lower()
    return said or next((code for code, letters in SCRIPTS if letters.search(story.title)), "")


def _language_rank(lang: str) -> int:
    return (READER_LANGUAGE, "").index(lang) if lang in (READER_LANGUAGE, "") else 2


def _language_remark(lang: str) -> str:
    """What a reader must know of the language beforehand."""
    return f"in {LANGUAGES[lang]}" if lang in LANGUAGES else "not in English" if _language_rank(lang) == 2 else ""
