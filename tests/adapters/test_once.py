"""What is expensive is loaded once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from coaching.adapters.once import Once


def test_many_threads_share_one_loading() -> None:
    begun = threading.Barrier(8)
    loaded: list[object] = []

    def load() -> object:
        loaded.append(object())
        return loaded[-1]

    once = Once(load)

    def get(_: int) -> object:
        begun.wait(30)
        return once.get()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(get, range(8)))
    assert found == loaded * 8


def test_a_failure_is_not_kept() -> None:
    answers = iter([OSError("the disk is away"), None])

    def load() -> str:
        if error := next(answers):
            raise error
        return "loaded"

    once = Once(load)
    with pytest.raises(OSError, match="away"):
        once.get()
    assert once.get() == "loaded"
