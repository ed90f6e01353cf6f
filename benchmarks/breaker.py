"""How a chain answers whose first provider hangs: `python -m benchmarks.breaker`.

Both providers are a loopback server's: one never answers, the other after a tenth of a second. A chain whose breakers
are closed waits for its first member in vain; each request has such a chain, so that all of them wait. Once open, the
chain and the second provider alone take turns.
"""

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.canned_ollama import HANGING, SLOW, serving
from benchmarks.figures import HEADER, Figure
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.models.attempts import Member
from coaching.models.catalogue import ModelCard
from coaching.models.fallback import FallbackChain
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Message, Prompt

GOAL_WITHIN = 0.05
DEADLINE_SECONDS, REQUESTS, AT_ONCE, TURNS = 3.0, 100, 50, 50
_PROMPT = Prompt((Message("user", "How do I begin?"),), max_tokens=20)


def figures() -> list[Figure]:
    with serving() as url:
        first, second = OllamaChatModel(url, HANGING), OllamaChatModel(url, SLOW)
        closed = _hanging_seconds(first, second)
        chain_ms, alone_ms = _open_ms(_chain(first, second), second)
    p99 = statistics.quantiles(closed, n=100)[98]
    more = chain_ms / alone_ms - 1
    return [
        Figure(
            f"a chain whose first provider hangs, breaker closed, p99 of {REQUESTS}",
            f"{p99:.2f} s",
            f"< its deadline of {DEADLINE_SECONDS:g} s",
            p99 < DEADLINE_SECONDS,
        ),
        Figure(
            "the same with its breaker open / the second provider alone, p50",
            f"{chain_ms:.1f} ms / {alone_ms:.1f} ms = {100 * more:+.1f} %",
            f"<= {100 * GOAL_WITHIN:+g} %",
            more <= GOAL_WITHIN,
        ),
    ]


def _chain(first: ChatModel, second: ChatModel) -> FallbackChain:
    cards = [ModelCard("ollama", name, 8192, "high") for name in (HANGING, SLOW)]
    return FallbackChain((Member(cards[0], first), Member(cards[1], second)), patience=Patience(DEADLINE_SECONDS))


def _hanging_seconds(first: ChatModel, second: ChatModel) -> list[float]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda _: _seconds(_chain(first, second)), range(REQUESTS)))


def _open_ms(chain: FallbackChain, second: ChatModel) -> tuple[float, float]:
    for _ in range(2):
        _seconds(chain)
    turns: Iterator[tuple[float, float]] = ((_seconds(chain), _seconds(second)) for _ in range(TURNS))
    through, alone = zip(*turns, strict=True)
    return 1000 * statistics.median(through), 1000 * statistics.median(alone)


def _seconds(model: ChatModel) -> float:
    began = time.perf_counter()
    for _ in model.generate(_PROMPT):
        pass
    return time.perf_counter() - began


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)
