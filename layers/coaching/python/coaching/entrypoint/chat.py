"""The HTTP app that streams: an ASGI app behind the Lambda Web Adapter, under the local gateway here.

Both hand the request context over in a header that they overwrite, so a client cannot forge it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from coaching.contract.conversations import MessageReply, PostMessage
from coaching.conversation.events import Done, ReplyEvent
from coaching.conversation.wishes import NONE
from coaching.entrypoint.asking import Asked, Coach, Face, Incoming, parts_of
from coaching.entrypoint.delivery import HEARTBEAT_SECONDS, Whole, deliver
from coaching.entrypoint.observability import logger, told
from coaching.entrypoint.openai_face import CHAT_PATH, OpenAIFace, Shelf
from coaching.entrypoint.openai_models import MODEL_PATH, MODELS_PATH, list_models, one_model
from coaching.entrypoint.problems import headers_of, invalid
from coaching.entrypoint.sse import error_event, event_of
from coaching.errors import CoachingError, TooLarge
from coaching.models.cancelling import Cancellation
from coaching.vocabulary import ConversationId, Identity

CONTEXT_HEADER = "x-amzn-request-context"
BODY_LIMIT_BYTES = 256 * 1024
HISTORY_LIMIT_BYTES = 2 * 1024 * 1024
"""Clients of the OpenAI face send a whole conversation each time."""
PATH = "/v1/conversations/{conversation_id}/messages"


@dataclass(frozen=True, slots=True)
class ChatApp:
    """Answers messages, whole or as server-sent events, in our own contract and in OpenAI's."""

    coach: Coach
    shelf: Shelf
    heartbeat_seconds: float = HEARTBEAT_SECONDS

    def asgi(self) -> Starlette:
        own = _Endpoint(self, MessagesFace, BODY_LIMIT_BYTES)
        openai = _Endpoint(self, lambda incoming: OpenAIFace(incoming, self.shelf), HISTORY_LIMIT_BYTES)
        return Starlette(
            routes=[
                Route(PATH, own, methods=["POST"]),
                Route(CHAT_PATH, openai, methods=["POST"]),
                Route(MODELS_PATH, self._models, methods=["GET"]),
                Route(MODEL_PATH, self._model, methods=["GET"]),
            ]
        )

    def _models(self, request: Request) -> Response:
        return list_models(_incoming(request, b""), self.shelf.creators)

    def _model(self, request: Request) -> Response:
        return one_model(_incoming(request, b""), self.shelf.creators)


@dataclass(frozen=True, slots=True)
class _Endpoint:
    app: ChatApp
    face: Callable[[Incoming], Face]
    limit_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self.limit_bytes:
                    limit = TooLarge(f"The body may have {self.limit_bytes // 1024} KB.")
                    await self.face(_incoming(request, b"")).refused(limit).response(scope, receive, send)
                    return
        except ClientDisconnect:
            return
        incoming = _incoming(request, bytes(body))
        cancellation = Cancellation()
        parts = parts_of(self.app.coach, incoming, self.face(incoming), cancellation)
        beats = self.app.heartbeat_seconds
        await deliver(parts, scope, receive, send, heartbeat_seconds=beats, cancellation=cancellation)


def _incoming(request: Request, body: bytes) -> Incoming:
    context = json.loads(request.headers.get(CONTEXT_HEADER, "{}"))
    return Incoming(context, request.headers, request.url.path, request.path_params, body)


@dataclass(slots=True)
class MessagesFace(Face):
    """Our own contract: one message to a conversation."""

    incoming: Incoming
    route_key: str = f"POST {PATH}"
    status: int = 201

    def read(self, identity: Identity) -> Asked:
        streamed = "text/event-stream" in self.incoming.headers.get("accept", "")
        try:
            message = PostMessage.model_validate_json(self.incoming.body or b"{}")
        except ValidationError as error:
            raise invalid(error) from None
        return Asked(ConversationId(self.incoming.path_params["conversation_id"]), message.text, streamed, NONE)

    def written(self, event: ReplyEvent) -> bytes:
        return event_of(event)

    def whole(self, done: Done, headers: Mapping[str, str]) -> Response:
        body = MessageReply.of(done.turn, removed=done.removed).model_dump_json()
        return Response(body, self.status, headers, media_type="application/json")

    def refused(self, error: CoachingError) -> Whole:
        problem = told(error, self.incoming.request_id)
        logger.info("refused", request_id=self.incoming.request_id, status=problem.status, code=problem.code)
        body = problem.model_dump_json(exclude_none=True)
        response = Response(body, problem.status, headers_of(error), media_type="application/problem+json")
        return Whole(response, error_event(problem))
