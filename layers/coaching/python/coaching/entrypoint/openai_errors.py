"""Refusals in OpenAI's shape. Source: platform.openai.com/docs/guides/error-codes, and what its API answers."""

import json
import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from starlette.responses import Response

from coaching.contract.common import Problem
from coaching.contract.openai_error import OpenAIError, OpenAIErrorDetail
from coaching.entrypoint.observability import logger, told
from coaching.entrypoint.problems import headers_of
from coaching.errors import CoachingError, Invalid, Malformed, NotFound

_FROM_THE_MATERIAL: Final = "the coach answers from the creator's material"
NEUTRAL: Final[Mapping[str, str]] = {
    "n": "may only be 1: the coach gives one reply to a message",
    "top_p": "may only be 1: set `temperature` instead",
    "presence_penalty": "may only be 0",
    "frequency_penalty": "may only be 0",
    "logprobs": "may only be false: there are no probabilities of a reply that was checked after it was worded",
    "logit_bias": "may only be empty",
    "tools": f"may only be empty: {_FROM_THE_MATERIAL} and calls no functions",
    "tool_choice": f"may only be `none`: {_FROM_THE_MATERIAL} and calls no functions",
    "modalities": "may only be [`text`]: a reply is text",
    "store": "may only be false: what is said is kept in the conversation, and nowhere else",
}
"""Parameters that may only have the value that asks for nothing, and why."""
KNOWN: Final = frozenset(
    [
        "audio",
        "function_call",
        "functions",
        "moderation",
        "parallel_tool_calls",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning_effort",
        "safety_identifier",
        "seed",
        "service_tier",
        "top_logprobs",
        "verbosity",
        "web_search_options",
    ]
)
"""OpenAI's other parameters."""
_TYPES: Final = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
                 404: "invalid_request_error", 409: "conflict_error", 413: "invalid_request_error",
                 429: "rate_limit_error"}  # fmt: skip


def error_of(error: CoachingError, request_id: str) -> tuple[int, OpenAIError]:
    """Return the status and what the caller is told."""
    problem = told(error, request_id)
    status = 400 if problem.status == 422 else problem.status
    # A value in the wrong place stands under the JSON pointer of our own contract, or already under OpenAI's name.
    place, sentence = next(iter(getattr(error, "fields", {}).items()), ("", problem.detail))
    return status, _error(problem, status, sentence, "messages" if place == "/text" else place or None)


def for_both(problem: Problem) -> str:
    """Return a problem document that OpenAI's clients can read as well: it has an `error` beside its own members.

    The gateway refuses with it, which does not know who asks.
    """
    error = _error(problem, problem.status, problem.detail, None)
    return json.dumps({**problem.model_dump(exclude_none=True), **error.model_dump()})


def _error(problem: Problem, status: int, sentence: str, param: str | None) -> OpenAIError:
    kind = _TYPES.get(status, "server_error")
    return OpenAIError(error=OpenAIErrorDetail(message=sentence, type=kind, param=param, code=problem.code))


def refusal(error: CoachingError, request_id: str) -> Response:
    """Return the whole answer."""
    status, body = error_of(error, request_id)
    logger.info("refused", request_id=request_id, status=status, code=error.code)
    headers = {**headers_of(error), "x-request-id": request_id}
    return Response(body.model_dump_json(), status, headers, media_type="application/json")


def no_such_model(name: str) -> NotFound:
    """Return the refusal of a model that is not the caller's creator."""
    sentence = f"The model `{name[:100]}` does not exist or you do not have access to it."
    return NotFound(sentence, code="model_not_found")


def not_acceptable(error: ValidationError) -> CoachingError:
    """Translate what Pydantic found first; the values themselves are left out."""
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if found["type"] == "json_invalid":
        return Malformed("We could not parse the JSON body of your request.", code="invalid_json")
    param = _param(found["loc"])
    name = str(found["loc"][0]) if found["loc"] else ""
    sentence, code = found["msg"].removeprefix("Value error, "), "invalid_value"
    if found["type"] == "extra_forbidden":
        known = param in KNOWN
        sentence = f"Unsupported parameter: '{param}'." if known else f"Unknown parameter: '{param}'."
        code = "unsupported_parameter" if known else "unknown_parameter"
    elif found["type"] == "missing":
        sentence, code = f"Missing required parameter: '{param}'.", "missing_required_parameter"
    elif name in NEUTRAL:
        sentence, code = f"Unsupported value: '{name}' {NEUTRAL[name]}. Leave it out.", "unsupported_value"
    return Invalid("The request cannot be taken.", fields={param: sentence}, code=code)


def _param(location: tuple[str | int, ...]) -> str:
    """Return a place as OpenAI writes it: `messages[0].content`."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location]
    return re.sub(r"[^\w.\[\] -]", "?", "".join(steps).removeprefix("."))[:100]
