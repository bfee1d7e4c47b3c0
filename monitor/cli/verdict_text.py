"""A verdict as text for a terminal and as values for JSON."""

from __future__ import annotations

from typing import Any

import click

from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import Verdict, day_of
from monitor.runtime.session import Opened


def published_status(verdict: Verdict) -> str:
    from monitor.domain.messages.headline import shown_status

    return shown_status(verdict)


def status_values(app: Opened, name: str, verdict: Verdict) -> dict[str, Any]:
    commitment = app.rulebook.commitments[name]
    return {
        "commitment": name, "name": commitment.name, "status": verdict.status, "standing": verdict.standing.value,
        "outlook": verdict.outlook.value, "since": verdict.since, "outlook_since": verdict.outlook_since,
        "why": reason_text(verdict.why), "last_evidence": verdict.last_evidence, "steps": list(verdict.steps),
        "flags": [{"kind": f.kind.value, "subject": f.subject, "since": f.since, "detail": detail_text(f.detail)} for f in verdict.flags],
        "deadlines": [
            {"what": d.what, "kind": d.kind, "date": d.date, "said_by": d.said_by, "state": d.state}
            for d in verdict.deadlines
        ],
        "progress": {
            "counted": p.counted, "low": p.low, "high": p.high, "target": p.target, "unit": p.unit, "basis": p.basis,
            "share": p.share,
        } if (p := verdict.progress) else None,
        "evidence": [*verdict.evidence, *verdict.outlook_evidence],
    }  # fmt: skip


def print_verdict(verdict: Verdict) -> None:
    """Status, flags, progress and dates, a line each."""
    from monitor.cli.tables import flags_text, progress_text, status_text
    from monitor.domain.text.plain import one_line

    click.echo(f"{status_text(verdict)} since {day_of(verdict.since):%-d %B %Y}: {one_line(reason_text(verdict.why))}")
    for label, text in (("flags", flags_text(verdict)), ("progress", progress_text(verdict.progress))):
        if text:
            click.echo(f"{label}: {text}")
    for deadline in verdict.deadlines:
        click.echo(f"{deadline.kind} {deadline.date:%-d %B %Y}: {deadline.what} ({deadline.said_by}, {deadline.state})")
