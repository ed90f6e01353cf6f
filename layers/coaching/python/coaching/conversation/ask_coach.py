"""The main job: a user's message becomes a checked, cited and remembered reply."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import cache

from coaching.conversation.answering import ModelAnswer
from coaching.conversation.apology import apology
from coaching.conversation.composer import abstention, compose
from coaching.conversation.events import Cited, Done, Replace, ReplyEvent, Status, Token, Working
from coaching.conversation.follow_up import is_follow_up, with_what_it_follows
from coaching.conversation.making import TurnInMaking
from coaching.conversation.message import clean_message
from coaching.conversation.phrases import approved
from coaching.conversation.ports import Conversation, Conversations, Turns
from coaching.conversation.prompt import prompt
from coaching.conversation.remembering import RememberTurn
from coaching.conversation.window import MOST, exchanges_kept
from coaching.conversation.wishes import NONE, Wishes
from coaching.errors import EmbedderUnavailable, ModelUnavailable, NotFound, SearchUnavailable
from coaching.knowledge.ports import TokenEmbedder
from coaching.knowledge.search import SearchPassages, SearchResult
from coaching.knowledge.sources import FindRemovedSources
from coaching.models.ports import ChatModel, Finish, ModelOf, Prompt
from coaching.profile.creator import Creator
from coaching.profile.ports import Creators, GoalList, Profiles
from coaching.safety.distress import is_plain_distress
from coaching.safety.draft import Draft
from coaching.safety.groundedness import Evidence
from coaching.safety.validation import Rejected, check_reply, check_sentence
from coaching.vocabulary import (
    CheckedReply,
    ConversationId,
    CreatorId,
    Identity,
    Retrieval,
    Turn,
)


@dataclass(frozen=True, slots=True)
class _Replied:
    """The reply, how its passages were found, and why it is not the model's where one was asked (`Done.fallback`)."""

    reply: CheckedReply
    retrieval: Retrieval
    fallback: str = ""
    finish: Finish = "stop"


_Events = Generator[ReplyEvent, None, _Replied]
"""Events that end with the reply."""

Record = Callable[[Identity, Turn, str], None]
"""Takes a turn that was kept, and why its reply is not a model's where one was asked (`Done.fallback`)."""

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
class _Asked:
    """A message and all that is known when the reply is made.

    `query` is what was searched for. `locales` are the user's and the creator's. `unanswered`: a model should have
    replied and none did.
    """

    message: str
    query: str
    creator: Creator
    found: SearchResult
    prompt: Prompt
    model: ChatModel | None
    locales: tuple[str, str]
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class AskCoach:
    """Replies to a message, sentence by sentence. Where `model_of` gives no model the composer replies.

    The composer reads by `tokens`, and by `words` while those cannot be had. `record` takes each turn once it is kept.
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
    record: Record

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        text: str,
        request_key: str = "",
        wishes: Wishes = NONE,
    ) -> Generator[ReplyEvent, None, None]:
        """Yield what happens, `Done` last. Closing it early stops the generation; the turn is kept as cut.

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
            asked = self._gather(conversation, creator, message, wishes)
            making.found = asked.found
            yield Status("generating")
            with closing(self._reply(asked)) as reply_events:
                replied = yield from making.passing(reply_events)
            making.reply = replied.reply
            yield Cited(replied.reply.citations)
        except GeneratorExit:
            with suppress(NotFound):
                self.record(who, remember(who, conversation_id, making.turn), "")
            raise
        turn = remember(who, conversation_id, making.turn, request_key)
        try:
            yield Done(turn, replied.fallback, finish=replied.finish)
        finally:
            # Nobody waits for figures.
            self.record(who, turn, replied.fallback)

    def _gather(self, conversation: Conversation, creator: Creator, message: str, wishes: Wishes) -> _Asked:
        """Read what the reply depends on, with the search running beside it."""
        history: Sequence[Turn] = ()
        query, model = message, self.model_of(conversation.creator_id, creator.settings)
        if conversation.turns and is_follow_up(message):
            history = self.turns.recent(conversation, limit=MOST)
            query = with_what_it_follows(message, history)
        searching = self._search(conversation.creator_id, query)
        try:
            if model and not history and conversation.turns:
                history = self.turns.recent(conversation, limit=MOST)
            profile = self.profiles.get(conversation.creator_id, conversation.user_id)
            goals = self.goals.page(conversation.creator_id, conversation.user_id, limit=GOALS_IN_PROMPT, cursor=None)
            found = searching.result(RETRIEVAL_SECONDS)
        except TimeoutError:
            raise SearchUnavailable("The search takes too long; ask again in a moment.") from None
        finally:
            searching.cancel()
        kept = history[len(history) - min(len(history), exchanges_kept(conversation.turns)) :]
        belongs = conversation.conversation_id
        asking = prompt(creator, profile, goals.items, kept, found.passages, message, conversation=belongs)
        locales = profile.locale, creator.locale
        return _Asked(message, query, creator, found, wishes.applied(asking), model, locales)

    def _search(self, creator_id: CreatorId, query: str) -> "Future[SearchResult]":
        def search() -> SearchResult:
            return self.search(creator_id, query, k=PASSAGES)

        # The copy carries the request's id into the thread's log lines.
        return _retrieval_pool().submit(copy_context().run, search)

    def _reply(self, asked: _Asked) -> _Events:
        reason, fallback, shown = "", "", False
        model = None if is_plain_distress(asked.message) else asked.model
        for last in (False, True):
            if model is None:
                break
            evidence = Evidence.of(asked.found.passages)
            answer = ModelAnswer(model, asked.prompt, evidence, asked.message)
            try:
                with closing(answer.sentences()) as sentences:
                    for sentence in sentences:
                        shown = shown or sentence is not None
                        yield Token(sentence, model=answer.draft.model) if sentence else Working()
                reply = check_reply(answer.draft, evidence, said=asked.message)
                return _Replied(reply, asked.found.retrieval, finish=answer.finish)
            except ModelUnavailable as error:
                reason, fallback = "the model stopped answering", error.code
                if answer.began and not shown and not last:
                    # Nobody has read a word of what broke off: another model, or another node, may say it all.
                    continue
                asked = replace(asked, unanswered=True)
            except Rejected as refused:
                reason, fallback = "the answer did not keep to the material", refused.code
            break
        reply, tokens = self._composed(asked)
        if shown:
            yield Replace(reply, reason)
        else:
            yield from tokens
        return _Replied(reply, asked.found.retrieval, fallback)

    def _composed(self, asked: _Asked) -> tuple[CheckedReply, list[Token]]:
        """Return the composer's reply. A creator's lines that may not be shown give way to the built-in ones."""
        with suppress(Rejected):
            return _checked(self._draft(asked), asked)
        plain = replace(asked, creator=replace(asked.creator, phrases={}))
        with suppress(Rejected):
            return _checked(self._draft(plain), plain)
        return _checked(abstention(asked.message, plain.creator), plain)

    def _draft(self, asked: _Asked) -> Draft:
        try:
            draft = compose(asked.query, asked.found.passages, asked.creator, self.tokens)
        except EmbedderUnavailable:
            draft = compose(asked.query, asked.found.passages, asked.creator, self.words)
        # What the material does not cover, a model might have answered; but danger gets its plain line always.
        sorry = asked.unanswered and draft.kind == "abstain" and not is_plain_distress(asked.message)
        return apology(*asked.locales) if sorry else draft


def whole(events: Iterator[ReplyEvent]) -> Turn:
    """Run the events to their end and return the turn. Raises what they raise."""
    for event in events:
        if isinstance(event, Done):
            return event.turn
    raise AssertionError("every reply ends in Done or raises")


def _checked(draft: Draft, asked: _Asked) -> tuple[CheckedReply, list[Token]]:
    """Return the composer's draft as a reply and as tokens. Raises: Rejected."""
    # Nothing in such a draft is generated, so the passages need not be read for more than their letters.
    evidence, lines = Evidence(asked.found.passages), approved(asked.creator)
    checked = [check_sentence(sentence, evidence, approved=lines) for sentence in draft.sentences]
    tokens = [Token(sentence, draft.kind, draft.model) for sentence in checked]
    return check_reply(draft, evidence, approved=lines), tokens
