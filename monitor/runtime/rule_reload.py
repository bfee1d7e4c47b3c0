"""Rule edits under the running program: a valid edit is adopted, an invalid one is refused and the owner notified.

Stories from before the edit are decided with the old rules first, and a verdict that only the new rules change is
recorded with the cause `rules`, its messages held.
"""

from __future__ import annotations

import hashlib

from monitor.domain.matching.rules import acts_of
from monitor.errors import MonitorError, RuleError
from monitor.logs import get_logger
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator
from monitor.runtime.app import App, run_reviews
from monitor.runtime.folder_watch import FolderWatch
from monitor.runtime.session import rules_of
from monitor.runtime.wiring import make_reader
from monitor.store import problems_and_runs

PROBLEM_KIND = "rules"
"""Kind of the stored problem of a refused edit."""
MAX_LOGGED = 20
MAX_NOTIFIED = 8
"""Errors in the log, and lines in a message: estimates of a readable number; `rules check` lists them all."""

log = get_logger(__name__)


def reload_rules(app: App) -> bool:
    """Check the folder of rules; True if an edit was adopted. The running program calls this every few seconds.

    1. Without an edit: note that an earlier fault is over, and stop.
    2. Load the edited rules; if that fails, refuse them, and stop.
    3. If the rules differ, review stories from before the edit with the old rules.
    4. Replace the whole rulebook between two jobs.
    5. Review everything with the new rules, as at a start; messages that only the edit causes are held.

    A worker of a fleet takes up only rules that were adopted for all: see `follow_adopted`.
    """
    if app.watch is None:
        return False
    if app.store.shared:
        return follow_adopted(app, app.watch)
    if not app.watch.edited():
        _check_recovered(app)
        return False
    try:
        rulebook = rules_of(app.settings)
        reader = make_reader(app.settings, rulebook)
    except Exception as error:  # noqa: BLE001 - whatever an edit does to the loader, the last valid rules stay in use
        # Log each place, record the problem for `doctor`, and notify the owner once of each distinct fault.
        issues, text = error.issues if isinstance(error, RuleError) else (), str(error) or type(error).__name__
        places = [f"{issue.path}:{issue.line}:{issue.column}" for issue in issues]
        app.refused = f"{places[0]}: {issues[0].message}" if issues else text.splitlines()[0]
        folder, version = str(app.settings.monitor.rules), app.rulebook.version
        details = {"folder": folder, "version": version, "errors": len(issues) or 1, "first": app.refused}
        log.error("rules refused; the last good version stays in use", **details)
        for place, issue in list(zip(places, issues, strict=True))[:MAX_LOGGED]:
            log.error("rule error", at=place, code=issue.code, problem=issue.message)
        # A fault is the same even if it moves to another line; each is notified once until a valid edit.
        parts = sorted({f"{issue.path} {issue.code} {issue.message}" for issue in issues}) or [str(error)]
        fault = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        with app.store.begin() as conn:
            problem = problems_and_runs.add_problem(conn, PROBLEM_KIND, folder, error, app.clock())
            notice = OperatorNotice(
                key="\n".join((PROBLEM_KIND, folder, problem.first_at.isoformat(), fault)),
                state="refused",
                first_line=f"RULES REFUSED · {app.refused}",
                why=f"The edited rules have errors. Version {version} stays in use.",
                confidence="Checked in the folder itself.",
                findings=_listed(text),
                found_by="deal-monitor rules check",
                remedy="Correct what is named here; the edit is then adopted within seconds, without a restart.",
            )
            notify_operator(conn, notice, app.owner_routes(), app.clock())
        return False
    before = app.rulebook.version
    if rulebook.version != before:
        run_reviews(app, settled=True)
    with app.steady:
        if reader is not None and app.reader is not None:  # what is known of the server stays known
            reader.server, reader.batch = app.reader.server, app.reader.batch
        app.rulebook, app.reader, app.refused = rulebook, reader, ""
    log.info("rules adopted", version=rulebook.version, before=before, rules=len(acts_of(rulebook)))
    held = [message for message in run_reviews(app, settled=True).messages if message.held]
    if held:
        log.warning("messages caused by a rule edit are held; see `deal-monitor outbox list`", count=len(held))
    _check_recovered(app)
    return True


def follow_adopted(app: App, watch: FolderWatch) -> bool:
    """Keep a worker on the adopted rules: take them up from its folder; while they are not there, it is idle. True if
    the rules in use have changed."""
    with app.store.read() as conn:
        adopted = problems_and_runs.adopted_version(conn)
    before, edited = app.rulebook.version, watch.edited()
    if adopted == before:
        app.idle = ""
        return False
    if not edited and f"version {adopted} are adopted" in app.idle:  # tried already
        return False
    try:
        rulebook = rules_of(app.settings)
        reader = make_reader(app.settings, rulebook)
    except MonitorError as error:
        found = str(error).splitlines()[0]
    else:
        if rulebook.version == adopted:
            with app.steady:
                app.rulebook, app.reader, app.idle = rulebook, reader, ""
            log.info("rules adopted", version=adopted, before=before, rules=len(acts_of(rulebook)))
            return True
        found = f"{app.settings.monitor.rules} has version {rulebook.version}"
    app.idle = f"the rules of version {adopted} are adopted for all workers, and here {found}"
    log.error("this worker has not the adopted rules, and writes nothing", problem=app.idle)
    return False


def _check_recovered(app: App) -> None:
    """Resolve faults recorded by this or an earlier process, once the folder matches the rules in use."""
    if app.refused:
        return
    folder, version = str(app.settings.monitor.rules), app.rulebook.version
    with app.store.read() as conn:
        faults = [fault for fault in problems_and_runs.problems(conn, PROBLEM_KIND) if fault.subject == folder]
    if not faults:
        return
    log.info("rules are good again", version=version)
    with app.store.begin() as conn:
        problems_and_runs.resolve_problem(conn, PROBLEM_KIND, [fault.subject for fault in faults])
        for fault in faults:
            notice = OperatorNotice(
                key="\n".join((PROBLEM_KIND, folder, fault.first_at.isoformat(), "good again")),
                state="good again",
                first_line=f"RULES GOOD AGAIN · version {version} is in use",
                why=f"The rules refused on {fault.first_at:%-d %b %Y at %H:%M} UTC are corrected and in use.",
                confidence="Checked in the folder itself.",
                findings=_listed(fault.error.text or fault.error.type),
                found_by="the corrected fault",
                remedy="No action needed. Messages that only the edit causes are held: deal-monitor outbox list.",
                good=True,
            )
            notify_operator(conn, notice, app.owner_routes(), app.clock())


def _listed(text: str) -> tuple[str, ...]:
    lines = text.splitlines()
    if len(lines) > MAX_NOTIFIED:
        lines[MAX_NOTIFIED:] = [f"… and {len(lines) - MAX_NOTIFIED} more"]
    return tuple(lines)
