"""How hard a message is to answer, by its form alone."""

import pytest

from coaching.conversation.difficulty import LONG_CHARACTERS, difficulty


@pytest.mark.parametrize(
    "message",
    [
        "How long does an ember take?",
        "I missed a day.",
        "Wie lange dauert das??",
        "Is 3.5 km - or 5 - enough?",
        "1. rest",
        "x" * LONG_CHARACTERS,
        "",
    ],
)
def test_one_short_question_is_easy(message: str) -> None:
    assert difficulty(message) == "easy"


@pytest.mark.parametrize(
    "message",
    [
        "How long does an ember take? And what if I miss one?",
        "أين أبدأ؟ وكم يوما أرتاح؟",
        "我该休息多久？什么时候重新开始？",
        "What about\n- sleep\n- food",
        "Tell me of\n1. rest\n2) pace",
        "x" * (LONG_CHARACTERS + 1),
    ],
)
def test_what_must_be_weighed_together_is_hard(message: str) -> None:
    assert difficulty(message) == "hard"
