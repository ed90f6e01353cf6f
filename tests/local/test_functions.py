"""Functions run here as Lambda runs them."""

import time
from types import ModuleType

import pytest

from infra.plan import Capability
from local.functions import TIMED_OUT, FunctionContext, Functions, Json, current_capability
from tests.support.handlers import HandlerBoard, system_of

SYSTEM = system_of(Capability("quick", 512, 5), Capability("slow", 128, 1))


@pytest.fixture
def board() -> HandlerBoard:
    return HandlerBoard()


@pytest.fixture
def functions(board: HandlerBoard) -> Functions:
    return board.functions(SYSTEM)


def test_a_function_gets_a_context_with_its_name_its_memory_and_its_remaining_time(
    board: HandlerBoard, functions: Functions
) -> None:
    def tell(_event: object, context: FunctionContext) -> Json:
        assert context.invoked_function_arn.endswith(":function:quick")
        return [context.function_name, context.memory_limit_in_mb, context.get_remaining_time_in_millis() // 1000]

    board.handlers["quick"] = tell
    assert functions.invoke("quick", {}).payload == ["quick", 512, 4]


def test_a_result_is_what_survives_json(board: HandlerBoard, functions: Functions) -> None:
    board.handlers["quick"] = lambda *_: {"pair": (1, 2), 3: "three"}
    assert functions.invoke("quick", {}).payload == {"pair": [1, 2], "3": "three"}


def test_a_result_that_is_not_json_is_an_error(board: HandlerBoard, functions: Functions) -> None:
    board.handlers["quick"] = lambda *_: {1, 2}
    assert functions.invoke("quick", {}).error == "TypeError"


def test_an_error_carries_its_class_and_its_message(board: HandlerBoard, functions: Functions) -> None:
    def fail(_event: object, _context: object) -> None:
        raise LookupError("nothing there")

    board.handlers["quick"] = fail
    outcome = functions.invoke("quick", {})
    assert outcome.error == outcome.payload["errorType"] == "LookupError"
    assert outcome.payload["errorMessage"] == "nothing there"


def test_a_module_that_cannot_be_imported_is_an_error_of_the_function() -> None:
    def load(_name: str) -> ModuleType:
        raise ImportError("no such layer")

    assert Functions(SYSTEM, load).invoke("quick", {}).error == "ImportError"


def test_a_function_over_its_time_is_given_up(board: HandlerBoard, functions: Functions) -> None:
    board.handlers["slow"] = lambda *_: time.sleep(3)
    began = time.monotonic()
    assert functions.invoke("slow", {}).error == TIMED_OUT
    assert time.monotonic() - began < 2


def test_code_knows_which_capability_it_runs_for(board: HandlerBoard, functions: Functions) -> None:
    board.handlers["quick"] = lambda *_: current_capability.get()
    assert functions.invoke("quick", {}).payload == "quick"
    assert current_capability.get() is None
