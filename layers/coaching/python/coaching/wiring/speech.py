"""Recordings that become text."""

from functools import cache
from typing import TYPE_CHECKING, assert_never

from coaching.settings import settings
from coaching.wiring.files import work_files
from coaching.wiring.records import documents, table

if TYPE_CHECKING:
    from coaching.knowledge import (
        speech,
    )
    from coaching.knowledge.ports import (
        SpeechRecognition,
    )


@cache
def _speech() -> "SpeechRecognition | None":
    chosen = settings()
    match chosen.speech_provider:
        case "none":
            return None
        case "transcribe":
            from coaching.adapters.aws.clients import transcribe_client
            from coaching.adapters.aws.transcription import TranscribeSpeechRecognition

            return TranscribeSpeechRecognition(
                transcribe_client, chosen.uploads_bucket, chosen.work_bucket, chosen.transcription_prefix
            )
        case unknown:
            assert_never(unknown)


@cache
def start_transcription() -> "speech.StartTranscription":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.waiting import DynamoDBTaskTokens, StepFunctionsWaitingTasks
    from coaching.knowledge.speech import StartTranscription

    tokens, waiting = DynamoDBTaskTokens(table()), StepFunctionsWaitingTasks(stepfunctions_client)
    return StartTranscription(documents(), work_files(), _speech(), tokens, waiting)


@cache
def finish_transcription() -> "speech.FinishTranscription":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.waiting import DynamoDBTaskTokens, StepFunctionsWaitingTasks
    from coaching.knowledge.speech import FinishTranscription

    tokens, waiting = DynamoDBTaskTokens(table()), StepFunctionsWaitingTasks(stepfunctions_client)
    return FinishTranscription(documents(), work_files(), _speech(), tokens, waiting)
