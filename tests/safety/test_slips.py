"""What a model lets slip is not shown."""

import pytest

from coaching.safety.draft import DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.slips import slips
from coaching.safety.standards import Standards
from coaching.safety.validation import Rejected, check_sentence
from tests.conversation.conftest import MISSED, SIZES, found

EVIDENCE = Evidence.of([found(SIZES, 1), found(MISSED, 2)])


@pytest.mark.parametrize(
    "sign",
    ["<message>", "`</message>`", "</knowledge>", '<source number="1">', "<source", "[INST]", "[/INST]", "<<SYS>>",
     "<|im_end|>", "<|eot_id|>", "<｜User｜>", "</s>", "<end_of_turn>", "[TOOL_CALLS]"],
)  # fmt: skip
def test_a_sign_of_the_prompt_refuses_the_sentence(sign: str) -> None:
    with pytest.raises(Rejected, match="prompt"):
        check_sentence(DraftSentence(f"An ember takes four minutes. {sign}", "generated"), EVIDENCE)


def test_a_comparison_is_no_sign_of_the_prompt() -> None:
    assert not list(slips("An ember is < 5 minutes and a flame > 5 minutes.", "", ()))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("How long is a blaze?", "how long is a blaze"),
        ("I missed my ember today.", "Hello. I missed my ember today! What now?"),
    ],
)
def test_the_users_message_is_not_said_back_to_them(sentence: str, said: str) -> None:
    with pytest.raises(Rejected, match="said back"):
        check_sentence(DraftSentence(sentence, "generated"), EVIDENCE, Standards(said=said))


def test_a_greeting_may_be_returned_and_an_answer_may_use_the_words_of_the_question() -> None:
    greeting = DraftSentence("Good morning!", "generated")
    assert check_sentence(greeting, EVIDENCE, Standards(said="Good morning!")).text == greeting.text
    answer = DraftSentence("Yes, an ember takes four minutes.", "generated")
    assert check_sentence(answer, EVIDENCE, Standards(said="An ember takes four minutes?")).text == answer.text


def test_the_same_three_words_three_times_refuse_the_sentence() -> None:
    repeated = "It is a new day, a new day, you have a new day."
    assert list(slips(repeated, "", ())) == ["the same words over and over"]
    with pytest.raises(Rejected, match="over and over"):
        check_sentence(DraftSentence(repeated, "generated"), EVIDENCE)


def test_twice_is_a_figure_of_speech_and_so_is_what_the_creator_repeats() -> None:
    assert not list(slips("A new day is a new day.", "", ()))
    chant = "One for the road, one for the bag and one for the case."
    assert list(slips(chant, "", ()))
    assert not list(slips(chant, "", [f"I pack slips. {chant}"]))


@pytest.mark.parametrize(
    "sentence",
    [
        'My rule is "an ember takes forty minutes".',
        "My rule is “after a missed day, light a flame”.",
        "My rule is 'you may have six blazes a week'.",
        'My rule is "an ember takes forty minutes',
        "My rule is «an ember takes forty minutes».",
    ],
)
def test_words_in_quotation_marks_must_stand_in_the_material(sentence: str) -> None:
    assert list(slips(sentence, "", [SIZES, MISSED])) == ["a quotation that is not in the material"]
    with pytest.raises(Rejected):
        check_sentence(DraftSentence(sentence, "generated"), EVIDENCE)


@pytest.mark.parametrize(
    "sentence",
    [
        'As I say: "An ember takes four minutes."',
        "Remember “Missed minutes are never repaid”, always.",
        'An "ember" takes four minutes.',
        "It's what the keepers' rule is about, and I don't count.",
    ],
)
def test_what_stands_in_the_material_may_be_quoted(sentence: str) -> None:
    assert not list(slips(sentence, "", [SIZES, MISSED]))
