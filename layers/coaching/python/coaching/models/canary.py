"""A model is loaded and tried before anybody's words go to it."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from coaching.models.closing import closed_at_the_end
from coaching.models.failures import unavailable
from coaching.models.ports import ChatModel, LoadableModel, Message, Prompt

LOAD_SECONDS: Final = 540.0
ANSWER_SECONDS: Final = 90.0
_NODES_AT_ONCE: Final = 8  # more does an answer of service discovery not name

LoadablesOf = Callable[[str], Sequence[LoadableModel]]
"""Returns, for a model's name, what has to be loaded: one for each node, none for a hosted model.

Raises: ModelUnavailable where nobody can tell."""


@dataclass(frozen=True, slots=True)
class TryModel:
    """Loads a model wherever it is served, and has it answer a question.

    The answer stands in the prompt and is a number that is drawn anew, so that no model knows it and no cache has it.
    """

    models: Mapping[str, ChatModel]
    loadables_of: LoadablesOf
    draw: Callable[[int, int], int] = random.randint

    def __call__(self, name: str) -> None:
        """Return once it is loaded on each of its nodes and has answered. Raises: ModelUnavailable."""
        if name not in self.models:
            raise unavailable(
                "model_missing", f"{name} is not among this stage's models any more: name it in CHAT_MODELS."
            )
        loadables = self.loadables_of(name)
        with ThreadPoolExecutor(_NODES_AT_ONCE) as pool:
            list(pool.map(lambda each: each.load(LOAD_SECONDS), loadables))
        number = self.draw(21, 98)
        with closed_at_the_end(self.models[name].generate(canary(number))) as fragments:
            answer = "".join(fragment.text for fragment in fragments)
        if str(number) not in re.findall(r"\d+", answer):
            raise unavailable(
                "malformed_answer",
                f"{name} was asked for a number that stood in its prompt and did not give it: choose another model.",
            )


def canary(number: int) -> Prompt:
    """Return a prompt as short as a question about a source can be, whose answer has the number."""
    return Prompt(
        (
            Message("system", "Answer the question from the source, in one short sentence."),
            Message("user", f"Source: The harbour lamp burns for {number} minutes.\nQuestion: How long does it burn?"),
        ),
        temperature=0.0,
        seconds=ANSWER_SECONDS,
    )
