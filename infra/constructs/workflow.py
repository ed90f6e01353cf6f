"""A state machine from the same file that the local run interprets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk.aws_lambda import Function
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_stepfunctions import DefinitionBody, LogLevel, LogOptions, StateMachine
from constructs import Construct

from infra import plan
from infra.stage import Stage

DEFINITIONS: Final = Path(__file__).parents[1] / "state_machines"


class Workflow(Construct):
    """`machine` may invoke the functions of its tasks and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        drawn: plan.StateMachine,
        functions: Mapping[str, Function],
        stage: Stage,
    ) -> None:
        super().__init__(scope, construct_id)
        name = workflow_name(stage, drawn.name)
        invoked = {placeholder: functions[capability] for placeholder, capability in drawn.tasks.items()}
        self.log_group = LogGroup(
            self,
            "Logs",
            # Log groups below /aws/vendedlogs share one resource policy, whose length is limited.
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        self.machine = StateMachine(
            self,
            "StateMachine",
            state_machine_name=name,
            definition_body=DefinitionBody.from_string(definition(drawn)),
            definition_substitutions={placeholder: function.function_arn for placeholder, function in invoked.items()},
            tracing_enabled=True,
            # What goes through a document's states may hold its words.
            logs=LogOptions(destination=self.log_group, level=LogLevel.ERROR, include_execution_data=False),
            removal_policy=stage.removal_policy,
        )
        for function in invoked.values():
            function.grant_invoke(self.machine)


def workflow_name(stage: Stage, name: str) -> str:
    """Return what the plan's state machine is called on AWS."""
    return f"{stage.prefix}-{name}"


def definition(drawn: plan.StateMachine) -> str:
    """Return the Amazon States Language of the machine."""
    return (DEFINITIONS / f"{drawn.name}.asl.json").read_text(encoding="utf-8")
