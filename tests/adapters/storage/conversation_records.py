"""Conversations and their turns in memory and in the table, for contracts of what is stored beside them."""

import pytest

from coaching.adapters.aws.conversations import DynamoDBConversations, DynamoDBTurns
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.conversations import MemoryConversations, MemoryTurns


class InMemory:
    @pytest.fixture
    def conversations(self) -> MemoryConversations:
        return MemoryConversations()

    @pytest.fixture
    def turns(self, conversations: MemoryConversations) -> MemoryTurns:
        return MemoryTurns(conversations)


class InDynamoDB:
    @pytest.fixture
    def conversations(self, table: DynamoDBTable) -> DynamoDBConversations:
        return DynamoDBConversations(table)

    @pytest.fixture
    def turns(self, table: DynamoDBTable) -> DynamoDBTurns:
        return DynamoDBTurns(table)
