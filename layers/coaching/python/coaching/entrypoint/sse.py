"""Reply events as server-sent events (WHATWG HTML, section "Server-sent events")."""

from typing import Any, assert_never

from pydantic_core import to_json

from coaching.contract.common import Problem
from coaching.contract.conversations import CitationReply, MessageReply
from coaching.conversation.events import Cited, Done, Replace, ReplyEvent, Status, Token, Working


def event_of(event: ReplyEvent) -> bytes:
    """Return one event as bytes; empty where it shows nothing."""
    match event:
        case Working():
            return b""
        case Status():
            return _event("status", {"state": event.state})
        case Token():
            return _event("token", {"text": event.sentence.text})
        case Replace():
            return _event("replace", {"text": event.reply.text, "reason": event.reason})
        case Cited():
            return _event("citations", [CitationReply.model_validate(citation) for citation in event.citations])
        case Done():
            return _written("done", MessageReply.of(event.turn, removed=event.removed).model_dump_json().encode())
        case unknown:
            assert_never(unknown)


def error_event(problem: Problem) -> bytes:
    return _written("error", problem.model_dump_json(exclude_none=True).encode())


def _event(name: str, data: Any) -> bytes:  # noqa: ANN401 - anything that JSON can say
    return _written(name, to_json(data))


def _written(name: str, data: bytes) -> bytes:
    # JSON escapes line breaks within strings, so one data line is enough.
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"
