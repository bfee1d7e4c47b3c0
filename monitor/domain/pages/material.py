"""All that the pages and the files for machines show, as it was read from the database in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.alerts.mutes import MuteWindow
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.models import SourceHealth
from monitor.domain.model import Intervention, PublishedVerdict, Transition


@dataclass(frozen=True, slots=True)
class Retired:
    """A signal that no longer counts. why: withdrawn, revised, rules (an edit of them) or read otherwise, as it is stored."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """How often an act was read within SPOKEN_DAYS: the stories, and when the last one happened."""

    stories: int
    last: datetime


SPOKEN_DAYS = 365
"""Days in which the matches of an act are counted."""


@dataclass(frozen=True, slots=True)
class SiteMaterial:
    """context: commitments with their verdicts, cited signals and their stories, rules, publishers, policy, the moment and the zone
    of all printed times; history: by commitment, every recorded change, oldest first; published: by commitment, every
    published verdict, oldest first; interventions: by commitment, what people did, '' for interventions on several; mutes: by commitment, the mute in force;
    sources: the health of the polled feeds; last_read: the last answer of one, None if there was none; title: of the board;
    base_url: where readers find the pages, without '/' at its end, '' if nobody said; rules: the version of the rulebook; program: the
    version of the program; deals: the names of the deals by id; retired: by signal, those of the context's that no longer count;
    spoken: by act, how often it was read."""

    context: RenderContext
    history: Mapping[str, tuple[Transition, ...]]
    published: Mapping[str, tuple[PublishedVerdict, ...]]
    interventions: Mapping[str, tuple[Intervention, ...]]
    mutes: Mapping[str, MuteWindow]
    sources: tuple[SourceHealth, ...]
    last_read: datetime | None
    title: str
    base_url: str
    rules: str
    program: str
    deals: Mapping[str, str] = field(default_factory=dict)
    retired: Mapping[str, Retired] = field(default_factory=dict)
    spoken: Mapping[str, Spoken] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.context.now
