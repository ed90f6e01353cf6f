"""How long the chat function takes to import: `python -m benchmarks.cold_import`.

Fresh interpreters take turns: one that does nothing, and one that imports the function with what its wiring imports
where Ollama is the provider.
"""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.figures import HEADER, Figure

GOAL_MS = 300.0
_TIMES = 15
_NOTHING = "pass"
_CHAT = """
import functions.chat.handler
import coaching.adapters.llm.deadlines, coaching.adapters.llm.nodes, coaching.adapters.llm.ollama
import coaching.models.balancing, coaching.models.fallback
"""


def figures() -> list[Figure]:
    taken: dict[str, list[float]] = {_NOTHING: [], _CHAT: []}
    for program in taken:
        _milliseconds(program)  # fills the bytecode cache
    for _ in range(_TIMES):
        for program, each in taken.items():
            each.append(_milliseconds(program))
    nothing, chat = statistics.median(taken[_NOTHING]), statistics.median(taken[_CHAT])
    return [
        Figure(
            "cold import of the chat function with Ollama as provider, over the interpreter's own start",
            f"{chat:.0f} ms - {nothing:.0f} ms = {chat - nothing:.0f} ms",
            f"<= {GOAL_MS:.0f} ms",
            chat - nothing <= GOAL_MS,
        )
    ]


def _milliseconds(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=_environment())  # noqa: S603
    return 1000 * (time.perf_counter() - began)


def _environment() -> dict[str, str]:
    """Return this process's environment, with bytecode kept, and what the function's own says of its model."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    chosen = {"CHAT_MODELS": "ollama:llama3:8b", "OLLAMA_URL": "http://127.0.0.1:11434"}
    return {**kept, **chosen, "POWERTOOLS_TRACE_DISABLED": "true"}


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)
