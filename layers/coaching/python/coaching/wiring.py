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
    from coaching.conversation.ask_coach import AskCoach
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.ports import ConversationList, Conversations, Turns
    from coaching.idempotency import AnsweredRequests
    from coaching.knowledge import ingestion, uploading
    from coaching.knowledge.ports import (
        DocumentList,
        Documents,
        DocumentWork,
        Embedder,
        PassageReader,
        PassageWriter,
        Uploads,
        WorkFiles,
    )
    from coaching.knowledge.search import SearchPassages
    from coaching.models.ports import ChatModel
    from coaching.profile.changing import ChangeGoal, ChangeProfile, DescribeCreator, SetGoal
    from coaching.profile.ports import Creators, GoalList, Goals, Profiles

    class DocumentRecords(Documents, DocumentList, Protocol): ...

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
def _uploads() -> "Uploads":
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


# Meaning and passages


@cache
def embedder() -> "Embedder":
    match settings().embedder:
        case "minilm":
            from coaching.adapters.embedding.minilm import MiniLMEmbedder

            return MiniLMEmbedder(Path(settings().minilm_folder))
        case "hash":
            from coaching.adapters.embedding.hashing import HashEmbedder

            return HashEmbedder()
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

            return EmbeddedPassages(Path(settings().vector_folder))
        case "opensearch":
            from coaching.adapters.search.opensearch import OpenSearchPassages

            return OpenSearchPassages(settings().opensearch_endpoint, region=settings().aws_region)
        case unknown:
            assert_never(unknown)


@cache
def search_passages() -> "SearchPassages":
    from coaching.knowledge.search import SearchPassages

    return SearchPassages(embedder(), passages())


# A document's way


@cache
def announce_document() -> "uploading.AnnounceDocument":
    from coaching.knowledge.uploading import AnnounceDocument

    return AnnounceDocument(documents(), _uploads())


@cache
def receive_upload() -> "uploading.ReceiveUpload":
    from coaching.knowledge.uploading import ReceiveUpload

    return ReceiveUpload(documents(), _document_work())


@cache
def retry_document() -> "uploading.RetryDocument":
    from coaching.knowledge.uploading import RetryDocument

    return RetryDocument(documents(), _document_work())


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
def split_document() -> "ingestion.SplitDocument":
    from coaching.knowledge.ingestion import SplitDocument

    return SplitDocument(documents(), _work_files())


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
def fail_document() -> "ingestion.FailDocument":
    from coaching.knowledge.ingestion import FailDocument

    return FailDocument(documents())


@cache
def remove_document() -> "ingestion.RemoveDocument":
    from coaching.knowledge.ingestion import RemoveDocument

    return RemoveDocument(documents(), _uploads(), _work_files(), passages())


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
    from coaching.conversation.ask_coach import AskCoach

    return AskCoach(
        conversations=conversations(),
        turns=turns(),
        creators=creators(),
        profiles=profiles(),
        goals=goals(),
        search=search_passages(),
        chat_model=chat_model(),
    )
