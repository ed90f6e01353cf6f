"""Against a real Ollama: `make test-ollama OLLAMA_HOST=http://127.0.0.1:11434`, with the first model that it has.

OLLAMA_MODEL names another. Nothing is pulled or removed; the model is loaded.
"""

import json
from dataclasses import replace

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel, answers
from coaching.errors import ModelUnavailable
from tests.adapters.llm.chat_model_contract import asking, counted, text_of

pytestmark = pytest.mark.ollama
PATIENT = Deadlines(connect=10, load=600, first_token=300, between_tokens=120, total=600)
WINDOW = 2_048


@pytest.fixture
def model(ollama_url: str, ollama_model: str) -> OllamaChatModel:
    model = OllamaChatModel(ollama_url, ollama_model or answers(ollama_url, 10)[0], WINDOW, PATIENT)
    model.load(600)
    return model


def test_a_model_that_was_loaded_is_in_memory(model: OllamaChatModel) -> None:
    assert model.loaded(10)


def test_answers_in_pieces_and_says_what_it_counted(model: OllamaChatModel) -> None:
    *pieces, last = model.generate(asking("Count from one to ten in words.", max_tokens=60))
    assert len(pieces) > 1
    assert counted([last]).input_tokens > 0
    assert last.finish in ("stop", "length")


def test_says_that_an_answer_was_as_long_as_it_may_be(model: OllamaChatModel) -> None:
    *_, last = model.generate(asking("Tell me everything about habits.", max_tokens=3))
    assert (counted([last]).output_tokens, last.finish) == (3, "length")


def test_an_answer_ends_before_a_stop_word(model: OllamaChatModel) -> None:
    whole = text_of(list(model.generate(asking("Count from one to ten in words."))))
    stop = whole[len(whole) // 2 :][:2]
    *pieces, last = model.generate(replace(asking("Count from one to ten in words."), stop=(stop,)))
    assert stop not in text_of(pieces)
    assert last.finish == "stop"


def test_keeps_to_a_schema(model: OllamaChatModel) -> None:
    schema = {"type": "object", "properties": {"mood": {"enum": ["good", "bad"]}}, "required": ["mood"]}
    answer = text_of(list(model.generate(replace(asking("I feel fine.", max_tokens=100), schema=schema))))
    assert json.loads(answer)["mood"] in ("good", "bad")


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "#/nowhere"}])
def test_refuses_a_schema_that_is_none(model: OllamaChatModel, schema: dict[str, object]) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(replace(asking("Hi"), schema=schema)))
    assert refused.value.code in ("request_refused", "model_failed")


def test_refuses_a_prompt_that_is_too_long(model: OllamaChatModel) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(asking("word " * 3 * WINDOW)))
    assert refused.value.code == "context_exceeded"


def test_a_closed_answer_makes_room_for_the_next(model: OllamaChatModel) -> None:
    abandoned = model.generate(asking("Tell me everything about habits.", max_tokens=900))
    next(abandoned)
    abandoned.close()  # type: ignore[attr-defined]
    assert text_of(list(model.generate(asking("Hi", max_tokens=5))))


def test_a_model_that_is_not_there_is_named(ollama_url: str) -> None:
    with pytest.raises(ModelUnavailable, match="ollama pull nobody-has-this"):
        list(OllamaChatModel(ollama_url, "nobody-has-this").generate(asking("Hi")))
