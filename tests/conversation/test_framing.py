"""Limits, the disclosure and the age gate around a reply."""

from dataclasses import replace

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation.age import TOO_YOUNG
from coaching.conversation.ask_coach import whole
from coaching.conversation.disclosure import DISCLOSURES, asks_who_answers
from coaching.conversation.events import Replace, Token
from coaching.conversation.limits import LIMITS, Limit, limit_of
from coaching.conversation.wishes import Wishes
from coaching.vocabulary import CheckedReply, Scalar
from tests.conversation.conftest import CREATOR, DEMO, WHO, Coaching

GROUNDED = "An ember takes four minutes. A flame takes twenty minutes."
AI = DISCLOSURES["en"]
DOSE = LIMITS["en"]["medical"]
MODELS = [None, ScriptedChatModel([GROUNDED])]


def with_settings(coaching: Coaching, **settings: Scalar) -> None:
    revision = coaching.creators.get(DEMO).revision
    coaching.creators.save(replace(CREATOR, settings=settings, revision=revision))


def reply(coaching: Coaching, text: str, model: ScriptedChatModel | None = None) -> CheckedReply:
    return whole(coaching.coach(model)(WHO, coaching.conversation_id, text)).reply


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("How much ibuprofen can I take before a race?", "medical"),
        ("Do I have ADHD?", "medical"),
        ("Is 400 mg too much?", "medical"),
        ("Welche Dosis brauche ich?", "medical"),
        ("Can I sue my boss?", "legal"),
        ("Should I invest in bitcoin?", "financial"),
        ("How often should I practise?", None),
        ("How much water should I drink?", None),
        ("I feel low today", None),
        ("Should I buy a violin?", None),
    ],
)
def test_what_a_coach_may_not_answer_is_known(message: str, limit: Limit | None) -> None:
    assert limit_of(message) == limit


@pytest.mark.parametrize(
    "message",
    [
        "Are you a real person?",
        "am I talking to a bot?",
        "You're an AI, right?",
        "Bist du ein Mensch?",
        "are you human",
    ],
)
def test_who_asks_whether_a_person_answers_is_told(coaching: Coaching, message: str) -> None:
    model = ScriptedChatModel([GROUNDED])
    told = reply(coaching, message, model)
    assert told.text.startswith(AI)
    assert not model.prompts


@pytest.mark.parametrize(
    "message", ["Is this real progress?", "What makes a person practise?", "Is it human to be tired?"]
)
def test_other_questions_are_no_such_question(message: str) -> None:
    assert not asks_who_answers(message)


@pytest.mark.parametrize("model", MODELS)
def test_a_conversation_begins_with_the_disclosure_unless_the_creator_says_no(
    coaching: Coaching, model: ScriptedChatModel | None
) -> None:
    with_settings(coaching)
    first, second = (reply(coaching, "An ember takes how many minutes?", model) for _ in range(2))
    assert first.text.startswith(f"{AI} ")
    assert AI not in second.text
    assert "four minutes. [1]" in first.text


def test_switched_off_it_is_still_told_to_who_asks(coaching: Coaching) -> None:
    with_settings(coaching, disclose_ai=False)
    assert AI not in reply(coaching, "An ember takes how many minutes?").text
    assert AI in reply(coaching, "Are you a bot?").text


@pytest.mark.parametrize("model", MODELS)
def test_a_question_for_a_dose_gets_the_limit_and_the_material(
    coaching: Coaching, model: ScriptedChatModel | None
) -> None:
    told = reply(coaching, "How much magnesium should I take with an ember of four minutes?", model)
    assert told.text.startswith(DOSE)
    assert "mg" not in told.text


@pytest.mark.parametrize(
    "dose", ["Take 400 mg of magnesium.", "Two tablets of magnesium are plenty.", "You have ADHD."]
)
def test_a_model_never_gives_a_dose_or_a_diagnosis(coaching: Coaching, dose: str) -> None:
    told = reply(coaching, "How much magnesium should I take?", ScriptedChatModel([dose]))
    assert told.text.startswith(DOSE)
    assert dose not in told.text


def test_the_limit_is_said_in_the_users_language(coaching: Coaching) -> None:
    profile = coaching.profiles.get(DEMO, WHO.user_id)
    coaching.profiles.save(replace(profile, locale="de-AT"))
    assert LIMITS["de"]["medical"] in reply(coaching, "Welche Dosis Magnesium soll ich nehmen?").text


def test_the_limit_is_said_however_short_the_reply_is_wished_for(coaching: Coaching) -> None:
    wishes = Wishes(max_tokens=3)
    message = "How much magnesium should I take with an ember of four minutes?"
    turn = whole(coaching.coach()(WHO, coaching.conversation_id, message, "", wishes))
    assert turn.reply.text.startswith(DOSE)


@pytest.mark.parametrize("model", MODELS)
def test_who_is_too_young_is_told_so_now_and_later(coaching: Coaching, model: ScriptedChatModel | None) -> None:
    with_settings(coaching, minimum_age=16)
    line = TOO_YOUNG["en"].format(age=16)
    assert reply(coaching, "I'm 14. How long is an ember?", model).text == line
    assert reply(coaching, "An ember takes how many minutes?", model).text == line


def test_a_minor_above_the_minimum_is_coached_without_numbers_about_weight(coaching: Coaching) -> None:
    model = ScriptedChatModel(["You could lose 5 kg. An ember takes four minutes. A flame takes twenty minutes."])
    told = reply(coaching, "I'm 16. How long is an ember?", model)
    assert "kg" not in told.text
    assert "four minutes" in told.text


def test_danger_is_met_before_anything_else(coaching: Coaching) -> None:
    assert reply(coaching, "I'm 12 and I want to kill myself").kind == "crisis"


@pytest.mark.parametrize("model", [*MODELS, ScriptedChatModel(["Penguins practise in Norway."])])
def test_what_is_shown_is_what_is_stored_with_an_opening_too(
    coaching: Coaching, model: ScriptedChatModel | None
) -> None:
    with_settings(coaching)
    shown, turn = "", None
    for event in coaching.coach(model)(WHO, coaching.conversation_id, "How much magnesium fits to an ember?"):
        if isinstance(event, Token):
            shown += event.sentence.text
        elif isinstance(event, Replace):
            shown = event.reply.text
        turn = getattr(event, "turn", turn)
    assert turn is not None
    assert shown == turn.reply.text
    assert shown.startswith(AI)
