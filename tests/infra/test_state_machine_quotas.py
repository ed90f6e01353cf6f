"""What Step Functions grants an execution, and what the largest document takes of it."""

import json
from math import ceil
from typing import Any

import pytest

from coaching.contract.ingestion import BatchResult, ExtractedResult, Postponement, SplitResult
from coaching.knowledge.document import PATIENCE
from coaching.knowledge.ending import POSTPONEMENTS
from coaching.knowledge.laying_out import MOST_BATCHES, MOST_PASSAGES
from coaching.knowledge.work import batch_key
from coaching.vocabulary import CreatorId, DocumentId
from infra.system import SYSTEM
from local.cloud import STATE_MACHINES

Json = dict[str, Any]
# docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MOST_EVENTS = 25_000
MOST_STATE_BYTES = 256 * 1024
# Scheduled, started, failed.
EVENTS_OF_A_RETRY = 3
# The iteration started and succeeded, its state was entered and left, its function scheduled, started and succeeded.
EVENTS_OF_A_BATCH = 7
# Entered, left, and of the one that works: scheduled, started, ended.
EVENTS_OF_A_STATE = 5
# Each passage may be one over in a batch of new passages, and in one of those whose vectors are known.
BATCHES = MOST_BATCHES + 1
LARGEST_BATCH = ceil(MOST_PASSAGES / MOST_BATCHES)
# Measured on one vCPU: MiniLM embeds a passage in 30 ms, the detector judges it in 3.5.
SECONDS_PER_PASSAGE = 0.034


@pytest.fixture
def states() -> Json:
    found: Json = json.loads((STATE_MACHINES / "ingestion.asl.json").read_text("utf-8"))["States"]
    return found


def embedding(states: Json) -> Json:
    found: Json = states["EmbedBatches"]["ItemProcessor"]["States"]["Embed"]
    return found


def retries(state: Json) -> int:
    return sum(retrier["MaxAttempts"] for retrier in state["Retry"])


def seconds_with_retries(state: Json) -> float:
    """Return the longest that a task can take: every attempt until its deadline, every wait in full."""
    waits = sum(
        min(retrier["IntervalSeconds"] * retrier.get("BackoffRate", 2) ** number, retrier.get("MaxDelaySeconds", 1e9))
        for retrier in state["Retry"]
        for number in range(retrier["MaxAttempts"])
    )
    return float((1 + retries(state)) * state["TimeoutSeconds"] + waits)


def test_the_largest_document_fits_into_an_executions_history_though_its_embedder_is_away_for_a_day(
    states: Json,
) -> None:
    tasks = [state for state in states.values() if state["Type"] == "Task"]
    once = sum(EVENTS_OF_A_STATE + EVENTS_OF_A_RETRY * retries(state) for state in tasks)
    # Those that run when the embedder goes away fail with all their retries; what is done once is not retried again.
    failing = states["EmbedBatches"]["MaxConcurrency"] * EVENTS_OF_A_RETRY * retries(embedding(states))
    # Of a postponement: the map, the function that says how long, the wait, the choice.
    around = 4 * EVENTS_OF_A_STATE + EVENTS_OF_A_RETRY * retries(states["Postpone"])
    passes = 1 + POSTPONEMENTS
    assert once + passes * (BATCHES * EVENTS_OF_A_BATCH + failing + around) < MOST_EVENTS


def test_the_largest_documents_state_fits(states: Json) -> None:
    creator, document = CreatorId("a" * 64), DocumentId("0" * 26)
    batches = [batch_key(creator, document, 99_999, number) for number in range(BATCHES)]
    took = 300_000
    state = {
        "job": {"creator_id": creator, "document_id": document, "version": 99_999, "attempt": 99_999},
        "extracted": ExtractedResult(characters=26_214_400, milliseconds=took).model_dump(),
        "split": SplitResult(batches=batches, passages=MOST_PASSAGES, milliseconds=took).model_dump(),
        "embedded": [BatchResult(passages=LARGEST_BATCH, milliseconds=took).model_dump() for _ in batches],
        "postponed": Postponement(seconds=3600, times=POSTPONEMENTS).model_dump(),
    }
    # Errors that were caught stay in it: a cause has 32,768 characters at most.
    caught = {"Error": "EmbedderUnavailable", "Cause": "a" * 32_768}
    assert len(json.dumps({**state, "unavailable": caught, "error": caught})) < MOST_STATE_BYTES / 2


def test_the_largest_batch_is_embedded_and_judged_well_within_its_functions_time() -> None:
    assert SYSTEM.capability("embed_passages").timeout_seconds > 4 * LARGEST_BATCH * SECONDS_PER_PASSAGE


def test_no_ingestion_counts_as_stuck_while_it_is_retried(states: Json) -> None:
    patience = PATIENCE["embedding"].total_seconds()
    # The record is written when storing begins.
    rest = seconds_with_retries(states["Index"]) + seconds_with_retries(states["Publish"])
    assert rest < patience
    longest_pause = 3600
    one_pass = ceil(BATCHES / states["EmbedBatches"]["MaxConcurrency"]) * LARGEST_BATCH * SECONDS_PER_PASSAGE
    assert longest_pause + 4 * one_pass + seconds_with_retries(embedding(states)) < patience
