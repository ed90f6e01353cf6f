"""Chooses what answers on this machine: an Ollama that answers, a GGUF file that is named, else the composer."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from local.environment import MINILM_FOLDER, Models

OLLAMA_SECONDS = 0.5
_OLLAMA_DEFAULT = "http://127.0.0.1:11434"


@dataclass(frozen=True, slots=True)
class Choice:
    """The models, and a sentence that says why these."""

    models: Models
    reason: str


def choose_models(embedder: str = "", chat: str = "", *, environment: Mapping[str, str] | None = None) -> Choice:
    """Choose by what is there. `embedder` and `chat` decide instead where they are given (`hash`, `composer`).

    EMBEDDER may name `onnx` or `ollama`; what these need, and RERANKER and SEARCH_LANGUAGE, `coaching.settings` reads.

    Raises: ValueError if a GGUF file is named that is not there.
    """
    environment = os.environ if environment is None else environment
    chosen = Choice(Models(), "No model is asked: replies are composed of the creator's own sentences.")
    if chat != "composer":
        chosen = _named_gguf(environment) or _answering_ollama(environment) or chosen
    match embedder or environment.get("EMBEDDER", ""):
        case "hash" | "onnx" as other:
            return Choice(replace(chosen.models, embedder=other), chosen.reason)
        case "ollama":
            models = replace(chosen.models, embedder="ollama", ollama_url=ollama_url(environment))
            return Choice(models, chosen.reason)
    return chosen


def _named_gguf(environment: Mapping[str, str]) -> Choice | None:
    named = environment.get("GGUF_PATH", "")
    if not named:
        return None
    path = Path(named).expanduser().resolve()
    if not path.is_file():
        raise ValueError(f"GGUF_PATH names {named}, and there is no such file.")
    return Choice(Models(chat_provider="llama_cpp", gguf_path=str(path)), f"Replies are worded by {path.name}.")


def _answering_ollama(environment: Mapping[str, str]) -> Choice | None:
    from coaching.adapters.llm.ollama import answers
    from coaching.errors import ModelUnavailable

    url = ollama_url(environment)
    try:
        available = answers(url, OLLAMA_SECONDS)
    except ModelUnavailable:
        return None
    wanted = environment.get("OLLAMA_MODEL", "")
    fitting = [name for name in available if wanted in ("", name) or name == f"{wanted}:latest"]
    if not fitting:
        return None
    return Choice(
        Models(chat_provider="ollama", ollama_url=url, ollama_model=fitting[0]),
        f"Replies are worded by {fitting[0]} on the Ollama at {url}.",
    )


def ollama_url(environment: Mapping[str, str]) -> str:
    """Return the address that OLLAMA_URL or OLLAMA_HOST (host, host:port or address) names, else the usual one."""
    named = environment.get("OLLAMA_URL") or environment.get("OLLAMA_HOST") or _OLLAMA_DEFAULT
    if "://" in named:
        return named.rstrip("/")
    host, _, port = named.partition(":")
    # Servers listen on 0.0.0.0; clients cannot ask it.
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port or '11434'}"  # noqa: S104


def provide_minilm(say: Callable[[str], None]) -> None:
    """Build the embedding model where it is not there yet. Raises: EmbedderUnavailable."""
    from training.minilm_onnx import build

    if not (MINILM_FOLDER / "card.json").exists():
        say("Building the embedding model (once, some 20 seconds) ...")
    build(MINILM_FOLDER)
