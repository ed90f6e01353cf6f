"""Plain words of danger are met with one plain line."""

import pytest

from coaching.safety.distress import is_plain_distress


@pytest.mark.parametrize(
    "message",
    [
        "I want to kill myself",
        "sometimes i wish i was dead",
        "I don’t want to live any more",
        "thinking about suicide again",
        "I took an overdose",
        "I keep cutting... I cut myself again",
        "my husband hits me when I practise",
    ],
)
def test_plain_words_of_danger_are_seen(message: str) -> None:
    assert is_plain_distress(message)


@pytest.mark.parametrize(
    "message",
    [
        "This piece is killing me",
        "I would die for a day off",
        "My back hurts after an hour",
        "The deadline kills my practice",
        "How do I cut a long session short?",
        "Life gets in the way",
        "He beats the drum louder than me",
    ],
)
def test_everyday_words_are_not(message: str) -> None:
    assert not is_plain_distress(message)
