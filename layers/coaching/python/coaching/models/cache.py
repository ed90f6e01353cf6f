"""A model's whole answer is given again to whoever may have it, and identical requests at once make one call.

What is kept is what the model said, so every check of the reply runs again on what is reused. Whether an answer may be
reused says the prompt (`Prompt.reuse`); without that, nothing here touches it.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from coaching.models.cancelling import Cancellation
from coaching.models.closing import closed_at_the_end
from coaching.models.flights import Flights
from coaching.models.kept_answers import KeptAnswer, KeptAnswers
from coaching.models.ports import ChatModel, Finish, Fragment, Prompt, Reuse
from coaching.models.reuse import answer_key
from coaching.vocabulary import Usage

WouldAnswer = Callable[[Prompt], str]
"""Returns the name of the model that would be asked now. Raises: ModelUnavailable where there is none."""
Reused = Callable[[str], None]
"""Takes the name of the model whose answer was reused, once for each request that got it."""


@dataclass(frozen=True, slots=True)
class ReuseAnswers:
    """What one instance has kept, and what it is generating."""

    answers: KeptAnswers
    flights: Flights

    def around(self, model: ChatModel, would_answer: WouldAnswer, reused: Reused) -> "CachedChatModel":
        """Return the model, asked only where no answer of `would_answer`'s can be reused."""
        return CachedChatModel(model, would_answer, reused, self)


@dataclass(frozen=True, slots=True)
class CachedChatModel(ChatModel):
    """A chat model that is not asked twice for the same.

    An answer is kept under the model that gave it, and looked for under the one that would be asked now. It is kept if
    it came to its own end and one of its readers with it; one that was cut at the most tokens, broke off, or was given
    up is not. A fallback chain and the meter stand inside, so that a call that several wait for is metered once.
    """

    model: ChatModel
    would_answer: WouldAnswer
    reused: Reused
    reuse: ReuseAnswers

    @property
    def name(self) -> str:
        return self.model.name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        if prompt.reuse is None:
            with closed_at_the_end(self.model.generate(prompt)) as fragments:
                yield from fragments
            return
        told = False
        with closing(self._found_or_begun(prompt, prompt.reuse)) as found:
            for fragment in found:
                if fragment.reused and fragment.text and not told:
                    told = True
                    self.reused(fragment.model or self.name)
                yield fragment

    def _found_or_begun(self, prompt: Prompt, reuse: Reuse) -> Generator[Fragment, None, None]:
        key = answer_key(prompt, reuse, self.would_answer(prompt))
        if kept := self.reuse.answers.get(key):
            yield from _again(kept)
            return

        def begun(cancellation: Cancellation) -> Iterator[Fragment]:
            # Another may have ended between the look before and the beginning of this one.
            if kept := self.reuse.answers.get(key):
                yield from _again(kept)
            else:
                with closed_at_the_end(self.model.generate(replace(prompt, cancellation=cancellation))) as fragments:
                    yield from fragments

        answer = _Answer(self.model.name)
        with self.reuse.flights.aboard(key, begun) as (flight, others):
            for fragment in flight.read(prompt.cancellation, prompt.seconds):
                answer.take(fragment)
                yield _for_nothing(fragment) if others else fragment
            # Before the flight is left: who comes next finds one or the other.
            if whole := answer.whole():
                self.reuse.answers.keep(answer_key(prompt, reuse, whole.model), reuse, whole)


class _Answer:
    """An answer as it comes in."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._pieces: list[str] = []
        self._finish: Finish | None = None
        self._kept = False

    def take(self, fragment: Fragment) -> None:
        self._model = fragment.model or self._model
        self._finish = fragment.finish or self._finish
        self._kept = self._kept or fragment.reused
        if fragment.text:
            self._pieces.append(fragment.text)

    def whole(self) -> KeptAnswer | None:
        """Return the answer, now that no more comes; None if it did not come to its own end, or is kept already."""
        if not self._pieces or self._finish != "stop" or self._kept:
            return None
        return KeptAnswer(tuple(self._pieces), self._model)


def _again(kept: KeptAnswer) -> Iterator[Fragment]:
    for piece in kept.pieces:
        yield Fragment(piece, model=kept.model, reused=True)
    yield _for_nothing(Fragment("", Usage(), "stop", kept.model))


def _for_nothing(fragment: Fragment) -> Fragment:
    chosen = "No model: the same was asked before or at the same time." if fragment.finish else fragment.chosen
    return replace(fragment, usage=fragment.usage and Usage(), chosen=chosen, reused=True)
