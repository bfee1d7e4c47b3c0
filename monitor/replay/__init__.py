"""Archived stories through the whole verdict: `story_lines` reads them, `memory_store` stores them, `replaying` runs
the clock."""

from __future__ import annotations

from monitor.replay.recorded_readings import RecordedReadings as RecordedReadings
from monitor.replay.recorded_readings import reading_line as reading_line
from monitor.replay.recorded_readings import recorded_readings as recorded_readings
from monitor.replay.replaying import CATCH_ALL_ROUTE as CATCH_ALL_ROUTE
from monitor.replay.replaying import LEAD_TIME as LEAD_TIME
from monitor.replay.replaying import Replay as Replay
from monitor.replay.replaying import ReplayedChange as ReplayedChange
from monitor.replay.replaying import VerdictLine as VerdictLine
from monitor.replay.story_lines import DatedEntry as DatedEntry
from monitor.replay.story_lines import as_entry as as_entry
from monitor.replay.story_lines import in_replay_order as in_replay_order
from monitor.replay.story_lines import line_as_story as line_as_story
from monitor.replay.story_lines import read_story as read_story
