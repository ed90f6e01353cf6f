"""A chat model of Hugging Face's kind, run by torch inside this process (packages `transformers` and `torch`).

The optional extra `requirements/huggingface.txt` brings them; a function on AWS has no room for them.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from coaching.adapters.llm.callback_stream import CallbackStream, Push
from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.transformers_engine import Engine, load_engine
from coaching.adapters.once import Once
from coaching.models.failures import unavailable
from coaching.models.ports import Fragment, Prompt


class TransformersChatModel:
    """Streams answers from `model`: a folder, or a name on the Hub whose files were downloaded before.

    One generation at a time; others wait for their turn. The model is loaded for the first answer, or by `load`
    before it. A prompt with a schema is refused: nothing here would hold the answer to it.
    """

    def __init__(self, model: str, deadlines: Deadlines | None = None) -> None:
        self._model = model
        self._deadlines = deadlines or Deadlines()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"transformers {model}")
        self._engine = Once(partial(load_engine, self.name, model))
        self._is_loaded = False

    @property
    def name(self) -> str:
        return f"huggingface:{self._model}"

    def load(self, seconds: float) -> None:
        """Return once the model is loaded. Whoever gives up waiting does not end that.

        Raises: ModelUnavailable when the package or the model cannot be used, or not within `seconds`.
        """
        countdown = Countdown(self.name, seconds)
        try:
            self._executor.submit(self._loaded_engine).result(countdown.remaining())
        except TimeoutError:
            raise countdown.expired() from None

    def loaded(self, seconds: float) -> bool:
        """Return whether the model is loaded, at once."""
        return self._is_loaded

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator stops the generation at its next token."""
        if prompt.schema is not None:
            raise unavailable("request_refused", f"{self.name} cannot hold an answer to a schema: choose another.")
        waits = self._deadlines
        first = waits.first_within(prompt.first_words) if self._is_loaded else waits.load + waits.first_token
        total = waits.total if self._is_loaded else waits.load + waits.total
        seconds = total if prompt.seconds is None else min(total, prompt.seconds)
        countdown = Countdown(self.name, seconds, prompt.cancellation)
        countdown.expect("the first token", first)
        stream = CallbackStream[Fragment](countdown)
        stream.start(self._executor, partial(self._run, prompt))
        try:
            for fragment in stream.items():
                if fragment.text or fragment.finish:
                    yield fragment
                    # Begins here, so that it measures the model and not whoever reads its words.
                    countdown.expect("the next token", waits.between_tokens)
        finally:
            stream.cancel()

    def _run(self, prompt: Prompt, push: Push[Fragment]) -> None:
        self._loaded_engine().answer(prompt, push)

    def _loaded_engine(self) -> Engine:
        engine = self._engine.get()
        self._is_loaded = True
        return engine
