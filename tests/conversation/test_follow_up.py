"""Messages that mean something only together with the one before."""

import pytest

from coaching.conversation.follow_up import is_follow_up


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
