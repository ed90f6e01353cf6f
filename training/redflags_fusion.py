"""Fits what decides: the fusion of the signals, its thresholds, gravity, and the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from coaching.safety.redflags import judging
from coaching.safety.redflags.features import TOPICS
from coaching.safety.redflags.pattern import TALK_FEATURES, Pattern, Said
from coaching.safety.redflags.weights import Linear
from coaching.safety.topics import Severity, Topic
from training.logistic import Array
from training.redflags_corpus import Corpus, Rows
from training.redflags_data import FOLDS, Talk, severities
from training.redflags_fit import FUSION_PENALTY
from training.redflags_heads import Dense, fit_heads

FALSE_ALARMS: Final = {
    Topic.SUICIDE: 0.003,
    Topic.SELF_HARM: 0.003,
    Topic.EATING_DISORDERS: 0.003,
    Topic.SUBSTANCE_ABUSE: 0.006,
    Topic.DOMESTIC_VIOLENCE: 0.002,
    Topic.ACUTE_CRISIS: 0.0013,
}
"""Share of benign chat messages that may raise a topic: less where everyday worries sound like it."""
WITHOUT_MEANING: Final = 2.0
"""How many times as many may where a message has no vector: the thresholds are stricter then."""
CHAT_SHARE: Final = 0.5
"""Of all weight in the fusion that messages to a coach have, posts the rest."""
GRAVITY_COUNTS: Final = {Severity.LOW: 0.5, Severity.ELEVATED: 1.0, Severity.HIGH: 3.0, Severity.IMMINENT: 4.0}
"""How much a message counts in the fusion for a topic that it holds: to miss a grave one costs more."""
_GRAVEST: Final = 4


@dataclass(frozen=True, slots=True)
class Fused:
    """A fusion, its thresholds, and the logits (n, topics) that it gives rows which it did not learn from."""

    head: Linear
    thresholds: Array
    logits: Array


def fuse(corpus: Corpus, rows: Rows, features: Array, times: float = 1.0) -> Fused:
    """Fit the fusion to the rows' features; thresholds come from benign chat."""
    labels, importance = corpus.labels[rows], _importance(corpus, rows)
    folds = corpus.folds[rows]
    logits = np.zeros_like(labels)
    for fold in range(FOLDS):
        learning, reading = folds != fold, folds == fold
        logits[reading] = _fit(features[learning], labels[learning], importance[learning])(features[reading])
    return Fused(_fit(features, labels, importance), _thresholds(corpus, rows, logits, times), logits)


def _fit(features: Array, labels: Array, importance: Array) -> Linear:
    return fit_heads(Dense(features), features.shape[1], labels, importance, FUSION_PENALTY, even=False)


def _importance(corpus: Corpus, rows: Rows) -> Array:
    known = corpus.known[rows] * _costs(corpus, rows)
    chat = np.array([corpus.examples[row].chat for row in rows])
    of_chat, of_posts = known * chat[:, None], known * ~chat[:, None]
    return np.asarray(
        CHAT_SHARE * of_chat / of_chat.sum(axis=0)
        + (1 - CHAT_SHARE) * of_posts / np.maximum(1e-9, of_posts.sum(axis=0))
    )


def _costs(corpus: Corpus, rows: Rows) -> Array:
    severities = (corpus.examples[row].severity for row in rows)
    return np.array(
        [[GRAVITY_COUNTS[each[topic]] if topic in each else 1.0 for topic in TOPICS] for each in severities]
    )


def benign_chat(corpus: Corpus, rows: Rows) -> Array:
    """Return (n,) whether a row is a message to a coach or a chat program that no topic is in."""
    found: Array = np.array(
        [each.chat and len(each.labels) == len(TOPICS) and not any(each.labels.values()) for each in
         (corpus.examples[row] for row in rows)]
    )  # fmt: skip
    return found


def _thresholds(corpus: Corpus, rows: Rows, logits: Array, times: float) -> Array:
    """Return per topic the chance that its share of the benign chat messages passes, at least .1, at most .8."""
    benign = judging.chances(logits[benign_chat(corpus, rows).astype(bool)])
    thresholds: Array = np.array(
        [
            np.clip(np.quantile(column, 1 - times * FALSE_ALARMS[topic]), 0.1, 0.8)
            for topic, column in zip(TOPICS, benign.T, strict=True)
        ]
    )
    return np.ceil(thresholds * 1000) / 1000


def fit_talk(talks: Sequence[Talk], said: Mapping[str, dict[Any, Said]], corpus: Corpus) -> Linear:
    """Fit how grave a conversation is to our own ones; `said` is what each message says by itself."""
    rows, labels = [], []
    by_text = {example.text: row for row, example in enumerate(corpus.examples)}
    for talk in talks:
        pattern = Pattern()
        for turn in talk["messages"]:
            tone = judging.tone(corpus.findings[by_text[turn["text"]]])
            of_turn, state = said[turn["text"]], severities(turn["state"])
            for topic in TOPICS:
                rows.append(pattern.row(topic, of_turn[topic], tone))
                level = state.get(topic, Severity.NONE)
                labels.append([float(level >= least) for least in range(1, _GRAVEST + 1)])
            pattern = pattern.after(of_turn, tone)
    wanted = np.array(labels)
    return fit_heads(Dense(np.array(rows)), len(TALK_FEATURES), wanted, np.ones_like(wanted), 1e-3, even=False)
