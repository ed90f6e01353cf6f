"""What a model must not say in a creator's name."""

import pytest

from coaching.conversation.instructions import INSTRUCTIONS
from coaching.safety.draft import DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.house_rules import broken_rules, never_said
from coaching.safety.standards import Standards
from coaching.safety.validation import Rejected, check_sentence
from tests.conversation.conftest import SIZES, found

NEVER = never_said({"never_says": "no pain no gain, guys ,, hustle"})


def test_a_setting_names_what_is_never_said() -> None:
    assert NEVER == ("no pain no gain", "guys", "hustle")
    assert never_said({}) == ()


@pytest.mark.parametrize("sentence", ["Hi guys!", "Remember: No pain, no gain.", "HUSTLE harder."])
def test_what_the_creator_never_says_is_refused(sentence: str) -> None:
    assert list(broken_rules(sentence, NEVER, ())) == ["words that the creator never says"]


@pytest.mark.parametrize("sentence", ["No gain without rest.", "Disguise it.", "An ember takes four minutes."])
def test_other_words_are_not(sentence: str) -> None:
    assert list(broken_rules(sentence, NEVER, (INSTRUCTIONS,))) == []


def test_instructions_are_not_told() -> None:
    told = "I was told to look for a chance to grow: a next step that is a little larger."
    assert list(broken_rules(told, (), (INSTRUCTIONS,))) == ["instructions that are not to be told"]


def test_the_validator_refuses_both() -> None:
    evidence = Evidence.of([found(SIZES)])
    sentence = DraftSentence("An ember takes four minutes.", "generated")
    assert check_sentence(sentence, evidence).text == sentence.text
    with pytest.raises(Rejected, match="never says"):
        check_sentence(sentence, evidence, Standards(never=("ember",)))
