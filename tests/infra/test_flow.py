"""Queues, rules, state machines and alarms of the template."""

import json
from datetime import timedelta
from typing import Any

import pytest

from coaching.entrypoint.observability import log_failure, measured
from coaching.errors import CoachingError
from coaching.knowledge.document import PATIENCE
from coaching.safety.escalation.sweeping import GRACE
from coaching.safety.escalation.waits import WAITS
from infra.plan import Queue, Schedule, StateMachine
from infra.system import SYSTEM
from local.cloud import STATE_MACHINES
from tests.infra.templates import Assembly, listed

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]


def queue_id(dev: Assembly, name: str) -> str:
    (found,) = [
        queue_id
        for queue_id, queue in dev.of("AWS::SQS::Queue").items()
        if queue["QueueName"] == f"creator-coach-dev-{name}"
    ]
    return found


def test_there_are_the_plans_queues_each_with_its_dead_letters(dev: Assembly) -> None:
    names = set(dev.named("AWS::SQS::Queue", "QueueName"))
    expected = {name for queue in SYSTEM.queues for name in (queue.name, f"{queue.name}-dead")}
    assert names == expected | {f"{schedule.name}-dead" for schedule in SYSTEM.schedules}


@pytest.mark.parametrize("drawn", SYSTEM.queues, ids=lambda drawn: drawn.name)
def test_a_queue_is_read_as_the_plan_says(dev: Assembly, drawn: Queue) -> None:
    queue = dev.named("AWS::SQS::Queue", "QueueName")[drawn.name]
    assert queue["VisibilityTimeout"] == drawn.visibility_seconds
    assert queue["VisibilityTimeout"] >= 6 * SYSTEM.capability(drawn.consumer).timeout_seconds
    assert queue["RedrivePolicy"]["maxReceiveCount"] == drawn.max_receives
    dead = queue_id(dev, f"{drawn.name}-dead")
    assert dev.text(queue["RedrivePolicy"]["deadLetterTargetArn"]) == f"<{dead}.Arn>"
    arn = f"<{queue_id(dev, drawn.name)}.Arn>"
    (source,) = [
        mapping
        for mapping in dev.of("AWS::Lambda::EventSourceMapping").values()
        if dev.text(mapping["EventSourceArn"]) == arn
    ]
    assert source["BatchSize"] == drawn.batch_size
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    consumer = dev.of("AWS::Lambda::Function")[dev.text(source["FunctionName"]).strip("<>")]
    assert consumer == dev.functions()[drawn.consumer]


def test_the_rules_are_the_plans_with_the_buckets_real_names(dev: Assembly) -> None:
    assert len(dev.of("AWS::Events::Rule")) == len(SYSTEM.rules)
    for rule, drawn in zip(dev.of("AWS::Events::Rule").values(), SYSTEM.rules, strict=True):
        named = json.loads(json.dumps(rule["EventPattern"]), object_hook=lambda value: readable(dev, value))
        expected = json.dumps(drawn.pattern).replace("${uploads}", dev.environment("documents")["UPLOADS_BUCKET"])
        expected = expected.replace("${transcriptions}", "creator-coach-dev.")
        assert named == json.loads(expected)
        (target,) = rule["Targets"]
        assert dev.text(target["Arn"]) == f"<{queue_id(dev, drawn.queue)}.Arn>"
        # The plan's handler reads the event as EventBridge sends it.
        assert not {"Input", "InputPath", "InputTransformer"} & set(target)


def readable(dev: Assembly, value: dict[str, Any]) -> object:
    return dev.text(value) if {"Ref", "Fn::ImportValue"} & set(value) else value


@pytest.mark.parametrize("drawn", SYSTEM.schedules, ids=lambda drawn: drawn.name)
def test_a_schedule_invokes_its_function_and_loses_no_failure(dev: Assembly, drawn: Schedule) -> None:
    schedule = dev.named("AWS::Scheduler::Schedule", "Name")[drawn.name]
    assert schedule["ScheduleExpression"] == f"rate({drawn.every_minutes} minutes)"
    target = schedule["Target"]
    function = dev.text(target["Arn"]).removesuffix(".Arn>").strip("<")
    assert dev.of("AWS::Lambda::Function")[function] == dev.functions()[drawn.capability]
    dead = f"<{queue_id(dev, f'{drawn.name}-dead')}.Arn>"
    assert dev.text(target["DeadLetterConfig"]["Arn"]) == dead
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 2
    # What the function itself fails at is no failure of the scheduler's, which only hands over.
    configured = dev.of("AWS::Lambda::EventInvokeConfig").values()
    [invoked] = [each for each in configured if dev.text(each["FunctionName"]).strip("<>") == function]
    assert dev.text(invoked["DestinationConfig"]["OnFailure"]["Destination"]) == dead


def test_the_sweep_comes_by_long_before_anything_counts_as_stuck() -> None:
    [sweep] = [schedule for schedule in SYSTEM.schedules if schedule.capability == "sweep_documents"]
    assert sweep.every_minutes * 60 <= min(PATIENCE.values()).total_seconds()


def test_lost_escalations_are_looked_for_as_often_as_they_may_be_late() -> None:
    [sweep] = [schedule for schedule in SYSTEM.schedules if schedule.capability == "sweep_escalations"]
    assert timedelta(minutes=sweep.every_minutes) <= GRACE
    assert min(WAITS.values()) > GRACE


def test_one_stuck_document_is_enough_and_the_alarm_hears_of_it(
    dev: Assembly, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = dev.named("AWS::CloudWatch::Alarm", "AlarmName")["documents-stuck"]
    assert alarm["Threshold"] == 1
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", dev.environment("sweep_documents")["POWERTOOLS_SERVICE_NAME"])
    with measured("sweep") as counts:
        counts["StuckDocuments"] = 1
    hears_of(alarm, capsys.readouterr().out)


def test_one_notice_that_was_refused_is_enough_and_the_alarm_hears_of_it(
    dev: Assembly, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = dev.named("AWS::CloudWatch::Alarm", "AlarmName")["escalation-notices"]
    assert alarm["Threshold"] == 1
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", dev.environment("advance_escalation")["POWERTOOLS_SERVICE_NAME"])
    with measured("escalation_round") as counts:
        counts["NoticesRefused"] = 1
    hears_of(alarm, capsys.readouterr().out)


def hears_of(alarm: dict[str, Any], printed: str) -> None:
    (emitted,) = [json.loads(line) for line in printed.splitlines() if "_aws" in line]
    (described,) = emitted["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == alarm["Namespace"]
    assert alarm["MetricName"] in [metric["Name"] for metric in described["Metrics"]]
    # CloudWatch does not add dimensions up: a metric is found under exactly its own.
    (names,) = described["Dimensions"]
    assert {name: emitted[name] for name in names} == {d["Name"]: d["Value"] for d in alarm["Dimensions"]}


def test_there_are_the_plans_state_machines_and_no_others(dev: Assembly) -> None:
    machines = dev.named("AWS::StepFunctions::StateMachine", "StateMachineName")
    assert set(machines) == {drawn.name for drawn in SYSTEM.state_machines}


@pytest.mark.parametrize("drawn", SYSTEM.state_machines, ids=lambda drawn: drawn.name)
def test_a_state_machine_is_its_file_with_the_plans_functions(dev: Assembly, drawn: StateMachine) -> None:
    machine = dev.named("AWS::StepFunctions::StateMachine", "StateMachineName")[drawn.name]
    assert machine["DefinitionString"] == (STATE_MACHINES / f"{drawn.name}.asl.json").read_text("utf-8")
    invoked = {name: dev.text(arn) for name, arn in machine["DefinitionSubstitutions"].items()}
    functions = dev.of("AWS::Lambda::Function")
    for placeholder, capability in drawn.tasks.items():
        assert functions[invoked[placeholder].removesuffix(".Arn>").strip("<")] == dev.functions()[capability]
    assert set(invoked) == set(drawn.tasks)


@pytest.mark.parametrize("drawn", SYSTEM.state_machines, ids=lambda drawn: drawn.name)
def test_a_state_machine_invokes_its_own_functions_and_logs_no_payload(dev: Assembly, drawn: StateMachine) -> None:
    machine = dev.named("AWS::StepFunctions::StateMachine", "StateMachineName")[drawn.name]
    role = dev.text(machine["RoleArn"]).removesuffix(".Arn>") + ">"
    invoked = {
        dev.text(resource).removesuffix(":*")
        for statement in dev.statements(role)
        if "lambda:InvokeFunction" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    assert invoked == {dev.text(arn) for arn in machine["DefinitionSubstitutions"].values()}
    assert machine["LoggingConfiguration"]["Level"] == "ERROR"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_whatever_can_break_has_an_alarm_that_tells_the_topic(dev: Assembly, prod: Assembly) -> None:
    alarms = dev.named("AWS::CloudWatch::Alarm", "AlarmName")
    expected = {f"{c.name}-{what}" for c in SYSTEM.capabilities for what in ("errors", "throttles")}
    expected |= {f"{m.name}-{what}" for m in SYSTEM.state_machines for what in ("failed", "timed-out")}
    expected |= {f"{queue.name}-dead" for queue in SYSTEM.queues}
    expected |= {f"{schedule.name}-dead" for schedule in SYSTEM.schedules}
    expected |= {"documents-stuck", "escalation-notices", "tenant-breach", "api-5xx"}
    assert set(alarms) == expected
    with_a_domain = expected | {"search-red", "search-blocked", "search-storage"}
    assert set(prod.named("AWS::CloudWatch::Alarm", "AlarmName")) == with_a_domain
    (topic,) = dev.of("AWS::SNS::Topic")
    assert {tuple(map(dev.text, alarm["AlarmActions"])) for alarm in alarms.values()} == {(f"<{topic}>",)}


def test_one_dead_letter_and_one_failed_deletion_are_enough_for_an_alarm(dev: Assembly) -> None:
    alarms = dev.named("AWS::CloudWatch::Alarm", "AlarmName")
    assert alarms["ingestion-dead"]["Threshold"] == 1
    assert alarms["deletion-failed"]["Threshold"] == 1
    # An unreadable document fails its ingestion, and that is its creator's business.
    assert alarms["ingestion-failed"]["Threshold"] > 1


def test_one_breach_of_tenancy_is_enough_and_the_alarm_hears_of_it(
    dev: Assembly, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = dev.named("AWS::CloudWatch::Alarm", "AlarmName")["tenant-breach"]
    assert (alarm["Threshold"], alarm["Statistic"], alarm["ComparisonOperator"]) == (
        1, "Sum", "GreaterThanOrEqualToThreshold",
    )  # fmt: skip
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", dev.environment("search")["POWERTOOLS_SERVICE_NAME"])
    log_failure(CoachingError("Another creator's passage came up.", code="tenant_breach"))
    hears_of(alarm, capsys.readouterr().out)


def test_somebody_is_mailed_where_the_stage_says_who(dev: Assembly, arm64: Assembly) -> None:
    assert not dev.of("AWS::SNS::Subscription")
    assert arm64.only("AWS::SNS::Subscription")["Endpoint"] == "ops@example.com"


def test_there_is_one_dashboard(dev: Assembly) -> None:
    assert dev.only("AWS::CloudWatch::Dashboard")["DashboardName"] == "creator-coach-dev"
