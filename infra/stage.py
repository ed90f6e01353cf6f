"""Where stages differ, and the only place where they do."""

from dataclasses import dataclass
from typing import Final, Literal

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from coaching.vocabulary import Language
from infra.plan import PassageStore


@dataclass(frozen=True, slots=True)
class SearchSize:
    """The OpenSearch domain. `nodes` are spread over as many availability zones, at most three."""

    instance_type: str
    nodes: int
    volume_gib: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment of the system. Its stacks are named `creator-coach-<name>-...`.

    With `composer` no model is asked. With `ollama` the chat function asks `ollama_model` at `ollama_url`.
    With `transcribe` recordings are transcribed by Amazon Transcribe, by the minute; with `none` they are refused.
    `search` is the domain in which passages are found. Without one they lie in S3, which costs nothing while nobody
    asks and is meant for small creators.
    `search_language` is that of the documents: whose words are cut to their stems, and which are too common to tell.
    """

    name: str
    removal_policy: RemovalPolicy
    deletion_protection: bool
    log_retention: RetentionDays
    search: SearchSize | None
    requests_per_second: int
    request_burst: int
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    chat_provider: Literal["composer", "ollama"] = "composer"
    ollama_url: str = ""
    ollama_model: str = ""
    speech_provider: Literal["none", "transcribe"] = "transcribe"
    search_language: Language = "english"
    alarm_email: str | None = None

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
