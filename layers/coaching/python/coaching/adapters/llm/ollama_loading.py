"""Brings a cold model into an Ollama's memory without tying the load to whoever waits for it."""

import math
import threading
import time
from concurrent.futures import Future
from typing import Final

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.ollama_api import OllamaApi
from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable

LONGEST_LOAD_SECONDS: Final = 1_800.0
"""After these a load is given up, whoever waits: a hundred gigabytes from a slow disk."""
_BELIEVED_SECONDS: Final = 60.0  # Ollama itself keeps a model for five minutes after its last answer.
_ASK_SECONDS: Final = 5.0
_SOON_SECONDS: Final = 0.5
"""A load that is no work takes less: of a model that is there, with a window of its own that is less than ours."""
_FAILED_SECONDS: Final = 30.0
"""So long nobody who could ask another model begins a load that has just failed."""


class OllamaLoading:
    """One model of one Ollama, with the window of `context_tokens`: whether it is loaded, and loading it.

    Ollama aborts a load when the client that caused it hangs up. So a load is asked for by a thread of its own, whose
    connection stays until the model is there, and all who want the model meanwhile wait for that one load. Whether it
    is loaded is asked at most once in a minute, as long as nothing fails.
    """

    def __init__(self, api: OllamaApi, model: str, context_tokens: int, connect: float) -> None:
        self._api = api
        self._model = model
        self._context_tokens = context_tokens
        self._connect = connect
        self._lock = threading.Lock()
        self._load: Future[None] | None = None
        self._believed_until = 0.0
        self._failed_until = 0.0

    def ready(self, countdown: Countdown) -> bool:
        """Return whether the model is loaded, at once where that is known. Raises: ModelUnavailable, Cancelled."""
        if time.monotonic() < self._believed_until:
            return True
        if self._under_way():
            return False
        countdown.expect("its list of loaded models", _ASK_SECONDS)
        if self.loaded(countdown):
            self.believe()
            return True
        return False

    def begin(self, countdown: Countdown, *, patient: bool) -> bool:
        """Have the model loaded, and return whether it soon is.

        Raises: ModelUnavailable where the load fails soon, and to the impatient for a while after it failed; Cancelled.
        """
        if not patient and self._load is not None and self._load.done() and time.monotonic() < self._failed_until:
            self._load.result()
        return self._came(self._shared(), countdown, _SOON_SECONDS)

    def finish(self, countdown: Countdown) -> None:
        """Return once the model is loaded. The load goes on when nobody waits any more.

        Raises: ModelUnavailable, Cancelled.
        """
        if not self._came(self._shared(), countdown, math.inf):
            raise unavailable(
                "timeout", f"{self._model} is still being loaded by {self._api.who}: try again in a moment."
            )

    def loaded(self, countdown: Countdown) -> bool:
        """Return whether the model is in memory with this window. Raises: ModelUnavailable."""
        running = self._api.running(countdown, self._connect)
        names = {self._model, f"{self._model}:latest"} & running.keys()
        # A model whose own window is less has that, and loading it again is no work.
        return any(running[name] in (None, self._context_tokens) for name in names)

    def believe(self) -> None:
        """Take the model for loaded for a while: it has just answered."""
        self._believed_until = time.monotonic() + _BELIEVED_SECONDS

    def doubt(self) -> None:
        """Ask again before the next answer."""
        self._believed_until = 0.0

    def _under_way(self) -> bool:
        return self._load is not None and not self._load.done()

    def _shared(self) -> "Future[None]":
        with self._lock:
            if self._load is None or self._load.done():
                self._load = Future()
                threading.Thread(target=self._run, args=(self._load,), name=f"load {self._model}", daemon=True).start()
            return self._load

    def _came(self, load: "Future[None]", countdown: Countdown, most: float) -> bool:
        ended = threading.Event()
        load.add_done_callback(lambda _: ended.set())
        with countdown.waiting(ended.set) as seconds:
            if not ended.wait(min(most, seconds)):
                return False
        load.result()
        self.believe()
        return True

    def _run(self, load: "Future[None]") -> None:
        request = {"model": self._model, "messages": [], "options": {"num_ctx": self._context_tokens}}
        countdown = Countdown(self._api.who, LONGEST_LOAD_SECONDS)
        try:
            with self._api.post_chat(
                request, countdown, connect=self._connect, first_token=LONGEST_LOAD_SECONDS
            ) as exchange:
                exchange.body()
        except ModelUnavailable as error:
            self._failed_until = time.monotonic() + _FAILED_SECONDS
            load.set_exception(error)
        except BaseException:
            load.set_exception(unavailable("model_failed", f"{self._model} could not be loaded."))
            raise
        else:
            load.set_result(None)
