"""One instance that keeps answers, with a model that does as it is told."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from coaching.models.cache import CachedChatModel, ReuseAnswers
from coaching.models.flights import Flights
from coaching.models.kept_answers import InstanceKeptAnswers
from coaching.models.ports import ChatModel, Fragment, Message, Prompt, Reuse
from coaching.vocabulary import CreatorId, Usage, UserId

DEADLINE = 60.0
FIRST, SECOND = "ollama:llama3:8b", "openai:gpt-4.1-mini"
REUSE = Reuse(CreatorId("hearth"), UserId("ada"), "index-1", "prompt-1")
PROMPT = Prompt((Message("system", "Be kind."), Message("user", "How long is an ember?")), reuse=REUSE)
WHOLE = (Fragment("Four "), Fragment("minutes.", model=FIRST), Fragment("", Usage(9, 2), "stop", FIRST))


@dataclass
class Answers(ChatModel):
    """Gives these fragments each time, or raises what stands among them; `gate` holds an answer up after its first."""

    steps: Sequence[Fragment | Exception] = WHOLE
    name: str = FIRST
    prompts: list[Prompt] = field(default_factory=list)
    running: int = 0
    gate: threading.Event | None = None
    lock: Any = field(default_factory=threading.Lock)

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        with self.lock:
            self.prompts.append(prompt)
            self.running += 1
        try:
            for place, step in enumerate(self.steps):
                if place == 1 and self.gate:
                    with prompt.cancellation.waking(self.gate.set):
                        assert self.gate.wait(DEADLINE)
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            with self.lock:
                self.running -= 1


class Instance:
    """One instance with its model and what it keeps."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.model = Answers()
        self.now = 1_000.0
        self.asked_first = FIRST
        self.reused: list[str] = []
        self.answers = InstanceKeptAnswers(clock=lambda: self.now)
        self.cache = ReuseAnswers(self.answers, Flights(pool))

    @property
    def cached(self) -> CachedChatModel:
        return self.cache.around(self.model, lambda prompt: self.asked_first, self.reused.append)

    def heard(self, prompt: Prompt = PROMPT) -> str:
        return "".join(fragment.text for fragment in self.cached.generate(prompt))

    def calls(self) -> int:
        return len(self.model.prompts)


def closed(answer: Iterator[Fragment]) -> None:
    close = getattr(answer, "close")  # noqa: B009 - a generator, which the port does not promise
    close()


def whose(**changes: Any) -> Prompt:
    return replace(PROMPT, reuse=replace(REUSE, **changes))
