"""Asks one model after the other until one answers."""

import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from coaching.errors import ModelUnavailable
from coaching.models.attempts import Attempt, Member, asked
from coaching.models.breaker import Admission, Breakers, Draw
from coaching.models.catalogue import ModelCard
from coaching.models.failures import unavailable
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Prompt

Order = Callable[[Prompt, Sequence[Member], Mapping[str, Admission]], Sequence[Member]]
"""Returns which members to ask for a prompt, best first, maybe none. The mapping says how each one's breaker is."""
Fit = Callable[[Prompt, ModelCard], Prompt]
"""Returns the prompt, or a shorter one that the model can take. Raises: ModelUnavailable (`context_exceeded`)."""
Told = Callable[[tuple[Attempt, ...]], None]
"""Takes what came of each member, in the order in which they were considered, at the end of each generation."""

_SHORTENED_AT_MOST = 8


def _as_given(_prompt: Prompt, members: Sequence[Member], _found: Mapping[str, Admission]) -> Sequence[Member]:
    return members


def _whole(prompt: Prompt, _card: ModelCard) -> Prompt:
    return prompt


def _nobody(_attempts: tuple[Attempt, ...]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class FallbackChain(ChatModel):
    """Members in order, and one deadline for all of them (`Patience`, or the prompt's where that is sooner).

    A member whose breaker is open is left out, unless all are. The next one is asked only as long as no words were
    handed out: a failure after that is raised as it is. A member for which the prompt is too long is asked again with
    `Prompt.shorter`. Each member has to keep to `Prompt.seconds`: the chain has no thread that could interrupt it.
    """

    members: tuple[Member, ...]
    breakers: Breakers = field(default_factory=Breakers)
    patience: Patience = Patience()
    order: Order = _as_given
    fit: Fit = _whole
    told: Told = _nobody
    sleep: Callable[[float], None] = time.sleep
    draw: Draw = random.uniform

    @property
    def name(self) -> str:
        """The first member's: who answers stands on each fragment."""
        return self.members[0].name

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
        self._last: ModelUnavailable | None = None

    def fragments(self) -> Iterator[Fragment]:
        members = self._ordered()
        answered = yield from self._ask_each(members, forced=False)
        if not answered and self._last is None:
            # Every breaker is open, and somebody waits for an answer.
            self.attempts.clear()
            answered = yield from self._ask_each(members, forced=True)
        if not answered:
            raise self._all_failed()

    def _ordered(self) -> Sequence[Member]:
        chain = self._chain
        found = {member.name: chain.breakers.found(member.name) for member in chain.members}
        members = chain.order(self._prompt, chain.members, found)
        if not members:
            raise unavailable("request_refused", "No model is fit for this prompt: ask for less, or permit another.")
        return members

    def _ask_each(self, members: Sequence[Member], *, forced: bool) -> Generator[Fragment, None, bool]:
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
            if (yield from self._answer(_Tries(self._chain, member, end, later, forced=forced))):
                return True
        return False

    def _answer(self, tries: "_Tries") -> Generator[Fragment, None, bool]:
        # Returns whether this was the answer, which it is from its first words on.
        began, code, reason = self._now(), "closed", ""
        try:
            with closing(tries.begun(self._prompt)) as rest:
                yield from tries.held
                yield from rest
            code = "answered"
        except ModelUnavailable as error:
            code, reason = error.code, error.message
            if tries.held:
                raise
            self._last = error
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


class _Tries:
    """One member, asked until its first words are there, as often as that makes sense and until `end`."""

    def __init__(self, chain: FallbackChain, member: Member, end: float, later: int, *, forced: bool) -> None:
        self.member = member
        self.count = 0
        self.held: list[Fragment] = []
        self._chain = chain
        self._end = end
        self._later = later
        self._forced = forced

    def begun(self, prompt: Prompt) -> Generator[Fragment, None, None]:
        """Return the answer, of which everything up to its first words has been taken and is `held`."""
        shortened = 0
        prompt = self._chain.fit(prompt, self.member.card)
        while True:
            try:
                return self._first_words(replace(prompt, seconds=self._left()))
            except ModelUnavailable as error:
                if error.code != "context_exceeded":
                    self._wait_before_another(error)
                    continue
                shorter = prompt.shorter() if shortened < _SHORTENED_AT_MOST and self._left() > 0 else None
                if shorter is None:
                    raise
                shortened, prompt = shortened + 1, shorter

    def _first_words(self, prompt: Prompt) -> Generator[Fragment, None, None]:
        self.count += 1
        held = []
        hurried = self._chain.patience.hurried(self._left())
        rest = asked(self.member, prompt, self._chain.breakers, forced=self._forced, hurried=hurried)
        for fragment in rest:
            held.append(fragment)
            if fragment.text:
                break
        self.held = held
        return rest

    def _wait_before_another(self, error: ModelUnavailable) -> None:
        chain, left = self._chain, self._left()
        pause = chain.patience.before_another_try(error, self.count, left, self._later, chain.draw)
        if pause is None or (not self._forced and chain.breakers.found(self.member.name) == "open"):
            raise error
        chain.sleep(pause)

    def _left(self) -> float:
        return self._end - self._chain.breakers.clock()
