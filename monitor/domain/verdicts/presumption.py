"""Presumption: a completion that was missed, concluded from later reports that take it for granted.

"TikTok's new US owners" presumes a sale. Acts that say `presumes: true` find such words; firm reports of the completion
that came too far apart count with them. Two independent sources on two days suffice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.domain.matching.rules import READER, Rulebook
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Effect, FlagKind, Kind, Outlook, ReasonCode, Standing
from monitor.domain.model.news import Signal, day_of
from monitor.domain.model.reasons import Presumed, Reason
from monitor.domain.model.verdicts import Verdict
from monitor.domain.verdicts.corroboration import Claim, assess_support, is_weak
from monitor.domain.verdicts.evidence import without_kind
from monitor.domain.verdicts.standing import NEEDS_NO_CORROBORATION, STANDING_ORDER, next_standing

OPEN_STANDINGS = frozenset({Standing.PLEDGED, Standing.IN_PROGRESS, Standing.PARTLY_MET})
"""Standings of a promise that was made and is not known to be kept. A failure ends only by firm news."""
UNDOING = frozenset({Effect.SETBACK, Effect.BREACH})
"""Effects that void the reports before them."""
NEEDED_DAYS = 2


@dataclass(slots=True)
class PresumptionTracker:
    """The reports of the last `presumed_days` that take a commitment as kept, oldest first."""

    commitment: Commitment
    rulebook: Rulebook
    reports: tuple[Signal, ...] = ()

    def add(self, signal: Signal) -> bool:
        """Add a signal; return whether it takes the commitment as kept."""
        policy = self.rulebook.policy
        firm = not signal.rule.endswith(f"/{READER}") and not is_weak(signal, self.rulebook.rules)
        if signal.tier not in policy.corroborating_tiers:
            return False
        if firm and signal.effect in UNDOING:
            self.reports = ()
            return False
        of_part = signal.effect is Effect.PROGRESS and signal.object in self.commitment.partly_met_by
        takes = bool(signal.presumed) or (firm and (of_part or signal.effect is Effect.DELIVERED))
        if takes:
            oldest = signal.happened.end - timedelta(days=policy.presumed_days)
            self.reports = (*(s for s in self.reports if s.happened.end >= oldest), signal)
        return takes

    def conclude(self, verdict: Verdict, signal: Signal) -> tuple[Verdict, Reason | None]:
        """The verdict after `signal`, with the reason if enough reports now take the commitment as kept.

        The rounds of a series follow each other, so that a later report may mean an earlier one.
        """
        if not self.add(signal) or verdict.standing not in OPEN_STANDINGS or self.commitment.kind is Kind.SERIES:
            return verdict, None
        policy = self.rulebook.policy
        reached = {s.id: self._reached(verdict, s) for s in self.reports}
        meant = reached[signal.id]
        if meant is None or meant in NEEDS_NO_CORROBORATION:
            return verdict, None
        ranks = {key: STANDING_ORDER[standing] for key, standing in reached.items() if standing is not None}
        agreeing = tuple(s for s in self.reports if ranks.get(s.id, -1) >= STANDING_ORDER[meant])
        days = {day_of(s.happened.end) for s in agreeing}
        origins = assess_support(Claim("", agreeing), self.commitment, policy).origins
        if len(days) < NEEDED_DAYS or origins < policy.origins_needed:
            return verdict, None
        evidence = tuple(s.id for s in agreeing)
        reason = Reason(ReasonCode.PRESUMED, Presumed(" ".join(signal.quote.split())), evidence)
        since, flags = signal.happened.end, without_kind(verdict.flags, FlagKind.UNCONFIRMED)
        moved = replace(verdict, standing=meant, since=since, why=reason, evidence=evidence, flags=flags)
        if meant is not Standing.PARTLY_MET and moved.outlook is not Outlook.STEADY:  # no risk is left
            moved = replace(moved, outlook=Outlook.STEADY, outlook_since=since, outlook_evidence=())
        return moved, reason

    def _reached(self, verdict: Verdict, report: Signal) -> Standing | None:
        """The standing that a report would lead to as a firm report of the completion."""
        rule = self.rulebook.rules.get(report.presumed)
        done = replace(report, effect=Effect.DELIVERED, object=rule.object if rule is not None else report.object)
        alone = assess_support(Claim("", (done,)), self.commitment, self.rulebook.policy)
        return next_standing(verdict, done, alone, self.commitment, self.rulebook.policy)
