"""Train the detector of red flags: `python -m training.redflags --data DIR [--out FILE] [--cache DIR]`.

Writes the weights that ship and prints how well they do on what they never learned from. The same data gives the same
file.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.meanings import EmbeddedMeanings
from coaching.adapters.embedding.minilm import MODEL, MiniLMEmbedder
from coaching.safety.redflags import judging, weights
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.weights import Weights
from training.minilm_onnx import build
from training.redflags_card import card
from training.redflags_corpus import Corpus, Embed, Rows
from training.redflags_data import Example, Talk, conversations, examples, held_out
from training.redflags_fit import Signals, across_folds, fit_first, fit_gravity, fit_gravity_meaning
from training.redflags_fusion import WITHOUT_MEANING, fit_talk, fuse


def trained(found: Sequence[Example], talks: Sequence[Talk], embed: Embed) -> Weights:
    """Return the weights that ship, from the examples and conversations that are not held out."""
    corpus = Corpus.of([example for example in found if not example.held_out], embed)
    return fitted(corpus, [talk for talk in talks if not held_out(talk["id"])], embed)


def fitted(corpus: Corpus, talks: Sequence[Talk], embed: Embed) -> Weights:
    """Return weights from those examples of a corpus that are not held out, and from these conversations."""
    rows = np.array([row for row, example in enumerate(corpus.examples) if not example.held_out])
    said = across_folds(corpus, rows, embed)
    whole = fuse(corpus, rows, said.whole(corpus, rows))
    without = fuse(corpus, rows, said.without_meaning(corpus, rows), WITHOUT_MEANING)
    first = fit_first(corpus, rows)
    gravity = fit_gravity(corpus, rows, whole.logits, said.gravity)
    made = Weights(
        embedding_model=MODEL,
        kind_topics=first.kind_topics,
        meaning=first.meaning,
        kinds=first.kinds,
        words=first.words,
        whole=whole.head,
        without_meaning=without.head,
        gravity_meaning=fit_gravity_meaning(corpus, rows),
        gravity=gravity,
        gravity_without_meaning=fit_gravity(corpus, rows, without.logits, None),
        talk=gravity,
        thresholds=whole.thresholds,
        thresholds_without_meaning=without.thresholds,
    )
    return _with_talk(made, corpus, rows, said, talks)


def _with_talk(made: Weights, corpus: Corpus, rows: Rows, said: Signals, talks: Sequence[Talk]) -> Weights:
    texts = {turn["text"] for talk in talks for turn in talk["messages"]}
    lengths = corpus.lengths
    of_messages = {
        corpus.examples[row].text: judging.weighed(
            made,
            corpus.findings[row],
            judging.Signals(
                corpus.rules[row], float(lengths[row, 0]), said.words[at], said.meaning[at], said.gravity[at]
            ),
        )
        for at, row in enumerate(rows.tolist())
        if corpus.examples[row].text in texts
    }
    return replace(made, talk=fit_talk(talks, of_messages, corpus))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with redflag/ and response/")
    parser.add_argument("--out", type=Path, default=Path(str(weights.__file__)).with_name(weights.FILE))
    parser.add_argument("--cache", type=Path, default=Path(".cache/redflags"), help="where vectors are kept")
    asked = parser.parse_args()
    embedder = CachedEmbedder(MiniLMEmbedder(build(Path(".cache/minilm"))), asked.cache)
    found = examples(asked.data)
    made = trained(found, conversations(), lambda texts: embedder.embed(texts, "passage"))
    data = weights.packed(made)
    asked.out.write_bytes(data)
    detect = DetectRedFlags(EmbeddedMeanings(embedder, "passage"), lambda: weights.unpacked(data))
    asked.out.with_suffix(".md").write_text(card(found, detect, len(data)), encoding="utf-8")
    print(f"{asked.out}: {len(data):,} bytes from {sum(not each.held_out for each in found):,} examples, {MODEL}")


if __name__ == "__main__":
    main()
