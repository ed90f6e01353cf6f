"""One member of a fallback chain, asked as often as that makes sense."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from coaching.errors import ModelUnavailable
from coaching.models.attempts import Member, asked
from coaching.models.cancelling import Cancellation
from coaching.models.counting import CountTokens
from coaching.models.ports import Fragment, Prompt

if TYPE_CHECKING:
    from coaching.models.fallback import FallbackChain

_SHORTENED_AT_MOST: Final = 8


class Tries:
    """One member, asked until its first words are there, as often as that makes sense and until `end`."""

    def __init__(
        self, chain: "FallbackChain", member: Member, end: float, later: int, count: CountTokens, *, forced: bool
    ) -> None:
        self.member = member
        self.count = 0
        self.begun = False
        self._chain = chain
        self._end = end
        self._later = later
        self._count_tokens = count
        self._forced = forced

    def fragments(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; once it has `begun`, a failure is raised as it is."""
        shortened = 0
        prompt = self._chain.fit(prompt, self.member.card, self._count_tokens)
        while True:
            try:
                return (yield from self._once(replace(prompt, seconds=self._left())))
            except ModelUnavailable as error:
                if self.begun:
                    raise
                if error.code != "context_exceeded":
                    self._wait_before_another(error, prompt.cancellation)
                    continue
                shorter = prompt.shorter() if shortened < _SHORTENED_AT_MOST and self._left() > 0 else None
                if shorter is None:
                    raise
                shortened, prompt = shortened + 1, replace(prompt, messages=shorter.messages, shorter=shorter.shorter)

    def _once(self, prompt: Prompt) -> Iterator[Fragment]:
        self.count += 1
        held = []
        hurried = self._chain.patience.hurried(self._left())
        answer = asked(self.member, prompt, self._chain.breakers, forced=self._forced, hurried=hurried)
        with closing(answer):
            for fragment in answer:
                if fragment.loading is not None:
                    yield fragment
                    continue
                # Until there are words, what a try says of itself may be the next one's to say.
                held.append(fragment)
                if fragment.text:
                    break
            self.begun = True
            yield from held
            yield from answer

    def _wait_before_another(self, error: ModelUnavailable, cancellation: Cancellation) -> None:
        chain, left = self._chain, self._left()
        pause = chain.patience.before_another_try(error, self.count, left, self._later, chain.draw)
        if pause is None or (not self._forced and chain.breakers.found(self.member.name) == "open"):
            raise error
        chain.sleep(cancellation, pause)

    def _left(self) -> float:
        return self._end - self._chain.breakers.clock()
