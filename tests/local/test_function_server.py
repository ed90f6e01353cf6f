"""Functions are the same from another process: results, errors, time limits."""

import time

import pytest

from infra.plan import Capability
from local.function_server import RemoteFunctions, served_functions
from local.functions import TIMED_OUT, Outcome
from tests.support.handlers import HandlerBoard, system_of

SYSTEM = system_of(Capability("quick", 128, 5), Capability("slow", 128, 1))


@pytest.fixture
def board() -> HandlerBoard:
    return HandlerBoard()


def test_a_result_comes_back(board: HandlerBoard) -> None:
    board.handlers["quick"] = lambda event, _: {"text": event["text"] + "ü"}
    with served_functions(board.functions(SYSTEM)) as url:
        assert RemoteFunctions(url).invoke("quick", {"text": "ö"}) == Outcome({"text": "öü"})


def test_an_error_comes_back_with_its_class(board: HandlerBoard) -> None:
    board.handlers["quick"] = lambda *_: 1 / 0
    with served_functions(board.functions(SYSTEM)) as url:
        assert RemoteFunctions(url).invoke("quick", {}).error == "ZeroDivisionError"


def test_a_function_over_its_time_comes_back_as_timed_out(board: HandlerBoard) -> None:
    board.handlers["slow"] = lambda *_: time.sleep(3)
    with served_functions(board.functions(SYSTEM)) as url:
        assert RemoteFunctions(url).invoke("slow", {}).error == TIMED_OUT


def test_a_server_that_is_gone_is_an_error(board: HandlerBoard) -> None:
    with served_functions(board.functions(SYSTEM)) as url:
        pass
    with pytest.raises(OSError, match="refused"):
        RemoteFunctions(url).invoke("quick", {})
