"""Who is on call when, over HTTP."""

from typing import Any

import pytest

from tests.support.http_client import client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

ANNA = {"name": "Anna", "email": "anna@rota.test", "phone": "+4915112345678"}
NIGHTS = {"coach_id": "anna", "weekdays": [4, 5], "starts": "22:00", "ends": "06:00"}
ROTA = {
    "timezone": "Europe/Lisbon",
    "coaches": {"anna": ANNA},
    "hours": [NIGHTS],
    "creator": None,
    "emergency": {"name": "Duty line", "email": "", "phone": "+4915112345679"},
}
EMPTY: dict[str, Any] = {
    "timezone": "UTC",
    "coaches": {},
    "hours": [],
    "creator": None,
    "emergency": None,
    "updated_at": None,
}


def test_a_creator_who_never_put_one_has_an_empty_one(running_system: RunningSystem) -> None:
    assert client(running_system, "norota", "creator").call("GET", "/v1/rota") == EMPTY


def test_creators_and_coaches_put_and_see_it_and_it_is_replaced_whole(running_system: RunningSystem) -> None:
    creator, coach = (client(running_system, "rota", role) for role in ("creator", "coach"))
    put = creator.call("PUT", "/v1/rota", ROTA)
    assert put["hours"] == [{**NIGHTS, "starts": "22:00:00", "ends": "06:00:00"}]
    assert {**put, "hours": ROTA["hours"], "updated_at": None} == {**ROTA, "updated_at": None}
    assert coach.call("GET", "/v1/rota") == put
    assert coach.call("PUT", "/v1/rota", {"coaches": {"anna": ANNA}})["hours"] == []
    assert client(running_system, "otherrota", "coach").call("GET", "/v1/rota") == EMPTY


@pytest.mark.parametrize("role", ["user", "admin"])
def test_it_is_nobody_elses_business(running_system: RunningSystem, role: Any) -> None:
    someone = client(running_system, "rota", role, f"rota-{role}")
    assert someone.send("GET", "/v1/rota").status_code == 403
    assert someone.send("PUT", "/v1/rota", ROTA).status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"timezone": "Europe/Nowhere"}, "/timezone"),
        ({"coaches": {"anna": {"name": "Anna"}}}, "/coaches/anna"),
        ({"coaches": {"anna": {**ANNA, "phone": "0151 12345678"}}}, "/coaches/anna/phone"),
        ({"coaches": {"anna": {**ANNA, "email": "anna"}}}, "/coaches/anna/email"),
        ({"coaches": {"anna": {**ANNA, "name": ""}}}, "/coaches/anna/name"),
        ({"coaches": {f"c{number}": ANNA for number in range(101)}}, "/coaches"),
        ({"hours": [{**NIGHTS, "weekdays": [7]}]}, "/hours/0/weekdays/0"),
        ({"hours": [{**NIGHTS, "weekdays": []}]}, "/hours/0/weekdays"),
        ({"hours": [{**NIGHTS, "starts": "25:00"}]}, "/hours/0/starts"),
        ({"hours": [{**NIGHTS, "coach_id": "nobody"}]}, ""),
        ({"emergency": "call me"}, "/emergency"),
        ({"notes": "x"}, "/notes"),
    ],
)
def test_what_cannot_be_a_rota_is_refused_with_the_place(
    running_system: RunningSystem, change: dict[str, Any], pointer: str
) -> None:
    answer = client(running_system, "rota", "creator").send("PUT", "/v1/rota", ROTA | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
