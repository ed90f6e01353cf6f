"""Examples as the heads read them: vectors, hashed words and what the rules find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coaching.safety.redflags.detector import LONG_WORDS, MOST_WINDOWS
from coaching.safety.redflags.features import RULE_FEATURES, TOPICS, length_of, of_rules
from coaching.safety.redflags.normal import Plain
from coaching.safety.redflags.ports import Vectors
from coaching.safety.redflags.rules import Findings
from training.logistic import Array
from training.redflags_data import Example, read
from training.redflags_heads import Words

Rows = NDArray[np.int64]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Corpus:
    """n examples; `windows` are those of all texts in order, text i has `window_starts[i]:window_starts[i + 1]`."""

    examples: Sequence[Example]
    texts: Sequence[Plain]
    findings: Sequence[Findings]
    rules: Array
    words: Words
    windows: Words
    window_starts: Rows
    vectors: Array

    @classmethod
    def of(cls, examples: Sequence[Example], embed: Embed) -> "Corpus":
        texts, findings = zip(*(read(example.text) for example in examples), strict=True)
        windows = [text.windows() or [text.text] for text in texts]
        read_as = [text.text if text.disguised else example.text for example, text in zip(examples, texts, strict=True)]
        rules = [of_rules(text, found) for text, found in zip(texts, findings, strict=True)]
        return cls(
            examples,
            texts,
            findings,
            np.array(rules).reshape(len(examples), len(RULE_FEATURES)),
            Words.of([text.text for text in texts]),
            Words.of([window for of_text in windows for window in of_text]),
            np.cumsum([0, *(len(of_text) for of_text in windows)]),
            embed(read_as).astype(np.float64),
        )

    @property
    def labels(self) -> Array:
        """(n, topics): 1, 0, or 0 where it is not known."""
        return np.array([[float(each.labels.get(topic, False)) for topic in TOPICS] for each in self.examples])

    @property
    def known(self) -> Array:
        """(n, topics): how much an example counts for a topic; 0 where its label is not known."""
        return np.array([[each.counts_for(topic) for topic in TOPICS] for each in self.examples])

    @property
    def lengths(self) -> Array:
        """(n, 1)."""
        return np.array([[length_of(text)] for text in self.texts])

    @property
    def folds(self) -> Rows:
        return np.array([each.fold for each in self.examples])

    def loudest(self, row: int, of_windows: Array) -> list[str]:
        """Return the windows of a long text that weigh most, as the detector chooses them.

        `of_windows` (windows, topics) are the word logits of all windows.
        """
        text = self.texts[row]
        if text.text.count(" ") < LONG_WORDS:
            return []
        start, end = self.window_starts[row], self.window_starts[row + 1]
        ordered = np.argsort(-of_windows[start:end].max(axis=1), kind="stable")[:MOST_WINDOWS]
        windows = text.windows()
        return [windows[at] for at in sorted(ordered.tolist())]

    def loudest_of_each(self, of_windows: Array) -> Array:
        """Return (n, topics): the highest logit of each text's windows."""
        highest: Array = np.maximum.reduceat(of_windows, self.window_starts[:-1], axis=0)
        return highest
