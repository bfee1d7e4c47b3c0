"""What came of asking a feed, for people and for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.common import format_utc
from monitor.domain.messages.feed_health import remedy_for
from monitor.domain.text.plain import one_line
from monitor.feeds.url_policy import redacted_url

if TYPE_CHECKING:
    from monitor.errors import FeedError
    from monitor.runtime.feed_trials import FeedTrial

KIB = 1024


def error_text(error: FeedError) -> str:
    """Why a feed could not be read, and what to do: one line."""
    text, remedy = one_line(str(error), 500), remedy_for(error.kind)
    return f"{text}{'' if text.endswith(('.', '?')) else '.'} {remedy}"


def answer_text(trial: FeedTrial) -> str:
    """How the server answered: "HTTP 200 after 0.4 s, 12 KiB, text/xml"; '' where it did not."""
    answer = trial.answer
    if answer is None:
        return ""
    kind = one_line((answer.content_type or "").partition(";")[0], 60) or "no type"
    return f"HTTP {answer.status} after {answer.elapsed:.1f} s, {max(1, round(trial.size / KIB)):,} KiB, {kind}"


def contents_text(trial: FeedTrial) -> str:
    """What the feed holds: "RSS 2.0, 25 items, newest 5 Nov 2026 08:00 UTC"."""
    found = trial.appraisal
    assert found is not None
    count = f"{found.items:,} {'item' if found.items == 1 else 'items'}"
    newest = found.newest.published if found.newest is not None else None
    return f"{found.format}, {count}{f', newest {format_utc(newest)}' if newest is not None else ''}"


def warnings_of(trial: FeedTrial, zone: str = "") -> tuple[str, ...]:
    """What is odd about a feed that can be read, one sentence each. zone: what its dates without one will be taken to be in, '' if
    nobody has said."""
    found, moved = trial.appraisal, trial.moved_to
    assert found is not None
    answer = trial.answer
    warnings = [f"it has moved for good to {moved}"] if moved else []
    if answer is not None and not moved and answer.final_url != trial.feed.url and not _same_but_fragment(trial):
        warnings.append(f"it redirects to {redacted_url(answer.final_url)}, though not for good")
    if found.zoneless and not (zone or trial.feed.zone):
        remedy = 'name it by zone = "…" (feeds add: --zone), else they are taken as UTC'
        warnings.append(f"its dates name no zone ({found.zoneless!r}); {remedy}")
    return (*warnings, *found.warnings)


def notes_of(trial: FeedTrial) -> tuple[str, ...]:
    """What is good to know about a feed that can be read, and no fault of it: searches of aggregators never have summaries."""
    found = trial.appraisal
    assert found is not None
    headlines = ("no item has a summary; only headlines are read",) if found.headlines_only else ()
    return (*headlines, *(f"mended: {repair}" for repair in found.repairs))


def _same_but_fragment(trial: FeedTrial) -> bool:
    """Whether the address that answered is the one that was asked, but for what never reaches a server."""
    from monitor.feeds.url_policy import parse_address

    return trial.answer is not None and parse_address(trial.feed.url).url == trial.answer.final_url


def values_of(trial: FeedTrial) -> dict[str, Any]:
    """A trial for JSON. Times are ISO 8601, seconds and bytes plain numbers; what is not known is null."""
    answer, found, error = trial.answer, trial.appraisal, trial.error
    values: dict[str, Any] = {"feed": trial.feed.name, "url": trial.feed.url, "ok": found is not None}
    values |= {
        "status": answer.status if answer else error and error.status,
        "seconds": answer and round(answer.elapsed, 3),
    }
    values |= {"final_url": answer and redacted_url(answer.final_url), "moved_to": trial.moved_to}
    values |= {"content_type": answer and answer.content_type, "bytes": trial.size if answer else None}
    newest = found.newest if found else None
    values |= {"format": found and found.format, "title": found and found.title, "items": found and found.items}
    values |= {"newest": newest and newest.published, "newest_title": newest and newest.title}
    values |= {"lang": found and found.lang, "items_per_day": found and found.per_day}
    values |= {"warnings": warnings_of(trial) if found else (), "notes": notes_of(trial) if found else ()}
    return values | {
        "error": error and str(error),
        "kind": error and error.kind,
        "remedy": error and remedy_for(error.kind),
    }
