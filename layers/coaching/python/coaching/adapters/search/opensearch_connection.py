"""The client's connection and its JSON: how long a busy server asks to be left alone, and a faster parser.

Imported only when a client is made: it brings the vendor's package.
"""

import threading
from typing import Any

from opensearchpy import JSONSerializer, Urllib3HttpConnection
from opensearchpy.exceptions import TransportError
from pydantic_core import PydanticSerializationError, from_json, to_json


class PoliteConnection(Urllib3HttpConnection):  # type: ignore[misc]  # the package has no types
    """Puts the answer's `Retry-After` on the error as `retry_after`: the client's errors leave headers out."""

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self._asked = threading.local()

    def get_response_headers(self, response: object) -> dict[str, str]:
        headers: dict[str, str] = super().get_response_headers(response)
        self._asked.wait = headers.get("retry-after")
        return headers

    def _raise_error(self, status_code: int, raw_data: str, content_type: str | None = None) -> None:
        try:
            super()._raise_error(status_code, raw_data, content_type)
        except TransportError as error:
            error.retry_after = self._asked.wait
            raise


class FastJSON(JSONSerializer):  # type: ignore[misc]  # the package has no types
    """Pydantic's parser: a search's answer of a hundred passages takes two thirds of the time."""

    def loads(self, s: str) -> Any:  # noqa: ANN401 - any JSON
        try:
            return from_json(s)
        except ValueError:
            return super().loads(s)

    def dumps(self, data: object) -> Any:  # noqa: ANN401 - a string stays as it is
        if not isinstance(data, dict):
            return super().dumps(data)
        try:
            return to_json(data).decode()
        except PydanticSerializationError:
            return super().dumps(data)
