"""How much of a guide's text comes out of its other formats: `python -m benchmarks.extraction --data DIR [--json]`.

DIR holds the same guides as files of one stem: `md/NAME.md`, `html/NAME.html`, `docx/NAME.docx`, `pdf/NAME.pdf` and so
on. Every file is extracted and cleaned as an upload is. What a format recovered of a guide is the length of the longest
common subsequence of words, so that a word counts only where it stands in the same order. The goal is for the share of
all guides' words; beside it stand the mean and the median over files, and the worst file. Words are runs of letters and
digits without case. The subsequence is exact, computed by bits: Crochemore et al., "A fast and practical bit-vector
algorithm for the longest common subsequence problem", Information Processing Letters 80 (2001).

Then a text PDF of 2,000 pages is made and read, for the time and the memory that it takes.
"""

import argparse
import json
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchmarks import figures, long_pdf
from coaching.adapters.extraction import FileExtractor
from coaching.knowledge.clean import clean
from coaching.knowledge.content_types import SUPPORTED

GOALS = {"html": 0.98, "docx": 0.98, "pdf": 0.95}
_WORD = re.compile(r"[^\W_]+")
_TYPES = {suffix: kind.media_type for kind in SUPPORTED.values() for suffix in kind.suffixes}


@dataclass(frozen=True, slots=True)
class Recovery:
    """How many of a markdown file's words another format of it gave, in order."""

    file: str
    found: int
    words: int

    @property
    def share(self) -> float:
        return self.found / self.words


@dataclass(frozen=True, slots=True)
class Summary:
    """What a format gave. `share` is of all words, the others are shares over files."""

    suffix: str
    files: int
    share: float
    mean: float
    median: float
    worst: float
    worst_file: str

    @property
    def reached(self) -> bool | None:
        goal = GOALS.get(self.suffix)
        return None if goal is None else self.share >= goal


def words(file: Path) -> list[str]:
    extracted = FileExtractor().extract(file.read_bytes(), _TYPES[file.suffix])
    return [word.casefold() for block in clean(extracted.blocks) for word in _WORD.findall(block.text)]


def common_in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    positions: dict[str, int] = defaultdict(int)
    for index, word in enumerate(one):
        positions[word] |= 1 << index
    every = (1 << len(one)) - 1
    row = every
    for word in other:
        if matches := positions.get(word, 0):
            found = row & matches
            row = ((row + found) | (row - found)) & every
    return len(one) - row.bit_count()


def recovered(folder: Path, suffix: str) -> Iterator[Recovery]:
    """Yield the guides that there are in this format and in markdown."""
    for file in sorted((folder / suffix).glob(f"*.{suffix}")):
        source = folder / "md" / f"{file.stem}.md"
        if source.exists():
            wanted = words(source)
            yield Recovery(file.name, common_in_order(wanted, words(file)), len(wanted))


def summary(suffix: str, recoveries: Sequence[Recovery]) -> Summary:
    worst = min(recoveries, key=lambda one: one.share)
    return Summary(
        suffix=suffix,
        files=len(recoveries),
        share=sum(one.found for one in recoveries) / sum(one.words for one in recoveries),
        mean=statistics.mean(one.share for one in recoveries),
        median=statistics.median(one.share for one in recoveries),
        worst=worst.share,
        worst_file=worst.file,
    )


def _figure(found: Summary) -> figures.Figure:
    goal = GOALS.get(found.suffix)
    value = (
        f"{found.share:.2%} (over {found.files} files: mean {found.mean:.2%}, median {found.median:.2%}, "
        f"worst {found.worst:.2%} {found.worst_file})"
    )
    what = f"words of the markdown recovered in order from {found.suffix}"
    return figures.Figure(what, value, f">= {goal:.0%}" if goal else "", found.reached)


def _lines(found: Summary) -> Iterator[str]:
    for metric in ("share", "mean", "median", "worst"):
        told = {"set": "creator_content", "metric": metric, "value": getattr(found, metric), "topic": found.suffix}
        yield json.dumps(told)


def main() -> int:
    parser = argparse.ArgumentParser(description="How much of a guide's text comes out of its other formats.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with md, html, docx, pdf ...")
    parser.add_argument("--json", action="store_true", help="one JSON object a line; no long PDF is made")
    arguments = parser.parse_args()
    recoveries = ((suffix, list(recovered(arguments.data, suffix))) for suffix in (*GOALS, "txt"))
    summaries = (summary(suffix, found) for suffix, found in recoveries if found)
    if arguments.json:
        found = list(summaries)
        print("\n".join(line for one in found for line in _lines(one)))
        return int(any(one.reached is False for one in found))
    print(figures.HEADER)
    missed = 0
    for figure in chain(map(_figure, summaries), long_pdf.figures()):
        print(figure, flush=True)
        missed += figure.reached is False
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
