"""The HTTP app that streams: an ASGI app behind the Lambda Web Adapter, under the local gateway here.

Both hand the request context over in a header that they overwrite, so a client cannot forge it.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from coaching.contract.conversations import MessageReply, PostMessage
from coaching.conversation.events import Done, ReplyEvent
from coaching.entrypoint.answering import KeyedRequest, keyed_request
from coaching.entrypoint.identity import permit
from coaching.entrypoint.observability import log_unexpected, logger, measured, told
from coaching.entrypoint.problems import headers_of, invalid, problem_of, unexpected
from coaching.entrypoint.sse import error_event, event_of
from coaching.errors import CoachingError, TooLarge, Unavailable
from coaching.idempotency import Answer, AnsweredRequests
from coaching.vocabulary import ConversationId, Identity, MessageId

CONTEXT_HEADER = "x-amzn-request-context"
BODY_LIMIT_BYTES = 256 * 1024
LEASE_SECONDS = 300
_PATH = "/v1/conversations/{conversation_id}/messages"
_ROUTE_KEY = f"POST {_PATH}"

Ask = Callable[[Identity, ConversationId, str, str], Iterator[ReplyEvent]]
"""Who asks, in which conversation, what, and under which request key (empty without one)."""
Recall = Callable[[Identity, ConversationId, MessageId], Done]
"""Returns a turn that was stored before, as it may be shown now."""


@dataclass(frozen=True, slots=True)
class ChatApp:
    """Answers one message, whole or as server-sent events.

    Of an answer only the message's id is kept under its key: what it quotes may be deleted before it is asked again.
    """

    ask: Callable[[], Ask]
    recall: Callable[[], Recall]
    answered_requests: Callable[[], AnsweredRequests]

    def asgi(self) -> Starlette:
        return Starlette(routes=[Route(_PATH, self._post_message, methods=["POST"])])

    async def _post_message(self, request: Request) -> Response:
        context: dict[str, Any] = json.loads(request.headers.get(CONTEXT_HEADER, "{}"))
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT_BYTES:
                limit = TooLarge(f"A message's body may have {BODY_LIMIT_BYTES // 1024} KB.")
                return _problem(limit, str(context.get("requestId", "")))
        return await run_in_threadpool(self._answer, request, context, body)

    def _answer(self, request: Request, context: Mapping[str, Any], body: bytes) -> Response:
        request_id = str(context.get("requestId", ""))
        try:
            return self._reply(request, context, body, request_id)
        except CoachingError as error:
            return _problem(error, request_id)
        except Exception as error:  # noqa: BLE001 - the last resort: told to the caller as internal
            log_unexpected(error)
            return _problem(unexpected(), request_id)

    def _reply(self, request: Request, context: Mapping[str, Any], body: bytes, request_id: str) -> Response:
        identity = permit(_ROUTE_KEY, context)
        if identity is None:
            raise AssertionError("the plan gives this route a role")
        who = {"creator_id": identity.creator_id, "user_id": identity.user_id, "request_id": request_id}
        logger.thread_safe_append_keys(function="chat", **who)
        streamed = "text/event-stream" in request.headers.get("accept", "")
        message = _parsed(body)
        key = request.headers.get("idempotency-key")
        keyed = self._keyed(identity, key, request.url.path, body) if key is not None else None
        kept = keyed.begin(lease_seconds=LEASE_SECONDS) if keyed else None
        conversation_id = ConversationId(request.path_params["conversation_id"])
        if kept:
            return _replayed(self.recall()(identity, conversation_id, MessageId(kept.body)), streamed=streamed)
        request_key = keyed.digest if keyed else ""
        events = _settled(lambda: self.ask()(identity, conversation_id, message.text, request_key), keyed)
        # Whatever is wrong with the request shows before the first event, and so in the status.
        first = next(events)
        events = chain([first], events)
        return _stream(events, request_id) if streamed else _whole(events)

    def _keyed(self, identity: Identity, key: str, path: str, body: bytes) -> KeyedRequest:
        return keyed_request(self.answered_requests, identity, key, method="POST", path=path, body=body)


def _parsed(body: bytes) -> PostMessage:
    try:
        return PostMessage.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error) from None


def _settled(ask: Callable[[], Iterator[ReplyEvent]], keyed: KeyedRequest | None) -> Iterator[ReplyEvent]:
    """Pass the events on; keep the answer under its key when it is done, give the key up when it never is."""
    done = False
    try:
        with measured(_ROUTE_KEY) as counts:
            for event in ask():
                if isinstance(event, Done):
                    done = True
                    counts[f"Reply_{event.turn.reply.kind}"] = 1
                    counts["Fallbacks"] = float(bool(event.fallback))
                    counts["FoundByWordsAlone"] = float(event.turn.retrieval == "lexical")
                    logger.info("replied", **_facts(event))
                    if keyed:
                        keyed.settle(Answer(201, event.turn.message_id))
                yield event
    finally:
        if keyed and not done:
            keyed.drop()


def _facts(event: Done) -> dict[str, Any]:
    turn = event.turn
    return {
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "kind": turn.reply.kind,
        "model": turn.reply.model,
        "confidence": round(turn.reply.confidence, 3),
        "citations": len(turn.reply.citations),
        "retrieval": turn.retrieval,
        "total_ms": turn.latency.total,
        "fallback": event.fallback,
    }


def _whole(events: Iterator[ReplyEvent]) -> Response:
    for event in events:
        if isinstance(event, Done):
            return Response(_body(event), 201, media_type="application/json")
    raise Unavailable("The reply was not finished; ask again.")


def _body(done: Done) -> str:
    return MessageReply.of(done.turn, removed=done.removed).model_dump_json()


def _stream(events: Iterator[ReplyEvent], request_id: str) -> Response:
    def written() -> Generator[bytes, None, None]:
        try:
            for event in events:
                yield event_of(event)
        except CoachingError as error:
            yield error_event(told(error, request_id))
        except Exception as error:  # noqa: BLE001 - the stream ends with an honest event
            log_unexpected(error)
            yield error_event(problem_of(unexpected(), request_id))

    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_in_one_context(written()), 201, headers, media_type="text/event-stream")


def _in_one_context(parts: Generator[bytes, None, None]) -> Iterator[bytes]:
    """Run every step of the stream with the log keys of its request; the server takes a new context for each."""
    context = copy_context()
    end = object()

    def stepped() -> Iterator[bytes]:
        try:
            while (part := context.run(next, parts, end)) is not end:
                yield cast(bytes, part)
        finally:
            context.run(parts.close)

    return stepped()


def _replayed(done: Done, *, streamed: bool) -> Response:
    headers = {"Idempotent-Replayed": "true"}
    if streamed:
        return Response(event_of(done), 201, headers, media_type="text/event-stream")
    return Response(_body(done), 201, headers, media_type="application/json")


def _problem(error: CoachingError, request_id: str) -> Response:
    problem = told(error, request_id)
    logger.info("refused", request_id=request_id, status=problem.status, code=problem.code)
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, problem.status, headers_of(error), media_type="application/problem+json")
