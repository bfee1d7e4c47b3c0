"""Meanings of the words that rule files use instead of free text: editors show these lines beside them."""

from __future__ import annotations

from collections.abc import Mapping

_EFFECT = {
    "pledge": "It is said that it will be done.",
    "progress": "It is being done.",
    "delivered": "It is done.",
    "setback": "Less is done than was.",
    "breach": "The promise is broken.",
    "threat": "It is said that it will be broken.",
    "deadline": "A date is moved.",
    "none": "It concerns the commitment and moves nothing.",
    "not_about": "It does not concern the commitment at all.",
}
_STANDING = {
    "unpledged": "Nobody has promised it.",
    "pledged": "Promised, and nothing done yet.",
    "in_progress": "Being done.",
    "partly_met": "A good part is done.",
    "met": "Done in full.",
    "in_force": "It holds, until its date.",
    "breached": "Broken.",
    "lapsed": "Its date has passed without it.",
}
_OUTLOOK = {
    "steady": "Nothing is to be feared.",
    "at_risk": "An act or a threat speaks against it.",
    "stalled": "It is put off or held up.",
}
_SPEAKERS = {
    "us": "The United States.",
    "cn": "China.",
    "both": "Both governments.",
    "company": "A company that is a party.",
    "third": "Somebody outside the deal.",
    "others": "Parties without a name: any official publisher that is none of the US, China and companies.",
    "unknown": "It is not said.",
    "data": "Statistics of record.",
    "press": "The outlet itself.",
    "": "Nobody's.",
}

DESCRIPTIONS: tuple[Mapping[str, str], ...] = (
    _EFFECT,
    _STANDING,
    _OUTLOOK,
    {**_STANDING, **_OUTLOOK},
    _SPEAKERS,
    {
        "near": "At most four words from the event.",
        "clause": "In the clause of the event.",
        "sentence": "In the sentence of the event.",
    },
    {
        "leads": "What the model reads is a signal, and a rule that it contradicts moves nothing.",
        "confirms": "A rule counts where the model reads the same way; the model alone moves nothing.",
        "off": "The rules speak alone.",
    },
    {
        "quantity": "An amount by a date: needs targets.",
        "milestone": "Done step by step: needs steps.",
        "standing": "In force until it ends or is broken.",
        "series": "Meetings or rounds that go on.",
    },
    {
        "good": "In keeping with the promise: progress.",
        "done": "It fulfils the promise: delivered.",
        "bad": "Against it: setback.",
        "break": "It breaks the promise: breach.",
        "threat": "Announces a break: threat.",
        "pledge": "Says that it will be done: pledge.",
        "deadline": "Moves a date.",
    },
    {
        "rumour": "may, weighs, 或将: not sure to come.",
        "plan": "will, agreed to, 拟: to come.",
        "under_way": "begins, 开始: being done.",
        "formal": "signs, in force, 签署: an act of record.",
        "done": "completed, 完成: done.",
        "negation": "not, has yet to, 尚未: not done.",
        "denial": "denies, 否认: said not to be so.",
        "stop": "drops, halts, 取消: a bad thing ends; so does a good one right beside it.",
        "ease": "lifts, eases, 放宽: a bad thing ends, and a good one goes on.",
        "plain": "a trip to Beijing, in May: what looks like a mark inside such words is none.",
    },
    {
        "official": "Texts of a government or a party.",
        "state_media": "Media that speak for a government.",
        "wire": "Agencies and papers with reporters of their own.",
        "trade": "The trade press.",
        "aggregator": "Repeats others: never counts as a source.",
        "unknown": "Nothing is known of it: never counts as a source.",
    },
    {
        "pledged": "Said to be bought.",
        "booked": "Ordered.",
        "shipped": "Loaded.",
        "arrived": "Through customs.",
        "": "Not known.",
    },
    {"due": "Must be done by then.", "expiry": "Ends then.", "start": "Begins then."},
    {
        "current": "Both sides stand behind it.",
        "claimed": "One side says so.",
        "superseded": "Another date has taken its place.",
        "met": "Done in time.",
        "lapsed": "Passed without it.",
    },
    {
        "day": "The day itself.",
        "month": "Some day of that month.",
        "quarter": "Some day of that quarter.",
        "year": "Some day of that year.",
    },
    {"stable": "It moves verdicts.", "experimental": "It is shown, and moves and sends nothing."},
    {"title": "The headline.", "summary": "The text under it."},
    {
        "status": "The word that people read.",
        "deadline": "A date.",
        "progress": "How much is done.",
        "terms": "An instrument or rate.",
        "flag": "A doubt or a note.",
        "event": "A step or blow that moves no status.",
    },
    {
        "unconfirmed": "A side has not confirmed it.",
        "contested": "Two claims cannot both be true.",
        "overdue": "Its date has passed, its grace has not.",
        "late": "Done after its first date.",
        "behind_pace": "Less is done than by now should be.",
        "stale": "Long without news.",
        "unchecked": "Nobody could read around its date.",
        "pinned": "Set by a person.",
    },
    {
        "news": "A story.",
        "clock": "Time alone.",
        "person": "Somebody pinned or rejected something.",
        "correction": "An outlet took back what it wrote.",
        "rules": "An edit of the rules.",
        "backfill": "A first look at what had been there before.",
    },
    {"up": "Good news.", "down": "Bad news.", "other": "Neither."},
)
"""Words with their meanings, one table for each kind of word."""

POLICY_DESCRIPTIONS: Mapping[str, str] = {
    "live_days": "Signals older than this many days are folded into the verdict; one that arrives later moves nothing without a person.",
    "settle_seconds": "Seconds between news of a commitment and the decision on it, so that the outlets of one event are evaluated together. A formal act does not wait.",
    "late_hours": "News older than this many hours when first seen is marked late.",
    "digest_only_days": "News older than this many days when first seen goes to the digest only, unless it is a formal act.",
    "held_hours": "Messages caused by an edit of the rules are held this many hours for a person, then expire.",
    "corroborate_days": "Two independent origins count together when they speak within this many days.",
    "origins_needed": "How many independent origins confirm a change that waits for the evidence threshold.",
    "partly_met_share": "From this share of a quantity on, the standing is partly_met.",
    "progress_step": "A quantity alerts on progress each time it passes another step of this share.",
    "due_notices": "Days before a deadline on which a notice is due.",
    "event_origins": "How many independent sources make an event told at once; one report worth a remark makes an event of note, which the digest lists. Chosen, as the next five, from the table that benchmarks/telling.py prints.",
    "event_talk_origins": "How many independent sources a plan or a threat needs which only the press reports and no side.",
    "event_hours": "The sources that tell of an event must report within this many hours.",
    "event_apart_hours": "What is reported within this many hours of a told event, in the same direction, belongs to that event.",
    "event_again_origins": "How many independent sources a further event of the same direction needs while the last one is fresh.",
    "event_again_days": "For this many days after it was told an event is fresh.",
    "event_follow_hours": "A turn of the outlook, a step, changed terms or a doubt that follows a told event of the same direction within this many hours is a reply to its message.",
    "unread_hours": "What time alone would move (overdue, missed, lapsed, stale) needs an answer of a source that could tell otherwise within this many hours before that moment; else the status is unchecked. Half a day: news of an extension is repeated for longer. A monitor that cron starts once a day needs 30.",
    "recheck_hours": "After more than two days without an answer, and at a first start, the clock's verdict follows once sources have been read for this many hours and nothing contradicts it. A day: by then each source has told again what matters.",
    "cooldown_hours": "The window of the cool-down: messages on changes of one commitment made for a route within this many hours are counted.",
    "turns_allowed": 'After this many messages within the window, a change of outlook alone or of a flag goes to the digest only. A new status, a moved or passed date, a person\'s act, a confirmation and a correction always go out. The last message before says "Unstable". 99: no cool-down.',
    "corroborating_tiers": "Publishers that count as one of the independent origins.",
    "moving_tiers": "Publishers whose single report is worth a remark, and which quote a side well enough to move what moves at once.",
    "press_origins": "How many independent press sources pledge or begin a thing, which a statement of one side does at once. 1: the first wire does.",
    "outlook_origins": "How many independent sources turn an outlook, for the worse or the better. 1: the first wire does. A formal act in an official text and statistics of record need no other source. Chosen from the table that benchmarks/telling.py prints.",
    "outlook_days": "The sources that turn an outlook must speak within this many days.",
    "statistics": "Origins whose counts are data of record and need no second counter; any other count needs one.",
    "one_counter": "Names under which an agency counts, each with the agency's own: messages show its newest count alone.",
    "arrival_statistics": "Those of them that count what has arrived, which says little about what has been booked.",
    "reader": "How the readings of a language model go together with the rules, where a reader is set up in config.toml. leads: what the model reads is a signal, and a rule that it contradicts moves nothing. confirms: a rule counts where the model reads the same way; the model alone moves nothing. off: the rules speak alone. A story that is not read yet is read by the rules. A person's reading always counts.",
}
"""The keys of policy.yaml, described here alone: editors show these lines, and the comments of rules/policy.yaml repeat them."""


def descriptions_of(words: list[str]) -> list[str] | None:
    """A line for each of these words from the first table that knows them all; None if no table does."""
    table = next((table for table in DESCRIPTIONS if all(word in table for word in words)), None)
    return [table[word] for word in words] if table is not None else None
