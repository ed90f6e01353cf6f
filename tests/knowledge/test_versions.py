"""A document's next version: what is done again, and what is not."""

from pathlib import Path

import pytest

from tests.knowledge.pipeline import DEMO, CountingEmbedder, Pipeline

CHAPTERS = {
    "Sleep": "Nine hours of sleep make the next day lighter.",
    "Rest": "Two rest days in a week keep the legs fresh.",
    "Food": "A runner eats within an hour of a long run.",
}


def guide(**changed: str) -> bytes:
    chapters = {**CHAPTERS, **changed}
    return "\n\n".join(f"# {title}\n\n{text}" for title, text in chapters.items()).encode()


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def pipeline(tmp_path: Path, embedder: CountingEmbedder) -> Pipeline:
    return Pipeline(tmp_path, embedder=embedder)


def test_only_what_changed_is_embedded_again(pipeline: Pipeline, embedder: CountingEmbedder) -> None:
    first = pipeline.upload(guide())
    pipeline.ingest(first)
    embedder.embedded.clear()
    pipeline.ingest(pipeline.replace(first.document_id, guide(Rest="Three rest days in a week are better still.")))
    assert ["Three rest days" in text for text in embedder.embedded] == [True]
    assert sorted(pipeline.found("rest days sleep food")) == [
        "Food\n\nA runner eats within an hour of a long run.",
        "Rest\n\nThree rest days in a week are better still.",
        "Sleep\n\nNine hours of sleep make the next day lighter.",
    ]


def test_other_bytes_with_the_same_text_embed_nothing(pipeline: Pipeline, embedder: CountingEmbedder) -> None:
    first = pipeline.upload(guide())
    pipeline.ingest(first)
    embedder.embedded.clear()
    second = pipeline.replace(first.document_id, guide() + b"\n\n\n")
    pipeline.ingest(second)
    assert (embedder.embedded, pipeline.current(first.document_id).version) == ([], 2)
    assert pipeline.store.published(DEMO, first.document_id).version == 2


def test_a_kept_passage_is_found_where_it_stands_now(pipeline: Pipeline) -> None:
    first = pipeline.upload(guide())
    pipeline.ingest(first)
    before = {each.passage.text: each for each in pipeline.store.published(DEMO, first.document_id).passages}
    pipeline.ingest(pipeline.replace(first.document_id, b"# New\n\nA new chapter comes first.\n\n" + guide()))
    after = pipeline.store.published(DEMO, first.document_id).passages
    assert [each.passage.text.split()[0] for each in after] == ["New", "Sleep", "Rest", "Food"]
    for each in after[1:]:
        was = before[each.passage.text]
        assert each.passage.start > was.passage.start
        assert each.vector.tolist() == was.vector.tolist()


def test_vectors_of_another_space_are_not_kept(pipeline: Pipeline, tmp_path: Path) -> None:
    first = pipeline.upload(guide())
    pipeline.ingest(first)

    class Other(CountingEmbedder):
        @property
        def model(self) -> str:
            return "other"

    pipeline.embedder = other = Other()
    pipeline.ingest(pipeline.replace(first.document_id, guide() + b"\n"))
    assert len(other.embedded) == 3


def test_readers_see_the_old_version_whole_until_they_see_the_new_one_whole(pipeline: Pipeline) -> None:
    first = pipeline.upload(guide())
    pipeline.ingest(first)
    old = pipeline.found("sleep rest food")
    second = pipeline.replace(first.document_id, guide(Sleep="Ten hours.", Rest="Ten days.", Food="Ten meals."))
    characters, laid = pipeline.stage(second)
    assert pipeline.found("sleep rest food") == old
    pipeline.publish(second, characters, laid)
    new = pipeline.found("sleep rest food")
    assert len(new) == 3
    assert not set(new) & set(old)


def test_another_attempt_goes_on_where_the_one_before_stopped(pipeline: Pipeline, embedder: CountingEmbedder) -> None:
    text = b"\n\n".join(b"Sentence number %d about running slowly and long." % n for n in range(2_000))
    job = pipeline.upload(text)
    _, laid = pipeline.lay_out(job)
    done = laid.to_embed[:-1]
    for batch in done:
        pipeline.embedding(batch)
    embedded = len(embedder.embedded)
    assert pipeline.failing(job, "embedder_unavailable", "It did not answer.")
    again = pipeline.documents.save(pipeline.current(job.document_id).retry()).job
    # What was extracted is not extracted again: the file may even be gone.
    pipeline.uploads.files.clear()
    pipeline.ingest(again)
    assert len(embedder.embedded) == laid.passages > embedded
    assert len(set(embedder.embedded)) == laid.passages
    assert pipeline.current(job.document_id).status == "ready"


def test_another_attempt_whose_work_is_gone_starts_over(pipeline: Pipeline) -> None:
    job = pipeline.upload(guide())
    pipeline.stage(job)
    pipeline.failing(job, "stuck", "It stopped.")
    pipeline.work_files.files.clear()
    pipeline.ingest(pipeline.documents.save(pipeline.current(job.document_id).retry()).job)
    assert len(pipeline.found("sleep")) == 3


def test_vectors_of_other_text_that_lie_in_a_batchs_place_are_not_taken(
    pipeline: Pipeline, embedder: CountingEmbedder
) -> None:
    job = pipeline.upload(guide())
    _, laid = pipeline.lay_out(job)
    [batch] = laid.to_embed
    pipeline.embedding(batch)
    pipeline.embedding(batch)
    assert len(embedder.embedded) == 3
    # An attempt with another splitter lays out other passages under the same name.
    pipeline.work_files.files[batch] = pipeline.work_files.files[batch].replace(b"Nine hours", b"Five hours")
    pipeline.embedding(batch)
    assert len(embedder.embedded) == 6
