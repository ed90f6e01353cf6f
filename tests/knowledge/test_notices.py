"""What of a document was not read is told to its creator."""

from pathlib import Path

from openpyxl import Workbook

from coaching.knowledge.content_types import XLSX
from tests.adapters.extraction.samples import made_xlsx
from tests.knowledge.pipeline import Pipeline


def with_hidden_sheet(workbook: Workbook) -> None:
    workbook["Sheet"]["A1"] = "Sleep nine hours."
    workbook.create_sheet("Secret").sheet_state = "hidden"


def with_one_sheet(workbook: Workbook) -> None:
    workbook["Sheet"]["A1"] = "Rest."


def test_what_was_not_read_stands_on_the_record_until_the_next_version(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path)
    job = pipeline.upload(made_xlsx(with_hidden_sheet), content_type=XLSX)
    pipeline.ingest(job)
    assert pipeline.current(job.document_id).notices == ("Left out because the workbook hides them: 1 hidden sheets.",)
    pipeline.ingest(pipeline.replace(job.document_id, made_xlsx(with_one_sheet)))
    assert pipeline.current(job.document_id).notices == ()
