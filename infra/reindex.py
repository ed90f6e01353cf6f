"""Moves a stage's passages into a new index: `python -m infra.reindex URL`, with the credentials of whoever runs it.

Needed after a change of the embedding model, of the search language or of the index's mapping. It embeds what it has
to on this machine, tells how far it came, and can be started again when it was cut off. With another model: run it
before the functions with that model are deployed, deploy them, and run it with `--drop-old`; so every function finds
its own vectors at every moment.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ROUND_SECONDS: Final = 30.0


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 1 where the move is not done, after the reason."""
    chosen = _parser().parse_args(arguments)
    os.environ |= {
        "OPENSEARCH_ENDPOINT": chosen.url,
        "AWS_REGION": chosen.region,
        "EMBEDDER": chosen.embedder,
        "SEARCH_LANGUAGE": chosen.language,
        "MINILM_FOLDER": str(_minilm_folder()) if chosen.embedder == "minilm" else "",
    }
    from coaching import wiring
    from coaching.errors import CoachingError

    try:
        if chosen.drop_old:
            wiring.reindex_passages().drop_old()
            _say("The old indices are gone.")
            return 0
        copied = 0
        while not (move := wiring.reindex_passages()(seconds=_ROUND_SECONDS)).done:
            copied += move.copied
            _say(f"{copied:,} passages are in {move.index}; there are more.")
    except CoachingError as error:
        _say(error.message)
        return 1
    _say(f"All passages are in {move.index}; {copied + move.copied:,} were copied.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.reindex", description="Move all passages into a new index.")
    parser.add_argument("url", help="the domain's address, https://...")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    parser.add_argument(
        "--embedder", default="minilm", help="as coaching.settings names it; its other settings likewise"
    )
    parser.add_argument("--language", default="english", help="as coaching.settings names it")
    parser.add_argument("--drop-old", action="store_true", help="only delete the indices that the new one replaced")
    return parser


def _minilm_folder() -> Path:
    from training.minilm_onnx import build

    return build(Path(".cache/minilm"))


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
