"""What is expensive to load is loaded when first needed, once for all threads."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """`get` returns what `load` returned the first time; while it loads, other threads wait. A failure is not kept."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._loading = Lock()
        self._loaded: list[T] = []

    def get(self) -> T:
        with self._loading:
            if not self._loaded:
                self._loaded.append(self._load())
            return self._loaded[0]
