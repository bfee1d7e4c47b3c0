"""The shapes of the files under rules/: what may stand where. Meaning across files is checked when they are compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model, model_validator

from monitor.domain.matching.modality import Cue, Polarity
from monitor.domain.model import By, Effect, Kind, Outlook, Policy, Standing, Tier
from monitor.domain.model.sides import joint
from monitor.domain.text.written_amounts import AmountInRule, read_amount
from monitor.rulebook.schema.descriptions import POLICY_DESCRIPTIONS
from monitor.rulebook.schema.frames import FrameShape, Patterns, RolesShape
from monitor.rulebook.schema.rule_shape import RuleShape
from monitor.rulebook.schema.units import AMOUNT_SCHEMA, DAYS_SCHEMA, read_days

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
TierName = Literal["official", "state_media", "wire", "trade", "aggregator", "unknown"]
DateKind = Literal["due", "expiry"]
DateState = Literal["current", "claimed", "superseded", "met", "lapsed"]


def _refuse_nothing(value: object) -> object:
    """A key that may be left out may still not stand empty."""
    if value is None:
        raise ValueError("a word belongs here, not nothing")
    return value


def _refuse_unknown_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone, such as Asia/Shanghai") from error
    return value


def _refuse_no_act(value: str) -> str:
    if value and not re.search(r"(?:^| )to [a-z]", value):
        raise ValueError(f"{value!r} says no act: write 'to do what', or 'who to do what'")
    return value


def _together(value: object) -> object:
    """Several parties as the one word for all of them."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(party, str) for party in value):
        return joint(value)
    return value


def _or_declared(*words: str) -> WithJsonSchema:
    """These words, or the id of a party that a file declares."""
    return WithJsonSchema({"anyOf": [{"enum": [*words]}, {"type": "string", "pattern": PARTY_ID}]})


PARTY_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(\+[a-z][a-z0-9]*(-[a-z0-9]+)*)*$"
Owing = Annotated[
    str,
    BeforeValidator(_together),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["us", "cn", "both", "company", "others"]},
                {"type": "string", "pattern": PARTY_ID},
                {"type": "array", "items": {"type": "string"}, "minItems": 2},
            ]
        }
    ),
]
Acting = Annotated[By, _or_declared(*By)]
SaidBy = Annotated[str, _or_declared("us", "cn", "both", "company", "data", "press")]
ActWords = Annotated[str, AfterValidator(_refuse_no_act)]
Zone = Annotated[str, AfterValidator(_refuse_unknown_zone)]
PolarityName = Annotated[Polarity | None, BeforeValidator(_refuse_nothing), WithJsonSchema({"enum": [*Polarity]})]
Days = Annotated[int, BeforeValidator(read_days), WithJsonSchema(DAYS_SCHEMA)]
Tonnage = Annotated[AmountInRule, BeforeValidator(read_amount), WithJsonSchema(AMOUNT_SCHEMA)]


class PublisherShape(RuleShape):
    name: str = Field(min_length=1, description="As feeds and stories name it.")
    aliases: list[str] = Field([], description="Other names that stories give it.")
    domains: list[str] = Field([], description="Its sites; subdomains count too.")
    tier: TierName = Field(description="How far its word carries.")
    side: Annotated[str, _or_declared("us", "cn", "company", "")] = Field(
        "", description="Whose voice it is, where it is a party's: one of these, or one that a file declares."
    )
    owner: str = Field("", description="Publishers of one owner are one origin.")
    called: str = Field("", description="Its name within a sentence, as in 'the US Treasury'; the name, if left out.")
    zone: Zone = Field("UTC", description="Time zone of its dates, as in Asia/Shanghai.")
    lang: str = Field("", description="Language of its stories, in two letters, where feeds do not say.")


class SourcesShape(RuleShape):
    publishers: list[PublisherShape] = Field(description="Everybody whose stories are known by name.")


def _tier(value: object) -> Tier:
    names = {tier.name.lower(): tier for tier in Tier}
    if value not in names:
        raise ValueError(f"{value!r} is no tier; one of {', '.join(names)}")
    return names[str(value)]


_TierField = Annotated[Tier, BeforeValidator(_tier), WithJsonSchema({"enum": [*get_args(TierName)]})]


def _pairs(value: object) -> object:
    return tuple(value.items()) if isinstance(value, Mapping) else value


_Names = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(_pairs),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
_POLICY_TYPES: dict[Any, Any] = {
    tuple[tuple[str, str], ...]: _Names,
    int: Annotated[int, Field(ge=0)],
    float: Annotated[float, Field(gt=0, le=1)],
    frozenset[Tier]: frozenset[_TierField],
}
_POLICY_FIELDS: dict[str, Any] = {
    name: (_POLICY_TYPES.get(hint, hint), Field(getattr(Policy(), name), description=POLICY_DESCRIPTIONS.get(name, "")))
    for name, hint in get_type_hints(Policy).items()
}
# The keys of policy.yaml are the fields of Policy, so that a weight added there needs only its description here.


class _Policy(RuleShape):
    removed: ClassVar[Mapping[str, str]] = {
        "risk_again_days": "delete it: a further blow is an event, told as event_origins and event_again_origins say"
    }


PolicyShape = create_model("PolicyShape", __base__=_Policy, **_POLICY_FIELDS)


class WordsShape(RuleShape):
    """Pattern pieces by language."""

    en: list[str] = Field([], description="English patterns.", examples=[["soybean*", "(buys|books) cargoes"]])
    zh: list[str] = Field([], description="Chinese patterns.", examples=[["大豆", "拟 ..4 采购"]])


class SetShape(WordsShape):
    """A set with its words by language, and what it means."""

    means: str = Field("", description="What the words have in common, in one sentence.")
    eg: list[str] = Field([], description="Two or three examples of use.", examples=[["China raises its duty on beef"]])


SetWords = SetShape | list[str]
"""A list alone is enough: the script of an entry tells its language."""

ByKind = dict[str, Patterns]
"""Patterns by the kind of news that they keep out."""
_NOT_EXAMPLE = {"other sellers": "{other_beans}", "crop forecasts": ["crop forecast", "产量"]}


class DiscourseFrameShape(WordsShape):
    """A way of talking about a thing rather than reporting it."""

    removed: ClassVar[Mapping[str, str]] = {
        "scope": "a frame holds for its sentence: words that reach no further than their clause go under none of an act",
        "makes": "words on which a sentence concerns nothing go under never of about",
    }


class PartyShape(RuleShape):
    """A party by its name and the words that stories have for it."""

    name: str = Field("", description="As messages name it: the EU.")
    words: SetWords = Field(
        default=[],
        description="How stories name it: who acts is read from these.",
        examples=[["EU", "Brussels", "欧盟"]],
    )


class SpeakerShape(RuleShape):
    name: str = Field(min_length=1, description="The origin of what is said: one name for all ways to name one voice.")
    side: Annotated[str, _or_declared("us", "cn", "company", "data", "press")] = Field(
        description="Whose voice it is: one of these, or a party that a file declares. press: an agency that others quote; its name "
        "is the `owner` of its own reports."
    )
    words: WordsShape = Field(description="How stories name the voice.")


_USE = "The files of vocabulary, without .yaml, whose sets it takes; its own sets go first."


class VocabularyShape(RuleShape):
    use: list[str] | None = Field(None, description=_USE)
    sets: dict[str, SetWords] = Field(
        {}, description="Named patterns for the files that use this one: {name} in a pattern is any of them."
    )
    speakers: list[SpeakerShape] = Field([], description="Voices: whose word a sentence is that names them.")
    modality: dict[Cue, WordsShape] = Field(
        {}, description="Words that change how an act before or after them is meant."
    )
    frames: dict[str, DiscourseFrameShape] = Field(
        {}, description="Ways of talking about a thing rather than reporting it."
    )
    parties: dict[str, WordsShape | PartyShape] = Field(
        {},
        description="How each party is named: who acts is read from these words. us, cn, both, company and third are of every deal; "
        "others, which have a name, of the deals that take them.",
    )
    documents: dict[str, WordsShape] = Field({}, description="Classes of documents by the words of their titles.")
    masks: WordsShape = Field(WordsShape(), description="Longer words that hide the phrases inside them.")


def _refuse_one_alone(value: list[str]) -> list[str]:
    if len(value) < 2:
        raise ValueError("an entry of together needs two patterns or more; what is enough alone goes under any")
    return value


Company = Annotated[list[str], AfterValidator(_refuse_one_alone), Field(json_schema_extra={"minItems": 2})]


class GateShape(RuleShape):
    """Which stories come near the deal, so that a reader is asked about them: by title and the part of the summary it reads."""

    any: list[str] = Field(
        [], description="Narrow words: one of them brings a story near the deal.", examples=[["{goods}", "trade pact"]]
    )
    together: list[Company] = Field(
        [],
        description="Wide words in company: a story is near where every pattern of one entry stands in it, wherever.",
        examples=[[["{party}", "{topic}"]]],
    )

    @model_validator(mode="after")
    def says_something(self) -> GateShape:
        if not (self.any or self.together):
            raise ValueError("a gate needs patterns under any or together")
        return self


class PrecedenceShape(RuleShape):
    """A story that concerns two commitments goes to one of them."""

    of: list[str] = Field(min_length=1, description="The ids of the commitments that give way.")
    to: str = Field(description="The id of the commitment that takes the story, if it concerns that one too.")
    when: list[str] = Field(
        min_length=1, description="Words on which it does.", examples=[["after ..near (call|talks)"]]
    )
    unless: list[str] = Field([], description="Words on which it does not after all.")
    since: date | None = Field(None, description="Only stories published on this day or later go there.")
    kind: str = Field(
        "", description="The kind of news that goes there, as explain tells it.", examples=["outcomes of a call"]
    )


Sentence = Annotated[str, Field(min_length=1)]


class DealShape(RuleShape):
    id: Id = Field(description="The name of the deal's folder.")
    name: str = Field(min_length=1, description="As people read it.")
    description: str = Field("", description="What was agreed, when and by whom.")
    use: list[str] | None = Field(None, description=_USE)
    sets: dict[str, SetWords] = Field({}, description="Named patterns of this file alone, for gate and parties.")
    parties: dict[str, PartyShape] = Field(
        {},
        description="Parties other than us, cn and companies, by id: who is named here may owe, act and speak. `eu: {}` takes one of "
        "the vocabulary; `eu+us` gives words that name both.",
        examples=[{"eu": {"name": "the EU", "words": ["EU", "Brussels", "欧盟"]}}],
    )
    gate: GateShape | None = Field(
        None,
        description="The words that bring a story near the deal: a reader is asked about such stories. Left out, it is "
        "asked about every story that a rule of the deal could concern.",
    )
    precedence: list[PrecedenceShape] = Field(
        [], description="Which commitment takes a story that concerns two; the first entry that fits decides."
    )
    reader: str = Field("", description="What a reader is told of the deal first; the description, if left out.")
    effects: dict[Effect, Sentence] = Field(
        {},
        description="What a story must report for an effect, as a reader is told; the meaning of the effect, if left out.",
        json_schema_extra={"propertyNames": {"enum": [*Effect]}},
    )
    rulings: list[Sentence] = Field(
        [], description="How a reader decides hard kinds of stories, a sentence or two each: kinds, not headlines."
    )


class TargetShape(RuleShape):
    amount: Tonnage = Field(description="An amount with its unit: 12 Mt, $30 billion, 100 units.")
    basis: Literal["pledged", "booked", "shipped", "arrived", ""] = Field(
        "", description="What counts towards it; left out, it is unknown and no share is reckoned."
    )
    start: date = Field(description="First day that counts.")
    due: date = Field(description="Last day that counts.")
    label: str = Field("", description="The name of the period, as charts show it.")

    @model_validator(mode="after")
    def in_order(self) -> TargetShape:
        if self.due < self.start:
            raise ValueError("due lies before start")
        return self


class DeadlineShape(RuleShape):
    what: str = Field(min_length=1, description="What is due or ends then.")
    kind: DateKind = Field(description="Moving a due date later is bad news, an expiry later is good.")
    day: date = Field(alias="date", description="The day; of a month, quarter or year its last day.")
    said_by: SaidBy = Field(description="Who stands behind the date: one of these, or a party of the deal.")
    state: DateState = Field("current", description="How the date stood on that day.")
    precision: Literal["day", "month", "quarter", "year"] = Field("day", description="How exact the date is.")
    since: date | None = Field(None, description="Since when the date is known.")


class BaselineShape(RuleShape):
    as_of: date = Field(description="The day of the reading. Nothing before it moves the verdict.")
    standing: Standing = Field(description="What had been reached on that day.")
    outlook: Outlook = Field(Outlook.STEADY, description="What was to be feared on that day.")
    since: date | None = Field(None, description="Since when it stood so; as_of, if left out.")
    source: str = Field(min_length=1, description="A page where a reader can see that it was so.")
    note: str = Field("", description="What was known, in a sentence or two.")
    steps: list[str] = Field([], description="Steps of a milestone that were done.")
    deadlines: list[DeadlineShape] = Field([], description="Dates that hung over it.")
    unconfirmed: list[str] = Field([], description="Sides that had not confirmed this.")


class GivesWayShape(RuleShape):
    commitment: str = Field(description="The id of the commitment that takes the story, if it concerns that one too.")
    when: list[str] = Field(
        min_length=1, description="Words on which it gives way.", examples=[["after ..2 (call|talks)"]]
    )
    unless: list[str] = Field([], description="Words on which it does not give way after all.")
    since: date | None = Field(None, description="Only stories published on this day or later give way.")


class ReadsShape(RuleShape):
    """What a reader is told of the commitment. Of a part: what belongs to it and not to its parent or its siblings."""

    about: str = Field(min_length=1, description="What is about it, in words.")
    not_about: str = Field("", description="What is near and yet not about it, in words.")


class AboutShape(RuleShape):
    """Which stories concern the commitment: in the title or the summary."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["any"]}, {"required": ["title"]}, {"required": ["summary"]}]}
    )

    any: list[str] = Field(
        [], description="Words that make a title or a summary concern the commitment.", examples=[["{cn} ..8 {soy}"]]
    )
    title: list[str] = Field([], description="Looser: in the title only.")
    summary: list[str] = Field([], description="Stricter: in the summary only.")
    never: list[str] | ByKind = Field(
        [],
        description="Shuts the story (in the title) or the sentence (in the summary) out, whatever else stands there, by the "
        "kind of news that it keeps out.",
        examples=[_NOT_EXAMPLE],
    )
    excluded: ByKind = Field(
        {}, alias="not", description="Shuts out like never, but for what stands under unless.", examples=[_NOT_EXAMPLE]
    )
    none: list[str] = Field([], description="Older form of not, without kinds.")
    unless: list[str] = Field([], description="Exceptions to not.")
    gives_way_to: list[GivesWayShape] = Field([], description="Older form of precedence in the file of the deal.")

    @model_validator(mode="after")
    def says_something(self) -> AboutShape:
        if not (self.any or self.title or self.summary):
            raise ValueError("about needs patterns under any, title or summary")
        return self


class ExampleShape(RuleShape):
    removed: ClassVar[Mapping[str, str]] = {
        "source": "leave it out: no rule asks who publishes",
        "lang": "leave it out: the language is seen from the text",
    }
    text: str = Field(min_length=1, description="A title of your own; news belongs to its publisher.")
    effect: Effect | Literal["not_about"] = Field(
        description="What the rules must read in it; none or not_about for a near miss."
    )
    summary: str = Field("", description="The text under the title.")
    published: date | None = Field(None, description="Its day, where that matters; 1 January 2026, if left out.")


class PublishedShape(RuleShape):
    since: date | None = Field(None, alias="from", description="The first day.")
    until: date | None = Field(None, description="The last day.")

    @model_validator(mode="after")
    def some_day(self) -> PublishedShape:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("no day lies in it: from is later than until")
        return self


class PhaseShape(PublishedShape):
    """A part of the commitment's life: between two days, or while it stands in one of some ways."""

    under: list[Standing | Outlook] = Field(
        [],
        description="Standings, or else outlooks, of the commitment: while it has none of them, the acts of the phase read nothing.",
    )

    @model_validator(mode="after")
    def says_when(self) -> PhaseShape:
        if self.since is None and self.until is None and not self.under:
            raise ValueError("a phase needs from, until or under")
        if len({type(status) for status in self.under}) > 1:
            raise ValueError("under names standings or outlooks, not both: make two phases")
        return self


class DefaultsShape(RuleShape):
    """What holds for every act of the file that does not say otherwise."""

    by: Acting = Field(
        By.UNKNOWN, description="Who acts, where the sentence does not say: one of these, or a party of the deal."
    )
    phase: str = Field("", alias="in", description="The phase in which acts count.")
    document: list[str] = Field([], description="Classes of documents; news is what is no document.")
    excluded: ByKind = Field(
        {},
        alias="not",
        description="Words in the same sentence on which no act counts, by the kind of news that they keep out. What stands "
        "under not of an act adds to them, and its unless is an exception to these too.",
        examples=[_NOT_EXAMPLE],
    )


_WEIGHED = "leave it out: the verdict weighs the publisher by its tier and side in sources.yaml"


class OnlyIfShape(RuleShape):
    """Conditions on where an act's words stand and when they were published; each that is given must hold."""

    removed: ClassVar[Mapping[str, str]] = {
        "lang": "leave it out: words of a language stand only in stories of that language",
        "source": _WEIGHED,
        "tier": _WEIGHED,
        "side": _WEIGHED,
        "says": "name the speaker in the patterns, as in '(Bessent|White House) ..4 says'",
        "by": "name the party in the patterns, as in '{cn} ..8 cancels'",
        "amount": "write the amount into the patterns, as in '(20|25) million (tons|tonnes)'",
        "date": "write the words of the date into the patterns, as in '(by|until) ..3 2026'",
    }
    field: list[Literal["title", "summary"]] = Field([], description="Where the words stand.")
    document: list[str] = Field([], description="Classes of documents; news is what is no document.")
    published: PublishedShape = Field(PublishedShape(), description="When the story was published.")


class StatusOverrideShape(RuleShape):
    """The same words under another standing: what they are read as there."""

    removed: ClassVar[Mapping[str, str]] = {
        "after": "name the standings that the step leads to under `under`, or give the step an act of its own"
    }
    under: list[Standing | Outlook] = Field(min_length=1, description="Standings or outlooks of the verdict.")
    read: dict[Effect, Effect] = Field(min_length=1, description="Effect by the words -> effect meant.")


class ActShape(RolesShape):
    """What a story can report, and what that is for the commitment."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["effect"]},
            "then": {"required": ["weak"], "properties": {"weak": {"const": True}}, "not": {"required": ["polarity"]}},
            "else": {"required": ["polarity"]},
        }
    )

    removed: ClassVar[Mapping[str, str]] = {
        "all": "write the words into each pattern of any, as in 'cancels ~sentence cargo*'",
        "owner": "name who answers for the rules once, under owner: of the commitment",
    }
    id: Id = Field(description="The rule's name within its commitment.")
    polarity: PolarityName = Field(None, description="What the act is for the commitment when it is simply done.")
    frames: list[FrameShape] = Field([], description="Further frames of the act; one that stands reports it.")
    any: list[str] = Field(
        [],
        min_length=1,
        description="Patterns that report the act too.",
        examples=[["{cn} (to be|as) <buyer+> ..near {soy}"]],
    )
    excluded: ByKind = Field(
        {},
        alias="not",
        description="Words in the same sentence on which the act does not count, by the kind of news that they keep out.",
        examples=[_NOT_EXAMPLE],
    )
    none: list[str] = Field([], description="Older form of not, without kinds.")
    unless: list[str] = Field([], description="Exceptions to not.")
    phase: str = Field(
        "",
        alias="in",
        description="The phase of the commitment in which it counts; any: in all its life.",
        examples=["signing"],
    )
    only_if: OnlyIfShape = Field(OnlyIfShape(), description="Conditions on the place and the story; each must hold.")
    when_status: list[StatusOverrideShape] = Field([], description="Other effects under other standings.")
    by: Acting = Field(
        By.UNKNOWN, description="Who acts, where the sentence does not say: one of these, or a party of the deal."
    )
    object: str = Field("", description="What the act is about, where one commitment has several: first cargo.")
    stalls: bool = Field(False, description="Whether it stops the thing: the outlook is stalled, not only at risk.")
    step: str = Field("", description="The step of the milestone that the act is.")
    terms: str = Field("", description="The instrument or rate that it changes, where that is told apart.")
    tells: ActWords = Field(
        "",
        max_length=60,
        description="The act in plain words, as alerts tell it where a report's own words do not fit: to do what, for whoever "
        "acts, or who to do what.",
        examples=["to tighten rare-earth controls", "the talks to go on"],
    )
    weak: bool = Field(
        False, description="Counts only where no other act does: for bare nouns and for words of no act."
    )
    outside: bool = Field(
        False,
        description="An act beyond the promise: read in any title, it weighs on the outlook alone and is no story about it.",
    )
    effect: Effect | None = Field(None, description="In place of a polarity, for weak acts: whatever the clause says.")
    stage: Literal["stable", "experimental"] = Field("stable", description="Whether the rule may move a verdict.")
    notes: str = Field("", description="Known false positives, and why the rule is as it is.")
    references: list[str] = Field([], description="Pages that say why the rule exists.")
    examples: list[ExampleShape] = Field([], description="At least one title that the act matches, and one near miss.")

    @model_validator(mode="after")
    def polarity_or_effect(self) -> ActShape:
        if self.event is None and not (self.frames or self.any):
            raise ValueError("an act needs an event, frames, or patterns under any")
        if (self.polarity is None) == (self.effect is None):
            raise ValueError("an act has a polarity, from which the clause makes the effect, or (if weak) an effect")
        if self.effect is not None and not self.weak:
            raise ValueError("only a weak act names its effect: add weak: true, or give a polarity instead")
        if self.object and self.step:
            raise ValueError("a step is the object of its act: name only one of them")
        return self


class CommitmentShape(RuleShape):
    removed: ClassVar[Mapping[str, str]] = {"references": "give the page as source: of a baseline, or in a comment"}
    id: Id = Field(description="The name of the file. A part carries its parent's id before its own.")
    name: str = Field(min_length=1, description="The promise in a sentence.")
    short: str = Field(min_length=1, max_length=40, description="Its name in alerts and tables.")
    topic: str = Field("", max_length=20, description="A shorter name for subjects, where `short` is long.")
    kind: Kind = Field(description="What fulfils it.")
    owed_by: Owing = Field(
        description="Who has promised it: one of these, or a party of the deal; a list means all of them together.",
        examples=[["eu", "us"]],
    )
    owner: str = Field("", description="Who answers for the commitment's rules.")
    targets: list[TargetShape] = Field([], description="Of a quantity: how much, by when.")
    steps: list[str] = Field(
        [], description="Of a milestone: its steps in order.", examples=[["agreed", "signed", "closed"]]
    )
    partly_met_by: list[str] = Field(
        [], description="The steps that fulfil a part of it.", examples=[["first granted"]]
    )
    grace: Days = Field(0, description="How long after its date it has lapsed: 30 days.")
    stale: Days = Field(60, description="Without news for so long it is marked stale.")
    after_met: list[Effect] = Field([], description="Once met, only these effects still count; all, if left out.")
    criteria: dict[Standing | Outlook, str] = Field(
        {},
        description="What each status means here, as alerts quote it.",
        json_schema_extra={"propertyNames": {"enum": [*Standing, *Outlook]}},
    )
    baselines: list[BaselineShape] = Field(
        min_length=1,
        description="Where it stood on given days, read by a person, oldest first. A monitor starts from the latest one "
        "before its start; one added later counts with that edit (cause `rules`), not when its day comes.",
    )
    reads: ReadsShape | None = Field(
        None, description="What a reader (a language model or a person) takes as about it; none is asked, if left out."
    )
    use: list[str] | None = Field(None, description=_USE)
    sets: dict[str, SetWords] = Field({}, description="Named patterns of this file alone.")
    about: AboutShape = Field(description="Which stories concern the commitment.")
    phases: dict[str, PhaseShape] = Field(
        {},
        description="Parts of its life by name, for acts that count in one only.",
        examples=[{"own": {"from": "2026-02-01"}, "signing": {"under": ["pledged", "in_progress"]}}],
    )
    defaults: DefaultsShape = Field(
        DefaultsShape(), description="What holds for every act that does not say otherwise."
    )
    acts: list[ActShape] = Field(min_length=1, description="What a story can report of it.")
