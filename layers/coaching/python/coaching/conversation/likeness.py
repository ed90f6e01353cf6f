"""How well stretches of the material answer a message: every token of the message looks for its nearest among theirs.

This is late interaction (Khattab and Zaharia, "ColBERT", 2020) over the token vectors of the embedder that search uses.
A whole passage's one vector says what it is about; its tokens say which of its sentences has the answer. On the
questions of `benchmarks.composer`, vectors of single sentences found far fewer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coaching.knowledge.ports import TokenEmbedder, Tokens

Cosines = NDArray[np.float32]
HEADING = 0.7
"""How much of a token's likeness to a heading counts for what stands under it."""
OWN = 0.5
"""How much it counts that the sentences have the message's words themselves, not only together with their heading."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Text:
    """`cosines` (message tokens, text tokens), `overall` each message token's best among them; nothing is worth 0."""

    tokens: Tokens
    cosines: Cosines
    overall: Cosines
    within: dict[Span, Cosines] = field(default_factory=dict)

    @classmethod
    def of(cls, wanted: Cosines, tokens: Tokens) -> "_Text":
        cosines = wanted @ tokens.vectors.astype(np.float32).T
        return cls(tokens, cosines, cosines.max(axis=1, initial=0.0))

    def best(self, span: Span) -> Cosines:
        """Return each message token's best cosine among the tokens within the span."""
        if span not in self.within:
            first = int(np.searchsorted(self.tokens.starts, span[0]))
            last = int(np.searchsorted(self.tokens.ends, span[1], side="right"))
            self.within[span] = self.cosines[:, first:last].max(axis=1, initial=0.0)
        return self.within[span]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A message beside some texts. `rare` weighs its tokens by how few of the passages have them; it sums to 1."""

    texts: Mapping[str, _Text]
    passages: Sequence[str]
    rare: Cosines

    @classmethod
    def of(cls, message: str, passages: Sequence[str], titles: Sequence[str], embedder: TokenEmbedder) -> "Likeness":
        """Compare with passages, and with those titles of theirs that do not stand in them.

        Raises: EmbedderUnavailable.
        """
        names = list(dict.fromkeys([*passages, *titles]))
        asked, *found = embedder.embed_tokens([message, *names])
        wanted = asked.vectors.astype(np.float32)
        texts = {name: _Text.of(wanted, tokens) for name, tokens in zip(names, found, strict=True)}
        rare = _rarity(message, asked, {name: texts[name].tokens for name in dict.fromkeys(passages)})
        return cls(texts, passages, rare)

    def cover(self) -> float:
        """Return how much the passage that is most like the message has of it: the mean over the message's tokens."""
        if not len(self.rare) or not self.passages:
            return 0.0
        return max(float(self.texts[text].overall.mean()) for text in self.passages)

    def relevance(self, text: str, spans: Sequence[Span], over: Sequence[str]) -> float:
        """Return how well these spans of a passage, which stand under the titles, answer the message (0 to 1.5)."""
        own = reduce(np.maximum, map(self.texts[text].best, spans))
        titles = (HEADING * self._of_title(text, title) for title in over)
        return float((reduce(np.maximum, titles, own) + OWN * own) @ self.rare)

    def _of_title(self, text: str, title: str) -> Cosines:
        start = text.find(title)
        return self.texts[text].best((start, start + len(title))) if start >= 0 else self.texts[title].overall


def _rarity(message: str, asked: Tokens, passages: Mapping[str, Tokens]) -> Cosines:
    """Return a weight per token of the message: `ln((n + 1) / (df + .5))`, df of n passages having the token."""
    sets = [_written(text, tokens) for text, tokens in passages.items()]
    words = [message[start:end].lower() for start, end in zip(asked.starts, asked.ends, strict=True)]
    often = np.array([sum(word in known for known in sets) for word in words], np.float32)
    weights = np.maximum(np.log((len(sets) + 1) / (often + 0.5)), 0.0)
    return (weights / max(float(weights.sum()), 1e-6)).astype(np.float32)


def _written(text: str, tokens: Tokens) -> frozenset[str]:
    return frozenset(text[start:end].lower() for start, end in zip(tokens.starts, tokens.ends, strict=True))
