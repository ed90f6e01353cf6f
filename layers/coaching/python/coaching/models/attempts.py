"""One member of a chain: asked once, and what came of it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from coaching.errors import ModelUnavailable
from coaching.models.breaker import Breakers, Outcome
from coaching.models.catalogue import ModelCard
from coaching.models.closing import closed_at_the_end
from coaching.models.failures import ABOUT_THE_REQUEST, NO_MATTER_OF_HEALTH, FailureCode, unavailable
from coaching.models.ports import MOST_TOKENS, ChatModel, Fragment, Prompt, Readiness


def _at_once(_prompt: Prompt) -> Readiness:
    return Readiness()


@dataclass(frozen=True, slots=True)
class Member:
    """A model that a chain may ask, and what is known of it. `ready` says at once how soon it could begin a prompt."""

    card: ModelCard
    model: ChatModel
    ready: Callable[[Prompt], Readiness] = _at_once

    @property
    def name(self) -> str:
        return self.card.name


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a member, all its tries together; no words of anybody.

    `code` is a failure's (`FailureCode`), or `answered`, or `closed` when whoever read the answer left before its end,
    or `open` when its breaker kept it from being asked. `milliseconds` include the reader's own.
    """

    model: str
    code: str
    tries: int
    milliseconds: int
    reason: str = ""
    """What our own error says about it, and what to do."""


def asked(
    member: Member, prompt: Prompt, breakers: Breakers, *, forced: bool, hurried: bool
) -> Generator[Fragment, None, None]:
    """Ask a member once: yield its answer, named on each fragment, and tell its breaker how that ended.

    A member that was `hurried` is not blamed for having taken too long, nor is one whose reader took longer.
    Raises: ModelUnavailable; `overloaded` without a question where the breaker is open and the call is not `forced`.
    """
    name, now = member.name, breakers.clock
    admission = breakers.enter(name)
    if admission == "open" and not forced:
        raise unavailable("overloaded", f"{name} has failed too often lately: ask it again in some minutes.")
    outcome: Outcome = "nothing"
    said, cut = False, bool(prompt.stop)
    began, reading = now(), 0.0
    try:
        with closed_at_the_end(member.model.generate(prompt)) as fragments:
            for fragment in fragments:
                said = said or bool(fragment.text)
                outcome = "answered" if said else "nothing"
                cut = cut or (fragment.finish == "length" and prompt.max_tokens < MOST_TOKENS)
                handed = now()
                yield fragment.named(name)
                reading += now() - handed
        if not said:
            # That it was to be cut before its first word is no fault of the model's.
            code: FailureCode = "request_refused" if cut else "malformed_answer"
            raise unavailable(code, f"{name} ended its answer without a word: allow it more tokens.")
        outcome = "answered"
    except ModelUnavailable as error:
        excused = hurried or reading > (now() - began) / 2
        outcome = "nothing" if excused and error.code == "timeout" else _outcome_of(error)
        raise
    finally:
        breakers.leave(name, admission, outcome)


def _outcome_of(error: ModelUnavailable) -> Outcome:
    if error.code in ABOUT_THE_REQUEST | NO_MATTER_OF_HEALTH:
        return "nothing"
    return "locked_out" if error.code == "bad_credentials" else "failed"
