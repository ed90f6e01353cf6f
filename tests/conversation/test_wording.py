"""An answer that is refused is made again once, with the reasons; and what may never be shown is not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation import wording
from coaching.conversation.ask_coach import whole
from coaching.conversation.correcting import corrected
from coaching.conversation.events import Done, Replace, ReplyEvent, Token
from coaching.models.ports import Message, Prompt
from coaching.safety.crisis.registry import shipped_registry
from tests.conversation.conftest import DEMO, STANDARDS, WHO, Coaching

QUESTION = "An ember takes how many minutes, and a flame?"
GOOD = "An ember takes four minutes. A flame takes twenty minutes."
BAD = "Penguins practise every winter in Norway. Blue bicycles are cheaper in Denmark."
PLAN = "I will stop taking my antidepressants. Is an ember enough?"


class Changing(ScriptedChatModel):
    """Answers each prompt with the next of its answers, the last one for ever."""

    def __init__(self, *answers: str) -> None:
        left = list(answers)
        super().__init__(lambda _: left.pop(0) if len(left) > 1 else left[0])


def done(coaching: Coaching, model: ScriptedChatModel | None, text: str = QUESTION) -> tuple[list[ReplyEvent], Done]:
    events = list(coaching.coach(model)(WHO, coaching.conversation_id, text))
    last = events[-1]
    assert isinstance(last, Done)
    return events, last


def outcome(told: Done) -> str:
    assert told.validation is not None
    return told.validation.outcome


def test_a_refused_answer_is_made_again_with_the_reasons(coaching: Coaching) -> None:
    model = Changing(BAD, GOOD)
    events, told = done(coaching, model)
    assert (told.turn.reply.kind, outcome(told)) == ("answer", "made_again")
    first, second = model.prompts
    assert "without support" in second.messages[-1].text
    assert "Penguin" not in second.messages[-1].text
    assert second.messages[:-1] == first.messages[:-1]
    assert second.reuse is None
    assert not any(isinstance(event, Replace) for event in events)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (ScriptedChatModel([GOOD]), "accepted"),
        (ScriptedChatModel([BAD]), "quote"),
        (None, "quote"),
    ],
    ids=["good", "bad", "none"],
)
def test_the_outcome_is_told(coaching: Coaching, model: ScriptedChatModel | None, expected: str) -> None:
    assert outcome(done(coaching, model)[1]) == expected


def test_it_is_made_again_once_and_not_more(coaching: Coaching) -> None:
    model = Changing(BAD)
    told = done(coaching, model)[1]
    assert len(model.prompts) == 2
    assert (told.fallback, told.turn.reply.kind) == ("not_grounded", "quote")


def test_what_was_shown_is_withdrawn_and_not_made_again(coaching: Coaching) -> None:
    model = Changing(f"An ember takes four minutes. {BAD}", GOOD)
    events, _ = done(coaching, model)
    assert len(model.prompts) == 1
    assert any(isinstance(event, Replace) for event in events)


def test_without_time_it_is_not_made_again(coaching: Coaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "MAKING_SECONDS", wording.LEAST_SECONDS / 2)
    model = Changing(BAD, GOOD)
    done(coaching, model)
    assert len(model.prompts) == 1


def test_the_second_answer_has_what_is_left_of_the_time() -> None:
    prompt = Prompt((Message("user", "hello"),), seconds=30.0)
    assert corrected(prompt, ["a claim without support"], 12.0).seconds == 12.0
    assert corrected(prompt, ["a claim without support"], 80.0).seconds == 30.0


def test_a_shorter_prompt_is_corrected_too() -> None:
    short = Prompt((Message("user", "short"),))
    prompt = Prompt((Message("user", "long"),), shorter=lambda: short)
    less = corrected(prompt, ["a claim without support"], 9.0).shorter()
    assert less is not None
    assert less.messages[0].text.startswith("short")
    assert "without support" in less.messages[0].text
    assert less.shorter() is None


def test_a_model_that_cheers_at_a_harmful_plan_is_replaced_and_a_human_looks(coaching: Coaching) -> None:
    told = done(coaching, Changing("Good idea! I support you. Go for it!"), PLAN)[1]
    assert "Good idea" not in told.turn.reply.text
    assert outcome(told) == "escalate" or told.turn.reply.kind == "crisis"
    assert told.turn.escalation_id is not None


NUMBERS = ("988", "1-800-273-8255", "0800 111 0 111", "www.help-now.example", "help@example.org", "+49 30 1234567",
           "one eight hundred five five five", "t.me/helper", "https://findahelpline.com/fake")  # fmt: skip


@pytest.mark.parametrize("contact", NUMBERS)
@pytest.mark.parametrize("frame", ["Please call {} now.", "An ember takes four minutes, see {}.", "{}"])
def test_no_model_shows_a_number_or_address_of_its_own(coaching: Coaching, contact: str, frame: str) -> None:
    told = done(coaching, Changing(f"{GOOD} {frame.format(contact)}"))[1]
    assert contact not in told.turn.reply.text


def test_the_registry_is_what_may_be_shown() -> None:
    assert set(STANDARDS.contacts) <= set(shipped_registry().contacts())


@pytest.mark.parametrize("broken", ["support", "foreign_contacts", "slips"])
def test_while_a_check_is_broken_no_unchecked_word_is_shown(
    coaching: Coaching, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("broken")

    module = "groundedness" if broken == "support" else "validation"
    monkeypatch.setattr(f"coaching.safety.{module}.{broken}", fails)
    shown: list[str] = []

    def run() -> Iterator[None]:
        for event in coaching.coach(ScriptedChatModel([GOOD]))(WHO, coaching.conversation_id, QUESTION):
            if isinstance(event, Token | Replace):
                shown.append(repr(event))
            yield

    with pytest.raises(RuntimeError):
        list(run())
    assert shown == []


def test_small_talk_and_questions_back_need_no_evidence_and_claims_do(coaching: Coaching) -> None:
    social = ScriptedChatModel(["You are very welcome! What would you like to do next?"])
    assert done(coaching, social, "Thank you!")[1].turn.reply.kind == "answer"
    claims = "You are very welcome, and magnesium helps you sleep! Did you know that dopamine heals?"
    dressed = ScriptedChatModel([claims])
    told = done(coaching, dressed, "Thank you!")[1]
    assert told.turn.reply.kind != "answer"
    assert "magnesium" not in told.turn.reply.text


@pytest.mark.parametrize("setting", [{"grounding_threshold": 0.95}, {"claims_threshold": 1.0}])
def test_a_creator_may_be_stricter(coaching: Coaching, setting: dict[str, float]) -> None:
    loose = "On days like today an ember, a short one, takes you about four minutes. Penguins practise in Norway."
    answer = f"{loose} {GOOD}"
    lax = whole(coaching.coach(ScriptedChatModel([answer]))(WHO, coaching.conversation_id, QUESTION)).reply
    stored = coaching.creators.get(DEMO)
    coaching.creators.save(replace(stored, settings={**stored.settings, **setting}))
    strict = whole(coaching.coach(ScriptedChatModel([answer]))(WHO, coaching.conversation_id, QUESTION)).reply
    assert len(strict.text) <= len(lax.text) or strict.kind == "quote"


def test_the_model_is_asked_as_before_where_its_first_answer_is_good(coaching: Coaching) -> None:
    model = Changing(GOOD)
    done(coaching, model)
    assert len(model.prompts) == 1
