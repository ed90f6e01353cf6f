"""Starts llama.cpp inside this process, silent and closed to the network."""

import mmap
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from coaching.models.failures import unavailable

_TOKENS_PER_STEP = 128  # a prompt is read in steps, and a cancelled one ends with its step
_KIB_PER_TOKEN = 512
"""For prompts that were read, per token of the window; llama.cpp's own default is 8 GiB. A model of 8 B with grouped
heads (Llama 3) takes 128 KiB a token and one of 7 B without (Llama 2) takes 512: users who take turns find theirs.

Pieces of a prompt that moved are read anew (`n_cache_reuse` is 0): they would carry what stood before them, which may
have been another user's.
"""
_HEADER_BYTES = 64 << 20


class Engine(Protocol):
    """What is used of `xllamacpp.Server`."""

    def handle_chat_completions(self, request: dict[str, Any], push: Callable[[dict[str, Any]], bool], /) -> object:
        """Call `push` with each chunk of an OpenAI-style stream, an error included, until it returns True."""


def start_engine(path: Path, context_tokens: int, threads: int) -> Engine:
    """Load the GGUF file at `path`. Raises: ModelUnavailable when the file or the package cannot be used."""
    _check(path)
    try:
        import xllamacpp
    except ImportError as error:
        raise unavailable("package_missing", "A GGUF model needs llama.cpp: run `pip install xllamacpp`.") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = _TOKENS_PER_STEP
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = context_tokens * _KIB_PER_TOKEN // 1024
    params.verbosity = -1  # its log may hold prompts
    params.offline = True
    _close_to_the_network(params)
    try:
        engine: Engine = xllamacpp.Server(params)
    except RuntimeError as error:
        raise unavailable(
            "model_failed", f"{path} cannot be loaded: download it again, or update the package xllamacpp."
        ) from error
    return engine


def _close_to_the_network(params: Any) -> None:  # noqa: ANN401 - the package has no types
    # It cannot be kept from listening; with a key that nobody knows it answers nobody.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_urlsafe(32)]
    params.n_threads_http = 1
    params.ui = params.endpoint_slots = False


def _check(path: Path) -> None:
    if not path.is_file():
        raise unavailable("model_missing", f"There is no GGUF file at {path}: correct the setting that names it.")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise unavailable("model_failed", f"{path} is not a GGUF file: download the model again.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            # llama.cpp ends the whole process when it is given an embedding model.
            if content.find(b"tokenizer.chat_template", 0, _HEADER_BYTES) < 0:
                raise unavailable("model_failed", f"{path} has no chat template: name a model that can chat.")
