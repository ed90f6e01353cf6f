"""Chooses what answers here: the models that are named, a GGUF file, an Ollama that answers, else the composer."""

import os
from collections.abc import Callable, Iterator, Mapping
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

    CHAT_MODELS names models as `coaching.settings` says; what they need, such as OPENAI_API_KEY, is read there.
    EMBEDDER may name `onnx`, `ollama` or `openai`; what these need is read there too, as are RERANKER and
    SEARCH_LANGUAGE.

    Raises: ValueError if a GGUF file is named that is not there, or a model that only AWS has.
    """
    environment = os.environ if environment is None else environment
    chosen = Choice(Models(), "No model is asked: replies are composed of the creator's own sentences.")
    if chat != "composer":
        chosen = _named(environment) or _named_gguf(environment) or _answering_ollama(environment) or chosen
    match embedder or environment.get("EMBEDDER", ""):
        case "bedrock":
            raise ValueError("EMBEDDER names bedrock, and a local run has no Bedrock: leave it out here.")
        case "hash" | "onnx" | "openai" as other:
            return Choice(replace(chosen.models, embedder=other), chosen.reason)
        case "ollama":
            models = replace(chosen.models, embedder="ollama", ollama_url=ollama_url(environment))
            return Choice(models, chosen.reason)
    return chosen


def _named(environment: Mapping[str, str]) -> Choice | None:
    named = tuple(filter(None, map(str.strip, environment.get("CHAT_MODELS", "").split(","))))
    if not named:
        return None
    if on_aws := [name for name in named if name.startswith("bedrock:")]:
        raise ValueError(f"CHAT_MODELS names {on_aws[0]}, and a local run has no Bedrock: leave it out here.")
    models = Models(named, ollama_url(environment), environment.get("GGUF_PATH", ""))
    return Choice(models, f"Replies are worded by {', else '.join(named)}.")


def _named_gguf(environment: Mapping[str, str]) -> Choice | None:
    named = environment.get("GGUF_PATH", "")
    if not named:
        return None
    path = Path(named).expanduser().resolve()
    if not path.is_file():
        raise ValueError(f"GGUF_PATH names {named}, and there is no such file.")
    models = Models((f"llama_cpp:{path.stem}",), gguf_path=str(path))
    return Choice(models, f"Replies are worded by {path.name}.")


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
        Models((f"ollama:{fitting[0]}",), url),
        f"Replies are worded by {fitting[0]} on the Ollama at {url}.",
    )


def missing_models(models: Models) -> Iterator[str]:
    """Yield, for each named model that its server does not have, which it is and what brings it.

    All servers are asked at once, for a few seconds at most.

    Raises: NotFound, Invalid for a name that nobody knows.
    """
    from coaching.adapters.llm.ollama import InstalledModels
    from coaching.models.catalogue import card_or_own, with_custom
    from coaching.models.verification import not_there
    from coaching.settings import settings
    from coaching.wiring.verifying import hosted_lists

    known = with_custom(settings().model_cards)
    cards = [card_or_own(name, known) for name in models.chat_models]
    lists = {**hosted_lists(), "ollama": InstalledModels(models.ollama_url, OLLAMA_SECONDS)}
    for missing in not_there(cards, lists):
        yield missing.sentence


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
