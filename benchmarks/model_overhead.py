"""What we add to a call of a model: `python -m benchmarks.model_overhead`.

The same canned stream of a loopback server is read from a bare socket, and through the chain of models over the adapter
for Ollama: the difference is ours. Answers of one word give what a call costs, and long ones what each word adds.
"""

import socket
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from benchmarks.canned_ollama import INSTANT, serving
from benchmarks.figures import HEADER, Figure
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.models.attempts import Member
from coaching.models.catalogue import ModelCard
from coaching.models.fallback import FallbackChain
from coaching.models.ports import Message, Prompt

GOAL_CALL_MS, GOAL_TOKEN_US = 1.0, 50.0
_WORDS, _CALLS = 2_000, 200
_MESSAGES = (Message("system", "You are a coach. " * 100), Message("user", "How do I begin?"))

Read = Callable[[int], object]
"""Reads an answer of so many words."""


def figures() -> list[Figure]:
    with serving() as url:
        ours, bare = _chain_reader(url), _bare_reader(url)
        call_ms = _added(ours, bare, words=1, times=_CALLS)
        token_us = 1000 * (_added(ours, bare, words=_WORDS, times=_CALLS // 10) - call_ms) / _WORDS
    return [
        Figure(
            "our own work in a call of a model (chain and Ollama adapter), p50",
            f"{call_ms:.2f} ms",
            f"<= {GOAL_CALL_MS:g} ms",
            call_ms <= GOAL_CALL_MS,
        ),
        Figure(
            "our own work in each streamed token",
            f"{token_us:.1f} us",
            f"<= {GOAL_TOKEN_US:g} us",
            token_us <= GOAL_TOKEN_US,
        ),
    ]


def _added(ours: Read, bare: Read, *, words: int, times: int) -> float:
    """Return the milliseconds between the medians; both take turns, so that a busy machine slows both."""
    taken: dict[Read, list[float]] = {ours: [], bare: []}
    for _ in range(times):
        for read, seconds in taken.items():
            began = time.perf_counter()
            read(words)
            seconds.append(time.perf_counter() - began)
    return 1000 * (statistics.median(taken[ours]) - statistics.median(taken[bare]))


def _chain_reader(url: str) -> Read:
    card = ModelCard("ollama", INSTANT, 8192, "high")
    other = Member(ModelCard("ollama", "other", 8192, "high"), ScriptedChatModel(["Never asked."]))
    chain = FallbackChain((Member(card, OllamaChatModel(url, INSTANT)), other))

    def read(words: int) -> None:
        heard = sum(1 for fragment in chain.generate(Prompt(_MESSAGES, max_tokens=words)) if fragment.text)
        assert heard == words, f"{heard} of {words} words came"

    read(1)  # whether the model is loaded is asked once in a minute
    return read


def _bare_reader(url: str) -> Read:
    address = urlsplit(url)
    text = " ".join(message.text for message in _MESSAGES)

    def read(words: int) -> None:
        body = f'{{"model": "{INSTANT}", "messages": ["{text}"], "options": {{"num_predict": {words}}}}}'.encode()
        with socket.create_connection((str(address.hostname), address.port), timeout=10) as connection:
            connection.sendall(b"POST /api/chat HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            while connection.recv(65_536):
                pass

    return read


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)
