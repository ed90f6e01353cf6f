"""The benchmark of red flags reads any folder of its layout."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ranking import auprc
from benchmarks.redflags import of_benign, of_set
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.ports import NoMeanings
from coaching.safety.redflags.weights import Weights, WeightsUnusable


def no_weights() -> Weights:
    raise WeightsUnusable("None here.")


RULES_ALONE = DetectRedFlags(NoMeanings(), no_weights)


def written(file: Path, rows: list[dict[str, object]]) -> Path:
    file.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    return file


def test_each_topic_of_a_set_has_its_figures(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "1", "text": "I want to kill myself.", "labels": {"suicide": 1, "substance_abuse": 0}},
        {"id": "2", "text": "I can't stop drinking.", "labels": {"suicide": 0, "substance_abuse": 1}},
        {"id": "3", "text": "I walked to work.", "labels": {"suicide": 0}},
    ]
    found = list(of_set(written(tmp_path / "small.jsonl.gz", rows), RULES_ALONE, only_held_out=False))
    assert {each.topic for each in found} == {"suicide", "substance_abuse"}
    assert {each.metric for each in found} == {
        "auprc", "auroc", "recall_at_fpr_1", "recall_at_fpr_2", "recall", "false_positive_rate",
    }  # fmt: skip
    assert all(each.value == 1 for each in found if each.metric in ("auprc", "auroc", "recall"))
    assert all(each.value == 0 for each in found if each.metric == "false_positive_rate")


def test_messages_of_one_person_are_judged_together(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "1", "messages": ["Hello!", "I cut myself again."], "labels": {"suicide_or_self_harm": 1}},
        {"id": "2", "messages": ["My friend wants to kill herself."], "labels": {"suicide_or_self_harm": 0}},
    ]
    found = list(of_set(written(tmp_path / "people.jsonl.gz", rows), RULES_ALONE, only_held_out=False))
    assert {(each.topic, each.value) for each in found if each.metric == "auroc"} == {("suicide_or_self_harm", 1.0)}


def test_alarms_over_harmless_rows_are_counted(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"id": "1", "text": "I walked."}, {"id": "2", "text": "I want to die."}]
    assert of_benign(written(tmp_path / "x.jsonl.gz", rows), RULES_ALONE, only_held_out=False).value == 0.5


def test_average_precision_takes_equal_scores_together() -> None:
    labels = np.array([True, False, True, False])
    assert auprc(labels, np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx((1 + 2 / 3) / 2)
    assert auprc(labels, np.ones(4)) == 0.5
