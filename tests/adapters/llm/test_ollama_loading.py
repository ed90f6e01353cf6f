"""A cold model is loaded first, once for all who wait, and whoever waits no longer leaves the load running."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.errors import ModelUnavailable
from coaching.models.ports import LoadableModel
from tests.adapters.llm.chat_model_contract import asking, becomes_false, text_of
from tests.support.ollama_server import OllamaServer

GENEROUS = 10.0
ASKS = Deadlines(load=GENEROUS)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(models={"tiny": 4096, "big:70b": 4096}) as server:
        yield server


@pytest.fixture
def model(server: OllamaServer) -> OllamaChatModel:
    return OllamaChatModel(server.url, "tiny", context_tokens=2048, deadlines=ASKS)


def code_of(model: OllamaChatModel, *, waits: bool = True) -> str:
    with pytest.raises(ModelUnavailable) as failed:
        list(model.generate(replace(asking("Hi"), waits_for_load=waits)))
    return failed.value.code


def test_a_cold_model_is_loaded_with_its_window_before_it_is_asked(
    server: OllamaServer, model: OllamaChatModel
) -> None:
    assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"
    assert server.loads == [{"model": "tiny", "messages": [], "options": {"num_ctx": 2048}}]
    assert server.loaded == {"tiny": 2048}


def test_a_model_in_memory_is_not_loaded_again(server: OllamaServer, model: OllamaChatModel) -> None:
    server.loaded["tiny"] = 2048
    list(model.generate(asking("Hi")))
    assert server.loads == []


def test_one_with_another_window_is(server: OllamaServer, model: OllamaChatModel) -> None:
    server.loaded["tiny"] = 1024
    list(model.generate(asking("Hi")))
    assert len(server.loads) == 1


def test_two_requests_share_one_load(server: OllamaServer, model: OllamaChatModel) -> None:
    server.may_load.clear()
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(lambda: text_of(list(model.generate(asking("Hi"))))) for _ in range(4)]
        assert becomes_false(lambda: not server.loads, within=GENEROUS)
        server.may_load.set()
        assert [answer.result(GENEROUS) for answer in answers] == ["You said: Hi"] * 4
    assert len(server.loads) == 1


def test_whoever_gives_up_leaves_the_load_running(server: OllamaServer, model: OllamaChatModel) -> None:
    server.may_load.clear()
    impatient = OllamaChatModel(server.url, "tiny", context_tokens=2048, deadlines=Deadlines(load=0.2))
    assert code_of(impatient) == "timeout"
    server.may_load.set()
    assert becomes_false(lambda: "tiny" not in server.loaded, within=GENEROUS)
    assert server.aborted_loads == 0
    assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"
    assert len(server.loads) == 1


def test_a_load_has_its_own_deadline(server: OllamaServer) -> None:
    model = OllamaChatModel(server.url, "tiny", deadlines=Deadlines(load=0.2, total=GENEROUS))
    server.may_load.clear()
    with pytest.raises(ModelUnavailable, match="still being loaded"):
        list(model.generate(asking("Hi")))
    server.may_load.set()


def test_whoever_waits_is_told_before_and_after(server: OllamaServer, model: OllamaChatModel) -> None:
    server.may_load.clear()
    answer = model.generate(asking("Hi"))
    assert next(answer).loading is True
    server.may_load.set()
    assert next(answer).loading is False
    assert text_of(list(answer)) == "You said: Hi"


def test_whoever_does_not_wait_is_told_so_and_the_load_goes_on(server: OllamaServer, model: OllamaChatModel) -> None:
    server.may_load.clear()
    assert code_of(model, waits=False) == code_of(model, waits=False) == "loading"
    server.may_load.set()
    assert becomes_false(lambda: "tiny" not in server.loaded, within=GENEROUS)
    assert text_of(list(model.generate(replace(asking("Hi"), waits_for_load=False)))) == "You said: Hi"
    assert (len(server.loads), server.aborted_loads) == (1, 0)


def test_a_model_with_a_smaller_window_of_its_own_is_not_taken_for_a_cold_one(server: OllamaServer) -> None:
    wide = OllamaChatModel(server.url, "tiny", context_tokens=100_000)
    server.loaded["tiny"] = 4096
    assert text_of(list(wide.generate(replace(asking("Hi"), waits_for_load=False)))) == "You said: Hi"


def test_a_load_that_failed_is_not_begun_again_at_once_for_those_who_do_not_wait(
    server: OllamaServer, model: OllamaChatModel
) -> None:
    server.aside_faults.append(lambda wire: wire.whole(200, b'{"models": []}'))
    server.aside_faults.append(lambda wire: wire.error(500, "out of memory"))
    assert code_of(model, waits=False) == code_of(model, waits=False) == "model_failed"
    assert len(server.loads) == 1


def test_it_is_asked_once_and_again_after_a_failure(server: OllamaServer, model: OllamaChatModel) -> None:
    list(model.generate(asking("Hi")))
    server.loaded.clear()
    server.may_load.clear()  # Believed to be loaded: whoever asks now waits for the answer itself.
    server.expect(lambda wire: wire.error(500, "the runner ended"))
    assert code_of(model) == "model_failed"
    server.may_load.set()
    list(model.generate(asking("Hi")))
    assert len(server.loads) == 2


def test_a_request_that_is_refused_is_no_doubt_about_the_model(server: OllamaServer, model: OllamaChatModel) -> None:
    list(model.generate(asking("Hi")))
    server.loaded.clear()
    assert code_of_long(model) == "context_exceeded"
    list(model.generate(asking("Hi")))
    assert len(server.loads) == 1


def code_of_long(model: OllamaChatModel) -> str:
    with pytest.raises(ModelUnavailable) as failed:
        list(model.generate(asking("word " * 5000)))
    return failed.value.code


def test_a_model_that_is_not_there_is_named_by_its_load(server: OllamaServer) -> None:
    with pytest.raises(ModelUnavailable, match="ollama pull mistral:7b") as missing:
        list(OllamaChatModel(server.url, "mistral:7b").generate(asking("Hi")))
    assert missing.value.code == "model_missing"
    assert server.requests == []


def test_a_load_that_fails_is_tried_by_the_next_request(server: OllamaServer, model: OllamaChatModel) -> None:
    server.aside_faults.append(lambda wire: wire.whole(200, b'{"models": []}'))
    server.aside_faults.append(lambda wire: wire.error(500, "A private matter: out of memory"))
    assert code_of(model) == "model_failed"
    assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>", "malformed_answer"),
        (404, b"404 page not found", "malformed_answer"),
        (500, b"", "model_failed"),
    ],
)
def test_a_server_that_does_not_say_what_is_loaded(
    server: OllamaServer, model: OllamaChatModel, status: int, body: bytes, code: str
) -> None:
    server.aside_faults.append(lambda wire: wire.whole(status, body))
    assert code_of(model) == code


def test_a_server_that_hangs_when_asked_what_is_loaded(server: OllamaServer) -> None:
    server.aside_faults.append(lambda wire: wire.wait())
    assert code_of(OllamaChatModel(server.url, "tiny", deadlines=Deadlines(total=0.2))) == "timeout"


def test_a_model_can_be_loaded_before_it_is_asked(server: OllamaServer, model: OllamaChatModel) -> None:
    loadable: LoadableModel = OllamaChatModel(server.url, "big:70b", context_tokens=2048)
    assert not loadable.loaded(GENEROUS)
    loadable.load(GENEROUS)
    assert loadable.loaded(GENEROUS)
    assert not model.loaded(GENEROUS)
    assert server.requests == []
