"""Other layouts of our prompt's four parts: instructions, history, knowledge, message, each of them word for word."""

import random
from dataclasses import dataclass, replace

from coaching.models.ports import Message, Prompt


@dataclass(frozen=True, slots=True)
class Parts:
    instructions: Message
    history: tuple[Message, ...]
    knowledge: Message
    message: Message

    @classmethod
    def of(cls, prompt: Prompt) -> "Parts":
        instructions, *history, asked = prompt.messages
        knowledge, opening, message = asked.text.partition("<message>")
        return cls(instructions, tuple(history), replace(asked, text=knowledge), replace(asked, text=opening + message))


def ours(prompt: Prompt) -> Prompt:
    """Return the prompt as the coach makes it: instructions, history, then knowledge and message."""
    return prompt


class Reordered:
    """The four parts in another order each time, drawn from a fixed seed."""

    def __init__(self) -> None:
        self._rng = random.Random(4)  # noqa: S311 - no secret

    def __call__(self, prompt: Prompt) -> Prompt:
        parts = Parts.of(prompt)
        blocks = [(parts.instructions,), parts.history, (parts.knowledge,), (parts.message,)]
        self._rng.shuffle(blocks)
        return replace(prompt, messages=tuple(message for block in blocks for message in block))


def knowledge_first(prompt: Prompt) -> Prompt:
    """Return the prompt as tutorials have it: the knowledge with the instructions, then the history."""
    parts = Parts.of(prompt)
    system = replace(parts.instructions, text=f"{parts.instructions.text}\n\n{parts.knowledge.text}")
    return replace(prompt, messages=(system, *parts.history, parts.message))
