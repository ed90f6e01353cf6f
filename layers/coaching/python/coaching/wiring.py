"""The one place that joins ports to adapters. What a use case is made of stands here, and nowhere else.

Everything is made once per process, when first asked for. Adapters are imported where they are chosen: a cold
start pays for what it uses.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, assert_never

from coaching.settings import settings

if TYPE_CHECKING:
    from coaching.adapters.aws.table import DynamoDBTable
    from coaching.adapters.embedding.minilm import MiniLMEmbedder
    from coaching.adapters.embedding.onnx import OnnxEmbedder
    from coaching.adapters.search.opensearch_reindex import OpenSearchReindex
    from coaching.conversation.ask_coach import AskCoach
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.ports import ConversationList, Conversations, Turns
    from coaching.idempotency import AnsweredRequests
    from coaching.knowledge import (
        completing,
        ending,
        ingestion,
        laying_out,
        removing,
        sources,
        speech,
        starting,
        sweeping,
        uploading,
    )
    from coaching.knowledge.ports import (
        Arrivals,
        DocumentList,
        Documents,
        DocumentWork,
        Embedder,
        KnownDocuments,
        PartedUploads,
        PassageReader,
        PassageWriter,
        Reranker,
        Shares,
        SpeechRecognition,
        TokenEmbedder,
        TokenLimit,
        Uploads,
        WorkFiles,
    )
    from coaching.knowledge.search import SearchPassages
    from coaching.models.ports import ChatModel
    from coaching.profile.changing import ChangeGoal, ChangeProfile, DescribeCreator, SetGoal
    from coaching.profile.ports import Creators, GoalList, Goals, Profiles

    class DocumentRecords(Documents, DocumentList, KnownDocuments, Protocol): ...

    class UploadedFiles(Uploads, PartedUploads, Arrivals, Protocol): ...

    class ConversationRecords(Conversations, ConversationList, Protocol): ...

    class GoalRecords(Goals, GoalList, Protocol): ...

    class PassageStore(PassageReader, PassageWriter, Protocol): ...


# Records


@cache
def _table() -> "DynamoDBTable":
    from coaching.adapters.aws.clients import dynamodb_client
    from coaching.adapters.aws.table import DynamoDBTable

    return DynamoDBTable(dynamodb_client, settings().table_name)


@cache
def creators() -> "Creators":
    from coaching.adapters.aws.profile import DynamoDBCreators

    return DynamoDBCreators(_table())


@cache
def profiles() -> "Profiles":
    from coaching.adapters.aws.profile import DynamoDBProfiles

    return DynamoDBProfiles(_table())


@cache
def goals() -> "GoalRecords":
    from coaching.adapters.aws.profile import DynamoDBGoals

    return DynamoDBGoals(_table())


@cache
def documents() -> "DocumentRecords":
    from coaching.adapters.aws.documents import DynamoDBDocuments

    return DynamoDBDocuments(_table())


@cache
def conversations() -> "ConversationRecords":
    from coaching.adapters.aws.conversations import DynamoDBConversations

    return DynamoDBConversations(_table())


@cache
def turns() -> "Turns":
    from coaching.adapters.aws.conversations import DynamoDBTurns

    return DynamoDBTurns(_table())


@cache
def answered_requests() -> "AnsweredRequests":
    from coaching.adapters.aws.answered_requests import DynamoDBAnsweredRequests

    return DynamoDBAnsweredRequests(_table())


# Files and work


@cache
def _shares() -> "Shares":
    from coaching.adapters.aws.fair_share import DynamoDBShares

    return DynamoDBShares(_table())


@cache
def _uploads() -> "UploadedFiles":
    from coaching.adapters.aws.clients import s3_client
    from coaching.adapters.aws.uploads import S3Uploads

    return S3Uploads(s3_client, settings().uploads_bucket)


@cache
def _work_files() -> "WorkFiles":
    from coaching.adapters.aws.clients import s3_client
    from coaching.adapters.aws.work_files import S3WorkFiles

    return S3WorkFiles(s3_client, settings().work_bucket)


@cache
def _document_work() -> "DocumentWork":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.document_work import StepFunctionsDocumentWork

    chosen = settings()
    return StepFunctionsDocumentWork(
        stepfunctions_client, chosen.ingestion_state_machine_arn, chosen.deletion_state_machine_arn
    )


# Speech


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

    tokens, waiting = DynamoDBTaskTokens(_table()), StepFunctionsWaitingTasks(stepfunctions_client)
    return StartTranscription(documents(), _work_files(), _speech(), tokens, waiting)


@cache
def finish_transcription() -> "speech.FinishTranscription":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.waiting import DynamoDBTaskTokens, StepFunctionsWaitingTasks
    from coaching.knowledge.speech import FinishTranscription

    tokens, waiting = DynamoDBTaskTokens(_table()), StepFunctionsWaitingTasks(stepfunctions_client)
    return FinishTranscription(documents(), _work_files(), _speech(), tokens, waiting)


# Meaning and passages


@cache
def embedder() -> "Embedder":
    match settings().embedder:
        case "minilm":
            return _minilm()
        case "hash":
            from coaching.adapters.embedding.hashing import HashEmbedder

            return HashEmbedder()
        case "onnx":
            return _onnx_embedder()
        case "ollama":
            from coaching.adapters.embedding.ollama import OllamaEmbedder

            return OllamaEmbedder(settings().ollama_url, settings().ollama_embedding_model)
        case unknown:
            assert_never(unknown)


@cache
def _minilm() -> "MiniLMEmbedder":
    from coaching.adapters.embedding.minilm import MiniLMEmbedder

    return MiniLMEmbedder(Path(settings().minilm_folder))


@cache
def _tokens() -> "TokenEmbedder":
    """What the composer reads by: the bundled model, whatever search uses; words alone where tests do without it."""
    from coaching.adapters.embedding.hashed_words import HashedWords
    from coaching.adapters.embedding.recent_tokens import RecentTokens

    return HashedWords() if settings().embedder == "hash" else RecentTokens(_minilm())


@cache
def _onnx_embedder() -> "OnnxEmbedder":
    from coaching.adapters.embedding.onnx import OnnxEmbedder

    return OnnxEmbedder(Path(settings().onnx_embedder_folder))


@cache
def _token_limit() -> "TokenLimit | None":
    """How much the embedder reads at once; None where it reads passages of any length."""
    match settings().embedder:
        case "minilm":
            from coaching.adapters.embedding.minilm_tokens import MiniLMTokens

            return MiniLMTokens(Path(settings().minilm_folder))
        case "onnx":
            return _onnx_embedder()
        case "hash" | "ollama":
            return None
        case unknown:
            assert_never(unknown)


@cache
def _passage_embedder() -> "Embedder":
    """The embedder for documents: what was embedded once is kept, where the stage has a folder for it."""
    if not settings().embedding_cache_folder:
        return embedder()
    from coaching.adapters.embedding.cached import CachedEmbedder

    return CachedEmbedder(embedder(), Path(settings().embedding_cache_folder))


@cache
def passages() -> "PassageStore":
    match settings().vector_store:
        case "embedded":
            from coaching.adapters.search.embedded import EmbeddedPassages

            return EmbeddedPassages(Path(settings().vector_folder), language=settings().search_language)
        case "s3":
            from coaching.adapters.aws.clients import s3_client
            from coaching.adapters.search.s3 import S3Passages

            copies = Path(settings().vector_folder)
            return S3Passages(s3_client, settings().segments_bucket, copies, language=settings().search_language)
        case "opensearch":
            from coaching.adapters.search.opensearch import OpenSearchPassages

            chosen = settings()
            return OpenSearchPassages(
                chosen.opensearch_endpoint, region=chosen.aws_region, language=chosen.search_language
            )
        case unknown:
            assert_never(unknown)


@cache
def reindex_passages() -> "OpenSearchReindex":
    from coaching.adapters.search.opensearch_reindex import OpenSearchReindex

    chosen = settings()
    return OpenSearchReindex(
        chosen.opensearch_endpoint, embedder(), region=chosen.aws_region, language=chosen.search_language
    )


@cache
def search_passages() -> "SearchPassages":
    from coaching.knowledge.search import SearchPassages

    return SearchPassages(embedder(), passages(), _reranker())


@cache
def _reranker() -> "Reranker | None":
    match settings().reranker:
        case "none":
            return None
        case "onnx":
            from coaching.adapters.reranking.onnx import OnnxReranker

            return OnnxReranker(Path(settings().reranker_folder))
        case unknown:
            assert_never(unknown)


# A document's way


@cache
def announce_document() -> "uploading.AnnounceDocument":
    from coaching.knowledge.uploading import AnnounceDocument

    return AnnounceDocument(documents(), _uploads(), hears=settings().speech_provider != "none")


@cache
def permit_version() -> "uploading.PermitVersion":
    from coaching.knowledge.uploading import PermitVersion

    return PermitVersion(documents(), _uploads(), hears=settings().speech_provider != "none")


@cache
def complete_upload() -> "completing.CompleteUpload":
    from coaching.knowledge.completing import CompleteUpload

    return CompleteUpload(documents(), _uploads())


@cache
def receive_upload() -> "uploading.ReceiveUpload":
    from coaching.knowledge.uploading import ReceiveUpload

    return ReceiveUpload(documents(), _start_waiting())


@cache
def _start_waiting() -> "starting.StartWaiting":
    from coaching.adapters.aws.fair_share import DynamoDBWaitingLine
    from coaching.knowledge.starting import StartWaiting

    return StartWaiting(documents(), DynamoDBWaitingLine(_table()), _shares(), _document_work())


@cache
def end_ingestion() -> "starting.EndIngestion":
    from coaching.knowledge.starting import EndIngestion

    return EndIngestion(_shares(), _start_waiting())


@cache
def sweep_documents() -> "sweeping.SweepDocuments":
    from coaching.adapters.aws.due import DynamoDBDueDocuments
    from coaching.knowledge.sweeping import SweepDocuments

    return SweepDocuments(
        DynamoDBDueDocuments(_table()),
        documents(),
        _uploads(),
        _shares(),
        receive_upload(),
        end_ingestion(),
        _document_work(),
    )


@cache
def retry_document() -> "uploading.RetryDocument":
    from coaching.knowledge.uploading import RetryDocument

    return RetryDocument(documents(), _start_waiting())


@cache
def delete_document() -> "uploading.DeleteDocument":
    from coaching.knowledge.uploading import DeleteDocument

    return DeleteDocument(documents(), _document_work())


@cache
def extract_document() -> "ingestion.ExtractDocument":
    from coaching.adapters.extraction import FileExtractor
    from coaching.knowledge.ingestion import ExtractDocument

    return ExtractDocument(documents(), _uploads(), FileExtractor(), _work_files())


@cache
def split_document() -> "laying_out.SplitDocument":
    from coaching.knowledge.laying_out import SplitDocument

    return SplitDocument(documents(), _work_files(), passages(), embedder().model, _token_limit())


@cache
def embed_passages() -> "ingestion.EmbedPassages":
    from coaching.knowledge.ingestion import EmbedPassages

    return EmbedPassages(_passage_embedder(), _work_files())


@cache
def index_passages() -> "ingestion.IndexPassages":
    from coaching.knowledge.ingestion import IndexPassages

    return IndexPassages(documents(), _work_files(), passages(), embedder().model)


@cache
def publish_document() -> "ingestion.PublishDocument":
    from coaching.knowledge.ingestion import PublishDocument

    return PublishDocument(documents(), _work_files(), passages())


@cache
def fail_document() -> "ending.FailDocument":
    from coaching.knowledge.ending import FailDocument

    return FailDocument(documents(), passages())


@cache
def postpone_embedding() -> "ending.PostponeEmbedding":
    from coaching.knowledge.ending import PostponeEmbedding

    return PostponeEmbedding(documents())


@cache
def remove_document() -> "removing.RemoveDocument":
    from coaching.knowledge.removing import RemoveDocument

    return RemoveDocument(documents(), _uploads(), _work_files(), passages())


@cache
def find_removed_sources() -> "sources.FindRemovedSources":
    from coaching.knowledge.sources import FindRemovedSources

    return FindRemovedSources(documents())


@cache
def verify_removal() -> "removing.VerifyRemoval":
    from coaching.knowledge.removing import VerifyRemoval

    return VerifyRemoval(passages())


@cache
def fail_deletion() -> "removing.FailDeletion":
    from coaching.knowledge.removing import FailDeletion

    return FailDeletion(documents())


# People


@cache
def describe_creator() -> "DescribeCreator":
    from coaching.profile.changing import DescribeCreator

    return DescribeCreator(creators())


@cache
def change_profile() -> "ChangeProfile":
    from coaching.profile.changing import ChangeProfile

    return ChangeProfile(profiles())


@cache
def set_goal() -> "SetGoal":
    from coaching.profile.changing import SetGoal

    return SetGoal(goals())


@cache
def change_goal() -> "ChangeGoal":
    from coaching.profile.changing import ChangeGoal

    return ChangeGoal(goals())


# The conversation


@cache
def chat_model() -> "ChatModel | None":
    """The model that words replies; None where the composer answers with the creator's own sentences."""
    chosen = settings()
    match chosen.chat_provider:
        case "composer":
            return None
        case "ollama":
            from coaching.adapters.llm.ollama import OllamaChatModel

            return OllamaChatModel(chosen.ollama_url, chosen.ollama_model)
        case "llama_cpp":
            from coaching.adapters.llm.llama_cpp import LlamaCppChatModel

            return LlamaCppChatModel(Path(chosen.gguf_path))
        case unknown:
            assert_never(unknown)


@cache
def begin_conversation() -> "BeginConversation":
    from coaching.conversation.beginning import BeginConversation

    return BeginConversation(conversations())


@cache
def ask_coach() -> "AskCoach":
    from coaching.adapters.embedding.hashed_words import HashedWords
    from coaching.conversation.ask_coach import AskCoach

    return AskCoach(
        conversations=conversations(),
        turns=turns(),
        creators=creators(),
        profiles=profiles(),
        goals=goals(),
        search=search_passages(),
        tokens=_tokens(),
        words=HashedWords(),
        chat_model=chat_model(),
    )
