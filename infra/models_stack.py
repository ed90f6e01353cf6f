"""Models on machines of the stage's own: Ollama on GPUs, found by name, more of it under load, none at night."""

from pathlib import Path
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk.aws_applicationautoscaling import Schedule
from aws_cdk.aws_cloudwatch import Metric
from aws_cdk.aws_ecr_assets import Platform
from aws_cdk.aws_ecs import (
    CapacityProviderStrategy,
    CloudMapNamespaceOptions,
    CloudMapOptions,
    Cluster,
    ContainerDefinition,
    ContainerImage,
    ContainerInsights,
    DeploymentCircuitBreaker,
    Ec2Service,
    Ec2TaskDefinition,
    HealthCheck,
    Host,
    LogDrivers,
    MountPoint,
    NetworkMode,
    PortMapping,
    ScalableTaskCount,
)
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_logs import FilterPattern, LogGroup, MetricFilter
from aws_cdk.aws_servicediscovery import DnsRecordType
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.constructs.alarms import Alarms
from infra.constructs.capability import NAMESPACE
from infra.constructs.gpu_machines import MODELS_FOLDER, GpuMachines
from infra.constructs.model_network import ModelNetwork
from infra.model_access import NoSuchModel
from infra.stage import OLLAMA, OLLAMA_PORT, GpuSize, OpenHours, Stage

_IMAGE: Final = Path(__file__).resolve().parent.parent / "ollama-gpu"
_READY: Final = ["CMD", "/opt/ollama-gpu/entry.sh", "ready"]
_HOME: Final = "/var/lib/ollama"
_MEMORY_MIB: Final = 8_192
"""Reserved of the machine; a model lies in its GPU's own."""
_MOST_NODES: Final = 8
_FORGOTTEN: Final = Duration.seconds(10)
"""How long a caller may believe an answer of service discovery. The entry script's SETTLE_SECONDS count on it."""
_DRAIN: Final = Duration.seconds(120)
"""When a container that was told to end is killed: later than the entry script's DRAIN_SECONDS."""


_NOT_ON_AWS: Final = frozenset({"openai", "anthropic", "huggingface"})
_GAVE_UP: Final = '"ollama-gpu: fatal:"'
_MACHINES_AS_MEANT: Final = {
    "AS3": "Machines come and go with the load and the hours, each day; an alarm tells when none serves.",
    "IAM5": "CDK's policy for the agent of ECS: actions that know no resource, and those on its own cluster.",
}
_TASK_AS_MEANT: Final = {
    "ECS2": "Names of models, figures and a bucket: nothing that is secret.",
    "IAM5": "The registry's token is on no resource; of the models' bucket every object below its prefix is read.",
}


class ModelsStack(Stack):
    """The service, named `ollama` in the stage's namespace, and the `network` in which its callers have to be.

    Its image is built from `ollama-gpu/` when the stack is deployed, which takes Docker; synthesis does not.
    """

    def __init__(self, scope: Construct, *, stage: Stage, size: GpuSize, alarms: ITopic) -> None:
        refuse_what_cannot_work(stage, size)
        super().__init__(
            scope,
            f"{stage.prefix}-models",
            description="Creator Coach: the models on its own machines",
            termination_protection=stage.deletion_protection,
        )
        self._stage, self._size = stage, size
        self.network = ModelNetwork(self, "Network", size=size, stage=stage)
        self._cluster = Cluster(
            self,
            "Cluster",
            vpc=self.network.vpc,
            cluster_name=stage.prefix,
            container_insights_v2=ContainerInsights.ENABLED,
            default_cloud_map_namespace=CloudMapNamespaceOptions(name=stage.namespace, vpc=self.network.vpc),
        )
        self._machines = GpuMachines(self, "Machines", size=size, network=self.network, cluster=self._cluster)
        self._task = Ec2TaskDefinition(
            self, "Node", family=f"{stage.prefix}-{OLLAMA}", network_mode=NetworkMode.AWS_VPC
        )
        self._logs = LogGroup(
            self,
            "Logs",
            log_group_name=f"/ecs/{stage.prefix}-{OLLAMA}",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        container = self._container()
        self._let_it_copy_models()
        service = self._service(container)
        self._follow_the_load(service)
        Alarms(self, "Alarms", topic=alarms, stage=stage).watch_models(
            nodes=service, requests=self._requests, at_once=size.at_once, ended=self._ended()
        )
        acknowledge(self._machines, _MACHINES_AS_MEANT)
        acknowledge(self._task, _TASK_AS_MEANT)

    def _container(self) -> ContainerDefinition:
        container = self._task.add_container(
            OLLAMA,
            image=ContainerImage.from_asset(str(_IMAGE), platform=Platform.LINUX_AMD64),
            gpu_count=1,
            memory_reservation_mib=_MEMORY_MIB,
            environment=self._settings(),
            port_mappings=[PortMapping(container_port=OLLAMA_PORT)],
            logging=LogDrivers.aws_logs(stream_prefix=OLLAMA, log_group=self._logs),
            stop_timeout=_DRAIN,
            # Ten times a minute after five minutes, the longest that may pass: a first start fetches gigabytes, and a
            # node that is broken ends by itself, or is left out by its callers.
            health_check=HealthCheck(
                command=_READY,
                interval=Duration.seconds(60),
                timeout=Duration.seconds(5),
                start_period=Duration.seconds(300),
                retries=10,
            ),
        )
        self._task.add_volume(name="models", host=Host(source_path=MODELS_FOLDER))
        container.add_mount_points(MountPoint(container_path=_HOME, source_volume="models", read_only=False))
        return container

    def _settings(self) -> dict[str, str]:
        settings = {
            "MODELS": " ".join(_models_of(self._stage)),
            "METRIC_SERVICE": self._metric_service,
            "OLLAMA_NUM_PARALLEL": str(self._size.at_once),
            "OLLAMA_MAX_LOADED_MODELS": str(len(_models_of(self._stage))),
        }
        if self._size.copied_from:
            settings |= {"MODEL_SOURCE": "s3", "MODELS_S3": f"s3://{self._size.copied_from}"}
        return settings

    @property
    def _metric_service(self) -> str:
        return f"{self._stage.prefix}-{OLLAMA}"

    def _let_it_copy_models(self) -> None:
        if not self._size.copied_from:
            return
        bucket, _, prefix = self._size.copied_from.partition("/")
        arn = f"arn:{self.partition}:s3:::{bucket}"
        under = f"{prefix}/*" if prefix else "*"
        self._task.add_to_task_role_policy(PolicyStatement(actions=["s3:GetObject"], resources=[f"{arn}/{under}"]))
        self._task.add_to_task_role_policy(
            PolicyStatement(
                actions=["s3:ListBucket"], resources=[arn], conditions={"StringLike": {"s3:prefix": [prefix, under]}}
            )
        )

    def _service(self, container: ContainerDefinition) -> Ec2Service:
        provider = self._machines.provider.capacity_provider_name
        service = Ec2Service(
            self,
            "Service",
            service_name=OLLAMA,
            cluster=self._cluster,
            task_definition=self._task,
            capacity_provider_strategies=[CapacityProviderStrategy(capacity_provider=provider, weight=1)],
            vpc_subnets=self.network.subnets,
            security_groups=[self.network.nodes],
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=DeploymentCircuitBreaker(enable=True, rollback=True),
            cloud_map_options=CloudMapOptions(
                name=OLLAMA, container=container, dns_record_type=DnsRecordType.A, dns_ttl=_FORGOTTEN
            ),
        )
        # A group that goes before its service's machines were drained would leave the stack hanging.
        service.node.add_dependency(self._machines)
        return service

    @property
    def _requests(self) -> Metric:
        return Metric(
            namespace=NAMESPACE,
            metric_name="OllamaRequests",
            dimensions_map={"service": self._metric_service},
            statistic="avg",
            period=Duration.minutes(1),
        )

    def _ended(self) -> Metric:
        """Count the nodes that gave up, by the last line of their entry script."""
        filtered = MetricFilter(
            self,
            "Ended",
            log_group=self._logs,
            filter_pattern=FilterPattern.literal(_GAVE_UP),
            metric_namespace=f"{NAMESPACE}/{self._stage.prefix}",
            metric_name="OllamaNodesEnded",
            metric_value="1",
        )
        return filtered.metric(statistic="sum", period=Duration.minutes(5))

    def _follow_the_load(self, service: Ec2Service) -> None:
        """Keep as many nodes as there are requests for: each node tells how many are at it, those that wait included.

        At `at_once` all its turns are taken, and the next request would wait. How many wait alone would not tell when
        fewer nodes would do.
        """
        size = self._size
        tasks = service.auto_scale_task_count(min_capacity=size.nodes, max_capacity=size.most_nodes)
        tasks.scale_to_track_custom_metric(
            "Requests",
            metric=self._requests,
            target_value=size.at_once,
            scale_out_cooldown=Duration.minutes(3),
            scale_in_cooldown=Duration.minutes(10),
        )
        if size.open_hours:
            self._sleep_outside_of(size.open_hours, tasks)

    def _sleep_outside_of(self, hours: OpenHours, tasks: ScalableTaskCount) -> None:
        opens, closes = (Schedule.cron(hour=str(hour), minute="0") for hour in (hours.opens, hours.closes))
        tasks.scale_on_schedule(
            "Open", schedule=opens, min_capacity=self._size.nodes, max_capacity=self._size.most_nodes
        )
        tasks.scale_on_schedule("Close", schedule=closes, min_capacity=0, max_capacity=0)


def _models_of(stage: Stage) -> list[str]:
    return [name.removeprefix(f"{OLLAMA}:") for name in stage.chat_models if name.startswith(f"{OLLAMA}:")]


def refuse_what_cannot_work(stage: Stage, size: GpuSize) -> None:
    """Refuse a stage whose machines would serve nothing, or could not be reached. Raises: NoSuchModel."""
    if not _models_of(stage):
        raise NoSuchModel("Machines are to serve models: name those on Ollama in the stage's chat_models.")
    if not 0 < size.nodes <= size.most_nodes <= _MOST_NODES:
        raise NoSuchModel(f"The stage's models: nodes is at least 1, and most_nodes from nodes to {_MOST_NODES}.")
    if size.outside == "endpoints" and not size.copied_from:
        raise NoSuchModel("Without a NAT Ollama's registry is out of reach: name copied_from in the stage's models.")
    vendors = {name.partition(":")[0] for name in stage.chat_models} | {stage.embedding.by}
    if size.outside == "endpoints" and (beyond := sorted(vendors & _NOT_ON_AWS)):
        raise NoSuchModel(f"{', '.join(beyond)} cannot be reached without a NAT: the stage's models need one.")
    if size.outside == "endpoints" and stage.search:
        raise NoSuchModel("The search domain is outside of the models' network: the stage's models need a NAT.")
