"""Rules edited under the running program: a good edit is taken over, a bad one is refused and said so.

The last good rules stay in use until better ones are there. Nothing is sent again: what came in before the edit is decided
under the old rules, and a verdict that only the new rules change is recorded with the cause `rules`, its messages held.
"""

from __future__ import annotations

import hashlib

from monitor.domain.matching.rules import Rulebook
from monitor.errors import Issue, RuleError
from monitor.logs import get_logger
from monitor.pipeline.owner_notices import OperatorNotice, notify_operator
from monitor.runtime.app import App, run_reviews
from monitor.runtime.session import rules_of
from monitor.store import problems_and_runs
from monitor.store.tables import Problem

PROBLEM_KIND = "rules"
"""The kind under which a refused edit stands among the open problems."""
MAX_LOGGED = 20
MAX_NOTIFIED = 8

log = get_logger(__name__)


def reload_rules(app: App) -> bool:
    """Looks at the folder of rules; True if an edit was taken over. Called every few seconds by the running program."""
    if app.watch is None:
        return False
    if not app.watch.edited():
        _check_recovered(app)
        return False
    try:
        rulebook = rules_of(app.settings)
    except Exception as error:  # noqa: BLE001 - whatever an edit does to the loader, the last good rules stay in use
        _refused(app, error)
        return False
    _activate(app, rulebook)
    _check_recovered(app)
    return True


def _activate(app: App, rulebook: Rulebook) -> None:
    """The whole rulebook at once, between two jobs, and then what a start with changed rules does."""
    before = app.rulebook
    if rulebook.version != before.version:
        run_reviews(app, settled=True)
    with app.steady:
        app.rulebook, app.refused = rulebook, ""
    what = "rules read again; they say the same" if rulebook.version == before.version else "rules taken over"
    log.info(what, version=rulebook.version, before=before.version, rules=len(rulebook.rules))
    report = run_reviews(app, settled=True)
    held = [message for message in report.messages if message.held]
    if held:
        log.warning("messages caused by a rule edit are held; see `deal-monitor outbox list`", count=len(held))


# ---------------------------------------------------------------- a bad edit


def _refused(app: App, error: Exception) -> None:
    """Logged with every place, noted for `doctor`, and told to the owner once for each distinct fault."""
    issues, now = _issues(error), app.clock()
    app.refused = _short(issues[0]) if issues else (str(error) or type(error).__name__).splitlines()[0]
    log.error(
        "rules refused; the last good version stays in use",
        folder=str(app.settings.rules), version=app.rulebook.version, errors=len(issues) or 1, first=app.refused,
    )  # fmt: skip
    for issue in issues[:MAX_LOGGED]:
        log.error("rule error", at=f"{issue.path}:{issue.line}:{issue.column}", code=issue.code, problem=issue.message)
    with app.store.begin() as conn:
        problem = problems_and_runs.add_problem(conn, PROBLEM_KIND, _subject(app), error, now)
        notify_operator(conn, _notice(app, problem, error), app.owner_routes(), now)


def _short(issue: Issue) -> str:
    return f"{issue.path}:{issue.line}:{issue.column}: {issue.message}"


def _issues(error: Exception) -> tuple[Issue, ...]:
    return error.issues if isinstance(error, RuleError) else ()


def _subject(app: App) -> str:
    return str(app.settings.rules)


def _notice(app: App, problem: Problem, error: Exception) -> OperatorNotice:
    return OperatorNotice(
        key=f"{_episode(problem)}\n{_fault_key(error)}", name="Rules", short="rules", shown="refused",
        first_line=f"RULES REFUSED · {app.refused}",
        why=f"The edited rules cannot be used. Version {app.rulebook.version} stays in use.",
        sure="The rules were read as they stand in the folder.",
        said=_lines(str(error) or type(error).__name__), by="deal-monitor rules check",
        remedy="Mend what is named here: the edit is then taken over within seconds, without a restart.",
    )  # fmt: skip


def _lines(text: str) -> tuple[str, ...]:
    lines = text.splitlines()
    more = len(lines) - MAX_NOTIFIED
    return (*lines[:MAX_NOTIFIED], *([f"… and {more} more"] if more > 0 else []))


def _episode(problem: Problem) -> str:
    """The time from the first bad edit to the next good one."""
    return f"{problem.kind}\n{problem.subject}\n{problem.first_at.isoformat()}"


def _fault_key(error: Exception) -> str:
    """What is wrong, whatever line it has moved to meanwhile."""
    issues = _issues(error)
    parts = sorted({f"{i.path} {i.code} {i.message}" for i in issues}) if issues else [str(error)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# ---------------------------------------------------------------- good again


def _check_recovered(app: App) -> None:
    """The folder holds what is in use: a fault noted before, by this process or the one before it, is over."""
    if app.refused:
        return
    with app.store.read() as conn:
        faults = [p for p in problems_and_runs.problems(conn, PROBLEM_KIND) if p.subject == _subject(app)]
    if not faults:
        return
    now = app.clock()
    log.info("rules are good again", version=app.rulebook.version)
    with app.store.begin() as conn:
        problems_and_runs.resolve_problem(conn, PROBLEM_KIND, [fault.subject for fault in faults])
        for fault in faults:
            notify_operator(conn, _notify_recovered(app, fault), app.owner_routes(), now)


def _notify_recovered(app: App, fault: Problem) -> OperatorNotice:
    return OperatorNotice(
        key=f"{_episode(fault)}\ngood again", name="Rules", short="rules", shown="good again", good=True,
        first_line=f"RULES GOOD AGAIN · version {app.rulebook.version} is in use",
        why=f"The rules refused on {fault.first_at:%-d %b %Y at %H:%M} UTC are mended and in use.",
        sure="The rules were read as they stand in the folder.", said=_lines(fault.error.text or str(fault.error)), by="the fault that is mended",
        remedy="Nothing is to be done. What the edit alone changes waits in the outbox: deal-monitor outbox list.",
    )  # fmt: skip
