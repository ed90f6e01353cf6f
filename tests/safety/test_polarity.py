"""The material's words with the opposite meaning are not its support."""

import pytest

from coaching.safety.groundedness import Evidence, judge
from coaching.safety.polarity import contradicted
from tests.conversation.conftest import found
from tests.safety.pairs import PASSAGES, SUPPORTED

RULES = (
    "Never skip the kindling. People who skip the kindling still practise, but they start later. Do not lay it out in "
    "the morning. There is no blaze before week four. Stop counting the minutes of a session.",
    "Light an ember within two days. Tell your keeper about a missed week. Never practise without a timer.",
)
EVIDENCE = Evidence.of([found(text, number) for number, text in enumerate(RULES)])


@pytest.mark.parametrize(
    "sentence",
    [
        "Just skip the kindling.",
        "Why not skip the kindling?",
        "Why don't you skip the kindling?",
        "Have you tried to skip the kindling?",
        "Do not worry and skip the kindling.",
        "Lay it out in the morning.",
        "Do a blaze before week four.",
        "You should count the minutes of a session.",
        "Do not light an ember within two days.",
        "Avoid telling your keeper about a missed week.",
    ],
)
def test_the_opposite_of_the_material_is_not_supported(sentence: str) -> None:
    verdict = judge(sentence, EVIDENCE)
    assert verdict.claims
    assert not verdict.supported


@pytest.mark.parametrize(
    "sentence",
    [
        "Never skip the kindling.",
        "Please don't skip the kindling.",
        "Avoid skipping the kindling.",
        "People who skip the kindling still practise.",
        "Do not lay it out in the morning.",
        "There should be no blaze before week four.",
        "Stop counting the minutes of your session.",
        "Light an ember within two days.",
        "Practise with a timer.",
    ],
)
def test_what_the_material_says_is_supported_with_its_negations(sentence: str) -> None:
    assert judge(sentence, EVIDENCE).supported


def test_the_most_similar_sentence_decides() -> None:
    material = ["Skip breakfast. Never skip the kindling of a cold morning."]
    assert not contradicted("Skip breakfast.", material)
    assert contradicted("Skip the kindling of a cold morning.", material)


def test_a_question_that_leaves_the_answer_to_the_user_may_ask_about_what_is_forbidden() -> None:
    assert judge("What makes you skip the kindling?", EVIDENCE).supported


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_faithful_rewordings_contradict_nothing(sentence: str) -> None:
    assert not contradicted(sentence, PASSAGES)
