"""A monitor of deal commitments: it reads the news and decides the status of each promise (docs/architecture.md)."""

from __future__ import annotations


def program_version() -> str:
    """The version of the installed program; '' for a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow, and rarely needed

    try:
        return version("deal-monitor")
    except PackageNotFoundError:
        return ""
