"""Which models Amazon Bedrock offers in a region: `ListFoundationModels` of its control plane."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from coaching.adapters.llm.bedrock_failures import classed_errors
from coaching.models.failures import unavailable
from coaching.models.verification import ModelList


@dataclass(frozen=True, slots=True)
class BedrockModels(ModelList):
    """What the account's region offers; an inference profile is there if its model is. `seconds` bound each wait."""

    region: str = ""
    seconds: int = 2

    def names(self) -> Collection[str]:
        with classed_errors("Bedrock"), _wire_errors():
            listed = self._client().list_foundation_models()
        return frozenset(str(summary["modelId"]) for summary in listed["modelSummaries"])

    def _client(self) -> Any:  # noqa: ANN401 - boto3's types for it are not installed
        from boto3.session import Session
        from botocore.config import Config

        once = Config(
            connect_timeout=self.seconds,
            read_timeout=self.seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        return Session().client("bedrock", region_name=self.region or None, config=once)


@contextmanager
def _wire_errors() -> Iterator[None]:
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    try:
        yield
    except (NoConnection, HTTPClientError) as error:
        raise unavailable("unreachable", "Bedrock's list of models does not answer: try again later.") from error
