"""The nouns of the program: frozen values with little behaviour. Long lists of imports name the modules instead.

Words follow docs/glossary.md. Times are aware UTC. `seen_at` is our time, `published_at` the publisher's; `happened`
is an interval, because a bare date may be any moment of its day in the publisher's zone.
"""

from __future__ import annotations

from monitor.domain.model.changes import Change as Change
from monitor.domain.model.commitments import Background as Background
from monitor.domain.model.commitments import Baseline as Baseline
from monitor.domain.model.commitments import Commitment as Commitment
from monitor.domain.model.commitments import Deadline as Deadline
from monitor.domain.model.commitments import Target as Target
from monitor.domain.model.enums import EFFECT_PRECEDENCE as EFFECT_PRECEDENCE
from monitor.domain.model.enums import NEGATIVE_EFFECTS as NEGATIVE_EFFECTS
from monitor.domain.model.enums import POSITIVE_EFFECTS as POSITIVE_EFFECTS
from monitor.domain.model.enums import By as By
from monitor.domain.model.enums import Cause as Cause
from monitor.domain.model.enums import Direction as Direction
from monitor.domain.model.enums import Effect as Effect
from monitor.domain.model.enums import FlagKind as FlagKind
from monitor.domain.model.enums import FlagState as FlagState
from monitor.domain.model.enums import Kind as Kind
from monitor.domain.model.enums import Level as Level
from monitor.domain.model.enums import Modality as Modality
from monitor.domain.model.enums import Outlook as Outlook
from monitor.domain.model.enums import ReasonCode as ReasonCode
from monitor.domain.model.enums import Says as Says
from monitor.domain.model.enums import Severity as Severity
from monitor.domain.model.enums import Standing as Standing
from monitor.domain.model.enums import Status as Status
from monitor.domain.model.enums import Tier as Tier
from monitor.domain.model.enums import TransitionKind as TransitionKind
from monitor.domain.model.news import DateMention as DateMention
from monitor.domain.model.news import Entry as Entry
from monitor.domain.model.news import EventTime as EventTime
from monitor.domain.model.news import Outlet as Outlet
from monitor.domain.model.news import Publisher as Publisher
from monitor.domain.model.news import Quantity as Quantity
from monitor.domain.model.news import ReadBy as ReadBy
from monitor.domain.model.news import ReaderKind as ReaderKind
from monitor.domain.model.news import ReaderMode as ReaderMode
from monitor.domain.model.news import Reading as Reading
from monitor.domain.model.news import ReadMatch as ReadMatch
from monitor.domain.model.news import Signal as Signal
from monitor.domain.model.news import Story as Story
from monitor.domain.model.news import day_of as day_of
from monitor.domain.model.policy import Policy as Policy
from monitor.domain.model.reasons import Detail as Detail
from monitor.domain.model.reasons import Reason as Reason
from monitor.domain.model.routes import NOTICE as NOTICE
from monitor.domain.model.routes import Message as Message
from monitor.domain.model.routes import Route as Route
from monitor.domain.model.routes import route_config_name as route_config_name
from monitor.domain.model.verdicts import BlindSpan as BlindSpan
from monitor.domain.model.verdicts import CitedSignal as CitedSignal
from monitor.domain.model.verdicts import Decision as Decision
from monitor.domain.model.verdicts import DecisionInput as DecisionInput
from monitor.domain.model.verdicts import Flag as Flag
from monitor.domain.model.verdicts import Intervention as Intervention
from monitor.domain.model.verdicts import Lot as Lot
from monitor.domain.model.verdicts import Observation as Observation
from monitor.domain.model.verdicts import Progress as Progress
from monitor.domain.model.verdicts import PublishedVerdict as PublishedVerdict
from monitor.domain.model.verdicts import ReadSpan as ReadSpan
from monitor.domain.model.verdicts import Transition as Transition
from monitor.domain.model.verdicts import Verdict as Verdict
