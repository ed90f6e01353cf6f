"""The network of the model service and of who calls it."""

from typing import Final

from aws_cdk.aws_ec2 import (
    FlowLogDestination,
    FlowLogTrafficType,
    GatewayVpcEndpointAwsService,
    InterfaceVpcEndpointAwsService,
    Peer,
    Port,
    SecurityGroup,
    SubnetConfiguration,
    SubnetSelection,
    SubnetType,
    Vpc,
)
from aws_cdk.aws_logs import LogGroup
from constructs import Construct

from infra.stage import OLLAMA_PORT, GpuSize, Stage

_AWS: Final = InterfaceVpcEndpointAwsService
_REACHED: Final = {
    "EcrApi": _AWS.ECR,
    "EcrImages": _AWS.ECR_DOCKER,
    "Ecs": _AWS.ECS,
    "EcsAgent": _AWS.ECS_AGENT,
    "EcsTelemetry": _AWS.ECS_TELEMETRY,
    "Logs": _AWS.CLOUDWATCH_LOGS,
    "Secrets": _AWS.SECRETS_MANAGER,
    "Bedrock": _AWS.BEDROCK_RUNTIME,
}
"""What nodes and callers need of AWS, beside S3 and DynamoDB."""


class ModelNetwork(Construct):
    """`vpc`, the private `subnets` in it, and the security groups of `nodes` and of their `callers`."""

    def __init__(self, scope: Construct, construct_id: str, *, size: GpuSize, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        nat = size.outside == "nat"
        kind = SubnetType.PRIVATE_WITH_EGRESS if nat else SubnetType.PRIVATE_ISOLATED
        private = SubnetConfiguration(name="Private", subnet_type=kind, cidr_mask=20)
        public = SubnetConfiguration(name="Public", subnet_type=SubnetType.PUBLIC, cidr_mask=24)
        self.vpc = Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=1 if nat else 0,
            subnet_configuration=[private, public] if nat else [private],
        )
        self._log_refusals(stage)
        self.subnets = SubnetSelection(subnet_type=kind)
        self.callers = self._group("Callers", "Functions that ask models")
        self.nodes = self._group("Nodes", "Machines that serve models")
        self.nodes.add_ingress_rule(self.callers, Port.tcp(OLLAMA_PORT), "Questions to models")
        # These two cost nothing and spare the NAT.
        self.vpc.add_gateway_endpoint("S3", service=GatewayVpcEndpointAwsService.S3)
        self.vpc.add_gateway_endpoint("DynamoDB", service=GatewayVpcEndpointAwsService.DYNAMODB)
        if not nat:
            self._reach_aws()

    def _log_refusals(self, stage: Stage) -> None:
        """Keep a log of what the network refused: whoever tries a door that is none for them."""
        logs = LogGroup(
            self,
            "Refused",
            log_group_name=f"/vpc/{stage.prefix}-models",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        self.vpc.add_flow_log(
            "Refusals", destination=FlowLogDestination.to_cloud_watch_logs(logs), traffic_type=FlowLogTrafficType.REJECT
        )

    def _group(self, name: str, description: str) -> SecurityGroup:
        return SecurityGroup(self, name, vpc=self.vpc, description=description)

    def _reach_aws(self) -> None:
        group = SecurityGroup(
            self, "Endpoints", vpc=self.vpc, description="AWS from within the network", allow_all_outbound=False
        )
        group.add_ingress_rule(Peer.ipv4(self.vpc.vpc_cidr_block), Port.tcp(443), "HTTPS from within the network")
        for name, service in _REACHED.items():
            self.vpc.add_interface_endpoint(
                name, service=service, subnets=self.subnets, security_groups=[group], open=False
            )
