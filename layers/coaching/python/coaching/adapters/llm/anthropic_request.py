"""A prompt as Anthropic's Messages API takes it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coaching.adapters.llm.strict_schema import strict_schema
from coaching.models.ports import JsonSchema, Message, Prompt

_HOTTEST: Final = 1.0
_KEPT: Final[Mapping[str, object]] = {"type": "ephemeral"}


def anthropic_request(model: str, prompt: Prompt, more: Mapping[str, object]) -> Mapping[str, object]:
    """Return the body of the request."""
    request: dict[str, object] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "stream": True,
        "messages": _messages([message for message in prompt.messages if message.role != "system"]),
        "temperature": min(prompt.temperature, _HOTTEST),
        **more,
    }
    if system := [_block(message.text) for message in prompt.messages if message.role == "system" and message.text]:
        system[-1]["cache_control"] = _KEPT
        request["system"] = system
    if prompt.stop:
        request["stop_sequences"] = list(prompt.stop)
    if prompt.schema is not None:
        request["output_config"] = _output(more, prompt.schema)
    return request


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages; the history, which begins the next prompt as well, ends with a mark of the cache.

    Source: https://docs.claude.com/en/docs/build-with-claude/prompt-caching. What is shorter than a model's minimum
    (1,024 tokens and more) is not kept, and not refused.
    """
    said = [{"role": message.role, "content": [_block(message.text)]} for message in messages]
    if len(said) > 1:
        said[-2]["content"][0]["cache_control"] = _KEPT  # type: ignore[index]
    return said


def _block(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _output(more: Mapping[str, object], schema: JsonSchema) -> Mapping[str, object]:
    # Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
    asked = more.get("output_config")
    given = asked if isinstance(asked, Mapping) else {}
    return {**given, "format": {"type": "json_schema", "schema": strict_schema(schema, all_required=False)}}
