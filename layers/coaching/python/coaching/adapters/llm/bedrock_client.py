"""Amazon Bedrock's client, in which every wait ends with a countdown.

boto3 finds the credentials, shapes and signs a request and reads the answer. It does not send: its timeouts start anew
with each received byte, and what it opened can only be left when a byte comes. Its event `before-send` lets another
send instead, here an `HttpExchange`.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.adapters.once import Once

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

Answer = TypeVar("Answer")
_SUCCESS = range(200, 300)
_LARGEST_ANSWER = 16 << 20


@dataclass(frozen=True, slots=True)
class Waits:
    """How long one call may take: in all, to connect, and until its answer begins."""

    countdown: Countdown
    connect: float
    first_token: float


_waits: ContextVar[Waits] = ContextVar("waits of the present call")


class BedrockClient:
    """The client of one region, made when first used. `endpoint_url` overrides the address.

    Credentials, and the region where none is given, come from the standard AWS environment. Nothing is tried twice.
    """

    def __init__(self, region: str | None = None, endpoint_url: str | None = None) -> None:
        self._region = region
        self._endpoint_url = endpoint_url
        self._client = Once(self._made)

    def call(self, ask: "Callable[[BedrockRuntimeClient], Answer]", waits: Waits) -> Answer:
        """Return what `ask` returns.

        Raises: ModelUnavailable for what happens on the wire, and what botocore raises for the rest
        (`coaching.adapters.llm.bedrock_failures`).
        """
        client = self._client.get()
        token = _waits.set(waits)
        try:
            return ask(client)
        finally:
            _waits.reset(token)

    def _made(self) -> "BedrockRuntimeClient":
        from boto3.session import Session
        from botocore.config import Config

        client: BedrockRuntimeClient = Session().client(
            "bedrock-runtime",
            region_name=self._region,
            endpoint_url=self._endpoint_url,
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
        )
        client.meta.events.register("before-send.bedrock-runtime", _send)
        return client


class _Body:
    """The part of `urllib3.HTTPResponse` that botocore reads."""

    def __init__(self, exchange: HttpExchange) -> None:
        self._exchange = exchange

    def stream(self, amt: int = 0, decode_content: bool | None = None) -> Iterator[bytes]:
        if self._exchange.status in _SUCCESS:
            return self._exchange.pieces()
        return self._short()

    def read(self, amt: int | None = None) -> bytes:
        return self._exchange.body(_LARGEST_ANSWER)

    def close(self) -> None:
        self._exchange.close()

    def _short(self) -> Iterator[bytes]:
        with self._exchange:
            yield self._exchange.body()


def _send(request: "AWSPreparedRequest", **_: object) -> Any:  # noqa: ANN401 - botocore's types know no answer
    from botocore.awsrequest import AWSResponse

    waits = _waits.get()
    exchange = open_exchange(
        request.method,
        request.url,
        cast(bytes, request.body),
        waits.countdown,
        connect=waits.connect,
        first_token=waits.first_token,
        headers={name: _text(value) for name, value in request.headers.items()},
    )
    return AWSResponse(request.url, exchange.status, cast(Any, exchange.headers), _Body(exchange))


def _text(value: str | bytes) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value
