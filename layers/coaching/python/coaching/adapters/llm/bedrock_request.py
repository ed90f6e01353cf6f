"""A prompt in the shape of Bedrock's Converse."""

from collections.abc import Mapping
from typing import Any, Final

from coaching.models.ports import JsonSchema, Message, Prompt

ANSWER_TOOL: Final = "answer"
"""The tool that a model is made to call where the answer follows a schema: its input is the answer."""
_HOTTEST: Final = 1.0
_CACHE_POINT: Final[Mapping[str, Any]] = {"cachePoint": {"type": "default"}}


def converse_request(
    model_id: str, prompt: Prompt, *, caches: bool, warmed: bool, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parameters of ConverseStream; a temperature is among them where the model is to be `warmed`.

    Converse knows two speakers who take turns; what one says twice in a row is one turn here. With `caches`, Bedrock is
    asked to keep what the system messages say, and the history, which begins the next prompt as well. What is shorter
    than a model's minimum (1,024 tokens and more) is not kept, and not refused.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """
    configuration: dict[str, Any] = {"maxTokens": prompt.max_tokens}
    if warmed:
        configuration["temperature"] = min(prompt.temperature, _HOTTEST)
    if prompt.stop:
        configuration["stopSequences"] = list(prompt.stop)
    turns = _turns(prompt.messages)
    request: dict[str, Any] = {"modelId": model_id, "messages": turns, "inferenceConfig": configuration}
    system: list[Any] = [{"text": message.text} for message in prompt.messages if message.role == "system"]
    if system:
        request["system"] = [*system, _CACHE_POINT] if caches else system
    if caches and len(turns) > 1:
        turns[-2]["content"].append(_CACHE_POINT)
    if more:
        request["additionalModelRequestFields"] = dict(more)
    if prompt.schema is not None:
        request["toolConfig"] = _forced(prompt.schema)
    return request


def _turns(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role == "system":
            continue
        if not turns or turns[-1]["role"] != message.role:
            turns.append({"role": message.role, "content": []})
        turns[-1]["content"].append({"text": message.text})
    return turns


def _forced(schema: JsonSchema) -> dict[str, Any]:
    tool = {"name": ANSWER_TOOL, "description": "Gives the answer.", "inputSchema": {"json": dict(schema)}}
    return {"tools": [{"toolSpec": tool}], "toolChoice": {"tool": {"name": ANSWER_TOOL}}}
