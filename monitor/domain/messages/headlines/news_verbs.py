"""Verbs of English headlines with their forms, so that a whole sentence is told from a mere label."""

from __future__ import annotations

from collections.abc import Iterator


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


_PLAIN = """
accept accuse achieve acquire add address adjust admit adopt advance affirm agree allow announce apologise applaud
apply appoint approve argue arrest arrive ask assert assess assure attend authorise authorize avert avoid await bar
backtrack balk be/was/were become/became begin/began believe blacklist bolster boycott block break/broke bring/brought broaden build/built buy/bought
cancel carve cast/cast caution celebrate cement cheer choose/chose cite clarify clear climb clinch collapse come commence commit comply
conclude condemn confirm congratulate consider continue convene cool cooperate criticise criticize curtail dangle
decide declare decline decry defend defer define defy deliver denounce deny depart describe detain determine develop
direct disclose discuss dismiss divest do/did dominate double downgrade drag draw/drew ease eat/ate edge eliminate
embark embrace emerge emphasise emphasize enable encourage endorse enforce engage ensure enter escalate establish
evade evaluate examine exceed exclude exempt exert expand expect expel expire explain explore express extend eye face
fail falter favor favour feel/felt file finalise finalize find/found flag float flood fly/flew foresee/foresaw forge
formalise formalize fray free fulfil fulfill gather get/got give/gave go/went greenlight grow/grew hail halt halve
hand handle happen have/had head hear/heard hit/hit hold/held idle ignore impose improve include indicate inform
initiate insist inspect intend intensify introduce invest investigate invite invoke join keep/kept kick know/knew lack
land lay/laid lead/led leave/left legislate let/let level lift limp loom loosen lose/lost lower maintain make/made
manage materialise materialize meet/met mention miss modify mull narrow near negotiate nix nominate notify obtain
occur offset open oppose oust outlaw outline overhaul overturn own pace participate pass patch pay/paid penalise
penalize posit pour praise prefer prepare present prevail prevent proceed produce prohibit prolong promote prompt
propose prosecute prove provide publish put/put quit/quit raise rally ramp rattle reach react read/read reaffirm
realise realize reassure rebuff recall receive recommend recover redesign reduce refer refuse reinstate reiterate
reject relax relent relinquish rely remain remind remove renew renounce reopen repeal repeat replace reply repudiate
require rescind reserve reshape resist resolve respond restart restate restore restrict resume retain retaliate
retract retreat reveal revert revive revoke rework roil roll run/ran sail say/said scale scold scrap scrape scrutinise
scrutinize seal secure see/saw seek/sought seem seize sell/sold send/sent serve set/set settle shelve shorten
show/showed shrink/shrank shun shut/shut sideline sidestep sign simplify skip slam slap slash slide/slid slip slow
snap snub soar soften speak/spoke specify spark spend/spent split/split spread/spread spur squeeze stall stand/stood stay
streamline strengthen strip submit succeed sue suffer suggest summon support surge suspect suspend swap sway
sweep/swept swoop take/took teeter tell/told terminate testify thank think/thought threaten throttle throw/threw
thwart tighten tip toughen transfer travel treat trigger trim triple try tumble turn unblock underline undermine
unfreeze unlock unveil uphold/upheld urge vacate veto vie violate voice wait waive walk want warn weaken welcome widen
win/won wind/wound withdraw/withdrew withhold/withheld worry worsen write/wrote yank
"""
_ALSO_NOUNS = """
access act aim answer attack award back ban bet bid blow book boost call cause challenge charge circle claim clash close
contact control cover crack curb cut/cut deal decree delay demand design detail dial dispute doubt draft drop duel end
estimate exit export fall/fell fear fee fight/fought fine finish fix flip flow force forecast fork freeze/froze fuel
fund gain grant guard hedge hike hint hope host import increase jump lapse launch lead leak lend/lent licence license
limit list lobby lock look lure mark mine monitor mount move name need note object offer order pact pause permit pick
pile place plan plant play pledge plot point post press probe process profit program project promise protest pull
purchase push query question quota rank rate rebound rebuke recess record refund rein release report request rest
return review reward rise/rose risk rule rush sale sanction score scorn search share shave shift ship shock shoot/shot
signal slump sour stake start state step stockpile stop store strain strand stress strike/struck supply survey talk
target tariff tax tease test tie top tour tout trade trail trap trick trust tweet update use value vet view visit void
vote vow warrant watch wave weigh win work yield
"""
AUXILIARIES = word_set(
    """
    is are was were has have had will would can could may might must shall should do does did cannot
    isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't doesn't don't didn't
    isn’t aren’t wasn’t weren’t won’t wouldn’t can’t couldn’t shouldn’t hasn’t haven’t hadn’t doesn’t don’t didn’t
    """
)


def _forms(entry: str) -> Iterator[tuple[str, str]]:
    """The finite forms of a verb besides its base: (form, past or present)."""
    base, *pasts = entry.split("/")
    if base == "be":
        return
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        yield f"{base}es", "present"
    elif base.endswith("y") and base[-2] not in "aeiou":
        yield f"{base[:-1]}ies", "present"
    else:
        yield "has" if base == "have" else f"{base}s", "present"
    for past in pasts or _regular_pasts(base):
        yield past, "past"


def _regular_pasts(base: str) -> tuple[str, ...]:
    if base.endswith("e"):
        return (f"{base}d",)
    if base.endswith("y") and base[-2] not in "aeiou":
        return (f"{base[:-1]}ied",)
    return (f"{base}ed", f"{base}{base[-1]}ed")


def _table(entries: str) -> dict[str, str]:
    words = entries.split()
    return {form: kind for entry in words for form, kind in _forms(entry)}


SURE_VERBS = _table(_PLAIN)
"""Forms that are hardly ever nouns in a headline -> present or past."""
NOUNS_TOO = _table(_ALSO_NOUNS)
"""Forms that are as often nouns ('cuts', 'talks'): verbs only behind a name and before what they act on."""
NOUNS_TOO_BASES = frozenset(entry.partition("/")[0] for entry in _ALSO_NOUNS.split())
BASES = frozenset(entry.partition("/")[0] for entry in (_PLAIN + _ALSO_NOUNS).split())
PARTICIPLES = word_set(
    """
    begun broken brought bought built chosen drawn driven fallen frozen given grown held hidden hit kept known
    laid led left lost made met paid put seen sent set shown shut sold spoken struck suspended taken thrown told
    upheld withdrawn withheld won written
    """
) | {
    form for table in (SURE_VERBS, NOUNS_TOO) for form, kind in table.items() if kind == "past" and form.endswith("ed")
}
"""Past participles, which a headline writes without 'is': 'Truce extended until November'."""


def third_person(base: str) -> str:
    """The form for he, she or it: 'tighten' -> 'tightens', 'carry' -> 'carries'."""
    if base == "be":
        return "is"
    return next(form for form, kind in _forms(base) if kind == "present")
