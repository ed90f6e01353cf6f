"""The main job: a user's message becomes a checked, cited and remembered reply."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import cache

from coaching.conversation.age import remember_age
from coaching.conversation.caring import Care, CareForUser
from coaching.conversation.difficulty import difficulty
from coaching.conversation.events import Cited, Done, ReplyEvent, Status, Token
from coaching.conversation.follow_up import is_follow_up, with_what_it_follows
from coaching.conversation.framing import frame
from coaching.conversation.making import TurnInMaking
from coaching.conversation.message import clean_message
from coaching.conversation.phrases import approved
from coaching.conversation.ports import Conversation, Conversations, Turns
from coaching.conversation.prompt import prompt
from coaching.conversation.remembering import RememberTurn
from coaching.conversation.reusing import reuse_of
from coaching.conversation.window import MOST, exchanges_kept
from coaching.conversation.wishes import NONE, Wishes
from coaching.conversation.wording import Asked, Events, Replied, WordReply
from coaching.errors import NotFound, SearchUnavailable
from coaching.knowledge.ports import TokenEmbedder
from coaching.knowledge.search import SearchPassages, SearchResult
from coaching.knowledge.sources import FindRemovedSources
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.ports import ModelOf
from coaching.models.purpose import Purpose
from coaching.profile.creator import Creator
from coaching.profile.ports import Creators, GoalList, Profiles
from coaching.safety.outcome import ACCEPTED
from coaching.safety.standards import Standards
from coaching.safety.validation import shown_whole
from coaching.vocabulary import ConversationId, CreatorId, Identity, Turn

Record = Callable[[Identity, Done], None]
"""Takes a turn that was kept, and what is known of how its reply came about."""

PASSAGES = 5
"""That a model is given, or the composer: with more, it does no better and takes longer."""
GOALS_IN_PROMPT = 20
RETRIEVAL_SECONDS = 20.0
AT_ONCE = 32
"""Retrievals that one process waits for at a time."""


@cache
def _retrieval_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="retrieval")


@dataclass(frozen=True, slots=True)
class AskCoach:
    """Replies to a message, sentence by sentence. Where `model_of` gives no model the composer replies.

    The composer reads by `tokens`, and by `words` while those cannot be had. `care` looks at every message first and
    says what is said instead of coaching, where that is not the moment. Every reply is held to `standards`. `record`
    takes each turn once it is kept.
    """

    conversations: Conversations
    turns: Turns
    creators: Creators
    profiles: Profiles
    goals: GoalList
    search: SearchPassages
    removed: FindRemovedSources
    tokens: TokenEmbedder
    words: TokenEmbedder
    model_of: ModelOf
    care: CareForUser
    standards: Standards
    record: Record

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        text: str,
        request_key: str = "",
        wishes: Wishes = NONE,
        cancellation: Cancellation | None = None,
    ) -> Generator[ReplyEvent, None, None]:
        """Yield what happens, `Done` last. Closing it early stops the generation, and so does cancelling it while it
        waits for the model, which then raises Cancelled; the turn is kept as cut.

        A cut turn does not answer its request: asked again under its key, the coach replies anew.
        A request that was answered before under the same `request_key` is answered with that turn.

        Raises: Invalid, NotFound before the first event; SearchUnavailable, StorageUnavailable before the
        first word; StorageUnavailable, NotFound, StaleWrite after the last.
        """
        message = clean_message(text)
        making = TurnInMaking(conversation_id, message, request_key)
        conversation = self.conversations.get(who.creator_id, who.user_id, conversation_id)
        remember = RememberTurn(self.conversations, self.turns)
        if known := remember.known(conversation, request_key):
            yield Done(known, removed=self.removed(who.creator_id, [known]))
            return
        creator = self.creators.get(who.creator_id)
        try:
            yield Status("retrieving")
            asked = self._gather(who, conversation, creator, message, wishes)
            if isinstance(asked, Care):
                making.danger, making.escalation_id = asked.danger, asked.escalation_id
                replied = yield from making.passing(_cared(asked))
            else:
                asked = replace(asked, prompt=replace(asked.prompt, cancellation=cancellation or Cancellation()))
                making.found = asked.found
                yield Status("generating")
                with closing(WordReply(self.tokens, self.words)(asked)) as reply_events:
                    replied = yield from making.passing(reply_events)
            making.reply = replied.reply
            if replied.validation.outcome == "escalate":
                making.escalation_id = self.care.unanswered(who, conversation_id)
            yield Cited(replied.reply.citations)
        except (GeneratorExit, Cancelled):
            with suppress(NotFound):
                self.record(who, Done(remember(who, conversation_id, making.turn)))
            raise
        turn = remember(who, conversation_id, making.turn, request_key)
        done = Done(turn, replied.fallback, finish=replied.finish, chosen=replied.chosen,
                    validation=replied.validation)  # fmt: skip
        try:
            yield done
        finally:
            # Nobody waits for figures.
            self.record(who, done)

    def _gather(
        self, who: Identity, conversation: Conversation, creator: Creator, message: str, wishes: Wishes
    ) -> Asked | Care:
        """Read what the reply depends on, with the search running beside it. Care that is due waits for nothing."""
        history: Sequence[Turn] = ()
        query, model = message, self.model_of(conversation.creator_id, creator.settings)
        if conversation.turns and is_follow_up(message):
            history = self.turns.recent(conversation, limit=MOST)
            query = with_what_it_follows(message, history)
        first_of_all = model is not None and not conversation.turns
        searching = self._search(conversation.creator_id, query, versioned=first_of_all)
        try:
            if model and not history and conversation.turns:
                history = self.turns.recent(conversation, limit=MOST)
            profile = self.profiles.get(conversation.creator_id, conversation.user_id)
            profile = remember_age(self.profiles, profile, message)
            locales = profile.locale, creator.locale
            watched = self.care.watch.look(who, message)
            if care := self.care(who, conversation.conversation_id, message, watched, locales):
                return care
            goals = self.goals.page(conversation.creator_id, conversation.user_id, limit=GOALS_IN_PROMPT, cursor=None)
            found = searching.result(RETRIEVAL_SECONDS)
        except TimeoutError:
            raise SearchUnavailable("The search takes too long; ask again in a moment.") from None
        finally:
            searching.cancel()
        kept = history[len(history) - min(len(history), exchanges_kept(conversation.turns)) :]
        belongs = conversation.conversation_id
        asking = prompt(creator, profile, goals.items, kept, found.passages, message, conversation=belongs)
        asking = replace(asking, purpose=Purpose(difficulty=difficulty(message)))
        asking = replace(asking, reuse=reuse_of(conversation, creator, profile, goals.items, found, watched))
        around = frame(message, creator, profile, locales, first=not conversation.turns)
        standards = self.standards.asked(
            message, settings=creator.settings, approved=approved(creator), minor=around.minor
        )
        return Asked(message, query, creator, found, wishes.applied(asking), model, locales, standards, wishes, around)

    def _search(self, creator_id: CreatorId, query: str, *, versioned: bool) -> "Future[SearchResult]":
        def search() -> SearchResult:
            return self.search(creator_id, query, k=PASSAGES, versioned=versioned)

        # The copy carries the request's id into the thread's log lines.
        return _retrieval_pool().submit(copy_context().run, search)


def _cared(care: Care) -> Events:
    yield Token(shown_whole(care.reply), care.reply.kind, care.reply.model)
    return Replied(care.reply, "hybrid", ACCEPTED)


def whole(events: Iterator[ReplyEvent]) -> Turn:
    """Run the events to their end and return the turn. Raises what they raise."""
    for event in events:
        if isinstance(event, Done):
            return event.turn
    raise AssertionError("every reply ends in Done or raises")
