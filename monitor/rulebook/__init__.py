"""Reads, checks and compiles rules/. This package alone knows YAML.

`load_rulebook` takes unchanged rules from the cache, and raises RuleError with every error; `load.check_rulebook` reads
every file and collects every issue with its place. A rulebook from the cache needs neither pydantic nor a YAML parser,
so both are imported on first use.
"""

from __future__ import annotations

from monitor.rulebook.cache import checked_rulebook, load_rulebook

__all__ = ["checked_rulebook", "load_rulebook"]
