from email.message import Message

import pytest

from coaching.adapters.llm.http_retry_after import retry_after_seconds

NOON, LATER = "Mon, 05 Jan 2026 12:00:00 GMT", "Mon, 05 Jan 2026 12:00:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0.0),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After": LATER, "Date": NOON}, 30.0),
        ({"Retry-After": NOON, "Date": LATER}, 0.0),
        ({"Retry-After": NOON}, 0.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT", "Date": NOON}, 86_400.0),
        ({"Retry-After": "999999999999"}, 86_400.0),
        ({"Retry-After": "9" * 400}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "Mon, 99 Jan 2026 12:00:00 GMT"}, None),
    ],
)
def test_reads_seconds_and_dates(headers: dict[str, str], seconds: float | None) -> None:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    assert retry_after_seconds(message) == seconds


def test_a_date_is_measured_by_the_servers_own_clock() -> None:
    # Ours may be years away from it.
    message = Message()
    message["Date"], message["Retry-After"] = "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:20 GMT"
    assert retry_after_seconds(message) == 20.0
