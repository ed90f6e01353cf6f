"""Where stages differ, and the only place where they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from coaching.vocabulary import Language
from infra.embedding_access import Embedding
from infra.model_access import ChatModels
from infra.plan import PassageStore

OLLAMA: Final = "ollama"
"""The model service, in service discovery and as the provider in a model's name."""
OLLAMA_PORT: Final = 11434


@dataclass(frozen=True, slots=True)
class SearchSize:
    """The OpenSearch domain. `nodes` are spread over as many availability zones, at most three."""

    instance_type: str
    nodes: int
    volume_gib: int


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From when to when models are served each day, in full hours UTC. Outside of them no machine runs."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class GpuSize:
    """Machines with a GPU that serve the stage's models on Ollama: `nodes` at least, `most_nodes` under load.

    At most eight: an answer of service discovery names no more. Each answers `at_once` requests side by side.
    `copied_from` (`bucket/prefix`) is where the models are copied from; without it Ollama's registry is asked, which
    takes a way out by `nat`. With `endpoints` only AWS can be reached from the network, which is cheaper where machines
    sleep.
    """

    instance_type: str = "g5.xlarge"
    nodes: int = 1
    most_nodes: int = 3
    at_once: int = 4
    outside: Literal["nat", "endpoints"] = "nat"
    copied_from: str = ""
    open_hours: OpenHours | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment of the system. Its stacks are named `creator-coach-<name>-...`.

    `chat_models` word replies, in this order, named as in `coaching.models.catalogue`; without any, no model is asked.
    Those on Ollama are at `ollama_url`, or on machines of the stage's own, with `models`. The keys of OpenAI, Anthropic
    and Hugging Face are in `model_keys_secret`, a secret of Secrets Manager that is made by hand: JSON by provider.
    `model_cards` describe models that the catalogue lacks.
    `embedding` says who turns texts into vectors; another one needs another index (`infra/reindex.py`).
    With `transcribe` recordings are transcribed by Amazon Transcribe, by the minute; with `none` they are refused.
    `search` is the domain in which passages are found. Without one they lie in S3, which costs nothing while nobody
    asks and is meant for small creators.
    `search_language` is that of the documents: whose words are cut to their stems, and which are too common to tell.
    From `notice_sender`, an address that SES has verified, coaches are told of escalations; without one by text alone.
    """

    name: str
    removal_policy: RemovalPolicy
    deletion_protection: bool
    log_retention: RetentionDays
    search: SearchSize | None
    requests_per_second: int
    request_burst: int
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    chat_models: tuple[str, ...] = ()
    ollama_url: str = ""
    model_keys_secret: str = ""
    model_cards: tuple[Mapping[str, Any], ...] = ()
    models: GpuSize | None = None
    embedding: Embedding = Embedding()
    speech_provider: Literal["none", "transcribe"] = "transcribe"
    search_language: Language = "english"
    alarm_email: str | None = None
    notice_sender: str = ""

    @property
    def models_asked(self) -> ChatModels:
        own = f"http://{OLLAMA}.{self.namespace}:{OLLAMA_PORT}"
        url = own if self.models else self.ollama_url
        return ChatModels(self.chat_models, url, self.model_keys_secret, self.model_cards)

    @property
    def namespace(self) -> str:
        """The domain in which service discovery names the stage's own machines."""
        return f"{self.prefix}.internal"

    @property
    def passages(self) -> PassageStore:
        return "opensearch" if self.search else "s3"

    @property
    def prefix(self) -> str:
        return f"creator-coach-{self.name}"


class UnknownStage(Exception):
    """The message names the stages that there are."""


DEV: Final = Stage(
    name="dev",
    removal_policy=RemovalPolicy.DESTROY,
    deletion_protection=False,
    log_retention=RetentionDays.ONE_WEEK,
    search=None,
    requests_per_second=50,
    request_burst=100,
)
PROD: Final = Stage(
    name="prod",
    removal_policy=RemovalPolicy.RETAIN,
    deletion_protection=True,
    log_retention=RetentionDays.THREE_MONTHS,
    # Three, because two nodes cannot agree on a leader when one is away.
    search=SearchSize("m6g.large.search", nodes=3, volume_gib=100),
    requests_per_second=500,
    request_burst=1_000,
)
STAGES: Final = {stage.name: stage for stage in (DEV, PROD)}


def stage_named(name: str) -> Stage:
    """Raises: UnknownStage."""
    try:
        return STAGES[name]
    except KeyError:
        raise UnknownStage(f"There is no stage {name!r}; choose with -c stage=, one of {', '.join(STAGES)}.") from None
