"""Sets in the layout `DIR/<kind>/*.jsonl.gz`, a JSON object a line: how they are read, and their figures shown."""

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of one set with its 95 % interval; `topic` is a part of the set."""

    set: str
    metric: str
    value: float
    low: float
    high: float
    topic: str = ""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of what every such benchmark is asked with: `--data DIR` and `--json`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    return parser


def sets(parser: argparse.ArgumentParser, data: Path, *kinds: str) -> list[list[Path]]:
    """Return the files of each kind, in order. Exits with a sentence about it where there are none at all."""
    found = [sorted((data / kind).glob("*.jsonl.gz")) for kind in kinds]
    if not any(found):
        parser.error(f"{data} has no {' and no '.join(f'{kind}/*.jsonl.gz' for kind in kinds)}")
    return found


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Return a set's rows."""
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode("utf-8").split("\n") if line]


def name_of(file: Path) -> str:
    """Return a set's name."""
    return file.name.removesuffix(".jsonl.gz")


def show(each: Measured, *, as_json: bool, widths: Sequence[int]) -> None:
    """Print one figure, as a JSON object or as a line whose columns (set, topic, metric) are so wide."""
    if as_json:
        print(json.dumps({name: value for name, value in asdict(each).items() if value != ""}), flush=True)
        return
    columns = zip((each.set, each.topic, each.metric), widths, strict=True)
    names = " ".join(f"{text:{width}}" for text, width in columns if width)
    print(f"{names} {each.value:.3f}  ({each.low:.3f} to {each.high:.3f})", flush=True)
