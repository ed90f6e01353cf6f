"""A chat model that says what it was told to say: for tests, and for measuring everything around a model."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence

from coaching.models.failures import unavailable
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.vocabulary import Usage

_PIECE = re.compile(r"\s*\S+|\s+")


class ScriptedChatModel(ChatModel):
    """Gives its replies in order, the last one again and again, or what a function makes of the prompt.

    A reply comes word by word, and a word counts as a token. `prompts` holds what was asked; `running` counts the
    generations that have begun and not ended. With `fails_after`, every generation fails after that many fragments.
    """

    def __init__(
        self,
        replies: Sequence[str] | Callable[[Prompt], str],
        *,
        fails_after: int | None = None,
        context_tokens: int = 8192,
        name: str = "scripted:words",
    ) -> None:
        self._replies = replies
        self._fails_after = fails_after
        self._context_tokens = context_tokens
        self._name = name
        self._lock = threading.Lock()
        self.prompts: list[Prompt] = []
        self.running = 0

    @property
    def name(self) -> str:
        return self._name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        with self._lock:
            self.prompts.append(prompt)
            self.running += 1
            reply = self._reply(prompt, len(self.prompts))
        try:
            yield from self._fragments(prompt, reply)
        finally:
            with self._lock:
                self.running -= 1

    def _reply(self, prompt: Prompt, count: int) -> str:
        if callable(self._replies):
            return self._replies(prompt)
        return self._replies[min(count, len(self._replies)) - 1]

    def _fragments(self, prompt: Prompt, reply: str) -> Iterator[Fragment]:
        asked = sum(len(message.text.split()) for message in prompt.messages)
        if asked > self._context_tokens:
            raise unavailable("context_exceeded", f"The prompt is over {self._context_tokens} words: shorten it.")
        pieces = _PIECE.findall(reply)[: prompt.max_tokens]
        for piece in pieces[: self._fails_after]:
            yield Fragment(piece)
        if self._fails_after is not None:
            raise unavailable("model_failed", "The scripted model was told to fail.")
        yield Fragment("", Usage(asked, len(pieces)))
