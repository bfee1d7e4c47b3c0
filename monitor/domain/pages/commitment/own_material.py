"""What the pages of one commitment are made from, and the evidence on them as it was read at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.messages.as_of import retraction_text
from monitor.domain.messages.citations import as_cited
from monitor.domain.messages.context import LANGUAGES, RenderContext, language_of
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.models import EvidenceLine
from monitor.domain.model import CitedSignal, Commitment, Flag, PublishedVerdict, Signal, Story, Transition, Verdict
from monitor.domain.model.reasons import Rejection
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import Suppressions, author_of, suppressions

BY_RULES = "rules"
"""Why a signal no longer counts that an edit of the rules retired, as it is stored: its report still says what it said."""


@dataclass(frozen=True, slots=True)
class OwnMaterial:
    """One commitment of the site. verdict: the one in force; history: every recorded change, oldest first; published: every verdict,
    oldest first; rejections: what people have rejected of its evidence."""

    site: SiteMaterial
    commitment: Commitment
    verdict: Verdict
    history: tuple[Transition, ...]
    published: tuple[PublishedVerdict, ...]
    rejections: Suppressions

    @property
    def context(self) -> RenderContext:
        return self.site.context


def own_material(site: SiteMaterial, name: str) -> OwnMaterial:
    """What concerns the commitment of this name."""
    found = site.context.commitments[name], site.context.verdicts[name]
    records = site.history.get(name, ()), site.published.get(name, ())
    return OwnMaterial(site, *found, *records, suppressions(site.interventions.get(name, ())))


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """A piece of evidence as it was read. lang: of its quote where that is not in English, '' else; gone: why it no longer counts,
    '' while it does; remark: that its report stands, and the rules no longer read it so, '' else."""

    line: EvidenceLine
    lang: str = ""
    gone: str = ""
    remark: str = ""


def context_then(
    keys: Iterable[str], cited: Mapping[str, CitedSignal], at: datetime, context: RenderContext
) -> RenderContext:
    """The context with these signals alone, as they were cited, and their stories with the outlets that had carried them by `at`."""
    signals = {
        key: as_cited(context.signals[key], cited[key]) if key in cited else context.signals[key]
        for key in keys
        if key in context.signals
    }
    stories = {key: context.stories[key] for s in signals.values() if (key := s.story) in context.stories}
    return replace(context, signals=signals, stories={key: _carried_by(story, at) for key, story in stories.items()})


def _carried_by(story: Story, at: datetime) -> Story:
    return replace(story, outlets=tuple(outlet for outlet in story.outlets if outlet.seen_at <= at))


def read_evidence(
    signals: Sequence[Signal], flags: Sequence[Flag], then: RenderContext, own: OwnMaterial
) -> tuple[ReadEvidence, ...]:
    """One piece for each quoted sentence, in this order. then: as it was read; flags: those that may set a sentence against others."""
    return tuple(_as_it_stands(line, then, own) for line in evidence_lines(signals, flags, then))


def readers_of_all(pieces: Iterable[ReadEvidence]) -> str:
    """The rules and readers of these sentences, each once: 'rule soy/bought; read by qwen3:8b'; '' where there is none."""
    read = (piece.line.read_by or (f"rule {piece.line.rule}" if piece.line.rule else "") for piece in pieces)
    return "; ".join(dict.fromkeys(filter(None, read)))


def _as_it_stands(line: EvidenceLine, then: RenderContext, own: OwnMaterial) -> ReadEvidence:
    """The piece with what has become of it."""
    signal = then.signals[line.signal]
    lang = language_of(then.stories[signal.story])
    lang = lang if lang in LANGUAGES else ""
    intervention, retired = own.rejections.of(signal), own.site.retired.get(signal.id)
    if intervention is not None:
        rejection = Rejection(one_line(author_of(intervention), 60), one_line(intervention.reason, 200))
        return ReadEvidence(line, lang, gone=retraction_text("", intervention.at, rejection))
    if retired is None:
        return ReadEvidence(line, lang)
    if retired.why == BY_RULES:
        return ReadEvidence(line, lang, remark=f"the rules no longer read it so since {retired.at:%-d %b %Y}")
    return ReadEvidence(line, lang, gone=retraction_text(retired.why, retired.at, None))
