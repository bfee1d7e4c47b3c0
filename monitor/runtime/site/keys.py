"""The key that links are signed with: given in the settings, else made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from monitor.domain.messages.action_links import LinkMaker, keys_of
from monitor.errors import ConfigError
from monitor.logs import get_logger

if TYPE_CHECKING:
    from monitor.config import Settings

KEY_BYTES = 48
SHORTEST = 32
"""Characters of a key in the file, as in the settings."""

log = get_logger(__name__)


def link_maker(settings: Settings) -> LinkMaker | None:
    """What makes the links of messages; None where [site] actions is off. Raises ConfigError for a key that cannot be used."""
    if not settings.site.actions or settings.site.base_url is None:
        return None
    return LinkMaker(settings.site.base_url, site_keys(settings)[0])


def trial_link_maker(settings: Settings) -> LinkMaker | None:
    """The same with a key of its own, for links that are looked at and thrown away: it neither reads nor makes the file of the key."""
    if not settings.site.actions or settings.site.base_url is None:
        return None
    return LinkMaker(settings.site.base_url, secrets.token_urlsafe(KEY_BYTES).encode())


def site_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys: the first signs, all are accepted. Makes one where there is none yet. Raises ConfigError."""
    if settings.site.key is not None:
        return keys_of(settings.site.key.get_secret_value())
    return kept_keys(settings.site_key_file)


def kept_keys(file: Path) -> tuple[bytes, ...]:
    """The keys in a file, which is made where it is missing. Raises ConfigError with the remedy."""
    try:
        if not file.exists():
            _make(file)
        mode = file.stat().st_mode
    except OSError as error:
        raise _unusable(file, error) from error
    keys = read_keys(file)
    if mode & 0o077:
        log.warning(
            "the file can be read by other users; whoever reads it can sign links",
            file=str(file),
            remedy=f"chmod 600 {file}",
        )
    return keys


def read_keys(file: Path) -> tuple[bytes, ...]:
    """The keys in a file that is there. Raises ConfigError with the remedy."""
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise _unusable(file, error) from error
    keys = keys_of(text)
    if not keys or min(map(len, keys)) < SHORTEST:
        remedy = "delete it for a new key (links that were sent then end), or restore it"
        raise ConfigError(f"{file} holds no key of {SHORTEST} characters or more; {remedy}", subject="site.key")
    return keys


def _unusable(file: Path, error: OSError | UnicodeError) -> ConfigError:
    """What is wrong with a file of the key of links that cannot be read or made."""
    remedy = "it keeps the key of the links in messages: give it to the user whom the monitor runs as"
    if isinstance(error, UnicodeError):
        remedy = "restore it, or delete it for a new key (links that were sent then end)"
    why = getattr(error, "strerror", None) or "it holds more than letters, digits and signs"
    return ConfigError(f"{file} cannot be used: {why}; {remedy}", subject="site.key")


def _make(file: Path) -> None:
    """Write a new key whole, readable for its owner alone. One that another process has made meanwhile stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=".site-key-", dir=file.parent)  # mode 0600
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)
