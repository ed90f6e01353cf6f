"""The table, as the plan draws it."""

from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    ProjectionType,
    StreamViewType,
    Table,
)
from constructs import Construct

from infra import plan
from infra.stage import Stage


class CoachingTable(Construct):
    """`table` holds everything but bytes and passages."""

    def __init__(self, scope: Construct, construct_id: str, *, drawn: plan.Table, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.table = Table(
            self,
            "Table",
            partition_key=_text(drawn.partition_key),
            sort_key=_text(drawn.sort_key),
            billing_mode=BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=drawn.ttl_attribute,
            stream=StreamViewType.NEW_AND_OLD_IMAGES,
            point_in_time_recovery_specification=PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True,
            ),
            deletion_protection=stage.deletion_protection,
            removal_policy=stage.removal_policy,
        )
        for index in drawn.indexes:
            self.table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_text(index.partition_key),
                sort_key=_text(index.sort_key),
                projection_type=ProjectionType.KEYS_ONLY,
            )


def _text(name: str) -> Attribute:
    return Attribute(name=name, type=AttributeType.STRING)
