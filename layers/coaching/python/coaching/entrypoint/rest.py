"""The HTTP app of a capability: Powertools routes, with identity, idempotency and problem documents around them."""

import base64
import binascii
import re
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError

from coaching.entrypoint.answering import KeyedRequest, keyed_request
from coaching.entrypoint.identity import permit
from coaching.entrypoint.observability import log_unexpected, logger, measured, told
from coaching.entrypoint.problems import headers_of, invalid, unexpected
from coaching.errors import CoachingError, Malformed, NotFound, NotSignedIn
from coaching.idempotency import Answer, AnsweredRequests
from coaching.vocabulary import Identity

Model = TypeVar("Model", bound=BaseModel)
Event = dict[str, Any]
_PAGE_LIMIT = 100
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# The resolver keeps the current event on its class. Lambda gives a process one request at a time; so does this,
# wherever several functions share a process.
_ONE_AT_A_TIME = Lock()


class RestApp(APIGatewayRestResolver):
    """Resolves API Gateway proxy events. Routes read `identity`, `body(Model)`, `limit`, `cursor` and `month`."""

    def __init__(self, answered_requests: Callable[[], AnsweredRequests] | None = None) -> None:
        super().__init__()
        self._answered_requests = answered_requests
        self.exception_handler(CoachingError)(self._problem)
        self.exception_handler(NotFoundError)(lambda _: self._problem(NotFound("There is nothing at this path.")))

    @property
    def identity(self) -> Identity:
        """The caller. Raises: NotSignedIn on a route that is open to everyone."""
        identity = self.context.get("identity")
        if not isinstance(identity, Identity):
            raise NotSignedIn("Sign in first.")
        return identity

    @property
    def limit(self) -> int:
        """`?limit=`, 1..100, 20 where absent. Raises: Malformed."""
        text = self.current_event.get_query_string_value("limit", "20")
        if not text.isdecimal() or not text.isascii() or not 1 <= int(text[:9]) <= _PAGE_LIMIT:
            raise Malformed(f"`limit` is a whole number from 1 to {_PAGE_LIMIT}.")
        return int(text)

    @property
    def cursor(self) -> str | None:
        """`?cursor=`, as given out by the page before."""
        return self.current_event.get_query_string_value("cursor", "") or None

    @property
    def month(self) -> str | None:
        """`?month=`, such as `2026-11`; None where absent. Raises: Malformed."""
        text = self.current_event.get_query_string_value("month", "")
        if text and not _MONTH.fullmatch(text):
            raise Malformed("`month` is a year and a month, such as `2026-11`.")
        return text or None

    def body(self, model: type[Model]) -> Model:
        """Return the request's body. Raises: Malformed, Invalid."""
        try:
            return model.model_validate_json(_raw_body(self.current_event.raw_event) or b"{}")
        except ValidationError as error:
            raise invalid(error) from None

    def resolve(self, event: Event, context: LambdaContext) -> Event:  # type: ignore[override]  # narrower on purpose
        """Answer the event. Every failure becomes a problem document."""
        route_key = f"{event.get('httpMethod')} {event.get('resource')}"
        with _ONE_AT_A_TIME, measured(route_key) as counts:
            answer = self._answer(route_key, event, context)
            counts["Errors"] = float(answer["statusCode"] >= 500)
            logger.info("answered", route=route_key, status=answer["statusCode"])
            return answer

    def _answer(self, route_key: str, event: Event, context: LambdaContext) -> Event:
        request_context = event.get("requestContext") or {}
        request_id = request_context.get("requestId", context.aws_request_id)
        try:
            identity = permit(route_key, request_context)
            if identity:
                logger.thread_safe_append_keys(creator_id=identity.creator_id, user_id=identity.user_id)
            self.append_context(identity=identity, request_id=request_id)  # type: ignore[no-untyped-call]
            keyed = self._keyed(identity, event)
            return self._answer_once(keyed, event, context) if keyed else self._routed(event, context)
        except CoachingError as error:
            return _rendered(error, request_id)
        except Exception as error:  # noqa: BLE001 - the last resort: named nowhere, told to the caller as internal
            log_unexpected(error)
            return _rendered(unexpected(), request_id)

    def _routed(self, event: Event, context: LambdaContext) -> Event:
        return super().resolve(event, context)

    def _keyed(self, identity: Identity | None, event: Event) -> KeyedRequest | None:
        key = _header(event, "idempotency-key")
        if event.get("httpMethod") != "POST" or key is None or identity is None or self._answered_requests is None:
            return None
        return keyed_request(
            self._answered_requests, identity, key, method="POST", path=event["path"], body=_raw_body(event)
        )

    def _answer_once(self, keyed: KeyedRequest, event: Event, context: LambdaContext) -> Event:
        kept = keyed.begin(lease_seconds=context.get_remaining_time_in_millis() // 1000 + 1)
        if kept:
            return _response(kept.status, kept.body, {"Idempotent-Replayed": "true"})
        try:
            answer = self._routed(event, context)
        except BaseException:
            keyed.drop()
            raise
        keyed.settle(Answer(int(answer["statusCode"]), str(answer.get("body") or "")))
        return answer

    def _problem(self, error: CoachingError) -> Response[str]:
        problem = told(error, str(self.context.get("request_id", "")))
        return Response(
            status_code=problem.status,
            content_type="application/problem+json",
            body=problem.model_dump_json(exclude_none=True),
            headers=headers_of(error),
        )


def reply(model: BaseModel, status: int = 200) -> Response[str]:
    """Return a JSON answer."""
    return Response(status_code=status, content_type="application/json", body=model.model_dump_json(by_alias=True))


def no_content() -> Response[str]:
    return Response(status_code=204)


def _rendered(error: CoachingError, request_id: str) -> Event:
    problem = told(error, request_id)
    return _response(problem.status, problem.model_dump_json(exclude_none=True), headers_of(error))


def _response(status: int, body: str, headers: dict[str, str]) -> Event:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return {
        "statusCode": status,
        "body": body,
        "isBase64Encoded": False,
        "multiValueHeaders": {name: [value] for name, value in {"Content-Type": kind, **headers}.items()},
    }


def _header(event: Event, name: str) -> str | None:
    headers: dict[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _raw_body(event: Event) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise Malformed("The body could not be read.") from None
