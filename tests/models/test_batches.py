from coaching.models.batches import Gathering, Job

GATHERING = Gathering(full=3, patience=60.0)


def jobs(model: str, *times: float) -> list[Job[str]]:
    return [Job(model, f"{model} at {time:g}", time) for time in times]


def done(waiting: list[Job[str]], now: float, loaded: str = "") -> list[list[str]]:
    return [[job.work for job in batch.jobs] for batch in GATHERING.due(waiting, now, loaded=loaded)]


def test_nothing_is_due_where_nothing_waits() -> None:
    assert done([], 100.0) == []


def test_work_is_due_when_a_batch_is_full() -> None:
    assert done(jobs("a", 1, 2), 3.0) == []
    assert done(jobs("a", 2, 1, 3), 3.0) == [["a at 1", "a at 2", "a at 3"]]


def test_work_waits_no_longer_than_its_patience_however_little_there_is() -> None:
    assert done(jobs("a", 1), 60.9) == []
    assert done(jobs("a", 1, 50), 61.0) == [["a at 1", "a at 50"]]


def test_models_are_never_mixed_and_whoever_waits_longest_is_first() -> None:
    waiting = jobs("b", 2) + jobs("a", 1) + jobs("b", 3) + jobs("a", 4)
    assert done(waiting, 100.0) == [["a at 1", "a at 4"], ["b at 2", "b at 3"]]


def test_the_loaded_model_goes_first_so_that_it_is_not_loaded_twice() -> None:
    assert done(jobs("a", 1) + jobs("b", 2), 100.0, loaded="b") == [["b at 2"], ["a at 1"]]


def test_more_than_a_batch_becomes_several_and_the_rest_waits() -> None:
    assert done(jobs("a", 1, 2, 3, 4), 5.0) == [["a at 1", "a at 2", "a at 3"]]
