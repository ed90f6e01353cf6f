"""What an engine must read of each prompt: `python -m benchmarks.prompt_cache [--gguf FILE]`.

Two users talk with the coach in turns, twenty turns each (`benchmarks.dialogues`), and llama.cpp in process says how
many tokens of each prompt it read. The same turns are asked in other layouts (`benchmarks.layouts`), each in a new
engine. The time to the first token is taken with SmolLM2, where it is installed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.dialogues import Moment, interleaved, nothing_found
from benchmarks.figures import HEADER, Figure
from benchmarks.in_process import loaded, random_model, smollm2
from benchmarks.layouts import Reordered, knowledge_first, ours
from coaching.models.ports import ChatModel, Prompt

GOAL_READ, GOAL_FIRST_TOKEN = 1 / 2, 1 / 15
_TIMES = 3


def figures(gguf: Path | None = None) -> list[Figure]:
    """Return the figures with the model of this file; without it, each with the model of which the module tells."""
    moments = interleaved()
    with tempfile.TemporaryDirectory() as folder:
        path = gguf or random_model(Path(folder) / "random.gguf", [_text(moment.prompt()) for moment in moments])
        rows = list(_tokens_read(path, moments))
    timed = gguf or smollm2()
    return rows + list(_first_tokens(timed, moments[-1]) if timed else ())


def _text(prompt: Prompt) -> str:
    return "\n".join(message.text for message in prompt.messages)


def _tokens_read(path: Path, moments: Sequence[Moment]) -> Iterator[Figure]:
    prompts = [moment.prompt() for moment in moments]
    read = {layout: _per_turn(path, prompts, layout) for layout in (ours, Reordered(), knowledge_first)}
    own, reordered, tutorial = read.values()
    yield Figure(
        "prompt tokens read a turn, 2 users x 20 turns in one engine: ours / the parts in another order each turn",
        f"{own:.0f} / {reordered:.0f} = {own / reordered:.3f}",
        f"<= {GOAL_READ:.3f}",
        own / reordered <= GOAL_READ,
    )
    yield Figure("the same / knowledge with the instructions", f"{own:.0f} / {tutorial:.0f} = {own / tutorial:.3f}")


def _per_turn(path: Path, prompts: Sequence[Prompt], layout: Callable[[Prompt], Prompt]) -> float:
    with loaded(path) as (model, engine):
        for prompt in prompts:
            _first_token_seconds(model, layout(prompt))
    if len(engine.read) != len(prompts):
        raise AssertionError(f"{len(engine.read)} of {len(prompts)} prompts were read")
    return statistics.mean(engine.read)


def _first_tokens(path: Path, moment: Moment) -> Iterator[Figure]:
    """The last turn, of a creator whom the engine has not met; then two more messages in the same conversation."""
    cold, returning, with_passages = [], [], []
    with loaded(path) as (model, _):
        for number in range(_TIMES):
            new = replace(moment, creator=replace(moment.creator, name=f"{number} {moment.creator.name}"))
            cold.append(_first_token_seconds(model, nothing_found(new, "Thank you for that, Orla.").prompt()))
            returning.append(_first_token_seconds(model, nothing_found(new, "I will try it tomorrow.").prompt()))
            with_passages.append(_first_token_seconds(model, new.prompt()))
    whole, again, knowing = (statistics.median(taken) for taken in (cold, returning, with_passages))
    yield Figure(
        "time to first token, 14 exchanges that return, nothing found / the same cold",
        f"{again:.2f} s / {whole:.2f} s = {again / whole:.3f}",
        f"<= {GOAL_FIRST_TOKEN:.3f}",
        again / whole <= GOAL_FIRST_TOKEN,
    )
    yield Figure("the same with five new passages / cold without any", f"{knowing:.2f} s = {knowing / whole:.3f}")


def _first_token_seconds(model: ChatModel, prompt: Prompt) -> float:
    began = time.perf_counter()
    fragments = model.generate(replace(prompt, temperature=0.0, max_tokens=2))
    next(fragments)
    taken = time.perf_counter() - began
    for _ in fragments:
        pass
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=Path, help="a model of your own")
    options = parser.parse_args()
    print(HEADER)
    for figure in figures(options.gguf):
        print(figure)
