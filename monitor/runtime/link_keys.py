"""The key that signs links: from the settings, else generated once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from monitor.domain.messages.action_links import LinkMaker
from monitor.errors import ConfigError
from monitor.logs import get_logger

if TYPE_CHECKING:
    from monitor.config import Settings

SHORTEST = 32
"""Characters of a key, as in the settings."""
REMEDY = "it is the key of the links in messages: make it readable for the user that runs the monitor"

log = get_logger(__name__)


def link_maker(settings: Settings, *, trial: bool = False) -> LinkMaker | None:
    """Signs the links of messages; None while [site] actions is off. Raises ConfigError for an unusable key. trial:
    sign with a throw-away key, for a preview that must not read or create the key file."""
    if not settings.site.actions or settings.site.base_url is None:
        return None
    key = secrets.token_urlsafe(48).encode() if trial else site_keys(settings)[0]
    return LinkMaker(settings.site.base_url, key)


def site_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys: the first one signs, all are accepted. Creates the key file if there is none. Raises ConfigError."""
    if settings.site.key is not None:
        return tuple(settings.site.key.get_secret_value().encode().split())
    file = settings.site_key_file
    try:
        if not file.exists():
            # Write a new key in one step, readable for its owner only. If another process is faster, its key stays.
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = mkstemp(prefix=".site-key-", dir=file.parent)  # mode 0600
            fresh = Path(name)
            try:
                with os.fdopen(handle, "w", encoding="ascii") as stream:
                    stream.write(secrets.token_urlsafe(48) + "\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                with suppress(FileExistsError):
                    os.link(fresh, file)
            finally:
                fresh.unlink(missing_ok=True)
        mode = file.stat().st_mode
    except OSError as error:
        raise ConfigError(f"{file} cannot be used: {error.strerror or error}; {REMEDY}", subject="site.key") from error
    keys = read_keys(file)
    if mode & 0o077:
        log.warning("other users can read the key of signed links", file=str(file), remedy=f"chmod 600 {file}")
    return keys


def read_keys(file: Path) -> tuple[bytes, ...]:
    """The keys in an existing file. Raises ConfigError with the remedy."""
    try:
        keys = tuple(file.read_text(encoding="ascii").encode().split())
    except OSError as error:
        raise ConfigError(f"{file} cannot be used: {error.strerror or error}; {REMEDY}", subject="site.key") from error
    except UnicodeError as error:
        remedy = "restore it, or delete it for a new key (links in old messages stop working)"
        raise ConfigError(f"{file} cannot be used: it is not plain text; {remedy}", subject="site.key") from error
    if not keys or min(map(len, keys)) < SHORTEST:
        remedy = "delete it for a new key (links in old messages stop working), or restore it"
        raise ConfigError(f"{file} contains no key of {SHORTEST} characters or more; {remedy}", subject="site.key")
    return keys
