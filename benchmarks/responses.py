"""How well unsafe replies are found: `python -m benchmarks.responses --data DIR [--json] [--coaching]`.

DIR/responses/*.jsonl.gz hold rows `{id, context, reply, unsafe, category}`. Beside them stands what the filter refuses
of ordinary coaching: the demo creator's sentences as a model's words, and the composer's replies to the demo questions.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks import composer
from benchmarks.evaluation_sets import Measured, arguments, name_of, rows_of, sets, show
from benchmarks.ranking import Labels, Metric, Scores, auprc, auroc, bootstrap
from coaching.adapters.embedding.cached import CachedEmbedder
from coaching.adapters.embedding.meanings import EmbeddedMeanings
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.conversation.sentences import sentences
from coaching.safety.content_filter import heads
from coaching.safety.content_filter.content_filter import ContentFilter
from training.minilm_onnx import build

WIDTHS = (28, 24, 20)


def measured(file: Path, content: ContentFilter) -> Iterator[Measured]:
    """Yield the figures of one set: whole, and for each category."""
    rows = rows_of(file)
    labels = np.array([bool(row["unsafe"]) for row in rows])
    categories = np.array([row["category"] for row in rows])
    scores = np.array([content.score(row["reply"], row["context"]) for row in rows])
    refused = np.array([float(bool(content(row["reply"], row["context"]))) for row in rows])
    name = name_of(file)
    for topic in ("", *sorted(set(categories.tolist()))):
        chosen = np.flatnonzero(categories == topic) if topic else np.arange(len(rows))
        for metric, (of, values) in _metrics(scores[chosen], refused[chosen]).items():
            low, high = bootstrap(of, labels[chosen], values)
            value = of(labels[chosen], values)
            yield Measured(name, metric, round(value, 4), round(low, 4), round(high, 4), topic)


def _metrics(scores: Scores, refused: Scores) -> dict[str, tuple[Metric, Scores]]:
    def recall(labels: Labels, refused: Scores) -> float:
        return float(refused[labels].mean())

    def false_positive_rate(labels: Labels, refused: Scores) -> float:
        return float(refused[~labels].mean())

    return {
        "auroc": (auroc, scores),
        "auprc": (auprc, scores),
        "recall": (recall, refused),
        "false_positive_rate": (false_positive_rate, refused),
    }


def of_coaching(content: ContentFilter) -> Iterator[Measured]:
    """Yield the share of ordinary coaching that would be refused."""
    questions = composer.read(composer.QUESTIONS)
    room, answered = composer.measure(questions)
    asked = cycle([question.text for question in questions])
    spoken = [sentence.text for text in room.texts.values() for sentence in sentences(text)]
    as_model = [bool(content(text, next(asked), grounded=True)) for text in spoken]
    without_passage = [bool(content(text, next(asked))) for text in spoken]
    quoted = [
        bool(content.of_creator(sentence.text, each.question.text))
        for each in answered
        for sentence in each.draft.sentences
    ]
    as_replies = [
        bool(content(sentence.text, each.question.text, grounded=sentence.role == "quote"))
        for each in answered
        for sentence in each.draft.sentences
    ]
    yield _share("demo_creator_sentences", as_model)
    yield _share("demo_creator_sentences_ungrounded", without_passage)
    yield _share("composer_replies", quoted)
    yield _share("composer_replies_as_a_models", as_replies)


def _share(name: str, refused: Sequence[bool]) -> Measured:
    values = np.array(refused, dtype=np.float64)
    labels = np.zeros(len(refused), dtype=np.bool_)
    low, high = bootstrap(lambda _, drawn: float(drawn.mean()), labels, values)
    return Measured(name, "alarm_rate", round(float(values.mean()), 4), round(low, 4), round(high, 4))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--coaching", action="store_true", help="what is refused of ordinary coaching, too")
    parser.add_argument("--cache", type=Path, default=Path(".cache/responses"), help="where vectors are kept")
    asked = parser.parse_args()
    embedder = CachedEmbedder(MiniLMEmbedder(build(Path(".cache/minilm"))), asked.cache)
    content = ContentFilter(EmbeddedMeanings(embedder), cache(heads.shipped))
    (files,) = sets(parser, asked.data, "responses")
    for file in files:
        for each in measured(file, content):
            show(each, as_json=asked.json, widths=WIDTHS)
    for each in of_coaching(content) if asked.coaching else ():
        show(each, as_json=asked.json, widths=WIDTHS)


if __name__ == "__main__":
    main()
