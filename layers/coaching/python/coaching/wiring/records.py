"""What is kept in the table."""

from functools import cache
from typing import TYPE_CHECKING, Protocol

from coaching.settings import settings

if TYPE_CHECKING:
    from coaching.adapters.aws.table import DynamoDBTable
    from coaching.conversation.ports import ConversationList, Conversations, KeptTurns, Turns
    from coaching.idempotency import AnsweredRequests
    from coaching.knowledge.ports import (
        DocumentList,
        Documents,
        KnownDocuments,
    )
    from coaching.profile.ports import Creators, GoalList, Goals, Profiles

    class DocumentRecords(Documents, DocumentList, KnownDocuments, Protocol): ...

    class ConversationRecords(Conversations, ConversationList, Protocol): ...

    class TurnRecords(Turns, KeptTurns, Protocol): ...

    class GoalRecords(Goals, GoalList, Protocol): ...


@cache
def table() -> "DynamoDBTable":
    from coaching.adapters.aws.clients import dynamodb_client
    from coaching.adapters.aws.table import DynamoDBTable

    return DynamoDBTable(dynamodb_client, settings().table_name)


@cache
def creators() -> "Creators":
    from coaching.adapters.aws.profile import DynamoDBCreators

    return DynamoDBCreators(table())


@cache
def profiles() -> "Profiles":
    from coaching.adapters.aws.profile import DynamoDBProfiles

    return DynamoDBProfiles(table())


@cache
def goals() -> "GoalRecords":
    from coaching.adapters.aws.profile import DynamoDBGoals

    return DynamoDBGoals(table())


@cache
def documents() -> "DocumentRecords":
    from coaching.adapters.aws.documents import DynamoDBDocuments

    return DynamoDBDocuments(table())


@cache
def conversations() -> "ConversationRecords":
    from coaching.adapters.aws.conversations import DynamoDBConversations

    return DynamoDBConversations(table())


@cache
def turns() -> "TurnRecords":
    from coaching.adapters.aws.conversations import DynamoDBTurns

    return DynamoDBTurns(table())


@cache
def answered_requests() -> "AnsweredRequests":
    from coaching.adapters.aws.answered_requests import DynamoDBAnsweredRequests

    return DynamoDBAnsweredRequests(table())
