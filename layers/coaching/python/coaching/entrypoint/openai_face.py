"""The OpenAI-compatible face: `POST /v1/chat/completions` and `GET /v1/models` for any client with base URL and key.

It is the same coach: the same checks, the same tenancy, the same memory. The client's last message is what the coach
replies to; what was said before is what this service remembers of the conversation, not what the client sends.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from coaching.contract.conversations import MessageReply
from coaching.contract.openai import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionRequest,
    ChunkChoice,
    ChunkDelta,
    CoachNote,
    CompletionChoice,
    CompletionMessage,
    CompletionUsage,
    FinishReason,
    ModelList,
    ModelReply,
)
from coaching.conversation.continuing import ContinueConversation
from coaching.conversation.events import Done, Replace, ReplyEvent, Token
from coaching.conversation.wishes import Wishes
from coaching.entrypoint.asking import Asked, Incoming, admitted
from coaching.entrypoint.delivery import Whole
from coaching.entrypoint.observability import log_unexpected, measured
from coaching.entrypoint.openai_errors import not_acceptable, refusal
from coaching.entrypoint.problems import unexpected
from coaching.errors import CoachingError, NotFound
from coaching.profile.ports import Creators
from coaching.vocabulary import ConversationId, Identity, new_ulid

CHAT_PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"
END = b"data: [DONE]\n\n"
TAKEN_BACK = "\n\n(Please disregard what stands above: {reason}. The reply that counts is this one.)\n\n{text}"
BROKEN_OFF = "\n\n(The reply broke off here and is not complete. Ask again in a moment.)"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the face needs beside the coach, made when first needed."""

    continue_conversation: Callable[[], ContinueConversation]
    creators: Callable[[], Creators]


@dataclass(slots=True)
class OpenAIFace:
    """One chat completion."""

    incoming: Incoming
    shelf: Shelf
    route_key: str = f"POST {CHAT_PATH}"
    status: int = 200
    _stream_id: str = field(default_factory=lambda: f"chatcmpl-{new_ulid()}")
    _created: int = field(default_factory=lambda: int(time.time()))
    _asked: ChatCompletionRequest = field(
        default_factory=lambda: ChatCompletionRequest.model_construct(model="", messages=[])
    )
    _unheld: bool = False
    _begun: bool = False

    def read(self, identity: Identity) -> Asked:
        try:
            asked = ChatCompletionRequest.model_validate_json(self.incoming.body or b"{}")
        except ValidationError as error:
            raise not_acceptable(error) from None
        if asked.model != identity.creator_id:
            raise NotFound(
                f"The model `{asked.model[:100]}` does not exist or you do not have access to it.",
                code="model_not_found",
            )
        self._asked = asked
        said = [message.content for message in asked.messages if message.role == "user"]
        conversation = self.shelf.continue_conversation()(
            identity,
            ConversationId(asked.metadata.conversation_id) if asked.metadata.conversation_id else None,
            begins_with=(asked.user, said[0]),
        )
        self._unheld = len(asked.messages) > 1 and conversation.turns < len(said) - 1
        wishes = Wishes(asked.temperature, asked.most_tokens, tuple(asked.stop))
        return Asked(conversation.conversation_id, said[-1], asked.stream, wishes)

    def whole(self, done: Done, headers: Mapping[str, str]) -> Response:
        completion = ChatCompletion(
            id=f"chatcmpl-{done.turn.message_id}",
            created=self._created,
            model=self._asked.model,
            choices=[
                CompletionChoice(message=CompletionMessage(content=done.turn.reply.text), finish_reason=done.finish)
            ],
            usage=CompletionUsage.of(done.turn),
            coach=self._note(done),
        )
        headers = {**headers, "x-request-id": self.incoming.request_id}
        return Response(completion.model_dump_json(), self.status, headers, media_type="application/json")

    def written(self, event: ReplyEvent) -> bytes:
        match event:
            case Token():
                return self._said(event.sentence.text)
            case Replace():
                instead = TAKEN_BACK.format(reason=event.reason, text=event.reply.text)
                return self._said(instead if self._begun else event.reply.text)
            case Done():
                said = b"" if self._begun else self._said(event.turn.reply.text)
                return said + b"".join(self._ended(event)) + END
            case _:
                return b""

    def refused(self, error: CoachingError) -> Whole:
        response = refusal(error, self.incoming.request_id)
        said = self._said(BROKEN_OFF) if self._begun else b""
        return Whole(response, said + b"data: " + bytes(response.body) + b"\n\n" + END)

    def _said(self, text: str) -> bytes:
        """Return the text as a chunk, the first time after one that opens the message."""
        opening = b"" if self._begun else self._chunk(ChunkDelta(role="assistant", content=""))
        self._begun = True
        return opening + self._chunk(ChunkDelta(content=text))

    def _ended(self, done: Done) -> Iterator[bytes]:
        yield self._chunk(ChunkDelta(), finish=done.finish, note=self._note(done))
        if self._wants_usage:
            yield self._event([], usage=CompletionUsage.of(done.turn))

    def _chunk(self, delta: ChunkDelta, *, finish: FinishReason | None = None, note: CoachNote | None = None) -> bytes:
        choice = ChunkChoice(index=0, delta=delta, logprobs=None, finish_reason=finish)
        return self._event([choice], note=note)

    def _event(
        self, choices: list[ChunkChoice], *, usage: CompletionUsage | None = None, note: CoachNote | None = None
    ) -> bytes:
        fields: dict[str, Any] = {"coach": note} if note else {}
        fields |= {"usage": usage} if self._wants_usage else {}
        chunk = ChatCompletionChunk(
            id=self._stream_id,
            object="chat.completion.chunk",
            created=self._created,
            model=self._asked.model,
            choices=choices,
            **fields,
        )
        # Unset: a delta says only what it adds.
        return b"data: " + chunk.model_dump_json(exclude_unset=True).encode() + b"\n\n"

    @property
    def _wants_usage(self) -> bool:
        return bool(self._asked.stream_options and self._asked.stream_options.include_usage)

    def _note(self, done: Done) -> CoachNote:
        return CoachNote.of(MessageReply.of(done.turn, removed=done.removed), list(self._ignored(done)))

    def _ignored(self, done: Done) -> Iterator[str]:
        for at, message in enumerate(self._asked.messages):
            if message.role in ("system", "developer"):
                yield f"messages[{at}] ({message.role})"
        if self._unheld:
            yield "history"
        if done.turn.reply.kind != "answer":
            for name in ("temperature", "max_tokens", "max_completion_tokens", "stop"):
                if getattr(self._asked, name) not in (None, []):
                    yield name


def list_models(incoming: Incoming, shelf: Shelf) -> Response:
    """Answer `GET /v1/models`: the caller's own creator."""
    route_key = f"GET {MODELS_PATH}"
    try:
        identity = admitted(route_key, incoming)
        with measured(route_key):
            creator = shelf.creators().get(identity.creator_id)
            created = int(creator.updated_at.timestamp())
            models = ModelList(data=[ModelReply(id=creator.creator_id, created=created, owned_by=creator.creator_id)])
        return Response(models.model_dump_json(), media_type="application/json")
    except CoachingError as error:
        return refusal(error, incoming.request_id)
    except Exception as error:  # noqa: BLE001 - the last resort: told to the caller as internal
        log_unexpected(error)
        return refusal(unexpected(), incoming.request_id)
