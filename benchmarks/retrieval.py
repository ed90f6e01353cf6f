"""How well search finds: `python -m benchmarks.retrieval --data DIR [--json] [--queries N]`.

DIR holds sets in BEIR's layout (`retrieval_sets`). Printed are nDCG@10 and recall@10 of each leg alone and of both
fused, with the real splitter, embedder, store, fusion and stepping back of near-duplicates, at the candidates that a
search for up to 12 passages has. Documents are split; a document ranks where its best passage does. Vectors are kept
under .cache/embeddings, so that only the first run is slow.

With `--duplicates` every document is in the corpus four times, three of them edited a little, and a copy of a
document that was found already counts as nothing found (`duplicates`).
"""

import argparse
import json
import math
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.duplicates import original, with_copies
from benchmarks.retrieval_sets import CREATOR, RetrievalSet, document_of, passages, sets_in, store_of
from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.embedding.minilm_tokens import MiniLMTokens
from coaching.knowledge.diversity import varied
from coaching.knowledge.fusion import fuse
from coaching.knowledge.ports import Candidates, Embedder, PassageReader, Query, TokenLimit
from coaching.knowledge.search import LEAST_CANDIDATES
from coaching.vocabulary import ScoredPassage
from training.minilm_onnx import build

AT = 10
Ranking = Callable[[Candidates], Sequence[ScoredPassage]]


def _fused(candidates: Candidates) -> Sequence[ScoredPassage]:
    return fuse(candidates, limit=2 * LEAST_CANDIDATES)


def _varied(candidates: Candidates) -> Sequence[ScoredPassage]:
    return varied(_fused(candidates), 2 * LEAST_CANDIDATES)


RANKINGS: Mapping[str, Ranking] = {
    "lexical": lambda candidates: candidates.lexical,
    "dense": lambda candidates: candidates.dense,
    "fused": _varied,
}
DUPLICATE_RANKINGS: Mapping[str, Ranking] = {"fused, duplicates left": _fused, "fused": _varied}


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over the set's queries with its 95 % interval."""

    set: str
    metric: str
    topic: str
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, name: str, metric: str, topic: str, values: Sequence[float]) -> "Figure":
        mean = statistics.fmean(values)
        margin = 1.96 * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
        return cls(name, metric, topic, mean, mean - margin, mean + margin)

    @property
    def row(self) -> dict[str, object]:
        figures = {name: round(getattr(self, name), 5) for name in ("value", "low", "high")}
        return {"set": self.set, "metric": self.metric, **figures, "topic": self.topic}


def figures(
    data: RetrievalSet, embedder: Embedder, tokens: TokenLimit, rankings: Mapping[str, Ranking], most: int | None = None
) -> Iterator[Figure]:
    """Yield nDCG@10 and recall@10 of each ranking over the set's queries, or the first `most` of them."""
    asked = list(data.queries.items())[:most]
    vectors = embedder.embed([text for _, text in asked], "query")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in rankings}
    with tempfile.TemporaryDirectory() as folder:
        reader: PassageReader = store_of(data.name, passages(data.documents, tokens), embedder, Path(folder))
        for (query_id, text), vector in zip(asked, vectors, strict=True):
            candidates = reader.candidates(CREATOR, Query(text, vector, embedder.model, LEAST_CANDIDATES))
            for name, ranking in rankings.items():
                ranked = best_documents(ranking(candidates))
                relevant = data.relevant[query_id]
                found[name].append((ndcg(ranked, relevant), recall(ranked, relevant)))
    for name, values in found.items():
        for metric, column in zip(("ndcg_10", "recall_10"), zip(*values, strict=True), strict=True):
            yield Figure.of(data.name, metric, name, column)


def best_documents(hits: Sequence[ScoredPassage]) -> list[str]:
    """Return the ids of the first ten documents, each where its best passage stands."""
    return list(dict.fromkeys(document_of(hit.passage) for hit in hits))[:AT]


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return nDCG@10. The gain is the relevance itself, as in trec_eval; a copy of what came before gains nothing."""
    names = list(map(original, ranked))
    gains = [relevant.get(name, 0) if name not in names[:place] else 0 for place, name in enumerate(names)]
    gained = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
    ideal = sorted(relevant.values(), reverse=True)[:AT]
    return gained / sum(gain / math.log2(place + 2) for place, gain in enumerate(ideal))


def recall(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return the share of the relevant documents that are among the ten."""
    return len(relevant.keys() & set(map(original, ranked))) / len(relevant)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well search finds.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--queries", type=int, metavar="N", help="ask only the first N of each set")
    parser.add_argument("--duplicates", action="store_true", help="with near-duplicates in the corpus")
    arguments = parser.parse_args()
    folder = build(Path(".cache/minilm"))
    embedder = CachedEmbedder(MiniLMEmbedder(folder, threads=os.cpu_count() or 2), Path(".cache/embeddings"))
    if not arguments.json:
        print(f"{'set':28} {'found by':24} {'nDCG@10':>8} {'recall@10':>10}")
    for data in sets_in(arguments.data):
        rankings = DUPLICATE_RANKINGS if arguments.duplicates else RANKINGS
        measured = with_copies(data) if arguments.duplicates else data
        made = list(figures(measured, embedder, MiniLMTokens(folder), rankings, arguments.queries))
        if arguments.json:
            print("\n".join(json.dumps(figure.row) for figure in made), flush=True)
            continue
        for name in rankings:
            ndcg_10, recall_10 = (figure.value for figure in made if figure.topic == name)
            print(f"{data.name:28} {name:24} {ndcg_10:8.4f} {recall_10:10.4f}", flush=True)


if __name__ == "__main__":
    main()
