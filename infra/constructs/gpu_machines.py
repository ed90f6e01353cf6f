"""Machines with a GPU for containers."""

from typing import Final

from aws_cdk import Duration
from aws_cdk.aws_autoscaling import AutoScalingGroup
from aws_cdk.aws_ec2 import (
    BlockDevice,
    BlockDeviceVolume,
    EbsDeviceVolumeType,
    InstanceType,
    LaunchTemplate,
    LaunchTemplateHttpTokens,
    UserData,
)
from aws_cdk.aws_ecs import AmiHardwareType, AsgCapacityProvider, Cluster, EcsOptimizedImage
from aws_cdk.aws_iam import Role, ServicePrincipal
from constructs import Construct

from infra.constructs.model_network import ModelNetwork
from infra.stage import GpuSize

MODELS_FOLDER: Final = "/var/lib/ollama-models"
"""Where a machine keeps its models, so that the next container on it finds them."""
CONTAINER_USER: Final = 10001
"""Who the image of `ollama-gpu/` runs as."""
_VOLUME_GIB: Final = 100


class GpuMachines(Construct):
    """`provider` of as many machines as the cluster's services need, none where they need none."""

    def __init__(
        self, scope: Construct, construct_id: str, *, size: GpuSize, network: ModelNetwork, cluster: Cluster
    ) -> None:
        super().__init__(scope, construct_id)
        group = AutoScalingGroup(
            self,
            "Group",
            vpc=network.vpc,
            vpc_subnets=network.subnets,
            launch_template=self._template(size, network),
            min_capacity=0,
            # One more than nodes, for a deployment that begins the new before it ends the old.
            max_capacity=size.most_nodes + 1,
            new_instances_protected_from_scale_in=True,
        )
        self.provider = AsgCapacityProvider(
            self, "Provider", auto_scaling_group=group, instance_warmup_period=Duration.minutes(3).to_seconds()
        )
        cluster.add_asg_capacity_provider(self.provider)

    def _template(self, size: GpuSize, network: ModelNetwork) -> LaunchTemplate:
        start = UserData.for_linux()
        start.add_commands(
            f"mkdir -p {MODELS_FOLDER}",
            f"chown {CONTAINER_USER}:{CONTAINER_USER} {MODELS_FOLDER}",
            "echo ECS_ENABLE_GPU_SUPPORT=true >> /etc/ecs/ecs.config",
        )
        disk = BlockDeviceVolume.ebs(_VOLUME_GIB, encrypted=True, volume_type=EbsDeviceVolumeType.GP3)
        return LaunchTemplate(
            self,
            "Template",
            instance_type=InstanceType(size.instance_type),
            machine_image=EcsOptimizedImage.amazon_linux2023(AmiHardwareType.GPU),
            user_data=start,
            role=Role(self, "Role", assumed_by=ServicePrincipal("ec2.amazonaws.com")),
            security_group=network.nodes,
            http_tokens=LaunchTemplateHttpTokens.REQUIRED,
            block_devices=[BlockDevice(device_name="/dev/xvda", volume=disk)],
        )
