"""Rules edited under the running program: a good edit is adopted, a bad one is refused and reported to the owner.

The last good rules stay in use until better ones are there. Nothing is sent again: what came in before the edit is decided
under the old rules, and a verdict that only the new rules change is recorded with the cause `rules`, its messages held.
"""

from __future__ import annotations

import hashlib
from typing import Any

from monitor.domain.matching.rules import acts_of
from monitor.errors import RuleError
from monitor.logs import get_logger
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator
from monitor.runtime.app import App, run_reviews
from monitor.runtime.session import rules_of
from monitor.runtime.wiring import make_reader
from monitor.store import Connection, problems_and_runs
from monitor.store.tables import Problem

PROBLEM_KIND = "rules"
"""The kind under which a refused edit stands among the open problems."""
MAX_LOGGED = 20
MAX_NOTIFIED = 8
"""Errors in the log, and lines in a message: estimates of what one reads; `rules check` lists them all."""

log = get_logger(__name__)


def reload_rules(app: App) -> bool:
    """Look at the folder of rules; True if an edit was adopted. The running program calls this every few seconds.

    1. Where nothing was edited, note that a fault of before is over, and stop.
    2. Load the edited rules; where they cannot be loaded, refuse them, and stop.
    3. Review under the old rules what came in before the edit, if the rules differ.
    4. Put the whole rulebook in place of the old one, between two jobs.
    5. Review everything under the new rules, as a start does; what the edit alone changes is held.
    """
    if app.watch is None:
        return False
    if not app.watch.edited():
        _check_recovered(app)
        return False
    try:
        rulebook = rules_of(app.settings)
        reader = make_reader(app.settings, rulebook)
    except Exception as error:  # noqa: BLE001 - whatever an edit does to the loader, the last good rules stay in use
        _refuse(app, error)
        return False
    before = app.rulebook.version
    if rulebook.version != before:
        run_reviews(app, settled=True)
    with app.steady:
        app.rulebook, app.reader, app.refused = rulebook, reader, ""
    log.info("rules taken over", version=rulebook.version, before=before, rules=len(acts_of(rulebook)))
    held = [message for message in run_reviews(app, settled=True).messages if message.held]
    if held:
        log.warning("messages caused by a rule edit are held; see `deal-monitor outbox list`", count=len(held))
    _check_recovered(app)
    return True


def _refuse(app: App, error: Exception) -> None:
    """Log each place, record the problem for `doctor`, and tell the owner once about each distinct fault."""
    issues, text = error.issues if isinstance(error, RuleError) else (), str(error) or type(error).__name__
    places = [f"{issue.path}:{issue.line}:{issue.column}" for issue in issues]
    app.refused = f"{places[0]}: {issues[0].message}" if issues else text.splitlines()[0]
    folder, version = str(app.settings.rules), app.rulebook.version
    what = {"folder": folder, "version": version, "errors": len(issues) or 1, "first": app.refused}
    log.error("rules refused; the last good version stays in use", **what)
    for place, issue in list(zip(places, issues, strict=True))[:MAX_LOGGED]:
        log.error("rule error", at=place, code=issue.code, problem=issue.message)
    # A fault is the same whatever line it has moved to meanwhile.
    parts = sorted({f"{issue.path} {issue.code} {issue.message}" for issue in issues}) or [str(error)]
    fault = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with app.store.begin() as conn:
        problem = problems_and_runs.add_problem(conn, PROBLEM_KIND, folder, error, app.clock())
        first_line, by = f"RULES REFUSED · {app.refused}", "deal-monitor rules check"
        why = f"The edited rules cannot be used. Version {version} stays in use."
        remedy = "Mend what is named here: the edit is then taken over within seconds, without a restart."
        _notify(app, conn, problem, fault, "refused", first_line=first_line, why=why, said=text, by=by, remedy=remedy)


def _check_recovered(app: App) -> None:
    """Resolve the faults recorded before, by this process or the one before it, if the folder holds what is in use."""
    if app.refused:
        return
    folder, version = str(app.settings.rules), app.rulebook.version
    with app.store.read() as conn:
        faults = [fault for fault in problems_and_runs.problems(conn, PROBLEM_KIND) if fault.subject == folder]
    if not faults:
        return
    log.info("rules are good again", version=version)
    with app.store.begin() as conn:
        problems_and_runs.resolve_problem(conn, PROBLEM_KIND, [fault.subject for fault in faults])
        for fault in faults:
            first_line, by = f"RULES GOOD AGAIN · version {version} is in use", "the fault that is mended"
            why = f"The rules refused on {fault.first_at:%-d %b %Y at %H:%M} UTC are mended and in use."
            remedy = "Nothing is to be done. What the edit alone changes waits in the outbox: deal-monitor outbox list."
            said, state = fault.error.text or fault.error.type, "good again"
            _notify(app, conn, fault, state, state, first_line=first_line, why=why, said=said, by=by, remedy=remedy)


def _notify(app: App, conn: Connection, problem: Problem, event: str, shown: str, *, said: str, **parts: Any) -> None:
    """Tell the owner. What is told once is an `event` of the time from the first bad edit to the next good one."""
    lines = said.splitlines()
    if len(lines) > MAX_NOTIFIED:
        lines[MAX_NOTIFIED:] = [f"… and {len(lines) - MAX_NOTIFIED} more"]
    key = f"{problem.kind}\n{problem.subject}\n{problem.first_at.isoformat()}\n{event}"
    parts |= {"key": key, "name": "Rules", "short": "rules", "shown": shown, "good": shown == "good again"}
    notice = OperatorNotice(said=tuple(lines), sure="The rules were read as they stand in the folder.", **parts)
    notify_operator(conn, notice, app.owner_routes(), app.clock())
