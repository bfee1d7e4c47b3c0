"""The version of the program."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """The version of the installed program; '' for a checkout that is not installed."""
    try:
        return version("deal-monitor")
    except PackageNotFoundError:
        return ""
