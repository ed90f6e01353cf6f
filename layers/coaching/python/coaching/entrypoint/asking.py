"""A message to the coach, from the request to the parts of the answer, whichever contract its client speaks."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.responses import Response

from coaching.conversation.events import Done, ReplyEvent
from coaching.conversation.wishes import Wishes
from coaching.entrypoint.answering import KeyedRequest, keyed_request
from coaching.entrypoint.delivery import Opening, Part, Whole
from coaching.entrypoint.identity import permit
from coaching.entrypoint.observability import log_unexpected, logger, measured
from coaching.entrypoint.problems import unexpected
from coaching.errors import CoachingError, Unavailable
from coaching.idempotency import Answer, AnsweredRequests
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.vocabulary import ConversationId, Identity, MessageId

LEASE_SECONDS = 300
REPLY_SECONDS = 240.0
"""For a whole reply, beside every deadline of what takes part in it; less than the function's own time."""


class Ask(Protocol):
    """`AskCoach`. The events are a generator: closing it stops the generation, and so does the cancellation.

    Raises, where it was cancelled: Cancelled.
    """

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        text: str,
        request_key: str,
        wishes: Wishes,
        cancellation: Cancellation,
    ) -> Generator[ReplyEvent, None, None]: ...


Recall = Callable[[Identity, ConversationId, MessageId], Done]
"""Returns a turn that was stored before, as it may be shown now."""


@dataclass(frozen=True, slots=True)
class Coach:
    """What answers, made when first needed.

    Of an answer only the message's id is kept under its key: what it quotes may be deleted before it is asked again.
    """

    ask: Callable[[], Ask]
    recall: Callable[[], Recall]
    answered_requests: Callable[[], AnsweredRequests]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came, with the request context that the gateway made. `headers` have names in small letters."""

    context: Mapping[str, Any]
    headers: Mapping[str, str]
    path: str
    path_params: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return str(self.context.get("requestId", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks. `streamed`: as events."""

    conversation_id: ConversationId
    text: str
    streamed: bool
    wishes: Wishes


class Face(Protocol):
    """How one client is spoken to: made for one request, and told its events in order."""

    route_key: str
    status: int

    def read(self, identity: Identity) -> Asked:
        """Raises: CoachingError for a request that cannot be taken."""

    def written(self, event: ReplyEvent) -> bytes:
        """Return the event as part of a stream; empty where it shows nothing."""

    def whole(self, done: Done, headers: Mapping[str, str]) -> Response:
        """Return the reply in one piece."""

    def refused(self, error: CoachingError) -> Whole:
        """Return the refusal, or the honest end of a stream that has begun."""


def admitted(route_key: str, incoming: Incoming) -> Identity:
    """Return who asks, whom every log line of this context names from now on. Raises: NotSignedIn, NotAllowed."""
    logger.thread_safe_clear_keys()
    logger.thread_safe_append_keys(function="chat", request_id=incoming.request_id)
    identity = permit(route_key, incoming.context)
    if identity is None:
        raise AssertionError("the plan gives this route a role")
    logger.thread_safe_append_keys(creator_id=identity.creator_id, user_id=identity.user_id)
    return identity


def parts_of(coach: Coach, incoming: Incoming, face: Face, cancellation: Cancellation) -> Generator[Part, None, None]:
    """Yield the answer. Empty parts are chances to close, which stops the generation; cancelling ends its waits too."""
    try:
        yield from _replied(coach, incoming, face, admitted(face.route_key, incoming), cancellation)
    except Cancelled:
        return
    except CoachingError as error:
        yield face.refused(error)
    except Exception as error:  # noqa: BLE001 - the last resort: told to the caller as internal
        log_unexpected(error)
        yield face.refused(unexpected())


def _replied(
    coach: Coach, incoming: Incoming, face: Face, identity: Identity, cancellation: Cancellation
) -> Generator[Part, None, None]:
    asked = face.read(identity)
    keyed = _keyed(coach, identity, incoming)
    if kept := keyed.begin(lease_seconds=LEASE_SECONDS) if keyed else None:
        yield _replayed(face, asked, coach.recall()(identity, asked.conversation_id, MessageId(kept.body)))
        return
    digest = keyed.digest if keyed else ""

    def ask() -> Generator[ReplyEvent, None, None]:
        return coach.ask()(identity, asked.conversation_id, asked.text, digest, asked.wishes, cancellation)

    events = _settled(ask, keyed, face.route_key)
    with closing(events):
        timely = _timely(events)
        yield from _streamed(face, timely) if asked.streamed else _in_one_piece(face, timely)


def _streamed(face: Face, events: Iterator[ReplyEvent]) -> Generator[Part, None, None]:
    yield Opening(face.status)
    for event in events:
        yield face.written(event)


def _in_one_piece(face: Face, events: Iterator[ReplyEvent]) -> Generator[Part, None, None]:
    for event in events:
        if isinstance(event, Done):
            # What the coach does after it, nobody waits for.
            yield Whole(face.whole(event, {}))
            return
        yield b""
    raise Unavailable("The reply was not finished; ask again.")


def _timely(events: Iterator[ReplyEvent]) -> Iterator[ReplyEvent]:
    """Pass the events on. Raises: Unavailable if they take longer than a reply may."""
    ends = time.monotonic() + REPLY_SECONDS
    for event in events:
        yield event
        if time.monotonic() > ends and not isinstance(event, Done):
            raise Unavailable("The reply takes too long; ask again.")


def _replayed(face: Face, asked: Asked, done: Done) -> Whole:
    headers = {"Idempotent-Replayed": "true"}
    if not asked.streamed:
        return Whole(face.whole(done, headers))
    written = face.written(done)
    return Whole(Response(written, face.status, headers, media_type="text/event-stream"), late=written)


def _keyed(coach: Coach, identity: Identity, incoming: Incoming) -> KeyedRequest | None:
    key = incoming.headers.get("idempotency-key")
    if key is None:
        return None
    return keyed_request(coach.answered_requests, identity, key, method="POST", path=incoming.path, body=incoming.body)


def _settled(
    ask: Callable[[], Generator[ReplyEvent, None, None]], keyed: KeyedRequest | None, route_key: str
) -> Generator[ReplyEvent, None, None]:
    """Pass the events on; keep the answer under its key when it is done, give the key up when it never is."""
    done = False
    try:
        with measured(route_key) as counts, closing(ask()) as events:
            counts["Cut"] = 1
            for event in events:
                if isinstance(event, Done):
                    done = True
                    counts["Cut"] = 0
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
