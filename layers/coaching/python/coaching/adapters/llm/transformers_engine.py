"""What is used of the packages `transformers` and `torch`: a model and its tokenizer, and one generation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from coaching.adapters.llm.stop_words import StopWords
from coaching.models.failures import unavailable
from coaching.models.ports import Fragment, Prompt
from coaching.vocabulary import Usage

Push = Callable[[Fragment], bool]
_NO_LIMIT = 1 << 20
_HALF_A_CHARACTER = "\ufffd"


@dataclass(frozen=True, slots=True)
class Engine:
    """A loaded model. Its types are the package's own, which is not there when types are checked."""

    name: str
    tokenizer: Any
    model: Any

    def answer(self, prompt: Prompt, push: Push) -> None:
        """Push the answer as it is generated, with a fragment without text for every token, until `push` says stop.

        Raises: ModelUnavailable.
        """
        inputs = self._inputs(prompt)
        read = int(inputs["input_ids"].shape[1])
        stop = StopWords(prompt.stop)
        try:
            output = self.model.generate(
                **inputs,
                **_sampling(prompt.temperature),
                max_new_tokens=prompt.max_tokens,
                pad_token_id=self.tokenizer.eos_token_id,
                streamer=self._streamer(stop, push),
                stopping_criteria=[_listening(stop, push)],
            )
        except RuntimeError:  # out of memory, among others
            raise unavailable("model_failed", f"{self.name} broke off: choose a smaller model.") from None
        if rest := stop.rest():
            push(Fragment(rest))
        written = int(output.shape[1]) - read
        ended = stop.reached or int(output[0, -1]) in self._ends()
        push(Fragment("", Usage(read, written), "stop" if ended or written < prompt.max_tokens else "length"))

    def _inputs(self, prompt: Prompt) -> Any:  # noqa: ANN401
        messages = [{"role": message.role, "content": message.text} for message in prompt.messages]
        inputs = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        window = getattr(self.model.config, "max_position_embeddings", None) or _NO_LIMIT
        if inputs["input_ids"].shape[1] >= window:
            raise unavailable(
                "context_exceeded", f"The prompt is longer than the {window} tokens of {self.name}: shorten it."
            )
        return inputs.to(self.model.device)

    def _ends(self) -> frozenset[int]:
        ends = self.model.generation_config.eos_token_id
        return frozenset([ends] if isinstance(ends, int) else ends or ())

    def _streamer(self, stop: StopWords, push: Push) -> Any:  # noqa: ANN401
        # Its own TextStreamer keeps a word back until the next one begins.
        from transformers.generation.streamers import BaseStreamer

        def show(text: str) -> None:
            if shown := stop.let_through(text):
                push(Fragment(shown))

        class Showing(BaseStreamer):  # type: ignore[misc]
            def __init__(self, pieces: Pieces) -> None:
                self._pieces = pieces
                self._read_prompt = False

            def put(self, value: Any) -> None:  # noqa: ANN401
                if self._read_prompt:
                    show("".join(self._pieces.add(token) for token in value.reshape(-1).tolist()))
                self._read_prompt = True

            def end(self) -> None:
                show(self._pieces.rest())

        return Showing(Pieces(partial(self.tokenizer.decode, skip_special_tokens=True)))


class Pieces:
    """Makes pieces of text of tokens as they come. A character of which a part is still to come is kept back."""

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        self._decode = decode
        self._known: list[int] = []
        self._new: list[int] = []

    def add(self, token: int) -> str:
        self._new.append(token)
        text = self.rest()
        if not text or text.endswith(_HALF_A_CHARACTER):
            return ""
        self._known, self._new = self._new, []
        return text

    def rest(self) -> str:
        """Return what was kept back, as no more comes."""
        # What a token says may depend on the one before it, such as whether a space goes before it.
        return self._decode(self._known + self._new)[len(self._decode(self._known)) :]


def load_engine(name: str, model: str) -> Engine:
    """Load `model`, a folder or a name whose files were downloaded before. Raises: ModelUnavailable."""
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar
    except ImportError:
        raise _no_package() from None
    disable_progress_bar()
    try:
        # Never from the network, which nobody could wait for.
        tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
        weights = AutoModelForCausalLM.from_pretrained(model, local_files_only=True, dtype="auto")
    except ImportError:  # transformers without torch
        raise _no_package() from None
    except OSError:
        raise unavailable("model_missing", f"{model} is not on this machine: run `hf download {model}`.") from None
    except (ValueError, RuntimeError, KeyError):
        raise unavailable("model_failed", f"{model} cannot be loaded: choose a model that generates text.") from None
    if not tokenizer.chat_template:
        raise unavailable("model_failed", f"{model} has no chat template: name a model that can chat.")
    return Engine(name, tokenizer, weights.eval())


def _no_package() -> Exception:
    return unavailable(
        "package_missing", "This model needs Hugging Face's package: run `pip install transformers torch`."
    )


def _sampling(temperature: float) -> dict[str, object]:
    return {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}


def _listening(stop: StopWords, push: Push) -> Any:  # noqa: ANN401
    import torch
    from transformers import StoppingCriteria

    class Listening(StoppingCriteria):  # type: ignore[misc]
        """Asks after every token whether there is still somebody who listens."""

        def __call__(self, input_ids: Any, scores: Any, **_: object) -> Any:  # noqa: ANN401
            over = push(Fragment("")) or stop.reached
            return torch.full((input_ids.shape[0],), over, dtype=torch.bool, device=input_ids.device)

    return Listening()
