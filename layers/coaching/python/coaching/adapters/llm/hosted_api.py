"""What the wires of all hosted models share: the request with its key, what a status means, and the sentence for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.adapters.llm.server_sent_events import ServerSentEvent, server_sent_events
from coaching.errors import ModelUnavailable
from coaching.models.failures import FailureCode, unavailable

ApiKey = Callable[[], str]
"""Returns the key, asked anew for each request, so that a key can change. Empty: the server wants none.

Raises: ModelUnavailable (`bad_credentials` where there is no key, `unreachable` where its keeper does not answer).
"""
CodeOf = Callable[[int, bytes], FailureCode | None]
"""Reads a vendor's error from a status and a body; None where the body is no error of this vendor's."""

COUNTS_SECONDS: Final = 1.0
"""For what an answer took, after its content was refused."""
_USER_AGENT: Final = "creator-coach"
_EVENT_STREAM: Final = "text/event-stream"
_BY_STATUS: Final[Mapping[int, FailureCode]] = {
    401: "bad_credentials",
    402: "bad_credentials",
    403: "bad_credentials",
    404: "model_missing",
    408: "timeout",
    413: "context_exceeded",
    429: "rate_limited",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",  # Anthropic's
}
_SENTENCES: Final[Mapping[FailureCode, str]] = {
    "bad_credentials": "{who} refuses the key: store a valid one, of an account that has credit and may use the model.",
    "model_missing": "{who} is not there: correct the model's name, or choose one that the account may use.",
    "timeout": "{who} took too long by its server's own measure: try again, or choose a smaller model.",
    "context_exceeded": "The prompt is longer than the window of {who}: shorten it.",
    "rate_limited": "{who} is asked more often than the account may: wait, or have its limit raised.",
    "overloaded": "{who} serves too many others: try again in a moment.",
    "content_refused": "{who} does not answer this, by the content policy of its vendor.",
    "request_refused": "{who} does not take this request: choose another model for it.",
    "model_failed": "{who} failed on its server: try again, then see the status page of its vendor.",
    "malformed_answer": "What answers for {who} does not speak its protocol: correct the address.",
}


def code_of_status(status: int) -> FailureCode:
    """Return what a status means where the body does not say it better."""
    if known := _BY_STATUS.get(status):
        return known
    if 400 <= status < 500:
        return "request_refused"
    return "model_failed" if status >= 500 else "malformed_answer"


def failure(code: FailureCode, who: str, *, retry_after_seconds: float | None = None) -> ModelUnavailable:
    """Return the error for `code`. None of the server's own words: they may hold a user's, or a part of the key."""
    return unavailable(code, _SENTENCES[code].format(who=who), retry_after_seconds=retry_after_seconds)


def printable(key: str, who: str) -> str:
    """Return the key as a header can carry it. Raises: ModelUnavailable, without the key in it."""
    key = key.strip()
    if key.isascii() and key.isprintable():
        return key
    raise failure("bad_credentials", who)


@dataclass(frozen=True, slots=True)
class HostedApi:
    """One address of a vendor's API. Errors name `who`; `headers` carry the key and are made for each request."""

    who: str
    url: str
    headers: Callable[[], Mapping[str, str]] = field(repr=False)
    code_of: CodeOf

    def post(
        self, request: Mapping[str, object], countdown: Countdown, *, connect: float, first_token: float, accept: str
    ) -> HttpExchange:
        """Send the request; return its answer when that has begun with 200. Raises: ModelUnavailable."""
        return self._opened("POST", json.dumps(request).encode(), countdown, connect, first_token, accept)

    def get(self, countdown: Countdown, *, connect: float, first_token: float) -> HttpExchange:
        """Ask for what is at the address; return the answer when that has begun with 200. Raises: ModelUnavailable."""
        return self._opened("GET", None, countdown, connect, first_token, "application/json")

    def _opened(
        self, method: str, body: bytes | None, countdown: Countdown, connect: float, first_token: float, accept: str
    ) -> HttpExchange:
        exchange = open_exchange(
            method,
            self.url,
            body,
            countdown,
            connect=connect,
            first_token=first_token,
            headers={"Accept": accept, "User-Agent": _USER_AGENT, **self.headers()},
        )
        if exchange.status == HTTPStatus.OK:
            return exchange
        with exchange:
            raise self._refusal(exchange)

    def stream(
        self, request: Mapping[str, object], countdown: Countdown, *, connect: float, first_token: float
    ) -> HttpExchange:
        """Post; return an answer that is a stream of events. Raises: ModelUnavailable."""
        exchange = self.post(request, countdown, connect=connect, first_token=first_token, accept=_EVENT_STREAM)
        if exchange.content_type == _EVENT_STREAM:
            return exchange
        with exchange:
            raise failure(self.code_of(exchange.status, exchange.body()) or "malformed_answer", self.who)

    def _refusal(self, exchange: HttpExchange) -> ModelUnavailable:
        code = self.code_of(exchange.status, exchange.body())
        if code is None and exchange.status == HTTPStatus.NOT_FOUND:
            code = "malformed_answer"  # a path that is not there, on a server that is another's
        code = code or code_of_status(exchange.status)
        return failure(code, self.who, retry_after_seconds=exchange.retry_after_seconds)


def events_of(exchange: HttpExchange) -> Iterator[ServerSentEvent]:
    """Yield the events of an answer. Raises: ModelUnavailable."""
    return server_sent_events(exchange.pieces())
