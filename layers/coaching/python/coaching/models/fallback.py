"""Asks one model after the other until one answers."""

import math
import random
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from coaching.errors import ModelUnavailable
from coaching.models.attempts import Attempt, Member
from coaching.models.breaker import Admission, Breakers, Draw
from coaching.models.cancelling import Cancellation
from coaching.models.catalogue import ModelCard
from coaching.models.counting import CountTokens, most_tokens
from coaching.models.failures import unavailable
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.models.tries import Tries


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which members to ask for a prompt, best first, maybe none; and why, without a word of the prompt."""

    members: Sequence[Member]
    reason: str = ""


Order = Callable[[Prompt, Sequence[Member], Mapping[str, Admission], CountTokens], Chosen]
"""Chooses among the members. The mapping says how each one's breaker is; the count remembers what it has counted."""
Fit = Callable[[Prompt, ModelCard, CountTokens], Prompt]
"""Returns the prompt, or a shorter one that the model can take. Raises: ModelUnavailable (`context_exceeded`)."""
Told = Callable[[tuple[Attempt, ...]], None]
"""Takes what came of each member, in the order in which they were considered, at the end of each generation."""


def _as_given(
    _prompt: Prompt, members: Sequence[Member], _found: Mapping[str, Admission], _count: CountTokens
) -> Chosen:
    return Chosen(members)


def _whole(prompt: Prompt, _card: ModelCard, _count: CountTokens) -> Prompt:
    return prompt


def _nobody(_attempts: tuple[Attempt, ...]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class FallbackChain(ChatModel):
    """Members in order, and one deadline for all of them (`Patience`, or the prompt's where that is sooner).

    A member whose breaker is open is left out, unless all are. The next one is asked only as long as no words were
    handed out: a failure after that is raised as it is. A member for which the prompt is too long is asked again with
    `Prompt.shorter`. Each member has to keep to `Prompt.seconds`: the chain has no thread that could interrupt it.

    A cold member is passed over, and loaded meanwhile. Where no other answers either, it is waited for, beside the
    chain's own time and within the member's deadline for a load; `Fragment.loading` tells the reader.
    """

    members: tuple[Member, ...]
    breakers: Breakers = field(default_factory=Breakers)
    patience: Patience = Patience()
    order: Order = _as_given
    fit: Fit = _whole
    told: Told = _nobody
    sleep: Callable[[Cancellation, float], None] = Cancellation.sleep
    draw: Draw = random.uniform

    @property
    def name(self) -> str:
        """The first member's: who answers stands on each fragment."""
        return self.members[0].name

    def first(self, prompt: Prompt) -> str:
        """Return the name of the member that would be asked first now. Raises: ModelUnavailable where none is fit."""
        return _Generation(self, prompt).first()

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer of the first member that gives one. Closing it closes the member's.

        Raises: ModelUnavailable, with the code of the last member that failed and a sentence that has all codes.
        """
        generation = _Generation(self, prompt)
        try:
            yield from generation.fragments()
        finally:
            self.told(tuple(generation.attempts))


class _Generation:
    def __init__(self, chain: FallbackChain, prompt: Prompt) -> None:
        self.attempts: list[Attempt] = []
        self._chain = chain
        self._prompt = prompt
        self._now = chain.breakers.clock
        self._end = self._now() + min(chain.patience.seconds, math.inf if prompt.seconds is None else prompt.seconds)
        # Remembers texts, so it lives as long as this one generation.
        self._count: CountTokens = cache(most_tokens)
        self._last: ModelUnavailable | None = None
        self._cold: list[Member] = []

    def first(self) -> str:
        members = self._chosen().members
        left_alone = self._left_alone(members)
        return next((member.name for member in members if member.name not in left_alone), members[0].name)

    def fragments(self) -> Iterator[Fragment]:
        chosen = self._chosen()
        if chosen.reason:
            yield Fragment("", chosen=chosen.reason)
        answered = yield from self._ask_each(chosen.members, forced=False)
        if not answered and self._last is None:
            # Every breaker is open, and somebody waits for an answer.
            self.attempts.clear()
            answered = yield from self._ask_each(chosen.members, forced=True)
        if not answered and self._cold and self._prompt.waits_for_load:
            answered = yield from self._ask_each(tuple(self._cold), forced=True, waits_for_load=True)
        if not answered:
            raise self._all_failed()

    def _chosen(self) -> Chosen:
        chain = self._chain
        found = {member.name: chain.breakers.found(member.name) for member in chain.members}
        chosen = chain.order(self._prompt, chain.members, found, self._count)
        if not chosen.members:
            raise unavailable("request_refused", "No model is fit for this prompt: ask for less, or permit another.")
        return chosen

    def _ask_each(
        self, members: Sequence[Member], *, forced: bool, waits_for_load: bool = False
    ) -> Generator[Fragment, None, bool]:
        prompt = replace(self._prompt, waits_for_load=waits_for_load)
        for place, member in enumerate(members):
            now = self._now()
            if now >= self._end:
                break
            left_alone = frozenset[str]() if forced else self._left_alone(members[place:])
            if member.name in left_alone:
                self._note(member, "open", 0, now)
                continue
            later = len(members) - place - 1 - len(left_alone)
            end = now + self._chain.patience.share(self._end - now, later)
            if (yield from self._answer(Tries(self._chain, member, end, later, self._count, forced=forced), prompt)):
                return True
        return False

    def _answer(self, tries: Tries, prompt: Prompt) -> Generator[Fragment, None, bool]:
        # Returns whether this was the answer, which it is from its first words on.
        began, code, reason = self._now(), "closed", ""
        try:
            yield from tries.fragments(prompt)
            code = "answered"
        except ModelUnavailable as error:
            code, reason = error.code, error.message
            if tries.begun:
                raise
            self._last = error
            if code == "loading":
                self._cold.append(tries.member)
            return False
        finally:
            self._note(tries.member, code, tries.count, began, reason)
        return True

    def _left_alone(self, members: Sequence[Member]) -> frozenset[str]:
        found = self._chain.breakers.found
        return frozenset(member.name for member in members if found(member.name) == "open")

    def _note(self, member: Member, code: str, tries: int, began: float, reason: str = "") -> None:
        self.attempts.append(Attempt(member.name, code, tries, round(1000 * (self._now() - began)), reason))

    def _all_failed(self) -> ModelUnavailable:
        codes = ", ".join(f"{attempt.model}: {attempt.code}" for attempt in self.attempts) or "there was no time to ask"
        last = self._last or unavailable("timeout", "Allow more time, or ask again.")
        error = ModelUnavailable(f"No model answered ({codes}). {last.message}", code=last.code)
        error.__cause__ = self._last
        error.retry_after_seconds = last.retry_after_seconds
        return error
