"""From a message to a checked, cited and remembered reply."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import ContextVar
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.conversation.ask_coach import AskCoach, whole
from coaching.conversation.events import Cited, Done, Replace, ReplyEvent, Status, Token, Working
from coaching.conversation.ports import Conversation, Turns
from coaching.conversation.recalling import RecallTurn
from coaching.conversation.remembering import RememberTurn
from coaching.conversation.wishes import Wishes
from coaching.errors import EmbedderUnavailable, Invalid, NotFound, SearchUnavailable, StaleWrite
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Candidates, PublishedVersion, Query, TokenEmbedder, Tokens
from coaching.vocabulary import ConversationId, CreatorId, DocumentId, Identity, MessageId, Page, Turn, UserId, now
from tests.conversation.conftest import CREATOR, DEMO, WHO, Coaching

QUESTION = "An ember takes how many minutes, and a flame?"
GROUNDED = "Good that you ask! An ember takes four minutes. A flame takes twenty minutes. Which one fits today?"
INVENTED = "An ember takes ninety minutes. You should buy a blue bicycle. Penguins practise every winter in Norway."


def shown(events: list[ReplyEvent]) -> str:
    """Return what the user sees at the end, from tokens and replacements alone."""
    text = ""
    for event in events:
        if isinstance(event, Token):
            text += event.sentence.text
        elif isinstance(event, Replace):
            text = event.reply.text
    return text


def ask(coach: AskCoach, coaching: Coaching, text: str = QUESTION) -> list[ReplyEvent]:
    return list(coach(WHO, coaching.conversation_id, text))


def reply_turn(events: list[ReplyEvent]) -> Turn:
    assert isinstance(events[-1], Done)
    return events[-1].turn


def remembered(coaching: Coaching) -> tuple[Turn, ...]:
    conversation = coaching.conversations.get(DEMO, WHO.user_id, coaching.conversation_id)
    return coaching.turns.recent(conversation, limit=100)


@pytest.mark.parametrize("model", [None, ScriptedChatModel([GROUNDED])])
def test_plain_words_of_danger_meet_neither_a_model_nor_the_material(
    coaching: Coaching, model: ScriptedChatModel | None
) -> None:
    reply = reply_turn(
        ask(coaching.coach(model), coaching, "An ember takes four minutes and I want to kill myself")
    ).reply
    assert (reply.kind, reply.citations, reply.model) == ("crisis", (), "none")
    assert "ember" not in reply.text
    assert model is None or not model.prompts


class TestWithAModel:
    def test_a_grounded_answer_is_shown_sentence_by_sentence_and_cited(self, coaching: Coaching) -> None:
        events = ask(coaching.coach(ScriptedChatModel([GROUNDED])), coaching)
        reply = reply_turn(events).reply
        assert (reply.kind, reply.grounded, reply.model) == ("answer", True, "scripted:words")
        assert "An ember takes four minutes. [1]" in reply.text
        assert reply.citations[0].quote == "An ember takes four minutes."
        assert shown(events) == reply.text
        assert 0 < reply.confidence <= 1

    def test_status_comes_first_then_words_then_citations_then_done(self, coaching: Coaching) -> None:
        events = ask(coaching.coach(ScriptedChatModel([GROUNDED])), coaching)
        kinds = [type(event) for event in events]
        assert kinds[:2] == [Status, Status]
        assert kinds[-2:] == [Cited, Done]
        assert set(kinds[2:-2]) == {Token, Working}
        assert [event.state for event in events if isinstance(event, Status)] == ["retrieving", "generating"]

    def test_the_first_sentence_is_shown_while_the_model_still_talks(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([GROUNDED])
        with closing(coaching.coach(model)(WHO, coaching.conversation_id, QUESTION)) as events:
            assert any(isinstance(event, Token) and model.running for event in events)

    def test_an_invented_answer_gives_way_to_the_creators_own_words(self, coaching: Coaching) -> None:
        events = ask(coaching.coach(ScriptedChatModel([INVENTED])), coaching)
        reply = reply_turn(events).reply
        assert reply.kind == "quote"
        assert reply.model == "composer"
        assert "ninety" not in shown(events)
        assert "four minutes" in reply.text

    def test_a_single_claim_without_support_is_left_out(self, coaching: Coaching) -> None:
        answer = (
            "An ember takes four minutes. Penguins practise every winter in Norway. This helps them. "
            "A flame takes twenty minutes. Missed minutes are never repaid."
        )
        reply = reply_turn(ask(coaching.coach(ScriptedChatModel([answer])), coaching)).reply
        assert reply.kind == "answer"
        assert "Penguins" not in reply.text
        assert "This helps" not in reply.text
        assert "twenty minutes" in reply.text

    def test_what_was_shown_of_a_reply_that_fails_is_withdrawn(self, coaching: Coaching) -> None:
        answer = "An ember takes four minutes. " + INVENTED
        events = ask(coaching.coach(ScriptedChatModel([answer])), coaching)
        replaced = [event for event in events if isinstance(event, Replace)]
        assert len(replaced) == 1
        assert shown(events) == reply_turn(events).reply.text == replaced[0].reply.text

    def test_a_model_that_goes_astray_is_stopped(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([INVENTED + " And so on for ever." * 500])
        ask(coaching.coach(model), coaching)
        assert model.running == 0

    @pytest.mark.parametrize("fails_after", [0, 3, 9, 14])
    def test_a_model_that_fails_is_replaced_before_or_in_the_middle(self, coaching: Coaching, fails_after: int) -> None:
        events = ask(coaching.coach(ScriptedChatModel([GROUNDED], fails_after=fails_after)), coaching)
        reply = reply_turn(events).reply
        assert (reply.kind, reply.model) == ("quote", "composer")
        assert shown(events) == reply.text

    @pytest.mark.parametrize(
        ("model", "fallback"),
        [
            (ScriptedChatModel([GROUNDED]), ""),
            (ScriptedChatModel([INVENTED]), "not_grounded"),
            (ScriptedChatModel([" "]), "empty_answer"),
            (ScriptedChatModel([GROUNDED], fails_after=3), "model_failed"),
            (None, ""),
        ],
        ids=["answers", "invents", "says nothing", "fails", "is not there"],
    )
    def test_why_the_composer_stood_in_is_told(
        self, coaching: Coaching, model: ScriptedChatModel | None, fallback: str
    ) -> None:
        done = ask(coaching.coach(model), coaching)[-1]
        assert isinstance(done, Done)
        assert done.fallback == fallback

    def test_small_talk_needs_no_evidence(self, coaching: Coaching) -> None:
        model = ScriptedChatModel(["You are very welcome! I am glad that it helped. What would you like to do next?"])
        reply = reply_turn(ask(coaching.coach(model), coaching, "Thank you so much!")).reply
        assert reply.kind == "answer"
        assert reply.citations == ()

    def test_markers_that_the_model_made_up_are_taken_out(self, coaching: Coaching) -> None:
        model = ScriptedChatModel(["An ember takes four minutes [7]. A flame takes twenty minutes. [2]"])
        reply = reply_turn(ask(coaching.coach(model), coaching)).reply
        assert reply.text == "An ember takes four minutes. [1] A flame takes twenty minutes. [2]"
        assert [citation.quote for citation in reply.citations] == [
            "An ember takes four minutes.",
            "A flame takes twenty minutes.",
        ]

    def test_usage_is_the_models_own_count(self, coaching: Coaching) -> None:
        reply = reply_turn(ask(coaching.coach(ScriptedChatModel([GROUNDED])), coaching)).reply
        assert reply.usage.output_tokens == len(GROUNDED.split())

    def test_the_prompt_carries_what_was_said_before(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([GROUNDED])
        for _ in range(2):
            ask(coaching.coach(model), coaching)
        assert [message.role for message in model.prompts[1].messages] == ["system", "user", "assistant", "user"]


class TestWithoutAModel:
    def test_a_question_is_answered_in_the_creators_own_words(self, coaching: Coaching) -> None:
        events = ask(coaching.coach(), coaching)
        reply = reply_turn(events).reply
        assert reply.kind == "quote"
        assert "An ember takes four minutes." in reply.text
        assert shown(events) == reply.text
        assert not any(isinstance(event, Replace) for event in events)

    def test_what_the_material_does_not_cover_is_said_to_be_so(self, coaching: Coaching) -> None:
        reply = reply_turn(ask(coaching.coach(), coaching, "Who won the football world cup in 1998?")).reply
        assert (reply.kind, reply.citations, reply.confidence, reply.grounded) == ("abstain", (), 0.0, False)

    @pytest.mark.parametrize("line", ["As I wrote [1].", "Read\rthis.", "Read\x0bthis."])
    @pytest.mark.parametrize("message", [QUESTION, "Who won the football world cup in 1998?"])
    def test_a_creators_line_that_may_not_be_shown_gives_way_to_a_built_in_one(
        self, coaching: Coaching, line: str, message: str
    ) -> None:
        intents = dict.fromkeys(("question", "off_topic"), (line,))
        stored = replace(CREATOR, phrases={"acknowledge": intents, "next_question": intents})
        coaching.creators.save(replace(stored, revision=coaching.creators.get(DEMO).revision))
        reply = reply_turn(ask(coaching.coach(), coaching, message)).reply
        assert reply.kind == ("quote" if message == QUESTION else "abstain")
        assert line not in reply.text

    def test_a_follow_up_is_understood_from_the_message_before(self, coaching: Coaching) -> None:
        ask(coaching.coach(), coaching, "What do I do after a missed day?")
        reply = reply_turn(ask(coaching.coach(), coaching, "And why?")).reply
        assert reply.kind == "quote"
        assert "missed" in reply.text.lower()


class TestBadInput:
    @pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "​", "x" * 20_001, "word " * 20_000])
    def test_a_message_that_is_empty_or_too_long_is_refused(self, coaching: Coaching, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            ask(coaching.coach(), coaching, text)
        assert list(refused.value.fields) == ["/text"]
        assert remembered(coaching) == ()

    def test_one_character_is_a_message(self, coaching: Coaching) -> None:
        assert reply_turn(ask(coaching.coach(), coaching, "?")).text == "?"

    def test_control_characters_are_taken_out(self, coaching: Coaching) -> None:
        text = "How long\x00 is\x1b an ember\x7f?\r\nReally \ud800."
        assert reply_turn(ask(coaching.coach(), coaching, text)).text == "How long is an ember?\nReally ."

    def test_another_users_conversation_is_not_found_before_anything_is_shown(self, coaching: Coaching) -> None:
        stranger = Identity(UserId("user-2"), DEMO, frozenset({"user"}))
        with pytest.raises(NotFound):
            next(coaching.coach()(stranger, coaching.conversation_id, QUESTION))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
    @given(answer=st.text(max_size=300), message=st.text(min_size=1, max_size=80))
    def test_whatever_comes_in_what_is_shown_is_what_is_stored(
        self, coaching: Coaching, answer: str, message: str
    ) -> None:
        try:
            events = ask(coaching.coach(ScriptedChatModel([answer])), coaching, message)
        except Invalid:
            return
        assert shown(events) == reply_turn(events).reply.text


class TestWhatFails:
    def test_while_nothing_can_embed_the_composer_reads_words(self, coaching: Coaching) -> None:
        class NoTokens(TokenEmbedder):
            @property
            def same_matter(self) -> float:
                return 0.5

            def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
                raise EmbedderUnavailable("The model is not there.")

        turn = reply_turn(ask(coaching.coach(tokens=NoTokens()), coaching, QUESTION))
        assert "An ember takes four minutes." in turn.reply.text

    def test_a_search_that_fails_is_told_before_a_word_is_shown(self, coaching: Coaching) -> None:
        class NoReader:
            def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
                raise SearchUnavailable("The search does not answer.")

            def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
                return 0

            def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
                raise SearchUnavailable("The search does not answer.")

        failing = Coaching(NoReader())
        seen: list[ReplyEvent] = []
        with pytest.raises(SearchUnavailable):
            seen.extend(failing.coach()(WHO, failing.conversation_id, QUESTION))
        assert not any(isinstance(event, Token | Replace) for event in seen)
        assert remembered(failing) == ()

    def test_a_user_who_leaves_early_leaves_a_cut_turn_with_what_was_shown(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([GROUNDED])
        events = coaching.coach(model)(WHO, coaching.conversation_id, QUESTION)
        while not isinstance(next(events), Token):
            pass
        events.close()
        assert model.running == 0
        [turn] = remembered(coaching)
        assert (turn.cut, turn.text, turn.reply.text) == (True, QUESTION, "Good that you ask!")
        assert (turn.reply.kind, turn.reply.model) == ("answer", "scripted:words")
        again = reply_turn(ask(coaching.coach(model), coaching))
        assert (again.cut, again.reply.kind) == (False, "answer")

    @pytest.mark.parametrize("model", [None, ScriptedChatModel([GROUNDED])])
    def test_what_was_cut_is_the_beginning_of_the_reply(
        self, coaching: Coaching, model: ScriptedChatModel | None
    ) -> None:
        reply = reply_turn(ask(coaching.coach(model), coaching)).reply
        for count in range(1, 30):
            with closing(coaching.coach(model)(WHO, coaching.conversation_id, QUESTION, "key")) as events:
                seen = [event for _, event in zip(range(count), events, strict=False)]
                if isinstance(seen[-1], Cited | Done):
                    break
            cut = remembered(coaching)[-1]
            assert (cut.cut, cut.reply.text, cut.request_key) == (True, shown(seen).strip(), "")
            assert reply.text.startswith(cut.reply.text)
            assert set(cut.reply.citations) <= set(reply.citations)
            assert cut.reply.confidence <= 1

    def test_a_reply_that_was_whole_when_its_reader_left_is_not_cut(self, coaching: Coaching) -> None:
        events = coaching.coach()(WHO, coaching.conversation_id, QUESTION, "key")
        while not isinstance(next(events), Cited):
            pass
        events.close()
        [turn] = remembered(coaching)
        assert (turn.cut, turn.reply.kind, turn.request_key) == (False, "quote", "key")

    def test_a_turn_that_was_cut_before_a_word_is_no_history_for_a_model(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([GROUNDED])
        with closing(coaching.coach(model)(WHO, coaching.conversation_id, "Something else?")) as events:
            next(events)
        assert [turn.cut for turn in remembered(coaching)] == [True]
        ask(coaching.coach(model), coaching)
        assert [message.role for message in model.prompts[0].messages] == ["system", "user"]

    def test_wishes_reach_the_model(self, coaching: Coaching) -> None:
        model = ScriptedChatModel([GROUNDED])
        wishes = Wishes(temperature=0.1, max_tokens=9_999, stop=("END",))
        list(coaching.coach(model)(WHO, coaching.conversation_id, QUESTION, "", wishes))
        [asked] = model.prompts
        assert (asked.temperature, asked.stop, asked.max_tokens) == (0.1, ("END",), 700)

    def test_a_conversation_deleted_meanwhile_is_not_made_again(self, coaching: Coaching) -> None:
        events = coaching.coach(ScriptedChatModel([GROUNDED]))(WHO, coaching.conversation_id, QUESTION)
        next(events)
        coaching.conversations.remove(DEMO, WHO.user_id, coaching.conversation_id)
        with pytest.raises(NotFound):
            list(events)


class TestRemembering:
    def test_a_request_that_comes_again_under_its_key_is_the_same_turn(self, coaching: Coaching) -> None:
        coach = coaching.coach(None)
        first = reply_turn(list(coach(WHO, coaching.conversation_id, QUESTION, "key-1")))
        again = reply_turn(list(coach(WHO, coaching.conversation_id, QUESTION, "key-1")))
        other = reply_turn(list(coach(WHO, coaching.conversation_id, QUESTION, "key-2")))
        assert again == first
        assert remembered(coaching) == (first, other)

    @pytest.mark.parametrize("stays", [True, False])
    def test_a_turn_told_again_names_the_sources_that_were_deleted_since(self, coaching: Coaching, stays: bool) -> None:
        coach = coaching.coach(None)
        turn = reply_turn(list(coach(WHO, coaching.conversation_id, QUESTION, "key-1")))
        cited = {citation.document_id for citation in turn.reply.citations}
        for document_id in cited if stays else ():
            coaching.documents.save(Document(document_id, DEMO, "a.md", "text/markdown", 9, now(), now()))
        told = list(coach(WHO, coaching.conversation_id, QUESTION, "key-1"))
        recalled = RecallTurn(coaching.conversations, coaching.turns, coaching.removed)
        assert cited
        assert told == [Done(turn, removed=frozenset() if stays else frozenset(cited))]
        assert told == [recalled(WHO, coaching.conversation_id, turn.message_id)]

    def test_the_turn_is_stored_before_done_is_told(self, coaching: Coaching) -> None:
        turn = whole(coaching.coach()(WHO, coaching.conversation_id, QUESTION))
        assert remembered(coaching) == (turn,)
        assert turn.latency.total >= turn.latency.first_token > 0

    def test_messages_at_once_all_stay_in_one_order(self, coaching: Coaching) -> None:
        barrier = threading.Barrier(4)

        def send(number: int) -> Turn:
            barrier.wait(timeout=5)
            return whole(coaching.coach()(WHO, coaching.conversation_id, f"Question {number}: {QUESTION}"))

        with ThreadPoolExecutor(4) as pool:
            sent = list(pool.map(send, range(4)))
        kept = remembered(coaching)
        assert {turn.message_id for turn in sent} == {turn.message_id for turn in kept}
        assert [turn.message_id for turn in kept] == sorted(turn.message_id for turn in kept)
        assert coaching.conversations.get(DEMO, WHO.user_id, coaching.conversation_id).turns == 4

    def test_an_id_is_newer_than_the_last_even_if_the_clock_is_not(self, coaching: Coaching) -> None:
        coach = coaching.coach()
        first = whole(coach(WHO, coaching.conversation_id, QUESTION))
        future = MessageId("7" + first.message_id[1:])
        conversation = coaching.conversations.get(DEMO, WHO.user_id, coaching.conversation_id)
        late = Turn(future, first.conversation_id, first.created_at, first.text, first.reply)
        coaching.turns.append(conversation, late)
        assert whole(coach(WHO, coaching.conversation_id, QUESTION)).message_id > future

    def test_a_stale_write_is_tried_again_with_a_new_id(self, coaching: Coaching) -> None:
        class StaleAtFirst(Turns):
            tried: list[MessageId] = []

            def append(self, conversation: Conversation, turn: Turn) -> Conversation:
                self.tried.append(turn.message_id)
                if len(self.tried) < 3:
                    raise StaleWrite("Another message came first.")
                return coaching.turns.append(conversation, turn)

            def recent(self, conversation: Conversation, *, limit: int) -> tuple[Turn, ...]:
                return coaching.turns.recent(conversation, limit=limit)

            def page(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Turn]:
                return coaching.turns.page(conversation, limit=limit, cursor=cursor)

        example = whole(coaching.coach()(WHO, coaching.conversation_id, QUESTION))
        turns = StaleAtFirst()

        def make(message_id: MessageId) -> Turn:
            return Turn(message_id, example.conversation_id, example.created_at, "again", example.reply)

        kept = RememberTurn(coaching.conversations, turns)(WHO, ConversationId(example.conversation_id), make)
        assert len(set(turns.tried)) == 3
        assert remembered(coaching)[-1] == kept


def test_the_request_is_known_in_the_thread_that_searches(coaching: Coaching) -> None:
    request: ContextVar[str] = ContextVar("request", default="none")
    seen: list[str] = []
    store = coaching.search.reader

    class Noting:
        def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
            seen.append(request.get())
            return store.candidates(creator_id, query)

        def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
            return store.count(creator_id, document_id)

        def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
            return store.published(creator_id, document_id)

    noting = Coaching(Noting())
    token = request.set("request-7")
    try:
        events: Iterator[ReplyEvent] = noting.coach()(WHO, noting.conversation_id, QUESTION)
        whole(events)
    finally:
        request.reset(token)
    assert seen == ["request-7"]
