"""From errors to problem documents."""

import json

import pytest
from pydantic import BaseModel, ValidationError

from coaching import errors
from coaching.contract.documents import SearchRequest
from coaching.contract.users import CreateGoal
from coaching.entrypoint.problems import STATUS, headers_of, invalid, problem_of, status_of


def _all_errors(kind: type[errors.CoachingError] = errors.CoachingError) -> list[type[errors.CoachingError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _all_errors(child))]


@pytest.mark.parametrize("kind", _all_errors())
def test_every_error_has_its_row(kind: type[errors.CoachingError]) -> None:
    rows = [parent for parent in kind.__mro__ if parent in STATUS]
    assert rows[0] is not errors.CoachingError or kind is errors.CoachingError


def test_a_problem_says_what_to_do_and_where() -> None:
    problem = problem_of(errors.Invalid("See errors.", fields={"/title": "too long"}), "request-1")
    assert json.loads(problem.model_dump_json()) == {
        "type": "urn:creator-coach:problem:invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "See errors.",
        "instance": "request-1",
        "code": "invalid",
        "errors": [{"pointer": "/title", "detail": "too long"}],
    }


def test_what_passes_by_itself_says_when_to_come_back() -> None:
    assert headers_of(errors.SearchUnavailable("Search does not answer.")) == {"Retry-After": "5"}
    assert headers_of(errors.TooMany("Slow down.", retry_after_seconds=30)) == {"Retry-After": "30"}
    assert headers_of(errors.NotFound("There is no such thing.")) == {}


def _validation_error(model: type[BaseModel], body: bytes) -> ValidationError:
    with pytest.raises(ValidationError) as found:
        model.model_validate_json(body)
    return found.value


def test_a_body_that_is_not_json_is_malformed() -> None:
    assert status_of(invalid(_validation_error(CreateGoal, b"{oops"))) == 400
    assert status_of(invalid(_validation_error(CreateGoal, b'{"title": "\xff"}'))) == 400


def test_a_value_that_is_not_acceptable_is_named_by_its_pointer_and_never_repeated() -> None:
    error = invalid(_validation_error(CreateGoal, b'{"title": "", "progress": "my private words"}'))
    assert isinstance(error, errors.Invalid)
    assert sorted(error.fields) == ["/progress", "/title"]
    assert "private" not in json.dumps(error.fields)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b'{"query": "x", "filter": {"topic": {"in": []}}}', ["/filter/topic/in"]),
        (b'{"query": "x", "filter": {"topic": {}}}', ["/filter/topic"]),
        (b'{"query": "x", "filter": {"a/b": 1}}', ["/filter/a~1b"]),
        (b'{"query": "x", "filter": {"topic": null}}', ["/filter/topic"]),
        (b"[]", [""]),
    ],
)
def test_a_pointer_leads_to_the_value_and_nowhere_else(body: bytes, pointers: list[str]) -> None:
    error = invalid(_validation_error(SearchRequest, body))
    assert isinstance(error, errors.Invalid)
    assert list(error.fields) == pointers


def test_an_unknown_field_is_refused() -> None:
    error = invalid(_validation_error(CreateGoal, b'{"title": "Run", "titel": "Run"}'))
    assert isinstance(error, errors.Invalid)
    assert list(error.fields) == ["/titel"]


def test_an_error_passes_through_a_state_machine_as_one_string() -> None:
    error = errors.UnusableDocument("encrypted", "This pdf is locked [with a password].")
    assert errors.code_and_message(str(error)) == ("encrypted", "This pdf is locked [with a password].")
    assert errors.code_and_message("ZeroDivisionError") is None
