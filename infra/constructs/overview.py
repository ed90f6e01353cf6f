"""The dashboard: from what callers see down to what it stands on."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk.aws_apigateway import RestApi
from aws_cdk.aws_cloudwatch import Dashboard, GraphWidget, IMetric, PeriodOverride
from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_stepfunctions import StateMachine
from constructs import Construct

from infra.constructs.alarms import PERIOD, search_metric
from infra.constructs.capability import CapabilityFunction
from infra.constructs.inbox import Inbox
from infra.constructs.passage_search import PassageSearch
from infra.stage import Stage

WIDTH = 12


class Overview(Construct):
    """One dashboard named like the stage's stacks."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self._dashboard = Dashboard(
            self,
            "Dashboard",
            dashboard_name=stage.prefix,
            default_interval=Duration.hours(12),
            period_override=PeriodOverride.AUTO,
        )

    def show_api(self, api: RestApi) -> None:
        refused, failed = api.metric_client_error(period=PERIOD), api.metric_server_error(period=PERIOD)
        self._row(
            _graph("Requests", [api.metric_count(period=PERIOD), refused, failed]),
            _graph(
                "Answer time", [api.metric_latency(period=PERIOD, statistic=name) for name in ("p50", "p95", "p99")]
            ),
        )

    def show_functions(self, owners: Sequence[CapabilityFunction]) -> None:
        functions = {owner.capability.name: owner.function for owner in owners}
        errors = [function.metric_errors(period=PERIOD, label=name) for name, function in functions.items()]
        times = [
            function.metric_duration(period=PERIOD, statistic="p95", label=name) for name, function in functions.items()
        ]
        self._row(_graph("Function errors", errors), _graph("Function duration, p95", times))

    def show_ingestion(self, inboxes: Mapping[str, Inbox], machines: Mapping[str, StateMachine]) -> None:
        waiting: list[IMetric] = []
        for name, inbox in inboxes.items():
            age = inbox.queue.metric_approximate_age_of_oldest_message(period=PERIOD, label=f"{name}: oldest, seconds")
            dead = inbox.dead.metric_approximate_number_of_messages_visible(period=PERIOD, label=f"{name}: dead")
            waiting += [age, dead]
        work: list[IMetric] = []
        for name, machine in machines.items():
            work.append(machine.metric_succeeded(period=PERIOD, label=f"{name}: succeeded"))
            work.append(machine.metric_failed(period=PERIOD, label=f"{name}: failed"))
        self._row(_graph("Queues", waiting), _graph("State machines", work))

    def show_stores(self, table: ITable, search: PassageSearch | None) -> None:
        consumed: list[IMetric] = [
            table.metric_consumed_read_capacity_units(period=PERIOD),
            table.metric_consumed_write_capacity_units(period=PERIOD),
        ]
        graphs = [_graph("Table capacity", consumed)]
        if search:
            load: list[IMetric] = [
                search_metric(search.name, name, "max") for name in ("CPUUtilization", "JVMMemoryPressure")
            ]
            graphs.append(_graph("Search load, percent", load))
        self._row(*graphs)

    def _row(self, *widgets: GraphWidget) -> None:
        self._dashboard.add_widgets(*widgets)


def _graph(title: str, metrics: Sequence[IMetric]) -> GraphWidget:
    return GraphWidget(title=title, left=list(metrics), width=WIDTH)
