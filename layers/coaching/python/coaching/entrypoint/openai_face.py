"""The OpenAI-compatible face: `POST /v1/chat/completions` for any client with base URL and key.

It is the same coach: the same checks, the same tenancy, the same memory. The client's last message is what the coach
replies to; what was said before is what this service remembers of the conversation, not what the client sends.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.responses import Response

from coaching.contract.conversations import MessageReply
from coaching.contract.openai import ChatCompletionRequest
from coaching.contract.openai_replies import (
    ChatCompletion,
    CoachNote,
    CompletionChoice,
    CompletionMessage,
    CompletionUsage,
)
from coaching.conversation.closing_words import BROKEN_OFF, TAKEN_BACK
from coaching.conversation.continuing import ContinueConversation
from coaching.conversation.events import Done, Replace, ReplyEvent, Token
from coaching.conversation.tongues import in_tongue_of
from coaching.conversation.wishes import Wishes
from coaching.entrypoint.asking import Asked, Incoming
from coaching.entrypoint.delivery import Whole
from coaching.entrypoint.openai_chunks import END, Chunks
from coaching.entrypoint.openai_errors import no_such_model, not_acceptable, refusal
from coaching.entrypoint.openai_ignored import ignored
from coaching.errors import CoachingError
from coaching.models.catalogue import ModelCard
from coaching.profile.ports import Creators, Profiles
from coaching.vocabulary import ConversationId, Identity

CHAT_PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the face needs beside the coach, made when first needed. `cards` are of the models that word replies."""

    continue_conversation: Callable[[], ContinueConversation]
    creators: Callable[[], Creators]
    profiles: Callable[[], Profiles]
    cards: Callable[[], Sequence[ModelCard]]

    def locales(self, who: Identity) -> tuple[str, ...]:
        """Return the user's and the creator's, as far as they can be read now."""
        found: list[str] = []
        with suppress(CoachingError):
            found.append(self.profiles().get(who.creator_id, who.user_id).locale)
            found.append(self.creators().get(who.creator_id).locale)
        return tuple(found)


@dataclass(slots=True)
class OpenAIFace:
    """One chat completion."""

    incoming: Incoming
    shelf: Shelf
    route_key: str = f"POST {CHAT_PATH}"
    status: int = 200
    _chunks: Chunks = field(default_factory=Chunks)
    _asked: ChatCompletionRequest = field(
        default_factory=lambda: ChatCompletionRequest.model_construct(model="", messages=[])
    )
    _who: Identity | None = None
    _unheld: bool = False

    def read(self, identity: Identity) -> Asked:
        try:
            asked = ChatCompletionRequest.model_validate_json(self.incoming.body or b"{}")
        except ValidationError as error:
            raise not_acceptable(error) from None
        if asked.model != identity.creator_id:
            raise no_such_model(asked.model)
        self._asked, self._who = asked, identity
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
            created=self._chunks.created,
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
            case Replace() if self._chunks.begun:
                return self._said(f"\n\n({self._closing(TAKEN_BACK)})\n\n{event.reply.text}")
            case Replace():
                return self._said(event.reply.text)
            case Done():
                said = b"" if self._chunks.begun else self._said(event.turn.reply.text)
                usage = CompletionUsage.of(event.turn) if self._wants_usage else None
                return said + self._chunks.ended(self._asked.model, event.finish, self._note(event), usage) + END
            case _:
                return b""

    def refused(self, error: CoachingError) -> Whole:
        response = refusal(error, self.incoming.request_id)
        said = self._said(f"\n\n({self._closing(BROKEN_OFF)})") if self._chunks.begun else b""
        return Whole(response, said + b"data: " + bytes(response.body) + b"\n\n" + END)

    def _said(self, text: str) -> bytes:
        return self._chunks.said(self._asked.model, text, wants_usage=self._wants_usage)

    def _closing(self, lines: Mapping[str, str]) -> str:
        return in_tongue_of(self.shelf.locales(self._who) if self._who else (), lines)

    @property
    def _wants_usage(self) -> bool:
        return bool(self._asked.stream_options and self._asked.stream_options.include_usage)

    def _note(self, done: Done) -> CoachNote:
        without_effect = [*ignored(self._asked, done.turn.reply, self.shelf.cards())]
        without_effect += ["history"] if self._unheld else []
        return CoachNote.of(MessageReply.of(done.turn, removed=done.removed), without_effect)
