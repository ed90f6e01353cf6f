"""The keys of hosted models, from one secret of Secrets Manager."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.errors import ModelUnavailable, Unavailable
from coaching.models.failures import FailureCode, unavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS: Final = 300.0
"""A key that was exchanged is noticed after so long."""
AGAIN_SECONDS: Final = 5.0
"""After a failure."""


# A validation error would carry a key into a log.
_KEYS: Final = TypeAdapter(dict[str, str], config=ConfigDict(hide_input_in_errors=True))


class SecretsManagerModelKeys:
    """Reads `secret`: a JSON object with a key by provider, `{"openai": "...", "anthropic": "..."}`.

    What was read is used for `FRESH_SECONDS`, and for longer while Secrets Manager does not answer.
    """

    def __init__(
        self,
        client: "Callable[[], SecretsManagerClient]",
        secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._secret = secret
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, str] = {}
        self._failure: tuple[FailureCode, str] | None = None
        self._read_again_at = clock()

    def key(self, provider: str) -> str:
        """Return the provider's key. Raises: ModelUnavailable(bad_credentials, unreachable) where there is none."""
        with self._lock:
            if self._clock() >= self._read_again_at:
                self._read()
            found, failure = self._keys.get(provider), self._failure
        if failure:
            raise unavailable(*failure)
        if not found:
            raise unavailable(
                "bad_credentials", f"The secret {self._secret} has no key {provider!r}: add it and try again."
            )
        return found

    def _read(self) -> None:
        try:
            self._keys, self._failure = self._found(), None
        except ModelUnavailable as error:
            # Those who wait for their turn here are told the same, without asking again one by one.
            self._read_again_at = self._clock() + AGAIN_SECONDS
            known: FailureCode = "unreachable" if error.code == "unreachable" else "bad_credentials"
            self._failure = None if known == "unreachable" and self._keys else (known, error.message)
        else:
            self._read_again_at = self._clock() + FRESH_SECONDS

    def _found(self) -> Mapping[str, str]:
        from botocore.exceptions import ClientError

        try:
            with translated_errors(Unavailable):
                answer = self._client().get_secret_value(SecretId=self._secret)
            return _KEYS.validate_json(answer.get("SecretString", ""))
        except Unavailable:
            raise unavailable("unreachable", "Secrets Manager does not answer: try again in a moment.") from None
        except ClientError as error:
            raise unavailable(
                "bad_credentials", f"The secret {self._secret} cannot be read ({error_code(error)}): make or permit it."
            ) from error
        except ValidationError:
            sentence = f"The secret {self._secret} is not a JSON object of keys by provider: write it anew."
            raise unavailable("bad_credentials", sentence) from None
