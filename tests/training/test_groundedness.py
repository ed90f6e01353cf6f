"""Training the score of support, on replies as few as can be."""

import csv
from pathlib import Path

import pytest

from coaching.safety.agreement import FEATURES, Said, agreement
from coaching.safety.sources import read_source
from coaching.safety.support import packed, unpacked
from training.groundedness import SUPPORTED, examples, fit

KNOWLEDGE = "An ember takes {} minutes. It is the size for tired days and for late ones."
HEADER = ("model_name", "data_source", "knowledge", "message", "response", "begin_label")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "groundedness").mkdir()
    with (tmp_path / "groundedness" / "begin_dev_wow.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(HEADER)
        for minutes in range(4, 24):
            known = KNOWLEDGE.format(minutes)
            rows.writerow(("m", "wow", known, "How long?", f"An ember takes {minutes} minutes.", SUPPORTED))
            invented = "I love my blue bicycle, do you have one?"
            rows.writerow(("m", "wow", known, "How long?", invented, "Not fully attributable"))
            rows.writerow(("m", "wow", known, "How long?", "Good question!", "Generic"))
    return tmp_path


def test_the_same_replies_give_the_same_file(folder: Path) -> None:
    first, second = (packed(fit(examples(folder))) for _ in range(2))
    assert first == second
    assert packed(unpacked(first)) == first


def test_what_claims_nothing_is_not_learned_from(folder: Path) -> None:
    assert len(examples(folder)) == 40


def test_what_was_learned_tells_support_from_invention(folder: Path) -> None:
    support, sources = fit(examples(folder)), [read_source(KNOWLEDGE.format(4))]
    supported, invented = (
        support(agreement(Said.of(text), sources))
        for text in ("An ember takes 4 minutes.", "I would rather have a red car, wouldn't you?")
    )
    assert supported > 0.5 > invented


def test_agreement_never_speaks_against_support(folder: Path) -> None:
    weights = dict(zip(FEATURES, fit(examples(folder)).weights, strict=True))
    assert all(weights[name] >= 0 for name in FEATURES[:8])
    assert all(weights[name] <= 0 for name in FEATURES[8:])
