"""Which models may answer a request, the best one first. A pure function of the request and of how the models are.

1. Left out is a model whose window does not hold the prompt at its shortest, that lacks a feature, or that the budget
   does not permit (`coaching.models.budget.permits`).
2. A model that is down comes last: the fallback chain asks it only when all are down. One that is half open keeps its
   place, since without a request it would never be tried again; its breaker lets one through.
3. Unless the request runs in the background, a model that can begin at once goes before a busy or a cold one.
4. Providers keep the order of the settings: who deploys says in which order they are to be asked, and pays.
5. Of one provider, a window that holds the whole prompt goes before one for which something must be left out.
6. Then good enough goes before not good enough, and the smallest tier that is good enough first: each task has the tier
   that it wants, easy or hard (`TIERS`). Who wants an instant answer wants the fast tier.

What comes out is names. The fallback chain holds members, each a card and its model; it asks those of
`Selection.names`, in that order, and cuts the prompt for each (`coaching.models.fitting`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from coaching.models.budget import permits
from coaching.models.catalogue import Feature, ModelCard, Quality
from coaching.models.purpose import Difficulty, LatencyWanted, Task

Health = Literal["healthy", "half_open", "down"]

TIERS: Final[Mapping[Task, Mapping[Difficulty, Quality]]] = {
    "reply": {"easy": "medium", "hard": "high"},
    "nudge": {"easy": "fast", "hard": "medium"},
    "content": {"easy": "medium", "hard": "high"},
    "extraction": {"easy": "fast", "hard": "medium"},
    "judging": {"easy": "medium", "hard": "high"},
}
BUSY: Final = 0.8
"""Load from which a request would wait: four of five places are taken."""
_RANK: Final[Mapping[Quality, int]] = {"fast": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a model.

    `context_tokens` are those of the whole prompt and its answer, `least_tokens` those of the prompt at its shortest
    and the shortest answer (`fitting.whole_tokens`, `fitting.least_tokens`); None where nothing may be left out.
    `permitted` is the highest tier that the creator's budget allows.
    """

    task: Task
    context_tokens: int
    least_tokens: int | None = None
    difficulty: Difficulty = "easy"
    latency: LatencyWanted = "interactive"
    permitted: Quality = "high"
    features: frozenset[Feature] = frozenset()


@dataclass(frozen=True, slots=True)
class ModelState:
    """How a model is now. `load` is the share of its places that are taken, 0 to 1; a cold model is not `loaded`."""

    health: Health = "healthy"
    load: float = 0.0
    loaded: bool = True

    def __str__(self) -> str:
        return f"{self.health.replace('_', ' ')}, {'loaded' if self.loaded else 'cold'}, load {self.load:.2f}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Names of cards in the order in which to ask them, maybe none; `reason` is one sentence for the record.

    `left_out` says of each of the others why: `window`, `budget`, or the features that it lacks.
    """

    names: tuple[str, ...]
    reason: str
    left_out: Mapping[str, str]


def select(wanted: Wanted, cards: Sequence[ModelCard], snapshot: Mapping[str, ModelState]) -> Selection:
    """Return the models that may answer, by the rule above.

    `cards` are the deployment's, in the order of its settings. A model that is not in the snapshot is healthy, loaded
    and idle.
    """
    refused = {card.name: why for card in cards if (why := _why_not(wanted, card))}
    providers = list(dict.fromkeys(card.provider for card in cards))
    tier = _RANK[_tier(wanted)]

    def place(card: ModelCard) -> tuple[bool, bool, int, bool, int, int]:
        state = snapshot.get(card.name, ModelState())
        above = _RANK[card.quality] - tier
        waits = wanted.latency != "background" and (state.load >= BUSY or not state.loaded)
        trimmed = card.context_tokens < wanted.context_tokens
        return state.health == "down", waits, providers.index(card.provider), trimmed, max(0, -above), max(0, above)

    ordered = sorted((card for card in cards if card.name not in refused), key=place)
    return Selection(tuple(card.name for card in ordered), _reason(wanted, ordered, refused, snapshot), refused)


def _tier(wanted: Wanted) -> Quality:
    return "fast" if wanted.latency == "instant" else TIERS[wanted.task][wanted.difficulty]


def _why_not(wanted: Wanted, card: ModelCard) -> str:
    least = wanted.context_tokens if wanted.least_tokens is None else wanted.least_tokens
    if card.context_tokens < least:
        return "window"
    if missing := wanted.features - card.features:
        return " and ".join(sorted(missing))
    return "" if permits(wanted.permitted, card) else "budget"


def _reason(
    wanted: Wanted, ordered: Sequence[ModelCard], refused: Mapping[str, str], snapshot: Mapping[str, ModelState]
) -> str:
    request = f"{wanted.difficulty} {wanted.task}, {wanted.latency}, {wanted.context_tokens} tokens"
    chosen = "no model"
    if ordered:
        first = ordered[0]
        chosen = f"{first.name} ({first.quality}, {snapshot.get(first.name, ModelState())})"
    left_out = ", ".join(f"{name} ({why})" for name, why in refused.items())
    return f"{chosen} for {request}" + (f"; left out: {left_out}." if left_out else ".")
