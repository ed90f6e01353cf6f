"""How the retrieval benchmark reads its sets and what its measures mean."""

import gzip
import json
from math import log2
from pathlib import Path

import pytest

from benchmarks.duplicates import COPIES, original, with_copies
from benchmarks.retrieval import figures, ndcg, recall
from benchmarks.retrieval_sets import Document, RetrievalSet, document_of, passages, sets_in
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.knowledge.ports import TokenLimit

WHOLE = RetrievalSet(
    "tiny",
    [Document("a", "Embers", "An ember takes four minutes."), Document("b", "", "A flame takes twenty minutes.")],
    {"1": "how long is an ember", "2": "how long is a flame"},
    {"1": {"a": 1}, "2": {"b": 2}},
)


class NoLimit(TokenLimit):
    def reach(self, text: str) -> int:
        return len(text)


def test_reads_a_set_with_its_head_line_and_without_what_was_not_judged(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    rows = [{"_id": "a", "title": "T", "text": "A text.\u2028Its end."}, {"_id": 2, "text": "Another."}]
    with gzip.open(folder / "corpus.jsonl.gz", "wt", encoding="utf-8") as corpus:
        corpus.write("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    queries = [{"_id": number, "text": f"question {number}"} for number in ("1", "2", "3")]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n1\t2\t1\n2\ta\t0\n", encoding="utf-8")
    (found,) = sets_in(tmp_path)
    assert found.name == "tiny"
    assert list(found.documents) == [Document("a", "T", "A text.\u2028Its end."), Document("2", "", "Another.")]
    assert (found.queries, found.relevant) == ({"1": "question 1"}, {"1": {"a": 2, "2": 1}})


def test_nothing_of_a_long_document_is_left_out() -> None:
    words = [f"word{number}" for number in range(2_000)]
    made = passages([Document("a", "Title", " ".join(words)), Document("a", "", "Another with the same id.")])
    assert {document_of(passage) for passage in made} == {"a"}
    assert len({passage.passage_id for passage in made}) == len(made) > 10
    assert set(words) <= set(" ".join(passage.text for passage in made).split())


def test_ndcg_is_that_of_trec_eval() -> None:
    relevant = {"a": 2, "b": 1}
    assert ndcg(["a", "b"], relevant) == 1
    assert ndcg(["x", "b", "a"], relevant) == pytest.approx((1 / log2(3) + 2 / log2(4)) / (2 + 1 / log2(3)))
    assert ndcg([], relevant) == recall([], relevant) == 0
    assert recall(["x", "b"], relevant) == 0.5


def test_a_copy_counts_once() -> None:
    relevant = {"a": 1, "b": 1}
    assert ndcg(["a#copy2", "a", "b"], relevant) == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))
    assert recall(["a#copy2", "a"], relevant) == 0.5


def test_copies_differ_a_little_and_are_the_same_every_time() -> None:
    copied = with_copies(WHOLE)
    assert copied == with_copies(WHOLE)
    assert [original(document.id) for document in copied.documents] == ["a"] * (COPIES + 1) + ["b"] * (COPIES + 1)
    assert len({document.text for document in copied.documents}) > len(WHOLE.documents)


def test_prints_both_measures_of_every_way_to_rank() -> None:
    rankings = {"lexical": lambda found: found.lexical, "dense": lambda found: found.dense}
    made = list(figures(WHOLE, HashEmbedder(), NoLimit(), rankings))
    assert [(each.topic, each.metric, each.value) for each in made] == [
        ("lexical", "ndcg_10", 1.0),
        ("lexical", "recall_10", 1.0),
        ("dense", "ndcg_10", 1.0),
        ("dense", "recall_10", 1.0),
    ]
    assert made[0].row == {
        "set": "tiny", "metric": "ndcg_10", "value": 1.0, "low": 1.0, "high": 1.0, "topic": "lexical"
    }  # fmt: skip
