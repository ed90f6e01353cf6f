"""The words in which the floor plan is written: plain frozen dataclasses, no CDK and no AWS."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pydantic import BaseModel

from coaching.vocabulary import Role

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Layer = Literal["core", "retrieval", "embedding", "extraction"]


PassageStore = Literal["opensearch", "s3"]
PASSAGES: Final = "passages"
"""The OpenSearch domain as a resource of grants."""
SEGMENTS: Final = "segments"
"""The bucket with the passages of a stage that has no domain. Who is granted one is granted the other."""
RESOURCE_OF_STORE: Final[Mapping[PassageStore, str]] = {"opensearch": PASSAGES, "s3": SEGMENTS}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a capability's code does to a resource: IAM action names without their service, as boto3 calls them."""

    resource: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capability:
    """A Lambda function: `functions/<name>/handler.py`, its size, its layers and exactly what it may touch.

    An `asgi` capability streams: its handler module has an ASGI `app`, run behind the Lambda Web Adapter.
    One that `chats` asks models, and so is told of the stage's and how they are reached; one that `names_models` is
    told which they are, and one that `verifies` asks the vendors whether they are there; one that `hears` is told of
    its speech recognition; one that `notifies` of its mail address.
    """

    name: str
    memory_mb: int
    timeout_seconds: int
    layers: tuple[Layer, ...] = ("core",)
    grants: tuple[Grant, ...] = ()
    asgi: bool = False
    chats: bool = False
    names_models: bool = False
    verifies: bool = False
    hears: bool = False
    notifies: bool = False

    @property
    def embeds(self) -> bool:
        """Whether it asks the stage's embedder."""
        return "embedding" in self.layers


@dataclass(frozen=True, slots=True)
class Route:
    """A verb on a path. No roles: open to everyone without a token. A token's holder needs one of the roles.

    `refusals` are the statuses of failures that do not follow from the rest. The face `openai` refuses and streams as
    OpenAI's API does.
    """

    method: Method
    path: str
    capability: str
    summary: str
    roles: tuple[Role, ...] = ()
    body: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    streams: bool = False
    refusals: tuple[int, ...] = ()
    face: Literal["own", "openai"] = "own"

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    partition_key: str
    sort_key: str
    ttl_attribute: str
    indexes: tuple["Index", ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: partition key (string) and sort key (string), keys only."""

    name: str
    partition_key: str
    sort_key: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """`expire_days` removes objects that old; `versioned` keeps overwritten bytes for `keep_versions_days`."""

    name: str
    versioned: bool = False
    expire_days: int | None = None
    keep_versions_days: int | None = None
    announces: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with a dead-letter queue `<name>-dead` behind it, read by one capability."""

    name: str
    consumer: str
    visibility_seconds: int
    max_receives: int
    batch_size: int


TRANSCRIPTIONS: Final = "transcriptions"
"""The placeholder in a rule's pattern that stands for how the names of the stage's transcription jobs begin."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """Events of the default bus that match `pattern` go to the queue.

    Its `${placeholders}` are buckets of the plan, and `TRANSCRIPTIONS`.
    """

    name: str
    pattern: Mapping[str, Any]
    queue: str


@dataclass(frozen=True, slots=True)
class StateMachine:
    """Amazon States Language in `infra/state_machines/<name>.asl.json`.

    `tasks` maps each `${Placeholder}` of the file to the capability whose function it invokes. So many failed
    executions within five minutes as `failures_alarm` says wake somebody.
    """

    name: str
    tasks: Mapping[str, str]
    failures_alarm: int = 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """Invokes a capability every so many minutes. An invocation that fails ends in a queue `<name>-dead`."""

    name: str
    capability: str
    every_minutes: int


@dataclass(frozen=True, slots=True)
class System:
    capabilities: tuple[Capability, ...]
    routes: tuple[Route, ...]
    table: Table
    buckets: tuple[Bucket, ...]
    queues: tuple[Queue, ...]
    rules: tuple[EventRule, ...]
    state_machines: tuple[StateMachine, ...]
    schedules: tuple[Schedule, ...] = ()

    def with_passages_in(self, store: "PassageStore") -> "System":
        """Return the plan of a stage that keeps its passages there: without the other store's grants and bucket."""
        (unused,) = {PASSAGES, SEGMENTS} - {RESOURCE_OF_STORE[store]}
        return replace(
            self,
            capabilities=tuple(
                replace(capability, grants=tuple(grant for grant in capability.grants if grant.resource != unused))
                for capability in self.capabilities
            ),
            buckets=tuple(bucket for bucket in self.buckets if bucket.name != unused),
        )

    def capability(self, name: str) -> Capability:
        """Raises: KeyError for a name that the plan does not have."""
        return {capability.name: capability for capability in self.capabilities}[name]

    def routes_of(self, capability: str) -> tuple[Route, ...]:
        return tuple(route for route in self.routes if route.capability == capability)
