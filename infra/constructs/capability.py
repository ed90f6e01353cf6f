"""The one way to define a Lambda function: from the plan's capability."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk import Duration
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import Code, Function, Tracing
from aws_cdk.aws_logs import LogGroup
from constructs import Construct

from infra import plan
from infra.constructs.layers import RUNTIME, Layers
from infra.constructs.model_network import ModelNetwork
from infra.stage import Stage

NAMESPACE: Final = "CreatorCoach"
SERVICE: Final = "coaching"
"""Powertools gives every metric of ours this dimension."""
_WEB_ADAPTER: Final = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": "8080",
    "AWS_LWA_READINESS_CHECK_PROTOCOL": "tcp",
    # Lambda tells its own runtime which trace a request belongs to, and a server behind the adapter never learns it:
    # each AWS call would log a subsegment that is discarded. What Lambda itself traces stays.
    "POWERTOOLS_TRACE_DISABLED": "true",
}
"""How the Lambda Web Adapter runs `run.sh` and passes on what its server streams."""
_POWERTOOLS: Final = {
    "POWERTOOLS_SERVICE_NAME": SERVICE,
    "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
    # An error's message may hold a user's words.
    "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
}


class CapabilityFunction(Construct):
    """`function`, with the code in `functions/<name>`, the layers, size and time of the plan, and its own log group.

    It may do nothing until the stack says so with `allow`. It runs inside of `network` where one is given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        capability: plan.Capability,
        stage: Stage,
        code: Path,
        layers: Layers,
        environment: Mapping[str, str],
        network: ModelNetwork | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.capability = capability
        name = f"{stage.prefix}-{capability.name.replace('_', '-')}"
        self.log_group = LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        self.function = Function(
            self,
            "Function",
            function_name=name,
            runtime=RUNTIME,
            architecture=layers.architecture,
            code=Code.from_asset(str(code), exclude=["**/__pycache__"]),
            handler="run.sh" if capability.asgi else "handler.handler",
            layers=layers.of(capability),
            memory_size=capability.memory_mb,
            timeout=Duration.seconds(capability.timeout_seconds),
            tracing=Tracing.ACTIVE,
            log_group=self.log_group,
            environment={**_POWERTOOLS, **(_WEB_ADAPTER if capability.asgi else {}), **environment},
            vpc=network.vpc if network else None,
            vpc_subnets=network.subnets if network else None,
            security_groups=[network.callers] if network else None,
        )

    def allow(self, *, actions: tuple[str, ...], on: str) -> None:
        """Let the function do these IAM actions on the resource with this ARN."""
        self.function.add_to_role_policy(PolicyStatement(actions=list(actions), resources=[on]))
