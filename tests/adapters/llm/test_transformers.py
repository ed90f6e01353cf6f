"""Runs a tiny random model where torch and transformers are: `pip install -r requirements/huggingface.txt`."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.transformers import TransformersChatModel
from coaching.errors import ModelUnavailable
from tests.adapters.llm.chat_model_contract import (
    ChatModelContract,
    StillGenerating,
    asking,
    becomes_false,
    counted,
    text_of,
)
from tests.support.tiny_transformers import write_model

REASON = "needs torch and transformers: pip install -r requirements/huggingface.txt"
pytest.importorskip("torch", reason=REASON)
pytest.importorskip("transformers", reason=REASON)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("huggingface") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> TransformersChatModel:
    return TransformersChatModel(str(folder))


def busy(model: TransformersChatModel) -> bool:
    """Return whether something else has the model's one thread."""
    probe = threading.Thread(target=model.load, args=(60,))
    probe.start()
    probe.join(0.05)
    return probe.is_alive()


def code_of(model: TransformersChatModel) -> str:
    with pytest.raises(ModelUnavailable) as failed:
        list(model.generate(asking("A private matter")))
    assert "private" not in failed.value.message
    return failed.value.code


class TestTransformersChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, model: TransformersChatModel) -> StillGenerating:
        model.load(60)
        return lambda: busy(model)


def test_an_answer_ends_before_a_stop_word(model: TransformersChatModel) -> None:
    whole = text_of(list(model.generate(asking("Anything"))))
    stop = whole[8:10]
    *pieces, last = model.generate(replace(asking("Anything"), stop=(stop,)))
    assert text_of(pieces) == whole.partition(stop)[0]
    assert last.finish == "stop"


def test_says_that_an_answer_was_as_long_as_it_may_be(model: TransformersChatModel) -> None:
    fragments = list(model.generate(asking("Anything", max_tokens=3)))
    assert counted(fragments).output_tokens == 3
    assert fragments[-1].finish == "length"


def test_a_warm_answer_differs_from_time_to_time(model: TransformersChatModel) -> None:
    prompt = replace(asking("Anything"), temperature=1.5)
    assert len({text_of(list(model.generate(prompt))) for _ in range(4)}) > 1


def test_refuses_a_schema(model: TransformersChatModel) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(replace(asking("Anything"), schema={"type": "object"})))
    assert refused.value.code == "request_refused"


def test_an_answer_is_too_long_in_all(folder: Path) -> None:
    model = TransformersChatModel(str(folder), Deadlines(total=0.2))
    model.load(60)
    with pytest.raises(ModelUnavailable, match="the whole answer") as late:
        list(model.generate(asking("Go on and on", max_tokens=900)))
    assert late.value.code == "timeout"
    assert becomes_false(lambda: busy(model), within=10)


def test_a_turn_that_does_not_come_is_an_overload(folder: Path) -> None:
    model = TransformersChatModel(str(folder), Deadlines(first_token=0.2))
    model.load(60)
    first = model.generate(asking("Go on and on", max_tokens=900))
    next(first)
    assert code_of(model) == "overloaded"
    first.close()  # type: ignore[attr-defined]


def test_a_model_is_loaded_when_first_needed(folder: Path) -> None:
    model = TransformersChatModel(str(folder))
    assert not model.loaded(1)
    model.load(60)
    assert model.loaded(1)


def test_a_model_that_was_not_downloaded_is_named(tmp_path: Path) -> None:
    assert code_of(TransformersChatModel(str(tmp_path / "none"))) == "model_missing"
    with pytest.raises(ModelUnavailable, match="hf download nobody/nothing-at-all"):
        TransformersChatModel("nobody/nothing-at-all").load(60)


def test_a_model_that_cannot_chat(tmp_path: Path) -> None:
    assert code_of(TransformersChatModel(str(write_model(tmp_path / "mute", chats=False)))) == "model_failed"


def test_files_that_are_no_model(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "broken")
    (folder / "config.json").write_text("{}")
    assert code_of(TransformersChatModel(str(folder))) == "model_failed"
