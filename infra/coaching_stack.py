"""What runs: functions, routes, state machines, queues, alarms. Every grant is made here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import ArnFormat, CfnOutput, Stack
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.capability import CapabilityFunction
from infra.constructs.clock import Clock
from infra.constructs.inbox import Inbox
from infra.constructs.layers import Layers
from infra.constructs.overview import Overview
from infra.constructs.rest_api import CoachingApi
from infra.constructs.workflow import Workflow, workflow_name
from infra.embedding_access import embedding_resources
from infra.environment import Resources, environment
from infra.model_access import asks_bedrock, bedrock_resources
from infra.models_stack import ModelsStack
from infra.permissions import MAIL, SPEECH, TEXT_MESSAGES, Part, permissions
from infra.plan import PASSAGES, TRANSCRIPTIONS, Capability, Layer, System
from infra.stage import Stage
from infra.storage_stack import StorageStack


@dataclass(frozen=True, slots=True)
class Code:
    """Folders: `functions` with one folder per capability, `coaching` with our layer, `layers` built of the locks."""

    functions: Path
    coaching: Path
    layers: Mapping[Layer, Path]


class CoachingStack(Stack):
    """The plan's functions over a storage stack. With `models`, those that ask models are in their network."""

    def __init__(
        self,
        scope: Construct,
        *,
        system: System,
        stage: Stage,
        storage: StorageStack,
        code: Code,
        models: ModelsStack | None = None,
    ) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-coaching",
            description="Creator Coach: what it does",
            termination_protection=stage.deletion_protection,
        )
        self._system, self._stage, self._storage, self._code = system, stage, storage, code
        self._models = models
        self._layers = Layers(self, "Layers", stage=stage, ours=code.coaching, others=code.layers)
        self.functions = {capability.name: self._function(capability) for capability in system.capabilities}
        self.workflows = self._workflows()
        self._grant_and_name()
        self.inboxes = self._inboxes()
        self.clocks = {
            schedule.name: Clock(
                self,
                f"{schedule.name}-schedule",
                drawn=schedule,
                function=self.functions[schedule.capability].function,
                stage=self._stage,
            )
            for schedule in system.schedules
        }
        self.api = CoachingApi(
            self,
            "Http",
            routes=system.routes,
            functions={route.capability: self.functions[route.capability] for route in system.routes},
            pool=storage.sign_in.pool,
            stage=stage,
        ).api
        self._watch()
        CfnOutput(self, "ApiUrl", value=self.api.url)

    def _function(self, capability: Capability) -> CapabilityFunction:
        return CapabilityFunction(
            self,
            capability.name,
            capability=capability,
            stage=self._stage,
            code=self._code.functions / capability.name,
            layers=self._layers,
            environment={"STAGE": self._stage.name},
            network=self._models.network if self._models and capability.chats else None,
        )

    def _workflows(self) -> dict[str, Workflow]:
        functions = {name: owner.function for name, owner in self.functions.items()}
        return {
            machine.name: Workflow(
                self, f"{machine.name}-workflow", drawn=machine, functions=functions, stage=self._stage
            )
            for machine in self._system.state_machines
        }

    def _grant_and_name(self) -> None:
        """Give every function exactly the plan's grants, and the names of what they are on."""
        resources = self._resources()
        arns = self._arns()
        for owner in self.functions.values():
            for name, value in environment(owner.capability, self._system, resources).items():
                owner.function.add_environment(name, value)
            for grant in owner.capability.grants:
                for permission in permissions(grant, self._system):
                    owner.allow(actions=permission.actions, on=arns[permission.resource, permission.part])
            if owner.capability.chats:
                self._grant_models(owner)
            if owner.capability.embeds:
                self._grant_embedder(owner)
            if owner.capability.verifies:
                self._grant_lists(owner)

    def _grant_models(self, owner: CapabilityFunction) -> None:
        """Let a function ask the stage's models on Bedrock, and read the keys of the others."""
        models = self._stage.models_asked
        for arn in bedrock_resources(models.names, partition=self.partition, account=self.account):
            owner.allow(actions=("bedrock:InvokeModelWithResponseStream",), on=arn)
        self._grant_keys(owner)

    def _grant_embedder(self, owner: CapabilityFunction) -> None:
        """Let a function ask the stage's embedder."""
        embedding = self._stage.embedding
        for arn in embedding_resources(embedding, partition=self.partition, region=self.region):
            owner.allow(actions=("bedrock:InvokeModel",), on=arn)
        if embedding.by == "openai" and not owner.capability.chats:
            self._grant_keys(owner)

    def _grant_lists(self, owner: CapabilityFunction) -> None:
        """Let a function ask which models there are. Bedrock's list is on no resource."""
        if asks_bedrock(self._stage.models_asked):
            owner.allow(actions=("bedrock:ListFoundationModels",), on="*")
        self._grant_keys(owner)

    def _grant_keys(self, owner: CapabilityFunction) -> None:
        models = self._stage.models_asked
        if models.keys_secret:
            # Secrets Manager puts six letters of its own behind the name.
            secret = self.format_arn(
                service="secretsmanager",
                resource="secret",
                resource_name=f"{models.keys_secret}-??????",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            owner.allow(actions=("secretsmanager:GetSecretValue",), on=secret)

    def _resources(self) -> Resources:
        storage = self._storage
        return Resources(
            table=storage.table.table_name,
            buckets={name: bucket.bucket_name for name, bucket in storage.buckets.items()},
            state_machines={name: self._workflow_arn(name) for name in self.workflows},
            search_url=storage.search.url if storage.search else "",
            user_pool_client=storage.sign_in.client.user_pool_client_id,
            chat_models=self._stage.models_asked,
            embedding=self._stage.embedding,
            outside_ollama_url=self._stage.ollama_url,
            speech_provider=self._stage.speech_provider,
            transcription_prefix=self._stage.prefix,
            notice_sender=self._stage.notice_sender,
            search_language=self._stage.search_language,
        )

    def _arns(self) -> dict[tuple[str, Part], str]:
        storage = self._storage
        arns: dict[tuple[str, Part], str] = {
            ("table", "itself"): storage.table.table_arn,
            (SPEECH, "itself"): "*",
            (TEXT_MESSAGES, "itself"): "*",
            (MAIL, "itself"): self.format_arn(
                service="ses", resource="identity", resource_name=self._stage.notice_sender or "none"
            ),
            (SPEECH, "contents"): self.format_arn(
                service="transcribe", resource="transcription-job", resource_name=f"{self._stage.prefix}.*"
            ),
        }
        if storage.search:
            arns[PASSAGES, "contents"] = f"{storage.search.arn}/*"
        for index in self._system.table.indexes:
            arns[index.name, "itself"] = f"{storage.table.table_arn}/index/{index.name}"
        for name, bucket in storage.buckets.items():
            arns[name, "itself"] = bucket.bucket_arn
            arns[name, "contents"] = bucket.arn_for_objects("*")
        for name in self.workflows:
            arns[name, "itself"] = arns[name, "contents"] = self._workflow_arn(name)
        return arns

    def _workflow_arn(self, name: str) -> str:
        """By name: the machine refers to its functions, so those that start it or tell its tasks must not to it."""
        return self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=workflow_name(self._stage, name),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _inboxes(self) -> dict[str, Inbox]:
        inboxes = {
            queue.name: Inbox(
                self,
                f"{queue.name}-inbox",
                drawn=queue,
                consumer=self.functions[queue.consumer].function,
                stage=self._stage,
            )
            for queue in self._system.queues
        }
        names = {name: bucket.bucket_name for name, bucket in self._storage.buckets.items()}
        names[TRANSCRIPTIONS] = f"{self._stage.prefix}."
        for rule in self._system.rules:
            inboxes[rule.queue].receive(rule, names)
        return inboxes

    def _watch(self) -> None:
        alarms = Alarms(self, "Alarms", topic=self._storage.alarms, stage=self._stage)
        for owner in self.functions.values():
            alarms.watch_function(owner)
        for machine in self._system.state_machines:
            alarms.watch_workflow(machine, self.workflows[machine.name].machine)
        for name, inbox in self.inboxes.items():
            alarms.watch_dead_letters(name, inbox.dead)
        for name, clock in self.clocks.items():
            alarms.watch_dead_letters(name, clock.dead)
        alarms.watch_stuck_documents()
        alarms.watch_notices()
        alarms.watch_tenants()
        alarms.watch_api(self.api)
        if self._storage.search:
            alarms.watch_search(self._storage.search)
        overview = Overview(self, "Overview", stage=self._stage)
        overview.show_api(self.api)
        overview.show_functions(list(self.functions.values()))
        overview.show_ingestion(self.inboxes, {name: workflow.machine for name, workflow in self.workflows.items()})
        overview.show_stores(self._storage.table, self._storage.search)
