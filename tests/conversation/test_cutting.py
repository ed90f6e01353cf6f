"""A reply ends where the client wants it to end, and what is shown of it has passed its checks all the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from coaching.conversation.ask_coach import AskCoach
from coaching.conversation.events import Done, Token
from coaching.conversation.wishes import Wishes
from coaching.models.ports import ChatModel, Finish, Fragment, Prompt
from tests.conversation.conftest import WHO, Coaching

QUESTION = "An ember takes how many minutes, and a flame?"


@dataclass(frozen=True)
class CutModel(ChatModel):
    """Says this much of an answer and is stopped there."""

    text: str
    finish: Finish = "length"
    name: str = "cut:model"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        yield from (Fragment(piece) for piece in self.text.partition(" "))
        yield Fragment("", finish=self.finish)


def answered(coach: AskCoach, coaching: Coaching, wishes: Wishes, message: str = QUESTION) -> tuple[str, str, Finish]:
    """Return the reply's kind and text, which is what was shown, and its finish."""
    events = list(coach(WHO, coaching.conversation_id, message, "", wishes))
    done = events[-1]
    assert isinstance(done, Done)
    shown = "".join(event.sentence.text for event in events if isinstance(event, Token))
    assert shown == done.turn.reply.text
    return done.turn.reply.kind, done.turn.reply.text, done.finish


@pytest.mark.parametrize(
    ("said", "finish", "text"),
    [
        ("An ember takes", "length", "An ember takes"),
        ("An ember takes four minutes. A flame takes", "stop", "An ember takes four minutes. A flame takes"),
        ("An ember takes four minutes. Penguins practise", "length", "An ember takes four minutes."),
        # More digits may have been to come.
        ("An ember takes four minutes. A flame takes 2", "length", "An ember takes four minutes. A flame takes"),
    ],
)
def test_what_a_model_was_cut_at_is_shown_as_far_as_it_passes(
    coaching: Coaching, said: str, finish: Finish, text: str
) -> None:
    wishes = Wishes(max_tokens=9, stop=("END",))
    kind, shown, ended = answered(coaching.coach(CutModel(said, finish)), coaching, wishes)
    assert (kind, re.sub(r" \[\d\]", "", shown), ended) == ("answer", text, finish)


@pytest.mark.parametrize("said", ["The", "Penguins", "You should not"])
def test_of_words_that_cannot_be_checked_none_is_shown_and_the_creator_is_quoted_as_briefly(
    coaching: Coaching, said: str
) -> None:
    found = answered(coaching.coach(CutModel(said)), coaching, Wishes(max_tokens=1))
    assert found == ("quote", "An [1]", "length")


@pytest.mark.parametrize(
    ("wishes", "text", "finish"),
    [
        (Wishes(max_tokens=3), "An ember takes [1]", "length"),
        (Wishes(max_tokens=5), "An ember takes four minutes. [1]", "length"),
        (Wishes(max_tokens=7), "An ember takes four minutes. [1] A flame [2]", "length"),
        (Wishes(stop=(" four",)), "Here is what I teach about that.\n\nAn ember takes [1]", "stop"),
        (Wishes(max_tokens=3, stop=("takes",)), "An ember [1]", "stop"),
    ],
)
def test_what_is_quoted_is_cut_too_and_still_stands_in_its_document(
    coaching: Coaching, wishes: Wishes, text: str, finish: Finish
) -> None:
    kind, shown, ended = answered(coaching.coach(None), coaching, wishes)
    assert (kind, ended) == ("quote", finish)
    assert shown == text


def test_without_such_a_wish_nothing_is_cut(coaching: Coaching) -> None:
    plain = answered(coaching.coach(None), coaching, Wishes())
    assert plain == answered(coaching.coach(None), coaching, Wishes(temperature=0.2, max_tokens=500, stop=("END",)))


@pytest.mark.parametrize("message", ["I want to kill myself", "Who won the football world cup in 1998?"])
def test_approved_lines_are_never_cut(coaching: Coaching, message: str) -> None:
    whole = answered(coaching.coach(None), coaching, Wishes(), message)
    assert answered(coaching.coach(None), coaching, Wishes(max_tokens=1, stop=("e",)), message) == whole
    assert (whole[0] == "crisis") is (message == "I want to kill myself")
