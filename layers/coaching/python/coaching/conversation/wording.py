"""How a reply is worded: by a model, whose answer is made again once where its checks refuse it, or by the composer."""

import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Final

from coaching.conversation.answering import ModelAnswer
from coaching.conversation.apology import apology
from coaching.conversation.composer import abstention, compose
from coaching.conversation.correcting import corrected
from coaching.conversation.cutting import cut_short
from coaching.conversation.events import Replace, ReplyEvent, Token
from coaching.conversation.framing import Frame
from coaching.conversation.wishes import NONE, Wishes
from coaching.errors import EmbedderUnavailable, ModelUnavailable
from coaching.knowledge.ports import TokenEmbedder
from coaching.knowledge.search import SearchResult
from coaching.models.ports import ChatModel, Finish, Prompt
from coaching.profile.creator import Creator
from coaching.safety.draft import Draft
from coaching.safety.groundedness import Evidence
from coaching.safety.outcome import Validation, validated
from coaching.safety.standards import Standards
from coaching.safety.validation import CheckedSentence, Rejected, check_reply, check_sentence
from coaching.vocabulary import CheckedReply, Retrieval

MAKING_SECONDS: Final = 90.0
"""For both answers of a model together: what a chain takes for one at most (`coaching.models.patience.Patience`)."""
LEAST_SECONDS: Final = 5.0
"""With less than this left an answer is not made again."""


@dataclass(frozen=True, slots=True)
class Asked:
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
    standards: Standards
    wishes: Wishes = NONE
    frame: Frame = Frame()
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply, how its passages were found, and what `Done` says of how it came about."""

    reply: CheckedReply
    retrieval: Retrieval
    validation: Validation
    fallback: str = ""
    finish: Finish = "stop"
    chosen: str = ""


Events = Generator[ReplyEvent, None, Replied]
"""Events that end with the reply."""


@dataclass(slots=True)
class _Tries:
    """What is known of the answers that did not become the reply."""

    reason: str = ""
    code: str = ""
    chosen: str = ""
    shown: bool = False
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordReply:
    """The composer reads by `tokens`, and by `words` while those cannot be had."""

    tokens: TokenEmbedder
    words: TokenEmbedder

    def __call__(self, asked: Asked) -> Events:
        """Yield what is shown and return the reply. Raises: Cancelled."""
        tries = _Tries()
        if asked.model is not None and asked.frame.alone is None:
            answered = yield from self._answered(asked, asked.model, tries)
            if isinstance(answered, Replied):
                return answered
            asked = answered
        reply, tokens, finish = self._composed(asked)
        if tries.shown:
            yield Replace(reply, tries.reason)
        else:
            yield from tokens
        validation = validated(reply.kind, asked.message, tries.refused)
        return Replied(reply, asked.found.retrieval, validation, tries.code, finish, tries.chosen)

    def _answered(
        self, asked: Asked, model: ChatModel, tries: _Tries
    ) -> Generator[ReplyEvent, None, "Replied | Asked"]:
        """Return the model's reply; after two answers, or one of which something was shown, what is left to compose."""
        evidence, prompt = Evidence.of(asked.found.passages), asked.prompt
        until = time.monotonic() + MAKING_SECONDS
        for last in (False, True):
            answer = ModelAnswer(model, prompt, evidence, asked.standards, asked.frame.sentences)
            try:
                yield from _shown(answer, tries)
                reply = check_reply(answer.draft, evidence, asked.standards, answer.passed)
                validation = validated(reply.kind, asked.message, tries.refused)
                return Replied(reply, asked.found.retrieval, validation, finish=answer.finish, chosen=answer.chosen)
            except ModelUnavailable as error:
                tries.reason, tries.code = "the model stopped answering", error.code
                if not (answer.began and not tries.shown and not last):
                    # Without money for a model the coach is what it is without one: nothing is broken.
                    return replace(asked, unanswered=error.code != "budget_spent")
                # Nobody has read a word of what broke off: another model, or another node, may say it all.
            except Rejected as refused:
                tries.reason, tries.code = "the answer did not keep to the material", refused.code
                tries.refused = tuple(dict.fromkeys((*tries.refused, *answer.reasons, *refused.reasons)))
                left = until - time.monotonic()
                if tries.shown or last or left < LEAST_SECONDS:
                    return asked
                prompt = corrected(asked.prompt, tries.refused, left)
            finally:
                tries.chosen = answer.chosen
        return asked

    def _composed(self, asked: Asked) -> tuple[CheckedReply, list[Token], Finish]:
        """Return the composer's reply. A creator's lines that may not be shown give way to the built-in ones."""
        with suppress(Rejected):
            return _checked(self._draft(asked), asked)
        plain = replace(asked, creator=replace(asked.creator, phrases={}))
        with suppress(Rejected):
            return _checked(self._draft(plain), plain)
        return _checked(abstention(asked.message, plain.creator), plain)

    def _draft(self, asked: Asked) -> Draft:
        if asked.frame.alone is not None:
            return asked.frame.alone
        try:
            draft = compose(asked.query, asked.found.passages, asked.creator, self.tokens)
        except EmbedderUnavailable:
            draft = compose(asked.query, asked.found.passages, asked.creator, self.words)
        # What the material does not cover, a model might have answered.
        sorry = asked.unanswered and draft.kind == "abstain"
        return apology(*asked.locales) if sorry else draft


def _shown(answer: ModelAnswer, tries: _Tries) -> Generator[ReplyEvent, None, None]:
    with closing(answer.sentences()) as sentences:
        for sentence in sentences:
            if isinstance(sentence, CheckedSentence):
                tries.shown = True
                yield Token(sentence, model=answer.draft.model)
            else:
                yield sentence


def _checked(composed: Draft, asked: Asked) -> tuple[CheckedReply, list[Token], Finish]:
    """Return the composer's draft, as long as it may be, as a reply and as tokens. Raises: Rejected."""
    short, finish = cut_short(composed, asked.wishes)
    # What has to be said before a reply is not left out for its length; an apology replies to nothing.
    draft = short if short.kind == "apology" else asked.frame.around(short)
    # Nothing in such a draft is generated, so the passages need not be read for more than their letters.
    evidence = Evidence(asked.found.passages)
    checked = [check_sentence(sentence, evidence, asked.standards) for sentence in draft.sentences]
    tokens = [Token(sentence, draft.kind, draft.model) for sentence in checked]
    return check_reply(draft, evidence, asked.standards, checked), tokens, finish
