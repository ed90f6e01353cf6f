"""Train the detector of instructions in documents: `python -m training.injection --data DIR`.

Writes the weights that ship and prints how well each source is told apart by a detector that never saw it.
The same data gives the same file.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.ranking import auroc, recall_at_false_positives
from coaching.adapters.embedding.minilm import MODEL, MiniLMEmbedder
from coaching.knowledge.ports import Embedder
from coaching.knowledge.untrusted import detector
from coaching.knowledge.untrusted.reading import read
from training.injection_data import Data, Example, read_data
from training.injection_fit import Read, fit, scores, with_thresholds
from training.minilm_onnx import build

HELD_OUT = ("deepset", "jailbreaks", "bipia", "ours")
FEW = 100


def trained(data: Data, embedder: Embedder) -> detector.Detector:
    """Return the detector that ships, its thresholds set on benign text that it did not learn from."""
    benign = _read([Example("benign", text, injection=False) for text in data.calibration], embedder)
    return with_thresholds(fit(_read(data.learning, embedder), embedder.model), benign)


def held_out(data: Data, embedder: Embedder) -> list[str]:
    """Return a line of figures per source, from detectors that learned from all the others.

    A source with few benign texts of its own is told apart from the calibration texts too.
    """
    everything = _read(data.learning, embedder)
    benign = _read([Example("benign", text, injection=False) for text in data.calibration], embedder)
    sources = np.array([example.source for example in data.learning])
    return [
        f"{source}: {_figures(fit(everything.where(sources != source), embedder.model), asked, benign)}"
        for source in HELD_OUT
        for asked in [everything.where(sources == source)]
    ]


def _figures(found: detector.Detector, asked: Read, benign: Read) -> str:
    ranked, labels = scores(found, asked.readings, asked.vectors), asked.injection
    if np.count_nonzero(~labels) < FEW:
        ranked = np.append(ranked, scores(found, benign.readings, benign.vectors))
        labels = np.append(labels, benign.injection)
    recall = recall_at_false_positives(labels, ranked, 0.02)
    return (
        f"{np.count_nonzero(labels)} of {len(labels)}, AUROC {auroc(labels, ranked):.3f}, "
        f"recall at 2 % false positives {recall:.3f}"
    )


def _read(examples: Sequence[Example], embedder: Embedder) -> Read:
    texts = [example.text for example in examples]
    return Read(
        tuple(read(text) for text in texts),
        embedder.embed(texts, "passage"),
        np.array([example.injection for example in examples], dtype=np.bool_),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with injection/ and the benign sets")
    parser.add_argument("--out", type=Path, default=Path(str(detector.__file__)).with_name(detector.WEIGHTS))
    asked = parser.parse_args()
    data, embedder = read_data(asked.data), MiniLMEmbedder(build(Path(".cache/minilm")))
    asked.out.write_text(detector.to_json(trained(data, embedder)), encoding="utf-8")
    print(
        f"{asked.out}: {len(data.learning)} examples, {len(data.calibration)} benign texts for the threshold, {MODEL}"
    )
    print("\n".join(held_out(data, embedder)))


if __name__ == "__main__":
    main()
