"""config.toml, the secrets folder, the environment and flags, merged into one checked `Settings`."""

from __future__ import annotations

from monitor.config.load import check_routes, find_config, load_settings
from monitor.config.schema import FeedSettings, PollSettings, RouteSettings, Settings, SlackSettings, SmtpSettings

__all__ = [
    "FeedSettings",
    "PollSettings",
    "RouteSettings",
    "Settings",
    "SlackSettings",
    "SmtpSettings",
    "check_routes",
    "find_config",
    "load_settings",
]
