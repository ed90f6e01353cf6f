"""Messages that mean something only together with the one before."""

from dataclasses import replace

import pytest

from coaching.conversation.follow_up import is_follow_up, with_what_it_follows
from coaching.safety.human import human_reply
from coaching.vocabulary import ConversationId, MessageId, ReplyKind, Turn, now


@pytest.mark.parametrize("message", ["Why?", "And on Sundays?", "Tell me more", "What about flames?", "Is it hard?"])
def test_a_short_message_that_points_back_is_a_follow_up(message: str) -> None:
    assert is_follow_up(message)


@pytest.mark.parametrize(
    "message",
    [
        "How long is an ember?",
        "Thanks, that helped!",
        "I feel stuck",
        "I did it today",
        "And so " + "my week went " * 5,
    ],
)
def test_a_message_that_says_what_it_is_about_is_not(message: str) -> None:
    assert not is_follow_up(message)


def turn(text: str, kind: ReplyKind) -> Turn:
    reply = replace(human_reply("A reply."), kind=kind)
    return Turn(MessageId("m"), ConversationId("c"), now(), text, reply)


def test_it_follows_the_last_message_to_the_coach_and_neither_danger_nor_a_humans_words() -> None:
    history = [turn("How long is an ember?", "quote"), turn("I am done", "crisis"), turn("", "human")]
    assert with_what_it_follows("Why?", history) == "How long is an ember?\nWhy?"
    assert with_what_it_follows("Why?", history[1:]) == "Why?"
