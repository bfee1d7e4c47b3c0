"""The meaning of each word that rule files accept, and of each key of policy.yaml: for editors and the reference."""

from __future__ import annotations

from collections.abc import Mapping

_EFFECT = {
    "pledge": "It is promised.",
    "progress": "It is under way.",
    "delivered": "It is done.",
    "setback": "Less is done than before.",
    "breach": "The promise is broken.",
    "threat": "A break is announced.",
    "deadline": "A date moves.",
    "none": "About the commitment, without any effect.",
    "not_about": "Not about the commitment.",
}
_STANDING = {
    "unpledged": "Not promised.",
    "pledged": "Promised, not begun.",
    "in_progress": "Under way.",
    "partly_met": "A good part is done.",
    "met": "Done in full.",
    "in_force": "In force until its date.",
    "breached": "Broken.",
    "lapsed": "Its date has passed without it.",
}
_OUTLOOK = {"steady": "No risk.", "at_risk": "An act or a threat puts it at risk.", "stalled": "Postponed or held up."}
_SPEAKERS = {
    "both": "The two parties of the deal.",
    "company": "A company that is a party.",
    "third": "An outsider to the deal.",
    "others": "Parties without a declared name.",
    "unknown": "Not stated.",
    "data": "Official statistics.",
    "press": "The outlet itself.",
    "": "Independent.",
}

DESCRIPTIONS: tuple[Mapping[str, str], ...] = (
    _EFFECT,
    _STANDING,
    _OUTLOOK,
    {**_STANDING, **_OUTLOOK},
    _SPEAKERS,
    {"near": "At most four words.", "clause": "The same clause.", "sentence": "The same sentence."},
    {
        "leads": "The reading of a model that has passed `model check` counts; rules that contradict it move nothing."
        " Another model confirms.",
        "confirms": "The rules decide; where the model agrees, a weak act is firm.",
        "off": "Only the rules count.",
    },
    {
        "quantity": "An amount by a date: needs targets.",
        "milestone": "Step by step: needs steps.",
        "standing": "In force until it ends or is broken.",
        "series": "Recurring meetings or rounds.",
    },
    {
        "good": "Follows the promise: progress.",
        "done": "Fulfils the promise: delivered.",
        "bad": "Goes against the promise: setback.",
        "break": "Breaks the promise: breach.",
        "threat": "Announces a break: threat.",
        "pledge": "Makes the promise: pledge.",
        "deadline": "Moves a date.",
    },
    {
        "rumour": "may, weighs, 或将: uncertain.",
        "plan": "will, agreed to, 拟: intended.",
        "demand": "urges, calls on, 敦促: uncertain, and no promise of who is asked.",
        "under_way": "begins, 开始: under way.",
        "formal": "signs, in force, 签署: an act of record.",
        "done": "completed, 完成: done.",
        "negation": "not, has yet to, 尚未: not done.",
        "denial": "denies, 否认: denied.",
        "stop": "drops, halts, 取消: ends a bad act, or a good one next to it.",
        "ease": "lifts, eases, 放宽: ends a bad act; a good one goes on.",
        "past": "had decided to, 此前曾: done or decided before the news, and no act.",
        "plain": "a trip to Beijing, in May: words that only look like one of the others.",
    },
    {
        "official": "Texts of a government or another party.",
        "state_media": "Media that speak for a government.",
        "wire": "Agencies and papers with their own reporters.",
        "trade": "The trade press.",
        "aggregator": "Repeats others; never counts as a source.",
        "unknown": "Unknown; never counts as a source.",
    },
    {"pledged": "Promised.", "booked": "Ordered.", "shipped": "Loaded.", "arrived": "Through customs.", "": "Unknown."},
    {"due": "Must be done by then.", "expiry": "Ends then.", "start": "Begins then."},
    {
        "current": "Both sides agree on it.",
        "claimed": "One side names it.",
        "superseded": "Replaced by another date.",
        "met": "Done in time.",
        "lapsed": "Passed without it.",
    },
    {"day": "Exact day.", "month": "In that month.", "quarter": "In that quarter.", "year": "In that year."},
    {"stable": "It moves verdicts.", "experimental": "It is shown, but moves and sends nothing."},
    {"title": "The headline.", "summary": "The text below it."},
    {
        "status": "The word that people read.",
        "deadline": "A date.",
        "progress": "The amount done.",
        "terms": "An instrument or rate.",
        "flag": "A doubt or a note.",
        "event": "A step or setback without a new status.",
    },
    {
        "unconfirmed": "A side has not confirmed it.",
        "contested": "Two claims contradict each other.",
        "overdue": "Its date has passed, its grace period has not.",
        "late": "Done after its first date.",
        "behind_pace": "Less is done than the schedule requires.",
        "stale": "No news for long.",
        "unchecked": "No source could be read around its date.",
        "pinned": "Set by a person.",
    },
    {
        "news": "A story.",
        "clock": "Time alone.",
        "person": "A person's intervention.",
        "correction": "An outlet's correction.",
        "rules": "An edit to the rules.",
        "backfill": "A first reading of older news.",
    },
    {"up": "Good news.", "down": "Bad news.", "other": "Neither."},
)
"""Words with their meanings, one table for each kind of word."""

POLICY_DESCRIPTIONS: Mapping[str, str] = {
    "live_days": "Older signals are final: a signal that arrives later than this many days moves nothing without a "
    "person.",
    "settle_seconds": "Seconds from news to the decision, so that several outlets of one event are evaluated together. "
    "A formal act does not wait.",
    "late_hours": "News older than this when first seen is marked late.",
    "digest_only_days": "News older than this when first seen goes to the digest only, except formal acts.",
    "held_hours": "Messages caused by an edit to the rules, or to a route with approval, wait this long for a person, "
    "then expire.",
    "corroborate_days": "Two independent origins count together within this many days.",
    "presumed_days": "Two independent origins that take a completion for granted count together within this many days.",
    "origins_needed": "Independent origins that confirm a change which waits for evidence.",
    "unlisted_per_source": "So many publishers that rules/sources.yaml does not list count as one source beside a "
    "listed one.",
    "kept_days": "A state to be kept that has begun is in force after so many days without corroborated bad news.",
    "fade_days": "A blow dealt to a state in force no longer puts it at risk after so many days without further bad "
    "news. 0: never.",
    "rival_hours": "A breach must be reported by more sources than report a threat or setback in the same hours.",
    "partly_met_share": "The share of a quantity from which the standing is partly_met.",
    "progress_step": "A quantity alerts on progress at each multiple of this share.",
    "due_notices": "Days before a deadline on which a notice is sent.",
    "event_origins": "Independent sources for an immediate alert on an event. With fewer, it goes to the digest. "
    "Chosen, like the next five, from the table of benchmarks/telling.py.",
    "event_talk_origins": "Independent sources for a plan or threat that only the press reports.",
    "event_hours": "The sources of an event must report within this many hours.",
    "event_apart_hours": "Reports in the same direction within this many hours of an alerted event belong to it.",
    "event_again_origins": "Independent sources for a further event in the same direction while the last is recent.",
    "event_again_days": "An alerted event is recent for this many days.",
    "event_follow_hours": "A change that follows an alerted event in the same direction within this many hours is sent "
    "as a reply to it.",
    "unread_hours": "A change by time alone (overdue, missed, lapsed, stale) needs a source that was read within this "
    "many hours before; otherwise the status is unchecked. Half a day, because news of an extension is repeated for "
    "longer. With one poll a day, use 30.",
    "recheck_hours": "After more than two days without sources, and at a first start, a change by time alone waits "
    "until sources have been read for this many hours. A day: by then, each source has repeated what matters.",
    "cooldown_hours": "The window of the cool-down, which counts messages on changes of one commitment for a route.",
    "turns_allowed": "After this many messages in the window, changes of outlook alone and flags go to the digest "
    "only. A new status, a date, an intervention, a confirmation and a correction are always sent. 99: no cool-down.",
    "corroborating_tiers": "Tiers that count as an independent origin.",
    "moving_tiers": "Tiers whose single report counts, and whose quotes of a side count as that side's word.",
    "doubt_days": "A final standing that only one source claims, and a contradiction between two sides, end after this "
    "many days.",
    "press_origins": "Independent press sources that begin a commitment without a side's statement. "
    "1: the first wire is enough.",
    "outlook_origins": "Independent sources that change an outlook. 1: the first wire is enough. A formal act in an "
    "official text and official statistics need no other source. Chosen from the table of benchmarks/telling.py.",
    "outlook_days": "The sources that change an outlook must report within this many days.",
    "threat_days": "A threat for a day further ahead than this is told as an event and turns no outlook.",
    "statistics": "Origins whose counts are official data. Any other count needs a second counter.",
    "one_counter": "Other names of an agency that counts. Messages show only its newest count.",
    "arrival_statistics": "Those statistics that count arrivals, which say little about orders.",
    "reader": "How the readings of a language model and the rules are combined, if config.toml has a reader. Unread "
    "stories are judged by the rules. A person's reading always counts.",
}
"""The keys of policy.yaml. rules/policy.yaml has no descriptions of its own."""


def descriptions_of(words: list[str]) -> list[str] | None:
    """A line for each word, from the first table that has them all; None if no table does."""
    table = next((table for table in DESCRIPTIONS if all(word in table for word in words)), None)
    return [table[word] for word in words] if table is not None else None
