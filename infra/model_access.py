"""What a stage's chat models need: the variables that name them and the permissions to ask them. No CDK here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from coaching.errors import Invalid, NotFound
from coaching.models.catalogue import Provider, card_or_own, with_custom

_WITH_KEYS: Final = frozenset({"openai", "anthropic", "huggingface"})
_GEOGRAPHIES: Final = frozenset({"us", "eu", "apac", "jp", "au", "ca", "sa", "us-gov", "global"})
"""What the ids of inference profiles begin with.

Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
"""


class NoSuchModel(Exception):
    """The message says what the stage has to name."""


@dataclass(frozen=True, slots=True)
class ChatModels:
    """What a stage says of its models: `names` in order, as in `coaching.models.catalogue`.

    `cards` are of models that the catalogue lacks, as data with the fields of a `ModelCard`.
    """

    names: tuple[str, ...] = ()
    ollama_url: str = ""
    keys_secret: str = ""
    cards: tuple[Mapping[str, Any], ...] = ()


def variables(models: ChatModels) -> dict[str, str]:
    """Return the variables of a function that asks models. Raises: NoSuchModel where the stage leaves one unsaid."""
    providers = {_provider(name) for name in models.names}
    if "llama_cpp" in providers:
        raise NoSuchModel("A model in process needs a file, which no function has: name models of other providers.")
    if "ollama" in providers and not models.ollama_url:
        raise NoSuchModel("Models on Ollama are to word replies: name ollama_url in the stage.")
    if (keyed := providers & _WITH_KEYS) and not models.keys_secret:
        raise NoSuchModel(f"{', '.join(sorted(keyed))} asks for a key: name model_keys_secret in the stage.")
    try:
        known = with_custom(models.cards)
        for name in models.names:
            card_or_own(name, known)
    except (NotFound, Invalid) as error:
        raise NoSuchModel(f"{error.message} Give one that is not there a card in the stage's model_cards.") from error
    found = naming(models)
    if "ollama" in providers:
        found["OLLAMA_URL"] = models.ollama_url
    if keyed:
        found["MODEL_KEYS_SECRET"] = models.keys_secret
    return found


def naming(models: ChatModels) -> dict[str, str]:
    """Return the variables of a function that only has to know which models there are."""
    found = {"CHAT_MODELS": ",".join(models.names)}
    if models.cards:
        found["MODEL_CARDS"] = json.dumps([dict(card) for card in models.cards])
    return found


def verification_variables(models: ChatModels, *, outside_ollama_url: str) -> dict[str, str]:
    """Return the variables of a function that asks whether the models are there.

    The stage's own machines are not reached from it; they say themselves when their models are loaded.
    """
    found = variables(models)
    return found | ({"OLLAMA_URL": outside_ollama_url} if "OLLAMA_URL" in found else {})


def asks_bedrock(models: ChatModels) -> bool:
    """Whether one of the models is on Bedrock."""
    return any(_provider(name) == "bedrock" for name in models.names)


def bedrock_resources(names: Sequence[str], *, partition: str, account: str) -> Iterator[str]:
    """Yield the ARNs that a function must be permitted to invoke.

    An inference profile asks a model in a region of its choice, and needs the permission for both.

    Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    for name in names:
        if _provider(name) == "bedrock":
            model = name.partition(":")[2]
            geography, _, plain = model.partition(".")
            if geography in _GEOGRAPHIES:
                yield f"arn:{partition}:bedrock:*:{account}:inference-profile/{model}"
            yield f"arn:{partition}:bedrock:*::foundation-model/{plain if geography in _GEOGRAPHIES else model}"


def _provider(name: str) -> str:
    provider, _, model = name.partition(":")
    if provider not in get_args(Provider) or not model:
        raise NoSuchModel(f"{name!r} is no model's name: it is provider and model, as in ollama:llama3:8b.")
    return provider
