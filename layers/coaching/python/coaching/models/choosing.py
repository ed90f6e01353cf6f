"""The models as one creator may ask them: in the best order, within the budget, on the creator's account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from coaching.models.attempts import Member
from coaching.models.breaker import Admission
from coaching.models.cache import ReuseAnswers
from coaching.models.catalogue import Feature, Quality
from coaching.models.counting import CountTokens
from coaching.models.failures import FailureCode, unavailable
from coaching.models.fallback import Chosen, FallbackChain, Order
from coaching.models.fitting import least_tokens, whole_tokens
from coaching.models.metering import MeterCalls
from coaching.models.ports import ChatModel, Prompt
from coaching.models.selection import Health, ModelState, Selection, Wanted, select
from coaching.vocabulary import CreatorId, Scalar

Current = Callable[[], str]
"""Returns the name of the model that is asked first; empty where the order of selection counts alone."""
Tier = Callable[[CreatorId, Mapping[str, Scalar]], Quality]
"""Returns the best quality that a creator's budget permits, from the creator's settings."""


def _nobody_switched() -> str:
    return ""


_HEALTH: Final[Mapping[Admission, Health]] = {"closed": "healthy", "probe": "half_open", "open": "down"}


@dataclass(frozen=True, slots=True)
class ChooseModels:
    """Returns a chain that asks the models which the creator's budget permits, and whose calls are metered.

    Each call is, also one that fails and is followed by another's. The model that is `current` now stays the chain's
    first, however long the request takes. With `reuse` nobody is asked where an answer may be given again.
    """

    chain: FallbackChain
    meter: MeterCalls
    tier: Tier
    current: Current = _nobody_switched
    reuse: ReuseAnswers | None = None

    def __call__(self, creator_id: CreatorId, settings: Mapping[str, Scalar]) -> ChatModel:
        tier = self.tier(creator_id, settings)
        members = tuple(
            replace(member, model=self.meter.metered(member.model, creator_id)) for member in self.chain.members
        )
        chain = replace(self.chain, members=members, order=order_for(tier, self.current()))
        if self.reuse is None:
            return chain
        return self.reuse.around(chain, chain.first, partial(self.meter.note_reused, creator_id))


def order_for(tier: Quality, current: str = "") -> Order:
    """Return the order in which a chain asks its members for a prompt's purpose (`coaching.models.selection`).

    The `current` model comes first wherever it is fit, even while its breaker is open: the chain then passes it over at
    once, and says so. The others keep their order.
    """

    def order(prompt: Prompt, members: Sequence[Member], found: Mapping[str, Admission], count: CountTokens) -> Chosen:
        by_name = {member.name: member for member in members}
        snapshot = {member.name: _state(member, prompt, found[member.name]) for member in members}
        selection = select(_wanted(prompt, members, tier, count), [member.card for member in members], snapshot)
        if not selection.names:
            raise unavailable(_refusal(selection), f"No model can take this request: {selection.reason}")
        names = sorted(selection.names, key=lambda name: name != current)
        led = f"Current is {current}; without a switch: " if names[0] != selection.names[0] else ""
        return Chosen([by_name[name] for name in names], led + selection.reason)

    return order


def _state(member: Member, prompt: Prompt, admission: Admission) -> ModelState:
    ready = member.ready(prompt)
    return ModelState(_HEALTH[admission], ready.load, ready.loaded)


def _refusal(selection: Selection) -> FailureCode:
    return "budget_spent" if {*selection.left_out.values()} == {"budget"} else "request_refused"


def _wanted(prompt: Prompt, members: Sequence[Member], tier: Quality, count: CountTokens) -> Wanted:
    whole = whole_tokens(prompt, count)
    # Every shorter prompt is made only where one of the models needs it.
    needed = any(member.card.context_tokens < whole for member in members)
    features = frozenset[Feature]({"json_schema"} if prompt.schema else ())
    least = least_tokens(prompt, count) if needed else whole
    about = prompt.purpose
    return Wanted(about.task, whole, least, about.difficulty, about.latency, tier, features)
