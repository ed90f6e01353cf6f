"""What wakes somebody: each alarm goes to one topic."""

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk.aws_apigateway import RestApi
from aws_cdk.aws_cloudwatch import Alarm, ComparisonOperator, IMetric, MathExpression, Metric, TreatMissingData
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_ecs import Ec2Service
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_sqs import Queue
from aws_cdk.aws_stepfunctions import StateMachine
from constructs import Construct

from infra import plan
from infra.constructs.capability import NAMESPACE, SERVICE, CapabilityFunction
from infra.constructs.passage_search import PassageSearch
from infra.stage import Stage

PERIOD: Final = Duration.minutes(5)
_NODES: Final = {"wanted": "DesiredTaskCount", "running": "RunningTaskCount"}
"""Source: docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html, of Container Insights."""
_SLOW_START_PERIODS: Final = 6
"""A machine that starts and fetches its models may take a quarter of an hour."""
A_FEW: Final = 5
"""So many in five minutes are a pattern, not an accident."""


class Alarms(Construct):
    """Say what is watched by calling its methods."""

    def __init__(self, scope: Construct, construct_id: str, *, topic: ITopic, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self._action = SnsAction(topic)
        self._stage = stage

    def watch_function(self, owner: CapabilityFunction) -> None:
        name, function = owner.capability.name, owner.function
        errors = function.metric_errors(period=PERIOD, statistic="sum")
        throttles = function.metric_throttles(period=PERIOD, statistic="sum")
        self._alarm(f"{name}-errors", errors, A_FEW, f"{name} fails. Its log says in which error.")
        self._alarm(f"{name}-throttles", throttles, A_FEW, f"{name} is refused: the account runs too much at once.")

    def watch_workflow(self, drawn: plan.StateMachine, machine: StateMachine) -> None:
        failed = machine.metric_failed(period=PERIOD, statistic="sum")
        timed_out = machine.metric_timed_out(period=PERIOD, statistic="sum")
        self._alarm(
            f"{drawn.name}-failed", failed, drawn.failures_alarm, f"{drawn.name} fails. Its executions say where."
        )
        self._alarm(f"{drawn.name}-timed-out", timed_out, 1, f"{drawn.name} does not end.")

    def watch_dead_letters(self, name: str, dead: Queue) -> None:
        waiting = dead.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="max")
        self._alarm(f"{name}-dead", waiting, 1, "Events failed again and again; see to them, then redrive the queue.")

    def watch_stuck_documents(self) -> None:
        stuck = Metric(
            namespace=NAMESPACE,
            metric_name="StuckDocuments",
            dimensions_map={"service": SERVICE, "operation": "sweep"},
            statistic="sum",
            period=PERIOD,
        )
        meaning = "A document's ingestion stopped without an end; it was given up. Look for what its execution met."
        self._alarm("documents-stuck", stuck, 1, meaning)

    def watch_notices(self) -> None:
        refused = Metric(
            namespace=NAMESPACE,
            metric_name="NoticesRefused",
            dimensions_map={"service": SERVICE, "operation": "escalation_round"},
            statistic="sum",
            period=PERIOD,
        )
        meaning = "A coach's mail or phone did not take word of an escalation. See SES, SNS and the rota."
        self._alarm("escalation-notices", refused, 1, meaning)

    def watch_tenants(self) -> None:
        breach = Metric(
            namespace=NAMESPACE,
            metric_name="TenantBreach",
            dimensions_map={"service": SERVICE},
            statistic="sum",
            period=PERIOD,
        )
        meaning = "One creator's passage came up for another and was withheld. The log says where: tenant_breach."
        self._alarm("tenant-breach", breach, 1, meaning)

    def watch_api(self, api: RestApi) -> None:
        failed = api.metric_server_error(period=PERIOD, statistic="sum")
        self._alarm("api-5xx", failed, A_FEW, "Requests end in 5xx. The access log names the routes.")

    def watch_search(self, search: PassageSearch) -> None:
        domain = search.name
        red = search_metric(domain, "ClusterStatus.red", "max")
        blocked = search_metric(domain, "ClusterIndexWritesBlocked", "max")
        free = search_metric(domain, "FreeStorageSpace", "min")
        quarter_mib = search.size.volume_gib * 1024 // 4
        self._alarm("search-red", red, 1, "A primary shard is missing: some passages are not found.")
        self._alarm("search-blocked", blocked, 1, "The domain refuses writes: storage or memory is short.")
        self._alarm("search-storage", free, quarter_mib, "A quarter of a node's storage is left.", below=True)

    def watch_models(self, *, nodes: Ec2Service, requests: Metric, at_once: int, ended: Metric) -> None:
        """Watch machines that serve models: `requests` are those at a node on average, `ended` nodes that gave up."""
        counts = {name: self._of_service(nodes, metric) for name, metric in _NODES.items()}
        none = MathExpression(expression="IF(wanted > 0 AND running < 1, 1, 0)", using_metrics=counts, period=PERIOD)
        meaning = "Nodes should serve models, and for a while none does: the next providers answer. See the service."
        self._alarm("models-none", none, 1, meaning, periods=_SLOW_START_PERIODS)
        meaning = "Twice as many requests are at the nodes as they answer side by side: allow more of them."
        self._alarm("models-queue", requests, 2 * at_once, meaning, periods=3)
        meaning = "A node gave up getting or loading its models, or lost its server. Its log says which and why."
        self._alarm("models-ended", ended, 1, meaning)

    def _of_service(self, service: Ec2Service, name: str) -> Metric:
        return Metric(
            namespace="ECS/ContainerInsights",
            metric_name=name,
            dimensions_map={"ClusterName": service.cluster.cluster_name, "ServiceName": service.service_name},
            statistic="max",
            period=PERIOD,
        )

    def _alarm(
        self, name: str, metric: IMetric, threshold: float, meaning: str, *, below: bool = False, periods: int = 1
    ) -> None:
        operator = ComparisonOperator
        alarm = Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            alarm_name=f"{self._stage.prefix}-{name}",
            alarm_description=meaning,
            evaluation_periods=periods,
            comparison_operator=(
                operator.LESS_THAN_OR_EQUAL_TO_THRESHOLD if below else operator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            treat_missing_data=TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)


def search_metric(domain: str, name: str, statistic: str) -> Metric:
    """Return a metric of the search domain, over five minutes."""
    return Metric(
        namespace="AWS/ES",
        metric_name=name,
        dimensions_map={"DomainName": domain, "ClientId": Aws.ACCOUNT_ID},
        statistic=statistic,
        period=PERIOD,
    )
