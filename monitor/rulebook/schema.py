"""The shape of the files under rules/: what may stand where. Meaning across files is checked when they are compiled."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, field_validator, model_validator

from monitor.domain.modality import Mark, Polarity
from monitor.domain.model import By, Effect, Kind, Outlook, Policy, Standing, Tier
from monitor.rulebook.amounts import Amount, read_amount, read_days

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
TierName = Literal["official", "state_media", "wire", "trade", "aggregator", "unknown"]
Side = Literal["us", "cn", "company", ""]
Party = Literal["us", "cn", "both", "company"]
Days = Annotated[int, BeforeValidator(read_days)]
Tonnage = Annotated[Amount, BeforeValidator(read_amount)]


class Shape(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class PublisherShape(Shape):
    name: str = Field(min_length=1, description="As feeds and stories name it.")
    aliases: list[str] = []
    domains: list[str] = Field([], description="Its sites; subdomains count too.")
    tier: TierName
    side: Side = Field("", description="Whose voice it is, where it is a party's.")
    owner: str = Field("", description="Publishers of one owner are one origin.")
    zone: str = Field("UTC", description="Time zone of its dates, as in Asia/Shanghai.")
    lang: str = ""

    @field_validator("zone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone, such as Asia/Shanghai") from error
        return value


class SourcesShape(Shape):
    publishers: list[PublisherShape]


def _tier(value: object) -> Tier:
    names = {tier.name.lower(): tier for tier in Tier}
    if value not in names:
        raise ValueError(f"{value!r} is no tier; one of {', '.join(names)}")
    return names[str(value)]


_POLICY_TYPES: dict[Any, Any] = {
    int: Annotated[int, Field(ge=0)],
    float: Annotated[float, Field(gt=0, le=1)],
    frozenset[Tier]: frozenset[Annotated[Tier, BeforeValidator(_tier)]],
}

# The keys of policy.yaml are the fields of Policy, so that a weight added there can be set here without another word.
PolicyShape = create_model(
    "PolicyShape",
    __base__=Shape,
    **{name: (_POLICY_TYPES.get(hint, hint), getattr(Policy(), name)) for name, hint in get_type_hints(Policy).items()},
)  # type: ignore[call-overload]


class WordsShape(Shape):
    """Pattern pieces by language."""

    en: list[str] = []
    zh: list[str] = []


class FrameShape(WordsShape):
    """A way of talking about a thing rather than reporting it."""

    scope: Literal["clause", "sentence"] = Field("sentence", description="How far the frame reaches.")
    makes: Literal["none", "not_about"] = Field(
        "none", description="none: an act inside it counts for nothing. not_about: the sentence concerns no commitment."
    )


class SpeakerShape(Shape):
    name: str = Field(min_length=1, description="The origin of what is said: one name for all ways to name one voice.")
    side: Literal["us", "cn", "company", "data"]
    words: WordsShape


class VocabularyShape(Shape):
    sets: dict[str, WordsShape] = {}
    speakers: list[SpeakerShape] = []
    modality: dict[Mark, WordsShape] = {}
    frames: dict[str, FrameShape] = {}
    parties: dict[Literal["us", "cn", "both", "company", "third"], WordsShape] = Field(
        {}, description="How each party is named: who acts is read from these words."
    )
    documents: dict[str, WordsShape] = Field({}, description="Classes of documents by the words of their titles.")
    masks: WordsShape = Field(WordsShape(), description="Longer words that hide the phrases inside them.")


class DealShape(Shape):
    id: Id
    name: str = Field(min_length=1)
    description: str = ""


class TargetShape(Shape):
    amount: Tonnage = Field(description="An amount with its unit: 12 Mt, $30 billion, 100 units.")
    basis: Literal["pledged", "booked", "shipped", "arrived", ""] = ""
    start: date
    due: date
    label: str = ""

    @model_validator(mode="after")
    def in_order(self) -> TargetShape:
        if self.due < self.start:
            raise ValueError("due lies before start")
        return self


class DeadlineShape(Shape):
    what: str = Field(min_length=1)
    kind: Literal["due", "expiry"]
    day: date = Field(alias="date")
    said_by: Literal["us", "cn", "both", "company", "data", "press"]
    state: Literal["current", "claimed", "superseded", "met", "lapsed"] = "current"
    precision: Literal["day", "month", "quarter", "year"] = "day"
    since: date | None = None


class BaselineShape(Shape):
    as_of: date
    standing: Standing
    outlook: Outlook = Outlook.STEADY
    since: date | None = None
    source: str = Field(min_length=1)
    note: str = ""
    steps: list[str] = []
    deadlines: list[DeadlineShape] = []
    unconfirmed: list[str] = []


class GivesWayShape(Shape):
    commitment: str
    when: list[str] = Field(min_length=1)
    unless: list[str] = Field([], description="Words on which it does not give way after all.")
    since: date | None = Field(None, description="Only stories published on this day or later give way.")


class AboutShape(Shape):
    any: list[str] = Field([], description="In the title or the summary.")
    title: list[str] = Field([], description="Looser: in the title only.")
    summary: list[str] = Field([], description="Stricter: in the summary only.")
    never: list[str] = Field([], description="Shuts the story (in the title) or the sentence (in the summary) out.")
    unless: list[str] = Field([], description="Exception to never.")
    gives_way_to: list[GivesWayShape] = []

    @model_validator(mode="after")
    def says_something(self) -> AboutShape:
        if not (self.any or self.title or self.summary):
            raise ValueError("about needs patterns under any, title or summary")
        return self


class ExampleShape(Shape):
    text: str = Field(min_length=1, description="A title.")
    effect: Effect | Literal["not_about"]
    summary: str = ""
    source: str = ""
    lang: str = ""


class AmountIsShape(Shape):
    """An amount in the same sentence: its unit, from the bounds or named, its bounds, basis and period."""

    unit: Literal["t", "usd", "cny", "pct", "pp", "days", "units", ""] = ""
    at_least: Tonnage | None = None
    at_most: Tonnage | None = None
    basis: list[Literal["pledged", "booked", "shipped", "arrived"]] = []
    period: list[Annotated[str, Field(pattern=r"^(since-deal|(calendar|marketing)-\d{4})$")]] = []

    @model_validator(mode="after")
    def one_unit(self) -> AmountIsShape:
        units = {bound.unit for bound in (self.at_least, self.at_most) if bound is not None} | {self.unit} - {""}
        if len(units) != 1:
            raise ValueError("an amount needs one unit: at_least: 1 Mt, or unit: t")
        return self


class PublishedShape(Shape):
    since: date | None = Field(None, alias="from")
    until: date | None = None


class OnlyIfShape(Shape):
    """Conditions on where an act's words stand and who says them; each that is given must hold."""

    field: list[Literal["title", "summary"]] = []
    lang: list[Annotated[str, Field(pattern=r"^[a-z]{2}$")]] = []
    source: list[str] = Field([], description="Names of publishers, as in sources.yaml.")
    tier: list[TierName] = []
    side: list[Literal["us", "cn", "company"]] = Field([], description="Whose voice the publisher is.")
    document: list[str] = Field([], description="Classes of documents; news is what is no document.")
    says: list[Literal["us", "cn", "both", "company", "data", "press"]] = Field([], description="Whose word it is.")
    by: list[Literal["us", "cn", "both", "company", "third", "unknown"]] = Field([], description="Who acts.")
    published: PublishedShape = PublishedShape()
    amount: AmountIsShape | None = None
    date: list[Literal["due", "expiry", "start"]] = Field([], description="What a date in the sentence is for.")


class StateReadingShape(Shape):
    """The same words under another standing: what they are read as there."""

    under: list[Standing | Outlook] = Field(min_length=1, description="Standings or outlooks of the verdict.")
    after: str = Field("", description="Only once this step is done.")
    read: dict[Effect, Effect] = Field(min_length=1, description="Effect by the words -> effect meant.")


class ActShape(Shape):
    id: Id
    polarity: Polarity
    any: list[str] = Field(min_length=1)
    all: list[str] = Field([], description="Each must stand in the same sentence.")
    none: list[str] = []
    unless: list[str] = Field([], description="Exceptions to none.")
    only_if: OnlyIfShape = OnlyIfShape()
    when_status: list[StateReadingShape] = []
    by: By = By.UNKNOWN
    object: str = ""
    step: str = ""
    terms: str = ""
    effect: Effect | None = Field(None, description="Only for weak acts.")
    stage: Literal["stable", "experimental"] = "stable"
    owner: str = Field("", description="Who answers for the rule, if not the commitment's owner.")
    notes: str = Field("", description="Known false positives, and why the rule is as it is.")
    references: list[str] = Field([], description="Pages that say why the rule exists.")
    examples: list[ExampleShape] = []

    @model_validator(mode="after")
    def effect_only_for_weak(self) -> ActShape:
        if (self.polarity is Polarity.WEAK) != (self.effect is not None):
            raise ValueError("weak acts name their effect, and only they")
        if self.unless and not self.none:
            raise ValueError("unless is an exception to none, and there is none")
        if self.object and self.step:
            raise ValueError("a step is the object of its act: name only one of them")
        return self


class CommitmentShape(Shape):
    id: Id
    name: str = Field(min_length=1)
    short: str = Field(min_length=1, max_length=40)
    kind: Kind
    owed_by: Party
    owner: str = Field("", description="Who answers for the commitment's rules.")
    references: list[str] = Field([], description="Pages on which the commitment is set down.")
    targets: list[TargetShape] = []
    steps: list[str] = []
    grace: Days = 0
    stale: Days = 60
    after_met: list[Effect] = []
    criteria: dict[Standing | Outlook, str] = {}
    baselines: list[BaselineShape] = Field(min_length=1)
    sets: dict[str, WordsShape] = {}
    about: AboutShape
    acts: list[ActShape] = Field(min_length=1)
