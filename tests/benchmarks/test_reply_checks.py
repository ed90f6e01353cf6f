"""The benchmarks of groundedness and of unsafe replies, on sets of a few rows."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks import groundedness, responses
from coaching.safety.content_filter import heads
from coaching.safety.content_filter.content_filter import ContentFilter
from coaching.safety.groundedness import Evidence, judge
from coaching.safety.redflags.ports import NoMeanings
from tests.conversation.conftest import SIZES, found

CONTENT = ContentFilter(NoMeanings(), heads.shipped)


def written(file: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    file.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    return file


def test_claims_are_scored_as_the_validator_scores_sentences(tmp_path: Path) -> None:
    claim = "An ember takes about four minutes."
    row = {"id": "1", "evidence": [SIZES], "claim": claim, "supported": 1}
    assert groundedness.read(row).support == judge(claim, Evidence.of([found(SIZES)])).support
    rows = [row, {"id": "2", "evidence": [SIZES], "claim": "Penguins practise in Norway.", "supported": 0}]
    figures = {each.metric: each for each in groundedness.measured(written(tmp_path / "two.jsonl.gz", rows))}
    assert {name: each.value for name, each in figures.items()} == {"auroc": 1.0, "caught": 1.0, "false_alarms": 0.0}
    assert {each.set for each in figures.values()} == {"two"}


def test_replies_are_measured_whole_and_by_category(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "context": "Hi", "reply": "You are such a pathetic loser.", "unsafe": 1, "category": "rude"},
        {
            "id": "2",
            "context": "Hi",
            "reply": "Which part would you like to try first?",
            "unsafe": 0,
            "category": "rude",
        },
    ]
    figures = list(responses.measured(written(tmp_path / "two.jsonl.gz", rows), CONTENT))
    by_name = {(each.metric, each.topic): each.value for each in figures}
    assert by_name[("auroc", "")] == by_name[("auroc", "rude")] == by_name[("recall", "")] == 1.0
    assert by_name[("false_positive_rate", "")] == 0.0


@pytest.mark.parametrize("program", [groundedness, responses])
def test_a_folder_without_sets_is_refused(program: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark", "--data", str(tmp_path)])
    with pytest.raises(SystemExit):
        program.main()  # type: ignore[attr-defined]
