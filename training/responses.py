"""Train the content filter: `python -m training.responses --data DIR [--out FILE] [--cache DIR]`.

DIR/response/diasafety_train.jsonl.gz are replies of chatbots to messages, judged safe or unsafe (DiaSafety, Sun et al.
2022, Apache-2.0); DIR/creator_content/md are guides of teachers (18F: CC0, The Carpentries: CC BY). With them go our
own short exchanges in `data/responses`. The same data gives the same file.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.minilm import MODEL, MiniLMEmbedder
from coaching.conversation.phrases import DEFAULTS
from coaching.conversation.sentences import sentences
from coaching.knowledge.ports import Vectors
from coaching.safety.content_filter import heads
from coaching.safety.content_filter.heads import Head, Heads, meant
from coaching.safety.redflags.normal import plain
from coaching.safety.redflags.words import BUCKETS
from training.logistic import Array
from training.minilm_onnx import build
from training.redflags_heads import Rows, Words, fit_heads

OURS: Final = Path(__file__).with_name("data") / "responses"
PENALTY: Final = 1e-3
"""Chosen on DiaSafety's validation part."""
FALSE_ALARMS: Final = 0.0005
FALSE_ALARMS_OF_WORDS: Final = 0.0005
"""Of teachers' sentences that were not learned from, as answers to our messages."""
LEAST_THRESHOLD: Final = 0.8
"""Short kind lines, of which guides have few, are less sure than guides: below this they would be refused."""
OUR_WEIGHT: Final = 4.0
TEACHING_WEIGHT: Final = 1.0
PLAN_WEIGHT: Final = 1.0
TIMES: Final = 3
"""How many messages each sentence answers, so that no message stands for what answers it."""
FEWEST_WORDS, MOST_WORDS = 4, 40

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and a reply to it. `weight` is how much it counts in the learning."""

    context: str
    reply: str
    unsafe: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Joined(Rows):
    """Vectors beside the hashed words of reply and context: columns in this order."""

    dense: Array
    reply: Words
    context: Words

    def times(self, weights: Array) -> Array:
        width = self.dense.shape[1]
        of_words = self.reply.times(weights[width : width + BUCKETS]) + self.context.times(weights[width + BUCKETS :])
        total: Array = self.dense @ weights[:width] + of_words
        return total

    def turned_times(self, of_rows: Array) -> Array:
        return np.vstack([self.dense.T @ of_rows, self.reply.turned_times(of_rows), self.context.turned_times(of_rows)])

    def where(self, rows: NDArray[np.int64]) -> "Joined":
        return Joined(self.dense[rows], self.reply.where(rows), self.context.where(rows))


def diasafety(file: Path) -> list[Exchange]:
    """Return the judged replies of one part of DiaSafety."""
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode("utf-8").split("\n") if line]
    return [Exchange(row["context"].strip(), row["response"].strip(), row["label"] == "Unsafe") for row in rows]


def ours() -> list[Exchange]:
    lines = (OURS / "replies.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [Exchange(row["context"], row["reply"], bool(row["unsafe"]), OUR_WEIGHT) for row in rows]


def teaching(data: Path, *, held_out: bool) -> list[Exchange]:
    """Return teachers' sentences as answers to our messages; every second guide and message is held out."""
    messages = cycle(_messages()[int(held_out) :: 2])
    return [
        Exchange(next(messages), text, unsafe=False, weight=TEACHING_WEIGHT)
        for file in sorted((data / "creator_content" / "md").glob("*.md"))
        if (sha256(file.name.encode()).digest()[0] % 2 == 1) == held_out
        for text in _of_guide(file)
        for _ in range(1 if held_out else TIMES)
    ]


def kind_lines() -> list[Exchange]:
    """Return the lines that ship for every creator, each as an answer to each of our messages: short and harmless."""
    messages = _messages()[::2]
    lines = sorted({line for by_intent in DEFAULTS.values() for lines in by_intent.values() for line in lines})
    return [Exchange(message, line, unsafe=False, weight=TEACHING_WEIGHT) for line in lines for message in messages]


def plans() -> list[Exchange]:
    """Return cheers and careful words as answers to good and to harmful plans: the same words, by what they answer."""
    cheers, care = _lines("cheers"), _lines("care")
    good, harmful = _lines("good_plans"), _lines("harmful_plans")
    return [
        *(Exchange(plan, cheer, unsafe=False, weight=PLAN_WEIGHT) for plan in good for cheer in cheers),
        *(Exchange(plan, cheer, unsafe=True, weight=PLAN_WEIGHT) for plan in harmful for cheer in cheers),
        *(Exchange(plan, words, unsafe=False, weight=PLAN_WEIGHT) for plan in harmful for words in care),
    ]


def _messages() -> list[str]:
    return _lines("messages")


def _lines(name: str) -> list[str]:
    return (OURS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _of_guide(file: Path) -> Iterator[str]:
    for sentence in sentences(file.read_text(encoding="utf-8")):
        text = " ".join(sentence.text.split())
        if FEWEST_WORDS <= text.count(" ") <= MOST_WORDS and text[-1] in ".!?":
            yield text


def trained(exchanges: Sequence[Exchange], calm: Sequence[Exchange], embed: Embed, embedding_model: str) -> Heads:
    """Return heads fitted to `exchanges`, with thresholds that few of the `calm` ones reach."""
    rows, rarity = _rows(exchanges, embed), _rarity(exchanges)
    unsafe = np.array([[float(each.unsafe)] for each in exchanges])
    weights = np.array([[each.weight] for each in exchanges])
    scaled = replace(rows, reply=rows.reply.scaled(rarity[0]), context=rows.context.scaled(rarity[1]))
    whole = _fitted(scaled, rarity, unsafe, weights)
    words = _fitted(replace(scaled, dense=rows.dense[:, :0]), rarity, unsafe, weights)
    made = Heads(embedding_model, whole, replace(words, meaning=None), 1.0, 1.0)
    read = _rows(calm, embed)
    return replace(
        made,
        threshold=_reached_by_few(probabilities(made.whole, read), FALSE_ALARMS),
        threshold_of_words=_reached_by_few(probabilities(made.words, read), FALSE_ALARMS_OF_WORDS),
    )


def probabilities(head: Head, rows: Joined) -> Array:
    """Return what `chance` says of each row."""
    logits = rows.reply.times(head.reply[:, None]) + rows.context.times(head.context[:, None]) + head.bias
    if head.meaning is not None:
        logits = logits + (rows.dense @ head.meaning)[:, None]
    shares: Array = 1 / (1 + np.exp(-np.clip(logits[:, 0], -30, 30)))
    return shares


def _rows(exchanges: Sequence[Exchange], embed: Embed) -> Joined:
    replies, contexts = [each.reply for each in exchanges], [each.context for each in exchanges]
    dense = meant(embed(replies), embed(contexts))
    return Joined(dense, *(Words.of([plain(text).text for text in texts]) for texts in (replies, contexts)))


def _rarity(exchanges: Sequence[Exchange]) -> tuple[Array, Array]:
    replies, contexts = [each.reply for each in exchanges], [each.context for each in exchanges]
    first, second = (Words.of([plain(text).text for text in texts]).rarity() for texts in (replies, contexts))
    return first, second


def _fitted(rows: Joined, rarity: tuple[Array, Array], unsafe: Array, weights: Array) -> Head:
    width = rows.dense.shape[1]
    found = fit_heads(rows, width + 2 * BUCKETS, unsafe, weights, PENALTY)
    column = found.weights[:, 0]
    reply, context = column[width : width + BUCKETS] * rarity[0], column[width + BUCKETS :] * rarity[1]
    return Head(float(found.bias[0]), reply, context, column[:width])


def _reached_by_few(calm: Array, share: float) -> float:
    return max(LEAST_THRESHOLD, float(np.ceil(np.quantile(calm, 1 - share) * 1_000) / 1_000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with response/ and creator_content/")
    parser.add_argument("--out", type=Path, default=Path(str(heads.__file__)).with_name(heads.FILE))
    parser.add_argument("--cache", type=Path, default=Path(".cache/responses"), help="where vectors are kept")
    asked = parser.parse_args()
    embedder = CachedEmbedder(MiniLMEmbedder(build(Path(".cache/minilm"))), asked.cache)
    learned = [
        *diasafety(asked.data / "response" / "diasafety_train.jsonl.gz"),
        *ours(),
        *teaching(asked.data, held_out=False),
        *kind_lines(),
        *plans(),
    ]
    calm = teaching(asked.data, held_out=True)
    made = trained(learned, calm, lambda texts: embedder.embed(texts, "passage"), MODEL)
    data = heads.stored(made)
    asked.out.write_bytes(data)
    print(f"{asked.out}: {len(data):,} bytes from {len(learned):,} exchanges, thresholds {made.threshold} and "
          f"{made.threshold_of_words} by {len(calm):,} sentences")  # fmt: skip


if __name__ == "__main__":
    main()
