"""What the database driver says, as an error that tells a person what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor.errors import StoreError

_REMEDIES = (
    ("readonly", "it is read-only: give this user the right to write to the file and its folder"),
    ("read-only", "it is read-only: give this user the right to write"),
    ("unable to open", "it cannot be opened: check that the folder exists and that this user may write to it"),
    ("not a database", "the file is not a database or is damaged: move it away and restore a backup"),
    ("malformed", "it is damaged: stop the program, keep the file, and restore a backup"),
    ("locked", "another program holds it locked: end that program or try again"),
    ("disk is full", "the disk is full: free some space; nothing was stored and nothing was sent"),
    ("disk i/o error", "the disk reports an error: check the disk and its free space"),
    ("password authentication", "the server refuses the user or the password"),
    ("connection", "the server cannot be reached or ended the connection: check that it is running"),
)


def store_error(error: SQLAlchemyError, name: str) -> StoreError:
    """`error` about the database `name`, without statements, parameters or passwords."""
    cause = " ".join(str(error.orig if isinstance(error, DBAPIError) else type(error).__name__).split())
    remedy = next((text for sign, text in _REMEDIES if sign in cause.lower()), "")
    return StoreError(f"database {name}: {remedy or 'it refused a statement'} ({cause})", subject=name)
