"""The configured model with its questions and limits: whether it leads or only confirms, what the owner is told of it,
and how it loses the lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import ReaderKind, ReaderMode, Reading, Route, Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import TextAnswer
from monitor.domain.reading.lead import WATCHED, fallen_shares, lead_refused, reading_shares
from monitor.domain.reading.question import ReaderQuestion, version_of
from monitor.errors import ReaderError
from monitor.pipeline.apply_readings import reread_stories
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator
from monitor.store import Connection, problems_and_runs, reading_store

PROBLEM_KIND = "lead"
"""Kind of the stored problem of a model that should lead and only confirms; its subject is the model with its
server."""
REMEDY = "run `deal-monitor model check`"


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """The configured model and its limits. name: of the model; place: the model and its server, for people. template:
    the version of the template of its questions, which are by deal."""

    name: str
    place: str
    template: str
    questions: Mapping[str, ReaderQuestion]
    batch: int
    daily_tokens: int

    @property
    def version(self) -> str:
        """The version of all questions."""
        return version_of(self.questions.values())

    def cost_of(self, deal: str, texts: Sequence[Story]) -> int:
        """The approximate number of tokens of a request on these texts, answer included; without texts, the least."""
        asked = exchange.tokens_of(self.questions[deal].text) + exchange.tokens_of(exchange.story_lines(texts))
        return exchange.REQUEST_TOKENS + asked + len(texts) * exchange.ANSWER_TOKENS

    def least_cost(self, deals: Iterable[str] = ()) -> int:
        """The tokens of the shortest request on one of these deals, or on any."""
        return min(self.cost_of(deal, ()) for deal in (tuple(deals) or self.questions))

    def reading_of(self, deal: str, text: str, answer: TextAnswer, at: datetime) -> Reading:
        """The model's answer on a text, as it is stored."""
        reader = (ReaderKind.MODEL, self.name, self.questions[deal].version)
        found = Reading(text, *reader, at, answer.matches, unsure=answer.unsure, refused=answer.refused)
        return replace(found, summary_read=exchange.SUMMARY_READ_LIVE, deals=(deal,))

    def subject_of(self, deal: str) -> str:
        """The subject of answers on a deal that cannot be used: with several deals, the question of one may be at fault
        while the server answers the others."""
        return self.place if len(self.questions) == 1 else f"{self.place}, question on {deal}"


@dataclass(frozen=True, slots=True)
class ReaderLead:
    """The lead of a model at one moment, within the caller's transaction."""

    conn: Connection
    rulebook: Rulebook
    setup: ReaderSetup
    now: datetime

    @property
    def refused(self) -> str:
        """Why the model may not lead; '' if it may."""
        return lead_refused(reading_store.check_of(self.conn, self.setup.name, self.setup.template))

    @property
    def trouble(self) -> str:
        """Why the model only confirms although the policy lets it lead; '' otherwise."""
        return self.refused if self.rulebook.policy.reader is ReaderMode.LEADS else ""

    def note(self, routes: Sequence[Route]) -> None:
        """Record that the model only confirms, and notify the owner once; or that it leads."""
        why, place = self.trouble, self.setup.place
        known = {problem.subject: problem for problem in problems_and_runs.problems(self.conn, PROBLEM_KIND)}
        over = [subject for subject in known if subject != place or not why]
        problems_and_runs.resolve_problem(self.conn, PROBLEM_KIND, over)
        if not why or (place in known and known[place].error.text == why):
            return
        problems_and_runs.add_problem(self.conn, PROBLEM_KIND, place, ReaderError(why), self.now)
        notice = OperatorNotice(
            key=f"{PROBLEM_KIND}\n{place}\n{self.setup.template}\n{why}",
            state="only confirms",
            first_line=f"READER ONLY CONFIRMS · {place}",
            why="The policy has `reader: leads`, but a model leads only after a full check that reaches the bars. "
            "Until then the rules decide, and the model confirms them.",
            confidence="The monitor keeps the last check of each model, and compares what it reads since.",
            findings=(why,),
            found_by=self.setup.place,
            remedy="Run `deal-monitor model check`. If the model does not pass, use another one.",
        )
        notify_operator(self.conn, notice, routes, self.now)

    def fallen(self) -> str:
        """What a leading model reads far worse than in its check, over its last stories; '' if nothing. It only
        reads."""
        check = reading_store.check_of(self.conn, self.setup.name, self.setup.template)
        if check is None or lead_refused(check):
            return ""
        texts = reading_store.last_leading(self.conn, check.model, check.at, WATCHED)
        return fallen_shares(reading_shares(texts, self.rulebook), check.shares)

    def lose(self, why: str, routes: Sequence[Route]) -> int:
        """Take the lead from the model until its next check. What its last readings alone have changed is corrected;
        returns their number."""
        check = reading_store.check_of(self.conn, self.setup.name, self.setup.template)
        if check is None or lead_refused(check):
            return 0
        reading_store.save_check(self.conn, check.lost(why, self.now))
        texts = reading_store.last_leading(self.conn, check.model, check.at, WATCHED)
        reading_store.save(self.conn, [replace(reading, confirms=True) for _, reading in texts])
        reread_stories(self.conn, self.rulebook, {story.id: story.seen_at for story, _ in texts}, self.now)
        self.note(routes)
        return len(texts)
