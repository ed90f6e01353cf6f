"""Whether answers are JSON that keeps to its schema: `python -m benchmarks.structured [--gguf FILE] [--requests N]`.

Eight shapes (`structured_schemas.json`), asked in turn for what people wrote in several scripts, at temperature 1. The
model runs in process: SmolLM2 where it is installed, otherwise one with random weights. An answer that the adapter
withholds as incomplete counts as failed.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from benchmarks.figures import HEADER, Figure
from benchmarks.in_process import loaded, smollm2
from coaching.errors import ModelUnavailable
from coaching.models.ports import ChatModel, Message, Prompt
from tests.support.tiny_gguf import write_chat_model

SCHEMAS = Path(__file__).with_name("structured_schemas.json")
REQUESTS = 200
_SYSTEM = Message("system", "You take notes for a coach. You answer in JSON.")
_SAID = (
    "I practised twice, twenty minutes each, after I rinsed the coffee pot.",
    "Heute war ich müde und habe nur vier Minuten geübt. Schön war es trotzdem.",
    "今日は二十分練習しました。とても嬉しいです。",
    "J'ai raté mercredi, mais jeudi s'est très bien passé 😀",
    'He said "start small", and I wrote it on a card: 4 / 20 / 45 \\ minutes.',
    "",
    "Сегодня я нарисовал три страницы рук.",
)


def figures(gguf: Path | None = None, requests: int = REQUESTS) -> list[Figure]:
    """Return the share of answers that are JSON and keep to their schema."""
    schemas: dict[str, Any] = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path = gguf or smollm2() or write_chat_model(Path(folder) / "random.gguf")
        with loaded(path) as (model, _):
            outcomes = [_outcome(model, number, list(schemas.items())) for number in range(requests)]
    kept = outcomes.count("kept")
    failed = "".join(f"; {times} x {what}" for what, times in Counter(outcomes).items() if what != "kept")
    return [
        Figure(
            f"{requests} structured requests in process ({len(schemas)} shapes): JSON that keeps to its schema",
            f"{kept / requests:.1%}{failed}",
            ">= 100%",
            kept == requests,
        )
    ]


def _outcome(model: ChatModel, number: int, schemas: Sequence[tuple[str, Any]]) -> str:
    shape, schema = schemas[number % len(schemas)]
    said = _SAID[number % len(_SAID)]
    messages = (_SYSTEM, Message("user", f"Write {shape} as JSON, from note {number}: {said}"))
    try:
        answer = "".join(fragment.text for fragment in model.generate(Prompt(messages, 1.0, schema=schema)))
    except ModelUnavailable as error:
        return f"{error.code} ({shape})"
    try:
        found = json.loads(answer)
    except ValueError:
        return f"no JSON ({shape})"
    return "kept" if Draft202012Validator(schema).is_valid(found) else f"not its schema ({shape})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=Path, help="a model of your own")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    options = parser.parse_args()
    print(HEADER)
    for figure in figures(options.gguf, options.requests):
        print(figure)
