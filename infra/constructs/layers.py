"""The Lambda layers: our code, and what it needs of others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from aws_cdk.aws_lambda import Architecture, Code, ILayerVersion, LayerVersion, Runtime
from constructs import Construct

from infra.plan import Capability, Layer
from infra.stage import Stage

RUNTIME: Final = Runtime.PYTHON_3_13
WEB_ADAPTER_VERSION: Final = 30
"""Version 1.1.0 of the adapter. Source: github.com/aws/aws-lambda-web-adapter, README, as is the account."""
_WEB_ADAPTER_ACCOUNT: Final = "753240598075"
_WEB_ADAPTER_NAMES: Final = {"x86_64": "LambdaAdapterLayerX86", "arm64": "LambdaAdapterLayerArm64"}
_LEFT_OUT: Final = ["**/__pycache__"]


class Layers(Construct):
    """`architecture` of the stage, and the layers of each capability. `ours` is the folder of the coaching layer."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, ours: Path, others: Mapping[Layer, Path]
    ) -> None:
        super().__init__(scope, construct_id)
        self.architecture = {"x86_64": Architecture.X86_64, "arm64": Architecture.ARM_64}[stage.architecture]
        self._prefix = stage.prefix
        self._coaching = self._layer("coaching", ours)
        self._others = {name: self._layer(name, folder) for name, folder in others.items()}
        self._web_adapter = LayerVersion.from_layer_version_arn(
            self, "WebAdapter", _web_adapter_arn(self, stage.architecture)
        )

    def of(self, capability: Capability) -> list[ILayerVersion]:
        """Return the capability's layers: a later one wins where two have the same file, and none do."""
        chosen = [self._coaching, *(self._others[name] for name in capability.layers)]
        return [*chosen, self._web_adapter] if capability.asgi else list(chosen)

    def _layer(self, name: str, folder: Path) -> LayerVersion:
        return LayerVersion(
            self,
            name.title(),
            layer_version_name=f"{self._prefix}-{name}",
            code=Code.from_asset(str(folder), exclude=_LEFT_OUT),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[self.architecture],
        )


def _web_adapter_arn(scope: Construct, architecture: str) -> str:
    stack = Stack.of(scope)
    name = _WEB_ADAPTER_NAMES[architecture]
    return f"arn:{stack.partition}:lambda:{stack.region}:{_WEB_ADAPTER_ACCOUNT}:layer:{name}:{WEB_ADAPTER_VERSION}"
