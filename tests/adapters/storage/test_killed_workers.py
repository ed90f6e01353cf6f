"""The same over DynamoDB and S3: a worker is killed, its step is run again, and nothing is lost or double."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.aws.uploads import S3Uploads
from coaching.adapters.aws.work_files import S3WorkFiles
from tests.knowledge.mortal import Fate, MortalPipeline
from tests.knowledge.pipeline import DEMO

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVERY = 7
"""Every call is killed over memory; here, where each takes its time, one in so many."""


@pytest.mark.parametrize("takes_effect", [False, True], ids=["before", "after"])
def test_nothing_is_lost_or_double_wherever_a_worker_is_killed(
    table: DynamoDBTable, s3: "S3Client", bucket: str, tmp_path: Path, takes_effect: bool
) -> None:
    # The pipeline is written for their twins in memory, which pass the same contract tests.
    documents: Any = DynamoDBDocuments(table)
    uploads: Any = S3Uploads(lambda: s3, bucket)
    work_files: Any = S3WorkFiles(lambda: s3, bucket)

    def lived(folder: str, fate: Fate) -> object:
        pipeline = MortalPipeline(tmp_path / folder, documents, uploads, work_files, fate=fate)
        pipeline.run()
        outcome = pipeline.outcome()
        [document] = pipeline.immortal.documents.page(DEMO, limit=2, cursor=None).items
        pipeline.immortal.delete(document.job)
        assert not s3.list_object_versions(Bucket=bucket).get("Versions")
        return outcome

    undisturbed = Fate()
    expected = lived("undisturbed", undisturbed)
    for at in range(1, undisturbed.calls + 1, EVERY):
        assert (at, lived(str(at), Fate(at, takes_effect))) == (at, expected)
