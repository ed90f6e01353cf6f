"""A reply while the embedder is down: found by words alone, and it says so."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.contract.conversations import MessageReply
from coaching.conversation.ask_coach import whole
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Vectors
from coaching.knowledge.search import SearchPassages
from coaching.vocabulary import Turn
from tests.conversation.conftest import GUILT, MISSED, SIZES, WHO, Coaching, reader_of

QUESTION = "An ember takes how many minutes, and a flame?"
ANSWER = "An ember takes four minutes. A flame takes twenty minutes."


class Fails(HashEmbedder):
    """Answers nobody."""

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        raise EmbedderUnavailable("The embedder does not answer.")


@pytest.fixture
def coaching(tmp_path: Path) -> Coaching:
    """The usual coach, without its embedder."""
    reader = reader_of([SIZES, MISSED, GUILT], tmp_path)
    alone = Coaching(reader)
    alone.search = SearchPassages(Fails(), reader)
    return alone


def ask(coaching: Coaching, model: ScriptedChatModel | None = None) -> Turn:
    return whole(coaching.coach(model)(WHO, coaching.conversation_id, QUESTION))


def test_the_composer_still_quotes(coaching: Coaching) -> None:
    turn = ask(coaching)
    assert turn.reply.kind == "quote"
    assert "An ember takes four minutes." in turn.reply.text
    assert turn.retrieval == MessageReply.of(turn).retrieval == "lexical"


def test_a_model_still_answers(coaching: Coaching) -> None:
    turn = ask(coaching, ScriptedChatModel([ANSWER]))
    assert (turn.reply.kind, turn.retrieval) == ("answer", "lexical")
    assert turn.reply.citations


def test_the_turn_is_kept_with_how_it_was_found(coaching: Coaching) -> None:
    turn = ask(coaching)
    conversation = coaching.conversations.get(WHO.creator_id, WHO.user_id, coaching.conversation_id)
    assert coaching.turns.recent(conversation, limit=1) == (turn,)


def test_a_reply_with_the_embedder_says_so_too(tmp_path: Path) -> None:
    assert ask(Coaching(reader_of([SIZES], tmp_path))).retrieval == "hybrid"
