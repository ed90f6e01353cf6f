"""Fits the heads of the detector and what fuses them.

The fusion learns from what heads say of texts that these did not learn from: five folds, each read by heads of the
other four.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.safety.redflags import judging
from coaching.safety.redflags.features import TOPICS, drawn
from coaching.safety.redflags.heads import SCALE, of_kinds_rows
from coaching.safety.redflags.weights import Linear
from training.logistic import Array
from training.redflags_corpus import Corpus, Embed, Rows
from training.redflags_data import FOLDS
from training.redflags_heads import Dense, fit_heads, fit_kinds

WORD_PENALTY: Final = 3e-4
WORD_STEPS: Final = 40
MEANING_PENALTY: Final = 2e-4
CHAT_PENALTY: Final = 3e-4
CHAT_IN_POSTS: Final = 0.5
"""How much less chat messages count for the heads of posts. Those of chat learn from our own messages alone."""
OURS_ONLY: Final = ("ours", "our talks")
KIND_PENALTY: Final = 1e-4
FUSION_PENALTY: Final = 3e-4


@dataclass(frozen=True, slots=True)
class Heads:
    """The first stage: each head by itself."""

    meaning: Linear
    kinds: Linear
    words: Linear
    kind_topics: tuple[tuple[str, ...], ...]


def fit_first(corpus: Corpus, rows: Rows) -> Heads:
    """Fit the heads to these rows."""
    labels, known = corpus.labels[rows], corpus.known[rows]
    examples = [corpus.examples[row] for row in rows]
    names = sorted({each.kind for each in examples if each.kind})
    kinds = np.array([names.index(each.kind) if each.kind else -1 for each in examples])
    vectors = Dense(corpus.vectors[rows])
    width = corpus.vectors.shape[1]
    chat = np.array([float(each.chat) for each in examples])[:, None]
    of_posts = fit_heads(vectors, width, labels, known * (1 - CHAT_IN_POSTS * chat), MEANING_PENALTY)
    own = np.array([float(each.source in OURS_ONLY) for each in examples])[:, None]
    of_chat = fit_heads(vectors, width, labels, known * own, CHAT_PENALTY)
    return Heads(
        Linear(np.hstack([of_posts.weights, of_chat.weights]), np.concatenate([of_posts.bias, of_chat.bias])),
        fit_kinds(vectors, width, kinds, len(names), KIND_PENALTY),
        fit_words(corpus, rows),
        tuple(_topics_of(name, corpus) for name in names),
    )


def fit_words(corpus: Corpus, rows: Rows) -> Linear:
    """Fit the word heads: rare words are given more room, which the weights then hold."""
    words = corpus.words.where(rows)
    rarity = words.rarity()
    labels, known = corpus.labels[rows], corpus.known[rows]
    fitted = fit_heads(words.scaled(rarity), len(rarity), labels, known, WORD_PENALTY, steps=WORD_STEPS)
    return Linear(fitted.weights * rarity[:, None], fitted.bias)


def _topics_of(kind: str, corpus: Corpus) -> tuple[str, ...]:
    """Return the topics that a community stands for: those that most of its posts are labelled with."""
    labels = [example.labels for example in corpus.examples if example.kind == kind]
    return tuple(topic.value for topic in TOPICS if sum(each.get(topic, False) for each in labels) * 2 > len(labels))


@dataclass(frozen=True, slots=True)
class Signals:
    """What heads say of texts: (n, .) each, in the order of the features of `heads.py`."""

    meaning: Array
    words: Array
    gravity: Array

    def whole(self, corpus: Corpus, rows: Rows) -> Array:
        """Return the rows that the fusion weighs."""
        return drawn(np.hstack([self.meaning, self.words]), corpus.rules[rows], corpus.lengths[rows])

    def without_meaning(self, corpus: Corpus, rows: Rows) -> Array:
        return drawn(self.words, corpus.rules[rows], corpus.lengths[rows])


def signals(corpus: Corpus, rows: Rows, heads: Heads, gravity: Linear, embed: Embed) -> Signals:
    """Return what these heads say of these rows, as `heads.py` does for one message."""
    part = corpus.words.where(rows)
    whole_words = part.times(heads.words.weights) + heads.words.bias
    all_windows = _window_logits(corpus, rows, heads.words)
    loudest = corpus.loudest_of_each(all_windows)[rows]
    vectors = corpus.vectors[rows]
    meaning = heads.meaning(vectors)
    chosen = [corpus.loudest(row, all_windows) for row in rows.tolist()]
    best = meaning.copy()
    texts = [text for of_text in chosen for text in of_text]
    said = heads.meaning(embed(texts).astype(np.float64)) if texts else np.zeros((0, meaning.shape[1]))
    at = 0
    for row, of_text in enumerate(chosen):
        if of_text:
            best[row] = np.maximum(best[row], said[at : at + len(of_text)].max(axis=0))
            at += len(of_text)
    odds = of_kinds_rows(heads.kinds(vectors), heads.kind_topics)
    return Signals(
        np.hstack([meaning, best, odds]) / SCALE, np.hstack([whole_words, loudest]) / SCALE, gravity(vectors)
    )


def _window_logits(corpus: Corpus, rows: Rows, words: Linear) -> Array:
    """Return the logits of all windows; those of other texts than `rows` are left at 0."""
    found = np.zeros((int(corpus.window_starts[-1]), len(TOPICS)))
    spans = [np.arange(corpus.window_starts[row], corpus.window_starts[row + 1]) for row in rows.tolist()]
    windows = np.concatenate(spans)
    found[windows] = corpus.windows.where(windows).times(words.weights) + words.bias
    return found


def fit_gravity_meaning(corpus: Corpus, rows: Rows) -> Linear:
    """Fit how grave a message is, and whether about somebody else, to the vectors of our own messages."""
    chosen = np.array([row for row in rows.tolist() if corpus.examples[row].severity])
    labels = np.array([grave_labels(max(corpus.examples[row].severity.values()), corpus.examples[row].about)
                       for row in chosen.tolist()])  # fmt: skip
    width = corpus.vectors.shape[1]
    return fit_heads(Dense(corpus.vectors[chosen]), width, labels, np.ones_like(labels), 1e-3)


def grave_labels(severity: int, about: str) -> list[float]:
    return [float(severity >= 2), float(severity >= 3), float(severity >= 4), float(about == "other")]


def fit_gravity(corpus: Corpus, rows: Rows, logits: Array, meaning: Array | None) -> Linear:
    """Fit how grave a raised topic is; `logits` and `meaning` are rows of `rows`."""
    features, labels = [], []
    for at, row in enumerate(rows.tolist()):
        example = corpus.examples[row]
        for topic, severity in example.severity.items():
            said = None if meaning is None else meaning[at]
            logit = float(logits[at, TOPICS.index(topic)])
            features.append(judging.gravity_row(topic, logit, said, corpus.findings[row]))
            labels.append(grave_labels(severity, example.about))
    wanted = np.array(labels)
    matrix = np.array(features)
    return fit_heads(Dense(matrix), matrix.shape[1], wanted, np.ones_like(wanted), 2e-3, even=False)


def across_folds(corpus: Corpus, rows: Rows, embed: Embed) -> Signals:
    """Return what is said of each row by heads that did not learn from its fold."""
    folds = corpus.folds[rows]
    found: list[tuple[NDArray[np.int64], Signals]] = []
    for fold in range(FOLDS):
        learning, reading = rows[folds != fold], np.flatnonzero(folds == fold)
        heads, gravity = fit_first(corpus, learning), fit_gravity_meaning(corpus, learning)
        found.append((reading, signals(corpus, rows[reading], heads, gravity, embed)))
    return _joined(found, len(rows))


def _joined(parts: Sequence[tuple[NDArray[np.int64], Signals]], count: int) -> Signals:
    def whole(name: str) -> Array:
        first: Array = getattr(parts[0][1], name)
        joined = np.zeros((count, first.shape[1]))
        for reading, part in parts:
            joined[reading] = getattr(part, name)
        return joined

    return Signals(whole("meaning"), whole("words"), whole("gravity"))
