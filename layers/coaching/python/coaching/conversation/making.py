"""A turn while it is made: what its reader has been given so far, and how long it took."""

import time
from collections.abc import Generator
from typing import TypeVar

from coaching.conversation.events import Replace, ReplyEvent, Status, Token, Working
from coaching.knowledge.search import SearchResult
from coaching.safety.validation import cut_reply
from coaching.vocabulary import CheckedReply, ConversationId, Danger, Latency, MessageId, Turn, now

R = TypeVar("R")


class TurnInMaking:
    """Begins when the message arrives. `found` is what the reply is made of, `reply` the whole reply, once known.

    `danger` is what was seen in the message, `escalation_id` what the turn belongs to.
    """

    def __init__(self, conversation_id: ConversationId, message: str, request_key: str) -> None:
        self.found: SearchResult | None = None
        self.danger: Danger | None = None
        self.escalation_id: str | None = None
        self.reply: CheckedReply | None = None
        self._conversation_id = conversation_id
        self._message = message
        self._request_key = request_key
        self._began = time.perf_counter()
        self._first_word = 0
        self._shown: list[Token] = []

    def passing(self, events: Generator[ReplyEvent, None, R]) -> Generator[ReplyEvent, None, R]:
        """Pass the events on, note what they show and when the first word was, and return what they return."""
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                returned: R = end.value
                return returned
            self._note(event)
            yield event

    def turn(self, message_id: MessageId) -> Turn:
        """Return the turn as it stands: cut, unless the whole reply is known.

        A cut turn keeps no request key: it is no answer to a request that is sent again.
        """
        return Turn(
            message_id=message_id,
            conversation_id=self._conversation_id,
            created_at=now(),
            text=self._message,
            reply=self.reply or self._cut_reply(),
            latency=Latency(first_token=self._first_word, total=self._passed()),
            request_key=self._request_key if self.reply else "",
            escalation_id=self.escalation_id,
            retrieval=self.found.retrieval if self.found else "hybrid",
            cut=self.reply is None,
            danger=self.danger,
        )

    def _note(self, event: ReplyEvent) -> None:
        if isinstance(event, Token):
            self._shown.append(event)
        elif isinstance(event, Replace):
            self.reply = event.reply
        if not isinstance(event, Working | Status):
            self._first_word = self._first_word or self._passed()

    def _cut_reply(self) -> CheckedReply:
        last = self._shown[-1] if self._shown else None
        return cut_reply(
            last.kind if last else "answer",
            [token.sentence for token in self._shown],
            last.model if last else "",
            self.found.passages if self.found else (),
        )

    def _passed(self) -> int:
        return max(1, round(1000 * (time.perf_counter() - self._began)))
