"""Archived stories through the whole verdict: `story_file` reads them, `memory_store` stores them, `run` is the clock."""

from __future__ import annotations

from monitor.replay.recorded_readings import RecordedReadings, reading_line, recorded_readings
from monitor.replay.run import CATCH_ALL_ROUTE, LEAD_TIME, Replay, ReplayedChange, text_key
from monitor.replay.story_file import open_stories
from monitor.replay.story_lines import DatedEntry, as_entry, in_replay_order, line_as_story, read_story

__all__ = [
    "CATCH_ALL_ROUTE",
    "LEAD_TIME",
    "DatedEntry",
    "RecordedReadings",
    "Replay",
    "ReplayedChange",
    "reading_line",
    "recorded_readings",
]
__all__ += ["as_entry", "in_replay_order", "line_as_story", "open_stories", "read_story", "text_key"]
