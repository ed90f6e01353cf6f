"""When no model answers, the creator is quoted, and where there is nothing to quote, that is said with regret."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation.apology import APOLOGIES, apology
from coaching.conversation.ask_coach import whole
from coaching.conversation.events import Done, Token
from coaching.models.failures import unavailable
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.safety.topics import Severity
from coaching.vocabulary import Turn
from tests.conversation.conftest import DEMO, WHO, Coaching

GROUNDED = "An ember takes four minutes. A flame takes twenty minutes. Which one fits today?"
COVERED = "An ember takes how many minutes, and a flame?"
NOT_COVERED = "Who won the football world cup in 1998?"


def broken() -> ScriptedChatModel:
    return ScriptedChatModel(["Never said."], fails_after=0)


def reply_to(coaching: Coaching, message: str, model: ScriptedChatModel | None) -> Turn:
    return whole(coaching.coach(model)(WHO, coaching.conversation_id, message))


def test_what_nobody_can_answer_is_apologised_for_with_no_confidence(coaching: Coaching) -> None:
    turn = reply_to(coaching, NOT_COVERED, broken())
    assert turn.reply.kind == "apology"
    assert turn.reply.text == "I'm experiencing technical difficulties. Please try again later."
    assert (turn.reply.confidence, turn.reply.grounded, turn.reply.citations) == (0.0, False, ())


def test_what_is_shown_is_the_apology_and_the_reason_is_told(coaching: Coaching) -> None:
    events = list(coaching.coach(broken())(WHO, coaching.conversation_id, NOT_COVERED))
    done = events[-1]
    assert isinstance(done, Done)
    assert done.fallback == "model_failed"
    assert "".join(event.sentence.text for event in events if isinstance(event, Token)) == done.turn.reply.text


def test_what_the_material_covers_is_quoted_instead(coaching: Coaching) -> None:
    assert reply_to(coaching, COVERED, broken()).reply.kind == "quote"


def test_where_no_model_is_meant_to_answer_nothing_is_regretted(coaching: Coaching) -> None:
    assert reply_to(coaching, NOT_COVERED, None).reply.kind == "abstain"


def test_danger_gets_its_words_though_no_model_answers(coaching: Coaching) -> None:
    assert reply_to(coaching, "I want to kill myself", broken()).reply.kind == "crisis"


def test_what_nothing_could_answer_waits_for_a_human(coaching: Coaching) -> None:
    turn = reply_to(coaching, NOT_COVERED, broken())
    escalation = coaching.care.escalations.current(DEMO, WHO.user_id)
    assert escalation is not None
    assert (turn.escalation_id, escalation.severity, escalation.locks) == (
        escalation.escalation_id, Severity.LOW, False,
    )  # fmt: skip


class BreaksOffOnce(ChatModel):
    """Says so many words of its reply the first time, and all of it after that."""

    name = "told:model"

    def __init__(self, words: int) -> None:
        self.words = words
        self.asked = 0

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        self.asked += 1
        said = GROUNDED.split(" ")
        for word in said[: self.words] if self.asked == 1 else said:
            yield Fragment(f"{word} ")
        if self.asked == 1:
            raise unavailable("node_lost", "It went away.")


def test_what_broke_off_unread_is_asked_again(coaching: Coaching) -> None:
    model = BreaksOffOnce(3)
    turn = whole(coaching.coach(model)(WHO, coaching.conversation_id, COVERED))
    assert (turn.reply.kind, model.asked) == ("answer", 2)


def test_what_was_read_is_not_said_twice(coaching: Coaching) -> None:
    model = BreaksOffOnce(9)
    turn = whole(coaching.coach(model)(WHO, coaching.conversation_id, COVERED))
    assert (turn.reply.kind, model.asked) == ("quote", 1)


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("no", "nb"), ("", "en"), ("xx", "en")])
def test_it_is_said_in_the_users_language(coaching: Coaching, locale: str, language: str) -> None:
    profile = coaching.profiles.get(DEMO, WHO.user_id)
    coaching.profiles.save(replace(profile, locale=locale))
    assert reply_to(coaching, NOT_COVERED, broken()).reply.text == " ".join(APOLOGIES[language])


def test_the_creators_language_serves_where_the_users_is_not_known() -> None:
    assert apology("", "fr-CA").text == " ".join(APOLOGIES["fr"])
