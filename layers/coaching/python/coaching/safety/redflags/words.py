"""A text as hashed words and word pairs: what the word heads weigh."""

import re
from binascii import crc32
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS: Final = 1 << 15
_WORD: Final = re.compile(r"[^\W\d_]+|\d+|[!?]{1,3}")


def hashed(text: str) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Return which buckets a plain text fills, in order, and how full: logarithmic counts, together of length 1."""
    import numpy as np

    words = _WORD.findall(text)
    pairs = (f"{first} {second}" for first, second in pairwise(words))
    counts = Counter(crc32(word.encode()) % BUCKETS for word in (*words, *pairs))
    buckets = np.array(sorted(counts), dtype=np.int64)
    filled = np.log1p(np.array([counts[bucket] for bucket in buckets.tolist()], dtype=np.float64))
    return buckets, filled / max(1e-9, float(np.sqrt((filled**2).sum())))
