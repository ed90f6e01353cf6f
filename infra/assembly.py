"""From a stage to its stacks to the cloud assembly. Needs no account, no network, no Docker."""

from pathlib import Path
from typing import Final

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from infra.coaching_stack import CoachingStack, Code
from infra.models_stack import ModelsStack
from infra.plan import Layer
from infra.stage import DEV, Stage, stage_named
from infra.storage_stack import StorageStack
from infra.system import SYSTEM
from layers.dependencies.build import ARM64, X86_64, build_layer
from layers.dependencies.recipes import RECIPES

ROOT: Final = Path(__file__).resolve().parent.parent
CONTEXT: Final = {
    # A value that another stack still reads cannot be removed under it.
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
    # Statements of one policy that can be one become one.
    "@aws-cdk/aws-iam:minimizePolicies": True,
}
"""CDK's feature flags, here and not in cdk.json, so that the app and its tests have the same."""
_TARGETS: Final = {"x86_64": X86_64, "arm64": ARM64}


def synthesise(out: str) -> CloudAssembly:
    """Write the assembly of the stage that the context `stage` names to `out`.

    Raises: UnknownStage, NoSuchModel, LayerNotBuilt.
    """
    app = new_app(out)
    stage = stage_named(str(app.node.try_get_context("stage") or DEV.name))
    add_stacks(app, stage, code_of(built_layers(stage)))
    return app.synth()


def new_app(out: str) -> App:
    """Return an app without stacks."""
    return App(outdir=out, analytics_reporting=False, context=CONTEXT)


def add_stacks(app: App, stage: Stage, code: Code) -> None:
    """Put the stage's stacks into the app."""
    system = SYSTEM.with_passages_in(stage.passages)
    storage = StorageStack(app, system=system, stage=stage)
    models = ModelsStack(app, stage=stage, size=stage.models, alarms=storage.alarms) if stage.models else None
    CoachingStack(app, system=system, stage=stage, storage=storage, code=code, models=models)


def built_layers(stage: Stage) -> dict[Layer, Path]:
    """Return the third-party layers for the stage's machines, building those that are not there yet."""
    return {name: build_layer(name, _TARGETS[stage.architecture]) for name in RECIPES}


def code_of(layers: dict[Layer, Path]) -> Code:
    """Return this checkout's code with these layers."""
    return Code(functions=ROOT / "functions", coaching=ROOT / "layers/coaching", layers=layers)
