"""Figures in the embedded metric format."""

import json
from typing import Any

import pytest

from coaching.entrypoint.figures import emit_call, emit_turn
from coaching.metrics.turn import measured_turn
from coaching.models.usage import ModelCall
from coaching.vocabulary import CreatorId, Usage, now
from tests.adapters.storage.samples import conversation, identity, turn


def emitted(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], set[str], list[list[str]]]:
    """Return the one line that was printed, the metrics in it and their dimensions."""
    [line] = capsys.readouterr().out.splitlines()
    told: dict[str, Any] = json.loads(line)
    [directive] = told["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "CreatorCoach"
    return told, {metric["Name"] for metric in directive["Metrics"]}, directive["Dimensions"]


def test_a_call_tells_money_and_tokens_by_model(capsys: pytest.CaptureFixture[str]) -> None:
    emit_call(ModelCall("01C", CreatorId("hearth"), "openai:gpt-4o-mini", now(), Usage(100, 20, 60, 30), 27, 0.5))
    told, metrics, dimensions = emitted(capsys)
    assert metrics == {
        "ModelCalls", "ModelCostUSD", "InputTokens", "OutputTokens", "CacheReadTokens", "CacheWriteTokens",
        "ModelSeconds",
    }  # fmt: skip
    assert (told["CacheReadTokens"], told["CacheWriteTokens"]) == ([60.0], [30.0])
    assert told["ModelCostUSD"] == [0.000027]
    assert (told["InputTokens"], told["OutputTokens"]) == ([100.0], [20.0])
    assert (told["model"], told["creator_id"]) == ("openai:gpt-4o-mini", "hearth")
    assert all("creator_id" not in names for names in dimensions)


def test_an_answer_given_again_is_told_apart_from_calls(capsys: pytest.CaptureFixture[str]) -> None:
    emit_call(ModelCall("01C", CreatorId("hearth"), "openai:gpt-4o-mini", now(), Usage(), 0, 0.0, reused=True))
    told, metrics, _ = emitted(capsys)
    assert metrics == {"ReusedAnswers"}
    assert (told["ReusedAnswers"], told["model"], told["creator_id"]) == ([1.0], "openai:gpt-4o-mini", "hearth")


def test_a_turn_tells_its_figures_and_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    said = turn(conversation())
    emit_turn(measured_turn(identity(), said, fallback="timeout"))
    told, metrics, _ = emitted(capsys)
    assert {"FirstTokenMs", "ResponseMs", "Confidence", "Accuracy", "EscalationsRequired"} <= metrics
    assert "BrandConsistency" not in metrics
    assert (told["ResponseMs"], told["fallback"], told["message_id"]) == ([9.0], "timeout", said.message_id)
    assert said.text not in str(told)
    assert "Begin small" not in str(told)
