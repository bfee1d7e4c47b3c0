"""The shapes of the files under rules/. Checks across files follow when the rules are compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from monitor.domain.matching.modality import Cue, Polarity
from monitor.domain.model import By, Effect, Kind, Outlook, Policy, Standing, Tier
from monitor.domain.model.sides import joint
from monitor.domain.text.numerals import AmountInRule, read_amount
from monitor.rulebook.schema.descriptions import POLICY_DESCRIPTIONS


class RuleShape(BaseModel):
    """The base of all shapes: a mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


# ---------------------------------------------------------------- types of values

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
TierName = Literal["official", "state_media", "wire", "trade", "aggregator", "unknown"]
DateKind = Literal["due", "expiry"]
DateState = Literal["current", "claimed", "superseded", "met", "lapsed"]
Patterns: TypeAlias = str | Annotated[list[str], Field(min_length=1)]
"""One pattern, or several alternatives."""
ByKind = dict[str, Patterns]
"""Patterns by the kind of news that they exclude."""
Sentence = Annotated[str, Field(min_length=1)]
_PARTY_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(\+[a-z][a-z0-9]*(-[a-z0-9]+)*)*$"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAYS = re.compile(r"\s*(\d{1,4})\s*(day|week|month)s?\s*")
_DAYS_IN = {"day": 1, "week": 7, "month": 30}
_DAYS_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^\s*\d{1,4}\s*(day|week|month)s?\s*$"},
    ],
    "examples": ["60 days", "2 weeks"],
}
_AMOUNT_SCHEMA = {"type": "string", "pattern": r"\d", "examples": ["12 Mt", "$30 billion", "100 units"]}


def _read_day(value: object) -> date:
    """Reads 2026-01-31. Pydantic alone would also take a number, or a time of midnight, for a day."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, date):
        return value
    raise PydanticCustomError("date", "no date")


def read_days(value: object) -> int:
    """Reads "60 days", "2 weeks" or a bare number of days. A month is 30 days. Raises ValueError with a remedy."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number of days, such as 60 days")
    return int(match[1]) * _DAYS_IN[match[2]]


def refuse_unless(holds: Callable[[Any], object], message: str) -> Callable[[Any], Any]:
    """A validator that refuses the values for which `holds` is false."""

    def validator(value: Any) -> Any:
        if not holds(value):
            raise ValueError(message.format(value))
        return value

    return validator


def shape_rule(holds: Callable[[Any], object], message: str) -> Any:
    """The same for a whole mapping."""
    return model_validator(mode="after")(refuse_unless(holds, message))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone, such as Asia/Shanghai") from error
    return value


def _joint_party(value: object) -> object:
    """Replaces a list of several parties by the one word for all of them."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(party, str) for party in value):
        return joint(value)
    return value


def _tier(value: object) -> Tier:
    names = {tier.name.lower(): tier for tier in Tier}
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{value!r} is no tier; one of {', '.join(names)}")
    return names[value]


def _pairs(value: object) -> object:
    if not isinstance(value, Mapping):
        raise PydanticCustomError("dict_type", "no mapping")
    return tuple(value.items())


def _or_declared(*words: str) -> WithJsonSchema:
    """The schema of these words, or the id of a declared party."""
    return WithJsonSchema({"anyOf": [{"enum": [*words]}, {"type": "string", "pattern": _PARTY_ID}]})


_OWING_SCHEMA = {
    "anyOf": [
        {"enum": ["both", "company", "others"]},
        {"type": "string", "pattern": _PARTY_ID},
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
    ]
}
Owing = Annotated[str, BeforeValidator(_joint_party), WithJsonSchema(_OWING_SCHEMA)]
Acting = Annotated[By, _or_declared(*By)]
SaidBy = Annotated[str, _or_declared("both", "company", "data", "press")]
Voice = Annotated[str, _or_declared("company", "")]
_NO_ACT = "{!r} names no act: write 'to do what', or 'who to do what'"
ActWords = Annotated[
    str, AfterValidator(refuse_unless(lambda text: not text or re.search(r"(?:^| )to [a-z{]", text), _NO_ACT))
]
_NO_PAGE = "{!r} is no web address: it begins with https://"
WebPage = Annotated[
    str, AfterValidator(refuse_unless(lambda page: not page or re.fullmatch(r"https?://\S+", page), _NO_PAGE))
]
Zone = Annotated[str, AfterValidator(_zone)]
Days = Annotated[int, BeforeValidator(read_days), WithJsonSchema(_DAYS_SCHEMA)]
Amount = Annotated[AmountInRule, BeforeValidator(read_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
_SINGLE = "an entry of together needs two patterns or more; a single pattern belongs under any"
Companions = Annotated[
    list[str],
    AfterValidator(refuse_unless(lambda patterns: len(patterns) > 1, _SINGLE)),
    Field(json_schema_extra={"minItems": 2}),
]

Day = Annotated[date, BeforeValidator(_read_day)]
Flag = Annotated[bool, Strict()]
"""true or false, and not the text "true"."""

_USE = "Vocabulary files (without .yaml) whose sets this file uses. Its own sets take precedence."
_ACTOR = "Who acts, if the sentence does not say."
_NOT_EXAMPLE = {"other sellers": "{other_beans}", "crop forecasts": ["crop forecast", "产量"]}


# ---------------------------------------------------------------- sources.yaml and policy.yaml


class PublisherShape(RuleShape):
    name: str = Field(min_length=1, description="As feeds and stories name it.")
    aliases: list[str] = Field([], description="Other names in stories.")
    domains: list[str] = Field([], description="Its sites, with their subdomains.")
    tier: TierName = Field(description="How much its reports count.")
    side: Voice = Field("", description="The party that it speaks for, if any.")
    owner: str = Field("", description="Publishers with one owner count as one origin.")
    called: str = Field("", description="Its name within a sentence, such as 'the US Treasury' [name].")
    zone: Zone = Field("UTC", description="Time zone of its dates, such as Asia/Shanghai.")
    lang: str = Field("", description="Language of its stories (two letters), if feeds do not say.")


class SourcesShape(RuleShape):
    publishers: list[PublisherShape] = Field(description="All known publishers.")


_TierField = Annotated[Tier, BeforeValidator(_tier), WithJsonSchema({"enum": [*get_args(TierName)]})]
_NAMES_SCHEMA = {"type": "object", "additionalProperties": {"type": "string"}}
_Names = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs), WithJsonSchema(_NAMES_SCHEMA)]
_POLICY_TYPES: dict[Any, Any] = {
    tuple[tuple[str, str], ...]: _Names,
    int: Annotated[int, Field(ge=0), Strict()],
    float: Annotated[float, Field(gt=0, le=1), Strict()],
    tuple[int, ...]: tuple[Annotated[int, Strict()], ...],
    frozenset[Tier]: frozenset[_TierField],
}
# The keys of policy.yaml are the fields of Policy, so that a new weight needs only a description here.
_POLICY_FIELDS: dict[str, Any] = {
    name: (_POLICY_TYPES.get(hint, hint), Field(getattr(Policy(), name), description=POLICY_DESCRIPTIONS.get(name, "")))
    for name, hint in get_type_hints(Policy).items()
}
PolicyShape = create_model("PolicyShape", __base__=RuleShape, **_POLICY_FIELDS)


# ---------------------------------------------------------------- vocabulary


class WordsShape(RuleShape):
    """Patterns by language."""

    en: list[str] = Field([], description="English patterns.", examples=[["soybean*", "(buys|books) cargoes"]])
    zh: list[str] = Field([], description="Chinese patterns.", examples=[["大豆", "拟 ..4 采购"]])


class SetShape(WordsShape):
    """A set with its words by language and its meaning."""

    means: str = Field("", description="The common meaning of the words, in one sentence.")
    eg: list[str] = Field([], description="Two or three sentences with them.", examples=[["China raises its duty"]])


SetWords = SetShape | list[str]
"""A plain list is enough: the script of an entry shows its language."""


class PartyShape(RuleShape):
    """A party: its name, and the words for it in stories."""

    name: str = Field("", description="Its name in messages: the EU.")
    words: SetWords = Field(default=[], description="Words for it in stories.", examples=[["EU", "Brussels", "欧盟"]])


class SpeakerShape(RuleShape):
    name: str = Field(min_length=1, description="The origin of the statement: one name for each voice.")
    side: Annotated[str, _or_declared("company", "data", "press")] = Field(
        description="The party that it speaks for. press: an agency that others quote; its name is the `owner` of "
        "its own reports."
    )
    words: WordsShape = Field(description="Words for this speaker in stories.")


class VocabularyShape(RuleShape):
    use: list[str] = Field([], description=_USE)
    sets: dict[str, SetWords] = Field({}, description="Named patterns. {name} in a pattern matches any of them.")
    speakers: list[SpeakerShape] = Field([], description="Speakers that sentences quote.")
    modality: dict[Cue, WordsShape] = Field({}, description="Words that change the meaning of an act near them.")
    frames: dict[str, WordsShape] = Field({}, description="Words of opinion, history and other texts without news.")
    parties: dict[str, WordsShape | PartyShape] = Field(
        {},
        description="Words for those who act. both, company and third belong to every deal; a party has a name, and "
        "acts in the deals that declare it.",
    )
    documents: dict[str, WordsShape] = Field({}, description="Classes of documents by words in their titles.")
    headlines: dict[str, WordsShape] = Field({}, description="Words of titles that tell no news of their own, by kind.")
    names: dict[str, dict[str, str]] = Field(
        {}, description="What words of other languages mean, by kind. {kind|else} in tells takes the meanings."
    )
    masks: WordsShape = Field(WordsShape(), description="Longer words that hide the phrases inside them.")


# ---------------------------------------------------------------- deal.yaml


class GateShape(RuleShape):
    """The stories that a reader is asked about, by title and the start of the summary."""

    any: list[str] = Field([], description="Specific words: one is enough.", examples=[["{goods}", "trade pact"]])
    together: list[Companions] = Field(
        [],
        description="General words in combination: every pattern of one entry must occur, anywhere in the story.",
        examples=[[["{party}", "{topic}"]]],
    )

    _has_patterns = shape_rule(lambda gate: gate.any or gate.together, "a gate needs patterns under any or together")


class PrecedenceShape(RuleShape):
    """A story about two commitments counts for one of them."""

    of: list[str] = Field(min_length=1, description="Ids of the commitments that give way.")
    to: str = Field(description="Id of the commitment that takes the story, if the story is about it too.")
    when: list[str] = Field(min_length=1, description="Trigger words.", examples=[["after ..near (call|talks)"]])
    unless: list[str] = Field([], description="Exceptions to when.")
    since: Day | None = Field(None, description="Only for stories published on this day or later.")
    kind: str = Field("", description="The kind of news, as explain shows it.", examples=["outcomes of a call"])


class LevelsShape(RuleShape):
    """The words of important acts."""

    summit: Patterns = Field([], description="Leaders meet, or an agreement is signed.", examples=["Carney ... met"])
    order: Patterns = Field([], description="A ruling, an order, a measure put into effect.", examples=["<decree+>"])


class DealShape(RuleShape):
    id: Id = Field(description="The name of the deal's folder.")
    name: str = Field(min_length=1, description="Its name for people.")
    description: str = Field("", description="What was agreed, when and by whom.")
    text: WebPage = Field("", description="The page with the text of the deal.")
    glossary: dict[str, Sentence] = Field(
        {},
        description="For readers: the terms of the deal and its news, each with its meaning.",
        examples=[{"Section 301": "The US law that lets the USTR answer unfair trade with tariffs."}],
    )
    use: list[str] = Field([], description=_USE)
    sets: dict[str, SetWords] = Field({}, description="Named patterns of this file alone, for gate and parties.")
    parties: dict[str, PartyShape] = Field(
        {},
        description="The parties of the deal, by id. They can owe, act and speak. `eu: {}` takes one from the "
        "vocabulary; `eu+us` has words that name both.",
        examples=[{"eu": {}, "in": {"name": "India", "words": ["India", "New Delhi"]}}],
    )
    gate: GateShape | None = Field(
        None, description="The stories that a reader is asked about [every story that a rule of the deal could match]."
    )
    levels: LevelsShape = Field(LevelsShape(), description="Words that make a completed act in their clause important.")
    precedence: list[PrecedenceShape] = Field(
        [], description="Which of two commitments takes a story: the first match."
    )
    reader: str = Field("", description="The introduction for a reader [description].")
    effects: dict[Effect, Sentence] = Field(
        {},
        description="For a reader: what a story must report for each effect [the meaning of the effect].",
        json_schema_extra={"propertyNames": {"enum": [*Effect]}},
    )
    rulings: list[Sentence] = Field([], description="For a reader: how to decide difficult kinds of stories.")


# ---------------------------------------------------------------- a commitment


class TargetShape(RuleShape):
    amount: Amount = Field(description="An amount with its unit: 12 Mt, $30 billion, 100 units.")
    basis: Literal["pledged", "booked", "shipped", "arrived", ""] = Field(
        "", description="What counts towards it. Without a basis, no share is calculated."
    )
    start: Day = Field(description="First day that counts.")
    due: Day = Field(description="Last day that counts.")
    label: str = Field("", description="The name of the period in charts.")

    _in_order = shape_rule(lambda target: target.start <= target.due, "due is before start")


class DeadlineShape(RuleShape):
    what: str = Field(min_length=1, description="What is due or ends.")
    kind: DateKind = Field(description="Moving a due date later is bad news; moving an expiry later is good news.")
    day: Day = Field(alias="date", description="The day; of a month, quarter or year its last day.")
    said_by: SaidBy = Field(description="Who names the date.")
    state: DateState = Field("current", description="The state of the date on that day.")
    precision: Literal["day", "month", "quarter", "year"] = Field("day", description="How exact the date is.")
    since: Day | None = Field(None, description="The day on which the date became known.")


class BackgroundShape(RuleShape):
    text: str = Field(min_length=1, max_length=200, description="What a reader must know, in a sentence.")
    since: Day = Field(description="The day on which it became known.")
    source: WebPage = Field(min_length=1, description="A page that says it.")


class BaselineShape(RuleShape):
    as_of: Day = Field(description="The day of the assessment. Earlier news moves nothing.")
    standing: Standing = Field(description="The standing on that day.")
    outlook: Outlook = Field(Outlook.STEADY, description="The outlook on that day.")
    since: Day | None = Field(None, description="Start of this standing [as_of].")
    source: WebPage = Field(min_length=1, description="A page that shows it.")
    note: str = Field("", description="What was known, in a sentence or two.")
    steps: list[str] = Field([], description="Completed steps of a milestone.")
    deadlines: list[DeadlineShape] = Field([], description="Open dates.")
    unconfirmed: list[str] = Field([], description="Sides that had not confirmed it.")


class ReadsShape(RuleShape):
    """The definition for a reader. For a part: what belongs to it and not to its parent or siblings."""

    about: str = Field(min_length=1, description="What is about it, in words.")
    not_about: str = Field("", description="What is similar but not about it, in words.")


class AboutShape(RuleShape):
    """The stories that are about the commitment, by title or summary."""

    any: list[str] = Field([], description="Patterns for title and summary.", examples=[["{cn} ..8 {soy}"]])
    title: list[str] = Field([], description="Looser patterns, for the title only.")
    summary: list[str] = Field([], description="Stricter patterns, for the summary only.")
    never: ByKind = Field(
        {},
        description="Excludes the story (if in the title) or the sentence (if in the summary) without exceptions, "
        "by kind of news.",
        examples=[_NOT_EXAMPLE],
    )
    excluded: ByKind = Field({}, alias="not", description="Like never, but with `unless`.", examples=[_NOT_EXAMPLE])
    unless: list[str] = Field([], description="Exceptions to not.")

    _has_patterns = shape_rule(
        lambda about: about.any or about.title or about.summary, "about needs patterns under any, title or summary"
    )


class PublishedShape(RuleShape):
    since: Day | None = Field(None, alias="from", description="The first day.")
    until: Day | None = Field(None, description="The last day.")

    _in_order = shape_rule(
        lambda days: days.since is None or days.until is None or days.since <= days.until, "from is later than until"
    )


class PhaseShape(PublishedShape):
    """A part of the commitment's life: between two days, or during some standings or outlooks."""

    under: list[Standing | Outlook] = Field([], description="Standings or outlooks; otherwise its acts have no effect.")

    _has_limits = shape_rule(
        lambda phase: phase.since or phase.until or phase.under, "a phase needs from, until or under"
    )
    _one_kind = shape_rule(
        lambda phase: len({type(status) for status in phase.under}) < 2,
        "under names standings or outlooks, not both: make two phases",
    )


class DefaultsShape(RuleShape):
    """Values for every act of the file that has none of its own."""

    by: Acting = Field(By.UNKNOWN, description=_ACTOR)
    phase: str = Field("", alias="in", description="The phase in which acts count.")
    document: list[str] = Field([], description="Classes of documents in which acts count.")
    excluded: ByKind = Field(
        {},
        alias="not",
        description="Excludes every act of the file, in addition to its own not. Its unless makes exceptions to both.",
        examples=[_NOT_EXAMPLE],
    )


class OnlyIfShape(RuleShape):
    """Conditions on the place of the words and on the story; all must hold."""

    field: list[Literal["title", "summary"]] = Field([], description="The field of the words.")
    document: list[str] = Field([], description="Classes of documents; news is anything that is no document.")
    published: PublishedShape = Field(PublishedShape(), description="Days of publication.")


class StatusOverrideShape(RuleShape):
    """Other effects of the same words under another status."""

    under: list[Standing | Outlook] = Field(min_length=1, description="Standings or outlooks of the verdict.")
    read: dict[Effect, Effect] = Field(min_length=1, description="Effect of the words -> effect there.")


ROLES = ("event", "agent", "patient", "via")
"""The keys of a frame that have patterns."""


class RolesShape(RuleShape):
    """The keys of a frame; an act can have them itself."""

    event: Patterns | None = Field(
        None,
        description="The action: <verbs> match active and passive, <nouns+> the nominal forms; other words match "
        "in either order.",
        examples=["{buy}", "<halt/stop>"],
    )
    agent: Patterns | None = Field(None, description="Who does it.", examples=["{buyer}"])
    patient: Patterns | None = Field(None, description="What it is done to.", examples=["{goods}"])
    via: Patterns | None = Field(None, description="Other words required in the clause.", examples=["<25 Mt>"])
    within: Literal["near", "clause", "sentence"] = Field(
        "clause", description="Greatest distance of agent and patient from the event."
    )

    _roles_have_an_event = shape_rule(
        lambda frame: frame.event is not None or frame.agent is frame.patient is frame.via is None,
        "agent, patient and via are roles of an event: name the event",
    )


class FrameShape(RolesShape):
    """One frame of several."""

    _has_an_event = shape_rule(lambda frame: frame.event is not None, "a frame needs an event")


class ActShape(RolesShape):
    """Something that a story can report about the commitment."""

    id: Id = Field(description="The rule's name within its commitment.")
    polarity: Polarity | None = Field(None, description="The meaning of the completed act for the commitment.")
    frames: list[FrameShape] = Field([], description="Alternative frames; one match is enough.")
    any: list[str] = Field(
        [],
        min_length=1,
        description="Alternative patterns; one match is enough.",
        examples=[["{cn} (to be|as) <buyer+> ..near {soy}"]],
    )
    excluded: ByKind = Field(
        {},
        alias="not",
        description="Words in the same sentence that exclude the act, by kind of news.",
        examples=[_NOT_EXAMPLE],
    )
    unless: list[str] = Field([], description="Exceptions to not.")
    phase: str = Field("", alias="in", description="The phase in which it counts; any: always.", examples=["signing"])
    only_if: OnlyIfShape = Field(OnlyIfShape(), description="Conditions on place and story; all must hold.")
    when_status: list[StatusOverrideShape] = Field([], description="Other effects under another status.")
    by: Acting = Field(By.UNKNOWN, description=_ACTOR)
    object: str = Field("", description="The object of the act, if the commitment has several: first cargo.")
    stalls: Flag = Field(False, description="true: the outlook becomes stalled instead of at_risk.")
    step: str = Field("", description="The step of the milestone that the act completes.")
    terms: str = Field("", description="The instrument or rate that it changes.")
    tells: ActWords = Field(
        "",
        max_length=90,
        description="The act in plain words for alerts: to do what, or who to do what.",
        examples=["to tighten rare-earth controls", "the talks to go on"],
    )
    weak: Flag = Field(False, description="true: counts only if no other act matches. For bare nouns and mentions.")
    presumes: Flag = Field(False, description="true: its words take the completion for granted; no polarity or effect.")
    outside: Flag = Field(False, description="true: outside the promise; it matches any title, moves only the outlook.")
    effect: Effect | None = Field(None, description="For weak acts, instead of a polarity: the effect in every clause.")
    stage: Literal["stable", "experimental"] = Field("stable", description="Whether the rule can move a verdict.")
    notes: str = Field("", description="Known false positives, and reasons for the rule.")
    references: list[str] = Field([], description="Pages that justify the rule.")

    @model_validator(mode="after")
    def polarity_or_effect(self) -> ActShape:
        if self.event is None and not (self.frames or self.any):
            raise ValueError("an act needs an event, frames, or patterns under any")
        if self.presumes:
            if self.polarity is not None or self.effect is not None or self.weak or self.outside:
                raise ValueError("an act that presumes has no polarity or effect, and is neither weak nor outside")
            return self
        if (self.polarity is None) == (self.effect is None):
            raise ValueError("an act has a polarity, or (if weak) an effect: write one of them")
        if self.effect is not None and not self.weak:
            raise ValueError("only a weak act has an effect: add weak: true, or write a polarity instead")
        if self.object and self.step:
            raise ValueError("a step is the object of its act: write only one of them")
        return self


class CommitmentShape(RuleShape):
    id: Id = Field(description="The name of the file. The id of a part begins with its parent's id.")
    name: str = Field(min_length=1, description="The promise in a sentence.")
    before: dict[Day, str] = Field(
        {},
        description="Its name until a day on which its terms became known.",
        examples=[{"2026-03-01": "The mills buy beans"}],
    )
    short: str = Field(min_length=1, max_length=40, description="Its name in alerts and tables.")
    text: WebPage = Field("", description="The page with its text [that of the deal].")
    topic: str = Field("", max_length=20, description="A shorter name for subjects [short].")
    kind: Kind = Field(description="How it is fulfilled.")
    owed_by: Owing = Field(description="Who made the promise; a list means all together.", examples=[["eu", "us"]])
    owner: str = Field("", description="Who maintains the rules of this commitment.")
    targets: list[TargetShape] = Field([], description="For a quantity: how much, by when.")
    steps: list[str] = Field([], description="For a milestone, in order.", examples=[["agreed", "signed", "closed"]])
    clauses: dict[str, str] = Field(
        {},
        description="What brings each step, or in_force or met, as a clause: messages announce it as next.",
        examples=[{"signed": "the parties sign the sale"}],
    )
    parts: list[str] = Field([], description="Ids of the parts that make it up: it is in force once each of them is.")
    partly_met_by: list[str] = Field([], description="Steps that partly fulfil it.", examples=[["first granted"]])
    grace: Days = Field(0, description="Time from its date until it has lapsed.")
    related: list[DeadlineShape] = Field([], description="Dates of other laws that bear on it, for pages and digests.")
    background: list[BackgroundShape] = Field(
        [],
        description="What a reader must know of its terms and scope, for its page. No verdict counts it.",
        examples=[
            [{"text": "The mills have named no amount.", "since": "2026-03-01", "source": "https://example.org"}]
        ],
    )
    stale: Days = Field(60, description="Time without news after which it is stale.")
    after_met: list[Effect] = Field([], description="The only effects that count once it is met [all].")
    criteria: dict[Standing | Outlook, str] = Field(
        {},
        description="The meaning of each status for this commitment; alerts quote it.",
        json_schema_extra={"propertyNames": {"enum": [*Standing, *Outlook]}},
    )
    baselines: list[BaselineShape] = Field(
        min_length=1,
        description="Its status on given days, assessed by a person, oldest first. A monitor starts from the last one "
        "before its start. A baseline that is added later takes effect with that edit (cause `rules`).",
    )
    reads: ReadsShape | None = Field(
        None, description="The definition for readers (models and people). Without it, they are not asked."
    )
    use: list[str] = Field([], description=_USE)
    sets: dict[str, SetWords] = Field({}, description="Named patterns of this file alone.")
    about: AboutShape = Field(description="The stories that are about the commitment.")
    phases: dict[str, PhaseShape] = Field(
        {},
        description="Named parts of its life, for acts that count only then.",
        examples=[{"own": {"from": "2026-02-01"}, "signing": {"under": ["pledged", "in_progress"]}}],
    )
    defaults: DefaultsShape = Field(DefaultsShape(), description="Values for acts that have none of their own.")
    acts: list[ActShape] = Field(min_length=1, description="What a story can report about it.")
