"""A stage with machines of its own for models."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.templates import Assembly

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]
Json = dict[str, Any]
NAMESPACE = "CreatorCoach"
ROOT = Path(__file__).resolve().parents[2]


def of(assembly: Assembly, kind: str) -> list[Json]:
    resources = assembly.models["Resources"].values()
    return [resource["Properties"] for resource in resources if resource["Type"] == kind]


def only(assembly: Assembly, kind: str) -> Json:
    (found,) = of(assembly, kind)
    return found


def container(assembly: Assembly) -> Json:
    (found,) = only(assembly, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert isinstance(found, dict)
    return found


def settings(assembly: Assembly) -> dict[str, Any]:
    return {variable["Name"]: variable["Value"] for variable in container(assembly)["Environment"]}


def test_neither_dev_nor_prod_has_such_machines(dev: Assembly, prod: Assembly) -> None:
    for assembly in (dev, prod):
        assert not [path for path in assembly.template_files() if "models" in path.name]
        assert not any("VpcConfig" in function for function in assembly.functions().values())


def test_each_node_has_a_gpu_and_serves_the_stages_models(gpu: Assembly) -> None:
    node, told = container(gpu), settings(gpu)
    assert node["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]
    assert told["MODELS"] == "llama3:8b phi3:mini"
    assert told["OLLAMA_NUM_PARALLEL"] == "4"
    assert told["OLLAMA_MAX_LOADED_MODELS"] == "2"
    assert "MODEL_SOURCE" not in told
    image = only(gpu, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["ImageId"]["Ref"]
    assert "amazonlinux2023gpu" in image


def test_a_node_is_healthy_when_its_models_are_loaded_and_has_time_to_drain(gpu: Assembly) -> None:
    node = container(gpu)
    assert node["HealthCheck"]["Command"] == ["CMD", "/opt/ollama-gpu/entry.sh", "ready"]
    drain = (ROOT / "ollama-gpu/entry.sh").read_text("utf-8").partition("DRAIN_SECONDS:-")[2].partition("}")[0]
    assert node["StopTimeout"] > int(drain)


def test_nodes_are_found_by_the_name_that_the_chat_function_is_told(gpu: Assembly) -> None:
    namespace = only(gpu, "AWS::ServiceDiscovery::PrivateDnsNamespace")["Name"]
    service = only(gpu, "AWS::ServiceDiscovery::Service")
    assert service["DnsConfig"]["DnsRecords"] == [{"TTL": 10, "Type": "A"}]
    assert gpu.environment("chat")["OLLAMA_URL"] == f"http://{service['Name']}.{namespace}:11434"


def test_only_functions_that_ask_models_are_in_their_network_and_may_call_them(gpu: Assembly) -> None:
    inside = {name for name, function in gpu.functions().items() if "VpcConfig" in function}
    assert inside == {"chat", "switch_model"}
    assert gpu.functions()["chat"]["VpcConfig"] == gpu.functions()["switch_model"]["VpcConfig"]
    (callers,) = gpu.functions()["chat"]["VpcConfig"]["SecurityGroupIds"]
    outputs = gpu.models["Outputs"].values()
    (exported,) = [output["Value"] for output in outputs if output["Export"]["Name"] == callers["Fn::ImportValue"]]
    rule = only(gpu, "AWS::EC2::SecurityGroupIngress")
    assert rule["SourceSecurityGroupId"] == exported
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (11434, 11434, "tcp")


def test_machines_come_and_go_with_the_nodes(gpu: Assembly) -> None:
    group = only(gpu, "AWS::AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("0", "6")
    provider = only(gpu, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedScaling"]["Status"] == "ENABLED"
    assert provider["ManagedTerminationProtection"] == "ENABLED"


def test_there_are_as_many_nodes_as_the_requests_at_them_ask_for(gpu: Assembly) -> None:
    target = only(gpu, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 5)
    policy = only(gpu, "AWS::ApplicationAutoScaling::ScalingPolicy")["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == 4
    metric = policy["CustomizedMetricSpecification"]
    assert metric["Statistic"] == "Average"
    # The same as the entry script tells CloudWatch.
    assert metric["Namespace"] == NAMESPACE
    assert metric["Dimensions"] == [{"Name": "service", "Value": settings(gpu)["METRIC_SERVICE"]}]
    script = (ROOT / "ollama-gpu/entry.sh").read_text("utf-8")
    assert f'"Namespace": "{NAMESPACE}"' in script
    assert f'"Name": "{metric["MetricName"]}"' in script


def test_at_night_there_are_none_where_the_stage_says_so(gpu: Assembly, sealed: Assembly) -> None:
    actions = only(gpu, "AWS::ApplicationAutoScaling::ScalableTarget")["ScheduledActions"]
    hours = {action["Schedule"]: action["ScalableTargetAction"] for action in actions}
    assert hours == {
        "cron(0 6 * * ? *)": {"MinCapacity": 2, "MaxCapacity": 5},
        "cron(0 22 * * ? *)": {"MinCapacity": 0, "MaxCapacity": 0},
    }
    assert "ScheduledActions" not in only(sealed, "AWS::ApplicationAutoScaling::ScalableTarget")


def test_the_way_out_is_a_nat_or_aws_alone(gpu: Assembly, sealed: Assembly) -> None:
    assert len(of(gpu, "AWS::EC2::NatGateway")) == 1
    assert {endpoint["VpcEndpointType"] for endpoint in of(gpu, "AWS::EC2::VPCEndpoint")} == {"Gateway"}
    assert not of(sealed, "AWS::EC2::NatGateway") + of(sealed, "AWS::EC2::InternetGateway")
    reached = {
        str(endpoint["ServiceName"]).rpartition(".")[2].strip("'}]")
        for endpoint in of(sealed, "AWS::EC2::VPCEndpoint")
        if endpoint["VpcEndpointType"] == "Interface"
    }
    assert {"dkr", "ecs-agent", "logs", "bedrock-runtime", "secretsmanager"} <= reached


def test_models_are_copied_from_a_bucket_of_which_nothing_else_may_be_read(sealed: Assembly) -> None:
    assert settings(sealed)["MODEL_SOURCE"] == "s3"
    assert settings(sealed)["MODELS_S3"] == "s3://models-of-ours/ollama"
    task_role = only(sealed, "AWS::ECS::TaskDefinition")["TaskRoleArn"]["Fn::GetAtt"][0]
    statements = [
        (statement["Action"], sealed.text(statement["Resource"]))
        for policy in of(sealed, "AWS::IAM::Policy")
        if policy["Roles"] == [{"Ref": task_role}]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    bucket = "arn:<AWS::Partition>:s3:::models-of-ours"
    assert sorted(statements) == [("s3:GetObject", f"{bucket}/ollama/*"), ("s3:ListBucket", bucket)]


def test_disks_are_encrypted_and_the_machines_credentials_need_a_session(gpu: Assembly) -> None:
    template = only(gpu, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert all(disk["Ebs"]["Encrypted"] for disk in template["BlockDeviceMappings"])
    assert template["MetadataOptions"]["HttpTokens"] == "required"


def test_what_nodes_say_is_kept_for_a_while_and_not_for_ever(gpu: Assembly) -> None:
    assert [group["RetentionInDays"] for group in of(gpu, "AWS::Logs::LogGroup")] == [7, 7]


def test_a_first_start_may_take_a_quarter_of_an_hour(gpu: Assembly) -> None:
    health = container(gpu)["HealthCheck"]
    assert health["StartPeriod"] + health["Retries"] * health["Interval"] >= 15 * 60


def test_somebody_is_woken_when_no_node_serves_the_queue_is_long_or_a_node_gives_up(gpu: Assembly) -> None:
    alarms = {alarm["AlarmName"].partition("models-")[2]: alarm for alarm in of(gpu, "AWS::CloudWatch::Alarm")}
    ours = {name: alarms[name] for name in ("none", "queue", "ended")}
    # Those of CDK's own target tracking have no such names.
    assert all(alarm["AlarmActions"] for alarm in ours.values())
    # Where none is wanted, as at night, none is missed.
    assert "IF(wanted > 0 AND running < 1, 1, 0)" in str(ours["none"]["Metrics"])
    assert ours["none"]["EvaluationPeriods"] * 5 > 15
    assert ours["queue"]["Threshold"] == 8
    pattern = only(gpu, "AWS::Logs::MetricFilter")["FilterPattern"].strip('"')
    # As the entry script says it.
    name, _, what = pattern.partition(": ")
    script = (ROOT / "ollama-gpu/entry.sh").read_text("utf-8")
    assert f"printf '{name}: %s" in script
    assert f'say "{what} ' in script


def test_what_the_network_refuses_is_logged(gpu: Assembly) -> None:
    assert only(gpu, "AWS::EC2::FlowLog")["TrafficType"] == "REJECT"


def test_what_a_checker_finds_and_we_mean_stands_beside_it_with_the_reason(gpu: Assembly) -> None:
    meant = {
        (resource["Type"], rule["id"])
        for resource in gpu.models["Resources"].values()
        for rule in resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", ())
        if len(rule["reason"]) > 20
    }
    assert ("AWS::AutoScaling::AutoScalingGroup", "AwsSolutions-AS3") in meant
    assert ("AWS::ECS::TaskDefinition", "AwsSolutions-ECS2") in meant
    assert ("AWS::IAM::Policy", "AwsSolutions-IAM5") in meant


def test_cfn_lint_finds_nothing(gpu: Assembly, sealed: Assembly) -> None:
    templates = [path for one in (gpu, sealed) for path in one.template_files() if "storage" not in path.name]
    assert len(templates) == 4
    program = Path(sys.executable).with_name("cfn-lint")
    command = [str(program), "--ignore-checks", "W3005", "--", *map(str, templates)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_stage_that_cannot_work_is_refused_with_what_to_change() -> None:
    command = [sys.executable, "-m", "tests.infra.model_refusals"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines() == [
        "Machines are to serve models: name those on Ollama in the stage's chat_models.",
        "The stage's models: nodes is at least 1, and most_nodes from nodes to 8.",
        "The stage's models: nodes is at least 1, and most_nodes from nodes to 8.",
        "The stage's models: nodes is at least 1, and most_nodes from nodes to 8.",
        "Without a NAT Ollama's registry is out of reach: name copied_from in the stage's models.",
        "The search domain is outside of the models' network: the stage's models need a NAT.",
        "openai cannot be reached without a NAT: the stage's models need one.",
        "accepted",
    ]
