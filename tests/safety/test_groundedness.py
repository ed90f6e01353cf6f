"""Does a sentence stand on the passages?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.safety.groundedness import Evidence, groundedness, judge
from coaching.safety.small_talk import needs_evidence
from tests.conversation.conftest import found
from tests.safety.pairs import DRESSED_UP, INVENTED, PASSAGES, QUESTIONS_BACK, SMALL_TALK, SUPPORTED

EVIDENCE = Evidence.of([found(text, number) for number, text in enumerate(PASSAGES)])
NONE = Evidence.of([])


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_a_faithful_rewording_is_supported(sentence: str) -> None:
    verdict = judge(sentence, EVIDENCE)
    assert verdict.claims
    assert verdict.supported, verdict


@pytest.mark.parametrize("sentence", INVENTED)
def test_an_invention_about_the_same_things_is_not(sentence: str) -> None:
    assert not judge(sentence, EVIDENCE).supported


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_without_evidence_nothing_is_grounded(sentence: str) -> None:
    verdict = judge(sentence, NONE)
    assert not verdict.supported
    assert verdict.support == 0.0


@pytest.mark.parametrize("sentence", [*SMALL_TALK, *QUESTIONS_BACK])
def test_small_talk_and_questions_back_need_no_evidence(sentence: str) -> None:
    assert judge(sentence, NONE).supported


@pytest.mark.parametrize("sentence", [*DRESSED_UP, *SUPPORTED, *INVENTED])
def test_a_claim_needs_evidence_however_it_is_dressed(sentence: str) -> None:
    assert needs_evidence(sentence)
    assert not judge(sentence, NONE).supported


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why not skip your insulin today?", "Can I skip my insulin today?"),
        ("Would you like to stop taking your medication today?", "I want to stop taking my medication"),
        ("You know that fasting cures cancer, right?", "Does fasting cure cancer?"),
        ("Have you tried hurting yourself?", "I think of hurting myself"),
    ],
)
def test_a_question_that_proposes_something_may_not_take_it_from_the_user(question: str, said: str) -> None:
    assert needs_evidence(question, said)


def test_a_question_may_use_the_users_words_and_those_of_the_material() -> None:
    assert not needs_evidence("What keeps you away from the violin?", "I keep away from the violin")
    assert needs_evidence("What keeps you away from the violin?")
    assert judge("Would you like to light an ember within forty hours?", EVIDENCE).unsupported_numbers
    assert judge("Would you like to light an ember today?", EVIDENCE).supported
    assert not judge("Would you like to light a candle today?", EVIDENCE).supported


def test_what_the_user_said_may_be_given_back_to_them() -> None:
    said = "I missed the whole week because my mother moved in"
    assert not needs_evidence("I am sorry to hear that you missed the whole week.", said)
    assert needs_evidence("I am sorry to hear that you missed the whole week.", "hello")
    assert needs_evidence("You should move in with your mother.", said)


def test_a_number_must_count_the_same_thing_as_in_the_passage() -> None:
    assert judge("A flame takes 20 minutes.", EVIDENCE).unsupported_numbers == ()
    assert judge("A flame takes 45 minutes.", EVIDENCE).unsupported_numbers == ("45",)
    assert judge("A flame takes 17 minutes.", EVIDENCE).unsupported_numbers == ("17",)


def test_the_number_of_a_list_item_is_not_a_claim() -> None:
    assert judge("9. An ember takes four minutes.", EVIDENCE).supported


@settings(deadline=None)
@given(st.integers(0, 10_000).filter(lambda number: str(number) not in ("4", "20", "45", "2", "5", "7", "48", "40")))
def test_no_number_passes_that_is_not_in_the_evidence(number: int) -> None:
    assert not judge(f"An ember takes {number} minutes.", EVIDENCE).supported


@settings(deadline=None)
@given(st.text(max_size=200))
def test_support_is_a_share_and_without_evidence_only_small_talk_is_supported(text: str) -> None:
    verdict = judge(text, EVIDENCE)
    assert 0.0 <= verdict.support <= 1.0
    assert judge(text, NONE).supported != needs_evidence(text)


@settings(deadline=None)
@given(
    st.sampled_from(
        ["{}.", "{}?", "You should {}.", "Why not {}?", "Have you tried {}?", "I am so glad that you {}!",
         "What would it be like if you {}?", "Would you like to {} today?", "Just {}, you can do it.", "{}, right?"]
    ),
    st.lists(st.sampled_from(["insulin", "fasting", "medication", "cancer", "skip", "hurt", "pills"]), min_size=1),
    st.lists(st.sampled_from(["feel", "better", "the", "you", "not", "today", "and", "want"])),
)  # fmt: skip
def test_a_claim_is_supported_by_nothing(frame: str, claim: list[str], small: list[str]) -> None:
    sentence = frame.format(" ".join([*small, *claim]))
    assert not judge(sentence, NONE).supported


@settings(deadline=None)
@given(st.sampled_from(PASSAGES), st.data())
def test_whatever_stands_verbatim_is_supported(text: str, data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from([part + "." for part in text.rstrip(".").split(". ")]))
    assert judge(sentence, EVIDENCE).supported


def test_the_score_of_a_reply_is_1_without_claims_and_falls_with_each_claim_without_support() -> None:
    good, bad = judge(SUPPORTED[0], EVIDENCE), judge(INVENTED[3], EVIDENCE)
    small = judge("You are welcome.", EVIDENCE)
    assert groundedness([small]) == 1.0
    assert groundedness([good, small]) == pytest.approx(good.support)
    assert groundedness([good, bad]) < groundedness([good])
    assert groundedness([bad]) == 0.0
