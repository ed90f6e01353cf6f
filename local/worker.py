"""A thread that works until it is asked to end."""

import threading
from abc import ABC, abstractmethod


class Worker(ABC):
    """Runs `work` in a thread of its own. `work` looks at `stopping` now and then, and returns once it is set."""

    def __init__(self, name: str) -> None:
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self.work, name=name, daemon=True)

    @abstractmethod
    def work(self) -> None: ...

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; `join` waits for that."""
        self.stopping.set()

    def join(self, timeout_seconds: float) -> None:
        """Wait until it has ended; one that was not started has."""
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
