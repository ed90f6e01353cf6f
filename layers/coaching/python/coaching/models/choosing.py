"""The models as one creator may ask them: in the best order, within the budget, on the creator's account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coaching.models.attempts import Member
from coaching.models.breaker import Admission
from coaching.models.budget import permits
from coaching.models.catalogue import Feature, Quality
from coaching.models.failures import unavailable
from coaching.models.fallback import FallbackChain, Order
from coaching.models.fitting import least_tokens, whole_tokens
from coaching.models.metering import MeterCalls
from coaching.models.ports import ChatModel, Prompt
from coaching.models.selection import Health, ModelState, Task, Wanted, select
from coaching.vocabulary import CreatorId, Scalar

Tier = Callable[[CreatorId, Mapping[str, Scalar]], Quality]
"""Returns the best quality that a creator's budget permits, from the creator's settings."""


_HEALTH: Final[Mapping[Admission, Health]] = {"closed": "healthy", "probe": "half_open", "open": "down"}


@dataclass(frozen=True, slots=True)
class ChooseModels:
    """Returns a chain over the models that the creator's budget permits, whose calls are metered.

    None where it permits no model: the coach then answers as if there were none.
    """

    chain: FallbackChain
    meter: MeterCalls
    tier: Tier

    def __call__(
        self, creator_id: CreatorId, settings: Mapping[str, Scalar], *, task: Task = "reply"
    ) -> ChatModel | None:
        tier = self.tier(creator_id, settings)
        permitted = tuple(member for member in self.chain.members if permits(tier, member.card))
        if not permitted:
            return None
        chain = replace(self.chain, members=permitted, order=order_for(task, tier))
        return self.meter.metered(chain, creator_id)


def order_for(task: Task, tier: Quality) -> Order:
    """Return the order in which a chain asks its members for this task (`coaching.models.selection`)."""

    def order(prompt: Prompt, members: Sequence[Member], found: Mapping[str, Admission]) -> Sequence[Member]:
        by_name = {member.name: member for member in members}
        snapshot = {name: ModelState(_HEALTH[admission]) for name, admission in found.items()}
        selection = select(_wanted(prompt, members, task, tier), [member.card for member in members], snapshot)
        if not selection.names:
            raise unavailable("request_refused", f"No model can take this request: {selection.reason}")
        return [by_name[name] for name in selection.names]

    return order


def _wanted(prompt: Prompt, members: Sequence[Member], task: Task, tier: Quality) -> Wanted:
    whole = whole_tokens(prompt)
    # Every shorter prompt is made only where one of the models needs it.
    needed = any(member.card.context_tokens < whole for member in members)
    features = frozenset[Feature]({"json_schema"} if prompt.schema else ())
    return Wanted(task, whole, least_tokens(prompt) if needed else whole, permitted=tier, features=features)
