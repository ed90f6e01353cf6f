"""When a model's answer may be given again: never where anything of the person took part."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.conversation.ask_coach import whole
from coaching.conversation.beginning import BeginConversation
from coaching.conversation.ports import Conversation
from coaching.conversation.reusing import PROMPT_VERSION, SHARE_SETTING, reuse_of
from coaching.conversation.wishes import Wishes
from coaching.knowledge.ports import EmbeddedPassage
from coaching.knowledge.search import SearchResult
from coaching.models.cache import ReuseAnswers
from coaching.models.flights import Flights
from coaching.models.kept_answers import InstanceKeptAnswers, KeptAnswer
from coaching.models.ports import ChatModel, Fragment, Prompt, Reuse
from coaching.models.reuse import AnswerKey
from coaching.profile.user import Goal, UserProfile
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.ports import NoMeanings
from coaching.safety.redflags.weights import shipped
from coaching.safety.watching import Watched
from coaching.vocabulary import ConversationId, CreatorId, GoalId, Identity, Turn, Usage, UserId, now
from tests.conversation.conftest import CREATOR, DEMO, GUILT, MISSED, SIZES, WHO, Coaching, passage, reader_of

QUESTION = "An ember takes how many minutes, and a flame?"
ANSWER = "An ember takes four minutes. A flame takes twenty minutes."
INVENTED = "An ember takes ninety hours. A flame takes a thousand years."
BOB = Identity(UserId("user-2"), DEMO, frozenset({"user"}))
SHARING = replace(CREATOR, settings={SHARE_SETTING: True})
NOBODY = UserProfile(DEMO, WHO.user_id, now())
FRESH = Conversation(ConversationId("c"), DEMO, WHO.user_id, now(), now())
FOUND = SearchResult((), None, "index-1")
CALM, HINTED = (Watched(DetectRedFlags(NoMeanings(), shipped)(text)) for text in (QUESTION, "I want to kill myself"))
GOAL = Goal(GoalId("g"), DEMO, WHO.user_id, "Play in the quartet", now(), now())


class TestTheDecision:
    def test_an_answer_to_a_stranger_s_first_question_is_theirs(self) -> None:
        assert reuse_of(FRESH, CREATOR, NOBODY, [], FOUND, CALM) == Reuse(DEMO, WHO.user_id, "index-1", PROMPT_VERSION)

    def test_it_is_everybody_s_where_the_creator_says_so(self) -> None:
        reuse = reuse_of(FRESH, SHARING, NOBODY, [], FOUND, CALM)
        assert reuse is not None
        assert reuse.shared

    @pytest.mark.parametrize("value", ["true", "yes", 1, 1.0, False, ""])
    def test_nothing_but_true_says_so(self, value: Any) -> None:
        reuse = reuse_of(FRESH, replace(CREATOR, settings={SHARE_SETTING: value}), NOBODY, [], FOUND, CALM)
        assert reuse is not None
        assert not reuse.shared

    @pytest.mark.parametrize("creator", [CREATOR, SHARING])
    @pytest.mark.parametrize(
        "known",
        [
            {"display_name": "Ada"},
            {"locale": "en-GB"},
            {"preferences": {"length": "short"}},
            {"communication_style": {"tone": "direct"}},
        ],
    )
    def test_a_profile_fact_forbids_it(self, creator: Any, known: dict[str, Any]) -> None:
        assert reuse_of(FRESH, creator, replace(NOBODY, **known), [], FOUND, CALM) is None

    @pytest.mark.parametrize("creator", [CREATOR, SHARING])
    def test_a_goal_history_or_danger_forbids_it(self, creator: Any) -> None:
        assert reuse_of(FRESH, creator, NOBODY, [GOAL], FOUND, CALM) is None
        assert reuse_of(replace(FRESH, turns=1), creator, NOBODY, [], FOUND, CALM) is None
        assert reuse_of(FRESH, creator, NOBODY, [], FOUND, HINTED) is None

    def test_so_does_not_knowing_what_was_searched(self) -> None:
        assert reuse_of(FRESH, SHARING, NOBODY, [], replace(FOUND, version=""), CALM) is None


@dataclass
class Says(ChatModel):
    """Answers whatever it is asked."""

    reply: str = ANSWER
    name: str = "scripted:words"
    prompts: list[Prompt] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        with self.lock:
            self.prompts.append(prompt)
        for word in self.reply.split(" "):
            yield Fragment(f"{word} ", model=self.name)
        yield Fragment("", Usage(50, 9), "stop", self.name)


class Talk:
    """A coach whose model's answers are kept; each question is asked in a conversation of its own."""

    def __init__(
        self, coaching: Coaching, pool: ThreadPoolExecutor, answers: InstanceKeptAnswers | None = None
    ) -> None:
        self.coaching = coaching
        self.model = Says()
        self.reused: list[str] = []
        self.answers = InstanceKeptAnswers() if answers is None else answers
        cache = ReuseAnswers(self.answers, Flights(pool))
        self.coach = coaching.coach(cache.around(self.model, lambda prompt: self.model.name, self.reused.append))

    def ask(self, who: Identity = WHO, text: str = QUESTION, **more: Any) -> Turn:
        conversation = BeginConversation(self.coaching.conversations)(who).conversation_id
        return whole(self.coach(who, conversation, text, **more))

    def calls(self) -> int:
        return len(self.model.prompts)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32, "answers") as made:
        yield made


@pytest.fixture
def talk(coaching: Coaching, pool: ThreadPoolExecutor) -> Talk:
    return Talk(coaching, pool)


class TestTheCoach:
    def test_the_same_question_of_the_same_user_is_one_call(self, talk: Talk) -> None:
        first, again = talk.ask(), talk.ask()
        assert again.reply.text == first.reply.text
        assert again.reply.kind == "answer"
        assert again.reply.citations == first.reply.citations
        assert again.reply.model == "scripted:words"
        assert (first.reply.usage, again.reply.usage) == (Usage(50, 9), Usage())
        assert (talk.calls(), talk.reused) == (1, ["scripted:words"])

    def test_another_user_asks_for_themselves(self, talk: Talk) -> None:
        talk.ask()
        talk.ask(BOB)
        assert talk.calls() == 2

    def test_where_answers_are_shared_another_user_gets_it(self, talk: Talk) -> None:
        talk.coaching.creators.save(replace(talk.coaching.creators.get(DEMO), settings={SHARE_SETTING: True}))
        assert talk.ask().reply.text == talk.ask(BOB).reply.text
        assert talk.calls() == 1

    def test_where_answers_are_shared_a_person_who_is_known_gets_their_own(self, talk: Talk) -> None:
        talk.coaching.creators.save(replace(talk.coaching.creators.get(DEMO), settings={SHARE_SETTING: True}))
        profile = talk.coaching.profiles.get(DEMO, BOB.user_id)
        talk.coaching.profiles.save(replace(profile, display_name="Bob"))
        talk.ask()
        talk.ask(BOB)
        talk.ask(BOB)
        assert talk.calls() == 3
        assert talk.model.prompts[1].reuse is None
        assert "Bob" in talk.model.prompts[1].messages[0].text
        assert not any("Bob" in message.text for message in talk.model.prompts[0].messages)

    def test_what_is_learned_of_a_person_meanwhile_counts(self, talk: Talk) -> None:
        talk.ask()
        talk.coaching.goals.save(GOAL)
        talk.ask()
        assert talk.calls() == 2

    def test_later_in_a_conversation_nothing_is_reused(self, talk: Talk) -> None:
        conversation = talk.coaching.conversation_id
        for _ in range(3):
            whole(talk.coach(WHO, conversation, QUESTION))
        assert talk.calls() == 3
        assert [prompt.reuse is None for prompt in talk.model.prompts] == [False, True, True]

    def test_another_temperature_or_stop_word_is_another_question(self, talk: Talk) -> None:
        for wishes in (Wishes(), Wishes(temperature=0.0), Wishes(max_tokens=50), Wishes(stop=("Zebra",))):
            talk.ask(wishes=wishes)
        assert talk.calls() == 4

    def test_a_creator_who_speaks_differently_since_is_asked_anew(self, talk: Talk) -> None:
        talk.ask()
        talk.coaching.creators.save(replace(talk.coaching.creators.get(DEMO), communication_style="stern"))
        talk.ask()
        assert talk.calls() == 2

    def test_words_of_danger_are_never_kept(self, talk: Talk) -> None:
        for _ in range(2):
            assert talk.ask(text="I want to kill myself").reply.kind != "answer"
        assert talk.calls() == 0
        assert len(talk.answers) == 0

    def test_what_is_reused_is_checked_again(self, coaching: Coaching, pool: ThreadPoolExecutor) -> None:
        class Poisoned(InstanceKeptAnswers):
            def get(self, key: AnswerKey) -> KeptAnswer:
                return KeptAnswer((INVENTED,), "scripted:words")

        turn = Talk(coaching, pool, Poisoned()).ask()
        assert INVENTED not in turn.reply.text
        assert "ninety" not in turn.reply.text

    def test_an_answer_that_was_given_up_is_not_kept(self, talk: Talk) -> None:
        talk.model.reply = f"{INVENTED} " * 20
        assert talk.ask().reply.kind == "quote"
        talk.model.reply = ANSWER
        assert talk.ask().reply.kind == "answer"

    def test_who_stops_reading_keeps_nothing(self, talk: Talk) -> None:
        conversation = BeginConversation(talk.coaching.conversations)(WHO).conversation_id
        events = talk.coach(WHO, conversation, QUESTION)
        for event in events:
            if type(event).__name__ == "Token":
                break
        events.close()
        talk.ask()
        talk.ask()
        assert talk.calls() == 2

    def test_twenty_who_ask_at_once_all_get_a_whole_reply(self, talk: Talk) -> None:
        with ThreadPoolExecutor(20) as pool:
            turns = list(pool.map(lambda _: talk.ask(), range(20)))
        assert {turn.reply.text for turn in turns} == {turns[0].reply.text}
        assert all(turn.reply.kind == "answer" for turn in turns)
        assert talk.calls() == 1
        assert len(talk.reused) == 19


class TestTheMaterial:
    @pytest.fixture
    def store(self, tmp_path: Path) -> EmbeddedPassages:
        return reader_of([SIZES, MISSED, GUILT], tmp_path)

    @pytest.fixture
    def talk(self, store: EmbeddedPassages, pool: ThreadPoolExecutor) -> Talk:
        return Talk(Coaching(store), pool)

    def test_a_document_that_is_published_makes_the_question_a_new_one(
        self, talk: Talk, store: EmbeddedPassages
    ) -> None:
        talk.ask()
        publish(store, "Nothing that anybody asked about: the violin case is blue.")
        talk.ask()
        talk.ask()
        assert talk.calls() == 2

    def test_so_does_one_that_is_deleted(self, talk: Talk, store: EmbeddedPassages) -> None:
        talk.ask()
        store.remove(DEMO, passage(GUILT, 3).document_id)
        talk.ask()
        talk.ask()
        assert talk.calls() == 2

    def test_another_creator_s_do_not(self, talk: Talk, store: EmbeddedPassages) -> None:
        talk.ask()
        publish(store, "Theirs.", CreatorId("other"))
        talk.ask()
        assert talk.calls() == 1


def publish(store: EmbeddedPassages, text: str, creator_id: CreatorId = DEMO) -> None:
    one, embedder = replace(passage(text, 9), creator_id=creator_id), HashEmbedder()
    embedded = [EmbeddedPassage(one, embedder.embed([text], "passage")[0])]
    store.stage(creator_id, one.document_id, 1, embedded, embedder.model)
    store.publish(creator_id, one.document_id, 1)
