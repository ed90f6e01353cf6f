"""What a user in danger is told, and what the coach no longer does."""

from dataclasses import replace
from datetime import time

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation.ask_coach import whole
from coaching.conversation.events import Done, Token
from coaching.errors import SearchUnavailable
from coaching.knowledge.ports import Candidates, PassageReader, PublishedVersion, Query
from coaching.safety.crisis.registry import shipped_registry
from coaching.safety.escalation.record import LOCKS_FROM, Step
from coaching.safety.escalation.rota import Contact, OnCall, Rota
from coaching.vocabulary import CreatorId, DocumentId, Turn, UserId
from tests.conversation.conftest import DEMO, WHO, Coaching

PLAIN = "I want to kill myself"
CALM = "An ember takes how many minutes?"
ANNA = UserId("anna")
ALWAYS = Rota(
    DEMO, coaches={ANNA: Contact("Anna", "anna@demo.test")}, hours=(OnCall(ANNA, tuple(range(7)), time(0), time(0)),)
)


def said(coaching: Coaching, text: str, model: ScriptedChatModel | None = None) -> Turn:
    return whole(coaching.coach(model)(WHO, coaching.conversation_id, text))


def living_in(coaching: Coaching, locale: str) -> None:
    profile = coaching.profiles.get(DEMO, WHO.user_id)
    coaching.profiles.save(replace(profile, locale=locale))


def test_danger_is_answered_by_approved_words_and_the_resources_of_the_place(coaching: Coaching) -> None:
    living_in(coaching, "en-US")
    turn = said(coaching, PLAIN)
    numbers = [line.phone for line in shipped_registry().of("US", "suicide")]
    assert (turn.reply.kind, turn.reply.model) == ("crisis", "none")
    assert any(number in turn.reply.text for number in numbers)
    assert turn.reply.text.count("?") == 1


def test_it_is_answered_in_the_users_language(coaching: Coaching) -> None:
    living_in(coaching, "de-DE")
    assert "Danke" in said(coaching, PLAIN).reply.text


def test_the_creators_country_says_nothing_of_where_the_user_is(coaching: Coaching) -> None:
    coaching.creators.save(replace(coaching.creators.get(DEMO), locale="en-US"))
    living_in(coaching, "de")
    text = said(coaching, PLAIN).reply.text
    assert "Danke" in text
    assert not any(line.phone in text for line in shipped_registry().of("US", "suicide"))


def test_of_whom_nobody_knows_where_they_are_is_asked_and_told_of_a_directory(coaching: Coaching) -> None:
    text = said(coaching, PLAIN).reply.text
    assert any(contact in text for directory in shipped_registry().directories for contact in directory.contacts)


def test_who_then_says_where_they_are_is_given_what_there_is(coaching: Coaching) -> None:
    said(coaching, PLAIN)
    numbers = [line.phone for line in shipped_registry().of("CA", "suicide")]
    assert any(number in said(coaching, "I'm in Canada").reply.text for number in numbers)


def test_the_turn_keeps_what_was_seen_and_what_was_given(coaching: Coaching) -> None:
    living_in(coaching, "en-US")
    turn = said(coaching, PLAIN)
    danger = turn.danger
    assert danger is not None
    assert (danger.topics[0], danger.recommended_action) == ("suicide", "reach_out_today")
    assert danger.resources
    assert danger.reasons
    escalation = coaching.care.escalations.current(DEMO, WHO.user_id)
    assert escalation is not None
    assert escalation.escalation_id == turn.escalation_id
    assert escalation.severity >= LOCKS_FROM


def test_says_whether_anybody_is_on_call(coaching: Coaching) -> None:
    nobody = said(coaching, PLAIN).reply.text
    coaching.care.rotas.save(ALWAYS)
    somebody = said(coaching, PLAIN).reply.text
    assert nobody != somebody


def test_who_waits_is_told_when_nobody_can_come(coaching: Coaching) -> None:
    coaching.care.rotas.save(ALWAYS)
    said(coaching, PLAIN)
    waiting = said(coaching, CALM).reply.text
    escalation = coaching.care.escalations.current(DEMO, WHO.user_id)
    assert escalation is not None
    nobody = Step(escalation.created_at, "nobody_on_call")
    alone = coaching.care.escalations.save(escalation.noted(nobody))
    assert said(coaching, CALM).reply.text != waiting
    owner = coaching.care.escalations.save(alone.noted(Step(escalation.created_at, "told")))
    assert said(coaching, CALM).reply.text == waiting
    coaching.care.escalations.save(replace(owner, status="expired"))
    assert said(coaching, CALM).reply.text != waiting


def test_with_whom_a_human_is_already_is_not_told_that_nobody_is_on_duty(coaching: Coaching) -> None:
    alone = said(coaching, PLAIN).reply.text
    escalation = coaching.care.escalations.current(DEMO, WHO.user_id)
    assert escalation is not None
    coaching.care.escalations.save(escalation.claimed(ANNA, escalation.updated_at))
    assert said(coaching, PLAIN).reply.text != alone


def test_who_is_still_coached_and_says_where_they_are_is_given_what_there_is(coaching: Coaching) -> None:
    said(coaching, "My best friend told me she wants to kill herself tonight")
    numbers = [line.phone for line in shipped_registry().of("CA", "suicide")]
    assert any(number in said(coaching, "I'm in Canada").reply.text for number in numbers)
    assert said(coaching, "How long is an ember for somebody who practises in Canada?").reply.kind != "crisis"


def test_until_a_human_has_come_the_coach_only_listens(coaching: Coaching) -> None:
    said(coaching, PLAIN)
    model = ScriptedChatModel(["An ember takes four minutes."])
    turn = said(coaching, CALM, model)
    assert (turn.reply.kind, turn.danger, turn.reply.citations) == ("crisis", None, ())
    assert not model.prompts


def test_resolved_it_coaches_again(coaching: Coaching) -> None:
    said(coaching, PLAIN)
    escalation = coaching.care.escalations.current(DEMO, WHO.user_id)
    assert escalation is not None
    claimed = coaching.care.escalations.save(escalation.claimed(ANNA, escalation.updated_at))
    coaching.care.escalations.save(claimed.resolved(ANNA, "safe_now", "", escalation.updated_at))
    assert said(coaching, CALM).reply.kind == "quote"


def test_a_friend_in_danger_is_no_reason_to_stop_coaching(coaching: Coaching) -> None:
    first = said(coaching, "My best friend told me she wants to kill herself tonight")
    assert first.reply.kind == "crisis"
    assert said(coaching, CALM).reply.kind == "quote"


def test_a_stream_shows_it_at_once_and_as_one(coaching: Coaching) -> None:
    events = list(coaching.coach(None)(WHO, coaching.conversation_id, PLAIN))
    [token] = [event for event in events if isinstance(event, Token)]
    assert isinstance(events[-1], Done)
    assert (token.kind, token.sentence.text) == ("crisis", events[-1].turn.reply.text)


class BrokenReader(PassageReader):
    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        raise SearchUnavailable("The search is away.")

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        raise SearchUnavailable("The search is away.")

    def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        raise SearchUnavailable("The search is away.")


def test_it_needs_no_search() -> None:
    coaching = Coaching(BrokenReader())
    with pytest.raises(SearchUnavailable):
        said(coaching, CALM)
    assert said(coaching, PLAIN).reply.kind == "crisis"


@pytest.mark.parametrize("text", ["This workout is killing me", "I'd die for a cinnamon roll", "What a deadline"])
def test_idioms_are_coached(coaching: Coaching, text: str) -> None:
    assert said(coaching, text).reply.kind != "crisis"
