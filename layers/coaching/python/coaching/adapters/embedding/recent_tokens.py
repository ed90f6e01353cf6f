"""Tokens of the texts that were last looked at, kept in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from coaching.knowledge.ports import TokenEmbedder, Tokens


class RecentTokens(TokenEmbedder):
    """`embedder` with the tokens of the `texts_kept` texts that were asked for last.

    A passage of 200 tokens takes about 150 kB at 384 dimensions.
    """

    def __init__(self, embedder: TokenEmbedder, texts_kept: int = 512) -> None:
        self._embedder = embedder
        self._texts_kept = texts_kept
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._guard = Lock()

    @property
    def same_matter(self) -> float:
        return self._embedder.same_matter

    def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        with self._guard:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= dict(zip(new, self._embedder.embed_tokens(new), strict=True)) if new else {}
        with self._guard:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._texts_kept:
                self._kept.popitem(last=False)
        return [known[text] for text in texts]
