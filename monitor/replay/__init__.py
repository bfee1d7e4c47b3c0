"""Archived stories through the whole verdict: `lines` reads them, `memory_store` holds what is stored of them, `run` is the clock."""

from __future__ import annotations

from monitor.replay.lines import Dated, as_entry, as_story, dated, read_story
from monitor.replay.run import BEFORE, Replay, Told

__all__ = ["BEFORE", "Dated", "Replay", "Told", "as_entry", "as_story", "dated", "read_story"]
