"""The shape of a role frame: an event, and who does what to whom."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from monitor.rulebook.schema.rule_shape import RuleShape

Patterns: TypeAlias = str | Annotated[list[str], Field(min_length=1)]
"""One pattern, or several of which one is enough."""
ROLES = ("event", "agent", "patient", "via")
"""The keys of a frame that hold patterns."""


class RolesShape(RuleShape):
    """The keys of a frame; an act may have them itself."""

    event: Patterns | None = Field(
        None,
        description="What is done: <verbs> stand for the active and the passive, <nouns+> for the nominal forms, Chinese for "
        "the Chinese orders, other words for either order.",
        examples=["{buy}", "<halt/stop>"],
    )
    agent: Patterns | None = Field(None, description="Who does it; need not stand, if left out.", examples=["{buyer}"])
    patient: Patterns | None = Field(
        None, description="To what or whom it is done; need not stand, if left out.", examples=["{goods}"]
    )
    via: Patterns | None = Field(
        None, description="What else must stand in the clause: by what means, under what terms.", examples=["<25 Mt>"]
    )
    within: Literal["near", "clause", "sentence"] = Field(
        "clause", description="How far agent and patient may stand from the event: near is four words."
    )

    @property
    def has_roles(self) -> bool:
        """Whether any role but the event is named."""
        return any(role is not None for role in (self.agent, self.patient, self.via))

    @model_validator(mode="after")
    def roles_of_an_event(self) -> RolesShape:
        if self.event is None and self.has_roles:
            raise ValueError("agent, patient and via are roles of an event: name the event")
        return self


class FrameShape(RolesShape):
    """One frame of several."""

    @model_validator(mode="after")
    def an_event(self) -> FrameShape:
        if self.event is None:
            raise ValueError("a frame needs an event")
        return self
