"""config.toml, the secrets folder and the environment, merged into one checked `Settings`."""

from __future__ import annotations

from monitor.config.read_settings import check_routes, load_settings
from monitor.config.settings import FeedSettings, Settings

__all__ = ["FeedSettings", "Settings", "check_routes", "load_settings"]
