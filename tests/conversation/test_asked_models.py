"""What a coach asks of its models, and what the record says of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from coaching.conversation.events import Done, ReplyEvent, Status, Token
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.failures import unavailable
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.models.purpose import Purpose
from tests.conversation.conftest import WHO, Coaching

COVERED = "An ember takes how many minutes, and a flame?"
NOT_COVERED = "Who won the football world cup in 1998?"
GROUNDED = "An ember takes four minutes."


@dataclass
class Told(ChatModel):
    """Yields these fragments, and fails with `code` if there is one."""

    fragments: tuple[Fragment, ...] = ()
    spent: bool = False
    name: str = "ollama:told"
    prompts: list[Prompt] = field(default_factory=list)

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        self.prompts.append(prompt)
        prompt.cancellation.check()
        yield from self.fragments
        if self.spent:
            raise unavailable("budget_spent", "No money is left.")


def events_of(coaching: Coaching, model: ChatModel, message: str = COVERED) -> list[ReplyEvent]:
    return list(coaching.coach(model)(WHO, coaching.conversation_id, message))


def done(events: list[ReplyEvent]) -> Done:
    last = events[-1]
    assert isinstance(last, Done)
    return last


@pytest.mark.parametrize(("message", "difficulty"), [(COVERED, "easy"), (f"{COVERED} And a flame?", "hard")])
def test_a_model_is_asked_for_a_reply_as_hard_as_the_question(
    coaching: Coaching, message: str, difficulty: str
) -> None:
    model = Told((Fragment(GROUNDED),))
    events_of(coaching, model, message)
    assert (model.prompts[0].purpose.task, model.prompts[0].purpose.difficulty) == ("reply", difficulty)
    assert model.prompts[0].purpose.latency == Purpose().latency == "interactive"


def test_why_a_model_was_chosen_is_recorded(coaching: Coaching) -> None:
    events = events_of(coaching, Told((Fragment("", chosen="It was the only one."), Fragment(GROUNDED))))
    assert done(events).turn.reply.text.startswith(GROUNDED)
    assert [recorded.chosen for _, recorded in coaching.recorded] == ["It was the only one."]


def test_and_so_it_is_where_the_composer_stands_in(coaching: Coaching) -> None:
    events_of(coaching, Told((Fragment("", chosen="It was the only one."),), spent=True))
    assert [recorded.chosen for _, recorded in coaching.recorded] == ["It was the only one."]


def test_a_model_that_is_loaded_first_is_told_of(coaching: Coaching) -> None:
    fragments = (Fragment("", loading=True), Fragment("", loading=False), Fragment(GROUNDED))
    events = events_of(coaching, Told(fragments))
    states = [event.state for event in events if isinstance(event, Status)]
    assert states == ["retrieving", "generating", "loading_model", "generating"]
    assert "".join(event.sentence.text for event in events if isinstance(event, Token)).startswith(GROUNDED)


@pytest.mark.parametrize(("message", "kind"), [(COVERED, "quote"), (NOT_COVERED, "abstain")])
def test_without_money_for_a_model_the_coach_is_what_it_is_without_one(
    coaching: Coaching, message: str, kind: str
) -> None:
    last = done(events_of(coaching, Told(spent=True), message))
    assert (last.turn.reply.kind, last.fallback) == (kind, "budget_spent")


def test_a_question_whose_reader_has_left_is_kept_as_cut(coaching: Coaching) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    events = coaching.coach(Told())(WHO, coaching.conversation_id, COVERED, cancellation=cancellation)
    with pytest.raises(Cancelled):
        list(events)
    [(_, recorded)] = coaching.recorded
    assert (recorded.turn.cut, recorded.turn.text) == (True, COVERED)
