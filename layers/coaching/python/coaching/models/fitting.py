"""A prompt that is cut to a model's window, the least important first.

What may be left out, and in which order, is the prompt's own knowledge (`Prompt.shorter`). The answer's room is cut
before the prompt is, to a quarter of the window, since `max_tokens` says how long an answer may become and hardly how
long it will be; and below that only when nothing else is left to cut.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from coaching.models.catalogue import ModelCard
from coaching.models.counting import (
    MOST_PER_CHARACTER,
    CountTokens,
    most_tokens,
    prompt_tokens,
)
from coaching.models.failures import unavailable
from coaching.models.ports import Prompt

ANSWER_SHARE: Final = 4
"""The part of the window that an answer keeps while the prompt can be shortened: one in so many."""
ANSWER_LEAST: Final = 200
"""Tokens: a few short sentences. A prompt that leaves less room does not fit."""


def fit(prompt: Prompt, card: ModelCard, count: CountTokens = most_tokens) -> Prompt:
    """Return the prompt, shortened if it must be, so that it and its answer fit into the model's window.

    Most messages of a shorter prompt are those of the longer one: give a count that remembers them.

    Raises: ModelUnavailable (context_exceeded) where even the shortest does not fit.
    """
    window = card.context_tokens
    if _surely_fits(prompt, window):
        return prompt
    if prompt_tokens(prompt, count) + prompt.max_tokens <= window:
        return prompt
    answer = min(prompt.max_tokens, max(ANSWER_LEAST, window // ANSWER_SHARE))
    for shorter in _ever_shorter(prompt):
        room = window - prompt_tokens(shorter, count)
        if room >= answer:
            break
    if room < _least_answer(prompt):
        raise unavailable(
            "context_exceeded",
            f"The shortest prompt is longer than the {window} tokens of {card.name}: ask another model.",
        )
    return _with_messages(replace(prompt, max_tokens=min(prompt.max_tokens, room)), shorter)


def whole_tokens(prompt: Prompt, count: CountTokens = most_tokens) -> int:
    """Return the tokens of the prompt and of the longest answer (`selection.Wanted.context_tokens`)."""
    return prompt_tokens(prompt, count) + prompt.max_tokens


def least_tokens(prompt: Prompt, count: CountTokens = most_tokens) -> int:
    """Return the tokens of the prompt at its shortest and of the shortest answer (`selection.Wanted.least_tokens`).

    It makes every shorter prompt: ask for it only where the whole prompt is too long for one of the models.
    """
    *_, shortest = _ever_shorter(prompt)
    return prompt_tokens(shortest, count) + _least_answer(prompt)


def _surely_fits(prompt: Prompt, window: int) -> bool:
    """Whether counting can be spared. A schema is counted."""
    characters = sum(len(message.text) for message in prompt.messages) + 100 * (1 + len(prompt.messages))
    return prompt.schema is None and MOST_PER_CHARACTER * characters + prompt.max_tokens <= window


def _ever_shorter(prompt: Prompt) -> Iterator[Prompt]:
    current: Prompt | None = _with_messages(prompt, prompt)
    while current is not None:
        yield current
        current = current.shorter()


def _with_messages(prompt: Prompt, source: Prompt) -> Prompt:
    """Return `prompt` with the messages of `source`; when it is shortened, it keeps all else that was asked for."""

    def shorter() -> Prompt | None:
        less = source.shorter()
        return None if less is None else _with_messages(prompt, less)

    return replace(prompt, messages=source.messages, shorter=shorter)


def _least_answer(prompt: Prompt) -> int:
    return min(prompt.max_tokens, ANSWER_LEAST)
