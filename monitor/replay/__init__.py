"""Archived stories through the whole verdict: `lines` reads them, `intake` is T1 in memory, `run` the rest."""

from __future__ import annotations

from monitor.replay.lines import Dated, as_entry, as_story, dated, read_story
from monitor.replay.run import BEFORE, Replay, Told

__all__ = ["BEFORE", "Dated", "Replay", "Told", "as_entry", "as_story", "dated", "read_story"]
