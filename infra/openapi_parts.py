"""The parts of the OpenAPI document that routes share."""

from typing import Any, Final

Json = dict[str, Any]

SECURITY_SCHEMES: Final[Json] = {
    "idToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The user pool's ID token. An operation lists the roles (`cognito:groups`) that may call it.",
    }
}
QUERY_PARAMETERS: Final[Json] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many items a page has at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "`next_cursor` of the page before.",
        "schema": {"type": "string"},
    },
    "status": {
        "name": "status",
        "in": "query",
        "description": "Of which status; without it, all that are not resolved.",
        "schema": {"type": "string", "enum": ["open", "claimed", "resolved", "expired"]},
    },
    "month": {
        "name": "month",
        "in": "query",
        "description": "A year and a month in UTC; without it, the present month.",
        "schema": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$", "examples": ["2026-11"]},
    },
}
IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "The same key and body have one effect and one answer for 24 hours; another body under the same key is a 422. "
        "A reply shows nothing more of what was deleted meanwhile. A search has no effect and is answered anew."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
COMPONENT_HEADERS: Final[Json] = {
    "IdempotentReplayed": {
        "description": "`true` where the answer was kept from an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
    },
    "RetryAfter": {
        "description": "Seconds to wait before the next attempt.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "WwwAuthenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}},
}
REPLAYED: Final[Json] = {"Idempotent-Replayed": {"$ref": "#/components/headers/IdempotentReplayed"}}
STREAM: Final[Json] = {
    "schema": {
        "type": "string",
        "description": (
            "With `Accept: text/event-stream`. Server-sent events: `status` {state}, `token` {text} sentence by "
            "sentence, `replace` {text, reason} withdraws all that was shown, `citations` [citation], then exactly "
            "one of `done` (the reply) or `error` (a problem document). A comment comes where nothing else does for "
            "ten seconds."
        ),
    }
}
CHUNKS: Final[Json] = {
    "schema": {
        "type": "string",
        "description": (
            "With `stream: true`. Server-sent events of one chunk each (`ChatCompletionChunk`), then `data: [DONE]`. "
            "The last chunk with choices has the finish reason and `coach`. What was shown cannot be withdrawn here: "
            "a reply that fails later says so in its text; an `OpenAIError` as event ends a stream that broke off."
        ),
    }
}
_MEANINGS: Final = {
    400: ("BadRequest", "The request cannot be read."),
    401: ("Unauthorized", "No valid ID token."),
    403: ("Forbidden", "The caller's roles do not permit it."),
    404: ("NotFound", "There is no such thing for this creator."),
    409: ("Conflict", "The state does not permit it now, or the same idempotency key is being worked on."),
    413: ("ContentTooLarge", "The body is over a size limit."),
    415: ("UnsupportedMediaType", "The content type is not handled."),
    422: ("UnprocessableContent", "Readable, but a value is not acceptable; `errors` says which."),
    429: ("TooManyRequests", "Too many requests."),
    500: ("InternalServerError", "Something went wrong on our side."),
    503: ("ServiceUnavailable", "A part that this depends on does not answer."),
}
"""By status: the component's name and what it means. Python's own phrases differ between its versions."""
_HEADERS: Final[dict[int, Json]] = {
    401: {"WWW-Authenticate": {"$ref": "#/components/headers/WwwAuthenticate"}},
    429: {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}},
    503: {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}},
}


def problem_response_name(status: int) -> str:
    """Return the component's name, for example `NotFound`."""
    return _MEANINGS[status][0]


def openai_response_name(status: int) -> str:
    """Return the component's name of the same refusal in OpenAI's shape."""
    return f"OpenAI{_MEANINGS[status][0]}"


def _problem_response(status: int) -> Json:
    response: Json = {
        "description": _MEANINGS[status][1],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return response | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def openai_response(status: int) -> Json:
    """Return a refusal of the OpenAI face: in OpenAI's shape, or, where the gateway refuses, a problem document."""
    response = _problem_response(status)
    return response | {
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}},
            **(response["content"] if status in BY_THE_GATEWAY else {}),
        }
    }


BY_THE_GATEWAY: Final = frozenset({401, 413, 429, 500, 503})
"""Statuses that the gateway answers with by itself, too."""
PROBLEM_RESPONSES: Final[dict[int, Json]] = {status: _problem_response(status) for status in _MEANINGS}
"""By status: RFC 9457 problem documents."""
